#include "scanner/run/watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "scanner/run/locate.h"
#include "scanner/run/pool.h"
#include "scanner/run/watch_ask.h"
#include "spnscan/times.h"

#define TICK_S 0.2
#define HOLD_S 5 /* the longest that the first word is held back */

/* An answer on its way from a DC's thread to the comparing one. */
struct slot {
    bool full;
    enum spn_code code;
    struct spn_error error;
    struct watch_answer answer;
    enum replica_kind replicas[MAX_DOMAINS]; /* the session's own may change */
    int64_t came_us;
};

struct watch {
    const struct watch_config *config;
    const struct watch_sink *sink;
    struct forest_info forest;
    struct watch_target target;
    struct watch_state state; /* the caller's thread only */
    struct watch_view view;
    size_t threads;
    double started;
    pthread_mutex_t lock;                  /* guards what follows */
    pthread_cond_t came;                   /* a slot was filled */
    pthread_cond_t go;                     /* over, or known has grown */
    struct slot *slots;                    /* one a DC */
    struct guid known[WATCH_MAX_ACCOUNTS]; /* GUIDs of state.accounts, for the DCs' threads */
    size_t known_count;
    bool over;
};

/* ---- the DCs' threads ---- */

static void wait_until(struct watch *w, pthread_cond_t *cond, double steady_s)
{
    struct timespec at = {.tv_sec = (time_t)steady_s};
    at.tv_nsec = (long)((steady_s - (double)at.tv_sec) * 1e9);
    pthread_cond_timedwait(cond, &w->lock, &at);
}

/* Fills the slot; an answer that has not been fetched yet is replaced by the newer one. */
static void deliver(struct watch *w, size_t dc, struct slot *fresh)
{
    pthread_mutex_lock(&w->lock);
    watch_answer_release(&w->slots[dc].answer);
    w->slots[dc] = *fresh;
    pthread_cond_signal(&w->came);
    pthread_mutex_unlock(&w->lock);
}

static void ask(struct watch *w, struct watch_session *session, size_t dc, size_t *ret_known)
{
    struct guid known[WATCH_MAX_ACCOUNTS];
    struct slot slot = {.full = true};
    pthread_mutex_lock(&w->lock);
    *ret_known = w->known_count;
    memcpy(known, w->known, sizeof known);
    pthread_mutex_unlock(&w->lock);
    slot.code = watch_session_ask(session, known, *ret_known, &slot.answer, &slot.error);
    slot.came_us = time_now_us();
    if (slot.code == SPN_OK)
        memcpy(slot.replicas, slot.answer.replicas, w->forest.domain_count * sizeof slot.replicas[0]);
    slot.answer.replicas = NULL;
    deliver(w, dc, &slot);
}

/* false: all is over. */
static bool rest(struct watch *w, double until, size_t known)
{
    pthread_mutex_lock(&w->lock);
    while (!w->over && w->known_count == known && time_steady_s() < until)
        wait_until(w, &w->go, until);
    bool over = w->over;
    pthread_mutex_unlock(&w->lock);
    return !over;
}

/* The DCs of one thread: number item, and each that comes a whole round of threads later. */
static enum spn_code follow(void *ctx, size_t item, struct spn_error *reterr)
{
    struct watch *w = ctx;
    size_t dcs = w->forest.dc_count, known = 0;
    struct watch_session **sessions = xcalloc(dcs, sizeof(struct watch_session *));
    double next;
    (void)reterr;
    do {
        next = time_steady_s() + (double)w->config->every_s;
        known = WATCH_MAX_ACCOUNTS;
        for (size_t d = item; d < dcs && !atomic_load(w->config->stop); d += w->threads) {
            size_t asked = 0;
            if (w->forest.dcs[d].excluded)
                continue;
            if (!sessions[d])
                sessions[d] = watch_session_new(w->config->scan, &w->forest, &w->target, d);
            ask(w, sessions[d], d, &asked);
            known = asked < known ? asked : known;
        }
    } while (rest(w, next, known));
    for (size_t d = 0; d < dcs; d++)
        watch_session_free(sessions[d]);
    free(sessions);
    return SPN_OK;
}

/* ---- the caller's thread ---- */

static void on_event(void *ctx, const struct watch_state *state, const struct watch_event *event)
{
    struct watch *w = ctx;
    (void)state;
    w->sink->event(w->sink->ctx, &w->view, event);
}

/* Accounts that were not known before are asked of every DC at once. */
static void publish(struct watch *w)
{
    if (w->known_count == w->state.account_count)
        return;
    pthread_mutex_lock(&w->lock);
    for (size_t i = w->known_count; i < w->state.account_count; i++)
        w->known[i] = w->state.accounts[i].guid;
    w->known_count = w->state.account_count;
    pthread_cond_broadcast(&w->go);
    pthread_mutex_unlock(&w->lock);
}

static void take(struct watch *w, size_t dc, struct slot *slot)
{
    slot->answer.replicas = slot->replicas;
    if (slot->code == SPN_OK)
        watch_state_answer(&w->state, dc, &slot->answer, slot->came_us);
    else if (slot->code != SPN_CANCELLED)
        watch_state_failure(&w->state, dc, slot->error.text, slot->came_us);
    watch_answer_release(&slot->answer);
}

static void take_all(struct watch *w)
{
    for (size_t d = 0; d < w->forest.dc_count; d++) {
        struct slot slot = {0};
        pthread_mutex_lock(&w->lock);
        if (w->slots[d].full) {
            slot = w->slots[d];
            w->slots[d] = (struct slot){0};
        }
        pthread_mutex_unlock(&w->lock);
        if (slot.full)
            take(w, d, &slot);
    }
    publish(w);
}

