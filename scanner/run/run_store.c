/* What a run writes at its end. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "scanner/run/run_inside.h"
#include "spnscan/store_read.h"
#include "spnscan/times.h"

#define MAX_UNKNOWN_SIDS 20000 /* in one scan; the next goes on */

void run_warn(struct run *run, const char *fmt, ...)
{
    char *text = run->outcome->warning;
    const size_t size = sizeof run->outcome->warning, len = strlen(text);
    va_list args;
    va_start(args, fmt);
    if (len)
        snprintf(text + len, size - len, "; ");
    vsnprintf(text + strlen(text), size - strlen(text), fmt, args);
    va_end(args);
}

/* ---- names of trustees ---- */

struct principals {
    struct principal {
        char *sid, *sam, *dn;
    } * items;
    size_t count, size;
    char **sids; /* that have no name yet */
    size_t sid_count;
    bool unasked; /* some of them could not be looked up */
};

static void want_sid(void *ctx, const char *sid)
{
    struct principals *p = ctx;
    if (p->sid_count < MAX_UNKNOWN_SIDS)
        p->sids[p->sid_count++] = xstrdup(sid);
    else
        p->unasked = true;
}

static void keep_principal(void *ctx, const struct principal_row *row)
{
    struct principals *list = ctx;
    list->items = xgrow(list->items, &list->size, list->count + 1, sizeof *list->items);
    list->items[list->count++] = (struct principal){xstrdup(row->sid), xstrdup(row->sam), xstrdup(row->dn)};
}

static void principals_release(struct principals *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->items[i].sid);
        free(p->items[i].sam);
        free(p->items[i].dn);
    }
    for (size_t i = 0; i < p->sid_count; i++)
        free(p->sids[i]);
    free(p->items);
    free(p->sids);
}

/* Whom to ask for what every complete DC can tell, or nearly: a global catalog rather than another DC, one
 * that is near rather than one that is not, one to whose global catalog there is a connection, the first of
 * several. SIZE_MAX: there is none. */
static size_t best_to_ask(const struct run *run)
{
    const struct scan_outcome *outcome = run->outcome;
    size_t best = SIZE_MAX;
    int best_worth = -1;
    for (size_t i = 0; i < outcome->forest.dc_count; i++) {
        const struct dc_result *result = &outcome->results[i];
        int worth = result->is_gc * 4 + !result->far * 2 + (run->jobs[i].kept_gc.conn != NULL);
        if (result->complete && worth > best_worth) {
            best = i;
            best_worth = worth;
        }
    }
    return best;
}

/* A failure is a warning: the reports say of these trustees that it is not known who they are. */
static enum spn_code resolve_sids(struct run *run, struct principals *p, struct spn_error *reterr)
{
    struct spn_error error = {0};
    const size_t asked = best_to_ask(run);
    p->sids = xcalloc(MAX_UNKNOWN_SIDS, sizeof *p->sids);
    enum spn_code code = store_unknown_sids(run->scan.store, want_sid, p, reterr);
    if (code != SPN_OK || !p->sid_count)
        return code;
    if (asked == SIZE_MAX) {
        p->unasked = true;
        return SPN_OK;
    }
    code = dc_resolve_sids(&run->scan, &run->jobs[asked], p->sids, p->sid_count, keep_principal, p, &error);
    p->unasked |= code != SPN_OK;
    if (code != SPN_OK)
        run_warn(run, "cannot look up the names of %zu trustees of delegation: %.300s", p->sid_count,
                 error.text);
    return SPN_OK;
}

static enum spn_code put_principals(struct store *store, const struct principals *principals,
                                    struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < principals->count; i++) {
        const struct principal *p = &principals->items[i];
        const struct principal_row row = {p->sid, p->sam, p->dn};
        code = store_put_principal(store, &row, reterr);
    }
    if (code == SPN_OK)
        code = store_put_trustees_unasked(store, principals->unasked, reterr);
    return code;
}

/* ---- marks ---- */

static enum spn_code put_mark(struct run *run, size_t i, struct store *store, struct spn_error *reterr)
{
    const struct dc_result *result = &run->outcome->results[i];
    const struct known_mark *before = run->jobs[i].known;
    if (result->complete && result->mark_usn && !guid_is_zero(&result->invocation_id)) {
        const struct mark_row row = {
            .dc = i,
            .invocation_id = result->invocation_id,
            .usn = result->mark_usn,
            .seen_usn = result->seen_usn > result->mark_usn ? result->seen_usn : result->mark_usn,
            .full_us = run->jobs[i].rolled_back ? 0 : result->full_us, /* 0: read in full next time too */
            .deletions_us =
                result->deletions == DELETIONS_UNKNOWN && before ? before->deletions_us : result->started_us};
        return store_put_mark(store, &row, reterr);
    }
    if (before && (result->complete || run->jobs[i].mark_broken))
        return store_drop_mark(store, i, reterr);
    return SPN_OK;
}

