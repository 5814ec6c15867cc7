#include <check.h>
#include <string.h>

#include "scanner/command/plan_fix.h"
#include "scanner/command/plan_keep.h"

Suite *suite_plan_fix(void);

static void setspn_is(char letter, const char *spn, const char *account, const char *want)
{
    struct text_buf line = {0};
    text_append_str(&line, "");
    ck_assert_int_eq(fix_setspn(&line, letter, spn, account), want != NULL);
    ck_assert_str_eq(line.data, want ? want : "");
    text_release(&line);
}

START_TEST(writes_setspn)
{
    setspn_is('S', "HTTP/crm:8080", "CORP\\svc-crm", "setspn -S HTTP/crm:8080 CORP\\svc-crm");
    setspn_is('D', "HTTP/crm", "CORP\\WEB$", "setspn -D HTTP/crm CORP\\WEB$");
    setspn_is('S', "Hyper V/a", "CORP\\svc crm", "setspn -S \"Hyper V/a\" \"CORP\\svc crm\"");
    setspn_is('S', "HTTP/b\xC3\xBCro", "\xD0\xB8\xE4\xB8\xAD",
              "setspn -S HTTP/b\xC3\xBCro \xD0\xB8\xE4\xB8\xAD");
}
END_TEST

START_TEST(makes_no_line_that_a_shell_could_read_otherwise)
{
    static const char *const names[] = {
        "a&calc",
        "a|b",
        "a%PATH%",
        "a^b",
        "a\"b",
        "a'b",
        "a`b",
        "$x",
        "a$b",
        "a$(calc)",
        "a;b",
        "a,b",
        "(a)",
        "a>b",
        "-a",
        "/a",
        "@a",
        "#a",
        "",
        "a\\",
        "a\xE2\x80\x9D"
        "b",
        "a\xEF\xBC\x82"
        "b",
        "a\xCA\xBA"
        "b",
        "a\tb",
        "{a}",
        "a!b",
        "a*",
        "a\xC2\xA0"
        "b",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        setspn_is('S', "HTTP/x", names[i], NULL);
        setspn_is('D', names[i], "CORP\\x", NULL);
    }
}
END_TEST

START_TEST(quotes_for_powershell)
{
    struct text_buf line = {0};
    fix_delegate(&line, "CN=O'Neill,DC=b", "b",
                 "a/$(c)\xE2\x80\x99"
                 "d");
    ck_assert_str_eq(line.data, "Set-ADObject -Identity 'CN=O''Neill,DC=b' -Server 'b' -Add "
                                "@{'msDS-AllowedToDelegateTo'='a/$(c)\xE2\x80\x99\xE2\x80\x99"
                                "d'}");
    text_release(&line);
}
END_TEST

START_TEST(tells_each_line_once)
{
    struct fix_list list = {0};
    fix_list_unique(&list);
    fix_list_add(&list, "c");
    fix_list_add(&list, "a");
    fix_list_add(&list, "c");
    fix_list_add(&list, "b");
    fix_list_unique(&list);
    ck_assert_uint_eq(list.count, 3);
    ck_assert_str_eq(list.lines[0].text, "c");
    ck_assert_str_eq(list.lines[1].text, "a");
    ck_assert_str_eq(list.lines[2].text, "b");
    fix_list_release(&list);
}
END_TEST

static bool keeps(const char *sam, int64_t uac, const char *dns_host, const char *spn)
{
    struct keeper k = {0};
    keeper_set(&k, sam, uac, dns_host, "corp.example");
    bool kept = keeper_keeps(&k, spn);
    keeper_release(&k);
    return kept;
}

START_TEST(knows_what_windows_keeps)
{
    ck_assert(keeps("WS1$", 0x1000, "", "HOST/ws1"));
    ck_assert(keeps("WS1$", 0x1000, "", "host/WS1.corp.example"));
    ck_assert(keeps("WS1$", 0x1000, "ws1.other.example", "TERMSRV/ws1.other.example"));
    ck_assert(keeps("WS1$", 0x1000, "", "Dfsr-12F9A27C-BF97-4787-9364-D31B6C55EB04/ws1.corp.example"));
    ck_assert(keeps("DC1$", 0x82000, "", "ldap/dc1.corp.example"));
    ck_assert(keeps("DC1$", 0x82000, "", "GC/dc1.corp.example/corp.example"));
    ck_assert(keeps("DC1$", 0x82000, "", "ldap/01234567-89ab-cdef-0123-456789abcdef._msdcs.corp.example"));
    ck_assert(keeps("x", 0x200, "", "E3514235-4B06-11D1-AB04-00C04FC2DCD2/a/b"));
}
END_TEST

START_TEST(leaves_what_somebody_meant)
{
    ck_assert(!keeps("WS1$", 0x1000, "", "HTTP/ws1"));
    ck_assert(!keeps("WS1$", 0x1000, "", "HOST/alias"));
    ck_assert(!keeps("WS1$", 0x1000, "", "HOST/ws10"));
    ck_assert(!keeps("WS1$", 0x1000, "", "Dfsr-/ws1"));
    ck_assert(!keeps("WS1$", 0x1000, "", "ldap/ws1"));
    ck_assert(!keeps("DC1$", 0x82000, "", "HTTP/dc1"));
    ck_assert(!keeps("DC1$", 0x82000, "", "ldap/alias.corp.example/corp.example"));
    ck_assert(!keeps("svc", 0x200, "", "HOST/svc"));
    ck_assert(!keeps("$", 0x200, "", "HOST/"));
    ck_assert(!keeps("svc", 0x200, "", "nothing"));
}
END_TEST

Suite *suite_plan_fix(void)
{
    Suite *s = suite_create("plan_fix");
    TCase *tc = tcase_create("plan_fix");
    tcase_add_test(tc, writes_setspn);
    tcase_add_test(tc, makes_no_line_that_a_shell_could_read_otherwise);
    tcase_add_test(tc, quotes_for_powershell);
    tcase_add_test(tc, tells_each_line_once);
    tcase_add_test(tc, knows_what_windows_keeps);
    tcase_add_test(tc, leaves_what_somebody_meant);
    suite_add_tcase(s, tc);
    return s;
}
