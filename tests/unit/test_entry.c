#include <check.h>

#include "scanner/decode/entry.h"
#include "tests/unit/make_entry.h"

Suite *suite_entry(void);

START_TEST(finds_names_without_case)
{
    ENTRY(e, "CN=x", ATTR("cn", B("x")), ATTR("sAMAccountName", B("X$"), B("second")));
    const struct attr *a = entry_attr(&e, "SAMACCOUNTNAME");
    ck_assert_ptr_eq(a, &e.attrs[1]);
    ck_assert_mem_eq(entry_value(&e, "samAccountName").data, "X$", 2);
    ck_assert_ptr_null(entry_attr(&e, "sAMAccountNam"));
    ck_assert_ptr_null(entry_attr(&e, "sAMAccountNameX"));
    ck_assert_ptr_null(entry_value(&e, "mail").data);
    ck_assert_uint_eq(entry_value(&e, "mail").len, 0);
}
END_TEST

START_TEST(an_option_makes_another_name)
{
    ENTRY(e, "CN=x", ATTR("servicePrincipalName;range=0-1", B("a"), B("b")));
    ck_assert_ptr_null(entry_attr(&e, "servicePrincipalName"));
}
END_TEST

/* As a DC sends it: the plain name empty, the values under the ranged one, which the reader then renames. */
START_TEST(values_win_over_an_empty_twin)
{
    struct bytes v = B("HTTP/a");
    const struct attr attrs[] = {
        {.name = B("cn")}, {.name = B("cn"), .values = &v, .count = 1}, {.name = B("sn")}};
    const struct entry e = {.dn = B("CN=x"), .attrs = attrs, .attr_count = 3};
    ck_assert_ptr_eq(entry_attr(&e, "cn"), &attrs[1]);
    ck_assert_ptr_eq(entry_attr(&e, "sn"), &attrs[2]);
    ck_assert_ptr_null(entry_value(&e, "sn").data);
}
END_TEST

static bool int_of(struct bytes v, int64_t *n)
{
    const struct attr attrs[] = {{.name = B("n"), .values = &v, .count = 1}};
    return entry_int(&(struct entry){.attrs = attrs, .attr_count = 1}, "n", n);
}

static bool uint_of(struct bytes v, uint64_t *n)
{
    const struct attr attrs[] = {{.name = B("n"), .values = &v, .count = 1}};
    return entry_uint(&(struct entry){.attrs = attrs, .attr_count = 1}, "n", n);
}

START_TEST(reads_numbers)
{
    int64_t n = 0;
    uint64_t u = 0;
    ck_assert(int_of(B("0"), &n) && n == 0);
    ck_assert(int_of(B("-1"), &n) && n == -1);
    ck_assert(int_of(B("-2147483648"), &n) && n == INT32_MIN);
    ck_assert(int_of(B("9223372036854775807"), &n) && n == INT64_MAX);
    ck_assert(int_of(B("-9223372036854775808"), &n) && n == INT64_MIN);
    ck_assert(uint_of(B("18446744073709551615"), &u) && u == UINT64_MAX);
    ck_assert(uint_of(B("10"), &u) && u == 10);
}
END_TEST

START_TEST(refuses_what_is_no_number)
{
    static const char *const bad[] = {"",
                                      " 1",
                                      "1 ",
                                      "+1",
                                      "01",
                                      "-0",
                                      "-",
                                      "--1",
                                      "1.0",
                                      "0x1",
                                      "1e3",
                                      "-01",
                                      "9223372036854775808",
                                      "-9223372036854775809"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t n = 77;
        ck_assert_msg(!int_of(bytes_of(bad[i]), &n), "'%s'", bad[i]);
        ck_assert_int_eq(n, 77);
    }
    uint64_t u = 77;
    ck_assert(!uint_of(B("-1"), &u));
    ck_assert(!uint_of(B("18446744073709551616"), &u));
    ck_assert(!uint_of(B("99999999999999999999999999"), &u));
    ck_assert(!uint_of(B("1\0"), &u));
    ck_assert_uint_eq(u, 77);
}
END_TEST

