#include <check.h>
#include <string.h>

#include "scanner/run/watch_target.h"

static struct domain_info domains[] = {{"DC=corp,DC=example", "corp.example", "CORP"},
                                       {"DC=eu,DC=corp,DC=example", "eu.corp.example", "EU"}};
static const struct forest_info forest = {.domains = domains, .domain_count = 2};

static void asks(const char *name, enum watch_kind kind, int domain, const char *clause)
{
    struct watch_target target = {0};
    struct spn_error error = {0};
    ck_assert_msg(watch_target_parse(name, &forest, &target, &error) == SPN_OK, "%s", error.text);
    ck_assert_int_eq(target.kind, kind);
    ck_assert_int_eq(target.domain, domain);
    ck_assert_str_eq(target.clause.data, clause);
    watch_target_release(&target);
}

START_TEST(forms_of_names)
{
    asks("HTTP/web", WATCH_SPN, -1, "(servicePrincipalName=HTTP\\2fweb)");
    asks("svc", WATCH_ACCOUNT, -1, "(sAMAccountName=svc)(sAMAccountName=svc\\24)(userPrincipalName=svc)");
    asks("ws1$", WATCH_ACCOUNT, -1, "(sAMAccountName=ws1\\24)(userPrincipalName=ws1\\24)");
    asks("eu\\svc", WATCH_ACCOUNT, 1, "(sAMAccountName=svc)(sAMAccountName=svc\\24)");
    asks("corp.example\\svc", WATCH_ACCOUNT, 0, "(sAMAccountName=svc)(sAMAccountName=svc\\24)");
    asks("CN=a/b,OU=x,DC=EU,DC=corp,DC=example", WATCH_ACCOUNT, 1,
         "(distinguishedName=CN\\3da\\2fb\\2cOU\\3dx\\2cDC\\3dEU\\2cDC\\3dcorp\\2cDC\\3dexample)");
    asks("00010203-0405-0607-0809-0a0B0c0d0e0f", WATCH_ACCOUNT, -1,
         "(objectGUID=\\03\\02\\01\\00\\05\\04\\07\\06\\08\\09\\0a\\0b\\0c\\0d\\0e\\0f)");
    asks("http/a=b", WATCH_SPN, -1, "(servicePrincipalName=http\\2fa\\3db)");
    asks("*)(cn=*", WATCH_ACCOUNT, -1,
         "(sAMAccountName=\\2a\\29\\28cn\\3d\\2a)(sAMAccountName=\\2a\\29\\28cn\\3d\\2a\\24)"
         "(userPrincipalName=\\2a\\29\\28cn\\3d\\2a)");
}
END_TEST

START_TEST(refusals)
{
    struct watch_target target = {0};
    struct spn_error error = {0};
    ck_assert_int_eq(watch_target_parse("", &forest, &target, &error), SPN_USAGE);
    ck_assert_int_eq(watch_target_parse("NOWHERE\\svc", &forest, &target, &error), SPN_CONFIG);
    ck_assert_str_eq(error.text, "'NOWHERE\\svc': this forest has no domain 'NOWHERE'");
}
END_TEST

START_TEST(known_accounts_are_asked_for_too)
{
    const struct guid known[] = {{{1}}, {{2}}};
    struct watch_target target = {0};
    struct spn_error error = {0};
    struct text_buf filter = {0};
    ck_assert_int_eq(watch_target_parse("a/b", &forest, &target, &error), SPN_OK);
    watch_target_filter(&target, known, 0, &filter);
    ck_assert_str_eq(filter.data, "(|(servicePrincipalName=a\\2fb))");
    text_clear(&filter);
    watch_target_filter(&target, known, 2, &filter);
    ck_assert_str_eq(filter.data,
                     "(|(servicePrincipalName=a\\2fb)"
                     "(objectGUID=\\01\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00)"
                     "(objectGUID=\\02\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00))");
    text_release(&filter);
    watch_target_release(&target);
}
END_TEST

START_TEST(guids)
{
    static const char *const bad[] = {"",
                                      "00010203-0405-0607-0809-0a0b0c0d0e0",
                                      "00010203-0405-0607-0809-0a0b0c0d0e0f0",
                                      "00010203-0405-0607-0809+0a0b0c0d0e0f",
                                      "0001020x-0405-0607-0809-0a0b0c0d0e0f",
                                      "000102030405-0607-0809-0a0b-0c0d0e0f"};
    char text[GUID_TEXT_SIZE];
    struct guid guid;
    ck_assert(guid_parse("00010203-0405-0607-0809-0a0B0c0d0e0f", &guid));
    ck_assert_str_eq(guid_format(&guid, text), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!guid_parse(bad[i], &guid), "'%s' was taken", bad[i]);
}
END_TEST

Suite *suite_watch_target(void);
Suite *suite_watch_target(void)
{
    Suite *suite = suite_create("watch: names");
    TCase *tc = tcase_create("target");
    tcase_add_test(tc, forms_of_names);
    tcase_add_test(tc, refusals);
    tcase_add_test(tc, known_accounts_are_asked_for_too);
    tcase_add_test(tc, guids);
    suite_add_tcase(suite, tc);
    return suite;
}
