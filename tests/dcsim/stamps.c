/* stamps.c: where values come from, and the two blobs that tell it (FIELD.md C1: layouts of
 * replPropertyMetaData version 1 and replUpToDateVector version 2, both little-endian). */
#include <stdlib.h>

#include "tests/dcsim/dc.h"

struct stamp base_stamp(const struct dc *dc, uint32_t object, enum attr attr)
{
    int origin = origin_dc(object);
    const struct dc_facts *facts = &forest.dcs[origin];
    /* Account flags and password are written again right after the object was made. */
    bool twice = attr == A_UAC || attr == A_PWD_LAST_SET;
    return (struct stamp){.attr = (uint8_t)attr,
                          .version = twice ? 2 : 1,
                          .invocation = facts->invocation,
                          .time = created_time(object),
                          .usn = base_usn(facts, object),
                          .local = base_usn(dc->facts, object)};
}

bool view_stamp(const struct dc *dc, const struct view *view, enum attr attr, struct stamp *ret)
{
    if (!view->local) {
        if (!(view->version->present & mask_replicated & BIT(attr)))
            return false;
        *ret = base_stamp(dc, view->object, attr);
        return true;
    }
    for (int i = 0; i < view->local->stamp_count; i++)
        if (view->local->stamps[i].attr == attr) {
            *ret = view->local->stamps[i];
            return true;
        }
    return false;
}

static int by_attid(const void *a, const void *b)
{
    uint32_t x = attr_table[((const struct stamp *)a)->attr].attid,
             y = attr_table[((const struct stamp *)b)->attr].attid;
    return x < y ? -1 : x > y;
}

int view_stamps(const struct dc *dc, const struct view *view, struct stamp ret[A_COUNT])
{
    int count = 0;
    bool partial = dc->holds[object_nc(view->object)] != HOLDS_FULL;
    for (int a = 1; a < A_COUNT; a++)
        if ((!partial || mask_pas & BIT(a)) && view_stamp(dc, view, (enum attr)a, &ret[count]))
            count++;
    qsort(ret, (size_t)count, sizeof *ret, by_attid);
    return count;
}

void put_metadata(const struct dc *dc, const struct view *view, struct buf *ret)
{
    struct stamp stamps[A_COUNT];
    int count = view_stamps(dc, view, stamps);
    put_le32(ret, 1);
    put_le32(ret, 0);
    put_le32(ret, (uint32_t)count);
    put_le32(ret, 0);
    for (int i = 0; i < count; i++) {
        put_le32(ret, attr_table[stamps[i].attr].attid);
        put_le32(ret, stamps[i].version);
        put_le64(ret, (uint64_t)(stamps[i].time + SECONDS_1601));
        buf_put(ret, forest.invocations[stamps[i].invocation].guid, 16);
        put_le64(ret, stamps[i].usn);
        put_le64(ret, stamps[i].local);
    }
}

/* ---- vectors ---- */

/* Base forest: every DC has all that any other has written. */
static struct cursor base_cursor(const struct dc *dc, int nc, int invocation)
{
    if (invocation >= forest.plan.dcs || !dc_writes_nc(invocation, nc))
        return (struct cursor){0};
    return (struct cursor){base_highest_usn(&forest.dcs[invocation]),
                           world.started - 30 - (dc->number * 7 + invocation * 13) % 600};
}

struct cursor dc_cursor(const struct dc *dc, int nc, int invocation)
{
    if (invocation == dc->invocation)
        return (struct cursor){dc->highest_usn, dc_time(dc)};
    if (!dc->cursors[nc])
        return base_cursor(dc, nc, invocation);
    return invocation < dc->cursor_count[nc] ? dc->cursors[nc][invocation] : (struct cursor){0};
}

struct cursor *dc_own_cursors(struct dc *dc, int nc)
{
    int have = dc->cursors[nc] ? dc->cursor_count[nc] : 0;
    if (dc->cursors[nc] && have == forest.invocation_count)
        return dc->cursors[nc];
    bool fresh = !dc->cursors[nc];
    dc->cursors[nc] = regrow(dc->cursors[nc], (size_t)forest.invocation_count, sizeof *dc->cursors[nc]);
    for (int i = have; i < forest.invocation_count; i++)
        dc->cursors[nc][i] = fresh ? base_cursor(dc, nc, i) : (struct cursor){0};
    dc->cursor_count[nc] = forest.invocation_count;
    return dc->cursors[nc];
}

static int by_guid(const void *a, const void *b)
{
    return memcmp(forest.invocations[*(const int *)a].guid, forest.invocations[*(const int *)b].guid, 16);
}

void put_vector(const struct dc *dc, int nc, struct buf *ret)
{
    int *order = zalloc((size_t)forest.invocation_count, sizeof *order), count = 0;
    for (int i = 0; i < forest.invocation_count; i++)
        if (i != dc->invocation && dc_cursor(dc, nc, i).usn)
            order[count++] = i;
    qsort(order, (size_t)count, sizeof *order, by_guid);
    put_le32(ret, 2);
    put_le32(ret, 0);
    put_le32(ret, (uint32_t)count);
    put_le32(ret, 0);
    for (int i = 0; i < count; i++) {
        struct cursor c = dc_cursor(dc, nc, order[i]);
        buf_put(ret, forest.invocations[order[i]].guid, 16);
        put_le64(ret, c.usn);
        put_le64(ret, (uint64_t)(c.time + SECONDS_1601));
    }
    free(order);
}
