/* dc_worker.h: the reading of one DC, in order, by one thread. */
#pragma once

#include "scanner/ldap/search.h"
#include "scanner/run/config.h"
#include "scanner/run/ledger.h"
#include "spnscan/store.h"

/* What other threads may watch while the DC is read. */
struct dc_progress {
    _Atomic(int) phase;  /* enum dc_phase */
    _Atomic(int) status; /* enum dc_status; DC_WAITING while it is under way */
    struct search_stats stats;
};

/* Shared by all workers; const to them. */
struct scan_context {
    const struct scan_config *config;
    const struct forest_info *forest;
    struct ledger *ledger;
    struct store *store;
    uint64_t seed;
};

struct guid_list {
    struct wanted_object {
        struct guid guid;
        int domain;
    } * items;
    size_t count, size;
};

/* Reads dcs[index] and fills *result (result->replicas is the caller's to free) and view. The result tells of
 * any failure of the DC; the code returned is not SPN_OK only when the whole scan has to end (the store
 * failed). */
enum spn_code dc_read(const struct scan_context *scan, size_t index, struct dc_view *view,
                      struct dc_progress *progress, struct dc_result *result, struct spn_error *reterr);

/* Asks the DC for single objects that its streams did not show: absent from a stream is not absent from the
 * DC. A failure makes the DC incomplete. */
enum spn_code dc_ask(const struct scan_context *scan, size_t index, const struct guid_list *wanted,
                     struct dc_view *view, struct dc_progress *progress, struct dc_result *result,
                     struct spn_error *reterr);

/* Asks for the names of SIDs (GC port, or LDAP port where the DC is no GC); found() for each that has one. */
enum spn_code dc_resolve_sids(const struct scan_context *scan, size_t index, char *const *sids, size_t count,
                              void (*found)(void *ctx, const struct principal_row *row), void *ctx,
                              struct spn_error *reterr);