static void pause_a_tick(struct watch *w)
{
    pthread_mutex_lock(&w->lock);
    bool any = false;
    for (size_t d = 0; !any && d < w->forest.dc_count; d++)
        any = w->slots[d].full;
    if (!any)
        wait_until(w, &w->came, time_steady_s() + TICK_S);
    pthread_mutex_unlock(&w->lock);
}

/* The first word is held back until every DC has had its turn, but not for long: a DC that does not answer
 * keeps its thread for a whole time-out. */
static void open_when_due(struct watch *w, const struct watch_tally *tally, bool ends)
{
    bool due = !tally->pending || time_steady_s() - w->started >= HOLD_S;
    if (w->state.account_count && (ends || due))
        watch_state_open(&w->state, time_now_us());
}

static bool nothing_there(const struct watch *w, const struct watch_tally *tally)
{
    return !w->state.account_count && !tally->pending;
}

/* Why nothing is watched. */
static enum spn_code explain(const struct watch *w, struct spn_error *reterr)
{
    size_t answered = 0, watched = 0;
    const char *error = "it ended before any did";
    for (size_t d = w->state.dc_count; d-- > 0;) {
        const struct watch_dc *dc = &w->state.dcs[d];
        watched += !dc->left_out;
        answered += dc->answered;
        if (dc->failing)
            error = dc->error;
    }
    if (!answered)
        return spn_error_set(reterr, SPN_UNREACHABLE, 0, "no DC answers: %s", error);
    return spn_error_set(reterr, SPN_CONFIG, 0, "no %s '%s' on any DC that answers (%zu of %zu)",
                         w->target.kind == WATCH_SPN ? "account with SPN" : "account", w->target.text,
                         answered, watched);
}

static enum spn_code compare_until_end(struct watch *w, struct watch_outcome *ret, struct spn_error *reterr)
{
    double end = w->config->until_s ? w->started + (double)w->config->until_s : 0;
    for (;;) {
        pause_a_tick(w);
        take_all(w);
        bool stopped = atomic_load(w->config->stop), up = end > 0 && time_steady_s() >= end;
        struct watch_tally tally = watch_state_tally(&w->state);
        open_when_due(w, &tally, stopped || up);
        w->sink->tick(w->sink->ctx, &w->view);
        if (w->state.too_many)
            return spn_error_set(reterr, SPN_CONFIG, 0, "over %d accounts are called or hold '%s': name one",
                                 WATCH_MAX_ACCOUNTS, w->target.text);
        bool done = watch_state_done(&w->state);
        if (!done && !stopped && !up && !nothing_there(w, &tally))
            continue;
        if (!w->state.account_count)
            return explain(w, reterr);
        *ret = (struct watch_outcome){done ? WATCH_ALL_SHOW : stopped ? WATCH_STOPPED : WATCH_TIME_UP, tally};
        w->sink->end(w->sink->ctx, &w->view, ret);
        return SPN_OK;
    }
}

static void prepare(struct watch *w)
{
    pthread_condattr_t attr;
    size_t dcs = w->forest.dc_count;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->came, &attr);
    pthread_cond_init(&w->go, &attr);
    pthread_condattr_destroy(&attr);
    watch_state_init(&w->state, dcs, on_event, w);
    for (size_t d = 0; d < dcs; d++)
        w->state.dcs[d].left_out = w->forest.dcs[d].excluded;
    w->view = (struct watch_view){&w->forest, &w->target, &w->state};
    w->slots = xcalloc(dcs + 1, sizeof *w->slots);
    w->threads = dcs < MAX_JOBS ? dcs : MAX_JOBS;
    w->started = time_steady_s();
}

static void release(struct watch *w)
{
    for (size_t d = 0; d < w->forest.dc_count; d++)
        watch_answer_release(&w->slots[d].answer);
    free(w->slots);
    watch_state_release(&w->state);
    pthread_cond_destroy(&w->go);
    pthread_cond_destroy(&w->came);
    pthread_mutex_destroy(&w->lock);
}

static enum spn_code watch_located(struct watch *w, struct watch_outcome *ret, struct spn_error *reterr)
{
    struct pool *pool = NULL;
    prepare(w);
    enum spn_code code = pool_start(w->threads, w->threads, follow, w, &pool, reterr);
    if (code == SPN_OK) {
        code = compare_until_end(w, ret, reterr);
        atomic_store(w->config->stop, true);
        pthread_mutex_lock(&w->lock);
        w->over = true;
        pthread_cond_broadcast(&w->go);
        pthread_mutex_unlock(&w->lock);
        pool_join(pool, NULL);
    }
    release(w);
    return code;
}

enum spn_code watch_run(const struct watch_config *config, const struct watch_sink *sink,
                        struct watch_outcome *ret, struct spn_error *reterr)
{
    struct watch w = {.config = config, .sink = sink};
    enum spn_code code = locate(config->scan, &w.forest, NULL, reterr);
    if (code == SPN_OK)
        code = watch_target_parse(config->name, &w.forest, &w.target, reterr);
    if (code == SPN_OK)
        code = watch_located(&w, ret, reterr);
    watch_target_release(&w.target);
    forest_release(&w.forest);
    return code;
}

const char *watch_origin(const struct forest_info *forest, const struct guid *invocation,
                         char text[GUID_TEXT_SIZE])
{
    for (size_t i = 0; i < forest->dc_count; i++)
        if (guid_equal(&forest->dcs[i].invocation_id, invocation))
            return forest->dcs[i].name;
    return guid_format(invocation, text);
}
