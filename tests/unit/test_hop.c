#include <check.h>
#include <string.h>

#include "scanner/run/hop_spn.h"
#include "tests/unit/hop_case.h"

/* ---- names ---- */

START_TEST(takes_spns_apart)
{
    static const struct {
        const char *text, *class_name, *host, *port, *service;
    } good[] = {{"HTTP/web", "http", "web", "", ""},
                {"MSSQLSvc/Db.corp:1433", "mssqlsvc", "db.corp", "1433", ""},
                {"MSSQLSvc/db:SQLEXPRESS", "mssqlsvc", "db", "sqlexpress", ""},
                {"GC/dc1.corp/corp", "gc", "dc1.corp", "", "corp"},
                {"ldap/dc1:389/corp", "ldap", "dc1", "389", "corp"}};
    static const char *const bad[] = {"", "web", "/web", "HTTP/", "HTTP/:80", "HTTP/web:", "HTTP/web/"};
    struct hop_spn spn;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(hop_spn_parse(good[i].text, &spn), "%s", good[i].text);
        ck_assert_str_eq(spn.text, good[i].text);
        ck_assert_str_eq(spn.class_name, good[i].class_name);
        ck_assert_str_eq(spn.host, good[i].host);
        ck_assert_str_eq(spn.port, good[i].port);
        ck_assert_str_eq(spn.service, good[i].service);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!hop_spn_parse(bad[i], &spn), "'%s'", bad[i]);
    char longest[2048];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    longest[4] = '/';
    ck_assert(!hop_spn_parse(longest, &spn));
}
END_TEST

START_TEST(tells_spns_from_accounts)
{
    ck_assert(hop_is_spn("HTTP/web"));
    ck_assert(hop_is_spn("HTTP/a=b"));
    ck_assert(!hop_is_spn("svc-crm"));
    ck_assert(!hop_is_spn("CN=a/b,DC=corp,DC=example"));
    ck_assert(!hop_is_spn("CORP\\a/b"));
}
END_TEST

START_TEST(names_hosts_to_look_for)
{
    struct hop_list names = {0}, hosts = {0};
    const struct hop_dns dns = {.canonical = "lb7.corp.example"};
    hop_list_add(&names, FRONT);
    hop_list_add(&names, "HTTP/pay");
    hop_list_add(&names, "http/CRM.corp.example");
    ck_assert_uint_eq(names.count, 2);
    hop_spn_hosts(&names, &hop_case.facts, &dns, 1, &hosts);
    static const char *const wanted[] = {
        "crm.corp.example", "crm", "pay", "pay.corp.example", "pay.eu.corp.example", "lb7.corp.example"};
    ck_assert_uint_eq(hosts.count, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < hosts.count; i++)
        ck_assert_str_eq(hosts.items[i], wanted[i]);
    hop_list_release(&names);
    hop_list_release(&hosts);
}
END_TEST

/* ---- the front ---- */

START_TEST(a_healthy_chain)
{
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("front-spn")->detail, FRONT " is held by svc-crm on all 3 DCs");
    ck_assert(!hop_case_link_of("user-delegable")->incomplete);
    /* Case never counts. */
    hop_case.question.front = "http/CRM.corp.example";
    hop_case.backs[0] = "mssqlsvc/DB1.CORP.EXAMPLE:1433";
    hop_case_holds();
}
END_TEST

START_TEST(no_such_spn)
{
    static const char *const lookalikes[] = {"HTTP/crm.corp.example.org", "HTTP/crm.corp.exampl",
                                             "HTTPS/crm.corp.example", "HTTP/xcrm.corp.example",
                                             "HTTP/crm-corp.example"};
    for (size_t i = 0; i < sizeof lookalikes / sizeof lookalikes[0]; i++) {
        hop_case.question.front = lookalikes[i];
        hop_case_breaks("front-spn", "dc1;dc2;dc3");
        hop_case_is_in(hop_case_link_of("back-target")->detail, "front-spn has to be mended first");
    }
}
END_TEST

START_TEST(an_spn_that_one_dc_lacks)
{
    hop_case_spns(CRM, 1, "HTTP/crm");
    hop_case_is_in(hop_case_breaks("front-spn", "dc2")->next, "spnscan watch");
    hop_case_differs(CRM, 1, "servicePrincipalName", "lagging", "warning");
    hop_case.differences[0].winner = hop_case_keep("dc1");
    hop_case_is_in(hop_case_breaks("front-spn", "dc2")->next,
                   "repadmin /replicate dc2 dc1 DC=corp,DC=example");
    hop_case_is_in(hop_case_link_of("front-spn")->detail, "lagging");
    hop_case_gone(CRM, 2);
    hop_case_breaks("front-spn", "dc2;dc3");
}
END_TEST

