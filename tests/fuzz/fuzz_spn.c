/* Whatever the bytes: the parts lie inside and join to the folded input; an ordinary name is its own skeleton
 * but for case; a skeleton is clean, and its own skeleton. */
#include "scanner/decode/clean.h"
#include "scanner/decode/spn.h"
#include "tests/fuzz/require.h"

static void check_parts(struct bytes raw, const struct spn_parts *parts)
{
    struct text_buf normal = {0}, again = {0};
    struct spn_parts second;
    spn_append_normal(parts, &normal);
    REQUIRE(normal.len == raw.len);
    for (size_t i = 0; i < raw.len; i++) {
        uint8_t c = raw.data[i];
        REQUIRE((uint8_t)normal.data[i] == (c >= 'A' && c <= 'Z' ? c | 0x20 : c));
    }
    spn_parse((struct bytes){(const uint8_t *)normal.data, normal.len}, &second);
    spn_append_normal(&second, &again);
    REQUIRE(second.form == parts->form && again.len == normal.len &&
            (!again.len || memcmp(again.data, normal.data, again.len) == 0));
    text_release(&normal);
    text_release(&again);
}

static void check_skeleton(struct bytes raw, unsigned kinds)
{
    struct text_buf skeleton = {0}, again = {0}, clean = {0};
    spn_append_skeleton(raw, &skeleton);
    struct bytes s = {(const uint8_t *)skeleton.data, skeleton.len};
    spn_append_skeleton(s, &again);
    clean_append(&clean, s);
    REQUIRE(again.len == s.len && (!s.len || memcmp(again.data, s.data, s.len) == 0));
    REQUIRE(clean.len == s.len && (!s.len || memcmp(clean.data, s.data, s.len) == 0));
    if (!(kinds & (SPN_NON_ASCII | SPN_INVISIBLE)))
        REQUIRE(s.len == raw.len);
    text_release(&skeleton);
    text_release(&again);
    text_release(&clean);
}

/* What a byte by itself decides, looked at one by one. */
static void check_bytes(struct bytes raw, unsigned kinds)
{
    bool high = false, at = false, space = false, control = false;
    for (size_t i = 0; i < raw.len; i++) {
        high |= raw.data[i] >= 0x80;
        at |= raw.data[i] == '@';
        space |= raw.data[i] == ' ';
        control |= raw.data[i] < ' ' || raw.data[i] == 0x7f;
    }
    REQUIRE(high == !!(kinds & SPN_NON_ASCII) && at == !!(kinds & SPN_UPN_LIKE));
    REQUIRE((!space || kinds & SPN_SPACES) && (!control || kinds & SPN_INVISIBLE));
    REQUIRE(high || (space == !!(kinds & SPN_SPACES) && control == !!(kinds & SPN_INVISIBLE)));
    REQUIRE((raw.len && memmem(raw.data, raw.len, "://", 3)) == !!(kinds & SPN_URL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes raw = {data, size};
    struct spn_parts parts;
    struct text_buf names = {0};
    unsigned kinds = spn_kinds(raw);
    spn_parse(raw, &parts);
    REQUIRE(!(kinds & SPN_MALFORMED) == (parts.form == SPN_WELL_FORMED));
    spn_append_kinds(kinds, &names);
    REQUIRE(!names.len == !kinds);
    text_release(&names);
    check_bytes(raw, kinds);
    check_parts(raw, &parts);
    check_skeleton(raw, kinds);
    return 0;
}