static enum spn_code put_marks(struct run *run, struct store *store, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < run->outcome->forest.dc_count; i++) {
        const struct dc_result *result = &run->outcome->results[i];
        const struct reading_row row = {.dc = i,
                                        .mode = result->incremental ? "increment" : "full",
                                        .deletions = deletions_name(result->deletions),
                                        .changed = result->changed,
                                        .asked = result->asked};
        code = put_mark(run, i, store, reterr);
        if (code == SPN_OK && result->phase > PHASE_ROOTDSE)
            code = store_put_reading(store, &row, reterr);
    }
    return code;
}

/* ---- why DCs differ ---- */

static struct stamp_row stamp_row(const struct stamp *stamp)
{
    return (struct stamp_row){
        .version = stamp->version, .written_us = stamp->time_us, .origin = stamp->origin, .usn = stamp->usn};
}

static enum spn_code put_differences(struct run *run, struct store *store, struct spn_error *reterr)
{
    const struct explanation *e = &run->explanation;
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < e->count; i++) {
        const struct explained *x = &e->rows[i];
        if (!run->evidence[x->at].complete)
            continue;
        const struct difference_row row = {.object = x->object,
                                           .dc = x->at,
                                           .attribute = judged_attribute(x->what),
                                           .verdict = verdict_name(x->verdict),
                                           .severity = x->severity,
                                           .young_s = x->young_s,
                                           .note = x->note,
                                           .winner = x->winner,
                                           .has_stamp = x->has_stamp,
                                           .stamp = stamp_row(&x->winning),
                                           .has_behind = x->verdict == VERDICT_LAGGING ||
                                                         x->verdict == VERDICT_DELETION_LAGGING,
                                           .behind_usn = x->behind_usn,
                                           .behind_s = x->behind_s};
        code = store_put_difference(store, &row, reterr);
    }
    for (size_t i = 0; code == SPN_OK && i < e->stamp_count; i++) {
        const struct stamp_row row = stamp_row(&e->stamps[i].stamp);
        code = store_put_stamp(store, e->stamps[i].object, judged_attribute(e->stamps[i].what), &row, reterr);
    }
    return code;
}

/* ---- all of it, in one transaction ---- */

/* Names of trustees are of accounts that are not stored: of those an increment tells nothing, and they may
 * have changed or gone unless nothing at all was written anywhere. */
static bool anything_new(const struct run *run)
{
    for (size_t i = 0; i < run->outcome->forest.dc_count; i++) {
        const struct dc_result *r = &run->outcome->results[i];
        const struct known_mark *known = run->jobs[i].known;
        if (r->complete && (!r->incremental || r->changed || r->deletions != DELETIONS_SEEN || !known ||
                            r->mark_usn != known->usn))
            return true;
    }
    return false;
}

/* The same DCs were read as in the scan before, none told of a change, and there is nothing to explain: then
 * what the reports find of accounts is what they found. */
static bool nothing_new(const struct run *run)
{
    size_t marks = 0, complete = 0;
    for (size_t m = 0; m < run->base.mark_count; m++)
        marks += run->base.marks[m].scan == run->base.scan;
    for (size_t i = 0; i < run->outcome->forest.dc_count; i++) {
        const struct dc_result *r = &run->outcome->results[i];
        complete += r->complete;
        if (!r->complete || r->asked || !run->jobs[i].known || run->jobs[i].known->scan != run->base.scan)
            return false;
    }
    return marks == complete && !anything_new(run) && !run->explanation.count && !run->explanation.asked;
}

static enum spn_code emit(void *ctx, struct store *store, struct spn_error *reterr)
{
    struct run *run = ctx;
    enum spn_code code = run_store_health(run, store, reterr); /* it says which marks are worth nothing */
    if (code == SPN_OK)
        code = put_marks(run, store, reterr);
    if (code == SPN_OK && anything_new(run))
        code = store_forget_principals(store, reterr);
    if (code == SPN_OK)
        code = ledger_emit(run->scan.ledger, run->evidence, run->outcome->forest.dc_count, store, reterr);
    if (code == SPN_OK)
        code = put_differences(run, store, reterr);
    return code;
}