START_TEST(by_alias)
{
    hop_case.question.front = "HTTP/web1.corp.example";
    hop_case.question.back_count = 0;
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("front-spn")->detail, "by alias: host/web1.corp.example");
    /* Nobody else's class stands for it. */
    hop_case.mappings[1] = (struct hop_mapping){"www", "host"};
    hop_case_breaks("front-spn", "dc1;dc2;dc3");
}
END_TEST

START_TEST(the_exact_name_goes_first)
{
    hop_case_spns(WEB1, ALL, "HOST/crm.corp.example");
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("front-unique")->detail, "host/crm.corp.example on WEB1$");
    /* Where it is missing the alias would answer, for another account: it is missing there. */
    hop_case_spns(CRM, 2, "HTTP/crm");
    hop_case_breaks("front-spn", "dc3");
}
END_TEST

START_TEST(held_twice)
{
    hop_case_spns(OTHER, 2, "http/CRM.corp.example");
    hop_case_is_in(hop_case_breaks("front-unique", "dc3")->detail, "svc-crm, svc-other");
    hop_case_spns(OTHER, ALL, FRONT);
    hop_case_is_in(hop_case_breaks("front-unique", "dc1;dc2;dc3")->next, "setspn -D");
    hop_case_is_in(hop_case_link_of("back-target")->detail, "front-unique has to be mended first");
    /* One DC does not know of the right one yet, and most show the other. */
    hop_case_spns(CRM, 1, "HTTP/crm");
    hop_case_breaks("front-unique", "dc1;dc3");
    hop_case_spns(CRM, 1, FRONT " HTTP/crm");
    hop_case_spns(OTHER, ALL, FRONT ".org " FRONT ":8080");
    hop_case_holds();
}
END_TEST

START_TEST(on_another_account)
{
    hop_case_spns(CRM, 2, "HTTP/crm");
    hop_case_spns(OTHER, 2, FRONT);
    hop_case_is_in(hop_case_breaks("front-account", "dc3")->detail, "svc-other on dc3");
    hop_case_is_in(hop_case_link_of("front-account")->detail, "elsewhere svc-crm");
    /* As many show one as the other. */
    hop_case_unread(1);
    hop_case_judge();
    ck_assert_int_eq(hop_case_link_of("front-account")->state, HOP_FAIL);
    ck_assert_str_eq(hop_case_link_of("front-account")->dcs, "dc1;dc3");
    ck_assert_int_eq(hop_case_link_of("front-enabled")->state, HOP_NOT_KNOWN);
}
END_TEST

START_TEST(a_front_by_the_name_of_its_account)
{
    hop_case.question.front = "svc-crm";
    hop_case.question.front_is_account = true;
    hop_case.question.front_object = CRM;
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("front-account")->detail, "2 names");
    hop_case_spns(CRM, 0, "HTTP/crm");
    hop_case_breaks("front-spn", "dc1");
    hop_case_spns(CRM, ALL, FRONT " HTTP/crm");
    hop_case_spns(OTHER, 0, FRONT);
    hop_case_breaks("front-unique", "dc1");
    hop_case.question.front_object = SQL;
    hop_case_breaks("front-account", "dc1;dc2;dc3");
    hop_case.question.front_object = WEB1;
    hop_case.question.back_count = 0;
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("front-spn")->detail, "HTTP/web1");
    hop_case.question.front_object = -1;
    hop_case_is_in(hop_case_breaks("front-spn", "dc1;dc2;dc3")->detail, "no DC shows an account 'svc-crm'");
}
END_TEST

START_TEST(short_and_whole_names)
{
    hop_case_spns(CRM, ALL, FRONT);
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("front-forms")->detail, "nobody holds HTTP/crm");
    hop_case_spns(WEB1, 1, "HTTP/crm HOST/web1");
    hop_case_is_in(hop_case_breaks("front-forms", "dc2")->detail, "WEB1$");
    /* The alias of a machine of that name counts too. */
    hop_case_spns(WEB1, ALL, "HOST/crm");
    hop_case_is_in(hop_case_breaks("front-forms", "dc1;dc2;dc3")->detail, "host/crm");
    hop_case_spns(WEB1, ALL, "HOST/web1");
    hop_case_spns(CRM, ALL, "HTTP/crm");
    hop_case.question.front = "HTTP/crm";
    hop_case_is_in(hop_case_breaks("front-forms", "dc1;dc2;dc3")->next,
                   "setspn -S HTTP/crm.corp.example svc-crm");
    hop_case_spns(CRM, ALL, "HTTP/crm HTTP/crm.eu.corp.example");
    hop_case_holds();
}
END_TEST

