/* What a run writes of replication, and what it finds of the DCs themselves. */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/health.h"
#include "scanner/run/run_inside.h"

#define MOST_CURSORS 4000000 /* of the scan before: DCs x domains x origins; beyond, none is looked at */

struct cursors {
    struct known_cursor *items;
    size_t count, size;
};

static void keep_cursor(void *ctx, const struct known_cursor *cursor)
{
    struct cursors *c = ctx;
    if (c->count == MOST_CURSORS)
        return;
    c->items = xgrow(c->items, &c->size, c->count + 1, sizeof *c->items);
    c->items[c->count++] = *cursor;
}

/* ---- health ---- */

struct finding_health {
    struct run *run;
    struct store *store;
    enum spn_code code;
    struct spn_error *reterr;
};

static void put_health(void *ctx, const struct health_row *row)
{
    struct finding_health *f = ctx;
    if (row->dc != SIZE_MAX && strcmp(row->kind, "usn-rollback") == 0)
        f->run->jobs[row->dc].rolled_back = true;
    if (f->code == SPN_OK)
        f->code = store_put_health(f->store, row, f->reterr);
}

static enum spn_code judge_health(struct run *run, const struct health_facts *facts, struct store *store,
                                  struct spn_error *reterr)
{
    struct finding_health f = {run, store, SPN_OK, reterr};
    f.code = store_begin_health(store, reterr);
    if (f.code == SPN_OK)
        health_judge(facts, put_health, &f);
    return f.code == SPN_OK ? store_end_health(store, reterr) : f.code;
}

static struct health_dc *gather(const struct run *run)
{
    const struct forest_info *forest = &run->outcome->forest;
    struct health_dc *dcs = xcalloc(forest->dc_count + 1, sizeof *dcs);
    for (size_t i = 0; i < forest->dc_count; i++) {
        const struct dc_replication *r = &run->replications[i];
        dcs[i] = (struct health_dc){.info = &forest->dcs[i],
                                    .result = &run->outcome->results[i],
                                    .before = run->jobs[i].known,
                                    .vectors = r->domain_count ? r->vectors : NULL,
                                    .readable = r->readable,
                                    .neighbours = r->neighbours,
                                    .neighbour_count = r->neighbour_count};
    }
    return dcs;
}

/* ---- replication ---- */

static enum spn_code put_vectors(struct run *run, size_t dc, struct store *store, struct spn_error *reterr)
{
    const struct dc_replication *r = &run->replications[dc];
    enum spn_code code = SPN_OK;
    for (size_t d = 0; code == SPN_OK && d < r->domain_count; d++)
        for (size_t c = 0; code == SPN_OK && r->readable[d] && c < r->vectors[d].count; c++) {
            const struct utd_cursor *cursor = &r->vectors[d].cursors[c];
            code =
                store_put_cursor(store, dc, (int)d, &cursor->origin, cursor->usn, cursor->synced_us, reterr);
        }
    return code;
}

/* repsFrom names a source by the GUID of its NTDS Settings, which says little to a reader. */
static const char *source_name(const struct health_facts *facts, const struct neighbour *neighbour)
{
    size_t source = health_source(facts, neighbour);
    if (source != SIZE_MAX)
        return facts->forest->dcs[source].name;
    return neighbour->source[0] ? neighbour->source : "unknown";
}

static enum spn_code put_neighbours(const struct health_facts *facts, size_t dc, struct store *store,
                                    struct spn_error *reterr)
{
    const struct health_dc *r = &facts->dcs[dc];
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < r->neighbour_count; i++) {
        const struct neighbour *n = &r->neighbours[i].neighbour;
        const struct neighbour_row row = {.dc = dc,
                                          .domain = r->neighbours[i].domain,
                                          .source = source_name(facts, n),
                                          .usn = n->usn,
                                          .success_us = n->success_us,
                                          .attempt_us = n->attempt_us,
                                          .failures = n->failures,
                                          .result = n->result};
        code = store_put_neighbour(store, &row, reterr);
    }
    return code;
}

/* Also of those that did not answer: the configuration NC names their invocationId. */
static enum spn_code put_origins(struct run *run, struct store *store, struct spn_error *reterr)
{
    const struct forest_info *forest = &run->outcome->forest;
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < forest->dc_count; i++) {
        if (!guid_is_zero(&forest->dcs[i].invocation_id))
            code = store_put_origin(store, &forest->dcs[i].invocation_id, forest->dcs[i].name, reterr);
        if (code == SPN_OK && !guid_is_zero(&run->outcome->results[i].invocation_id))
            code =
                store_put_origin(store, &run->outcome->results[i].invocation_id, forest->dcs[i].name, reterr);
    }
    return code;
}

enum spn_code run_store_health(struct run *run, struct store *store, struct spn_error *reterr)
{
    struct cursors cursors = {0};
    struct health_dc *dcs = gather(run);
    struct health_facts facts = {.forest = &run->outcome->forest,
                                 .dcs = dcs,
                                 .since_s =
                                     run->base.scan_us ? (run->began_us - run->base.scan_us) / 1000000 : 0,
                                 .max_lag_s = run->scan.config->max_lag_s};
    enum spn_code code = put_origins(run, store, reterr);
    if (code == SPN_OK)
        code = store_each_cursor(store, keep_cursor, &cursors, reterr);
    if (cursors.count)
        qsort(cursors.items, cursors.count, sizeof *cursors.items, known_cursor_compare);
    facts.cursors = cursors.items;
    facts.cursor_count = cursors.count;
    if (code == SPN_OK)
        code = judge_health(run, &facts, store, reterr);
    if (code == SPN_OK)
        code = store_clear_replication(store, reterr);
    for (size_t i = 0; code == SPN_OK && i < facts.forest->dc_count; i++) {
        if (!run->evidence[i].complete)
            continue;
        code = put_vectors(run, i, store, reterr);
        if (code == SPN_OK)
            code = put_neighbours(&facts, i, store, reterr);
    }
    free(cursors.items);
    free(dcs);
    return code;
}
