/* formula.c: see formula.h. */
#include "store/base/formula.h"

#include <string.h>

/* What spreadsheets skip or don't show before they look for a formula. */
static const char *const blanks[] = {" ",
                                     "\xC2\xA0",
                                     "\xE3\x80\x80",
                                     "\xE2\x80\x8B",
                                     "\xE2\x80\x8C",
                                     "\xE2\x80\x8D",
                                     "\xE2\x81\xA0",
                                     "\xEF\xBB\xBF",
                                     NULL};

/* What makes a formula: = + - @, the same in full width (U+FF1D, U+FF0B, U+FF0D, U+FF20), and the controls
 * that an importer drops or splits at (OWASP, CSV injection). */
static const char *const starts[] = {
    "=",  "+",  "-",  "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0",
    "\t", "\r", "\n", NULL};

bool formula_begins_with(const char *data, size_t len, const char *const *list, size_t *ret)
{
    for (; *list; list++) {
        *ret = strlen(*list);
        if (*ret <= len && memcmp(data, *list, *ret) == 0)
            return true;
    }
    return false;
}

bool formula_is(const char *data, size_t len)
{
    size_t step;
    unsigned char first = len > 0 ? (unsigned char)data[0] : 'x';
    if (first > ' ' && first < 0x80 && !strchr("=+-@", first))
        return false; /* nearly every cell */
    while (formula_begins_with(data, len, blanks, &step)) {
        data += step;
        len -= step;
    }
    return formula_begins_with(data, len, starts, &step);
}
