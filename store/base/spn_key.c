/* spn_key.c: see spn_key.h. */
#include "store/base/spn_key.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Keep keys apart from each other and from the hashes of facets (decode/facet.c), which have the same seed.
 */
#define TAG_SPN_KEY  0x7D0C5E92A8F31B66u
#define TAG_SPN_HOST 0x3B86E1F04D97A25Cu

/* The first label behind the class; a name without a class is all host. */
static struct bytes host_of(struct bytes name)
{
    const uint8_t *slash = name.len ? memchr(name.data, '/', name.len) : NULL;
    const uint8_t *start = slash ? slash + 1 : name.data, *end = name.data + name.len, *at = start;
    bool digits = true;
    for (; at < end && *at != '/' && *at != ':' && (*at != '.' || (digits && at > start)); at++)
        digits &= *at == '.' || (*at >= '0' && *at <= '9');
    return (struct bytes){start, (size_t)(at - start)};
}

struct spn_key spn_key(struct bytes folded, uint64_t seed)
{
    const struct bytes host = host_of(folded);
    return (struct spn_key){.host = XXH3_64bits_withSeed(host.data, host.len, seed ^ TAG_SPN_HOST),
                            .name = XXH3_64bits_withSeed(folded.data, folded.len, seed ^ TAG_SPN_KEY)};
}
