#include "scanner/run/explain.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/run/explain_inside.h"
#include "scanner/run/pool.h"

/* So much is looked at together, whatever the number of suspects: memory stays bounded. */
#define CHUNK_SUSPECTS 4000
#define CHUNK_ROWS     100000

#define MOST_ROUNDS 8
/* From this round on whoever has nobody to stand for it is asked: one by one would take too long. */
#define ROUND_ALL 4

/* So many disputes in a row have the same DC stand for a group: few connections for few, all DCs at work for
 * many. */
#define SAME_TURN 500

struct explaining {
    const struct scan_context *scan;
    struct dc_evidence *evidence;
    const struct explain_limits *limits;
    size_t dc_count, jobs;
    struct dc_progress *progress;
    struct dc_result *results;
    struct explanation *ret;
    struct surroundings surroundings;
    struct asker *askers;
    enum sight *tombstones;
    struct witness *witnesses; /* room for a row a DC */
    bool *ask;                 /* the same */
    /* The chunk: */
    struct dispute *disputes;
    size_t count, row_count;
    bool full;
    uint32_t next; /* index in the ledger that the next chunk begins with */
};

/* ---- the chunk ---- */

static enum spn_code on_suspect(void *ctx, const struct suspect *suspect, struct spn_error *reterr)
{
    struct explaining *e = ctx;
    dispute_init(&e->disputes[e->count++], suspect);
    e->row_count += suspect->row_count;
    e->next = suspect->object + 1;
    e->full = e->count == CHUNK_SUSPECTS || e->row_count >= CHUNK_ROWS;
    return e->full ? spn_error_set(reterr, SPN_CANCELLED, 0, "enough for now") : SPN_OK;
}

static enum spn_code gather(struct explaining *e, struct spn_error *reterr)
{
    struct spn_error error = {0};
    e->count = e->row_count = 0;
    e->full = false;
    enum spn_code code =
        ledger_each_suspect(e->scan->ledger, e->evidence, e->dc_count, e->next, on_suspect, e, &error);
    if (code == SPN_OK || e->full)
        return SPN_OK;
    *reterr = error;
    return code;
}

static void release_chunk(struct explaining *e)
{
    for (size_t i = 0; i < e->count; i++)
        dispute_release(&e->disputes[i]);
    e->count = 0;
}

/* ---- a round ---- */

static void ask(struct explaining *e, struct dispute *d, size_t row, bool sd)
{
    size_t dc = d->rows[row].said.dc;
    asker_add(&e->askers[dc], d, row, sd);
    e->ret->asked++;
    e->ret->asked_at[dc]++;
}

/* What the judge wants to know. false: nothing that could still be asked. */
static bool ask_for(struct explaining *e, struct dispute *d, const struct judgement *judgement)
{
    bool any = false;
    for (size_t i = 0; i < d->row_count; i++) {
        const struct dispute_row *row = &d->rows[i];
        bool sd = judgement->need_sd && row->word && row->word->presence == SHOWS_LIVE && !row->sd_asked;
        if (!judgement->ask[i] && !sd)
            continue;
        ask(e, d, i, judgement->need_sd);
        any = true;
    }
    return any;
}

static void judge_dispute(struct explaining *e, struct dispute *d, bool final)
{
    dispute_witnesses(d, &e->surroundings, e->witnesses);
    judge(e->witnesses, d->row_count, final, e->limits->now_us, e->limits->tombstone_days, &d->judgement);
    d->settled = final || (!d->judgement.unsettled && !d->judgement.need_sd);
}

/* Settles a dispute, or asks. */
static void consider(struct explaining *e, size_t index, int round)
{
    struct dispute *d = &e->disputes[index];
    if (dispute_gaps(d, round >= ROUND_ALL, index / SAME_TURN, e->ask)) {
        for (size_t i = 0; i < d->row_count; i++)
            if (e->ask[i])
                ask(e, d, i, false);
        return;
    }
    judge_dispute(e, d, false);
    if (d->settled)
        return;
    bool asked = ask_for(e, d, &d->judgement);
    judgement_release(&d->judgement);
    if (!asked)
        judge_dispute(e, d, true);
}

static enum spn_code ask_one(void *ctx, size_t dc, struct spn_error *reterr)
{
    struct explaining *e = ctx;
    if (!e->askers[dc].question_count)
        return SPN_OK;
    return asker_ask(&e->askers[dc], &e->progress[dc], &e->results[dc], reterr);
}

