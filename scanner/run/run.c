#include "scanner/run/run.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/run/locate.h"
#include "scanner/run/run_inside.h"
#include "spnscan/times.h"

static void count_complete(struct scan_outcome *outcome)
{
    outcome->dcs = outcome->complete = 0;
    for (size_t i = 0; i < outcome->forest.dc_count; i++) {
        outcome->dcs += !outcome->forest.dcs[i].excluded;
        outcome->complete += outcome->results[i].complete;
    }
}

static enum spn_code read_forest(struct run *run, const struct scan_watcher *watcher,
                                 struct spn_error *reterr)
{
    watcher->start(watcher->ctx, run->outcome);
    enum spn_code code = run_read(run, reterr);
    if (code == SPN_OK)
        code = run_weigh_domains(run, reterr);
    /* Also after an error: the writer must be done before the store is closed. */
    struct spn_error end_error = {0};
    enum spn_code ended = store_end_bulk(run->scan.store, &end_error);
    watcher->end(watcher->ctx);
    if (code == SPN_OK && ended != SPN_OK) {
        *reterr = end_error;
        code = ended;
    }
    return code;
}

/* ---- the whole ---- */

static void outcome_prepare(struct scan_outcome *outcome)
{
    size_t dcs = outcome->forest.dc_count;
    outcome->results = xcalloc(dcs + 1, sizeof *outcome->results);
    outcome->progress = xcalloc(dcs + 1, sizeof *outcome->progress);
    for (size_t i = 0; i < dcs; i++)
        if (outcome->forest.dcs[i].excluded) {
            outcome->results[i].status = DC_EXCLUDED;
            atomic_store(&outcome->progress[i].status, DC_EXCLUDED);
        }
    count_complete(outcome);
}

/* No start answered: the attempt is written down, so that the reports tell of it. */
static enum spn_code store_attempt(const struct scan_config *config, struct store *store,
                                   struct scan_outcome *outcome, const struct spn_error *error,
                                   struct spn_error *reterr)
{
    outcome_prepare(outcome);
    for (size_t i = 0; i < outcome->forest.dc_count; i++) {
        struct dc_result *result = &outcome->results[i];
        result->status = error->code == SPN_UNREACHABLE ? DC_UNREACHABLE : DC_REFUSED;
        result->phase = PHASE_CONNECT;
        result->ldap_code = error->native;
        snprintf(result->error, sizeof result->error, "%s", error->text);
        result->started_us = result->ended_us = time_now_us();
    }
    enum spn_code code = store_begin(store,
                                     config->server   ? config->server
                                     : config->domain ? config->domain
                                                      : "",
                                     reterr);
    if (code == SPN_OK)
        code = store_set_forest(store, &outcome->forest, reterr);
    if (code == SPN_OK)
        code = store_end_bulk(store, reterr);
    return code == SPN_OK ? store_finish(store, &outcome->forest, outcome->results, NULL, reterr) : code;
}

static const struct known_mark *find_mark(const struct known_base *base, const char *name)
{
    for (size_t m = 0; m < base->mark_count; m++)
        if (strcmp(base->marks[m].dc_name, name) == 0)
            return &base->marks[m];
    return NULL;
}

/* Everything is read again now and then, so that what no change tells of (a right that was given, a fault of
 * this program) does not stay for ever. */
static bool too_old(const struct scan_config *config, const struct known_mark *mark, int64_t now_us)
{
    return !mark->full_us ||
           (config->full_every_s && now_us - mark->full_us >= config->full_every_s * 1000000);
}

