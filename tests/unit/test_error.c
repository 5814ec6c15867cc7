#include <check.h>
#include <string.h>

#include "spnscan/error.h"

Suite *suite_error(void);

START_TEST(sets_code_native_and_text)
{
    struct spn_error e = {0};
    ck_assert_int_eq(
        spn_error_set(&e, SPN_CREDENTIALS, 49, "cannot bind to '%s': %s", "dc3", "ticket expired"),
        SPN_CREDENTIALS);
    ck_assert_int_eq(e.code, SPN_CREDENTIALS);
    ck_assert_int_eq(e.native, 49);
    ck_assert_str_eq(e.text, "cannot bind to 'dc3': ticket expired");
}
END_TEST

START_TEST(takes_null_error)
{
    ck_assert_int_eq(spn_error_set(NULL, SPN_USAGE, 0, "%d", 1), SPN_USAGE);
}
END_TEST

START_TEST(may_carry_its_own_text_on)
{
    struct spn_error e = {0};
    spn_error_set(&e, SPN_DIRECTORY, 8, "strong auth required");
    spn_error_set(&e, e.code, e.native, "dc1: %s", e.text);
    ck_assert_str_eq(e.text, "dc1: strong auth required");
}
END_TEST

START_TEST(replaces_what_harms_a_terminal)
{
    struct spn_error e = {0};
    spn_error_set(&e, SPN_DIRECTORY, 0, "a\x1b[2Jb\r\nc\x7f %s %s", "\xc2\x9b", "\xe2\x80\xae");
    ck_assert_str_eq(e.text, "a?[2Jb??c? ?? ???");
    spn_error_set(&e, SPN_DIRECTORY, 0, "b\xfcro, b\xc3\xbcro");
    ck_assert_str_eq(e.text, "b?ro, b\xc3\xbcro");
}
END_TEST

START_TEST(cuts_long_text_between_characters)
{
    struct spn_error e = {0};
    char longer[2000];
    for (size_t pad = 0; pad < 4; pad++) {
        memset(longer, 'x', sizeof longer);
        for (size_t i = pad; i + 3 < sizeof longer; i += 3)
            memcpy(longer + i, "\xe2\x82\xac", 3); /* euro sign */
        longer[sizeof longer - 1] = 0;
        spn_error_set(&e, SPN_DIRECTORY, 0, "%s", longer);
        size_t len = strlen(e.text);
        ck_assert_uint_lt(len, sizeof e.text);
        ck_assert_uint_ge(len, sizeof e.text - 4);
        ck_assert_ptr_null(strchr(e.text, '?'));
    }
}
END_TEST

START_TEST(names_every_code)
{
    for (int i = 0; i < SPN_CODE_COUNT; i++) {
        const char *name = spn_code_name((enum spn_code)i);
        ck_assert_str_ne(name, "unknown");
        ck_assert_uint_gt(strlen(name), 0);
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(name, spn_code_name((enum spn_code)j));
    }
    ck_assert_str_eq(spn_code_name(SPN_CREDENTIALS), "credentials");
    ck_assert_str_eq(spn_code_name(SPN_CODE_COUNT), "unknown");
    ck_assert_str_eq(spn_code_name((enum spn_code) - 1), "unknown");
}
END_TEST

Suite *suite_error(void)
{
    Suite *s = suite_create("error");
    TCase *tc = tcase_create("error");
    tcase_add_test(tc, sets_code_native_and_text);
    tcase_add_test(tc, takes_null_error);
    tcase_add_test(tc, may_carry_its_own_text_on);
    tcase_add_test(tc, replaces_what_harms_a_terminal);
    tcase_add_test(tc, cuts_long_text_between_characters);
    tcase_add_test(tc, names_every_code);
    suite_add_tcase(s, tc);
    return s;
}
