/* --ask-dc, once the view is known: which pairs of look-alikes, of which DC, and what is kept of it. */
#include <stdlib.h>

#include "scanner/run/pool.h"
#include "scanner/run/run_inside.h"

/* Pairs in one scan: eight small questions each. The next scan goes on. */
#define MAX_PAIRS 1000

static void keep_pair(void *ctx, const struct lookalike_pair *pair)
{
    struct ask_dc_work *work = ctx;
    if (work->count == MAX_PAIRS) {
        work->cut = true;
        return;
    }
    struct asked_pair *a = &work->pairs[work->count++];
    *a = (struct asked_pair){.pair = *pair};
    for (int s = 0; s < 2; s++)
        a->pair.side[s].key = xstrdup(pair->side[s].key);
}

/* What needs no question. */
static void answer_here(struct asked_pair *a)
{
    const struct lookalike_side *side = a->pair.side;
    const char *why = NULL;
    if (!lookalike_askable(side[0].key) || !lookalike_askable(side[1].key))
        why = "one name has bytes that cannot be asked for";
    else if (a->pair.dc == SIZE_MAX || side[0].domain < 0 || side[1].domain < 0)
        why = "no DC that was read whole shows both";
    if (!why)
        return;
    a->told = true;
    a->pair.dc = SIZE_MAX;
    snprintf(a->why, sizeof a->why, "%s", why);
}

static enum spn_code ask_one(void *ctx, size_t i, struct spn_error *reterr)
{
    const struct run *run = ctx;
    (void)reterr;
    if (run->evidence[i].complete)
        ask_dc(&run->scan, i, run->evidence[i].replicas, run->asked.pairs, run->asked.count);
    return SPN_OK;
}

/* Nothing is left out in silence. */
static void tell(struct run *run)
{
    const struct ask_dc_work *work = &run->asked;
    const struct asked_pair *first = NULL;
    size_t unknown = 0, left = 0;
    for (size_t i = 0; i < work->count; i++) {
        const struct asked_pair *a = &work->pairs[i];
        left += !a->told;
        unknown += a->told && a->answer == LOOKALIKE_UNKNOWN;
        if (!first && a->told && a->answer == LOOKALIKE_UNKNOWN)
            first = a;
    }
    if (left)
        run_warn(run, "--ask-dc: the scan was ended before %zu of %zu pairs of look-alikes were asked about",
                 left, work->count);
    if (unknown)
        run_warn(run, "--ask-dc: of %zu pairs of look-alikes %zu could not be told: %s%s%.200s", work->count,
                 unknown, first->pair.dc == SIZE_MAX ? "" : run->outcome->forest.dcs[first->pair.dc].name,
                 first->pair.dc == SIZE_MAX ? "" : ": ", first->why);
    if (work->cut)
        run_warn(run,
                 "--ask-dc: there are more pairs of look-alikes than the %d that one scan asks about; "
                 "the next one goes on",
                 MAX_PAIRS);
}

enum spn_code run_ask_dc(struct run *run, struct spn_error *reterr)
{
    struct ask_dc_work *work = &run->asked;
    work->pairs = xcalloc(MAX_PAIRS, sizeof *work->pairs);
    enum spn_code code =
        store_each_lookalike(run->scan.store, run->scan.config->full, MAX_PAIRS + 1, keep_pair, work, reterr);
    for (size_t i = 0; i < work->count; i++)
        answer_here(&work->pairs[i]);
    if (code == SPN_OK && work->count)
        code = pool_run(run->outcome->forest.dc_count, run_job_count(run), ask_one, run, reterr);
    if (code == SPN_OK)
        tell(run);
    return code;
}

enum spn_code run_put_asked(const struct run *run, struct store *store, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < run->asked.count; i++) {
        const struct asked_pair *a = &run->asked.pairs[i];
        const struct lookalike_row row = {.object = a->pair.side[0].object,
                                          .key = a->pair.side[0].key,
                                          .other = a->pair.side[1].object,
                                          .other_key = a->pair.side[1].key,
                                          .dc = a->pair.dc,
                                          .answer = lookalike_answer_name(a->answer),
                                          .why = a->why};
        if (a->told)
            code = store_put_lookalike(store, &row, reterr);
    }
    return code;
}

void ask_dc_work_release(struct ask_dc_work *work)
{
    for (size_t i = 0; i < work->count; i++)
        for (int s = 0; s < 2; s++) {
            char *key;
            memcpy(&key, &work->pairs[i].pair.side[s].key, sizeof key); /* ours since keep_pair */
            free(key);
        }
    free(work->pairs);
}
