/* run.h: one scan, from locating the DCs to the stored view. */
#pragma once

#include "scanner/run/config.h"
#include "scanner/run/dc_worker.h"
#include "spnscan/store.h"

/* What became of it, for whoever reports. Free with scan_outcome_release. */
struct scan_outcome {
    struct forest_info forest;
    struct dc_result *results; /* one a DC of forest */
    struct dc_progress *progress;
    size_t dcs, complete; /* excluded ones not counted */
    bool stored;          /* the database has a new view of the accounts */
    char warning[1200];   /* what could not be done, and spoils nothing; "; " between; empty */
};

/* Called by scan_run when the DCs are known and before the first is read; and when all is over. */
struct scan_watcher {
    void *ctx;
    void (*start)(void *ctx, const struct scan_outcome *outcome);
    void (*end)(void *ctx);
};

/* Runs the scan and stores it. A DC that fails is told in outcome->results and is no error. Not SPN_OK:
 * nothing was stored. With SPN_UNREACHABLE, SPN_DIRECTORY and SPN_PROTOCOL no DC to start from answered: the
 * attempt is in the store as a scan without a complete DC. */
enum spn_code scan_run(const struct scan_config *config, struct store *store,
                       const struct scan_watcher *watcher, struct scan_outcome *outcome,
                       struct spn_error *reterr);

void scan_outcome_release(struct scan_outcome *outcome);