static void run_prepare(struct run *run)
{
    const struct scan_config *config = run->scan.config;
    struct scan_outcome *outcome = run->outcome;
    const size_t dcs = outcome->forest.dc_count;
    outcome_prepare(outcome);
    run->began_us = time_now_us();
    run->jobs = xcalloc(dcs + 1, sizeof *run->jobs);
    run->views = xcalloc(dcs + 1, sizeof(struct dc_view *));
    run->evidence = xcalloc(dcs + 1, sizeof *run->evidence);
    run->replications = xcalloc(dcs + 1, sizeof *run->replications);
    run->sweep = sweep_new(run->scan.store);
    run->scan.at_once = dcs < run_job_count(run) ? dcs : run_job_count(run);
    for (size_t i = 0; i < dcs; i++) {
        const struct known_mark *mark =
            run->base.scan ? find_mark(&run->base, outcome->forest.dcs[i].name) : NULL;
        run->jobs[i] = (struct dc_job){
            .index = i,
            .known = mark,
            .mark = mark && !config->full && !too_old(config, mark, run->began_us) ? mark : NULL,
            .progress = &outcome->progress[i],
            .result = &outcome->results[i],
            .replication = &run->replications[i],
            .sweep = run->sweep};
    }
}

static void run_release(struct run *run)
{
    for (size_t i = 0; run->views && i < run->outcome->forest.dc_count; i++) {
        dc_view_free(run->views[i]);
        dc_replication_release(&run->replications[i]);
        free(run->jobs[i].wanted.items);
        conn_close(run->jobs[i].kept.conn);
        conn_close(run->jobs[i].kept_gc.conn);
    }
    explanation_release(&run->explanation);
    ask_dc_work_release(&run->asked);
    sweep_free(run->sweep);
    free(run->jobs);
    free(run->views);
    free(run->evidence);
    free(run->replications);
    ledger_free(run->scan.ledger);
    known_base_release(&run->base);
}

/* Where no DC is read on from a mark, all that is known is needed at once; else object by object. */
static enum spn_code load(struct run *run, struct spn_error *reterr)
{
    const struct forest_info *forest = &run->outcome->forest;
    bool goes_on = false;
    run->scan.ledger = ledger_new(forest, &run->base);
    for (size_t i = 0; i < forest->dc_count; i++)
        goes_on |= run->jobs[i].mark && !forest->dcs[i].excluded;
    if (!run->base.scan)
        return SPN_OK;
    ledger_fetch_from(run->scan.ledger, run->scan.store);
    return goes_on ? SPN_OK : ledger_load_rest(run->scan.ledger, reterr);
}

enum spn_code scan_run(const struct scan_config *config, struct store *store,
                       const struct scan_watcher *watcher, struct scan_outcome *outcome,
                       struct spn_error *reterr)
{
    struct run run = {.outcome = outcome,
                      .scan = {.config = config,
                               .forest = &outcome->forest,
                               .store = store,
                               .beside = &run.beside,
                               .gc_kept = &run.gc_kept}};
    struct spn_error error = {0};
    *outcome = (struct scan_outcome){0};
    struct met met;
    enum spn_code code = locate(config, &outcome->forest, &met, &error);
    if (code == SPN_UNREACHABLE || code == SPN_DIRECTORY || code == SPN_PROTOCOL) {
        enum spn_code stored = store_attempt(config, store, outcome, &error, reterr);
        if (stored != SPN_OK)
            return stored;
    }
    if (code != SPN_OK) {
        *reterr = error;
        return code;
    }
    const char *asked = config->server   ? config->server
                        : config->domain ? config->domain
                                         : config->given[0].name;
    code = store_load_base(store, &run.base, reterr);
    run.scan.seed = run.base.seed;
    run_prepare(&run);
    if (met.conn)
        run.jobs[met.dc].kept = (struct kept_conn){met.conn, time_steady_s()};
    if (code == SPN_OK)
        code = store_begin(store, asked, reterr);
    if (code == SPN_OK)
        code = store_set_forest(store, &outcome->forest, reterr);
    if (code == SPN_OK)
        code = load(&run, reterr);
    if (code == SPN_OK)
        code = read_forest(&run, watcher, reterr);
    count_complete(outcome);
    outcome->stored = outcome->complete > 0;
    if (code == SPN_OK)
        code = run_store(&run, reterr);
    run_release(&run);
    return code;
}

void scan_outcome_release(struct scan_outcome *outcome)
{
    for (size_t i = 0; outcome->results && i < outcome->forest.dc_count; i++)
        free(outcome->results[i].replicas);
    free(outcome->results);
    free(outcome->progress);
    forest_release(&outcome->forest);
}