/* ---- once the view is known: who wrote names that are held twice, and the names of trustees ---- */

struct stamping {
    struct run *run;
    struct principals principals;
    struct stamp_wanted {
        int64_t object;
        struct guid guid;
        int domain;
        bool has_stamp;
        struct stamp stamp;
    } * items;
    size_t count, size;
};

static void want_stamp(void *ctx, int64_t object, const struct guid *guid, int domain)
{
    struct stamping *s = ctx;
    s->items = xgrow(s->items, &s->size, s->count + 1, sizeof *s->items);
    s->items[s->count++] = (struct stamp_wanted){.object = object, .guid = *guid, .domain = domain};
}

static void take_stamp(void *ctx, const struct guid *guid, const struct stamp *stamp)
{
    struct stamping *s = ctx;
    for (size_t i = 0; i < s->count; i++)
        if (guid_equal(&s->items[i].guid, guid) &&
            (!s->items[i].has_stamp || stamp_compare(&s->items[i].stamp, stamp) < 0)) {
            s->items[i].stamp = *stamp;
            s->items[i].has_stamp = true;
        }
}

static enum spn_code put_later(void *ctx, struct store *store, struct spn_error *reterr)
{
    struct stamping *s = ctx;
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < s->count; i++) {
        const struct stamp_row row = stamp_row(&s->items[i].stamp);
        if (s->items[i].has_stamp)
            code = store_put_stamp(store, s->items[i].object, judged_attribute(JUDGED_SPN), &row, reterr);
    }
    if (code == SPN_OK)
        code = put_principals(store, &s->principals, reterr);
    if (code == SPN_OK)
        code = run_put_asked(s->run, store, reterr);
    return code == SPN_OK ? findings_remember(store, nothing_new(s->run) && !s->run->asked.count, reterr)
                          : code;
}

static void ask_one_for_stamps(struct run *run, size_t dc, struct stamping *s)
{
    struct guid_list list = {0};
    struct spn_error error = {0};
    for (size_t k = 0; k < s->count; k++)
        if (!s->items[k].has_stamp && run->evidence[dc].replicas[s->items[k].domain] != REPLICA_NONE)
            guid_list_add(&list, &s->items[k].guid, s->items[k].domain);
    if (list.count && !atomic_load(run->scan.config->login.cancel))
        (void)dc_read_stamps(&run->scan, dc, run->evidence[dc].replicas, &list, take_stamp, s, &error);
    free(list.items);
}

/* One DC after the other, those that are near first, until each object's stamp was told. A failure leaves
 * stamps out of the reports, and no more. */
static void ask_stamps(struct run *run, struct stamping *s)
{
    const struct scan_outcome *outcome = run->outcome;
    for (int far = 0; s->count && far <= 1; far++)
        for (size_t i = 0; i < outcome->forest.dc_count; i++)
            if (run->evidence[i].complete && outcome->results[i].far == far)
                ask_one_for_stamps(run, i, s);
}

static enum spn_code store_later(struct run *run, struct spn_error *reterr)
{
    struct stamping s = {.run = run};
    const struct scan_view later = {.ctx = &s, .emit = put_later};
    enum spn_code code = store_each_unstamped(run->scan.store, want_stamp, &s, reterr);
    if (code == SPN_OK)
        ask_stamps(run, &s);
    if (code == SPN_OK)
        code = resolve_sids(run, &s.principals, reterr);
    if (code == SPN_OK && run->scan.config->ask_dc && !atomic_load(run->scan.config->login.cancel))
        code = run_ask_dc(run, reterr);
    if (code == SPN_OK)
        code = store_put_later(run->scan.store, &later, reterr);
    principals_release(&s.principals);
    free(s.items);
    return code;
}

enum spn_code run_store(struct run *run, struct spn_error *reterr)
{
    const struct scan_outcome *outcome = run->outcome;
    const struct scan_view view = {.ctx = run, .emit = emit, .anew = !run->base.scan};
    enum spn_code code = store_finish(run->scan.store, &outcome->forest, outcome->results,
                                      outcome->stored ? &view : NULL, reterr);
    if (code == SPN_OK && outcome->stored)
        code = store_later(run, reterr);
    if (code == SPN_OK && outcome->stored && run->scan.config->keep_s)
        code = store_prune(run->scan.store, run->began_us - run->scan.config->keep_s * 1000000, reterr);
    return code;
}
