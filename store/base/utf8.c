/* utf8.c: which characters may reach a terminal, a file or a cell. */
#include "store/base/utf8.h"

#include <stdbool.h>
#include <utf8proc.h>

static bool is_harmful(utf8proc_int32_t c)
{
    if (c < 0x20 || (c >= 0x7F && c <= 0x9F))
        return true;
    /* Property Bidi_Control of the Unicode character database: text would be shown in another order than it
     * is stored, and "evil" made to look like something else. */
    if (c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
        (c >= 0x2066 && c <= 0x2069))
        return true;
    return c == 0x2028 || c == 0x2029;
}

size_t utf8_safe_char(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    if (data[0] < 0x80)
        return is_harmful(data[0]) ? 0 : 1;
    utf8proc_int32_t c;
    utf8proc_ssize_t used = utf8proc_iterate(data, len < 4 ? (utf8proc_ssize_t)len : 4, &c);
    return used > 0 && !is_harmful(c) ? (size_t)used : 0;
}
