/* tlv.h: a bounded reader of BER elements (tag, length, contents) in place, as LDAP uses them (RFC 4511
 * section 5.1): one-byte tags, definite lengths of at most four octets; AD writes the long form always
 * (0x84 ...). Header only, pure.
 */
#pragma once

#include "spnscan/ids.h"

#define TLV_INTEGER      0x02
#define TLV_OCTET_STRING 0x04
#define TLV_ENUMERATED   0x0a
#define TLV_SEQUENCE     0x30
#define TLV_SET          0x31

struct tlv_reader {
    const uint8_t *at, *end;
};

static inline struct tlv_reader tlv_over(struct bytes b)
{
    return (struct tlv_reader){b.data, b.data ? b.data + b.len : b.data};
}

static inline bool tlv_more(const struct tlv_reader *r)
{
    return r->at < r->end;
}

enum tlv_fit { TLV_WHOLE, TLV_PART, TLV_BAD };

/* The length octets at r->at, which is moved behind them when they are whole. An indefinite length, one of
 * more than four octets, or one that no reader could hold is bad. */
static inline enum tlv_fit tlv_length(struct tlv_reader *r, size_t *ret)
{
    size_t left = (size_t)(r->end - r->at), len = 0;
    if (left == 0)
        return TLV_PART;
    uint8_t first = r->at[0];
    if (first < 0x80) {
        *ret = first;
        r->at++;
        return TLV_WHOLE;
    }
    size_t octets = first & 0x7f;
    if (octets == 0 || octets > 4)
        return TLV_BAD;
    if (left < 1 + octets)
        return TLV_PART;
    for (size_t i = 1; i <= octets; i++)
        len = len << 8 | r->at[i];
    *ret = len;
    r->at += 1 + octets;
    return TLV_WHOLE;
}

/* The element at r->at if its tag is tag and it lies whole within r; *ret is its contents. On false r is not
 * moved. */
static inline bool tlv_take(struct tlv_reader *r, uint8_t tag, struct bytes *ret)
{
    struct tlv_reader in = *r;
    size_t len;
    if (!tlv_more(&in) || *in.at++ != tag)
        return false;
    if (tlv_length(&in, &len) != TLV_WHOLE || len > (size_t)(in.end - in.at))
        return false;
    *ret = (struct bytes){in.at, len};
    r->at = in.at + len;
    return true;
}

/* The same with whatever tag stands there; tags of several octets are refused. */
static inline bool tlv_take_any(struct tlv_reader *r, uint8_t *ret_tag, struct bytes *ret)
{
    if (!tlv_more(r) || (r->at[0] & 0x1f) == 0x1f)
        return false;
    uint8_t tag = r->at[0];
    if (!tlv_take(r, tag, ret))
        return false;
    *ret_tag = tag;
    return true;
}

/* Contents of an INTEGER or ENUMERATED that is neither negative nor beyond 2^31-1 (maxInt). */
static inline bool tlv_number(struct bytes contents, int32_t *ret)
{
    uint32_t n = 0;
    if (contents.len == 0 || contents.len > 4 || contents.data[0] & 0x80)
        return false;
    for (size_t i = 0; i < contents.len; i++)
        n = n << 8 | contents.data[i];
    *ret = (int32_t)n;
    return true;
}
