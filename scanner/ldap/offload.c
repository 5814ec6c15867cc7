#include "scanner/ldap/offload.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "spnscan/text_buf.h"
#include "spnscan/times.h"

#define TICK_NS 200000000L

/* Freed by whoever sees the other side gone: the waiter after done, the thread after left. */
struct errand {
    pthread_mutex_t lock;   /* protects done, left */
    pthread_cond_t changed; /* done was set */
    bool done, left;
    void (*run)(void *job);
    void (*release)(void *job);
    void *job;
};

static void errand_free(struct errand *errand)
{
    pthread_cond_destroy(&errand->changed);
    pthread_mutex_destroy(&errand->lock);
    free(errand);
}

static void *errand_thread(void *arg)
{
    struct errand *errand = arg;
    errand->run(errand->job);
    pthread_mutex_lock(&errand->lock);
    errand->done = true;
    bool left = errand->left;
    pthread_cond_signal(&errand->changed);
    pthread_mutex_unlock(&errand->lock);
    if (left) {
        errand->release(errand->job);
        errand_free(errand);
    }
    return NULL;
}

static bool start_thread(struct errand *errand, pthread_t *thread)
{
    sigset_t all, old;
    sigfillset(&all);
    /* Signals go to the thread that knows what they mean. */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = pthread_create(thread, NULL, errand_thread, errand);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return rc == 0;
}

/* One tick of waiting, with the lock held. */
static void wait_tick(struct errand *errand)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_NS;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&errand->changed, &errand->lock, &until);
}

enum offload_end offload(void (*run)(void *job), void (*release)(void *job), void *job, int limit_s,
                         const atomic_bool *cancel)
{
    struct errand *errand = xcalloc(1, sizeof *errand);
    pthread_condattr_t attr;
    pthread_t thread;
    enum offload_end end = OFFLOAD_DONE;

    *errand = (struct errand){.run = run, .release = release, .job = job};
    pthread_mutex_init(&errand->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&errand->changed, &attr);
    pthread_condattr_destroy(&attr);
    double deadline = time_steady_s() + limit_s;
    if (!start_thread(errand, &thread)) {
        errand_free(errand);
        return OFFLOAD_NO_THREAD;
    }
    pthread_mutex_lock(&errand->lock);
    while (!errand->done && end == OFFLOAD_DONE) {
        if (cancel && atomic_load(cancel))
            end = OFFLOAD_CANCELLED;
        else if (time_steady_s() >= deadline)
            end = OFFLOAD_TIMED_OUT;
        else
            wait_tick(errand);
    }
    errand->left = !errand->done;
    bool left = errand->left;
    pthread_mutex_unlock(&errand->lock);
    if (left) {
        pthread_detach(thread);
        return end;
    }
    pthread_join(thread, NULL);
    errand_free(errand);
    return OFFLOAD_DONE;
}
