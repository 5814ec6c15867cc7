#include "scanner/command/progress.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "scanner/command/terminal.h"
#include "spnscan/times.h"

#define REDRAW_NS 200000000

struct progress {
    bool live, color;
    bool running;
    pthread_t thread;
    pthread_mutex_t lock; /* guards ending */
    pthread_cond_t wake;  /* ending was set */
    bool ending;
    const struct scan_outcome *outcome;
    bool *told; /* by DC: its line is out; progress thread only, then the caller of end */
    double started;
};

struct progress *progress_new(bool live)
{
    struct progress *p = xcalloc(1, sizeof *p);
    p->live = live;
    p->color = color_wanted(STDERR_FILENO);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    return p;
}

static void tell_ended(struct progress *p)
{
    const struct forest_info *forest = &p->outcome->forest;
    for (size_t i = 0; i < forest->dc_count; i++) {
        int status = atomic_load(&p->outcome->progress[i].status);
        if (p->told[i] || status == DC_WAITING || status == DC_EXCLUDED)
            continue;
        p->told[i] = true;
        const char *on = !p->color         ? ""
                         : status == DC_OK ? "\033[32m"
                                           : "\033[31m",
                   *off = p->color ? "\033[0m" : "";
        fprintf(stderr, "%s%s  %s%s%s  %llu objects\n", p->live ? "\r\033[K" : "", forest->dcs[i].name, on,
                dc_status_name((enum dc_status)status), off,
                (unsigned long long)atomic_load(&p->outcome->progress[i].stats.entries));
    }
}

static void draw(struct progress *p)
{
    const struct scan_outcome *outcome = p->outcome;
    char line[512];
    size_t done = 0;
    uint64_t objects = 0;
    const char *busy = NULL;
    int busy_phase = PHASE_WAITING;
    for (size_t i = 0; i < outcome->forest.dc_count; i++) {
        const struct dc_progress *dc = &outcome->progress[i];
        int status = atomic_load(&dc->status);
        objects += atomic_load(&dc->stats.entries);
        done += status != DC_WAITING && status != DC_EXCLUDED;
        if (status == DC_WAITING && !busy && atomic_load(&dc->phase) != PHASE_WAITING) {
            busy = outcome->forest.dcs[i].name;
            busy_phase = atomic_load(&dc->phase);
        }
    }
    double seconds = time_steady_s() - p->started;
    int len = snprintf(line, sizeof line, "%zu/%zu DCs  %llu objects  %.0f/s", done, outcome->dcs,
                       (unsigned long long)objects, seconds > 0 ? (double)objects / seconds : 0);
    if (busy && len > 0 && (size_t)len < sizeof line)
        snprintf(line + len, sizeof line - (size_t)len, "  %s: %s", busy,
                 dc_phase_name((enum dc_phase)busy_phase));
    size_t columns = terminal_columns(STDERR_FILENO);
    if (columns <= sizeof line)
        line[columns - 1] = 0;
    fprintf(stderr, "\r\033[K%s", line);
}

static void *progress_main(void *arg)
{
    struct progress *p = arg;
    pthread_mutex_lock(&p->lock);
    while (!p->ending) {
        struct timespec until;
        pthread_mutex_unlock(&p->lock);
        tell_ended(p);
        if (p->live)
            draw(p);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += REDRAW_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_mutex_lock(&p->lock);
        if (!p->ending)
            pthread_cond_timedwait(&p->wake, &p->lock, &until);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void start(void *ctx, const struct scan_outcome *outcome)
{
    struct progress *p = ctx;
    p->outcome = outcome;
    p->told = xcalloc(outcome->forest.dc_count + 1, sizeof *p->told);
    p->started = time_steady_s();
    p->running = pthread_create(&p->thread, NULL, progress_main, p) == 0;
}

static void end(void *ctx)
{
    struct progress *p = ctx;
    if (!p->running)
        return;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    p->running = false;
    tell_ended(p);
    if (p->live)
        fputs("\r\033[K", stderr);
}

static void nothing_start(void *ctx, const struct scan_outcome *outcome)
{
    (void)ctx;
    (void)outcome;
}

static void nothing_end(void *ctx)
{
    (void)ctx;
}

struct scan_watcher progress_watcher(struct progress *progress)
{
    if (!progress)
        return (struct scan_watcher){NULL, nothing_start, nothing_end};
    return (struct scan_watcher){progress, start, end};
}

void progress_free(struct progress *progress)
{
    if (!progress)
        return;
    end(progress);
    pthread_cond_destroy(&progress->wake);
    pthread_mutex_destroy(&progress->lock);
    free(progress->told);
    free(progress);
}
