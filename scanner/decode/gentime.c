/* gentime.c: see gentime.h. */
#include "scanner/decode/gentime.h"

#define SECONDS_LEN 14 /* YYYYMMDDHHMMSS */

static bool two_digits(const uint8_t *p, int low, int high, int *ret)
{
    unsigned tens = (unsigned)p[0] - '0', ones = (unsigned)p[1] - '0';
    if (tens > 9 || ones > 9)
        return false;
    *ret = (int)(tens * 10 + ones);
    return *ret >= low && *ret <= high;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Days from 1970-01-01 in the Gregorian calendar. timegm() would do, but it takes what no calendar has. */
static int64_t days_since_1970(int year, int month, int day)
{
    int64_t y = year - 1; /* whole years before this one */
    int64_t days = y * 365 + y / 4 - y / 100 + y / 400 - 719162;
    for (int m = 1; m < month; m++)
        days += days_in_month(year, m);
    return days + day - 1;
}

/* ".0" or ",25": as microseconds; further digits are dropped. *at stands behind it then. */
static bool take_fraction(struct bytes text, size_t *at, int64_t *ret_us)
{
    *ret_us = 0;
    if (*at >= text.len || (text.data[*at] != '.' && text.data[*at] != ','))
        return true;
    size_t from = ++*at;
    int64_t unit = 100000;
    while (*at < text.len && (uint8_t)(text.data[*at] - '0') <= 9) {
        *ret_us += unit * (text.data[*at] - '0');
        unit /= 10;
        (*at)++;
    }
    return *at > from;
}

bool gentime_parse(struct bytes text, int64_t *ret_us)
{
    int century, of_century, month, day, hour, minute, second;
    /* RFC 4517 lets minutes and seconds be left out; no DC does, so that is malformed here. */
    if (text.len < SECONDS_LEN + 1)
        return false;
    const uint8_t *p = text.data;
    if (!two_digits(p, 0, 99, &century) || !two_digits(p + 2, 0, 99, &of_century) ||
        !two_digits(p + 4, 1, 12, &month) || !two_digits(p + 6, 1, 31, &day) ||
        !two_digits(p + 8, 0, 23, &hour) || !two_digits(p + 10, 0, 59, &minute) ||
        !two_digits(p + 12, 0, 60, &second)) /* 60: a leap second */
        return false;
    int year = century * 100 + of_century;
    if (year < 1 || day > days_in_month(year, month))
        return false;

    size_t at = SECONDS_LEN;
    int64_t fraction;
    if (!take_fraction(text, &at, &fraction) || at + 1 != text.len || text.data[at] != 'Z')
        return false;
    int64_t s = days_since_1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    *ret_us = s * 1000000 + fraction;
    return true;
}
