/* account_template.c: see account_template.h. */
#include "store/base/account_template.h"

#include <string.h>

#include "store/base/spn_template.h"

/* AD takes no sAMAccountName of more characters. A longer one is written out. */
#define MAX_STEM 256

/* Behind the RID, for which there is room in front of it. */
#define SID_END "\"]"

static struct bytes piece(const struct text_buf *text, struct text_ref ref)
{
    if (ref.off == NO_TEXT || !ref.len)
        return (struct bytes){NULL, 0};
    return (struct bytes){(const uint8_t *)text->data + ref.off, ref.len};
}

/* Nothing that JSON escapes: text of the directory has no control characters. */
static bool is_plain(struct bytes b)
{
    return !b.len || (!memchr(b.data, '"', b.len) && !memchr(b.data, '\\', b.len));
}

/* false: it does not begin with the name. */
static bool append_name(struct text_buf *ret, const struct text_buf *text, struct text_ref ref,
                        struct bytes stem, const char *low)
{
    const struct bytes value = piece(text, ref);
    if (ref.off == NO_TEXT) {
        text_append_str(ret, "null,");
        return true;
    }
    if (value.len < stem.len || !is_plain(value))
        return false;
    const bool same = memcmp(value.data, stem.data, stem.len) == 0;
    if (!same && memcmp(value.data, low, stem.len) != 0)
        return false;
    text_append_char(ret, '"');
    text_append_char(ret, same ? TEMPLATE_NAME : TEMPLATE_LOWER);
    text_append(ret, (const char *)value.data + stem.len, value.len - stem.len);
    text_append_str(ret, "\",");
    return true;
}

/* "S-1-5-21-1-2-3-1104", nothing that JSON escapes: the digits behind the last dash. false: it is not of that
 * form. */
static bool append_sid(struct text_buf *ret, const struct text_buf *text, struct text_ref ref,
                       int64_t *ret_rid)
{
    const struct bytes sid = piece(text, ref);
    int64_t rid = 0, unit = 1;
    size_t at = sid.len;
    *ret_rid = NO_RID;
    if (ref.off == NO_TEXT) {
        text_append_str(ret, "null]");
        return true;
    }
    for (; at && sid.data[at - 1] >= '0' && sid.data[at - 1] <= '9' && rid <= UINT32_MAX; at--, unit *= 10)
        rid += unit * (sid.data[at - 1] - '0');
    const bool told = at && at < sid.len && sid.data[at - 1] == '-' && rid <= UINT32_MAX &&
                      (sid.data[at] != '0' || at + 1 == sid.len);
    if (!told)
        return false;
    text_append_char(ret, '"');
    text_append(ret, (const char *)sid.data, at);
    text_append_str(ret, SID_END);
    *ret_rid = rid;
    return true;
}

bool account_template_split(const struct account_state *account, const struct text_buf *text,
                            struct text_buf *ret, int64_t *ret_rid)
{
    struct bytes stem = piece(text, account->sam);
    char low[MAX_STEM + 1];
    const size_t start = ret->len;
    while (stem.len && stem.data[stem.len - 1] == '$')
        stem.len--;
    if (!stem.len || stem.len > MAX_STEM || !is_plain(stem))
        return false;
    memcpy(low, stem.data, stem.len);
    low[stem.len] = 0;
    text_lower(low);
    text_append_char(ret, '[');
    if (append_name(ret, text, account->dns_host, stem, low) &&
        append_name(ret, text, account->upn, stem, low) && append_sid(ret, text, account->sid, ret_rid))
        return true;
    ret->len = start;
    ret->data[start] = 0;
    return false;
}

void account_template_write(struct bytes like, struct bytes sam, int64_t rid, struct text_buf *ret)
{
    while (sam.len && sam.data[sam.len - 1] == '$')
        sam.len--;
    template_write((struct bytes){like.data, like.len - strlen(SID_END)}, sam, ret);
    text_append_fmt(ret, "%lld" SID_END, (long long)rid);
}

void account_texts(const struct account_state *account, const struct text_buf *text, struct text_buf *ret)
{
    const struct text_ref refs[] = {account->dns_host, account->upn, account->sid};
    for (size_t i = 0; i < sizeof refs / sizeof refs[0]; i++) {
        const struct bytes value = piece(text, refs[i]);
        text_append_char(ret, i ? ',' : '[');
        if (refs[i].off == NO_TEXT)
            text_append_str(ret, "null");
        else
            text_append_json(ret, value.len ? (const char *)value.data : "", value.len);
    }
    text_append_char(ret, ']');
}