/* Gives the answers to the disputes. They are told apart by their rows, so DCs are dropped after. */
static void take_answers(struct asker *asker)
{
    for (size_t i = 0; i < asker->question_count; i++) {
        struct inquiry_item *question = &asker->questions[i];
        struct dispute_row *row = &question->dispute->rows[question->row];
        free(row->word);
        row->word = question->word;
        row->moved |= question->moved;
        row->sd_asked |= question->sd;
        question->word = NULL;
    }
    asker->question_count = 0;
}

static void drop_failed(struct explaining *e, size_t dc)
{
    e->evidence[dc].complete = false;
    for (size_t i = 0; i < e->count; i++)
        if (!e->disputes[i].settled)
            dispute_drop(&e->disputes[i], dc);
}

static enum spn_code run_round(struct explaining *e, int round, bool *ret_asked, struct spn_error *reterr)
{
    const uint64_t before = e->ret->asked;
    for (size_t i = 0; i < e->count; i++)
        if (!e->disputes[i].settled)
            consider(e, i, round);
    *ret_asked = e->ret->asked > before;
    enum spn_code code = *ret_asked ? pool_run(e->dc_count, e->jobs, ask_one, e, reterr) : SPN_OK;
    for (size_t dc = 0; code == SPN_OK && dc < e->dc_count; dc++)
        take_answers(&e->askers[dc]);
    for (size_t dc = 0; code == SPN_OK && dc < e->dc_count; dc++)
        if (e->askers[dc].failed && e->evidence[dc].complete)
            drop_failed(e, dc);
    return code;
}

static enum spn_code explain_chunk(struct explaining *e, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    bool asked = true;
    for (int round = 0; code == SPN_OK && asked && round < MOST_ROUNDS; round++)
        code = run_round(e, round, &asked, reterr);
    for (size_t i = 0; code == SPN_OK && i < e->count; i++) {
        if (!e->disputes[i].settled)
            judge_dispute(e, &e->disputes[i], true);
        explanation_add(e->ret, &e->disputes[i], e->limits);
    }
    release_chunk(e);
    return code;
}

/* ---- the whole ---- */

static void prepare(struct explaining *e, struct dc_view *const *views)
{
    const size_t domains = e->surroundings.domain_count;
    e->askers = xcalloc(e->dc_count + 1, sizeof *e->askers);
    e->tombstones = xcalloc(e->dc_count * domains + 1, sizeof *e->tombstones);
    e->witnesses = xcalloc(e->dc_count + 1, sizeof *e->witnesses);
    e->ask = xcalloc(e->dc_count + 1, sizeof *e->ask);
    e->disputes = xcalloc(CHUNK_SUSPECTS, sizeof *e->disputes);
    e->ret->asked_at = xcalloc(e->dc_count + 1, sizeof *e->ret->asked_at);
    e->surroundings.tombstones = e->tombstones;
    for (size_t dc = 0; dc < e->dc_count; dc++)
        e->askers[dc] = (struct asker){
            .scan = e->scan, .dc = dc, .view = views[dc], .tombstones = e->tombstones + dc * domains};
}

static void release(struct explaining *e)
{
    release_chunk(e);
    for (size_t dc = 0; dc < e->dc_count; dc++)
        asker_release(&e->askers[dc]);
    free(e->askers);
    free(e->tombstones);
    free(e->witnesses);
    free(e->ask);
    free(e->disputes);
}

enum spn_code explain(const struct scan_context *scan, struct dc_evidence *evidence,
                      const struct dc_replication *replications, const struct explain_limits *limits,
                      size_t jobs, struct dc_view *const *views, struct dc_progress *progress,
                      struct dc_result *results, struct explanation *ret, struct spn_error *reterr)
{
    struct explaining e = {
        .scan = scan,
        .evidence = evidence,
        .limits = limits,
        .dc_count = scan->forest->dc_count,
        .jobs = jobs,
        .progress = progress,
        .results = results,
        .ret = ret,
        .surroundings = {.replications = replications, .domain_count = scan->forest->domain_count}};
    enum spn_code code;
    *ret = (struct explanation){0};
    prepare(&e, views);
    do {
        code = gather(&e, reterr);
        if (code == SPN_OK)
            code = explain_chunk(&e, reterr);
    } while (code == SPN_OK && e.full);
    explanation_drop_incomplete(ret, evidence);
    release(&e);
    return code;
}
