/* cursor.h: a bounded little-endian reader whose error sticks: read on, check once at the end. Header only,
 * pure. */
#pragma once

#include "spnscan/ids.h"

struct cursor {
    const uint8_t *at, *end;
    bool failed;
};

static inline struct cursor cursor_over(struct bytes b)
{
    return (struct cursor){b.data, b.data ? b.data + b.len : b.data, false};
}

static inline size_t cursor_left(const struct cursor *c)
{
    return (size_t)(c->end - c->at);
}

/* The next len bytes, or NULL (and the cursor has failed from then on). */
static inline const uint8_t *cursor_take(struct cursor *c, size_t len)
{
    if (c->failed || cursor_left(c) < len) {
        c->failed = true;
        return NULL;
    }
    const uint8_t *p = c->at;
    c->at += len;
    return p;
}

static inline uint8_t cursor_u8(struct cursor *c)
{
    const uint8_t *p = cursor_take(c, 1);
    return p ? p[0] : 0;
}

static inline uint16_t cursor_u16(struct cursor *c)
{
    const uint8_t *p = cursor_take(c, 2);
    return p ? (uint16_t)(p[0] | p[1] << 8) : 0;
}

static inline uint32_t cursor_u32(struct cursor *c)
{
    const uint8_t *p = cursor_take(c, 4);
    return p ? (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24 : 0;
}

/* A cursor over [off, off+len) of the whole; failed when that is outside. */
static inline struct cursor cursor_part(struct bytes whole, size_t off, size_t len)
{
    if (off > whole.len || len > whole.len - off)
        return (struct cursor){NULL, NULL, true};
    return cursor_over((struct bytes){whole.data + off, len});
}
