#include <check.h>
#include <stdbool.h>
#include <string.h>

#include "scanner/ldap/dns.h"

Suite *suite_dns(void);

/* What /etc/hosts of any machine says: no server is asked. */

START_TEST(addresses_backward)
{
    char name[DNS_NAME_SIZE] = "";
    struct spn_error error = {0};
    ck_assert_msg(dns_lookup_reverse("127.0.0.1", 5, NULL, name, &error) == SPN_OK, "%s", error.text);
    ck_assert_msg(strncmp(name, "localhost", 9) == 0, "'%s'", name);
}
END_TEST

START_TEST(what_is_no_address)
{
    static const char *const bad[] = {"", "localhost", "127.0.0", "127.0.0.1.5", "::g", "[::1]"};
    char name[DNS_NAME_SIZE] = "untouched";
    struct spn_error error = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(dns_lookup_reverse(bad[i], 5, NULL, name, &error) == SPN_CONFIG, "'%s'", bad[i]);
    ck_assert_str_eq(name, "untouched");
}
END_TEST

START_TEST(a_flag_that_is_set_ends_it)
{
    char name[DNS_NAME_SIZE] = "untouched";
    struct spn_error error = {0};
    const atomic_bool cancel = true;
    /* RFC 5737: an address of no host, so that DNS would have to be asked. */
    enum spn_code code = dns_lookup_reverse("192.0.2.1", 5, &cancel, name, &error);
    ck_assert_msg(code == SPN_CANCELLED || code == SPN_UNREACHABLE || code == SPN_CONFIG, "%d", code);
    ck_assert_str_eq(name, "untouched");
}
END_TEST

START_TEST(names_that_dns_makes)
{
    char name[DNS_NAME_SIZE] = "untouched";
    struct dns_addresses found = {0};
    struct spn_error error = {0};
    ck_assert_int_eq(dns_lookup_name("localhost", 5, NULL, &found, name, &error), SPN_OK);
    ck_assert_uint_gt(found.count, 0);
    ck_assert_str_eq(name, "");
    ck_assert_int_eq(dns_lookup_name("10.1.2.3", 5, NULL, &found, name, &error), SPN_OK);
    ck_assert_str_eq(found.text[0], "10.1.2.3");
    ck_assert_str_eq(name, "");
    ck_assert_int_eq(dns_lookup_name("nobody.invalid", 5, NULL, &found, name, &error), SPN_CONFIG);
    ck_assert_int_eq(dns_lookup_name("a b", 5, NULL, &found, name, &error), SPN_CONFIG);
}
END_TEST

Suite *suite_dns(void)
{
    Suite *s = suite_create("dns");
    TCase *tc = tcase_create("dns");
    tcase_add_test(tc, addresses_backward);
    tcase_add_test(tc, what_is_no_address);
    tcase_add_test(tc, a_flag_that_is_set_ends_it);
    tcase_add_test(tc, names_that_dns_makes);
    suite_add_tcase(s, tc);
    return s;
}
