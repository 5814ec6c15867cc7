#include "scanner/run/run.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/run/locate.h"
#include "scanner/run/pool.h"
#include "spnscan/times.h"

#define MAX_UNKNOWN_SIDS 1000

struct run {
    struct scan_context scan;
    struct scan_outcome *outcome;
    struct dc_view **views;       /* one a DC; NULL where it was not read */
    struct dc_evidence *evidence; /* made when all are read */
    struct guid_list *wanted;     /* one a DC */
    struct principal_list {
        struct principal {
            char *sid, *sam, *dn;
        } * items;
        size_t count, size;
    } principals;
    char **sids;
    size_t sid_count;
};

static size_t job_count(const struct scan_config *config, size_t dcs)
{
    size_t jobs = config->jobs > 0 ? (size_t)config->jobs : dcs;
    return jobs < MAX_JOBS ? jobs : MAX_JOBS;
}

static void count_complete(struct scan_outcome *outcome)
{
    outcome->dcs = outcome->complete = 0;
    for (size_t i = 0; i < outcome->forest.dc_count; i++) {
        outcome->dcs += !outcome->forest.dcs[i].excluded;
        outcome->complete += outcome->results[i].complete;
    }
}

/* ---- bulk ---- */

static enum spn_code read_one(void *ctx, size_t i, struct spn_error *reterr)
{
    struct run *run = ctx;
    struct scan_outcome *outcome = run->outcome;
    struct dc_result *result = &outcome->results[i];
    if (outcome->forest.dcs[i].excluded)
        return SPN_OK;
    if (atomic_load(run->scan.config->login.cancel)) {
        result->status = DC_CANCELLED;
        snprintf(result->error, sizeof result->error, "the scan was ended before this DC was read");
        atomic_store(&outcome->progress[i].status, DC_CANCELLED);
        return SPN_OK;
    }
    run->views[i] = dc_view_new();
    return dc_read(&run->scan, i, run->views[i], &outcome->progress[i], result, reterr);
}

/* ---- asking for what a DC did not show ---- */

static void weigh(struct run *run)
{
    struct scan_outcome *outcome = run->outcome;
    for (size_t i = 0; i < outcome->forest.dc_count; i++)
        run->evidence[i] =
            (struct dc_evidence){run->views[i], outcome->results[i].replicas, outcome->results[i].complete};
}

static void want(void *ctx, uint32_t object, const struct guid *guid, int domain)
{
    struct guid_list *list = ctx;
    (void)object;
    list->items = xgrow(list->items, &list->size, list->count + 1, sizeof *list->items);
    list->items[list->count].guid = *guid;
    list->items[list->count++].domain = domain;
}

static enum spn_code ask_one(void *ctx, size_t i, struct spn_error *reterr)
{
    struct run *run = ctx;
    if (!run->wanted[i].count)
        return SPN_OK;
    return dc_ask(&run->scan, i, &run->wanted[i], run->views[i], &run->outcome->progress[i],
                  &run->outcome->results[i], reterr);
}

static enum spn_code ask_all(struct run *run, struct spn_error *reterr)
{
    size_t dcs = run->outcome->forest.dc_count;
    weigh(run);
    for (size_t i = 0; i < dcs; i++)
        if (run->evidence[i].complete)
            ledger_missing(run->scan.ledger, run->evidence, dcs, i, want, &run->wanted[i]);
    enum spn_code code = pool_run(dcs, job_count(run->scan.config, dcs), ask_one, run, reterr);
    weigh(run);
    return code;
}

/* ---- names of trustees ---- */

static void want_sid(void *ctx, const char *sid)
{
    struct run *run = ctx;
    if (run->sid_count < MAX_UNKNOWN_SIDS)
        run->sids[run->sid_count++] = xstrdup(sid);
}

static void keep_principal(void *ctx, const struct principal_row *row)
{
    struct principal_list *list = ctx;
    list->items = xgrow(list->items, &list->size, list->count + 1, sizeof *list->items);
    list->items[list->count++] = (struct principal){xstrdup(row->sid), xstrdup(row->sam), xstrdup(row->dn)};
}

/* Only names for the report hang on it: a failure is a warning. */
static enum spn_code resolve_sids(struct run *run, struct spn_error *reterr)
{
    const struct scan_outcome *outcome = run->outcome;
    struct spn_error error = {0};
    size_t asked = SIZE_MAX;
    run->sids = xcalloc(MAX_UNKNOWN_SIDS, sizeof *run->sids);
    enum spn_code code = store_unknown_sids(run->scan.store, want_sid, run, reterr);
    if (code != SPN_OK || !run->sid_count)
        return code;
    for (size_t i = 0; i < outcome->forest.dc_count; i++) {
        const struct dc_result *result = &outcome->results[i];
        if (result->complete && (asked == SIZE_MAX || (result->is_gc && !outcome->results[asked].is_gc)))
            asked = i;
    }
    if (asked == SIZE_MAX)
        return SPN_OK;
    if (dc_resolve_sids(&run->scan, asked, run->sids, run->sid_count, keep_principal, &run->principals,
                        &error) != SPN_OK)
        snprintf(run->outcome->warning, sizeof run->outcome->warning,
                 "cannot look up the names of %zu trustees of delegation: %.400s", run->sid_count,
                 error.text);
    return SPN_OK;
}

