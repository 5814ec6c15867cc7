/* error.c: see spnscan/error.h. */
#include "spnscan/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "store/base/utf8.h"

/* The text often carries a DC's own words (diagnosticMessage, RFC 4511 section 4.1.9): hostile until looked
 * at. */
static void make_harmless(char *text, size_t len, bool was_cut)
{
    size_t at = 0;
    while (at < len) {
        size_t safe = utf8_safe_char((const unsigned char *)text + at, len - at);
        if (safe > 0) {
            at += safe;
            continue;
        }
        /* A character that the end of the buffer cut in two is dropped, not shown as a fault. */
        if (was_cut && len - at < 4 && (unsigned char)text[at] >= 0xC2) {
            text[at] = 0;
            return;
        }
        text[at++] = '?';
    }
}

enum spn_code spn_error_set(struct spn_error *reterr, enum spn_code code, int native, const char *fmt, ...)
{
    if (!reterr)
        return code;
    /* Made aside, since an argument may be the text that is replaced (a lower text passed on with words
     * before it). */
    char text[sizeof reterr->text];
    va_list args;
    va_start(args, fmt);
    int want = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (want < 0)
        text[0] = 0;
    make_harmless(text, strlen(text), want >= (int)sizeof text);
    reterr->code = code;
    reterr->native = native;
    memcpy(reterr->text, text, sizeof text);
    return code;
}

static const char *const names[SPN_CODE_COUNT] = {
    [SPN_OK] = "ok",
    [SPN_USAGE] = "usage",
    [SPN_CREDENTIALS] = "credentials",
    [SPN_CONFIG] = "configuration",
    [SPN_DATABASE] = "database",
    [SPN_UNREACHABLE] = "unreachable",
    [SPN_DIRECTORY] = "directory",
    [SPN_PROTOCOL] = "protocol",
    [SPN_CANCELLED] = "cancelled",
    [SPN_INTERNAL] = "internal",
};

const char *spn_code_name(enum spn_code code)
{
    return (unsigned)code < SPN_CODE_COUNT && names[code] ? names[code] : "unknown";
}