/* A next step is made to be pasted into a shell, and names come from whoever may create accounts. */
START_TEST(hostile_names_in_commands)
{
    static const char *const hostile[] = {"x;calc", "x&calc", "$(calc)", "x' -y",
                                          "-Force", "x\"",    "a b",     "x$y"};
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        hop_case.objects[CRM].name = hop_case_keep(hostile[i]);
        hop_case.question.front = "HTTP/crm";
        hop_case_spns(CRM, ALL, "HTTP/crm");
        ck_assert_str_eq(hop_case_breaks("front-forms", "dc1;dc2;dc3")->next,
                         "setspn -S HTTP/crm.corp.example ACCOUNT");
    }
    hop_case.question.front = "HTTP/`calc`";
    ck_assert(strstr(hop_case_breaks("front-spn", "dc1;dc2;dc3")->next, "setspn -S SPN ACCOUNT") != NULL);
}
END_TEST

START_TEST(ports)
{
    hop_case.question.front = FRONT ":8443";
    hop_case_spns(CRM, ALL, FRONT ":8443");
    hop_case_is_in(hop_case_breaks("port-rule", "dc1;dc2;dc3")->next, "setspn -S " FRONT " svc-crm");
    hop_case_spns(OTHER, ALL, FRONT);
    hop_case_breaks("port-rule", "dc1;dc2;dc3");
    hop_case_spns(OTHER, ALL, "");
    hop_case_spns(CRM, ALL, FRONT ":8443 " FRONT);
    hop_case_holds();
    hop_case.backs[0] = "MSSQLSvc/db1.corp.example";
    hop_case_targets(CRM, ALL, BACK " MSSQLSvc/db1.corp.example");
    hop_case_is_in(hop_case_breaks("port-rule", "dc1;dc2;dc3")->next, "--back " BACK);
    hop_case.backs[0] = "MSSQLSvc/db1.corp.example:INST";
    hop_case_spns(SQL, ALL, "MSSQLSvc/db1.corp.example:inst");
    hop_case_targets(CRM, ALL, "MSSQLSvc/db1.corp.example:INST");
    hop_case_holds();
}
END_TEST

START_TEST(disabled)
{
    hop_case_uac(CRM, 1, 0x202);
    hop_case_is_in(hop_case_breaks("front-enabled", "dc2")->next, "Enable-ADAccount");
    hop_case_uac(CRM, ALL, 0x200);
    hop_case_uac(SQL, ALL, 0x202);
    hop_case_breaks("back-enabled", "dc1;dc2;dc3");
    hop_case_uac(SQL, ALL, 0x200);
    hop_case_hide_uac(CRM);
    ck_assert(hop_case_not_known("front-enabled")->incomplete);
    ck_assert_int_eq(hop_chain_status(&hop_case.chain), 2);
}
END_TEST

Suite *suite_hop(void);
Suite *suite_hop(void)
{
    Suite *s = suite_create("hop");
    TCase *tc = tcase_create("hop");
    tcase_add_checked_fixture(tc, hop_case_healthy, hop_case_over);
    tcase_add_test(tc, takes_spns_apart);
    tcase_add_test(tc, tells_spns_from_accounts);
    tcase_add_test(tc, names_hosts_to_look_for);
    tcase_add_test(tc, a_healthy_chain);
    tcase_add_test(tc, no_such_spn);
    tcase_add_test(tc, an_spn_that_one_dc_lacks);
    tcase_add_test(tc, by_alias);
    tcase_add_test(tc, the_exact_name_goes_first);
    tcase_add_test(tc, held_twice);
    tcase_add_test(tc, on_another_account);
    tcase_add_test(tc, a_front_by_the_name_of_its_account);
    tcase_add_test(tc, short_and_whole_names);
    tcase_add_test(tc, hostile_names_in_commands);
    tcase_add_test(tc, ports);
    tcase_add_test(tc, disabled);
    suite_add_tcase(s, tc);
    return s;
}
