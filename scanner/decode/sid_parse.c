#include <string.h>

#include "scanner/decode/sid.h"

/* A decimal number up to max, no sign, no space; *at moves behind it. */
static bool take_number(const char **at, uint64_t max, uint64_t *ret)
{
    uint64_t n = 0;
    const char *p = *at;
    if (*p < '0' || *p > '9')
        return false;
    for (; *p >= '0' && *p <= '9'; p++) {
        unsigned digit = (unsigned)(*p - '0');
        if (n > (max - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *at = p;
    *ret = n;
    return true;
}

size_t sid_parse(const char *text, uint8_t ret[SID_MAX_SIZE])
{
    uint64_t authority, sub;
    uint8_t count = 0;
    if (strncmp(text, "S-1-", 4) != 0)
        return 0;
    text += 4;
    if (!take_number(&text, UINT32_MAX, &authority))
        return 0;
    for (; *text; count++) {
        if (count == 15 || *text++ != '-' || !take_number(&text, UINT32_MAX, &sub))
            return 0;
        for (int i = 0; i < 4; i++)
            ret[8 + count * 4 + i] = (uint8_t)(sub >> (8 * i));
    }
    ret[0] = 1;
    ret[1] = count;
    for (int i = 0; i < 6; i++)
        ret[2 + i] = (uint8_t)(authority >> (8 * (5 - i)));
    return 8 + (size_t)count * 4;
}
