/* health.h: what is wrong with a DC, or with the forest itself, beside what it shows of accounts. Pure: facts
 * in, findings out. docs/verdicts.md tells what each proves and what could fool it.
 *
 *   usn-rollback         critical: the same invocationId, and its USNs have gone back: below those of
 *                        the scan before, or below what another DC had from it already when it was
 *                        asked (MS-ADTS 3.1.1.1.9). warning: of an RODC, whose writes nobody takes.
 *   restored             warning: another invocationId than in the scan before.
 *   replication-too-old  critical: a DC that was met, or a direct neighbour, has not been heard of for
 *                        longer than tombstoneLifetime, by the DC's own clock.
 *   vector-stalled       warning: the cursor of a DC that was met and went on writing stands where it
 *                        stood in the scan before, more than an hour ago, and was behind then already,
 *                        or nothing was heard of it for longer than max_lag_s.
 *   clock-skew           critical above 300 s (what Kerberos forgives, MS-KILE 3.1.1.2), warning
 *                        above 120 s, against the median of the complete DCs. Of the forest: the
 *                        scanner's own clock.
 *   not-answering        warning: it is in the configuration NC and did not come to say who it is.
 *   gc-not-ready         warning: a global catalog that says it is not ready.
 *   uniqueness-off       warning, of the forest: dSHeuristics switches checks of uniqueness off
 *                        (MS-ADTS 6.1.1.2.4.1.2, KB5008382).
 *
 * One finding a DC and kind: the worst, and of how many others it could be told too.
 *
 * An origin is a DC of the forest that holds the domain as its own and is no RODC: cursors of demoted DCs, of
 * former invocationIds and of global catalogs that only hold a copy stand still for ever, and rightly so.
 */
#pragma once

#include "scanner/run/replication.h"
#include "spnscan/records.h"
#include "spnscan/store.h"

struct health_dc {
    const struct dc_info *info;
    const struct dc_result *result;
    const struct known_mark *before;  /* NULL: none */
    const struct utd_vector *vectors; /* per domain, own row included; NULL: not read */
    const bool *readable;             /* per domain */
    const struct told_neighbour *neighbours;
    size_t neighbour_count;
};

struct health_facts {
    const struct forest_info *forest;
    const struct health_dc *dcs; /* one a DC of the forest, in its order */
    /* The vectors of the scan before, sorted by known_cursor_compare, and how long ago that scan began; 0:
     * there was none. */
    const struct known_cursor *cursors;
    size_t cursor_count;
    int64_t since_s;
    int64_t max_lag_s; /* lag younger than that is no finding between sites */
};

/* By DC, domain and origin; for qsort and bsearch. */
int known_cursor_compare(const void *a, const void *b);

/* The DC of the forest that a neighbour is; SIZE_MAX: none (demoted, or known by a former invocationId
 * alone).
 */
size_t health_source(const struct health_facts *facts, const struct neighbour *neighbour);

/* Calls found() for each finding; the row's text lives as long as the call. */
void health_judge(const struct health_facts *facts, void (*found)(void *ctx, const struct health_row *row),
                  void *ctx);
