/* Settling: from what each DC shows to the consensus and the departures from it. One thread, all DCs read. */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/ledger_inside.h"
#include "scanner/run/names_sort.h"

/* What one DC shows of one object. */
struct shown {
    size_t dc;
    bool full; /* holds a full replica: can tell the delegation facet */
    bool shown;
    int64_t state[FACET_COUNT];
};

/* An explicit word of a complete DC, with its place in time. */
struct said {
    uint32_t object;
    uint32_t dc;
    uint32_t order;
    int32_t state;
    uint8_t facet;
};

struct settling {
    const struct ledger *ledger;
    const struct dc_evidence *dcs;
    size_t dc_count;
    struct said *said;
    size_t said_count, said_at;
    struct shown *shown; /* room for dc_count */
    struct bits spn_holders;
    struct bits live[FACET_COUNT];
    struct store *store;
    uint64_t seed;
    struct name_key *names; /* sorted */
    size_t name_count;
};

static int compare_said(const void *va, const void *vb)
{
    const struct said *a = va, *b = vb;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    if (a->dc != b->dc)
        return a->dc < b->dc ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static void collect_said(struct settling *s)
{
    size_t total = 0;
    for (size_t d = 0; d < s->dc_count; d++)
        total += s->dcs[d].complete ? s->dcs[d].view->showing_count : 0;
    s->said = xcalloc(total + 1, sizeof *s->said);
    for (size_t d = 0; d < s->dc_count; d++) {
        const struct dc_view *view = s->dcs[d].view;
        for (size_t i = 0; s->dcs[d].complete && i < view->showing_count; i++)
            s->said[s->said_count++] = (struct said){.object = view->showings[i].object,
                                                     .dc = (uint32_t)d,
                                                     .order = (uint32_t)i,
                                                     .state = view->showings[i].state,
                                                     .facet = view->showings[i].facet};
    }
    qsort(s->said, s->said_count, sizeof *s->said, compare_said);
}

static bool in_scope(const struct dc_evidence *dc, int domain)
{
    return dc->complete && dc->replicas[domain] != REPLICA_NONE;
}

static bool shows(const struct dc_evidence *dc, uint32_t index)
{
    return bits_get(&dc->view->seen_pas, index) || bits_get(&dc->view->seen_rest, index);
}

/* A GC stream shows holders of SPNs: of an account that no DC shows an SPN on, a partial replica tells
 * nothing. The accounts that some DC shows an SPN on; a DC speaks only of domains in its scope. */
static struct bits spn_holders(const struct dc_evidence *dcs, size_t count)
{
    struct bits holders = {0};
    for (size_t d = 0; d < count; d++) {
        const struct bits *seen = dcs[d].complete ? &dcs[d].view->seen_pas : &(struct bits){0};
        if (seen->words)
            bits_reach(&holders, seen->words * 64 - 1);
        for (size_t w = 0; w < seen->words; w++)
            holders.word[w] |= seen->word[w];
    }
    return holders;
}

/* Fills s->shown with a row for each DC in scope and moves said_at past the object. */
static size_t gather(struct settling *s, uint32_t index, const struct object *object)
{
    size_t count = 0;
    const bool spn = bits_get(&s->spn_holders, index);
    while (s->said_at < s->said_count && s->said[s->said_at].object < index)
        s->said_at++;
    for (size_t d = 0; d < s->dc_count; d++) {
        const struct dc_evidence *dc = &s->dcs[d];
        if (!in_scope(dc, object->domain))
            continue;
        if (!spn && dc->replicas[object->domain] == REPLICA_PARTIAL)
            continue;
        struct shown *row = &s->shown[count++];
        *row = (struct shown){
            .dc = d, .full = dc->replicas[object->domain] == REPLICA_FULL, .shown = shows(dc, index)};
        /* A baseline that nobody has set by now means nothing. */
        bool pas = bits_get(&dc->view->seen_pas, index) && object->state[FACET_SPN] > 0;
        bool rest = bits_get(&dc->view->seen_rest, index) && object->state[FACET_DELEGATION] > 0;
        row->state[FACET_SPN] = pas ? object->state[FACET_SPN] : STATE_NONE;
        row->state[FACET_ACCOUNT] = object->state[FACET_ACCOUNT];
        row->state[FACET_DELEGATION] = !row->full ? STATE_UNKNOWN
                                       : rest     ? object->state[FACET_DELEGATION]
                                                  : STATE_NONE;
        while (s->said_at < s->said_count && s->said[s->said_at].object == index &&
               s->said[s->said_at].dc < d)
            s->said_at++;
        for (;
             s->said_at < s->said_count && s->said[s->said_at].object == index && s->said[s->said_at].dc == d;
             s->said_at++)
            if (s->said[s->said_at].facet != FACET_DELEGATION || row->full)
                row->state[s->said[s->said_at].facet] = s->said[s->said_at].state;
    }
    return count;
}

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

static enum spn_code emit_departures(struct settling *s, const struct consensus_row *row, size_t count,
                                     struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < count; i++) {
        const struct shown *dc = &s->shown[i];
        struct departure_row departure = {.object = row->object, .dc = dc->dc, .shown = dc->shown};
        bool departs = dc->shown != row->shown;
        for (int f = 0; f < FACET_COUNT && dc->shown; f++) {
            departure.state[f] = dc->state[f];
            departure.differs[f] = dc->state[f] != STATE_UNKNOWN && dc->state[f] != row->state[f];
            departs |= departure.differs[f];
            if (departure.differs[f] && dc->state[f] > 0)
                bits_set(&s->live[f], (size_t)dc->state[f]);
        }
        if (departs)
            code = store_put_departure(s->store, &departure, reterr);
    }
    return code;
}

