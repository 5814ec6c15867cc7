/* Clean text is valid UTF-8 without controls, stays as it is when cleaned again, and makes a sound JSON
 * string. */
#include <utf8proc.h>

#include "scanner/decode/clean.h"
#include "scanner/decode/entry.h"
#include "tests/fuzz/require.h"

static void check_clean(const struct text_buf *buf)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t step;
    for (size_t at = 0; at < buf->len; at += (size_t)step) {
        step = utf8proc_iterate((const uint8_t *)buf->data + at, (utf8proc_ssize_t)(buf->len - at), &c);
        REQUIRE(step > 0);
        REQUIRE(c >= 0x20 && !(c >= 0x7F && c <= 0x9F) && !(c >= 0x2028 && c <= 0x202E));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct bytes raw = {data, size};
    struct text_buf once = {0}, twice = {0}, json = {0};
    clean_append(&once, raw);
    check_clean(&once);
    clean_append(&twice, (struct bytes){(const uint8_t *)once.data, once.len});
    REQUIRE(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);

    text_append_json(&json, once.data, once.len);
    check_clean(&json);
    REQUIRE(json.len >= once.len + 2 && json.data[0] == '"' && json.data[json.len - 1] == '"');

    /* Cut at any size, the copy is a beginning of the whole, or of it without its last character. */
    const struct attr attr = {bytes_of("x"), &raw, 1};
    const struct entry entry = {.attrs = &attr, .attr_count = 1};
    char text[24];
    for (size_t room = 1; room <= sizeof text; room++) {
        REQUIRE(entry_text(&entry, "x", text, room));
        struct text_buf cut = {.data = text, .len = strlen(text)};
        REQUIRE(cut.len < room && cut.len <= once.len && memcmp(text, once.data, cut.len) == 0);
        REQUIRE(cut.len == once.len || cut.len + 4 >= room);
        check_clean(&cut);
    }
    text_release(&once);
    text_release(&twice);
    text_release(&json);
    return 0;
}
