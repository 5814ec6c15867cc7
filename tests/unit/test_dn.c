#include <check.h>

#include "scanner/decode/dn.h"
#include "tests/unit/make_entry.h"

Suite *suite_dn(void);

static void check_bytes(struct bytes got, const char *want)
{
    ck_assert_msg(got.len == strlen(want) && (got.len == 0 || memcmp(got.data, want, got.len) == 0),
                  "'%.*s' is not '%s'", (int)got.len, got.data ? (const char *)got.data : "", want);
}

START_TEST(climbs_to_the_root)
{
    struct bytes dn = B("CN=DC3,CN=Servers,DC=corp");
    check_bytes(dn = dn_parent(dn), "CN=Servers,DC=corp");
    check_bytes(dn = dn_parent(dn), "DC=corp");
    dn = dn_parent(dn);
    ck_assert_ptr_null(dn.data);
    ck_assert_uint_eq(dn.len, 0);
    ck_assert_ptr_null(dn_parent(dn).data);
    ck_assert_ptr_null(dn_parent(B("CN=x,")).data);
}
END_TEST

START_TEST(honours_escapes)
{
    check_bytes(dn_parent(B("CN=a\\,b,DC=x")), "DC=x");
    check_bytes(dn_parent(B("CN=a\\\\,DC=x")), "DC=x");
    check_bytes(dn_parent(B("CN=a\\2c\\5c,DC=x")), "DC=x");
    check_bytes(dn_parent(B("CN=a\\0ACNF:1234,DC=x")), "DC=x");
    ck_assert_ptr_null(dn_parent(B("CN=a\\,DC=x")).data);
    ck_assert_ptr_null(dn_parent(B("CN=a\\")).data);
    check_bytes(dn_rdn_value(B("CN=a\\,b,DC=x")), "a\\,b");
}
END_TEST

START_TEST(takes_the_first_value)
{
    check_bytes(dn_rdn_value(B("CN=DC3,CN=Servers")), "DC3");
    check_bytes(dn_rdn_value(B("CN=a=b,DC=x")), "a=b");
    check_bytes(dn_rdn_value(B("CN=a+OU=b,DC=x")), "a");
    check_bytes(dn_rdn_value(B("CN=")), "");
    ck_assert_ptr_null(dn_rdn_value(B("nonsense,DC=x")).data);
    ck_assert_ptr_null(dn_rdn_value((struct bytes){NULL, 0}).data);
}
END_TEST

START_TEST(tells_what_lies_under)
{
    struct bytes base = B("DC=corp,DC=test");
    ck_assert(dn_is_under(B("dc=CORP,dc=test"), base));
    ck_assert(dn_is_under(B("CN=x,DC=Corp,DC=test"), base));
    ck_assert(dn_is_under(B("CN=x\\\\,DC=corp,DC=test"), base));
    ck_assert(!dn_is_under(B("CN=x\\,DC=corp,DC=test"), base));
    ck_assert(!dn_is_under(B("CN=x\\\\\\,DC=corp,DC=test"), base));
    ck_assert(!dn_is_under(B("XDC=corp,DC=test"), base));
    ck_assert(
        dn_is_under(B(",DC=corp,DC=test"), base)); /* an empty RDN is malformed, and no escape from here */
    ck_assert(!dn_is_under(B("DC=test"), base));
    ck_assert(!dn_is_under(B("CN=x,DC=corp,DC=test2"), base));
    ck_assert(!dn_is_under((struct bytes){NULL, 0}, base));
    ck_assert(dn_is_under(B("DC=x"), (struct bytes){NULL, 0}));
}
END_TEST

START_TEST(agrees_with_the_climb)
{
    struct bytes dn = B("CN=a\\,b,OU=c\\\\,OU=d\\2c,DC=corp,DC=test");
    for (size_t from = 0; from < dn.len; from++) {
        struct bytes tail = {dn.data + from, dn.len - from};
        bool is_ancestor = false;
        for (struct bytes up = dn; up.len > 0; up = dn_parent(up))
            is_ancestor |= up.data == tail.data;
        ck_assert_msg(dn_is_under(dn, tail) == is_ancestor, "at %zu", from);
    }
}
END_TEST

START_TEST(makes_dns_names)
{
    char text[32];
    ck_assert(dn_to_dns(B("DC=Corp,dc=Example"), text, sizeof text));
    ck_assert_str_eq(text, "corp.example");
    ck_assert(dn_to_dns(B("DC=x"), text, sizeof text));
    ck_assert_str_eq(text, "x");
    ck_assert(dn_to_dns(B("DC=b\xc3\xbcro,DC=a-_1"), text, sizeof text));
    ck_assert_str_eq(text, "b\xc3\xbcro.a-_1");
}
END_TEST

START_TEST(refuses_other_dns)
{
    static const char *const bad[] = {
        "",      "CN=x,DC=corp", "DC=corp,CN=x", "DC=",    "DC=a,",     "DC=a,,DC=b",
        ",DC=a", "DC=a.b",       "DC=a\\,b",     "DC=a b", "DC=a\x1b",  "DC=a\xff",
        "DC= a", "DCX=a",        "DC=a,DC=",     "DC",     "DC=a+DC=b", "DC=\xe2\x80\xae"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[32] = "old";
        ck_assert_msg(!dn_to_dns(bytes_of(bad[i]), text, sizeof text), "'%s'", bad[i]);
        ck_assert_str_eq(text, "");
    }
}
END_TEST

START_TEST(dns_name_must_fit)
{
    struct bytes dn = B("DC=corp,DC=example");
    for (size_t size = 0; size <= 13; size++) {
        char text[16];
        memset(text, '#', sizeof text);
        ck_assert_int_eq(dn_to_dns(dn, text, size), size == 13); /* "corp.example" and its NUL */
        ck_assert_int_eq(text[size], '#');
    }
}
END_TEST

Suite *suite_dn(void)
{
    Suite *s = suite_create("dn");
    TCase *tc = tcase_create("dn");
    tcase_add_test(tc, climbs_to_the_root);
    tcase_add_test(tc, honours_escapes);
    tcase_add_test(tc, takes_the_first_value);
    tcase_add_test(tc, tells_what_lies_under);
    tcase_add_test(tc, agrees_with_the_climb);
    tcase_add_test(tc, makes_dns_names);
    tcase_add_test(tc, refuses_other_dns);
    tcase_add_test(tc, dns_name_must_fit);
    suite_add_tcase(s, tc);
    return s;
}
