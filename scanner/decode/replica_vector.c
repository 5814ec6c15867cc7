/* replica_vector.c: up-to-dateness vectors; see replica.h. */
#include "scanner/decode/replica.h"

#include <stdlib.h>

#include "scanner/decode/replica_inside.h"
#include "spnscan/text_buf.h"

#define CURSOR_V1 24
#define CURSOR_V2 32

static int by_origin(const void *a, const void *b)
{
    const struct utd_cursor *x = a, *y = b;
    int diff = memcmp(x->origin.b, y->origin.b, sizeof x->origin.b);
    if (diff)
        return diff;
    if (x->usn != y->usn)
        return x->usn > y->usn ? -1 : 1; /* the greatest first: it is the one that stays */
    return x->synced_us > y->synced_us ? -1 : x->synced_us < y->synced_us;
}

/* Sorts what was appended as it came and keeps the best cursor of each origin. */
static void settle(struct utd_vector *vector)
{
    size_t kept = 0;
    if (vector->count == 0)
        return;
    qsort(vector->cursors, vector->count, sizeof *vector->cursors, by_origin);
    for (size_t i = 1; i < vector->count; i++)
        if (!guid_equal(&vector->cursors[i].origin, &vector->cursors[kept].origin))
            vector->cursors[++kept] = vector->cursors[i];
    vector->count = kept + 1;
}

bool vector_raw(struct bytes blob, struct utd_vector *ret)
{
    struct cursor c = cursor_over(blob);
    uint32_t version = cursor_u32(&c);
    cursor_u32(&c);
    uint32_t count = cursor_u32(&c);
    cursor_u32(&c);
    if (c.failed || (version != 1 && version != 2) || count > MAX_CURSORS ||
        count > cursor_left(&c) / (version == 1 ? CURSOR_V1 : CURSOR_V2))
        return false;
    struct utd_vector vector = {.count = count, .size = count};
    if (count)
        vector.cursors = xcalloc(count, sizeof *vector.cursors);
    for (uint32_t i = 0; i < count; i++) {
        struct utd_cursor *cursor = &vector.cursors[i];
        cursor->origin = cursor_guid(&c);
        cursor->usn = cursor_u64(&c);
        if (version == 2)
            cursor->synced_us = replica_plausible(replica_time(cursor_u64(&c)));
    }
    settle(&vector);
    *ret = vector;
    return true;
}

bool vector_add_binary(struct utd_vector *vector, struct bytes value)
{
    struct utd_cursor cursor;
    if (!cursor_binary(value, &cursor))
        return false;
    vector_set(vector, &cursor);
    return true;
}

bool vector_add_xml(struct utd_vector *vector, struct bytes value)
{
    struct utd_cursor cursor;
    if (!cursor_xml(value, &cursor))
        return false;
    vector_set(vector, &cursor);
    return true;
}

bool vector_of_entry(const struct entry *entry, struct utd_vector *ret)
{
    bool binary;
    const struct attr *a = replica_attr(entry, "replUpToDateVector", &binary);
    if (a)
        return vector_raw(a->values[0], ret);
    a = replica_attr(entry, "msDS-NCReplCursors", &binary);
    if (!a || a->count > MAX_CURSORS)
        return false;
    /* Appended and sorted once: one by one a hostile DC could make it quadratic. */
    struct utd_vector vector = {.cursors = xcalloc(a->count, sizeof *vector.cursors), .size = a->count};
    for (size_t i = 0; i < a->count; i++) {
        bool xml = !binary && replica_is_xml(a->values[i]);
        struct utd_cursor *cursor = &vector.cursors[vector.count++];
        if (!(xml ? cursor_xml(a->values[i], cursor) : cursor_binary(a->values[i], cursor))) {
            vector_release(&vector);
            return false;
        }
    }
    settle(&vector);
    *ret = vector;
    return true;
}

/* Where origin is, or where it belongs. */
static size_t place_of(const struct utd_vector *vector, const struct guid *origin)
{
    size_t low = 0, high = vector->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(vector->cursors[middle].origin.b, origin->b, sizeof origin->b) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void vector_set(struct utd_vector *vector, const struct utd_cursor *cursor)
{
    size_t at = place_of(vector, &cursor->origin);
    struct utd_cursor *there = vector->cursors ? vector->cursors + at : NULL;
    if (at < vector->count && guid_equal(&there->origin, &cursor->origin)) {
        if (by_origin(cursor, there) < 0)
            *there = *cursor;
        return;
    }
    vector->cursors = xgrow(vector->cursors, &vector->size, vector->count + 1, sizeof *vector->cursors);
    there = vector->cursors + at;
    memmove(there + 1, there, (vector->count - at) * sizeof *there);
    *there = *cursor;
    vector->count++;
}

const struct utd_cursor *vector_find(const struct utd_vector *vector, const struct guid *origin)
{
    size_t at = place_of(vector, origin);
    if (at == vector->count || !guid_equal(&vector->cursors[at].origin, origin))
        return NULL;
    return &vector->cursors[at];
}

bool vector_covers(const struct utd_vector *vector, const struct stamp *stamp)
{
    const struct utd_cursor *cursor = vector_find(vector, &stamp->origin);
    return cursor && cursor->usn >= stamp->usn;
}

void vector_release(struct utd_vector *vector)
{
    free(vector->cursors);
    *vector = (struct utd_vector){0};
}
