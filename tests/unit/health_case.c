/* health_case.c: see health_case.h. */
#include "tests/unit/health_case.h"

#include <stdlib.h>

struct world w;

void set_cursor(size_t dc, size_t domain, uint8_t origin, uint64_t usn, int64_t synced_us)
{
    const struct utd_cursor cursor = {.origin = guid_of(origin), .usn = usn, .synced_us = synced_us};
    vector_set(&w.vectors[dc][domain], &cursor);
}

void put_back(size_t dc, uint8_t origin, uint64_t usn, int64_t synced_us)
{
    for (size_t c = 0; c < w.vectors[dc][0].count; c++)
        if (w.vectors[dc][0].cursors[c].origin.b[0] == origin)
            w.vectors[dc][0].cursors[c] =
                (struct utd_cursor){.origin = guid_of(origin), .usn = usn, .synced_us = synced_us};
}

struct known_cursor *before(size_t dc, uint8_t origin)
{
    for (size_t c = 0; c < DCS * DCS; c++)
        if (w.cursors[c].dc == dc && w.cursors[c].origin.b[0] == origin)
            return &w.cursors[c];
    ck_abort_msg("no such cursor");
}

static void make_dc(size_t i)
{
    struct dc_info *info = &w.infos[i];
    *info = (struct dc_info){.located = true, .is_gc = true, .invocation_id = guid_of((uint8_t)(i + 1))};
    snprintf(info->name, sizeof info->name, "dc%zu", i + 1);
    snprintf(info->site, sizeof info->site, "%s", i == 4 ? "Branch" : "Hub");
    info->dsa_guid = guid_of((uint8_t)(0x20 + i + 1));
    w.results[i] = (struct dc_result){.status = DC_OK,
                                      .phase = PHASE_DONE,
                                      .complete = true,
                                      .has_skew = true,
                                      .highest_usn = 1100,
                                      .invocation_id = info->invocation_id,
                                      .is_gc = true,
                                      .gc_ready = true,
                                      .started_us = NOW,
                                      .usn_asked_us = NOW,
                                      .vectors_told_us = NOW + 1000000};
    w.marks[i] = (struct known_mark){.invocation_id = info->invocation_id, .usn = 1000, .seen_usn = 1000};
    w.dcs[i] = (struct health_dc){.info = info,
                                  .result = &w.results[i],
                                  .before = &w.marks[i],
                                  .vectors = w.vectors[i],
                                  .readable = w.readable[i],
                                  .neighbours = &w.neighbours[i],
                                  .neighbour_count = 1};
    for (size_t o = 0; o < DCS; o++) {
        set_cursor(i, 0, (uint8_t)(o + 1), 1100, o == i ? 0 : NOW - 60000000);
        w.cursors[i * DCS + o] = (struct known_cursor){.dc = i,
                                                       .origin = guid_of((uint8_t)(o + 1)),
                                                       .usn = o == i ? 1000 : 990,
                                                       .synced_us = o == i ? 0 : NOW - 2 * HOUR_US};
    }
    w.readable[i][0] = true;
    w.neighbours[i].neighbour = (struct neighbour){.dsa = guid_of((uint8_t)(0x20 + (i + 1) % DCS + 1)),
                                                   .invocation = guid_of((uint8_t)((i + 1) % DCS + 1)),
                                                   .usn = 1100,
                                                   .success_us = NOW - 60000000};
}

void make_world(void)
{
    w = (struct world){.forest = {.dcs = w.infos, .dc_count = DCS, .domains = w.domains, .domain_count = 2}};
    snprintf(w.domains[0].dn, sizeof w.domains[0].dn, "DC=corp");
    snprintf(w.domains[1].dn, sizeof w.domains[1].dn, "DC=emea");
    w.facts = (struct health_facts){.forest = &w.forest,
                                    .dcs = w.dcs,
                                    .cursors = w.cursors,
                                    .cursor_count = DCS * DCS,
                                    .since_s = 6000,
                                    .max_lag_s = 10800};
    for (size_t i = 0; i < DCS; i++)
        make_dc(i);
}

void free_world(void)
{
    for (size_t i = 0; i < DCS; i++)
        for (size_t d = 0; d < 2; d++)
            vector_release(&w.vectors[i][d]);
    text_release(&w.said);
}

static void on_row(void *ctx, const struct health_row *row)
{
    (void)ctx;
    text_append_fmt(&w.said, "%s%s %s %s: %s", w.said.len ? "\n" : "",
                    row->dc == SIZE_MAX ? "forest" : w.infos[row->dc].name, row->kind, row->severity,
                    row->detail);
}

const char *judged(void)
{
    text_clear(&w.said);
    qsort(w.cursors, w.facts.cursor_count, sizeof *w.cursors, known_cursor_compare);
    health_judge(&w.facts, on_row, NULL);
    return w.said.len ? w.said.data : "";
}

void ck_one(const char *start, const char *words)
{
    const char *said = judged();
    ck_assert_msg(strncmp(said, start, strlen(start)) == 0 && strstr(said, words) && !strchr(said, '\n'),
                  "said: %s", said);
}

void ck_none(void)
{
    ck_assert_str_eq(judged(), "");
}
