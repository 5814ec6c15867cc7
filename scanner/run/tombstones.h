/* tombstones.h: can deleted objects be seen at a DC? By default administrators alone can, and a search by
 * others says nothing of them and gives no error (MS-ADTS 3.1.1.4.4): only one that is seen proves it.
 */
#pragma once

#include "scanner/ldap/search.h"

/* *ret: an object below the domain's CN=Deleted Objects was shown (true), or none was: a right is missing, or
 * nothing is deleted there, which can't be told apart. The container itself proves nothing: Samba shows it to
 * everybody. conn: the LDAP port for a full replica, the GC port for a partial one. Not SPN_OK: the DC could
 * not be asked. stats may be NULL. */
enum spn_code tombstones_readable(struct conn *conn, const char *domain_dn, bool *ret,
                                  struct search_stats *stats, struct spn_error *reterr);
