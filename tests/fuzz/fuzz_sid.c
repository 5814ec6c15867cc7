/* A SID by itself, to text and back, and the trustees of a security descriptor: each one formats, none comes
 * twice. */
#include "scanner/decode/sid.h"
#include "tests/fuzz/require.h"

struct seen {
    struct bytes whole, sids[64];
    size_t count;
};

static void found(void *ctx, struct bytes sid)
{
    struct seen *seen = ctx;
    char text[SID_TEXT_SIZE];
    REQUIRE(sid.data >= seen->whole.data && sid.data + sid.len <= seen->whole.data + seen->whole.len);
    REQUIRE(sid_format(sid, text) && strncmp(text, "S-1-", 4) == 0);
    for (size_t i = 0; i < seen->count; i++)
        REQUIRE(seen->sids[i].len != sid.len || memcmp(seen->sids[i].data, sid.data, sid.len) != 0);
    if (seen->count < 64)
        seen->sids[seen->count++] = sid;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[SID_TEXT_SIZE];
    struct seen seen = {.whole = {data, size}};
    bool ok = sid_format(seen.whole, text);
    REQUIRE(strlen(text) < SID_TEXT_SIZE && ok == (text[0] != 0));
    uint8_t back[SID_MAX_SIZE];
    size_t back_len = ok ? sid_parse(text, back) : 0;
    REQUIRE(!ok || strstr(text, "0x") || (back_len == size && memcmp(back, data, size) == 0));
    enum sd_result result = sd_allowed_trustees(seen.whole, found, &seen);
    REQUIRE(result == SD_OK || seen.count == 0);
    return 0;
}
