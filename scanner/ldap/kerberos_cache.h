/* kerberos_cache.h: which tickets are at hand already, in the caches and the client keytab that GSSAPI would
 * use. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "spnscan/error.h"

struct kerberos_tickets {
    bool valid;                        /* some ticket has not expired */
    char cache[300];                   /* the cache of the ticket below, else the default one */
    char principal[300];               /* whose ticket ends last; empty: there is none at all */
    int64_t end_s;                     /* when, seconds since 1970 */
    char client_keytab_principal[300]; /* the first one in the default client keytab; empty: there is no such
                                          file */
};

enum spn_code kerberos_look_at_caches(struct kerberos_tickets *ret, struct spn_error *reterr);
