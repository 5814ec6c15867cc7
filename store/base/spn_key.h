/* spn_key.h: under which hashes a name stands in the index of names. Leaf code for both halves
 * (store/base/spn_key.c).
 *
 * Keys are in databases: the same on every machine and in every version.
 */
#pragma once

#include "spnscan/ids.h"

/* host: of the first label of what follows the class, so that all names that a host goes by, whatever their
 * class, domain and port, have it in common: host/srv1, http/srv1.a.example and mssqlsvc/srv1.a.example:1433.
 * Labels of digits alone go with the next one (addresses). rest: of all else, the class and what follows. */
struct spn_key {
    uint64_t host, rest;
};

/* folded: the name as it is stored (without control characters, decode/clean.h), ASCII letters in lower case.
 */
struct spn_key spn_key(struct bytes folded, uint64_t seed);

/* The one bit of a name in struct name_entry. */
static inline uint32_t spn_key_bit(struct spn_key key)
{
    return UINT32_C(1) << (key.rest & 31);
}
