#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scanner/run/pool.h"
#include "scanner/run/run_inside.h"
#include "spnscan/times.h"

/* Between two looks at what differs (--settle). */
#define SETTLE_PAUSE_MS 5000
#define NAP_MS          100

/* Asking shows accounts, which others may have to be asked for. */
#define ASK_ROUNDS 4

size_t run_job_count(const struct run *run)
{
    size_t dcs = run->outcome->forest.dc_count;
    size_t jobs = run->scan.config->jobs > 0 ? (size_t)run->scan.config->jobs : dcs;
    return jobs < MAX_JOBS ? jobs : MAX_JOBS;
}

static bool cancelled(const struct run *run)
{
    return atomic_load(run->scan.config->login.cancel);
}

void run_weigh(struct run *run)
{
    struct scan_outcome *outcome = run->outcome;
    for (size_t i = 0; i < outcome->forest.dc_count; i++) {
        const struct dc_result *result = &outcome->results[i];
        const bool had_mark = run->scan.ledger && ledger_has_mark(run->scan.ledger, i);
        run->evidence[i] = (struct dc_evidence){.view = run->views[i],
                                                .replicas = result->replicas,
                                                .complete = result->complete,
                                                .incremental = result->incremental,
                                                .keep = had_mark && !run->jobs[i].mark_broken};
    }
}

/* ---- bulk, or what changed ---- */

static enum spn_code read_one(void *ctx, size_t i, struct spn_error *reterr)
{
    struct run *run = ctx;
    struct scan_outcome *outcome = run->outcome;
    struct dc_result *result = &outcome->results[i];
    if (outcome->forest.dcs[i].excluded)
        return SPN_OK;
    if (cancelled(run)) {
        result->status = DC_CANCELLED;
        snprintf(result->error, sizeof result->error, "the scan was ended before this DC was read");
        atomic_store(&outcome->progress[i].status, DC_CANCELLED);
        return SPN_OK;
    }
    run->views[i] = run->jobs[i].view = dc_view_new();
    return dc_read(&run->scan, &run->jobs[i], reterr);
}

static enum spn_code cut_one(void *ctx, size_t i, struct spn_error *reterr)
{
    struct run *run = ctx;
    /* One that tells no USN can't be asked what changed: its read stands as it is, and nothing is built on
     * it. */
    const struct dc_result *result = &run->outcome->results[i];
    return result->complete && result->mark_usn ? dc_cut(&run->scan, &run->jobs[i], reterr) : SPN_OK;
}

static enum spn_code each_dc(struct run *run,
                             enum spn_code (*work)(void *ctx, size_t item, struct spn_error *reterr),
                             struct spn_error *reterr)
{
    return pool_run(run->outcome->forest.dc_count, run_job_count(run), work, run, reterr);
}

/* Where all DCs were read on from their marks they have been seen at one moment already. */
static bool needs_cut(const struct run *run)
{
    for (size_t i = 0; i < run->outcome->forest.dc_count; i++)
        if (run->outcome->results[i].complete && !run->outcome->results[i].incremental)
            return true;
    return false;
}

/* ---- single objects ---- */

static void want(void *ctx, size_t dc, const struct guid *guid, int domain)
{
    struct run *run = ctx;
    guid_list_add(&run->jobs[dc].wanted, guid, domain);
}

static enum spn_code ask_one(void *ctx, size_t i, struct spn_error *reterr)
{
    struct run *run = ctx;
    if (!run->jobs[i].wanted.count || !run->outcome->results[i].complete)
        return SPN_OK;
    enum spn_code code = dc_ask(&run->scan, &run->jobs[i], reterr);
    run->jobs[i].wanted.count = 0;
    return code;
}

static enum spn_code ask_all(struct run *run, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (int round = 0; code == SPN_OK && round < ASK_ROUNDS && !cancelled(run); round++) {
        size_t wanted = 0;
        run_weigh(run);
        ledger_missing(run->scan.ledger, run->evidence, run->outcome->forest.dc_count, want, run);
        for (size_t i = 0; i < run->outcome->forest.dc_count; i++)
            wanted += run->outcome->results[i].complete ? run->jobs[i].wanted.count : 0;
        if (!wanted)
            break;
        code = each_dc(run, ask_one, reterr);
    }
    run_weigh(run);
    return code;
}

/* ---- why ---- */

