/* What the store knows, into the ledger: all of it before a scan reads everything, object by object while one
 * reads what changed, or the rest when a DC turns out to need all. */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/ledger_inside.h"

static int domain_index(const struct ledger *ledger, const char *dn)
{
    for (size_t i = 0; i < ledger->forest->domain_count; i++)
        if (strcasecmp(ledger->forest->domains[i].dn, dn) == 0)
            return (int)i;
    return -1;
}

static void take_marks(struct ledger *ledger, const struct known_base *base)
{
    const struct forest_info *forest = ledger->forest;
    ledger->marks = xcalloc(forest->dc_count + 1, sizeof *ledger->marks);
    ledger->mark_replicas = xcalloc(forest->dc_count + 1, sizeof *ledger->mark_replicas);
    for (size_t d = 0; d < forest->dc_count; d++) {
        ledger->mark_replicas[d] = xcalloc(forest->domain_count + 1, sizeof **ledger->mark_replicas);
        for (size_t m = 0; m < base->mark_count; m++)
            if (strcmp(base->marks[m].dc_name, forest->dcs[d].name) == 0)
                ledger->marks[d] = &base->marks[m];
        for (size_t r = 0; ledger->marks[d] && r < ledger->marks[d]->replica_count; r++) {
            const struct known_replica *replica = &ledger->marks[d]->replicas[r];
            int domain = domain_index(ledger, replica->domain_dn);
            if (domain >= 0)
                ledger->mark_replicas[d][domain] = replica->full ? REPLICA_FULL : REPLICA_PARTIAL;
        }
    }
}

struct ledger *ledger_new(const struct forest_info *forest, const struct known_base *base)
{
    struct ledger *ledger = xcalloc(1, sizeof *ledger);
    ledger->forest = forest;
    ledger->anew = !base->scan;
    take_marks(ledger, base);
    for (size_t i = 0; i < SHARDS; i++)
        pthread_mutex_init(&ledger->shards[i].lock, NULL);
    pthread_mutex_init(&ledger->chunk_lock, NULL);
    pthread_mutex_init(&ledger->load_lock, NULL);
    pthread_rwlock_init(&ledger->rest, NULL);
    atomic_init(&ledger->next_object_id, (unsigned)base->next_object);
    for (int f = 0; f < FACET_COUNT; f++) {
        atomic_init(&ledger->next_state[f], (int)base->next_state[f]);
        ledger->first_new_state[f] = (int32_t)base->next_state[f];
    }
    return ledger;
}

bool ledger_has_mark(const struct ledger *ledger, size_t dc)
{
    return ledger->marks[dc] != NULL;
}

void ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return;
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_destroy(&ledger->shards[i].lock);
        free(ledger->shards[i].slots);
        free(ledger->shards[i].alternates);
        free(ledger->shards[i].before);
    }
    for (size_t i = 0; i < MAX_CHUNKS; i++) {
        free(atomic_load(&ledger->chunks[i]));
        free(ledger->raws[i]);
    }
    for (int f = 0; f < FACET_COUNT; f++) {
        free(ledger->loaded_states[f].word);
        free(ledger->history_states[f].word);
    }
    for (size_t d = 0; d < ledger->forest->dc_count; d++)
        free(ledger->mark_replicas[d]);
    pthread_mutex_destroy(&ledger->chunk_lock);
    pthread_mutex_destroy(&ledger->load_lock);
    pthread_rwlock_destroy(&ledger->rest);
    free(ledger->delegating.word);
    free(ledger->mark_replicas);
    free(ledger->marks);
    free(ledger->loaded_index);
    free(ledger->stray_ids);
    free(ledger);
}

/* ---- one object; the shard's lock is held, or nobody else is there ---- */

static void stray(struct ledger *ledger, int64_t id)
{
    pthread_mutex_lock(&ledger->load_lock);
    ledger->stray_ids =
        xgrow(ledger->stray_ids, &ledger->stray_size, ledger->stray_count + 1, sizeof *ledger->stray_ids);
    ledger->stray_ids[ledger->stray_count++] = (uint32_t)id;
    pthread_mutex_unlock(&ledger->load_lock);
}

static void remember_index(struct ledger *ledger, int64_t id, uint32_t index)
{
    pthread_mutex_lock(&ledger->load_lock);
    size_t old = ledger->loaded_index_size;
    ledger->loaded_index =
        xgrow(ledger->loaded_index, &ledger->loaded_index_size, (size_t)id + 1, sizeof *ledger->loaded_index);
    memset(ledger->loaded_index + old, 0, (ledger->loaded_index_size - old) * sizeof *ledger->loaded_index);
    ledger->loaded_index[id] = index + 1;
    pthread_mutex_unlock(&ledger->load_lock);
}

/* false: the ledger has not taken that object. */
static bool recall_index(struct ledger *ledger, int64_t id, uint32_t *ret)
{
    bool found = false;
    pthread_mutex_lock(&ledger->load_lock);
    if (id > 0 && (size_t)id < ledger->loaded_index_size && ledger->loaded_index[id]) {
        *ret = ledger->loaded_index[id] - 1;
        found = true;
    }
    pthread_mutex_unlock(&ledger->load_lock);
    return found;
}

