#include "scanner/run/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "spnscan/text_buf.h"

/* libldap, Kerberos and TLS stay far below this; the usual 8 MiB would reserve gigabytes for hundreds of DCs.
 */
#define STACK_BYTES (1024 * 1024)

struct pool {
    size_t count;
    enum spn_code (*work)(void *ctx, size_t item, struct spn_error *reterr);
    void *ctx;
    pthread_t *ids;
    size_t started;
    atomic_size_t next;
    atomic_bool failed;
    pthread_mutex_t lock; /* guards error */
    struct spn_error error;
};

static void *pool_thread(void *arg)
{
    struct pool *pool = arg;
    while (!atomic_load(&pool->failed)) {
        struct spn_error error = {0};
        size_t item = atomic_fetch_add(&pool->next, 1);
        if (item >= pool->count)
            break;
        if (pool->work(pool->ctx, item, &error) == SPN_OK)
            continue;
        pthread_mutex_lock(&pool->lock);
        if (!atomic_exchange(&pool->failed, true))
            pool->error = error;
        pthread_mutex_unlock(&pool->lock);
    }
    return NULL;
}

enum spn_code pool_start(size_t count, size_t jobs,
                         enum spn_code (*work)(void *ctx, size_t item, struct spn_error *reterr), void *ctx,
                         struct pool **ret, struct spn_error *reterr)
{
    struct pool *pool = xcalloc(1, sizeof *pool);
    size_t threads = jobs < count ? jobs : count;
    pthread_attr_t attr;
    int rc = 0;
    pool->count = count;
    pool->work = work;
    pool->ctx = ctx;
    pool->ids = xcalloc(threads + 1, sizeof *pool->ids);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    for (; pool->started < threads; pool->started++)
        if ((rc = pthread_create(&pool->ids[pool->started], &attr, pool_thread, pool)) != 0)
            break;
    pthread_attr_destroy(&attr);
    /* Fewer threads than hoped for do the work as well; none can't. */
    if (threads && !pool->started) {
        pool_join(pool, NULL);
        return spn_error_set(reterr, SPN_INTERNAL, rc, "cannot start a thread: %s", strerror(rc));
    }
    *ret = pool;
    return SPN_OK;
}

enum spn_code pool_join(struct pool *pool, struct spn_error *reterr)
{
    for (size_t i = 0; i < pool->started; i++)
        pthread_join(pool->ids[i], NULL);
    enum spn_code code = pool->error.code;
    if (code != SPN_OK && reterr)
        *reterr = pool->error;
    pthread_mutex_destroy(&pool->lock);
    free(pool->ids);
    free(pool);
    return code;
}

enum spn_code pool_run(size_t count, size_t jobs,
                       enum spn_code (*work)(void *ctx, size_t item, struct spn_error *reterr), void *ctx,
                       struct spn_error *reterr)
{
    struct pool *pool = NULL;
    enum spn_code code = pool_start(count, jobs, work, ctx, &pool, reterr);
    return code == SPN_OK ? pool_join(pool, reterr) : code;
}
