#include "scanner/command/duration.h"

#include <stddef.h>
#include <stdio.h>

#define DURATION_TEXT_SIZE 32

static const struct {
    char letter;
    int64_t seconds;
} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

#define UNIT_COUNT (sizeof units / sizeof units[0])

static int64_t unit_seconds(const char *text)
{
    if (!*text)
        return 1;
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (text[0] == units[i].letter && !text[1])
            return units[i].seconds;
    return 0;
}

bool duration_parse(const char *text, int64_t *ret_s)
{
    const char *at = text;
    int64_t number = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (*at - '0');
        if (number > DURATION_MAX_S)
            return false;
    }
    int64_t unit = at == text ? 0 : unit_seconds(at);
    if (!unit || number > DURATION_MAX_S / unit)
        return false;
    *ret_s = number * unit;
    return true;
}

/* In the largest unit that leaves nothing over. */
static const char *format(int64_t seconds, char text[DURATION_TEXT_SIZE])
{
    size_t i = 0;
    while (i + 1 < UNIT_COUNT && (seconds == 0 || seconds % units[i].seconds))
        i++;
    snprintf(text, DURATION_TEXT_SIZE, "%lld%c", (long long)(seconds / units[i].seconds), units[i].letter);
    return text;
}

enum spn_code option_duration(const char *name, const char *value, int64_t min_s, int64_t max_s,
                              int64_t *ret_s, struct spn_error *reterr)
{
    char text[DURATION_TEXT_SIZE];
    int64_t seconds = 0;
    if (!duration_parse(value, &seconds))
        return spn_error_set(reterr, SPN_USAGE, 0, "--%s '%s' is not a duration: 90 or 90s, 15m, 3h, 7d",
                             name, value);
    if (seconds < min_s)
        return spn_error_set(reterr, SPN_USAGE, 0, "--%s '%s' is too short: %s at least", name, value,
                             format(min_s, text));
    if (seconds > max_s)
        return spn_error_set(reterr, SPN_USAGE, 0, "--%s '%s' is too long: %s at most", name, value,
                             format(max_s, text));
    *ret_s = seconds;
    return SPN_OK;
}
