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
    free(view->gone.word);
    free(view->showings);
    while (view->names) {
        struct name_block *next = view->names->next;
        free(view->names);
        view->names = next;
    }
    free(view);
}

/* GUIDs of AD are random but not secret: spread is needed, resistance is not (equal GUIDs meet anyway, and a
 * table that an attacker fills badly is bounded by what an account holder can create). */
uint64_t ledger_guid_spread(const struct guid *guid)
{
    uint64_t a, b;
    memcpy(&a, guid->b, 8);
    memcpy(&b, guid->b + 8, 8);
    a ^= b * 0x9e3779b97f4a7c15u;
    a ^= a >> 32;
    return a * 0xd6e8feb86659fd93u;
}

struct shard *ledger_shard_of(struct ledger *ledger, uint64_t spread)
{
    return &ledger->shards[spread >> 58];
}

/* ---- tables of a shard; its lock is held ---- */

static void slots_grow(const struct ledger *ledger, struct shard *shard)
{
    size_t count = shard->slot_count ? shard->slot_count * 2 : 64;
    uint32_t *slots = xcalloc(count, sizeof *slots);
    for (size_t i = 0; i < shard->slot_count; i++) {
        if (!shard->slots[i])
            continue;
        size_t at = ledger_guid_spread(&ledger_object(ledger, shard->slots[i] - 1)->guid) & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = shard->slots[i];
    }
    free(shard->slots);
    shard->slots = slots;
    shard->slot_count = count;
}

/* The slot of that GUID, or the free one where it belongs. */
uint32_t *ledger_slot_find(const struct ledger *ledger, struct shard *shard, const struct guid *guid,
                           uint64_t spread)
{
    if (shard->used * 3 >= shard->slot_count * 2)
        slots_grow(ledger, shard);
    size_t at = spread & (shard->slot_count - 1);
    while (shard->slots[at] && !guid_equal(&ledger_object(ledger, shard->slots[at] - 1)->guid, guid))
        at = (at + 1) & (shard->slot_count - 1);
    return &shard->slots[at];
}

static uint64_t alternate_spread(uint32_t object, int facet, struct hash128 hash)
{
    return (hash.lo ^ (uint64_t)object * 0x9e3779b97f4a7c15u) + (uint64_t)facet;
}

static void alternates_grow(struct shard *shard)
{
    size_t count = shard->alternate_count ? shard->alternate_count * 2 : 16;
    struct alternate *grown = xcalloc(count, sizeof *grown);
    for (size_t i = 0; i < shard->alternate_count; i++) {
        const struct alternate *old = &shard->alternates[i];
        if (!old->state)
            continue;
        size_t at = alternate_spread(old->object, old->facet, old->hash) & (count - 1);
        while (grown[at].state)
            at = (at + 1) & (count - 1);
        grown[at] = *old;
    }
    free(shard->alternates);
    shard->alternates = grown;
    shard->alternate_count = count;
}

/* The alternate, or the free place (state 0) where it belongs. */
struct alternate *ledger_alternate_find(struct shard *shard, uint32_t object, int facet, struct hash128 hash)
{
    if (shard->alternates_used * 3 >= shard->alternate_count * 2)
        alternates_grow(shard);
    size_t at = alternate_spread(object, facet, hash) & (shard->alternate_count - 1);
    for (;;) {
        struct alternate *a = &shard->alternates[at];
        if (!a->state || (a->object == object && a->facet == facet && hash128_equal(a->hash, hash)))
            return a;
        at = (at + 1) & (shard->alternate_count - 1);
    }
}

void ledger_alternate_fill(struct shard *shard, struct alternate *a, uint32_t object, int facet,
                           struct hash128 hash, int32_t state)
{
    *a = (struct alternate){.hash = hash, .object = object, .state = state, .facet = (uint8_t)facet};
    shard->alternates_used++;
}

