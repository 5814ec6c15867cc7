#include "scanner/decode/ldap_message.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/decode/range.h"
#include "scanner/decode/tlv.h"
#include "scanner/decode/value.h"
#include "spnscan/text_buf.h"

#define TAG_RESPONSE_NAME 0x8a /* [10] */

/* The shortest that an attribute and a value take: 30 05 04 01 x 31 00, and 04 00. */
#define MIN_ATTR  7
#define MIN_VALUE 2

enum frame ldap_frame(struct bytes have, size_t max, size_t *ret_len)
{
    struct tlv_reader r = tlv_over(have);
    size_t len = 0;

    *ret_len = have.len + 1;
    if (!tlv_more(&r))
        return FRAME_PART;
    if (*r.at++ != TLV_SEQUENCE)
        return FRAME_BAD;
    enum tlv_fit fit = tlv_length(&r, &len);
    if (fit == TLV_PART)
        return FRAME_PART;
    size_t head = (size_t)(r.at - have.data);
    if (fit == TLV_BAD || len > max || head > max - len)
        return FRAME_BAD;
    *ret_len = head + len;
    return *ret_len <= have.len ? FRAME_WHOLE : FRAME_PART;
}

bool ldap_message_read(struct bytes whole, struct ldap_message *ret)
{
    struct tlv_reader r = tlv_over(whole);
    struct ldap_message message;
    struct bytes inner, id;

    if (!tlv_take(&r, TLV_SEQUENCE, &inner) || tlv_more(&r))
        return false;
    r = tlv_over(inner);
    if (!tlv_take(&r, TLV_INTEGER, &id) || !tlv_number(id, &message.id))
        return false;
    if (!tlv_take_any(&r, &message.op, &message.body))
        return false;
    *ret = message;
    return true;
}

/* ---- entries ---- */

static bool last_may_end_range(struct bytes name)
{
    uint8_t c = name.data[name.len - 1];
    return c == '*' || (c >= '0' && c <= '9');
}

bool entry_has_range(const struct entry *entry)
{
    struct attr_range range;
    for (size_t i = 0; i < entry->attr_count; i++) {
        struct bytes name = entry->attrs[i].name;
        if (name.len && last_may_end_range(name) && attr_range_parse(name, &range))
            return true;
    }
    return false;
}

static size_t at_most(size_t n, size_t limit)
{
    return n < limit ? n : limit;
}

/* PartialAttribute ::= SEQUENCE { type, vals SET OF }; its values go to values[*at..limit). */
static enum scan_result take_attr(struct bytes in, struct attr *ret, struct bytes *values, size_t *at,
                                  size_t limit)
{
    struct tlv_reader r = tlv_over(in);
    struct bytes set;
    size_t n = *at;

    if (!tlv_take(&r, TLV_OCTET_STRING, &ret->name) || !tlv_take(&r, TLV_SET, &set) || !ret->name.len)
        return SCAN_MALFORMED;
    r = tlv_over(set);
    while (tlv_more(&r)) {
        if (n == limit)
            return SCAN_HUGE;
        if (!tlv_take(&r, TLV_OCTET_STRING, &values[n]))
            return SCAN_MALFORMED;
        n++;
    }
    ret->count = n - *at;
    ret->values = ret->count ? values + *at : NULL;
    *at = n;
    return SCAN_OK;
}

enum scan_result entry_scan_read(struct entry_scan *scan, struct bytes body, struct entry *ret)
{
    struct tlv_reader r = tlv_over(body);
    struct bytes dn, list, in;
    size_t attrs = 0, values = 0;

    if (!tlv_take(&r, TLV_OCTET_STRING, &dn) || !tlv_take(&r, TLV_SEQUENCE, &list))
        return SCAN_MALFORMED;
    if (dn.len > ENTRY_MAX_DN)
        return SCAN_HUGE;
    /* As many as the bytes can hold: no growing, and so no moving of the arrays, while they are filled. */
    size_t attr_limit = at_most(list.len / MIN_ATTR, ENTRY_MAX_ATTRS);
    size_t value_limit = at_most(list.len / MIN_VALUE, ENTRY_MAX_VALUES);
    scan->attrs = xgrow(scan->attrs, &scan->attr_size, attr_limit, sizeof *scan->attrs);
    scan->values = xgrow(scan->values, &scan->value_size, value_limit, sizeof *scan->values);
    r = tlv_over(list);
    while (tlv_more(&r)) {
        if (!tlv_take(&r, TLV_SEQUENCE, &in))
            return SCAN_MALFORMED;
        if (attrs == attr_limit) /* too many, or too short for an attribute */
            return attrs == ENTRY_MAX_ATTRS ? SCAN_HUGE : SCAN_MALFORMED;
        enum scan_result result = take_attr(in, &scan->attrs[attrs++], scan->values, &values, value_limit);
        if (result != SCAN_OK)
            return result;
    }
    *ret = (struct entry){dn, scan->attrs, attrs, body};
    return SCAN_OK;
}

bool entry_scan_guid(struct bytes body, struct guid *ret)
{
    const struct bytes wanted = bytes_of("objectGUID");
    struct tlv_reader r = tlv_over(body);
    struct bytes dn, list, in, name, set, value;

    if (!tlv_take(&r, TLV_OCTET_STRING, &dn) || !tlv_take(&r, TLV_SEQUENCE, &list))
        return false;
    for (r = tlv_over(list); tlv_take(&r, TLV_SEQUENCE, &in);) {
        struct tlv_reader a = tlv_over(in);
        if (!tlv_take(&a, TLV_OCTET_STRING, &name))
            return false;
        if (!bytes_equal_fold(name, wanted))
            continue;
        if (!tlv_take(&a, TLV_SET, &set))
            return false;
        a = tlv_over(set);
        if (!tlv_take(&a, TLV_OCTET_STRING, &value) || value.len != sizeof ret->b)
            return false;
        memcpy(ret->b, value.data, sizeof ret->b);
        return true;
    }
    return false;
}

void entry_scan_release(struct entry_scan *scan)
{
    free(scan->attrs);
    free(scan->values);
    *scan = (struct entry_scan){0};
}

/* ---- results ---- */

bool ldap_result_read(struct bytes body, struct ldap_result *ret)
{
    struct tlv_reader r = tlv_over(body);
    struct ldap_result result = {.name = {NULL, 0}};
    struct bytes code, more;
    uint8_t tag;

    if (!tlv_take(&r, TLV_ENUMERATED, &code) || !tlv_number(code, &result.code) ||
        !tlv_take(&r, TLV_OCTET_STRING, &result.matched_dn) ||
        !tlv_take(&r, TLV_OCTET_STRING, &result.diagnostic))
        return false;
    while (tlv_more(&r)) {
        if (!tlv_take_any(&r, &tag, &more))
            return false;
        if (tag == TAG_RESPONSE_NAME)
            result.name = more;
    }
    *ret = result;
    return true;
}
