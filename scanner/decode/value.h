/* value.h: what is done to one raw attribute value: ASCII folding and numbers. Pure. */
#pragma once

#include "spnscan/ids.h"

/* AD compares names as ASCII without case (beyond ASCII its rule needs Windows' weight tables, MS-ADTS 6.5.1,
 * so those bytes stay as they are). Locale never matters here, hence no tolower(). */
static inline uint8_t fold_byte(uint8_t c)
{
    return (uint8_t)(c - 'A') < 26 ? (uint8_t)(c | 0x20) : c;
}

/* The same for eight bytes at once. Bit 7 of each byte of the two sums tells ">= 'A'" and "> 'Z'"; the low
 * seven bits are added alone, so that no carry crosses into the next byte. */
static inline uint64_t fold_word(uint64_t w)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t low7 = w & each * 0x7F;
    uint64_t from_a = low7 + each * (0x80 - 'A');
    uint64_t past_z = low7 + each * (0x7F - 'Z');
    uint64_t upper = (from_a ^ past_z) & ~w & each * 0x80;
    return w | upper >> 2;
}

/* Copies src folded; src and dst do not overlap. */
static inline void fold_copy(uint8_t *dst, const uint8_t *src, size_t len)
{
    uint64_t w;
    if (len < sizeof w) {
        for (size_t i = 0; i < len; i++)
            dst[i] = fold_byte(src[i]);
        return;
    }
    for (size_t i = 0; i + sizeof w <= len; i += sizeof w) {
        memcpy(&w, src + i, sizeof w);
        w = fold_word(w);
        memcpy(dst + i, &w, sizeof w);
    }
    /* The last eight bytes once more: cheaper than the rest byte by byte, and folding twice changes nothing.
     */
    memcpy(&w, src + len - sizeof w, sizeof w);
    w = fold_word(w);
    memcpy(dst + len - sizeof w, &w, sizeof w);
}

/* Bit 7 of a byte is set where it is beyond ASCII, below ' ', DEL, or but1 or but2. A borrow out of one byte
 * may set it in the next one too, but only where it is set already. */
static inline uint64_t word_odd(uint64_t w, uint8_t but1, uint8_t but2)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t del = w ^ each * 0x7F, x = w ^ each * but1, y = w ^ each * but2;
    return (w | (w - each * ' ') | ((del - each) & ~del) | ((x - each) & ~x) | ((y - each) & ~y)) &
           each * 0x80;
}

/* Is every byte printable ASCII, and none of them but1 or but2 (0: no exception; never 'a', which fills the
 * last word)? */
static inline bool bytes_printable(struct bytes v, uint8_t but1, uint8_t but2)
{
    size_t i = 0;
    uint64_t w;
    for (; i + sizeof w <= v.len; i += sizeof w) {
        memcpy(&w, v.data + i, sizeof w);
        if (word_odd(w, but1, but2))
            return false;
    }
    w = 0x6161616161616161u;
    if (i < v.len)
        memcpy(&w, v.data + i, v.len - i);
    return !word_odd(w, but1, but2);
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bytes_equal_fold(struct bytes a, struct bytes b);

/* Order by folded bytes, then by raw ones: total, so that one set has one spelling. */
int bytes_compare_fold(struct bytes a, struct bytes b);

/* INTEGER in LDAP string form (RFC 4517 section 3.3.16): no plus sign, no leading zeros, no "-0". */
bool value_int(struct bytes v, int64_t *ret);
bool value_uint(struct bytes v, uint64_t *ret);

/* 32 bits of flags: AD writes them signed (see entry.h), so that with bit 31 set they come with a minus sign.
 */
bool value_u32(struct bytes v, uint32_t *ret);
