/* watch.h: a change on its way, followed until every DC shows it. A thread a DC (at most MAX_JOBS) asks; the
 * caller's thread compares and tells. Nothing is stored. */
#pragma once

#include "scanner/run/config.h"
#include "scanner/run/watch_state.h"
#include "scanner/run/watch_target.h"

struct watch_config {
    const struct scan_config *scan; /* its login.cancel points to stop */
    const char *name;               /* what is to be watched, as typed */
    int64_t every_s;                /* between two questions to a DC */
    int64_t until_s;                /* from the first question on; 0: no end */
    atomic_bool *stop;              /* set from a signal; set by watch_run too, to end its own waits */
};

/* What is known at any moment, for whoever shows it. */
struct watch_view {
    const struct forest_info *forest;
    const struct watch_target *target;
    const struct watch_state *state;
};

enum watch_end {
    WATCH_ALL_SHOW,
    WATCH_TIME_UP,
    WATCH_STOPPED /* by *stop */
};

struct watch_outcome {
    enum watch_end end;
    struct watch_tally tally;
};

/* Called by watch_run from the caller's thread. */
struct watch_sink {
    void *ctx;
    void (*event)(void *ctx, const struct watch_view *view, const struct watch_event *event);
    void (*tick)(void *ctx, const struct watch_view *view); /* some five times a second */
    void (*end)(void *ctx, const struct watch_view *view, const struct watch_outcome *outcome);
};

/* Not SPN_OK: nothing was watched, and sink->end is not called: no DC answered (SPN_UNREACHABLE), or none of
 * those that did knows such an account (SPN_CONFIG), or what locate and watch_target_parse say. */
enum spn_code watch_run(const struct watch_config *config, const struct watch_sink *sink,
                        struct watch_outcome *ret, struct spn_error *reterr);

/* The DC with that invocationId, by its name in the configuration; the id as text where there is none (a DC
 * that was restored or is gone). text: where the id is written to. */
const char *watch_origin(const struct forest_info *forest, const struct guid *invocation,
                         char text[GUID_TEXT_SIZE]);
