/* make_blob.h: little-endian structures written down field by field, and cut at every length. */
#pragma once

#include <stdlib.h>

#include "scanner/decode/replica.h"
#include "tests/unit/make_entry.h"

struct blob {
    uint8_t b[4096];
    size_t len;
};

static inline void put_bytes(struct blob *blob, const void *data, size_t len)
{
    memcpy(blob->b + blob->len, data, len);
    blob->len += len;
}

static inline void put32(struct blob *blob, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        blob->b[blob->len++] = (uint8_t)(n >> 8 * i);
}

static inline void put64(struct blob *blob, uint64_t n)
{
    put32(blob, (uint32_t)n);
    put32(blob, (uint32_t)(n >> 32));
}

/* A GUID of sixteen equal bytes. */
static inline struct guid guid_of(uint8_t n)
{
    struct guid g;
    memset(g.b, n, sizeof g.b);
    return g;
}

static inline void put_guid(struct blob *blob, uint8_t n)
{
    struct guid g = guid_of(n);
    put_bytes(blob, g.b, sizeof g.b);
}

/* ASCII as UTF-16LE with its NUL. */
static inline void put_utf16(struct blob *blob, const char *text)
{
    for (size_t i = 0; i <= strlen(text); i++) {
        blob->b[blob->len++] = (uint8_t)text[i];
        blob->b[blob->len++] = 0;
    }
}

static inline void set32(struct blob *blob, size_t at, uint32_t n)
{
    struct blob part = {.len = 0};
    put32(&part, n);
    memcpy(blob->b + at, part.b, 4);
}

static inline struct bytes blob_bytes(const struct blob *blob)
{
    return (struct bytes){blob->b, blob->len};
}

/* The first len bytes in memory of just that size, so that a sanitizer sees a read past them; free .data. */
static inline struct bytes cut_at(struct bytes whole, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    if (len)
        memcpy(copy, whole.data, len);
    return (struct bytes){copy, len};
}

static inline void cut_free(struct bytes cut)
{
    free((void *)(uintptr_t)cut.data);
}

/* 2026-11-22T13:09:51Z in the three units there are. */
#define TEST_SECONDS  UINT64_C(13439826591)
#define TEST_FILETIME (TEST_SECONDS * 10000000)
#define TEST_US       INT64_C(1795352991000000)