static enum spn_code explain_all(struct run *run, struct spn_error *reterr)
{
    const struct scan_config *config = run->scan.config;
    const struct explain_limits limits = {.max_lag_s = config->max_lag_s,
                                          .tombstone_days = run->outcome->forest.tombstone_lifetime_days,
                                          .now_us = time_now_us()};
    explanation_release(&run->explanation);
    run_weigh(run);
    enum spn_code code =
        explain(&run->scan, run->evidence, run->replications, &limits, run_job_count(run), run->views,
                run->outcome->progress, run->outcome->results, &run->explanation, reterr);
    run_weigh(run);
    return code;
}

static bool differs(const struct run *run)
{
    for (size_t i = 0; i < run->explanation.count; i++)
        if (run->evidence[run->explanation.rows[i].at].complete)
            return true;
    return false;
}

/* Looks again at what differs until it agrees or the time is up. */
static enum spn_code settle(struct run *run, struct spn_error *reterr)
{
    const double end = time_steady_s() + (double)run->scan.config->settle_s;
    enum spn_code code = SPN_OK;
    while (code == SPN_OK && differs(run) && !cancelled(run) && time_steady_s() < end) {
        for (int ms = 0; ms < SETTLE_PAUSE_MS && !cancelled(run) && time_steady_s() < end; ms += NAP_MS)
            usleep(NAP_MS * 1000);
        if (cancelled(run))
            break;
        code = each_dc(run, cut_one, reterr);
        if (code == SPN_OK)
            code = ask_all(run, reterr);
        if (code == SPN_OK)
            code = explain_all(run, reterr);
    }
    return code;
}

enum spn_code run_read(struct run *run, struct spn_error *reterr)
{
    enum spn_code code = each_dc(run, read_one, reterr);
    if (code == SPN_OK && needs_cut(run) && !cancelled(run))
        code = each_dc(run, cut_one, reterr);
    if (code == SPN_OK)
        code = ledger_fetch_departing(run->scan.ledger, reterr);
    if (code == SPN_OK)
        code = ask_all(run, reterr);
    if (code == SPN_OK && !cancelled(run))
        code = explain_all(run, reterr);
    return code == SPN_OK && run->scan.config->settle_s ? settle(run, reterr) : code;
}

/* ---- domains that nobody speaks of any more ---- */

struct held {
    bool any, full;
};

static struct held held_now(const struct run *run, size_t domain)
{
    struct held held = {0};
    for (size_t i = 0; i < run->outcome->forest.dc_count; i++) {
        const struct dc_evidence *e = &run->evidence[i];
        held.any |= e->complete && e->replicas[domain] != REPLICA_NONE;
        held.full |= e->complete && e->replicas[domain] == REPLICA_FULL;
    }
    return held;
}

static struct held held_by_mark(const struct known_mark *mark, const char *dn)
{
    struct held held = {0};
    for (size_t r = 0; r < mark->replica_count; r++)
        if (strcasecmp(mark->replicas[r].domain_dn, dn) == 0) {
            held.any = true;
            held.full = mark->replicas[r].full;
        }
    return held;
}

static struct held held_before(const struct run *run, const char *dn)
{
    struct held held = {0};
    for (size_t m = 0; m < run->base.mark_count; m++) {
        const struct held by = held_by_mark(&run->base.marks[m], dn);
        if (run->base.marks[m].scan != run->base.scan)
            continue;
        held.any |= by.any;
        held.full |= by.full;
    }
    return held;
}

enum spn_code run_weigh_domains(struct run *run, struct spn_error *reterr)
{
    const struct forest_info *forest = &run->outcome->forest;
    enum spn_code code = SPN_OK;
    run_weigh(run);
    for (size_t d = 0; code == SPN_OK && d < forest->domain_count; d++) {
        const struct held now = held_now(run, d), before = held_before(run, forest->domains[d].dn);
        if (before.any == now.any && before.full == now.full)
            continue;
        code = ledger_load_rest(run->scan.ledger, reterr);
        /* Keeping what each of them showed, object by object, would cost more than reading it anew. */
        for (size_t m = 0; m < run->base.mark_count; m++)
            for (size_t i = 0; i < forest->dc_count; i++)
                if (!run->evidence[i].complete &&
                    strcmp(run->base.marks[m].dc_name, forest->dcs[i].name) == 0 &&
                    held_by_mark(&run->base.marks[m], forest->domains[d].dn).any)
                    run->jobs[i].mark_broken = true;
    }
    run_weigh(run);
    return code;
}
