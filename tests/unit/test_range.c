#include <check.h>

#include "scanner/decode/range.h"
#include "tests/unit/make_entry.h"

Suite *suite_range(void);

START_TEST(reads_a_middle_part)
{
    struct attr_range r;
    ck_assert(attr_range_parse(B("servicePrincipalName;range=0-1499"), &r));
    ck_assert_uint_eq(r.name.len, 20);
    ck_assert_mem_eq(r.name.data, "servicePrincipalName", 20);
    ck_assert_uint_eq(r.first, 0);
    ck_assert_uint_eq(r.last, 1499);
    ck_assert(!r.final);
}
END_TEST

START_TEST(reads_the_last_part)
{
    struct attr_range r;
    ck_assert(attr_range_parse(B("member;Range=1500-*"), &r));
    ck_assert_uint_eq(r.name.len, 6);
    ck_assert_uint_eq(r.first, 1500);
    ck_assert(r.final);
}
END_TEST

START_TEST(keeps_other_options)
{
    struct attr_range r;
    ck_assert(attr_range_parse(B("x;binary;range=4294967295-4294967295"), &r));
    ck_assert_uint_eq(r.name.len, 8);
    ck_assert_mem_eq(r.name.data, "x;binary", 8);
    ck_assert_uint_eq(r.first, UINT32_MAX);
    ck_assert_uint_eq(r.last, UINT32_MAX);
    ck_assert(!r.final);
}
END_TEST

START_TEST(refuses_the_malformed)
{
    static const char *const bad[] = {"",
                                      "servicePrincipalName",
                                      ";range=0-1",
                                      "range=0-1",
                                      "x;range",
                                      "x;range=",
                                      "x;range=0",
                                      "x;range=0-",
                                      "x;range=-1",
                                      "x;range=*-*",
                                      "x;range=0-1499 ",
                                      "x;range=0-*1",
                                      "x;range=0-**",
                                      "x;range= 0-1",
                                      "x;range=5-4",
                                      "x;range=0-4294967296",
                                      "x;range=99999999999-*",
                                      "x;range=0-1;binary",
                                      "x;ranges=0-1",
                                      "x;orange=0-1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct attr_range r = {.first = 77};
        ck_assert_msg(!attr_range_parse(bytes_of(bad[i]), &r), "'%s'", bad[i]);
        ck_assert_uint_eq(r.first, 77);
    }
    struct attr_range r;
    ck_assert(!attr_range_parse((struct bytes){NULL, 0}, &r));
}
END_TEST

START_TEST(never_reads_past_the_end)
{
    struct bytes whole = B("x;range=10-19");
    struct attr_range r;
    for (size_t len = 0; len < whole.len; len++) {
        bool ok = attr_range_parse((struct bytes){whole.data, len}, &r);
        ck_assert_int_eq(ok, false); /* "10-1" is a range backwards */
    }
    ck_assert(attr_range_parse(whole, &r));
}
END_TEST

Suite *suite_range(void)
{
    Suite *s = suite_create("range");
    TCase *tc = tcase_create("range");
    tcase_add_test(tc, reads_a_middle_part);
    tcase_add_test(tc, reads_the_last_part);
    tcase_add_test(tc, keeps_other_options);
    tcase_add_test(tc, refuses_the_malformed);
    tcase_add_test(tc, never_reads_past_the_end);
    suite_add_tcase(s, tc);
    return s;
}
