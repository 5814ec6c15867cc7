/* spn_key.h: the hash under which a name stands in the index of names. Leaf code for both halves
 * (store/base/spn_key.c).
 *
 * Keys are in databases: the same on every machine and in every version.
 */
#pragma once

#include "spnscan/ids.h"

/* folded: the name as it is stored (without control characters, decode/clean.h), ASCII letters in lower case.
 */
uint64_t spn_key(struct bytes folded, uint64_t seed);
