/* dn.h: the little that is needed of distinguished names (RFC 4514). Pure.
 *
 * Backslash escapes are honoured when looking for separators; comparison folds ASCII case and ignores
 * nothing else: the names compared here (NC heads, sites, servers) all come from DCs in their own spelling.
 */
#pragma once

#include "spnscan/ids.h"

/* The DN without its first RDN, or {NULL, 0} at the root. */
struct bytes dn_parent(struct bytes dn);

/* Value of the first RDN: "DC3" of "CN=DC3,CN=Servers,...". Escapes are left as they stand. */
struct bytes dn_rdn_value(struct bytes dn);

/* true: dn is base or lies under it. */
bool dn_is_under(struct bytes dn, struct bytes base);

/* "DC=corp,DC=example" to "corp.example" (lower case). false: another attribute in it, or it doesn't fit. */
bool dn_to_dns(struct bytes dn, char *text, size_t size);
