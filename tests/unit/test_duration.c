#include <check.h>
#include <string.h>

#include "scanner/command/duration.h"

START_TEST(durations)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"90", 90},
                {"90s", 90},
                {"15m", 900},
                {"3h", 10800},
                {"7d", 604800},
                {"0", 0},
                {"0d", 0},
                {"007s", 7},
                {"1d", 86400},
                {"36500d", DURATION_MAX_S},
                {"3153600000", DURATION_MAX_S}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t s = -1;
        ck_assert_msg(duration_parse(good[i].text, &s), "'%s' was refused", good[i].text);
        ck_assert_int_eq(s, good[i].seconds);
    }
}
END_TEST

START_TEST(no_durations)
{
    static const char *const bad[] = {
        "",    "s",  "m3",  "-1",    "+1",     "1 ",         " 1",
        "1.5", "1H", "1ms", "1h30m", "36501d", "3153600001", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t s = 42;
        ck_assert_msg(!duration_parse(bad[i], &s), "'%s' was taken", bad[i]);
        ck_assert_int_eq(s, 42);
    }
}
END_TEST

START_TEST(an_option_names_its_bounds)
{
    struct spn_error error = {0};
    int64_t s = 0;
    ck_assert_int_eq(option_duration("every", "2m", 1, 3600, &s, &error), SPN_OK);
    ck_assert_int_eq(s, 120);
    ck_assert_int_eq(option_duration("every", "0", 1, 3600, &s, &error), SPN_USAGE);
    ck_assert_str_eq(error.text, "--every '0' is too short: 1s at least");
    ck_assert_int_eq(option_duration("every", "2h", 1, 3600, &s, &error), SPN_USAGE);
    ck_assert_str_eq(error.text, "--every '2h' is too long: 1h at most");
    ck_assert_int_eq(option_duration("every", "91m", 1, 5400, &s, &error), SPN_USAGE);
    ck_assert_str_eq(error.text, "--every '91m' is too long: 90m at most");
    ck_assert_int_eq(option_duration("every", "soon", 0, 5400, &s, &error), SPN_USAGE);
    ck_assert_str_eq(error.text, "--every 'soon' is not a duration: 90 or 90s, 15m, 3h, 7d");
    ck_assert_int_eq(s, 120);
}
END_TEST

Suite *suite_duration(void);
Suite *suite_duration(void)
{
    Suite *suite = suite_create("durations");
    TCase *tc = tcase_create("text");
    tcase_add_test(tc, durations);
    tcase_add_test(tc, no_durations);
    tcase_add_test(tc, an_option_names_its_bounds);
    suite_add_tcase(suite, tc);
    return suite;
}
