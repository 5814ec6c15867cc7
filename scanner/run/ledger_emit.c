/* Settling: from what each DC shows to the consensus and the departures from it. One thread, all DCs read. */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/ledger_inside.h"
#include "store/base/names_sort.h"

struct settling {
    struct gathering g;
    struct bits live[FACET_COUNT];
    struct store *store;
};

/* The state that the most show; of equals the one of the first DC. STATE_UNKNOWN when nobody can tell. */
static int64_t most(const struct shown *rows, size_t count, int facet)
{
    int64_t best = STATE_UNKNOWN;
    size_t best_count = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t state = rows[i].state[facet];
        if (!rows[i].shown || state == STATE_UNKNOWN || state == best)
            continue;
        size_t votes = 0, left = count - i;
        for (size_t j = i; j < count && left + votes > best_count; j++, left--)
            votes += rows[j].shown && rows[j].state[facet] == state;
        if (votes > best_count) {
            best = state;
            best_count = votes;
        }
    }
    return best;
}

static void keep_alive(struct settling *s, int facet, int64_t state)
{
    if (state > 0)
        bits_set(&s->live[facet], (size_t)state);
}

static enum spn_code emit_departures(struct settling *s, const struct consensus_row *row, size_t count,
                                     struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < count; i++) {
        const struct shown *dc = &s->g.shown[i];
        struct departure_row departure = {.object = row->object, .dc = dc->dc, .shown = dc->shown};
        bool departs = dc->shown != row->shown;
        for (int f = 0; f < FACET_COUNT && dc->shown; f++) {
            departure.state[f] = dc->state[f];
            departure.differs[f] = dc->state[f] != STATE_UNKNOWN && dc->state[f] != row->state[f];
            departs |= departure.differs[f];
            if (departure.differs[f])
                keep_alive(s, f, dc->state[f]);
        }
        if (departs)
            code = store_put_departure(s->store, &departure, reterr);
    }
    return code;
}

/* What DCs that were not read to their end showed before, where it is not the new consensus (NULL: there is
 * none). */
static enum spn_code emit_kept(struct settling *s, uint32_t index, const struct consensus_row *row,
                               struct spn_error *reterr)
{
    const struct object *object = ledger_object(s->g.ledger, index);
    enum spn_code code = SPN_OK;
    for (size_t d = 0; code == SPN_OK && d < s->g.dc_count; d++) {
        struct shown before;
        if (s->g.dcs[d].complete || !s->g.dcs[d].keep)
            continue;
        bool shows = gathering_before(&s->g, index, d, &before) == KNOWN_SHOWS;
        bool in_scope = s->g.ledger->mark_replicas[d][object->domain] != REPLICA_NONE;
        bool differs = row && in_scope && shows != row->shown;
        struct departure_row kept = {.object = object->id, .dc = d, .kept = true, .shown = shows};
        for (int f = 0; f < FACET_COUNT && shows; f++) {
            kept.state[f] = before.state[f];
            kept.differs[f] = before.state[f] != STATE_UNKNOWN;
            differs |= !row || (kept.differs[f] && before.state[f] != row->state[f]);
        }
        if (!differs)
            continue;
        for (int f = 0; f < FACET_COUNT && shows; f++)
            keep_alive(s, f, before.state[f]);
        code = store_put_departure(s->store, &kept, reterr);
    }
    return code;
}

static enum spn_code put_change(struct settling *s, const struct object *object, size_t dc, int facet,
                                int64_t from, int64_t to, struct spn_error *reterr)
{
    const struct change_row row = {.object = object->id, .dc = dc, .facet = facet, .from = from, .to = to};
    if (facet < FACET_COUNT) {
        keep_alive(s, facet, from);
        keep_alive(s, facet, to);
    }
    return store_put_change(s->store, &row, reterr);
}

/* History: what became of each DC's view of it since the scan before. The first word about a DC is no change.
 */
static enum spn_code emit_changes(struct settling *s, uint32_t index, size_t count, struct spn_error *reterr)
{
    const struct object *object = ledger_object(s->g.ledger, index);
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < count; i++) {
        const struct shown now = s->g.shown[i];
        struct shown before;
        enum known known = gathering_before(&s->g, index, now.dc, &before);
        if (known == KNOWN_NOT)
            continue;
        if ((known == KNOWN_SHOWS) != now.shown)
            code = put_change(s, object, now.dc, FACET_COUNT, !now.shown, now.shown, reterr);
        for (int f = 0; code == SPN_OK && f < FACET_COUNT && known == KNOWN_SHOWS && now.shown; f++)
            if (before.state[f] != now.state[f] && before.state[f] != STATE_UNKNOWN &&
                now.state[f] != STATE_UNKNOWN)
                code = put_change(s, object, now.dc, f, before.state[f], now.state[f], reterr);
    }
    return code;
}

