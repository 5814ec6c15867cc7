/* locate.h: every DC of the forest, from one that answers. */
#pragma once

#include "scanner/ldap/conn.h"
#include "scanner/run/config.h"

/* A DC that is talked to, and may be asked more. */
struct met {
    struct conn *conn; /* to its LDAP port, bound; NULL: none */
    size_t dc;         /* index into forest_info.dcs */
};

/* Fills *forest (free with forest_release, also after an error) from the first start that answers: the
 * server, the DCs of the domain's SRV records, or the given DCs. Lists every DSA of the configuration NC in
 * name order, those that can't be reached too; with no_locate only the given ones; excluded ones are marked.
 *
 * On error forest->dcs names the starts that were tried, so that they can be told. SPN_UNREACHABLE,
 * SPN_DIRECTORY, SPN_PROTOCOL: no start answered as a DC does. Anything else: the scan can't be run as asked.
 *
 * ret_met: the connection on which it was asked, which goes on to serve; close it. NULL: nobody wants it.
 */
enum spn_code locate(const struct scan_config *config, struct forest_info *forest, struct met *ret_met,
                     struct spn_error *reterr);

void forest_release(struct forest_info *forest);

/* Index of the domain whose NC the DN lies in (the longest match), or -1. */
int forest_domain_of(const struct forest_info *forest, struct bytes dn);