static void take_object(struct ledger *ledger, const struct known_object *known, uint8_t flags)
{
    int domain = domain_index(ledger, known->domain_dn);
    uint64_t spread = ledger_guid_spread(&known->guid);
    struct shard *shard = ledger_shard_of(ledger, spread);
    uint64_t *slot = ledger_slot_find(ledger, shard, &known->guid, spread);
    uint32_t index = 0;
    if (known->id <= 0 || known->id > INT32_MAX || *slot)
        return;
    struct object *object = domain >= 0 ? ledger_object_add(ledger, &index) : NULL;
    if (!object) {
        stray(ledger, known->id);
        return;
    }
    object->guid = known->guid;
    object->domain = (uint16_t)domain;
    object->flags =
        (uint8_t)(flags | (known->in_view ? OBJECT_IN_VIEW : 0) | (known->shown ? OBJECT_WAS_SHOWN : 0));
    for (int f = 0; f < FACET_COUNT; f++)
        if (known->common[f] != STATE_UNKNOWN)
            object->state[f] = (int32_t)known->common[f];
    atomic_store_explicit(&object->id, (uint32_t)known->id, memory_order_release);
    *slot = ledger_slot(spread, index);
    shard->used++;
    remember_index(ledger, known->id, index);
}

static void take_state(struct ledger *ledger, const struct known_state *known, uint32_t index)
{
    int f = known->facet;
    struct object *object = ledger_object(ledger, index);
    struct shard *shard = ledger_shard_of(ledger, ledger_guid_spread(&object->guid));
    if (known->id <= 0 || known->id >= INT32_MAX)
        return;
    pthread_mutex_lock(&ledger->load_lock);
    bits_set(&ledger->loaded_states[f], (size_t)known->id);
    if (known->in_history)
        bits_set(&ledger->history_states[f], (size_t)known->id);
    if (known->delegates)
        bits_set(&ledger->delegating, (size_t)known->id);
    pthread_mutex_unlock(&ledger->load_lock);
    if (known->consensus) {
        object->state[f] = (int32_t)known->id;
        object->hash[f] = known->hash;
        return;
    }
    struct alternate *a = ledger_alternate_find(shard, index, f, known->hash);
    if (!a->state)
        ledger_alternate_fill(shard, a, index, f, known->hash, (int32_t)known->id);
}

static void take_departure(struct ledger *ledger, const struct known_departure *known, uint32_t index)
{
    struct object *object = ledger_object(ledger, index);
    struct shard *shard = ledger_shard_of(ledger, ledger_guid_spread(&object->guid));
    if (known->dc == SIZE_MAX)
        return;
    shard->before = xgrow(shard->before, &shard->before_size, shard->before_count + 1, sizeof *shard->before);
    struct before *b = &shard->before[shard->before_count++];
    *b = (struct before){
        .object = index, .dc = (uint32_t)known->dc, .kept = known->kept, .shown = known->shown};
    for (int f = 0; f < FACET_COUNT; f++)
        b->state[f] = (int32_t)known->state[f];
}

/* ---- everything, by one thread ---- */

static void load_object(void *ctx, const struct known_object *known)
{
    take_object(ctx, known, 0);
}

/* An object that was fetched by itself has its states and rows already. */
static bool wants_rows(struct ledger *ledger, int64_t id, uint32_t *ret_index)
{
    return recall_index(ledger, id, ret_index) &&
           !(ledger_object(ledger, *ret_index)->flags & OBJECT_FETCHED);
}

static void load_state(void *ctx, const struct known_state *known)
{
    uint32_t index;
    if (wants_rows(ctx, known->object, &index))
        take_state(ctx, known, index);
}

static void load_departure(void *ctx, const struct known_departure *known)
{
    uint32_t index;
    if (wants_rows(ctx, known->object, &index))
        take_departure(ctx, known, index);
}

struct store_loader ledger_loader(struct ledger *ledger)
{
    return (struct store_loader){
        .ctx = ledger, .object = load_object, .state = load_state, .departure = load_departure};
}

void ledger_fetch_from(struct ledger *ledger, struct store *store)
{
    ledger->store = store;
    atomic_store(&ledger->lazy, true);
}

enum spn_code ledger_load_rest(struct ledger *ledger, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    if (!atomic_load(&ledger->lazy))
        return SPN_OK;
    pthread_rwlock_wrlock(&ledger->rest);
    if (atomic_load(&ledger->lazy)) {
        const struct store_loader loader = ledger_loader(ledger);
        code = store_load_all(ledger->store, &loader, reterr);
        atomic_store(&ledger->lazy, code != SPN_OK);
    }
    pthread_rwlock_unlock(&ledger->rest);
    return code;
}

/* ---- one ---- */

static void fetch_object(void *ctx, const struct known_object *known)
{
    take_object(ctx, known, OBJECT_FETCHED);
}

static void fetch_state(void *ctx, const struct known_state *known)
{
    uint32_t index;
    if (recall_index(ctx, known->object, &index))
        take_state(ctx, known, index);
}

static void fetch_departure(void *ctx, const struct known_departure *known)
{
    uint32_t index;
    if (recall_index(ctx, known->object, &index))
        take_departure(ctx, known, index);
}

static struct store_loader fetcher(struct ledger *ledger)
{
    return (struct store_loader){
        .ctx = ledger, .object = fetch_object, .state = fetch_state, .departure = fetch_departure};
}

enum spn_code ledger_fetch(struct ledger *ledger, const struct guid *guid, struct spn_error *reterr)
{
    const struct store_loader loader = fetcher(ledger);
    bool found;
    return store_fetch(ledger->store, guid, &loader, &found, reterr);
}

enum spn_code ledger_fetch_departing(struct ledger *ledger, struct spn_error *reterr)
{
    const struct store_loader loader = fetcher(ledger);
    return atomic_load(&ledger->lazy) ? store_fetch_departing(ledger->store, &loader, reterr) : SPN_OK;
}
