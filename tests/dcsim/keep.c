#include "tests/dcsim/keep.h"

#include <stdlib.h>

/* By slot and number of the DC; those without facts are empty. */
static struct dc *kept[KEEP_SLOTS];

static void *copy_of(const void *data, size_t count, size_t size)
{
    void *copy = zalloc(count, size);
    if (count)
        memcpy(copy, data, count * size);
    return copy;
}

static struct local *copy_local(const struct local *from)
{
    struct local *local = copy_of(from, 1, sizeof *from);
    local->version.data = copy_of(from->version.data, 1, from->version.len);
    local->stamps = copy_of(from->stamps, (size_t)from->stamp_count, sizeof *from->stamps);
    local->stamp_room = (size_t)from->stamp_count;
    return local;
}

static void free_local(struct local *local)
{
    void *data;
    memcpy(&data, &local->version.data, sizeof data);
    free(data);
    free(local->stamps);
    free(local);
}

static void free_database(struct dc *dc)
{
    for (uint32_t i = 0; dc->table && i <= dc->table_mask; i++)
        if (dc->table[i])
            free_local(dc->table[i]);
    for (int nc = 0; nc < MAX_NCS; nc++)
        free(dc->cursors[nc]);
    free(dc->table);
    free(dc->different);
    free(dc->log);
    free(dc->neighbours);
}

/* What belongs to the database of `to` is that of `from`, in memory of its own. */
static void copy_database(struct dc *to, const struct dc *from)
{
    to->invocation = from->invocation;
    to->highest_usn = from->highest_usn;
    to->different = copy_of(from->different, forest.count / 64 + 1, sizeof *from->different);
    to->table_mask = from->table_mask;
    to->table_count = from->table_count;
    to->table = from->table ? copy_of(from->table, from->table_mask + 1, sizeof *from->table) : NULL;
    for (uint32_t i = 0; to->table && i <= to->table_mask; i++)
        if (to->table[i])
            to->table[i] = copy_local(to->table[i]);
    to->log = copy_of(from->log, from->log_len, sizeof *from->log);
    to->log_len = to->log_room = from->log_len;
    to->log_mixed = from->log_mixed;
    for (int nc = 0; nc < MAX_NCS; nc++) {
        to->cursors[nc] = NULL;
        to->cursor_count[nc] = from->cursor_count[nc];
        if (from->cursors[nc])
            to->cursors[nc] =
                copy_of(from->cursors[nc], (size_t)from->cursor_count[nc], sizeof *from->cursors[nc]);
    }
    to->neighbours = copy_of(from->neighbours, (size_t)from->neighbour_count, sizeof *from->neighbours);
    to->neighbour_count = from->neighbour_count;
    to->neighbour_room = (size_t)from->neighbour_count;
    memcpy(to->hidden, from->hidden, sizeof to->hidden);
    to->offer = from->offer;
    to->frozen = from->frozen;
    to->not_ready = from->not_ready;
    to->deleted_hidden = from->deleted_hidden;
}

void keep_save(const struct dc *dc, int slot)
{
    if (!kept[slot])
        kept[slot] = zalloc((size_t)world.count, sizeof *kept[slot]);
    struct dc *to = &kept[slot][dc->number];
    if (to->facts)
        free_database(to);
    to->facts = dc->facts;
    copy_database(to, dc);
}

bool keep_load(struct dc *dc, int slot)
{
    if (!kept[slot] || !kept[slot][dc->number].facts)
        return false;
    free_database(dc);
    copy_database(dc, &kept[slot][dc->number]);
    return true;
}
