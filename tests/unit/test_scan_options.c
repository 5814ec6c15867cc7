#include <check.h>

#include "scanner/command/scan_options.h"

static void takes(const char *text, const char *name, const char *address, int ldap, int gc)
{
    struct given_dc dc;
    struct spn_error error = {0};
    ck_assert_msg(given_dc_parse(text, &dc, &error) == SPN_OK, "%s", error.text);
    ck_assert_str_eq(dc.name, name);
    ck_assert_str_eq(dc.address, address);
    ck_assert_int_eq(dc.ldap_port, ldap);
    ck_assert_int_eq(dc.gc_port, gc);
}

START_TEST(dc_forms)
{
    takes("dc1=10.1.2.3", "dc1", "10.1.2.3", 0, 0);
    takes("DC1.Corp.Example=10.1.2.3:1389", "dc1.corp.example", "10.1.2.3", 1389, 0);
    takes("dc1=10.1.2.3:1389:13268", "dc1", "10.1.2.3", 1389, 13268);
    takes("dc1=[fd00::1]", "dc1", "fd00::1", 0, 0);
    takes("dc1=[fd00::1]:389:3268", "dc1", "fd00::1", 389, 3268);
    takes("dc1=other.example:636", "dc1", "other.example", 636, 0);
}
END_TEST

START_TEST(dc_refusals)
{
    static const char *const bad[] = {"",
                                      "dc1",
                                      "dc1=",
                                      "=10.1.2.3",
                                      "dc1=10.1.2.3:",
                                      "dc1=10.1.2.3:0",
                                      "dc1=a:65536",
                                      "dc1=a:1:2:3",
                                      "dc1=[fd00::1",
                                      "dc1=[fd00::1]x",
                                      "dc1=a:389:",
                                      "dc1=a:38x",
                                      "dc1=:389",
                                      "dc1=fd00::1:2:3",
                                      "dc1=[]:389"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct given_dc dc;
        struct spn_error error = {0};
        ck_assert_msg(given_dc_parse(bad[i], &dc, &error) == SPN_USAGE, "'%s' was taken", bad[i]);
        ck_assert_ptr_nonnull(strstr(error.text, "--dc"));
    }
}
END_TEST

START_TEST(contradictions_are_refused)
{
    static const char *const sets[][8] = {{"server", "dc1", "keytab", "k", NULL},
                                          {"server", "dc1", "principal", "p", NULL},
                                          {"server", "dc1", "bind", "simple", NULL},
                                          {"server", "dc1", "password-file", "f", NULL},
                                          {"domain", "corp.example", "no-locate", "", NULL},
                                          {"site", "A", NULL}};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct scan_options o;
        struct spn_error error = {0};
        scan_options_init(&o, NULL);
        for (size_t j = 0; sets[i][j]; j += 2)
            ck_assert_int_eq(scan_options_set(&o, sets[i][j], sets[i][j + 1], &error), SPN_OK);
        ck_assert_int_eq(scan_options_check(&o, 0, NULL, &error), SPN_USAGE);
        scan_options_release(&o);
    }
}
END_TEST

START_TEST(numbers_have_bounds)
{
    static const char *const bad[] = {"0", "-1", "x", "", "3601", "1 ", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct scan_options o;
        struct spn_error error = {0};
        scan_options_init(&o, NULL);
        ck_assert_msg(scan_options_set(&o, "timeout", bad[i], &error) == SPN_USAGE, "'%s' was taken", bad[i]);
        scan_options_release(&o);
    }
}
END_TEST

Suite *suite_scan_options(void);
Suite *suite_scan_options(void)
{
    Suite *suite = suite_create("scan options");
    TCase *tc = tcase_create("values");
    tcase_add_test(tc, dc_forms);
    tcase_add_test(tc, dc_refusals);
    tcase_add_test(tc, contradictions_are_refused);
    tcase_add_test(tc, numbers_have_bounds);
    suite_add_tcase(suite, tc);
    return suite;
}
