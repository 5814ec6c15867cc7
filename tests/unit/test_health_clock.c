/* Whose clock is off. */
#include "tests/unit/health_case.h"

/* ---- clock-skew ---- */

START_TEST(a_dc_off_the_forests_time_is_told)
{
    w.results[3].skew_us = 301 * 1000000;
    ck_one("dc4 clock-skew critical: its clock is 301 s ahead of the forest's (the median of 5 DCs)",
           "300 s");
    w.results[3].skew_us = -300 * 1000000;
    ck_one("dc4 clock-skew warning: its clock is 300 s behind", "");
    w.results[3].skew_us = 120 * 1000000;
    ck_none();
}
END_TEST

START_TEST(the_scanners_own_clock_is_told_once)
{
    for (size_t i = 0; i < DCS; i++)
        w.results[i].skew_us = 400 * 1000000;
    ck_one("forest clock-skew critical: the clock of the machine that scans is 400 s behind the forest's",
           "");
    w.results[2].skew_us = 0; /* it agrees with the scanner, and is as wrong */
    const char *said = judged();
    ck_assert_ptr_nonnull(strstr(said, "forest clock-skew critical"));
    ck_assert_ptr_nonnull(strstr(said, "dc3 clock-skew critical: its clock is 400 s behind"));
}
END_TEST

static void leave(size_t count)
{
    for (size_t i = count; i < DCS; i++) {
        w.results[i] = (struct dc_result){.status = DC_EXCLUDED};
        w.infos[i].excluded = true;
    }
}

START_TEST(of_two_dcs_the_scanners_clock_decides)
{
    leave(2);
    w.results[1].skew_us = 400 * 1000000;
    ck_one("dc2 clock-skew critical: its clock is 400 s ahead of the forest's", "");
    w.results[0].skew_us = 400 * 1000000;
    ck_one("forest clock-skew critical", "the median of 2 DCs");
}
END_TEST

START_TEST(one_dc_against_the_scanner_is_told_of_the_forest)
{
    leave(1);
    w.results[0].skew_us = -200 * 1000000;
    ck_one("forest clock-skew warning: the clock of the machine that scans is 200 s ahead of the forest's (1 "
           "DC)",
           "");
}
END_TEST

START_TEST(a_dc_that_is_not_complete_is_judged_and_has_no_vote)
{
    leave(4);
    w.results[1].skew_us = w.results[2].skew_us = 200 * 1000000;
    w.results[3].complete = false;
    w.results[3].phase = PHASE_LDAP_READ;
    const char *said = judged();
    ck_assert_ptr_nonnull(strstr(said, "forest clock-skew warning"));
    ck_assert_ptr_nonnull(
        strstr(said, "dc4 clock-skew warning: its clock is 200 s behind the forest's (the median of 3"));
}
END_TEST

START_TEST(a_dc_without_a_time_is_not_judged)
{
    w.results[3].skew_us = 900 * 1000000;
    w.results[3].has_skew = false;
    ck_none();
}
END_TEST

Suite *suite_health_clock(void);
Suite *suite_health_clock(void)
{
    Suite *suite = suite_create("health_clock");
    TCase *tc = tcase_create("health_clock");
    tcase_add_checked_fixture(tc, make_world, free_world);
    tcase_add_test(tc, a_dc_off_the_forests_time_is_told);
    tcase_add_test(tc, the_scanners_own_clock_is_told_once);
    tcase_add_test(tc, of_two_dcs_the_scanners_clock_decides);
    tcase_add_test(tc, one_dc_against_the_scanner_is_told_of_the_forest);
    tcase_add_test(tc, a_dc_that_is_not_complete_is_judged_and_has_no_vote);
    tcase_add_test(tc, a_dc_without_a_time_is_not_judged);
    suite_add_tcase(suite, tc);
    return suite;
}
