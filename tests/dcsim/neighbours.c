/* neighbours.c: whom a DC replicates from directly, and how that went. */
#include "tests/dcsim/replica.h"

struct neighbour *neighbour_find(const struct dc *dc, int source, int nc)
{
    for (int i = 0; i < dc->neighbour_count; i++)
        if (dc->neighbours[i].source == source && dc->neighbours[i].nc == nc)
            return &dc->neighbours[i];
    return NULL;
}

struct neighbour *neighbour_add(struct dc *dc, int source, int nc)
{
    const struct dc *from = &world.dcs[source];
    int64_t last = world.started - 30 - (dc->number * 11 + source * 5 + nc * 3) % 600;
    dc->neighbours =
        grow_to(dc->neighbours, &dc->neighbour_room, (size_t)dc->neighbour_count + 1, sizeof *dc->neighbours);
    struct neighbour *n = &dc->neighbours[dc->neighbour_count++];
    *n = (struct neighbour){.nc = nc,
                            .source = source,
                            .invocation = from->invocation,
                            .success = last,
                            .attempt = last,
                            .usn = from->highest_usn};
    return n;
}

/* The next DC in that direction from which the naming context can be had; -1: there is none. */
static int next_source(const struct dc *dc, int nc, int step)
{
    for (int i = 1; i < world.count; i++) {
        int n = (dc->number + i * step + i * world.count) % world.count;
        if (dc_can_pull(dc, &world.dcs[n], nc))
            return n;
    }
    return -1;
}

void neighbours_make(struct dc *dc)
{
    for (int nc = 0; nc < forest.nc_count; nc++) {
        int before = next_source(dc, nc, -1), after = next_source(dc, nc, 1);
        if (before >= 0)
            neighbour_add(dc, before, nc);
        if (after >= 0 && after != before)
            neighbour_add(dc, after, nc);
    }
}

void neighbour_note(struct dc *dc, int source, int nc, uint32_t result)
{
    struct neighbour *n = neighbour_find(dc, source, nc);
    const struct dc *from = &world.dcs[source];
    if (!n)
        return;
    n->attempt = dc_time(dc);
    n->result = result;
    if (result) {
        n->failures++;
        return;
    }
    n->failures = 0;
    n->success = n->attempt;
    n->usn = from->highest_usn;
    n->invocation = from->invocation;
}
