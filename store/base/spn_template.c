/* spn_template.c: see spn_template.h. */
#include "store/base/spn_template.h"

#include <string.h>

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool ends_label(char c)
{
    return c == '"' || c == '.' || c == ':' || c == '/';
}

/* The longest name, and a shorter one than two characters saves nothing. */
#define MAX_NAME 63
#define MIN_NAME 2

/* Empty: none. */
static struct bytes first_label(struct bytes json)
{
    const char *text = (const char *)json.data, *end = text + json.len;
    const char *slash = memchr(text, '/', json.len);
    const char *name = slash ? slash + 1 : end, *at = name;
    while (at < end && is_name_char(*at))
        at++;
    size_t len = (size_t)(at - name);
    if (at == end || !ends_label(*at) || len < MIN_NAME || len > MAX_NAME)
        return (struct bytes){NULL, 0};
    return (struct bytes){(const uint8_t *)name, len};
}

struct bytes spn_template_split(struct bytes json, struct text_buf *ret)
{
    const struct bytes name = first_label(json);
    const char *at = (const char *)json.data, *end = at + json.len;
    char low[MAX_NAME + 1] = "";
    if (!name.len)
        return name;
    memcpy(low, name.data, name.len);
    text_lower(low);
    for (const char *slash; at < end && (slash = memchr(at, '/', (size_t)(end - at)));) {
        text_append(ret, at, (size_t)(slash + 1 - at));
        at = slash + 1;
        if ((size_t)(end - at) <= name.len || !ends_label(at[name.len]))
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
