#include "scanner/run/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/run/ledger_inside.h"

struct dc_view *dc_view_new(void)
{
    return xcalloc(1, sizeof(struct dc_view));
}

void dc_view_free(struct dc_view *view)
{
    if (!view)
        return;
    free(view->seen_pas.word);
    free(view->seen_rest.word);
    free(view->odd_account.word);
    free(view->gone.word);
    free(view->showings);
    while (view->names) {
        struct name_block *next = view->names->next;
        free(view->names);
        view->names = next;
    }
    free(view);
}

/* ---- noting ---- */

static void view_show(struct dc_view *view, uint32_t index, int facet, int32_t state)
{
    view->showings =
        xgrow(view->showings, &view->showing_size, view->showing_count + 1, sizeof *view->showings);
    view->showings[view->showing_count++] =
        (struct showing){.object = index, .state = state, .facet = (uint8_t)facet};
}

/* The state, where it is one that belongs to no object; else STATE_UNSET. */
static int32_t common_state(int f, const struct facet_view *facets)
{
    if (f == FACET_DELEGATION && facets->types_state)
        return facets->types_state;
    return f != FACET_ACCOUNT && !facets->hash[f].lo && !facets->hash[f].hi ? STATE_NONE : STATE_UNSET;
}

static bool is_baseline(const struct object *object, int f, const struct facet_view *facets)
{
    int32_t state = object->state[f], common = common_state(f, facets);
    return common == STATE_UNSET ? state > STATE_NONE && hash128_equal(object->hash[f], facets->hash[f])
                                 : state == common;
}

/* The state that this hash stands for, new or known. *ret_baseline: it is the object's baseline. */
static int32_t settle_state(struct ledger *ledger, struct shard *shard, struct object *object, uint32_t index,
                            int f, const struct facet_view *facets, struct note *ret, bool *ret_baseline)
{
    const struct hash128 hash = facets->hash[f];
    int32_t state = common_state(f, facets);
    bool own = state == STATE_UNSET, unset = object->state[f] == STATE_UNSET;
    *ret_baseline = unset || is_baseline(object, f, facets);
    if (*ret_baseline && !unset) {
        if (f == FACET_SPN && own && !(object->flags & OBJECT_NAMED)) {
            object->flags |= OBJECT_NAMED;
            ret->name_spns = true;
        }
        return object->state[f];
    }
    bool named = true;
    if (own) {
        struct alternate *a = ledger_alternate_find(shard, index, f, hash);
        if (!a->state) {
            ret->new_state[f] = true;
            state = atomic_fetch_add(&ledger->next_state[f], 1);
            if (unset)
                named = false;
            else
                ledger_alternate_fill(shard, a, index, f, hash, state);
        }
        if (a->state) {
            state = a->state;
            named = a->named;
            a->named = true;
        }
    }
    if (f == FACET_SPN && !named)
        ret->name_spns = true;
    if (unset) {
        object->state[f] = state;
        object->hash[f] = hash;
        object->flags |= (uint8_t)(OBJECT_SET_SPN << f | (f == FACET_SPN ? OBJECT_NAMED : 0));
    }
    return state;
}

/* Facets of which this DC may have shown something else before: its word of now has to be kept though it is
 * the baseline. */
static unsigned told_before(const struct dc_view *view, uint32_t index, bool had_pas, bool had_rest,
                            bool both)
{
    if (had_pas || (had_rest && both))
        return had_rest ? FACETS_ALL : FACETS_PAS;
    return had_rest ? FACET_BIT(FACET_DELEGATION) |
                          (bits_get(&view->odd_account, index) ? FACET_BIT(FACET_ACCOUNT) : 0)
                    : 0;
}

