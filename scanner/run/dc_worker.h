/* dc_worker.h: the reading of one DC, in order, by one thread. */
#pragma once

#include "scanner/ldap/search.h"
#include "scanner/run/config.h"
#include "scanner/run/ledger.h"
#include "scanner/run/replication.h"
#include "scanner/run/sweep.h"
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
    atomic_int *beside;   /* DCs of which a second thread reads the LDAP port */
    atomic_bool *gc_kept; /* a job has kept_gc: one is enough */
    size_t at_once;       /* DCs that are read at once */
};

/* All DCs are read at once: connections may stay open between two phases. */
static inline bool scan_keeps(const struct scan_context *scan)
{
    return scan->at_once == scan->forest->dc_count;
}

struct guid_list {
    struct wanted_object {
        struct guid guid;
        int domain;
    } * items;
    size_t count, size;
};
void guid_list_add(struct guid_list *list, const struct guid *guid, int domain);

/* One DC's part in a scan. Borrowed but for wanted. */
struct dc_job {
    size_t index; /* into forest_info.dcs */
    const struct known_mark
        *mark; /* read on from there where the DC is still the same; NULL: read everything */
    const struct known_mark *known; /* its mark, whether it is to be used or not */
    bool rolled_back;               /* its USNs went back: what was written since is not told by them */
    bool mark_broken; /* the mark is worth nothing: it was restored, or holds other things now */
    struct dc_view *view;
    struct dc_progress *progress;
    struct dc_result *result; /* result->replicas is the caller's to free */
    struct dc_replication *replication;
    struct sweep *sweep;     /* of the whole scan */
    struct guid_list wanted; /* for dc_ask; owned, free its items */
    /* To the LDAP port, before dc_read and, of a far DC, from there to dc_cut; to the GC port, for
     * dc_resolve_sids. Owned. */
    struct kept_conn {
        struct conn *conn; /* NULL: none */
        double since;      /* on the clock of time_steady_s() */
    } kept, kept_gc;
};

/* Each fills *result. The result tells of any failure of the DC; the code returned is not SPN_OK only when
 * the whole scan has to end (the store failed). */

/* Reads everything, or what changed since the mark (result->incremental). */
enum spn_code dc_read(const struct scan_context *scan, struct dc_job *job, struct spn_error *reterr);

/* Reads what changed since dc_read: the cut, so that all DCs are seen at nearly one moment. */
enum spn_code dc_cut(const struct scan_context *scan, struct dc_job *job, struct spn_error *reterr);

/* Asks the DC for job->wanted: absent from a stream is not absent from the DC. What it does not have then is
 * noted as gone. A failure makes the DC incomplete. */
enum spn_code dc_ask(const struct scan_context *scan, struct dc_job *job, struct spn_error *reterr);

/* Asks for the stamp of servicePrincipalName of single objects (replicas: what the DC holds); found() for
 * each that is told. */
enum spn_code dc_read_stamps(const struct scan_context *scan, size_t index, const enum replica_kind *replicas,
                             const struct guid_list *wanted,
                             void (*found)(void *ctx, const struct guid *guid, const struct stamp *stamp),
                             void *ctx, struct spn_error *reterr);

/* Asks for the names of SIDs (GC port, or LDAP port where the DC is no GC); found() for each that has one. */
enum spn_code dc_resolve_sids(const struct scan_context *scan, struct dc_job *job, char *const *sids,
                              size_t count, void (*found)(void *ctx, const struct principal_row *row),
                              void *ctx, struct spn_error *reterr);
