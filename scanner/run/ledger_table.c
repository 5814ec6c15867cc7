/* ledger_table.c: where the objects of a ledger and their states are, and how they are found. */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/ledger_inside.h"

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

/* Bits of the spread that do not choose the shard, in each slot: neither a search nor a growing table need
 * look at objects that are not meant, each of which is a miss of the cache. */
static uint32_t slot_mark(uint64_t spread)
{
    return (uint32_t)(spread >> 26);
}

uint64_t ledger_slot(uint64_t spread, uint32_t index)
{
    return (uint64_t)slot_mark(spread) << 32 | (index + 1);
}

static void slots_grow(struct shard *shard)
{
    const size_t old_count = shard->slot_count, count = old_count ? old_count * 2 : 64;
    uint64_t *old = shard->slots, *slots = xcalloc(count, sizeof *slots);
    for (size_t i = 0; i < old_count; i++) {
        if (!old[i])
            continue;
        size_t at = (old[i] >> 32) & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = old[i];
    }
    free(old);
    shard->slots = slots;
    shard->slot_count = count;
}

/* The slot of that GUID, or the free one where it belongs. */
uint64_t *ledger_slot_find(const struct ledger *ledger, struct shard *shard, const struct guid *guid,
                           uint64_t spread)
{
    if (shard->used * 3 >= shard->slot_count * 2)
        slots_grow(shard);
    uint64_t *slots = shard->slots;
    const size_t last = shard->slot_count - 1;
    const uint32_t mark = slot_mark(spread);
    size_t at = mark & last;
    while (slots[at] && (slots[at] >> 32 != mark ||
                         !guid_equal(&ledger_object(ledger, (uint32_t)slots[at] - 1)->guid, guid)))
        at = (at + 1) & last;
    return &slots[at];
}

/* Where the table is just then may be over: an address that is wrong is no fault to a prefetch. */
void ledger_expect(struct ledger *ledger, const struct guid *guid)
{
    const uint64_t spread = ledger_guid_spread(guid);
    struct shard *shard = ledger_shard_of(ledger, spread);
    const size_t count = atomic_load_explicit(&shard->slot_count, memory_order_relaxed);
    const uintptr_t slots = (uintptr_t)atomic_load_explicit(&shard->slots, memory_order_relaxed);
    if (count)
        __builtin_prefetch((const void *)(slots + (slot_mark(spread) & (count - 1)) * sizeof(uint64_t)), 1);
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

uint32_t ledger_objects(const struct ledger *ledger)
{
    return atomic_load_explicit(&ledger->object_count, memory_order_relaxed);
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
        if (!atomic_load_explicit(place, memory_order_relaxed)) {
            if (ledger->forest->dc_count > 1)
                ledger->raws[index / CHUNK_OBJECTS] = xcalloc(CHUNK_OBJECTS, sizeof(struct raw_hashes));
            atomic_store_explicit(place, xcalloc(CHUNK_OBJECTS, sizeof(struct object)), memory_order_release);
        }
        pthread_mutex_unlock(&ledger->chunk_lock);
    }
    *ret_index = index;
    struct object *object = ledger_object(ledger, index);
    for (int f = 0; f < FACET_COUNT; f++)
        object->state[f] = STATE_UNSET;
    return object;
}
