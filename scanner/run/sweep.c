#include "scanner/run/sweep.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct known_guid {
    struct guid guid;
    int16_t domain;
    bool holds_spn;
};

struct sweep {
    struct store *store;
    pthread_mutex_t lock; /* guards reading the list; it stays as it is from then on */
    bool read;
    struct known_guid *known; /* sorted by GUID */
    size_t count, size;
};

struct sweep *sweep_new(struct store *store)
{
    struct sweep *sweep = xcalloc(1, sizeof *sweep);
    sweep->store = store;
    pthread_mutex_init(&sweep->lock, NULL);
    return sweep;
}

void sweep_free(struct sweep *sweep)
{
    if (!sweep)
        return;
    pthread_mutex_destroy(&sweep->lock);
    free(sweep->known);
    free(sweep);
}

static void on_object(void *ctx, const struct guid *guid, int domain, bool holds_spn)
{
    struct sweep *sweep = ctx;
    sweep->known = xgrow(sweep->known, &sweep->size, sweep->count + 1, sizeof *sweep->known);
    sweep->known[sweep->count++] = (struct known_guid){*guid, (int16_t)domain, holds_spn};
}

static int compare(const void *a, const void *b)
{
    return memcmp(((const struct known_guid *)a)->guid.b, ((const struct known_guid *)b)->guid.b,
                  sizeof(struct guid));
}

enum spn_code sweep_begin(struct sweep *sweep, struct swept *ret, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    pthread_mutex_lock(&sweep->lock);
    if (!sweep->read) {
        code = store_each_object(sweep->store, on_object, sweep, reterr);
        if (sweep->count)
            qsort(sweep->known, sweep->count, sizeof *sweep->known, compare);
        sweep->read = code == SPN_OK;
    }
    pthread_mutex_unlock(&sweep->lock);
    ret->named = xcalloc(sweep->count / 64 + 1, sizeof *ret->named);
    return code;
}

void sweep_name(const struct sweep *sweep, struct swept *swept, const struct guid *guid)
{
    const struct known_guid key = {.guid = *guid};
    const struct known_guid *at =
        sweep->count ? bsearch(&key, sweep->known, sweep->count, sizeof key, compare) : NULL;
    if (at)
        swept->named[(size_t)(at - sweep->known) / 64] |= (uint64_t)1 << ((size_t)(at - sweep->known) % 64);
}

void sweep_rest(const struct sweep *sweep, const struct swept *swept, const enum replica_kind *replicas,
                void (*found)(void *ctx, const struct guid *guid, int domain), void *ctx)
{
    for (size_t i = 0; i < sweep->count; i++) {
        const struct known_guid *k = &sweep->known[i];
        if (swept->named[i / 64] >> (i % 64) & 1 || k->domain < 0)
            continue;
        if (replicas[k->domain] == REPLICA_FULL || (replicas[k->domain] == REPLICA_PARTIAL && k->holds_spn))
            found(ctx, &k->guid, k->domain);
    }
}
