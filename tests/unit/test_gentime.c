#include <check.h>
#include <time.h>

#include "scanner/decode/gentime.h"
#include "tests/unit/make_entry.h"

Suite *suite_gentime(void);

START_TEST(reads_what_a_dc_writes)
{
    int64_t us;
    ck_assert(gentime_parse(B("20261122130951.0Z"), &us));
    ck_assert_int_eq(us, INT64_C(1795352991000000));
    ck_assert(gentime_parse(B("19700101000000Z"), &us) && us == 0);
    ck_assert(gentime_parse(B("19691231235959.0Z"), &us) && us == -1000000);
    ck_assert(gentime_parse(B("16010101000000.0Z"), &us) && us == INT64_C(-11644473600) * 1000000);
    ck_assert(gentime_parse(B("99991231235959.0Z"), &us) && us == INT64_C(253402300799) * 1000000);
}
END_TEST

START_TEST(agrees_with_the_calendar_of_libc)
{
    for (int64_t day = -200000; day < 200000; day += 13) { /* 1422 to 2517 */
        time_t s = day * 86400 + 45296;
        struct tm tm;
        char text[32];
        int64_t us;
        ck_assert_ptr_nonnull(gmtime_r(&s, &tm));
        strftime(text, sizeof text, "%Y%m%d%H%M%S.0Z", &tm);
        ck_assert_msg(gentime_parse(bytes_of(text), &us), "%s", text);
        ck_assert_int_eq(us, (int64_t)s * 1000000);
    }
}
END_TEST

START_TEST(reads_fractions)
{
    int64_t us;
    ck_assert(gentime_parse(B("19700101000000.5Z"), &us) && us == 500000);
    ck_assert(gentime_parse(B("19700101000000,000001Z"), &us) && us == 1);
    ck_assert(gentime_parse(B("19700101000000.1234567890123Z"), &us) && us == 123456);
}
END_TEST

START_TEST(knows_leap_years_and_seconds)
{
    int64_t us, next;
    ck_assert(gentime_parse(B("20000229000000.0Z"), &us));
    ck_assert(gentime_parse(B("20240229000000.0Z"), &us));
    ck_assert(!gentime_parse(B("19000229000000.0Z"), &us));
    ck_assert(!gentime_parse(B("20250229000000.0Z"), &us));
    ck_assert(gentime_parse(B("20161231235960.0Z"), &us));
    ck_assert(gentime_parse(B("20170101000000.0Z"), &next));
    ck_assert_int_eq(us, next);
}
END_TEST

START_TEST(refuses_the_malformed)
{
    static const char *const bad[] = {"",
                                      "Z",
                                      "20261122130951",
                                      "20261122130951.0",
                                      "20261122130951.Z",
                                      "20261122130951.0z",
                                      "20261122130951.0Z ",
                                      "20261122130951.0+0100",
                                      "20261122130951-0000",
                                      "202611221309Z",
                                      "20261322130951.0Z",
                                      "20260022130951.0Z",
                                      "20261100130951.0Z",
                                      "20261131130951.0Z",
                                      "20261122240951.0Z",
                                      "20261122136051.0Z",
                                      "20261122130961.0Z",
                                      "00000101000000.0Z",
                                      "2026112213095x.0Z",
                                      "-0261122130951.0Z",
                                      "20261122130951.0ZZ"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t us = 77;
        ck_assert_msg(!gentime_parse(bytes_of(bad[i]), &us), "'%s'", bad[i]);
        ck_assert_int_eq(us, 77);
    }
    struct bytes whole = B("20261122130951.0Z");
    for (size_t len = 0; len < whole.len; len++) {
        int64_t us;
        ck_assert(!gentime_parse((struct bytes){whole.data, len}, &us));
    }
}
END_TEST

Suite *suite_gentime(void)
{
    Suite *s = suite_create("gentime");
    TCase *tc = tcase_create("gentime");
    tcase_add_test(tc, reads_what_a_dc_writes);
    tcase_add_test(tc, agrees_with_the_calendar_of_libc);
    tcase_add_test(tc, reads_fractions);
    tcase_add_test(tc, knows_leap_years_and_seconds);
    tcase_add_test(tc, refuses_the_malformed);
    suite_add_tcase(s, tc);
    return s;
}
