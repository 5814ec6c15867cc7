/* bytes.h: growable bytes, BER written into them as Windows writes it, and small helpers. Uses nothing above
 * it.
 *
 * Memory that can't be had ends the program. Constructed types get the four-byte length form (0x84), which is
 * what a Windows DC sends and what lets a length be filled in afterwards; primitives get the shortest one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct bytes {
    const uint8_t *data;
    size_t len;
};

struct buf {
    uint8_t *data;
    size_t len, size;
};

void *zalloc(size_t count, size_t size);
void *regrow(void *old, size_t count, size_t size);
/* Doubles *room until it holds need items. */
void *grow_to(void *array, size_t *room, size_t need, size_t size);
char *copy_text(const char *text);

void buf_reserve(struct buf *buf, size_t more);
void buf_free(struct buf *buf);
void buf_text(struct buf *buf, const char *text);
void buf_number(struct buf *buf, uint64_t n, int digits); /* digits: padded with zeros to so many */

static inline void buf_room(struct buf *buf, size_t more)
{
    if (buf->size - buf->len < more)
        buf_reserve(buf, more);
}

static inline void buf_put(struct buf *buf, const void *data, size_t len)
{
    buf_room(buf, len);
    if (len)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
}

static inline void buf_byte(struct buf *buf, uint8_t byte)
{
    buf_put(buf, &byte, 1);
}

static inline struct bytes text_bytes(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* ---- BER ---- */

enum { BER_INT = 0x02, BER_OCTETS = 0x04, BER_ENUM = 0x0a, BER_SEQUENCE = 0x30, BER_SET = 0x31 };

/* Opens a constructed type; the returned place is for ber_shut, which fills in its length. */
size_t ber_open(struct buf *buf, uint8_t tag);
void ber_shut(struct buf *buf, size_t place);
void ber_octets(struct buf *buf, uint8_t tag, const void *data, size_t len);
void ber_text(struct buf *buf, uint8_t tag, const char *text);
void ber_number(struct buf *buf, uint8_t tag, int64_t n);

static inline void put_be32(uint8_t *at, uint32_t n)
{
    at[0] = (uint8_t)(n >> 24);
    at[1] = (uint8_t)(n >> 16);
    at[2] = (uint8_t)(n >> 8);
    at[3] = (uint8_t)n;
}

static inline uint32_t get_be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* ---- little-endian blobs ---- */

void put_le16(struct buf *buf, uint16_t n);
void put_le32(struct buf *buf, uint32_t n);
void put_le64(struct buf *buf, uint64_t n);

/* ---- names ---- */

static inline uint8_t fold(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

bool same_fold(const void *a, size_t a_len, const void *b, size_t b_len);
bool same_text(const char *a, const char *b);
uint64_t fold_hash(const void *data, size_t len);

/* ---- numbers that look random and are always the same ---- */

static inline uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

uint64_t unmix(uint64_t x); /* the inverse of mix */

static inline uint64_t mix2(uint64_t a, uint64_t b)
{
    return mix(a * 0x9e3779b97f4a7c15u + mix(b + 0x632be59bd9b4e019u));
}

/* ---- times ---- */

#define SECONDS_1601 11644473600LL /* from 1601 to 1970 */

int64_t now_ms(void);                          /* a steady clock */
void time_text(int64_t seconds, char ret[18]); /* 20261122130951.0Z */
