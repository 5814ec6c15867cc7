/* explain.h: why do DCs differ? For the objects on which the complete DCs do not agree, and those alone: asks
 * the DCs that depart, and one for each state that stands against them, for the values with their stamps,
 * many objects to a question, and has them judged (verdict.h).
 *
 * What is told then goes into the ledger too: what is judged is what is stored.
 */
#pragma once

#include "scanner/run/dc_worker.h"
#include "scanner/run/replication.h"
#include "scanner/run/verdict.h"

/* Severity as DESIGN section 4 has it. */
struct explain_limits {
    int64_t max_lag_s;  /* lag younger than that is info (default 3 h) */
    int tombstone_days; /* 0: not set, 60 */
    int64_t now_us;
};

struct explained {
    int64_t object; /* in the store */
    size_t at;      /* index into forest_info.dcs */
    enum judged what;
    enum verdict verdict;
    const char *severity; /* "info", "warning", "critical" */
    int64_t young_s;      /* as in struct difference_row */
    size_t winner;        /* index into forest_info.dcs; SIZE_MAX unknown */
    bool has_stamp;
    struct stamp winning;
    uint64_t behind_usn;
    int64_t behind_s; /* -1 unknown */
    const char *note; /* static */
};

struct explained_stamp {
    int64_t object;
    enum judged what;
    struct stamp stamp;
};

/* Owned; release with explanation_release. */
struct explanation {
    struct explained *rows;
    size_t count, size;
    struct explained_stamp *stamps; /* winning stamps of what was judged */
    size_t stamp_count, stamp_size;
    uint64_t asked;     /* objects asked for, over all DCs */
    uint64_t *asked_at; /* per DC of the forest */
};

/* evidence: dcs in the order of forest->dcs; replications: one a DC of the forest. A DC that fails while it
 * is asked becomes incomplete (results, evidence: the caller's are brought up to date) and what it would have
 * told is unproved. Not SPN_OK only when the whole scan has to end. */
enum spn_code explain(const struct scan_context *scan, struct dc_evidence *evidence,
                      const struct dc_replication *replications, const struct explain_limits *limits,
                      size_t jobs, struct dc_view *const *views, struct dc_progress *progress,
                      struct dc_result *results, struct explanation *ret, struct spn_error *reterr);
void explanation_release(struct explanation *explanation);