static void note_facets(struct ledger *ledger, struct shard *shard, struct dc_view *view,
                        const struct facet_view *facets, unsigned mask, uint32_t index, struct note *ret)
{
    struct object *object = ledger_object(ledger, index);
    bool had_pas = bits_get(&view->seen_pas, index), had_rest = bits_get(&view->seen_rest, index);
    if ((mask & FACET_BIT(FACET_DELEGATION)) && !(mask & FACET_BIT(FACET_SPN)) && had_pas)
        mask &= ~FACET_BIT(FACET_ACCOUNT);
    const bool both = (mask & FACETS_ALL) == FACETS_ALL;
    const unsigned told = told_before(view, index, had_pas, had_rest, both);
    for (int f = 0; f < FACET_COUNT; f++) {
        bool baseline;
        if (!(mask & FACET_BIT(f)))
            continue;
        ret->state[f] = settle_state(ledger, shard, object, index, f, facets, ret, &baseline);
        if (!baseline || (told >> f & 1))
            view_show(view, index, f, (int32_t)ret->state[f]);
        if (!baseline && f == FACET_ACCOUNT)
            bits_set(&view->odd_account, index);
    }
    if (ret->new_state[FACET_ACCOUNT] && facets->delegates) {
        pthread_mutex_lock(&ledger->load_lock);
        bits_set(&ledger->delegating, (size_t)ret->state[FACET_ACCOUNT]);
        pthread_mutex_unlock(&ledger->load_lock);
    }
    bits_clear(&view->gone, index);
    /* seen_pas stands for holding an SPN; where both facets were read, seen_rest says that it is there. */
    if ((mask & FACET_BIT(FACET_SPN)) && (ret->state[FACET_SPN] != STATE_NONE || !both))
        bits_set(&view->seen_pas, index);
    if (mask & FACET_BIT(FACET_DELEGATION))
        bits_set(&view->seen_rest, index);
    ret->name_spns &= ledger->anew;
    /* Once, whichever of two ports is first. */
    ret->told_account = (mask & FACET_BIT(FACET_ACCOUNT)) && (both || had_pas || !had_rest);
    ret->object = index;
    ret->object_id = object->id;
    ret->domain = object->domain;
}

/* ---- bytes that are known ---- */

/* The object is in its chunk. NULL: none are kept. */
static uint64_t *raw_of(const struct ledger *ledger, uint32_t index, unsigned mask)
{
    struct raw_hashes *raws = ledger->raws[index / CHUNK_OBJECTS];
    if (!raws)
        return NULL;
    raws += index % CHUNK_OBJECTS;
    return mask & FACET_BIT(FACET_SPN) ? &raws->with_spns : &raws->without;
}

/* Its entry is to be known again, if it tells the baseline and nothing that is counted beside it. */
static void keep_raw(const struct ledger *ledger, uint32_t index, const struct facet_view *facets,
                     unsigned mask)
{
    const struct object *object = ledger_object(ledger, index);
    uint64_t *raw = raw_of(ledger, index, mask);
    if (!raw || *raw || !facets->raw || facets->uac_hidden)
        return;
    for (int f = 0; f < FACET_COUNT; f++)
        if ((mask & FACET_BIT(f)) && !is_baseline(object, f, facets))
            return;
    *raw = facets->raw;
}

static void baseline_facets(const struct object *object, unsigned mask, struct facet_view *ret)
{
    *ret = (struct facet_view){.guid = object->guid};
    for (int f = 0; f < FACET_COUNT; f++)
        if ((mask & FACET_BIT(f)) && object->state[f] != STATE_NONE)
            ret->hash[f] = object->hash[f];
    if ((mask & FACET_BIT(FACET_DELEGATION)) && object->state[FACET_DELEGATION] < STATE_UNKNOWN)
        ret->types_state = object->state[FACET_DELEGATION];
}

/* ---- finding and making ---- */

/* Its index + 1; 0: not here, and *ret_slot is where it belongs. DCs tell objects in much the same order: the
 * one that follows the DC's last word is tried first. The shard's lock is held. */
static uint32_t find(const struct ledger *ledger, struct shard *shard, const struct guid *guid,
                     uint64_t spread, const struct dc_view *view, uint64_t **ret_slot)
{
    uint32_t index = view->last + 1;
    if (index / CHUNK_OBJECTS < MAX_CHUNKS &&
        atomic_load_explicit(&ledger->chunks[index / CHUNK_OBJECTS], memory_order_acquire)) {
        const struct object *object = ledger_object(ledger, index);
        if (atomic_load_explicit(&object->id, memory_order_acquire) && guid_equal(&object->guid, guid))
            return index + 1;
    }
    *ret_slot = ledger_slot_find(ledger, shard, guid, spread);
    return (uint32_t)(**ret_slot);
}

static struct object *make(struct ledger *ledger, struct shard *shard, uint64_t *slot,
                           const struct guid *guid, uint64_t spread, int domain, uint32_t *ret_index)
{
    struct object *object = ledger_object_add(ledger, ret_index);
    if (!object)
        return NULL;
    object->guid = *guid;
    object->domain = (uint16_t)domain;
    atomic_store_explicit(&object->id, atomic_fetch_add(&ledger->next_object_id, 1), memory_order_release);
    *slot = ledger_slot(spread, *ret_index);
    shard->used++;
    return object;
}

