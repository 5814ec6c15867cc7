/* What parses is a second that libc writes back with the same digits (but for a leap second). */
#include <time.h>

#include "scanner/decode/gentime.h"
#include "tests/fuzz/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t us;
    if (!gentime_parse((struct bytes){data, size}, &us))
        return 0;
    int64_t s = us >= 0 ? us / 1000000 : -((999999 - us) / 1000000);
    REQUIRE(us - s * 1000000 >= 0 && us - s * 1000000 < 1000000);
    if (memcmp(data + 12, "60", 2) == 0)
        return 0;
    time_t t = (time_t)s;
    struct tm tm;
    char text[80];
    REQUIRE(gmtime_r(&t, &tm));
    snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
             tm.tm_hour, tm.tm_min, tm.tm_sec);
    REQUIRE(memcmp(text, data, 14) == 0);
    return 0;
}
