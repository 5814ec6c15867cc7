/* text_buf.c: growable text and the allocators that don't fail; see spnscan/text_buf.h. */
#include "spnscan/text_buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_SIZE 64

/* Other threads may be running, so nothing that allocates, locks or runs handlers; 3 is "could not run". */
static _Noreturn void out_of_memory(void)
{
    static const char line[] = "spnscan: out of memory\n";
    ssize_t written = write(STDERR_FILENO, line, sizeof line - 1);
    (void)written;
    _exit(3);
}

void *xmalloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p)
        out_of_memory();
    return p;
}

void *xcalloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        out_of_memory();
    void *p = calloc(1, bytes ? bytes : 1);
    if (!p)
        out_of_memory();
    return p;
}

void *xrealloc(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);
    if (!p)
        out_of_memory();
    return p;
}

void *xgrow(void *array, size_t *capacity, size_t need, size_t item_size)
{
    if (need <= *capacity)
        return array;
    size_t items = *capacity ? *capacity : 8, bytes;
    while (items < need)
        items = items <= SIZE_MAX / 2 ? items * 2 : need;
    if (__builtin_mul_overflow(items, item_size, &bytes))
        out_of_memory();
    array = xrealloc(array, bytes);
    *capacity = items;
    return array;
}

char *xstrdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(xmalloc(size), text, size);
}

/* Room for extra bytes and the NUL. */
static void reserve(struct text_buf *buf, size_t extra)
{
    size_t need;
    if (__builtin_add_overflow(buf->len, extra, &need) || __builtin_add_overflow(need, 1, &need))
        out_of_memory();
    if (need <= buf->size)
        return;
    if (buf->size == 0 && need < FIRST_SIZE)
        need = FIRST_SIZE;
    buf->data = xgrow(buf->data, &buf->size, need, 1);
}

void text_append(struct text_buf *buf, const char *data, size_t len)
{
    reserve(buf, len);
    if (len)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = 0;
}

void text_append_str(struct text_buf *buf, const char *text)
{
    text_append(buf, text, strlen(text));
}

void text_append_char(struct text_buf *buf, char c)
{
    text_append(buf, &c, 1);
}

void text_append_fmt(struct text_buf *buf, const char *fmt, ...)
{
    reserve(buf, 0);
    va_list args;
    va_start(args, fmt);
    int want = vsnprintf(buf->data + buf->len, buf->size - buf->len, fmt, args);
    va_end(args);
    if (want < 0) { /* only an encoding error of %ls, which nobody here uses: leave the buffer as it was */
        buf->data[buf->len] = 0;
        return;
    }
    if ((size_t)want >= buf->size - buf->len) {
        reserve(buf, (size_t)want);
        va_start(args, fmt);
        vsnprintf(buf->data + buf->len, buf->size - buf->len, fmt, args);
        va_end(args);
    }
    buf->len += (size_t)want;
}

static void append_json_escape(struct text_buf *buf, unsigned char c)
{
    switch (c) {
    case '"':
        text_append_str(buf, "\\\"");
        break;
    case '\\':
        text_append_str(buf, "\\\\");
        break;
    case '\n':
        text_append_str(buf, "\\n");
        break;
    case '\r':
        text_append_str(buf, "\\r");
        break;
    case '\t':
        text_append_str(buf, "\\t");
        break;
    default:
        text_append_fmt(buf, "\\u%04x", c);
    }
}

void text_append_json(struct text_buf *buf, const char *data, size_t len)
{
    reserve(buf, len + 2);
    text_append_char(buf, '"');
    size_t run = 0; /* start of what needs no escape */
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        text_append(buf, data + run, i - run);
        append_json_escape(buf, c);
        run = i + 1;
    }
    if (run < len)
        text_append(buf, data + run, len - run);
    text_append_char(buf, '"');
}

void text_clear(struct text_buf *buf)
{
    buf->len = 0;
    if (buf->data)
        buf->data[0] = 0;
}

void text_release(struct text_buf *buf)
{
    free(buf->data);
    *buf = (struct text_buf){0};
}

void text_lower(char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text |= 0x20;
}
