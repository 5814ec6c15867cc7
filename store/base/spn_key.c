/* spn_key.c: see spn_key.h. */
#include "store/base/spn_key.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Keep keys apart from each other and from the hashes of facets (decode/facet.c), which have the same seed.
 */
#define TAG_CLASS 0x7D0C5E92A8F31B66u
#define TAG_HOST  0x3B86E1F04D97A25Cu
#define TAG_TAIL  0x95F2470BD16C83EAu

static uint64_t hash(const uint8_t *from, const uint8_t *to, uint64_t seed)
{
    return XXH3_64bits_withSeed(from, (size_t)(to - from), seed);
}

struct spn_key spn_key(struct bytes folded, uint64_t seed)
{
    const uint8_t *slash = folded.len ? memchr(folded.data, '/', folded.len) : NULL;
    /* A name without a class is all host. */
    const uint8_t *start = folded.data, *host = slash ? slash + 1 : start, *end = start + folded.len,
                  *at = host;
    bool digits = true;
    for (; at < end && *at != '/' && *at != ':' && (*at != '.' || (digits && at > host)); at++)
        digits &= *at == '.' || (*at >= '0' && *at <= '9');
    return (struct spn_key){.host = hash(host, at, seed ^ TAG_HOST),
                            .rest = hash(start, host, seed ^ TAG_CLASS) ^ hash(at, end, seed ^ TAG_TAIL)};
}