static enum spn_code emit_drop(struct settling *s, uint32_t index, struct spn_error *reterr)
{
    enum spn_code code = emit_kept(s, index, NULL, reterr);
    return code == SPN_OK ? store_drop_object(s->store, ledger_object(s->g.ledger, index)->id, reterr) : code;
}

static enum spn_code emit_object(struct settling *s, uint32_t index, struct spn_error *reterr)
{
    const struct object *object = ledger_object(s->g.ledger, index);
    if (gathering_agrees(&s->g, index)) {
        for (int f = 0; f < FACET_COUNT; f++)
            keep_alive(s, f, object->state[f]);
        /* What was fetched was spoken of: the same value may have been written again. */
        return atomic_load(&s->g.ledger->lazy) ? store_forget_stamp(s->store, object->id, reterr) : SPN_OK;
    }
    size_t count = gathering_rows(&s->g, index), shown = 0;
    enum spn_code code = s->g.ledger->anew ? SPN_OK : store_touch_object(s->store, object->id, reterr);
    if (code == SPN_OK)
        code = emit_changes(s, index, count, reterr);
    if (code != SPN_OK)
        return code;
    for (size_t i = 0; i < count; i++)
        shown += s->g.shown[i].shown;
    if (!gathering_matters(&s->g, count))
        return emit_drop(s, index, reterr);
    struct consensus_row row = {
        .object = object->id, .guid = object->guid, .domain = object->domain, .shown = shown * 2 >= count};
    for (int f = 0; f < FACET_COUNT; f++) {
        row.state[f] = most(s->g.shown, count, f);
        keep_alive(s, f, row.state[f]);
    }
    code = store_put_consensus(s->store, &row, reterr);
    if (code == SPN_OK)
        code = emit_departures(s, &row, count, reterr);
    return code == SPN_OK ? emit_kept(s, index, &row, reterr) : code;
}

static enum spn_code drop_dead_states(struct settling *s, struct spn_error *reterr)
{
    const struct ledger *ledger = s->g.ledger;
    enum spn_code code = SPN_OK;
    for (int f = 0; f < FACET_COUNT; f++) {
        int32_t end = atomic_load(&ledger->next_state[f]);
        for (int32_t id = 1; code == SPN_OK && id < end; id++) {
            bool exists = id >= ledger->first_new_state[f] || bits_get(&ledger->loaded_states[f], (size_t)id);
            if (exists && !bits_get(&s->live[f], (size_t)id) &&
                !bits_get(&ledger->history_states[f], (size_t)id))
                code = store_drop_state(s->store, (enum facet)f, id, reterr);
        }
    }
    for (size_t i = 0; code == SPN_OK && i < ledger->stray_count; i++) {
        code = ledger->anew ? SPN_OK : store_touch_object(s->store, ledger->stray_ids[i], reterr);
        if (code == SPN_OK)
            code = store_drop_object(s->store, ledger->stray_ids[i], reterr);
    }
    return code;
}

/* Moves the names of all DCs into one array, by the top byte of their keys, which is half of sorting them;
 * the blocks go as they are emptied. ends: where each part ends. */
static struct name_entry *gather_names(const struct settling *s, size_t ends[NAME_PARTS])
{
    size_t total = 0;
    for (size_t part = 0; part < NAME_PARTS; part++) {
        ends[part] = total; /* for now where it begins */
        for (size_t d = 0; d < s->g.dc_count; d++)
            total += s->g.dcs[d].view ? s->g.dcs[d].view->name_counts[part] : 0;
    }
    struct name_entry *names = xmalloc((total + 1) * sizeof *names);
    for (size_t d = 0; d < s->g.dc_count; d++) {
        struct dc_view *view = s->g.dcs[d].view;
        while (view && view->names) {
            struct name_block *block = view->names;
            for (size_t i = 0; i < block->count; i++) {
                struct name_entry *name = &names[ends[block->keys[i].key >> 56]++];
                *name = block->keys[i];
                name->object = ledger_object(s->g.ledger, name->object)->id;
            }
            view->names = block->next;
            free(block);
        }
        if (view)
            memset(view->name_counts, 0, sizeof view->name_counts);
    }
    return names;
}