/* Keeps the loading of the rest out while an object is dealt with, and its shard for this thread alone. */
static bool enter(struct ledger *ledger, struct shard *shard)
{
    bool lazy = atomic_load_explicit(&ledger->lazy, memory_order_acquire);
    if (lazy)
        pthread_rwlock_rdlock(&ledger->rest);
    pthread_mutex_lock(&shard->lock);
    return lazy;
}

static void leave(struct ledger *ledger, struct shard *shard, bool lazy)
{
    pthread_mutex_unlock(&shard->lock);
    if (lazy)
        pthread_rwlock_unlock(&ledger->rest);
}

/* The same, but that the store is asked too where it was not loaded. */
static enum spn_code look_up(struct ledger *ledger, struct shard *shard, const struct guid *guid,
                             uint64_t spread, const struct dc_view *view, uint32_t *ret, uint64_t **ret_slot,
                             struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    *ret = find(ledger, shard, guid, spread, view, ret_slot);
    if (*ret || !atomic_load(&ledger->lazy))
        return SPN_OK;
    code = ledger_fetch(ledger, guid, reterr);
    if (code == SPN_OK) {
        *ret_slot = ledger_slot_find(ledger, shard, guid, spread);
        *ret = (uint32_t)(**ret_slot);
    }
    return code;
}

enum note_result ledger_note(struct ledger *ledger, struct dc_view *view, const struct facet_view *facets,
                             unsigned mask, int domain, struct note *ret, struct spn_error *reterr)
{
    uint64_t spread = ledger_guid_spread(&facets->guid);
    struct shard *shard = ledger_shard_of(ledger, spread);
    enum note_result result = NOTE_OK;
    uint32_t place = 0, index = 0;
    uint64_t *slot = NULL;

    *ret = (struct note){0};
    bool lazy = enter(ledger, shard);
    if (look_up(ledger, shard, &facets->guid, spread, view, &place, &slot, reterr) != SPN_OK)
        result = NOTE_FAILED;
    else if (place)
        index = place - 1;
    else if (domain < 0)
        result = NOTE_NEW;
    else if (!make(ledger, shard, slot, &facets->guid, spread, domain, &index))
        result = NOTE_FULL;
    if (result == NOTE_OK) {
        note_facets(ledger, shard, view, facets, mask, index, ret);
        keep_raw(ledger, index, facets, mask);
        view->last = index;
    }
    leave(ledger, shard, lazy);
    return result;
}

bool ledger_note_again(struct ledger *ledger, struct dc_view *view, const struct guid *guid, uint64_t raw,
                       unsigned mask, struct note *ret)
{
    uint64_t spread = ledger_guid_spread(guid);
    struct shard *shard = ledger_shard_of(ledger, spread);
    struct facet_view facets;
    uint64_t *slot;
    bool lazy = enter(ledger, shard);
    uint32_t place = find(ledger, shard, guid, spread, view, &slot);
    const uint64_t *kept = place ? raw_of(ledger, place - 1, mask) : NULL;
    bool same = kept && *kept == raw;
    if (same) {
        *ret = (struct note){0};
        baseline_facets(ledger_object(ledger, place - 1), mask, &facets);
        note_facets(ledger, shard, view, &facets, mask, place - 1, ret);
        view->last = place - 1;
    }
    leave(ledger, shard, lazy);
    return same;
}

enum spn_code ledger_gone(struct ledger *ledger, struct dc_view *view, const struct guid *guid,
                          struct spn_error *reterr)
{
    uint64_t spread = ledger_guid_spread(guid);
    struct shard *shard = ledger_shard_of(ledger, spread);
    uint32_t place = 0;
    uint64_t *slot;
    bool lazy = enter(ledger, shard);
    enum spn_code code = look_up(ledger, shard, guid, spread, view, &place, &slot, reterr);
    if (code == SPN_OK && place)
        bits_set(&view->gone, place - 1);
    leave(ledger, shard, lazy);
    return code;
}

void ledger_name(struct dc_view *view, uint32_t object, uint64_t key, uint32_t names)
{
    struct name_block *block = view->names;
    struct name_entry *last = block ? &block->keys[block->count - 1] : NULL;
    if (last && last->key == key && last->object == object) {
        last->names |= names;
        return;
    }
    if (!block || block->count == NAME_BLOCK_KEYS) {
        block = xmalloc(sizeof *block);
        block->next = view->names;
        block->count = 0;
        view->names = block;
    }
    block->keys[block->count++] = (struct name_entry){key, object, names};
    view->name_counts[key >> 56]++;
}