START_TEST(reads_booleans)
{
    ENTRY(e, "", ATTR("yes", B("TRUE")), ATTR("no", B("FALSE")), ATTR("odd", B("true ")),
          ATTR("none", B("")));
    bool b = false;
    ck_assert(entry_bool(&e, "yes", &b) && b);
    ck_assert(entry_bool(&e, "no", &b) && !b);
    b = true;
    ck_assert(!entry_bool(&e, "odd", &b));
    ck_assert(!entry_bool(&e, "none", &b));
    ck_assert(!entry_bool(&e, "absent", &b));
    ck_assert(b);
}
END_TEST

START_TEST(reads_guids_of_sixteen_bytes_only)
{
    ENTRY(e, "", ATTR("g", B("0123456789abcdef")), ATTR("short", B("0123456789abcde")),
          ATTR("long", B("0123456789abcdefg")));
    struct guid g = {{0}};
    ck_assert(!entry_guid(&e, "short", &g));
    ck_assert(!entry_guid(&e, "long", &g));
    ck_assert(!entry_guid(&e, "absent", &g));
    ck_assert(guid_is_zero(&g));
    ck_assert(entry_guid(&e, "g", &g));
    ck_assert_mem_eq(g.b, "0123456789abcdef", 16);
}
END_TEST

START_TEST(copies_clean_text)
{
    ENTRY(e, "", ATTR("t", B("a\x1b\x62")), ATTR("u", B("x\xc3\xbcy")), ATTR("z", B("")));
    char text[8];
    ck_assert(entry_text(&e, "t", text, sizeof text));
    ck_assert_str_eq(text, "a\\1bb");
    ck_assert(entry_text(&e, "z", text, sizeof text));
    ck_assert_str_eq(text, "");
    ck_assert(!entry_text(&e, "absent", text, sizeof text));
}
END_TEST

START_TEST(cuts_text_between_characters)
{
    ENTRY(e, "", ATTR("u", B("x\xe2\x82\xacy")));
    static const char *const want[] = {
        "", "", "x", "x", "x", "x\xe2\x82\xac", "x\xe2\x82\xacy", "x\xe2\x82\xacy"};
    for (size_t size = 1; size < 8; size++) {
        char text[8];
        memset(text, '#', sizeof text);
        ck_assert(entry_text(&e, "u", text, size));
        ck_assert_str_eq(text, want[size]);
    }
    ck_assert(entry_text(&e, "u", NULL, 0));
}
END_TEST

START_TEST(compares_without_case)
{
    ck_assert(bytes_equal_nocase(B("DC=Corp"), "dc=cORP"));
    ck_assert(!bytes_equal_nocase(B("DC=Corp"), "dc=corp2"));
    ck_assert(!bytes_equal_nocase(B("a\0b"), "a"));
    ck_assert(bytes_equal_nocase((struct bytes){NULL, 0}, ""));
    ck_assert(!bytes_equal_nocase(B("@["), "`{")); /* neighbours of the letters */
    ck_assert(!bytes_equal_nocase(B("\xc3\x84"), "\xc3\xa4"));
}
END_TEST

Suite *suite_entry(void)
{
    Suite *s = suite_create("entry");
    TCase *tc = tcase_create("entry");
    tcase_add_test(tc, finds_names_without_case);
    tcase_add_test(tc, an_option_makes_another_name);
    tcase_add_test(tc, values_win_over_an_empty_twin);
    tcase_add_test(tc, reads_numbers);
    tcase_add_test(tc, refuses_what_is_no_number);
    tcase_add_test(tc, reads_booleans);
    tcase_add_test(tc, reads_guids_of_sixteen_bytes_only);
    tcase_add_test(tc, copies_clean_text);
    tcase_add_test(tc, cuts_text_between_characters);
    tcase_add_test(tc, compares_without_case);
    suite_add_tcase(s, tc);
    return s;
}
