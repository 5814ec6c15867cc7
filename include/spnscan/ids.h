/* ids.h: identifiers of the directory as plain values. Header only. */
#pragma once

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Bytes that somebody else owns; may hold NULs and is not terminated. data may be NULL when len is 0. */
struct bytes {
    const uint8_t *data;
    size_t len;
};

/* objectGUID, invocationId, DSA objectGUID: 16 bytes as they stand on the wire, the first three fields
 * little-endian (MS-DTYP 2.3.4.2). */
struct guid {
    uint8_t b[16];
};

/* Order-free keyed 128-bit hash of a facet's values (decode/facet.h). */
struct hash128 {
    uint64_t lo, hi;
};

#define GUID_TEXT_SIZE 37

static inline bool guid_equal(const struct guid *a, const struct guid *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static inline bool guid_is_zero(const struct guid *g)
{
    static const struct guid zero;
    return guid_equal(g, &zero);
}

/* "6f1c0a52-....": the string form of MS-DTYP 2.3.4.3, without braces, lower case. */
static inline const char *guid_format(const struct guid *g, char text[GUID_TEXT_SIZE])
{
    /* No printf: reports have hundreds of thousands of them. Which byte comes when; 16: a hyphen. */
    static const uint8_t order[] = {3, 2, 1, 0, 16, 5, 4, 16, 7, 6, 16, 8, 9, 16, 10, 11, 12, 13, 14, 15};
    static const char digits[] = "0123456789abcdef";
    char *to = text;
    for (size_t i = 0; i < sizeof order; i++) {
        if (order[i] == sizeof g->b) {
            *to++ = '-';
            continue;
        }
        *to++ = digits[g->b[order[i]] >> 4];
        *to++ = digits[g->b[order[i]] & 15];
    }
    *to = 0;
    return text;
}

/* The inverse, in either case of letters. false: not that form; *ret is then untouched. NULL is fine. */
static inline bool guid_parse(const char *text, struct guid *ret)
{
    /* Where each byte of the wire form stands in the text: three little-endian fields, then bytes. */
    static const uint8_t at[16] = {6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34};
    struct guid guid;
    if (!text || strlen(text) != GUID_TEXT_SIZE - 1)
        return false;
    for (size_t i = 0; i < GUID_TEXT_SIZE - 1; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    }
    for (size_t i = 0; i < sizeof guid.b; i++) {
        unsigned byte = 0;
        sscanf(text + at[i], "%2x", &byte);
        guid.b[i] = (uint8_t)byte;
    }
    *ret = guid;
    return true;
}

static inline bool hash128_equal(struct hash128 a, struct hash128 b)
{
    return a.lo == b.lo && a.hi == b.hi;
}

static inline struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, text ? strlen(text) : 0};
}
