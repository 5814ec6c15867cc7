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

enum spn_code pool_run(size_t count, size_t jobs,
                       enum spn_code (*work)(void *ctx, size_t item, struct spn_error *reterr), void *ctx,
                       struct spn_error *reterr)
{
    struct pool pool = {.count = count, .work = work, .ctx = ctx, .lock = PTHREAD_MUTEX_INITIALIZER};
    size_t threads = jobs < count ? jobs : count, started = 0;
    pthread_t *ids = xcalloc(threads + 1, sizeof *ids);
    pthread_attr_t attr;
    int rc = 0;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    for (; started < threads; started++)
        if ((rc = pthread_create(&ids[started], &attr, pool_thread, &pool)) != 0)
            break;
    /* Fewer threads than hoped for do the work as well; none can't. */
    for (size_t i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    pthread_attr_destroy(&attr);
    pthread_mutex_destroy(&pool.lock);
    free(ids);
    if (threads && !started)
        return spn_error_set(reterr, SPN_INTERNAL, rc, "cannot start a thread: %s", strerror(rc));
    if (pool.error.code != SPN_OK)
        *reterr = pool.error;
    return pool.error.code;
}
