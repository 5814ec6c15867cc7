#include <check.h>
#include <ctype.h>

#include "spnscan/records.h"

Suite *suite_records(void);

static void check_name(const char *name)
{
    ck_assert_str_ne(name, "unknown");
    ck_assert_uint_gt(strlen(name), 0);
    for (const char *p = name; *p; p++)
        ck_assert_msg(islower((unsigned char)*p) || *p == '-', "%s", name);
}

START_TEST(names_every_state_once)
{
    for (int i = 0; i < DC_STATUS_COUNT; i++) {
        check_name(dc_status_name((enum dc_status)i));
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(dc_status_name((enum dc_status)i), dc_status_name((enum dc_status)j));
    }
    for (int i = 0; i < PHASE_COUNT; i++) {
        check_name(dc_phase_name((enum dc_phase)i));
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(dc_phase_name((enum dc_phase)i), dc_phase_name((enum dc_phase)j));
    }
    for (int i = 0; i < FACET_COUNT; i++)
        check_name(facet_name((enum facet)i));
}
END_TEST

/* They stand in databases and reports. */
START_TEST(keeps_the_published_names)
{
    ck_assert_str_eq(dc_status_name(DC_OK), "ok");
    ck_assert_str_eq(dc_status_name(DC_TLS_FAILED), "tls-failed");
    ck_assert_str_eq(dc_status_name(DC_WRONG_DC), "wrong-dc");
    ck_assert_str_eq(dc_status_name(DC_CUT_OFF), "cut-off");
    ck_assert_str_eq(dc_phase_name(PHASE_GC_READ), "gc-read");
    ck_assert_str_eq(dc_phase_name(PHASE_DONE), "done");
    ck_assert_str_eq(facet_name(FACET_SPN), "spn");
    ck_assert_str_eq(facet_name(FACET_ACCOUNT), "account");
    ck_assert_str_eq(facet_name(FACET_DELEGATION), "delegation");
}
END_TEST

START_TEST(says_unknown_outside)
{
    ck_assert_str_eq(dc_status_name(DC_STATUS_COUNT), "unknown");
    ck_assert_str_eq(dc_phase_name((enum dc_phase) - 1), "unknown");
    ck_assert_str_eq(facet_name(FACET_COUNT), "unknown");
}
END_TEST

Suite *suite_records(void)
{
    Suite *s = suite_create("records");
    TCase *tc = tcase_create("names");
    tcase_add_test(tc, names_every_state_once);
    tcase_add_test(tc, keeps_the_published_names);
    tcase_add_test(tc, says_unknown_outside);
    suite_add_tcase(s, tc);
    return s;
}
