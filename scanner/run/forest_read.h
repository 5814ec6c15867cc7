/* forest_read.h: the configuration NC as one DC holds it: DSAs, domains, SPN mappings, settings. */
#pragma once

#include "scanner/run/rootdse.h"

/* rootdse: as it was told before the bind; it is asked for again beside the rest, and has to name the same
 * forest (SPN_PROTOCOL). Adds to *forest. Every DSA becomes a dc_info, also one without a usable dNSHostName
 * (named by its server object then). Bounded: MAX_DOMAINS, MAX_DCS. */
enum spn_code forest_read(struct conn *conn, const struct rootdse *rootdse, struct forest_info *forest,
                          struct spn_error *reterr);

/* What a DC says of itself in its own NTDS Settings object. */
struct own_dsa {
    struct guid invocation_id;
    bool is_gc, is_rodc;
    enum replica_kind *replicas; /* per domain of forest; the caller frees */
};
/* Asks a server who it is (rootdse_read, rootdse_identify by that name) and what it holds, at once where
 * dsa_dn, its NTDS Settings object as the configuration NC has it, is not empty. */
enum spn_code own_dsa_meet(struct conn *conn, const char *dsa_dn, const char *name,
                           const struct forest_info *forest, struct rootdse *rootdse, struct own_dsa *ret,
                           struct spn_error *reterr);
