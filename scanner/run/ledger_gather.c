/* What each DC shows of an object: its word in this scan, or what the store knows it to show. One thread, all
 * DCs read. */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/ledger_inside.h"

static int compare_said(const void *va, const void *vb)
{
    const struct said *a = va, *b = vb;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    if (a->dc != b->dc)
        return a->dc < b->dc ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static int compare_before(const void *va, const void *vb)
{
    const struct before *a = va, *b = vb;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    return a->dc < b->dc ? -1 : a->dc > b->dc;
}

static void collect_said(struct gathering *g)
{
    size_t total = 0;
    for (size_t d = 0; d < g->dc_count; d++)
        total += g->dcs[d].complete ? g->dcs[d].view->showing_count : 0;
    g->said = xcalloc(total + 1, sizeof *g->said);
    for (size_t d = 0; d < g->dc_count; d++) {
        const struct dc_view *view = g->dcs[d].view;
        for (size_t i = 0; g->dcs[d].complete && i < view->showing_count; i++)
            g->said[g->said_count++] = (struct said){.object = view->showings[i].object,
                                                     .dc = (uint32_t)d,
                                                     .order = (uint32_t)i,
                                                     .state = view->showings[i].state,
                                                     .facet = view->showings[i].facet};
    }
    qsort(g->said, g->said_count, sizeof *g->said, compare_said);
}

static void collect_before(struct gathering *g)
{
    size_t total = 0;
    for (size_t i = 0; i < SHARDS; i++)
        total += g->ledger->shards[i].before_count;
    g->before = xcalloc(total + 1, sizeof *g->before);
    for (size_t i = 0; i < SHARDS; i++) {
        const struct shard *shard = &g->ledger->shards[i];
        if (shard->before_count)
            memcpy(g->before + g->before_count, shard->before, shard->before_count * sizeof *g->before);
        g->before_count += shard->before_count;
    }
    qsort(g->before, g->before_count, sizeof *g->before, compare_before);
}

void gathering_init(struct gathering *g, const struct ledger *ledger, const struct dc_evidence *dcs,
                    size_t dc_count)
{
    *g = (struct gathering){.ledger = ledger, .dcs = dcs, .dc_count = dc_count};
    collect_said(g);
    collect_before(g);
    g->shown = xcalloc(dc_count + 1, sizeof *g->shown);
}

void gathering_release(struct gathering *g)
{
    free(g->said);
    free(g->before);
    free(g->shown);
}

/* Moves both cursors to the object's rows. */
static void move_to(struct gathering *g, uint32_t index)
{
    while (g->said_at < g->said_count && g->said[g->said_at].object < index)
        g->said_at++;
    while (g->before_at < g->before_count && g->before[g->before_at].object < index)
        g->before_at++;
}

static bool in_scope(const struct dc_evidence *dc, int domain)
{
    return dc->complete && dc->replicas[domain] != REPLICA_NONE;
}

static bool spoke(const struct dc_view *view, uint32_t index)
{
    return bits_get(&view->seen_pas, index) || bits_get(&view->seen_rest, index) ||
           bits_get(&view->gone, index);
}

/* The stored consensus of a facet; STATE_UNKNOWN where there was none. */
static int64_t stored_state(const struct object *object, int facet)
{
    if (!(object->flags & OBJECT_IN_VIEW) || (object->flags & OBJECT_SET_SPN << facet))
        return STATE_UNKNOWN;
    return object->state[facet] == STATE_UNSET ? STATE_UNKNOWN : object->state[facet];
}

/* Did any DC of the stored view show an SPN on it? Of an account without, a partial replica told nothing. */
static bool held_spn(const struct gathering *g, uint32_t index, const struct object *object)
{
    if (tells(stored_state(object, FACET_SPN)))
        return true;
    for (size_t i = g->before_at; i < g->before_count && g->before[i].object == index; i++)
        if (!g->before[i].kept && g->before[i].shown && tells(g->before[i].state[FACET_SPN]))
            return true;
    return false;
}

static const struct before *find_before(const struct gathering *g, uint32_t index, size_t dc)
{
    for (size_t i = g->before_at; i < g->before_count && g->before[i].object == index; i++)
        if (g->before[i].dc == dc)
            return &g->before[i];
    return NULL;
}

enum known gathering_before(const struct gathering *g, uint32_t index, size_t dc, struct shown *ret)
{
    const struct object *object = ledger_object(g->ledger, index);
    const enum replica_kind kind =
        g->ledger->marks[dc] ? g->ledger->mark_replicas[dc][object->domain] : REPLICA_NONE;
    const struct before *b = find_before(g, index, dc);
    const bool in_view = object->flags & OBJECT_IN_VIEW;
    *ret = (struct shown){.dc = dc, .full = kind == REPLICA_FULL};
    if (kind == REPLICA_NONE || (!b && !in_view))
        return KNOWN_NOT;
    if (kind == REPLICA_PARTIAL && !(b && b->kept) && !held_spn(g, index, object))
        return KNOWN_NOT;
    ret->shown = b ? b->shown : object->flags & OBJECT_WAS_SHOWN;
    /* A kept row's "not shown" may be an account that was not worth telling of then. */
    if (!ret->shown)
        return b && b->kept ? KNOWN_NOT : KNOWN_ABSENT;
    for (int f = 0; f < FACET_COUNT; f++) {
        ret->state[f] =
            b && (b->kept || b->state[f] != STATE_UNKNOWN) ? b->state[f] : stored_state(object, f);
        if (f == FACET_DELEGATION && !ret->full)
            ret->state[f] = STATE_UNKNOWN;
    }
    return ret->state[FACET_SPN] == STATE_UNKNOWN || ret->state[FACET_ACCOUNT] == STATE_UNKNOWN ? KNOWN_NOT
                                                                                                : KNOWN_SHOWS;
}

/* The DC's word in this scan: the baseline where its bit alone is set, else what was said last. */
static void take_word(struct gathering *g, uint32_t index, const struct object *object, struct shown *row)
{
    const struct dc_view *view = g->dcs[row->dc].view;
    const bool gone = bits_get(&view->gone, index);
    row->shown = !gone && spoke(view, index);
    row->sure = gone;
    /* A baseline that nobody has set by now means nothing. */
    bool pas = bits_get(&view->seen_pas, index) && tells(object->state[FACET_SPN]);
    bool rest = bits_get(&view->seen_rest, index) && tells(object->state[FACET_DELEGATION]);
    row->state[FACET_SPN] = pas ? object->state[FACET_SPN] : STATE_NONE;
    row->state[FACET_ACCOUNT] = object->state[FACET_ACCOUNT];
    row->state[FACET_DELEGATION] = !row->full ? STATE_UNKNOWN
                                   : rest     ? object->state[FACET_DELEGATION]
                                              : STATE_NONE;
}

static void apply_said(struct gathering *g, uint32_t index, struct shown *row)
{
    while (g->said_at < g->said_count && g->said[g->said_at].object == index &&
           g->said[g->said_at].dc < row->dc)
        g->said_at++;
    for (; g->said_at < g->said_count && g->said[g->said_at].object == index &&
           g->said[g->said_at].dc == row->dc;
         g->said_at++)
        if (g->said[g->said_at].facet != FACET_DELEGATION || row->full)
            row->state[g->said[g->said_at].facet] = g->said[g->said_at].state;
}

size_t gathering_rows(struct gathering *g, uint32_t index)
{
    const struct object *object = ledger_object(g->ledger, index);
    size_t count = 0, kept = 0;
    bool spn = false;
    move_to(g, index);
    for (size_t d = 0; d < g->dc_count; d++) {
        const struct dc_evidence *dc = &g->dcs[d];
        if (!in_scope(dc, object->domain))
            continue;
        struct shown *row = &g->shown[count++];
        *row = (struct shown){.dc = d, .full = dc->replicas[object->domain] == REPLICA_FULL};
        if (dc->incremental && !spoke(dc->view, index)) {
            row->sure = gathering_before(g, index, d, row) == KNOWN_ABSENT;
        } else {
            take_word(g, index, object, row);
            apply_said(g, index, row);
        }
        spn |= row->shown && tells(row->state[FACET_SPN]);
    }
    /* A GC port shows holders of SPNs: of an account that no DC shows an SPN on, a partial replica tells
     * nothing. */
    for (size_t i = 0; i < count; i++)
        if (spn || g->shown[i].full)
            g->shown[kept++] = g->shown[i];
    return kept;
}

/* Does this DC show the baseline, as it did before? */
static bool shows_baseline(const struct gathering *g, uint32_t index, const struct object *object, size_t dc)
{
    const struct dc_view *view = g->dcs[dc].view;
    const bool full = g->dcs[dc].replicas[object->domain] == REPLICA_FULL;
    if (bits_get(&view->gone, index))
        return false;
    if (g->dcs[dc].incremental && !spoke(view, index))
        return g->ledger->marks[dc] && g->ledger->mark_replicas[dc][object->domain] != REPLICA_NONE;
    if (tells(object->state[FACET_SPN]) && !bits_get(&view->seen_pas, index))
        return false;
    if (full && tells(object->state[FACET_DELEGATION]) && !bits_get(&view->seen_rest, index))
        return false;
    return spoke(view, index);
}

bool gathering_agrees(struct gathering *g, uint32_t index)
{
    const struct object *object = ledger_object(g->ledger, index);
    const unsigned set = OBJECT_SET_SPN | OBJECT_SET_SPN << 1 | OBJECT_SET_SPN << 2;
    bool full = false, any = false;
    if (!(object->flags & OBJECT_IN_VIEW) || !(object->flags & OBJECT_WAS_SHOWN) || (object->flags & set))
        return false;
    move_to(g, index);
    if ((g->said_at < g->said_count && g->said[g->said_at].object == index) ||
        (g->before_at < g->before_count && g->before[g->before_at].object == index))
        return false;
    for (size_t d = 0; d < g->dc_count; d++) {
        if (!in_scope(&g->dcs[d], object->domain))
            continue;
        bool holds_all = g->dcs[d].replicas[object->domain] == REPLICA_FULL;
        if (!holds_all && !tells(object->state[FACET_SPN]))
            continue;
        if (!shows_baseline(g, index, object, d))
            return false;
        any = true;
        full |= holds_all;
    }
    return any && full == (object->state[FACET_DELEGATION] != STATE_UNSET) &&
           (tells(object->state[FACET_SPN]) || tells(object->state[FACET_DELEGATION]) ||
            bits_get(&g->ledger->delegating, (size_t)object->state[FACET_ACCOUNT]));
}

bool gathering_matters(const struct gathering *g, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct shown *row = &g->shown[i];
        if (row->shown && (tells(row->state[FACET_SPN]) || tells(row->state[FACET_DELEGATION]) ||
                           (row->full && tells(row->state[FACET_ACCOUNT]) &&
                            bits_get(&g->ledger->delegating, (size_t)row->state[FACET_ACCOUNT]))))
            return true;
    }
    return false;
}