/* ---- storing ---- */

static enum spn_code emit(void *ctx, struct store *store, struct spn_error *reterr)
{
    struct run *run = ctx;
    enum spn_code code = ledger_emit(run->scan.ledger, run->scan.seed, run->evidence,
                                     run->outcome->forest.dc_count, store, reterr);
    for (size_t i = 0; code == SPN_OK && i < run->principals.count; i++) {
        const struct principal *p = &run->principals.items[i];
        const struct principal_row row = {p->sid, p->sam, p->dn};
        code = store_put_principal(store, &row, reterr);
    }
    return code;
}

static enum spn_code finish(struct run *run, struct spn_error *reterr)
{
    struct scan_outcome *outcome = run->outcome;
    const struct scan_view view = {run, emit};
    count_complete(outcome);
    outcome->stored = outcome->complete > 0;
    enum spn_code code = outcome->stored ? resolve_sids(run, reterr) : SPN_OK;
    if (code != SPN_OK)
        return code;
    return store_finish(run->scan.store, &outcome->forest, outcome->results, outcome->stored ? &view : NULL,
                        reterr);
}

static enum spn_code read_forest(struct run *run, const struct scan_watcher *watcher,
                                 struct spn_error *reterr)
{
    size_t dcs = run->outcome->forest.dc_count;
    watcher->start(watcher->ctx, run->outcome);
    enum spn_code code = pool_run(dcs, job_count(run->scan.config, dcs), read_one, run, reterr);
    if (code == SPN_OK)
        code = ask_all(run, reterr);
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
        code = store_end_bulk(store, reterr);
    return code == SPN_OK ? store_finish(store, &outcome->forest, outcome->results, NULL, reterr) : code;
}

static void run_release(struct run *run)
{
    size_t dcs = run->outcome->forest.dc_count;
    for (size_t i = 0; run->views && i < dcs; i++) {
        dc_view_free(run->views[i]);
        free(run->wanted[i].items);
    }
    for (size_t i = 0; i < run->principals.count; i++) {
        free(run->principals.items[i].sid);
        free(run->principals.items[i].sam);
        free(run->principals.items[i].dn);
    }
    for (size_t i = 0; i < run->sid_count; i++)
        free(run->sids[i]);
    free(run->principals.items);
    free(run->sids);
    free(run->views);
    free(run->evidence);
    free(run->wanted);
    ledger_free(run->scan.ledger);
}

enum spn_code scan_run(const struct scan_config *config, struct store *store,
                       const struct scan_watcher *watcher, struct scan_outcome *outcome,
                       struct spn_error *reterr)
{
    struct run run = {.outcome = outcome,
                      .scan = {.config = config, .forest = &outcome->forest, .store = store}};
    struct spn_error error = {0};
    *outcome = (struct scan_outcome){0};
    enum spn_code code = locate(config, &outcome->forest, &error);
    if (code == SPN_UNREACHABLE || code == SPN_DIRECTORY || code == SPN_PROTOCOL) {
        enum spn_code stored = store_attempt(config, store, outcome, &error, reterr);
        if (stored != SPN_OK)
            return stored;
    }
    if (code != SPN_OK) {
        *reterr = error;
        return code;
    }
    outcome_prepare(outcome);
    const size_t dcs = outcome->forest.dc_count;
    run.views = xcalloc(dcs, sizeof(struct dc_view *));
    run.evidence = xcalloc(dcs, sizeof *run.evidence);
    run.wanted = xcalloc(dcs, sizeof *run.wanted);
    run.scan.ledger = ledger_new(outcome->forest.domains, outcome->forest.domain_count);
    const struct store_loader loader = ledger_loader(run.scan.ledger);
    const char *asked = config->server   ? config->server
                        : config->domain ? config->domain
                                         : config->given[0].name;
    code = store_load(store, &loader, &run.scan.seed, reterr);
    if (code == SPN_OK)
        code = store_begin(store, asked, reterr);
    if (code == SPN_OK)
        code = store_set_domains(store, outcome->forest.domains, outcome->forest.domain_count, reterr);
    if (code == SPN_OK)
        code = read_forest(&run, watcher, reterr);
    if (code == SPN_OK)
        code = finish(&run, reterr);
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
