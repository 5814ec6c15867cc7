/* spn_template.c: see spn_template.h. */
#include "store/base/spn_template.h"

#include <string.h>

bool template_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool template_ends_label(char c)
{
    return c == '"' || c == '.' || c == ':' || c == '/';
}

/* Empty: none. */
static struct bytes first_label(struct bytes json)
{
    const char *text = (const char *)json.data, *end = text + json.len;
    const char *slash = memchr(text, '/', json.len);
    const char *name = slash ? slash + 1 : end, *at = name;
    while (at < end && template_name_char(*at))
        at++;
    size_t len = (size_t)(at - name);
    if (at == end || !template_ends_label(*at) || len < TEMPLATE_MIN_NAME || len > TEMPLATE_MAX_NAME)
        return (struct bytes){NULL, 0};
    return (struct bytes){(const uint8_t *)name, len};
}

struct bytes spn_template_split(struct bytes json, struct text_buf *ret)
{
    const struct bytes name = first_label(json);
    const char *at = (const char *)json.data, *end = at + json.len;
    char low[TEMPLATE_MAX_NAME + 1] = "";
    if (!name.len)
        return name;
    memcpy(low, name.data, name.len);
    text_lower(low);
    for (const char *slash; at < end && (slash = memchr(at, '/', (size_t)(end - at)));) {
        text_append(ret, at, (size_t)(slash + 1 - at));
        at = slash + 1;
        if ((size_t)(end - at) <= name.len || !template_ends_label(at[name.len]))
            continue;
        const bool same = memcmp(at, name.data, name.len) == 0;
        if (!same && memcmp(at, low, name.len) != 0)
            continue;
        text_append_char(ret, same ? TEMPLATE_NAME : TEMPLATE_LOWER);
        at += name.len;
    }
    text_append(ret, at, (size_t)(end - at));
    return name;
}

void template_write(struct bytes like, struct bytes name, struct text_buf *ret)
{
    const char *text = (const char *)like.data;
    size_t from = 0;
    for (size_t i = 0; i < like.len; i++) {
        if (text[i] != TEMPLATE_NAME && text[i] != TEMPLATE_LOWER)
            continue;
        text_append(ret, text + from, i - from);
        const size_t start = ret->len;
        text_append(ret, (const char *)name.data, name.len);
        if (text[i] == TEMPLATE_LOWER)
            text_lower(ret->data + start);
        from = i + 1;
    }
    if (from < like.len)
        text_append(ret, text + from, like.len - from);
}
