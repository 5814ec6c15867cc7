/* What stands together in the index of names, and what is told apart there. */
#include <check.h>
#include <string.h>

#include "store/base/spn_key.h"

#define SEED 42

static struct spn_key key_of(const char *name)
{
    return spn_key((struct bytes){(const uint8_t *)name, strlen(name)}, SEED);
}

START_TEST(names_of_one_host_stand_together)
{
    static const char *const groups[][5] = {
        {"host/srv1", "http/srv1.a.example", "mssqlsvc/srv1.a.example:1433", "ldap/srv1.a.example/a.example",
         "gc/srv1:3268"},
        {"host/10.1.2.3", "http/10.1.2.3:80", "termsrv/10.1.2.3/x"},
        {"srv2", "srv2.a.example", "srv2:80"}, /* no class */
        {"host/", "/", "http/:80", "http/.a.example", ""},
        {"host/10", "cifs/10:445", "10"},
        {"host/10.1.2.4"},
        {"host/10a.1.2.4", "host/10a"},
    };
    enum { GROUPS = sizeof groups / sizeof groups[0] };
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t n = 0; n < 5 && groups[g][n]; n++) {
            for (size_t other = 0; other < GROUPS; other++)
                ck_assert_int_eq(key_of(groups[g][n]).host == key_of(groups[other][0]).host, g == other);
            for (size_t m = 0; m < n; m++)
                ck_assert_uint_ne(key_of(groups[g][n]).rest, key_of(groups[g][m]).rest);
        }
}
END_TEST

START_TEST(a_name_has_one_bit)
{
    uint32_t all = 0;
    for (unsigned i = 0; i < 1000; i++) {
        char name[20];
        snprintf(name, sizeof name, "http/web:%u", i);
        const uint32_t bit = spn_key_bit(key_of(name));
        ck_assert_uint_ne(bit, 0);
        ck_assert_uint_eq(bit & (bit - 1), 0);
        all |= bit;
    }
    ck_assert_uint_eq(all, UINT32_MAX);
}
END_TEST

/* They are kept in databases. */
START_TEST(keys_stay_what_they_are)
{
    ck_assert_uint_eq(key_of("http/web.corp.test").host, key_of("host/web").host);
    ck_assert_uint_eq(key_of("http/web.corp.test").host, UINT64_C(0xA22DA9D28DDC0F27));
    ck_assert_uint_eq(key_of("http/web.corp.test").rest, UINT64_C(0x35C91059C6E25FFF));
}
END_TEST

Suite *suite_spn_key(void);
Suite *suite_spn_key(void)
{
    Suite *suite = suite_create("spn_key");
    TCase *tc = tcase_create("keys");
    tcase_add_test(tc, names_of_one_host_stand_together);
    tcase_add_test(tc, a_name_has_one_bit);
    tcase_add_test(tc, keys_stay_what_they_are);
    suite_add_tcase(suite, tc);
    return suite;
}