/* Names of incomplete DCs may be among them: the strings of the view decide. */
static enum spn_code emit_names(struct settling *s, struct spn_error *reterr)
{
    size_t ends[NAME_PARTS], at = 0;
    struct name_entry *names = gather_names(s, ends);
    for (size_t part = 0; part < NAME_PARTS; at = ends[part++])
        names_sort(names + at, ends[part] - at, 1);
    enum spn_code code = store_put_names(s->store, names, at, reterr);
    free(names);
    return code;
}

enum spn_code ledger_emit(struct ledger *ledger, const struct dc_evidence *dcs, size_t dc_count,
                          struct store *store, struct spn_error *reterr)
{
    struct settling s = {.store = store};
    enum spn_code code = SPN_OK;
    uint32_t objects = atomic_load(&ledger->object_count);
    gathering_init(&s.g, ledger, dcs, dc_count);
    if (!ledger->anew && !atomic_load(&ledger->lazy))
        code = store_forget_stamp(store, 0, reterr);
    for (uint32_t i = 0; code == SPN_OK && i < objects; i++)
        code = emit_object(&s, i, reterr);
    if (code == SPN_OK)
        code = drop_dead_states(&s, reterr);
    if (code == SPN_OK && ledger->anew)
        code = emit_names(&s, reterr);
    for (int f = 0; f < FACET_COUNT; f++)
        free(s.live[f].word);
    gathering_release(&s.g);
    return code;
}

void ledger_missing(const struct ledger *ledger, const struct dc_evidence *dcs, size_t dc_count,
                    void (*missing)(void *ctx, size_t dc, const struct guid *guid, int domain), void *ctx)
{
    struct gathering g;
    uint32_t objects = atomic_load(&ledger->object_count);
    gathering_init(&g, ledger, dcs, dc_count);
    for (uint32_t i = 0; i < objects; i++) {
        if (gathering_agrees(&g, i))
            continue;
        size_t count = gathering_rows(&g, i);
        if (!gathering_matters(&g, count))
            continue;
        const struct object *object = ledger_object(ledger, i);
        for (size_t r = 0; r < count; r++)
            if (!g.shown[r].shown && !g.shown[r].sure)
                missing(ctx, g.shown[r].dc, &object->guid, object->domain);
    }
    gathering_release(&g);
}

static bool agree(const struct shown *a, const struct shown *b)
{
    if (a->shown != b->shown)
        return false;
    for (int f = 0; f < FACET_COUNT && a->shown; f++)
        if (a->state[f] != b->state[f] && a->state[f] != STATE_UNKNOWN && b->state[f] != STATE_UNKNOWN)
            return false;
    return true;
}

/* A partial replica's row agrees with any delegation, so that one row does not stand for all. */
static bool suspicious(const struct shown *rows, size_t count)
{
    const struct shown *full = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!agree(&rows[i], &rows[0]) || (full && !agree(&rows[i], full)))
            return true;
        if (rows[i].full && !full)
            full = &rows[i];
    }
    return false;
}

enum spn_code ledger_each_suspect(struct ledger *ledger, const struct dc_evidence *dcs, size_t dc_count,
                                  uint32_t first,
                                  enum spn_code (*found)(void *ctx, const struct suspect *suspect,
                                                         struct spn_error *reterr),
                                  void *ctx, struct spn_error *reterr)
{
    struct gathering g;
    enum spn_code code = SPN_OK;
    uint32_t objects = atomic_load(&ledger->object_count);
    gathering_init(&g, ledger, dcs, dc_count);
    for (uint32_t i = first; code == SPN_OK && i < objects; i++) {
        if (gathering_agrees(&g, i))
            continue;
        size_t count = gathering_rows(&g, i);
        if (!suspicious(g.shown, count) || !gathering_matters(&g, count))
            continue;
        const struct object *object = ledger_object(ledger, i);
        const struct suspect suspect = {.object = i,
                                        .object_id = object->id,
                                        .guid = object->guid,
                                        .domain = object->domain,
                                        .rows = g.shown,
                                        .row_count = count};
        code = found(ctx, &suspect, reterr);
    }
    gathering_release(&g);
    return code;
}
