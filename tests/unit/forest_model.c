/* forest_model.c: see forest_model.h. */
#include "tests/unit/forest_model.h"

uint64_t forest_below(struct forest *f, uint64_t n)
{
    f->seed ^= f->seed << 13;
    f->seed ^= f->seed >> 7;
    f->seed ^= f->seed << 17;
    return f->seed % n;
}

struct guid forest_invocation(size_t dc)
{
    struct guid g;
    memset(g.b, (int)dc + 1, sizeof g.b);
    return g;
}

size_t forest_origin(const struct stamp *stamp)
{
    return (size_t)stamp->origin.b[0] - 1;
}

bool dc_is_alive(const struct dc *dc)
{
    return dc->there && !dc->attrs[DELETED].value;
}

/* ---- what DCs do ---- */

static void write_attr(struct forest *f, size_t at, int attr, uint64_t value)
{
    struct dc *dc = &f->dcs[at];
    struct value *v = &dc->attrs[attr];
    f->clock += (int64_t)forest_below(f, 2); /* two DCs may write within one second */
    uint32_t version = v->written ? v->stamp.version + 1 : f->seed % 8 ? 1 : 0xFFFFFFFE;
    *v = (struct value){
        true,
        {.version = version, .time_us = f->clock, .origin = forest_invocation(at), .usn = ++dc->vector[at]},
        value};
}

static void originate(struct forest *f, size_t at)
{
    struct dc *dc = &f->dcs[at];
    uint64_t what = forest_below(f, 20);
    if (!dc->there)
        return;
    if (dc->attrs[DELETED].value) {
        if (what < 4) { /* it is brought back */
            write_attr(f, at, DELETED, 0);
            write_attr(f, at, SPN, ++f->values);
        }
    } else if (what < 2) {
        write_attr(f, at, DELETED, 1);
    } else {
        write_attr(f, at, what % 2 ? SPN : UPN, ++f->values);
    }
}

static bool covered(const struct dc *dc, const struct stamp *stamp)
{
    return dc->vector[forest_origin(stamp)] >= stamp->usn;
}

/* to pulls from from: whatever its vector does not say it has; the newer stamp stays. */
static bool pull(struct forest *f, size_t to_at, size_t from_at)
{
    struct dc *to = &f->dcs[to_at];
    const struct dc *from = &f->dcs[from_at];
    bool moved = false;
    if (!to->there && from->there && !covered(to, &from->attrs[CREATED].stamp)) {
        memcpy(to->attrs, from->attrs, sizeof to->attrs);
        to->there = moved = true;
    }
    for (int a = 0; to->there && from->there && a < ATTRS; a++) {
        const struct value *theirs = &from->attrs[a];
        struct value *ours = &to->attrs[a];
        if (!theirs->written || covered(to, &theirs->stamp) ||
            (ours->written && stamp_compare(&theirs->stamp, &ours->stamp) <= 0))
            continue;
        *ours = *theirs;
        moved = true;
    }
    for (size_t o = 0; o < f->count && !from->broken; o++)
        if (o != to_at && from->vector[o] > to->vector[o]) {
            to->vector[o] = from->vector[o];
            moved = true;
        }
    return moved;
}

void forest_converge(struct forest *f)
{
    bool moved = true;
    while (moved) {
        moved = false;
        for (size_t to = 0; to < f->count; to++)
            for (size_t from = 0; from < f->count; from++)
                moved |= to != from && pull(f, to, from);
    }
}

static void lose_object(struct dc *dc)
{
    dc->there = false;
    memset(dc->attrs, 0, sizeof dc->attrs);
    dc->broken = true;
}

/* Below replication: a value without a write, an attribute set back to an older state, an object lost. */
static void damage(struct forest *f, const struct forest *before)
{
    size_t at = forest_below(f, f->count);
    struct dc *dc = &f->dcs[at];
    const struct dc *old = &before->dcs[at];
    int attr = DELETED + (int)forest_below(f, ATTRS - DELETED);
    if (!dc->there)
        return;
    switch (forest_below(f, 4)) {
    case 0: /* nothing */
        break;
    case 1:
        if (attr != DELETED)
            dc->attrs[attr].value = ++f->values;
        break;
    case 2:
        dc->attrs[attr] = old->there ? old->attrs[attr] : (struct value){.written = false};
        dc->broken = true;
        break;
    default:
        lose_object(dc);
        break;
    }
}

static void live(struct forest *f, size_t steps)
{
    for (size_t i = 0; i < steps; i++) {
        size_t at = forest_below(f, f->count), from = forest_below(f, f->count);
        if (forest_below(f, 3) == 0)
            originate(f, at);
        else if (at != from)
            pull(f, at, from);
    }
}

struct forest forest_make(uint64_t seed)
{
    struct forest f = {.seed = seed * 0x9E3779B97F4A7C15u + 1, .clock = 1000};
    f.count = 2 + forest_below(&f, MAX_DCS - 1);
    for (size_t i = 0; i < f.count; i++) /* what was written elsewhere before */
        f.dcs[i].vector[i] = forest_below(&f, 5);
    size_t creator = forest_below(&f, f.count);
    f.dcs[creator].there = true;
    write_attr(&f, creator, CREATED, 1);
    write_attr(&f, creator, SPN, ++f.values);
    live(&f, forest_below(&f, 30));
    struct forest before = f;
    live(&f, forest_below(&f, 30));
    if (seed % 2)
        damage(&f, &before);
    live(&f, forest_below(&f, 6));
    return f;
}
