/* spn_key.c: see spn_key.h. */
#include "store/base/spn_key.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Keeps a key apart from the hashes of facets (decode/facet.c), which have the same seed. */
#define TAG_SPN_KEY 0x7D0C5E92A8F31B66u

uint64_t spn_key(struct bytes folded, uint64_t seed)
{
    return XXH3_128bits_withSeed(folded.data, folded.len, seed ^ TAG_SPN_KEY).low64;
}
