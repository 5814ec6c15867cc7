/* clean.c: bytes from the network to harmless text; see clean.h. */
#include "scanner/decode/clean.h"

#include "store/base/utf8.h"

static bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7F;
}

void clean_append(struct text_buf *buf, struct bytes raw)
{
    static const char hex[] = "0123456789abcdef";
    size_t run = 0, at = 0; /* raw[run..at) is clean and not yet copied */
    while (at < raw.len) {
        if (is_plain(raw.data[at])) {
            at++;
            continue;
        }
        size_t safe = utf8_safe_char(raw.data + at, raw.len - at);
        if (safe > 0) {
            at += safe;
            continue;
        }
        /* One byte at a time: the rest of a refused character is no character of its own, and follows as hex.
         */
        if (at > run)
            text_append(buf, (const char *)raw.data + run, at - run);
        char escaped[3] = {'\\', hex[raw.data[at] >> 4], hex[raw.data[at] & 15]};
        text_append(buf, escaped, sizeof escaped);
        run = ++at;
    }
    text_append(buf, raw.data ? (const char *)raw.data + run : "", raw.len - run);
}
