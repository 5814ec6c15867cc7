#include <stdlib.h>
#include <string.h>

#include "scanner/run/explain_inside.h"

/* So many DCs are asked for stamps that they hide before it is believed that all do. */
#define MOST_WITHOUT_STAMPS 3

/* ---- groups ---- */

static bool said_same(const struct shown *a, const struct shown *b)
{
    if (!a->shown || !b->shown)
        return a->shown == b->shown;
    for (int f = 0; f < FACET_COUNT; f++)
        if ((f != FACET_DELEGATION || (a->full && b->full)) && a->state[f] != b->state[f])
            return false;
    return true;
}

/* A partial replica goes with the first full one that says the same of what both can tell. */
static void make_groups(struct dispute *d)
{
    size_t *leaders = xmalloc((d->row_count + 1) * sizeof *leaders);
    d->group_count = 0;
    for (int full = 1; full >= 0; full--)
        for (size_t i = 0; i < d->row_count; i++) {
            struct dispute_row *row = &d->rows[i];
            uint32_t g = 0;
            if (row->said.full != !!full)
                continue;
            while (g < d->group_count && !said_same(&d->rows[leaders[g]].said, &row->said))
                g++;
            if (g == d->group_count)
                leaders[d->group_count++] = i;
            row->group = g;
        }
    free(leaders);
    d->groups = xcalloc(d->group_count + 1, sizeof *d->groups);
}

void dispute_init(struct dispute *d, const struct suspect *suspect)
{
    *d = (struct dispute){.object = suspect->object_id,
                          .guid = suspect->guid,
                          .domain = suspect->domain,
                          .row_count = suspect->row_count};
    d->rows = xcalloc(d->row_count + 1, sizeof *d->rows);
    for (size_t i = 0; i < d->row_count; i++)
        d->rows[i].said = suspect->rows[i];
    make_groups(d);
}

void dispute_release(struct dispute *d)
{
    for (size_t i = 0; i < d->row_count; i++)
        free(d->rows[i].word);
    free(d->rows);
    free(d->groups);
    judgement_release(&d->judgement);
    *d = (struct dispute){0};
}

void dispute_drop(struct dispute *d, size_t dc)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->row_count; i++)
        if (d->rows[i].said.dc == dc)
            free(d->rows[i].word);
        else
            d->rows[kept++] = d->rows[i];
    d->row_count = kept;
}

/* ---- who stands for whom ---- */

/* A DC that hides its stamps proves nothing: another one that shows the same goes before it. */
static bool stands_better(const struct dispute *d, size_t i, size_t than)
{
    if (than == SIZE_MAX)
        return true;
    return d->rows[i].word->has_metadata && !d->rows[than].word->has_metadata;
}

static void find_stand_ins(struct dispute *d)
{
    for (uint32_t g = 0; g < d->group_count; g++)
        d->groups[g] = (struct dispute_group){SIZE_MAX, SIZE_MAX};
    for (size_t i = 0; i < d->row_count; i++) {
        const struct dispute_row *row = &d->rows[i];
        struct dispute_group *group = &d->groups[row->group];
        if (!row->word || row->moved)
            continue;
        if (stands_better(d, i, group->any))
            group->any = i;
        if (row->said.full && stands_better(d, i, group->full))
            group->full = i;
    }
}

/* The row whose word row i shows too: of a full replica if i is one. SIZE_MAX: none. */
static size_t stand_in(const struct dispute *d, size_t i)
{
    const struct dispute_group *group = &d->groups[d->rows[i].group];
    return d->rows[i].said.full ? group->full : group->any;
}

/* One of the group's rows that have not been asked, of a full replica where there is one. */
static size_t choose(const struct dispute *d, uint32_t group, size_t turn)
{
    for (int full = 1; full >= 0; full--) {
        size_t count = 0;
        for (size_t i = 0; i < d->row_count; i++)
            count += d->rows[i].group == group && !d->rows[i].word && d->rows[i].said.full == !!full;
        if (!count)
            continue;
        size_t nth = turn % count;
        for (size_t i = 0; i < d->row_count; i++)
            if (d->rows[i].group == group && !d->rows[i].word && d->rows[i].said.full == !!full && nth-- == 0)
                return i;
    }
    return SIZE_MAX;
}

/* Has the group nobody but DCs that hide the stamps of what they show, and may one be found? */
static bool wants_stamps(const struct dispute *d, uint32_t group)
{
    size_t asked = 0;
    for (size_t i = 0; i < d->row_count; i++) {
        const struct witness *word = d->rows[i].word;
        if (d->rows[i].group != group || !word)
            continue;
        if (word->has_metadata || word->presence != SHOWS_LIVE)
            return false;
        asked++;
    }
    return asked && asked < MOST_WITHOUT_STAMPS;
}

bool dispute_gaps(struct dispute *d, bool all, size_t turn, bool *ask)
{
    bool any = false;
    find_stand_ins(d);
    memset(ask, 0, d->row_count * sizeof *ask);
    for (size_t i = 0; i < d->row_count; i++) {
        const struct dispute_row *row = &d->rows[i];
        if (row->word || stand_in(d, i) != SIZE_MAX)
            continue;
        size_t who = all ? i : choose(d, row->group, turn);
        any = ask[who] = true;
        if (all)
            continue;
        d->groups[row->group].any = who; /* is going to stand for the others */
        if (d->rows[who].said.full)
            d->groups[row->group].full = who;
    }
    for (uint32_t g = 0; !any && g < d->group_count; g++) {
        size_t who = wants_stamps(d, g) ? choose(d, g, turn) : SIZE_MAX;
        if (who != SIZE_MAX)
            any = ask[who] = true;
    }
    return any;
}

/* ---- the witnesses ---- */

static const struct utd_vector *vector_at(const struct surroundings *s, size_t dc, int domain)
{
    const struct dc_replication *r = &s->replications[dc];
    return domain >= 0 && (size_t)domain < r->domain_count && r->readable[domain] ? &r->vectors[domain]
                                                                                  : NULL;
}

void dispute_witnesses(struct dispute *d, const struct surroundings *s, struct witness *witnesses)
{
    find_stand_ins(d);
    for (size_t i = 0; i < d->row_count; i++) {
        const struct dispute_row *row = &d->rows[i];
        struct witness *w = &witnesses[i];
        if (row->word) {
            *w = *row->word;
            w->fresh = true;
        } else {
            w->fresh = w->has_metadata = false;
            w->presence = row->said.shown ? SHOWS_LIVE : SHOWS_NOTHING;
            w->sd = 0;
            w->like = stand_in(d, i);
        }
        w->full = row->said.full;
        w->tombstones = s->tombstones[row->said.dc * s->domain_count + (size_t)d->domain] == SIGHT_CLEAR;
        w->vector = vector_at(s, row->said.dc, d->domain);
    }
}