/* A place for one more object; NULL when there is none. */
struct object *ledger_object_add(struct ledger *ledger, uint32_t *ret_index)
{
    uint32_t index = atomic_fetch_add(&ledger->object_count, 1);
    if (index >= MAX_CHUNKS * CHUNK_OBJECTS) {
        atomic_fetch_sub(&ledger->object_count, 1);
        return NULL;
    }
    _Atomic(struct object *) *place = &ledger->chunks[index / CHUNK_OBJECTS];
    if (!atomic_load_explicit(place, memory_order_acquire)) {
        pthread_mutex_lock(&ledger->chunk_lock);
        if (!atomic_load_explicit(place, memory_order_relaxed))
            atomic_store_explicit(place, xcalloc(CHUNK_OBJECTS, sizeof(struct object)), memory_order_release);
        pthread_mutex_unlock(&ledger->chunk_lock);
    }
    *ret_index = index;
    struct object *object = ledger_object(ledger, index);
    for (int f = 0; f < FACET_COUNT; f++)
        object->state[f] = STATE_UNSET;
    return object;
}

/* ---- noting ---- */

static void view_show(struct dc_view *view, uint32_t index, int facet, int32_t state)
{
    view->showings =
        xgrow(view->showings, &view->showing_size, view->showing_count + 1, sizeof *view->showings);
    view->showings[view->showing_count++] =
        (struct showing){.object = index, .state = state, .facet = (uint8_t)facet};
}

static bool is_none(int facet, struct hash128 hash)
{
    return facet != FACET_ACCOUNT && !hash.lo && !hash.hi;
}

static bool is_baseline(const struct object *object, int f, struct hash128 hash)
{
    int32_t state = object->state[f];
    return is_none(f, hash)
               ? state == STATE_NONE
               : state != STATE_NONE && state != STATE_UNSET && hash128_equal(object->hash[f], hash);
}

