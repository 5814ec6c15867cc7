/* dn.c: see dn.h. */
#include "scanner/decode/dn.h"

#include "scanner/decode/value.h"
#include "store/base/utf8.h"

/* Position of the first of the two separators that no backslash escapes (RFC 4514 section 2.4), or dn.len. */
static size_t find_separator(struct bytes dn, size_t at, uint8_t sep, uint8_t other)
{
    for (; at < dn.len; at++) {
        if (dn.data[at] == '\\')
            at++; /* the escaped character, or the first digit of a hex pair: no separator either way */
        else if (dn.data[at] == sep || dn.data[at] == other)
            return at;
    }
    return dn.len;
}

struct bytes dn_parent(struct bytes dn)
{
    size_t comma = find_separator(dn, 0, ',', ',');
    if (comma + 1 >= dn.len)
        return (struct bytes){NULL, 0};
    return (struct bytes){dn.data + comma + 1, dn.len - comma - 1};
}

struct bytes dn_rdn_value(struct bytes dn)
{
    size_t end = find_separator(dn, 0, ',', '+');
    size_t equals = find_separator((struct bytes){dn.data, end}, 0, '=', '=');
    if (equals >= end)
        return (struct bytes){NULL, 0};
    return (struct bytes){dn.data + equals + 1, end - equals - 1};
}

bool dn_is_under(struct bytes dn, struct bytes base)
{
    if (base.len == 0)
        return true;
    if (dn.len < base.len)
        return false;
    size_t head = dn.len - base.len;
    if (!bytes_equal_fold((struct bytes){dn.data + head, base.len}, base))
        return false;
    if (head == 0)
        return true;
    if (dn.data[head - 1] != ',')
        return false;
    /* An odd number of backslashes escapes the comma: "CN=x\,DC=corp" is one RDN, not a child of DC=corp. */
    size_t slashes = 0;
    while (slashes < head - 1 && dn.data[head - 2 - slashes] == '\\')
        slashes++;
    return slashes % 2 == 0;
}

/* A character that may stand in a DNS label here: a letter, a digit, hyphen, underscore, or beyond ASCII (AD
 * takes such domain names) and harmless. A dot or an escape would make another name of it. */
static size_t label_char(const uint8_t *p, size_t len)
{
    if (p[0] >= 0x80)
        return utf8_safe_char(p, len);
    uint8_t c = fold_byte(p[0]);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool append_label(struct bytes label, char *text, size_t size, size_t *len)
{
    if (label.len == 0 || *len + (*len > 0) + label.len >= size)
        return false;
    for (size_t at = 0, step; at < label.len; at += step)
        if ((step = label_char(label.data + at, label.len - at)) == 0)
            return false;
    if (*len > 0)
        text[(*len)++] = '.';
    for (size_t i = 0; i < label.len; i++)
        text[(*len)++] = (char)fold_byte(label.data[i]);
    return true;
}

bool dn_to_dns(struct bytes dn, char *text, size_t size)
{
    size_t len = 0;
    bool ok = dn.len > 0 && size > 0;
    while (ok && dn.len > 0) {
        size_t end = find_separator(dn, 0, ',', ',');
        struct bytes rdn = {dn.data, end};
        ok = rdn.len > 3 && bytes_equal_fold((struct bytes){rdn.data, 3}, bytes_of("dc=")) &&
             append_label((struct bytes){rdn.data + 3, rdn.len - 3}, text, size, &len) && end + 1 != dn.len;
        dn = end < dn.len ? (struct bytes){dn.data + end + 1, dn.len - end - 1} : (struct bytes){NULL, 0};
    }
    if (size > 0)
        text[ok ? len : 0] = 0;
    return ok;
}
