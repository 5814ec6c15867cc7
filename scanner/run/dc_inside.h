/* dc_inside.h: what the files that read one DC share: dc_worker.c (the order of it), dc_ports.c (everything),
 * dc_changes.c (what changed), dc_ask.c (single objects). */
#pragma once

#include "scanner/ldap/stream.h"
#include "scanner/run/account_sink.h"
#include "scanner/run/dc_reach.h"
#include "scanner/run/forest_read.h"

/* Accounts that are stored: holders of SPNs (GC port); with those that have facts of delegation (LDAP port).
 */
extern const char dc_pas_filter[], dc_all_filter[];

/* A DC closes a connection that has been idle for 900 s (MaxConnIdleTime, MS-ADTS 3.1.1.3.4.6). */
#define DC_IDLE_S 300

struct reading {
    const struct scan_context *scan;
    const struct dc_job *job;
    const struct dc_info *dc;
    struct dc_progress *progress;
    struct dc_result *result;
    struct account_sink sink;
    struct conn *conn;
    struct conn *gc; /* to be kept; else NULL */
    bool has_usn;    /* its rootDSE told highestCommittedUSN */
    bool far;        /* its answers take so long that questions had better overlap */
    bool unpaged;    /* it answers a search without pages, and faster so */
};

void dc_reading_init(struct reading *r, const struct scan_context *scan, struct dc_job *job);

/* Opens the LDAP or the GC port instead of what is open. */
enum spn_code dc_open_port(struct reading *r, bool gc, struct spn_error *reterr);

/* Opens the LDAP port where nothing is open, and asks who is there: rootDSE and the DC's own NTDS Settings.
 */
enum spn_code dc_meet(struct reading *r, struct own_dsa *own, struct spn_error *reterr);

/* Reads accounts into the sink; mask: the facets that attrs tell. sliced: the answer may be large, and slices
 * help where the DC is far. deleted: deleted objects too. */
enum spn_code dc_stream(struct reading *r, const struct search *search, unsigned mask, bool sliced,
                        struct spn_error *reterr);

/* Reads all accounts that the DC holds, as replicas say: the partial attribute set of every domain from the
 * GC port, where gc, and all of its own domain from the LDAP port, which is open. Both at once where the DC
 * is far. */
enum spn_code dc_read_ports(struct reading *r, bool gc, const enum replica_kind *replicas,
                            struct spn_error *reterr);

/* What changed after usn, of all that the DC holds as replicas say, and its vectors. The LDAP port is open. A
 * deletion that can't be read is swept for: candidates go to job->wanted. */
enum spn_code dc_changes(struct reading *r, struct dc_job *job, const enum replica_kind *replicas,
                         uint64_t since, struct spn_error *reterr);

/* The connection, if it still serves; the place is empty then. NULL: none. */
struct conn *dc_take_kept(struct kept_conn *kept);

/* Ends a reading: closes, flushes, fills the result from code and error. Not SPN_OK: the scan has to end. */
enum spn_code dc_finish(struct reading *r, enum spn_code code, const struct spn_error *error,
                        struct spn_error *reterr);