static bool changed(const struct object *object, const struct consensus_row *row)
{
    if (!(object->flags & OBJECT_IN_VIEW) || row->shown != !!(object->flags & OBJECT_WAS_SHOWN))
        return true;
    for (int f = 0; f < FACET_COUNT; f++)
        if (row->state[f] != object->state[f] || (object->flags & OBJECT_SET_SPN << f))
            return true;
    return false;
}

static enum spn_code emit_object(struct settling *s, uint32_t index, struct spn_error *reterr)
{
    const struct object *object = ledger_object(s->ledger, index);
    size_t count = gather(s, index, object), shown = 0;
    for (size_t i = 0; i < count; i++)
        shown += s->shown[i].shown;
    if (!shown)
        return store_drop_object(s->store, object->id, reterr);
    struct consensus_row row = {.object = object->id, .shown = shown * 2 >= count};
    for (int f = 0; f < FACET_COUNT; f++) {
        row.state[f] = most(s->shown, count, f);
        if (row.state[f] > 0)
            bits_set(&s->live[f], (size_t)row.state[f]);
    }
    enum spn_code code = changed(object, &row) ? store_put_consensus(s->store, &row, reterr) : SPN_OK;
    return code == SPN_OK ? emit_departures(s, &row, count, reterr) : code;
}

static enum spn_code drop_dead_states(struct settling *s, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (int f = 0; f < FACET_COUNT; f++) {
        int32_t end = atomic_load(&s->ledger->next_state[f]);
        for (int32_t id = 1; code == SPN_OK && id < end; id++) {
            bool exists =
                id >= s->ledger->first_new_state[f] || bits_get(&s->ledger->loaded_states[f], (size_t)id);
            if (exists && !bits_get(&s->live[f], (size_t)id))
                code = store_drop_state(s->store, (enum facet)f, id, reterr);
        }
    }
    for (size_t i = 0; code == SPN_OK && i < s->ledger->stray_count; i++)
        code = store_drop_object(s->store, s->ledger->stray_ids[i], reterr);
    return code;
}

/* Moves the names of all DCs into one array; the blocks go as they are emptied. */
static struct name_key *gather_names(struct settling *s, size_t *ret_count)
{
    size_t total = 0, at = 0;
    for (size_t d = 0; d < s->dc_count; d++)
        total += s->dcs[d].view ? s->dcs[d].view->name_count : 0;
    struct name_key *names = xmalloc((total + 1) * sizeof *names);
    for (size_t d = 0; d < s->dc_count; d++) {
        struct dc_view *view = s->dcs[d].view;
        while (view && view->names) {
            struct name_block *block = view->names;
            memcpy(names + at, block->keys, block->count * sizeof *names);
            at += block->count;
            view->names = block->next;
            free(block);
        }
        if (view)
            view->name_count = 0;
    }
    *ret_count = total;
    return names;
}

