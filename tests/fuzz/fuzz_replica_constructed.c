/* Values of the constructed attributes, binary and XML, alone and as an entry's: the same from both ways in.
 */
#include <string.h>

#include "scanner/decode/replica.h"
#include "tests/fuzz/require.h"

struct seen {
    size_t count;
    struct attr_stamp stamp;
};

static void take_stamp(void *ctx, const struct attr_stamp *stamp)
{
    struct seen *seen = ctx;
    seen->count++;
    seen->stamp = *stamp;
}

static void take_neighbour(void *ctx, const struct neighbour *n)
{
    REQUIRE(memchr(n->source, 0, sizeof n->source));
    ++*(size_t *)ctx;
}

/* Of an entry without the option the form is told by the content: binary or not, only what starts like XML is
 * taken for that. */
static bool is_told(struct bytes value, bool binary)
{
    return binary || (value.len > 4 && memcmp(value.data, "<DS_", 4) == 0);
}

static struct entry entry_of(struct attr *attr, const char *name, const struct bytes *value)
{
    *attr = (struct attr){bytes_of(name), value, 1};
    return (struct entry){.dn = bytes_of("CN=x"), .attrs = attr, .attr_count = 1};
}

static void stamps(struct bytes value, bool binary)
{
    struct attr attr;
    struct attr_stamp alone;
    struct seen seen = {0};
    struct entry entry =
        entry_of(&attr, binary ? "msDS-ReplAttributeMetaData;binary" : "msDS-ReplAttributeMetaData", &value);
    bool fine = binary ? metadata_binary(value, &alone) : metadata_xml(value, &alone);
    if (!metadata_of_entry(&entry, take_stamp, &seen)) {
        REQUIRE(seen.count == 0 && (!fine || !is_told(value, binary)));
        return;
    }
    REQUIRE(seen.count == 1);
    if (fine && is_told(value, binary))
        REQUIRE(stamp_compare(&seen.stamp.stamp, &alone.stamp) == 0 && seen.stamp.attid == alone.attid);
}

static void cursors(struct bytes value, bool binary)
{
    struct attr attr;
    struct utd_vector alone = {0}, whole = {0};
    struct entry entry = entry_of(&attr, binary ? "msDS-NCReplCursors;binary" : "msDS-NCReplCursors", &value);
    bool fine = binary ? vector_add_binary(&alone, value) : vector_add_xml(&alone, value);
    REQUIRE(alone.count == fine);
    bool of_entry = vector_of_entry(&entry, &whole);
    REQUIRE(of_entry == fine || !is_told(value, binary));
    if (fine && is_told(value, binary))
        REQUIRE(whole.count == 1 && whole.cursors[0].usn == alone.cursors[0].usn);
    vector_release(&alone);
    vector_release(&whole);
}

static void neighbours(struct bytes value, bool binary)
{
    struct attr attr;
    struct neighbour alone = {.usn = 77};
    size_t count = 0;
    struct entry entry = entry_of(
        &attr, binary ? "msDS-NCReplInboundNeighbors;binary" : "msDS-NCReplInboundNeighbors", &value);
    bool fine = binary ? neighbour_binary(value, &alone) : neighbour_xml(value, &alone);
    REQUIRE(fine || alone.usn == 77);
    REQUIRE(neighbours_of_entry(&entry, take_neighbour, &count) == (count == 1));
    REQUIRE(!is_told(value, binary) || count == fine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct bytes value = {data + 1, size - 1};
    bool binary = data[0] & 1;
    switch (data[0] >> 1 & 3) {
    case 0:
        stamps(value, binary);
        break;
    case 1:
        cursors(value, binary);
        break;
    default:
        neighbours(value, binary);
        break;
    }
    return 0;
}