/* The state that this hash stands for, new or known. *ret_baseline: it is the object's baseline. */
static int32_t settle_state(struct ledger *ledger, struct shard *shard, struct object *object, uint32_t index,
                            int f, struct hash128 hash, struct note *ret, bool *ret_baseline)
{
    bool none = is_none(f, hash);
    bool unset = object->state[f] == STATE_UNSET;
    *ret_baseline = unset || is_baseline(object, f, hash);
    if (*ret_baseline && !unset) {
        if (f == FACET_SPN && !none && !(object->flags & OBJECT_NAMED)) {
            object->flags |= OBJECT_NAMED;
            ret->name_spns = true;
        }
        return object->state[f];
    }
    int32_t state = STATE_NONE;
    bool named = true;
    if (!none) {
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

static void note_facets(struct ledger *ledger, struct shard *shard, struct dc_view *view,
                        const struct facet_view *facets, unsigned mask, uint32_t index, struct note *ret)
{
    struct object *object = ledger_object(ledger, index);
    bool had_pas = bits_get(&view->seen_pas, index), had_rest = bits_get(&view->seen_rest, index);
    if ((mask & FACET_BIT(FACET_DELEGATION)) && !(mask & FACET_BIT(FACET_SPN)) && had_pas)
        mask &= ~FACET_BIT(FACET_ACCOUNT);
    const bool both = (mask & FACETS_ALL) == FACETS_ALL;
    for (int f = 0; f < FACET_COUNT; f++) {
        bool baseline;
        if (!(mask & FACET_BIT(f)))
            continue;
        ret->state[f] = settle_state(ledger, shard, object, index, f, facets->hash[f], ret, &baseline);
        bool again = f == FACET_DELEGATION ? had_rest : had_pas || (had_rest && (f == FACET_ACCOUNT || both));
        if (!baseline || again)
            view_show(view, index, f, (int32_t)ret->state[f]);
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
    ret->told_account = mask & FACET_BIT(FACET_ACCOUNT);
    ret->object = index;
    ret->object_id = object->id;
    ret->domain = object->domain;
}

/* ---- bytes that are known ---- */

static uint64_t *raw_of(struct object *object, unsigned mask)
{
    return &object->raw[mask & FACET_BIT(FACET_SPN) ? 0 : 1];
}

/* Its entry is to be known again, if it tells the baseline and nothing that is counted beside it. */
static void keep_raw(struct object *object, const struct facet_view *facets, unsigned mask)
{
    uint64_t *raw = raw_of(object, mask);
    if (*raw || !facets->raw || facets->uac_hidden)
        return;
    for (int f = 0; f < FACET_COUNT; f++)
        if ((mask & FACET_BIT(f)) && !is_baseline(object, f, facets->hash[f]))
            return;
    *raw = facets->raw;
}

static void baseline_facets(const struct object *object, unsigned mask, struct facet_view *ret)
{
    *ret = (struct facet_view){.guid = object->guid};
    for (int f = 0; f < FACET_COUNT; f++)
        if ((mask & FACET_BIT(f)) && object->state[f] != STATE_NONE)
            ret->hash[f] = object->hash[f];
}

/* ---- finding and making ---- */

/* DCs tell objects in much the same order: the one that follows the DC's last word is tried first. *guess
 * holds what is returned then. The shard's lock is held. */
static const uint32_t *find(const struct ledger *ledger, struct shard *shard, const struct guid *guid,
                            uint64_t spread, const struct dc_view *view, uint32_t *guess)
{
    uint32_t index = view->last + 1;
    if (index / CHUNK_OBJECTS < MAX_CHUNKS &&
        atomic_load_explicit(&ledger->chunks[index / CHUNK_OBJECTS], memory_order_acquire)) {
        const struct object *object = ledger_object(ledger, index);
        if (atomic_load_explicit(&object->id, memory_order_acquire) && guid_equal(&object->guid, guid)) {
            *guess = index + 1;
            return guess;
        }
    }
    return ledger_slot_find(ledger, shard, guid, spread);
}

static struct object *make(struct ledger *ledger, struct shard *shard, const struct guid *guid,
                           uint64_t spread, int domain, uint32_t *ret_index)
{
    uint32_t *slot = ledger_slot_find(ledger, shard, guid, spread);
    struct object *object = ledger_object_add(ledger, ret_index);
    if (!object)
        return NULL;
    object->guid = *guid;
    object->domain = (uint16_t)domain;
    atomic_store_explicit(&object->id, atomic_fetch_add(&ledger->next_object_id, 1), memory_order_release);
    *slot = *ret_index + 1;
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

/* Its index + 1, or 0: not here, and not in the store where that is asked. *guess is room for find(). */
static enum spn_code look_up(struct ledger *ledger, struct shard *shard, const struct guid *guid,
                             uint64_t spread, const struct dc_view *view, uint32_t *ret,
                             struct spn_error *reterr)
{
    uint32_t guess;
    enum spn_code code = SPN_OK;
    *ret = *find(ledger, shard, guid, spread, view, &guess);
    if (*ret || !atomic_load(&ledger->lazy))
        return SPN_OK;
    code = ledger_fetch(ledger, guid, reterr);
    if (code == SPN_OK)
        *ret = *ledger_slot_find(ledger, shard, guid, spread);
    return code;
}

enum note_result ledger_note(struct ledger *ledger, struct dc_view *view, const struct facet_view *facets,
                             unsigned mask, int domain, struct note *ret, struct spn_error *reterr)
{
    uint64_t spread = ledger_guid_spread(&facets->guid);
    struct shard *shard = ledger_shard_of(ledger, spread);
    enum note_result result = NOTE_OK;
    uint32_t place = 0, index = 0;

    *ret = (struct note){0};
    bool lazy = enter(ledger, shard);
    if (look_up(ledger, shard, &facets->guid, spread, view, &place, reterr) != SPN_OK)
        result = NOTE_FAILED;
    else if (place)
        index = place - 1;
    else if (domain < 0)
        result = NOTE_NEW;
    else if (make(ledger, shard, &facets->guid, spread, domain, &index))
        ret->new_object = true;
    else
        result = NOTE_FULL;
    if (result == NOTE_OK) {
        note_facets(ledger, shard, view, facets, mask, index, ret);
        keep_raw(ledger_object(ledger, index), facets, mask);
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
    uint32_t guess;
    bool lazy = enter(ledger, shard);
    uint32_t place = *find(ledger, shard, guid, spread, view, &guess);
    bool same = place && *raw_of(ledger_object(ledger, place - 1), mask) == raw;
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
    bool lazy = enter(ledger, shard);
    enum spn_code code = look_up(ledger, shard, guid, spread, view, &place, reterr);
    if (code == SPN_OK && place)
        bits_set(&view->gone, place - 1);
    leave(ledger, shard, lazy);
    return code;
}

void ledger_name(struct dc_view *view, uint32_t object, uint64_t key)
{
    struct name_block *block = view->names;
    if (!block || block->count == NAME_BLOCK_KEYS) {
        block = xmalloc(sizeof *block);
        block->next = view->names;
        block->count = 0;
        view->names = block;
    }
    block->keys[block->count++] = (struct name_entry){.key = key, .object = object};
    view->name_count++;
}
