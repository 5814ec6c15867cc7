#include "tests/dcsim/bytes.h"

#include <stdlib.h>
#include <time.h>

static void *need(void *p)
{
    if (p)
        return p;
    fputs("dcsim: out of memory\n", stderr);
    abort();
}

void *zalloc(size_t count, size_t size)
{
    return need(calloc(count ? count : 1, size));
}

void *regrow(void *old, size_t count, size_t size)
{
    size_t all;
    if (__builtin_mul_overflow(count, size, &all))
        need(NULL);
    return need(realloc(old, all ? all : 1));
}

void *grow_to(void *array, size_t *room, size_t want, size_t size)
{
    if (want <= *room)
        return array;
    size_t next = *room ? *room : 16;
    while (next < want)
        next *= 2;
    *room = next;
    return regrow(array, next, size);
}

char *copy_text(const char *text)
{
    return need(strdup(text));
}

void buf_reserve(struct buf *buf, size_t more)
{
    buf->data = grow_to(buf->data, &buf->size, buf->len + more, 1);
}

void buf_free(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){0};
}

void buf_text(struct buf *buf, const char *text)
{
    buf_put(buf, text, strlen(text));
}

void buf_number(struct buf *buf, uint64_t n, int digits)
{
    char text[24];
    int at = sizeof text;
    do {
        text[--at] = (char)('0' + n % 10);
        n /= 10;
        digits--;
    } while ((n || digits > 0) && at > 0);
    buf_put(buf, text + at, sizeof text - (size_t)at);
}

/* ---- BER ---- */

size_t ber_open(struct buf *buf, uint8_t tag)
{
    buf_room(buf, 6);
    uint8_t *at = buf->data + buf->len;
    at[0] = tag;
    at[1] = 0x84;
    buf->len += 6;
    return buf->len;
}

void ber_shut(struct buf *buf, size_t place)
{
    put_be32(buf->data + place - 4, (uint32_t)(buf->len - place));
}

void ber_octets(struct buf *buf, uint8_t tag, const void *data, size_t len)
{
    buf_room(buf, len + 6);
    uint8_t *at = buf->data + buf->len;
    *at++ = tag;
    if (len < 0x80) {
        *at++ = (uint8_t)len;
    } else if (len < 0x100) {
        *at++ = 0x81;
        *at++ = (uint8_t)len;
    } else if (len < 0x10000) {
        *at++ = 0x82;
        *at++ = (uint8_t)(len >> 8);
        *at++ = (uint8_t)len;
    } else {
        *at++ = 0x84;
        put_be32(at, (uint32_t)len);
        at += 4;
    }
    if (len)
        memcpy(at, data, len);
    buf->len = (size_t)(at - buf->data) + len;
}

void ber_text(struct buf *buf, uint8_t tag, const char *text)
{
    ber_octets(buf, tag, text, strlen(text));
}

void ber_number(struct buf *buf, uint8_t tag, int64_t n)
{
    uint8_t bytes[8];
    int len = 8;
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
    while (len > 1) {
        const uint8_t *at = bytes + 8 - len;
        if (!(at[0] == 0 && at[1] < 0x80) && !(at[0] == 0xff && at[1] >= 0x80))
            break;
        len--;
    }
    ber_octets(buf, tag, bytes + 8 - len, (size_t)len);
}

void put_le16(struct buf *buf, uint16_t n)
{
    uint8_t b[2] = {(uint8_t)n, (uint8_t)(n >> 8)};
    buf_put(buf, b, 2);
}

void put_le32(struct buf *buf, uint32_t n)
{
    put_le16(buf, (uint16_t)n);
    put_le16(buf, (uint16_t)(n >> 16));
}

void put_le64(struct buf *buf, uint64_t n)
{
    put_le32(buf, (uint32_t)n);
    put_le32(buf, (uint32_t)(n >> 32));
}

/* ---- names ---- */

bool same_fold(const void *a, size_t a_len, const void *b, size_t b_len)
{
    const uint8_t *p = a, *q = b;
    if (a_len != b_len)
        return false;
    for (size_t i = 0; i < a_len; i++)
        if (fold(p[i]) != fold(q[i]))
            return false;
    return true;
}

bool same_text(const char *a, const char *b)
{
    return same_fold(a, strlen(a), b, strlen(b));
}

uint64_t fold_hash(const void *data, size_t len)
{
    const uint8_t *p = data;
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ fold(p[i])) * 0x100000001b3u;
    return mix(h);
}

uint64_t unmix(uint64_t x)
{
    x ^= x >> 31 ^ x >> 62;
    x *= 0x319642b2d24d8ec3u;
    x ^= x >> 27 ^ x >> 54;
    x *= 0x96de1b173f119089u;
    return x ^ x >> 30 ^ x >> 60;
}

/* ---- times ---- */

int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void time_text(int64_t seconds, char ret[18])
{
    struct tm tm;
    time_t t = seconds;
    char text[80];
    gmtime_r(&t, &tm);
    snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02d.0Z", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
             tm.tm_hour, tm.tm_min, tm.tm_sec);
    memcpy(ret, text, 17);
    ret[17] = 0;
}
