/* text_buf.h: growable text. Leaf code for both halves (store/base/text_buf.c).
 *
 * Invariants: data is never NULL after the first append, always NUL-terminated, len excludes the NUL.
 * {0} is an empty buffer. Memory that can't be had ends the program with a message: single allocations
 * here are small; sizes that come from the network are capped before they get here.
 */
#pragma once

#include <stddef.h>

struct text_buf {
    char *data;
    size_t len, size;
};

void text_append(struct text_buf *buf, const char *data, size_t len);
void text_append_str(struct text_buf *buf, const char *text);
void text_append_char(struct text_buf *buf, char c);
void text_append_fmt(struct text_buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Appends text as a JSON string with its quotes (RFC 8259 section 7). Input must be valid UTF-8. */
void text_append_json(struct text_buf *buf, const char *data, size_t len);

/* Empties, keeps the memory. */
void text_clear(struct text_buf *buf);
void text_release(struct text_buf *buf);

/* malloc, calloc, realloc that end the program with one line when memory can't be had. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
/* Doubles *capacity until it holds need items; returns the (moved) array. */
void *xgrow(void *array, size_t *capacity, size_t need, size_t item_size);
char *xstrdup(const char *text);

/* ASCII letters to lower case, in place: DNS names are compared so (RFC 4343). */
void text_lower(char *text);