/* Objects whose SPN keys meet. Names of incomplete DCs may be among them: the strings of the view decide. */
static enum spn_code emit_candidates(struct settling *s, struct spn_error *reterr)
{
    const struct name_key *names = s->names;
    enum spn_code code = SPN_OK;
    for (size_t i = 1; code == SPN_OK && i < s->name_count; i++) {
        if (names[i].key != names[i - 1].key || names[i].object == names[i - 1].object)
            continue;
        code = store_put_candidate(s->store, ledger_object(s->ledger, names[i - 1].object)->id, reterr);
        if (code == SPN_OK)
            code = store_put_candidate(s->store, ledger_object(s->ledger, names[i].object)->id, reterr);
    }
    return code;
}

/* Objects that may hold a name that delegation points to. */
static enum spn_code emit_target(void *ctx, const char *target, struct spn_error *reterr)
{
    const struct settling *s = ctx;
    uint64_t key = facet_spn_key(bytes_of(target), s->seed);
    size_t low = 0, high = s->name_count;
    enum spn_code code = SPN_OK;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->names[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    for (; code == SPN_OK && low < s->name_count && s->names[low].key == key; low++)
        code = store_put_target(s->store, target, ledger_object(s->ledger, s->names[low].object)->id, reterr);
    return code;
}

static enum spn_code emit_names(struct settling *s, struct spn_error *reterr)
{
    s->names = gather_names(s, &s->name_count);
    names_sort(s->names, s->name_count);
    enum spn_code code = emit_candidates(s, reterr);
    if (code == SPN_OK)
        code = store_each_target(s->store, emit_target, s, reterr);
    free(s->names);
    return code;
}

enum spn_code ledger_emit(struct ledger *ledger, uint64_t seed, const struct dc_evidence *dcs,
                          size_t dc_count, struct store *store, struct spn_error *reterr)
{
    struct settling s = {.ledger = ledger, .dcs = dcs, .dc_count = dc_count, .store = store, .seed = seed};
    enum spn_code code = SPN_OK;
    uint32_t objects = atomic_load(&ledger->object_count);
    collect_said(&s);
    s.spn_holders = spn_holders(dcs, dc_count);
    s.shown = xcalloc(dc_count + 1, sizeof *s.shown);
    for (uint32_t i = 0; code == SPN_OK && i < objects; i++)
        code = emit_object(&s, i, reterr);
    if (code == SPN_OK)
        code = drop_dead_states(&s, reterr);
    if (code == SPN_OK)
        code = emit_names(&s, reterr);
    for (int f = 0; f < FACET_COUNT; f++)
        free(s.live[f].word);
    free(s.spn_holders.word);
    free(s.shown);
    free(s.said);
    return code;
}

void ledger_missing(const struct ledger *ledger, const struct dc_evidence *dcs, size_t dc_count, size_t dc,
                    void (*missing)(void *ctx, uint32_t object, const struct guid *guid, int domain),
                    void *ctx)
{
    uint32_t objects = atomic_load(&ledger->object_count);
    struct bits holders = spn_holders(dcs, dc_count);
    for (uint32_t i = 0; i < objects; i++) {
        const struct object *object = ledger_object(ledger, i);
        if (!in_scope(&dcs[dc], object->domain) || shows(&dcs[dc], i))
            continue;
        bool elsewhere = false;
        bool partial = dcs[dc].replicas[object->domain] == REPLICA_PARTIAL;
        for (size_t d = 0; d < dc_count && !elsewhere && !partial; d++)
            elsewhere = in_scope(&dcs[d], object->domain) && shows(&dcs[d], i);
        if (partial)
            elsewhere = bits_get(&holders, i);
        if (elsewhere)
            missing(ctx, i, &object->guid, object->domain);
    }
    free(holders.word);
}
