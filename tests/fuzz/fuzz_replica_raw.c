/* The raw attributes: the first byte chooses. What is refused tells nothing; a vector that is taken is
 * sorted, without twins, and covers what its bytes say; nothing is read beyond what the counts allow. */
#include <string.h>

#include "scanner/decode/replica.h"
#include "tests/fuzz/require.h"

static void count_one(void *ctx, const struct attr_stamp *stamp)
{
    (void)stamp;
    ++*(size_t *)ctx;
}

static void check_vector(const struct utd_vector *v, struct bytes blob)
{
    size_t item = blob.data[0] == 1 ? 24 : 32;
    for (size_t i = 1; i < v->count; i++)
        REQUIRE(memcmp(v->cursors[i - 1].origin.b, v->cursors[i].origin.b, 16) < 0);
    for (size_t at = 16, n = 0; n < v->count; at += item, n++) { /* each of the first ones, twin or not */
        struct stamp stamp = {.version = 1};
        memcpy(stamp.origin.b, blob.data + at, 16);
        memcpy(&stamp.usn, blob.data + at + 16, 8);
        REQUIRE(vector_find(v, &stamp.origin));
        REQUIRE(vector_covers(v, &stamp));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct bytes blob = {data + 1, size - 1};
    if (data[0] % 3 == 0) {
        size_t count = 0;
        bool fine = metadata_raw(blob, count_one, &count);
        REQUIRE(fine || count == 0);
        REQUIRE(!fine || 16 + 48 * count <= blob.len);
    } else if (data[0] % 3 == 1) {
        struct utd_vector v = {0};
        if (vector_raw(blob, &v))
            check_vector(&v, blob);
        vector_release(&v);
    } else {
        struct neighbour n = {.usn = 77};
        if (neighbour_raw(blob, &n))
            REQUIRE(memchr(n.source, 0, sizeof n.source));
        else
            REQUIRE(n.usn == 77);
    }
    return 0;
}
