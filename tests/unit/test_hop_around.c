#include <check.h>
#include <string.h>

#include "tests/unit/hop_case.h"

/* ---- the user ---- */

START_TEST(a_user_that_is_stored)
{
    hop_case.question.user_object = ANNA;
    hop_case.question.user_matches = 1;
    hop_case_is_in(hop_case_not_known("user-delegable")->detail, "Protected Users is not stored");
    ck_assert_int_eq(hop_chain_status(&hop_case.chain), 0);
    hop_case_uac(ANNA, ALL, 0x100200);
    hop_case_is_in(hop_case_breaks("user-delegable", "dc1;dc2;dc3")->detail, "NOT_DELEGATED");
    hop_case_uac(ANNA, ALL, 0x200);
    hop_case_uac(ANNA, 1, 0x100200);
    hop_case_breaks("user-delegable", "dc2");
    hop_case_uac(ANNA, ALL, 0x202);
    hop_case_is_in(hop_case_breaks("user-delegable", "dc1;dc2;dc3")->detail, "disabled");
    hop_case_uac(ANNA, ALL, 0x100200);
    hop_case.question.back_count = 0;
    hop_case_is_in(hop_case_not_known("user-delegable")->detail, "with a back-end only");
}
END_TEST

START_TEST(a_user_that_dcs_are_asked_for)
{
    struct hop_user_answer asked[] = {
        {.dc = "dc1", .found = true, .has_uac = true, .has_groups = true, .uac = 0x200},
        {.dc = "dc2", .found = true, .has_uac = true, .has_groups = true, .uac = 0x200}};
    hop_case.question.asked = asked;
    hop_case.question.asked_count = 2;
    hop_case_judge();
    ck_assert_int_eq(hop_case_link_of("user-delegable")->state, HOP_PASS);
    asked[1].is_protected = true;
    hop_case_is_in(hop_case_breaks("user-delegable", "dc2")->detail, "is in Protected Users");
    asked[1] = (struct hop_user_answer){.dc = "dc2", .error = "refused"};
    ck_assert(hop_case_not_known("user-delegable")->incomplete);
    asked[1] = (struct hop_user_answer){.dc = "dc2"};
    hop_case_is_in(hop_case_breaks("user-delegable", "dc2")->detail, "is not there");
    asked[1] = asked[0];
    snprintf(asked[1].dc, sizeof asked[1].dc, "dc2");
    asked[1].uac = 0x100200;
    hop_case_is_in(hop_case_breaks("user-delegable", "dc2")->detail, "NOT_DELEGATED");
    /* Nobody delegates without a back-end; a user that is disabled gets no ticket at all. */
    hop_case.question.back_count = 0;
    hop_case_judge();
    ck_assert_int_eq(hop_case_link_of("user-delegable")->state, HOP_PASS);
    asked[1].uac = 0x202;
    hop_case_is_in(hop_case_breaks("user-delegable", "dc2")->detail, "is disabled");
    hop_case.question.back_count = 1;
    asked[1] = (struct hop_user_answer){.dc = "dc2", .found = true, .has_uac = true};
    ck_assert(hop_case_not_known("user-delegable")->incomplete);
}
END_TEST

/* ---- keys, clocks, replication, coverage ---- */

START_TEST(encryption_types)
{
    hop_case_enctypes(CRM, ALL, 0x18);
    hop_case_holds();
    hop_case_enctypes(SQL, ALL, 4);
    hop_case_is_in(hop_case_breaks("encryption", "dc1;dc2;dc3")->detail, "svc-crm has AES, svc-sql has RC4");
    hop_case_enctypes(CRM, ALL, 0x1c);
    hop_case_holds();
    hop_case_enctypes(SQL, ALL, 3);
    hop_case_is_in(hop_case_breaks("encryption", "dc1;dc2;dc3")->detail, "DES alone");
    /* Bits that name no key type: the default. */
    hop_case_enctypes(SQL, ALL, 0x80000);
    hop_case_holds();
    hop_case_enctypes(SQL, ALL, 0x18);
    hop_case_uac(CRM, 1, 0x200200);
    hop_case_is_in(hop_case_breaks("encryption", "dc2")->next, "USE_DES_KEY_ONLY");
}
END_TEST

START_TEST(the_default_and_rc4)
{
    hop_case_enctypes(SQL, ALL, 4);
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("encryption")->detail, "CVE-2026-20833");
}
END_TEST

START_TEST(clocks)
{
    hop_case.dcs[2].skew_ms = 299900;
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("clocks")->detail, "dc3 is 299.9 s before");
    hop_case.dcs[2].skew_ms = 300000;
    hop_case_breaks("clocks", "dc3");
    hop_case.dcs[2].skew_ms = -300000;
    hop_case_breaks("clocks", "dc3");
    /* The clock of the scanner does not count. */
    for (int dc = 0; dc < DCS; dc++)
        hop_case.dcs[dc].skew_ms = 1000000;
    hop_case_holds();
    /* Of two nobody knows which it is. */
    hop_case.dcs[2].skew_ms = 0;
    hop_case.dcs[0].complete = false;
    hop_case.dcs[0].excluded = true;
    hop_case_breaks("clocks", "dc2;dc3");
    hop_case.dcs[0].complete = true;
    hop_case.dcs[0].excluded = false;
    hop_case.dcs[0].has_skew = false;
    hop_case.dcs[2].skew_ms = 1000000;
    hop_case_not_known("clocks");
}
END_TEST

START_TEST(replication)
{
    hop_case_differs(CRM, 1, "dNSHostName", "divergent", "critical");
    hop_case_is_in(hop_case_breaks("replication", "dc2")->next, "repadmin /showobjmeta dc2");
    hop_case.differences[0].severity = hop_case_keep("info");
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("replication")->detail, "on its way");
    hop_case.differences[0].verdict = NULL;
    hop_case.differences[0].severity = NULL;
    hop_case_is_in(hop_case_breaks("replication", "dc2")->detail, "why is not judged");
    /* An account that merely has a name of the same host. */
    hop_case.differences[0].object = OTHER;
    hop_case_holds();
    /* What breaks another link is told there. */
    hop_case.differences[0] = (struct hop_difference){.object = CRM,
                                                      .dc = 1,
                                                      .attribute = hop_case_keep("servicePrincipalName"),
                                                      .verdict = hop_case_keep("lagging")};
    hop_case_spns(CRM, 1, "");
    hop_case_breaks("front-spn", "dc2");
    hop_case_is_in(hop_case_link_of("replication")->detail, "told above");
    /* The same at another DC is not. */
    hop_case_differs(CRM, 0, "servicePrincipalName", "corrupt", "critical");
    hop_case_judge();
    ck_assert_str_eq(hop_case_link_of("replication")->dcs, "dc1");
}
END_TEST

START_TEST(a_dc_that_was_not_read)
{
    hop_case_unread(2);
    ck_assert_str_eq(hop_case_not_known("coverage")->dcs, "dc3");
    ck_assert_int_eq(hop_chain_status(&hop_case.chain), 2);
    for (size_t i = 0; i < hop_case.chain.count; i++)
        ck_assert_msg(hop_case.chain.links[i].state == HOP_NOT_KNOWN, "%s passes",
                      hop_case.chain.links[i].id);
    hop_case_is_in(hop_case_link_of("front-spn")->detail, "the 2 DCs that were read; not read: dc3");
    /* What fails on a DC that was read fails. */
    hop_case_spns(CRM, 0, "HTTP/crm");
    hop_case_judge();
    ck_assert_str_eq(hop_case_link_of("front-spn")->dcs, "dc1");
    ck_assert_int_eq(hop_chain_status(&hop_case.chain), 1);
}
END_TEST

START_TEST(a_dc_that_does_not_matter)
{
    hop_case_unread(2);
    snprintf(hop_case.dcs[2].domain, sizeof hop_case.dcs[2].domain, "eu.corp.example");
    hop_case.dcs[2].is_gc = 0;
    hop_case_judge();
    ck_assert_int_eq(hop_case_link_of("front-spn")->state, HOP_PASS);
    ck_assert_int_eq(hop_case_link_of("coverage")->state, HOP_PASS);
    hop_case_is_in(hop_case_link_of("coverage")->detail, "dc3");
    /* As a global catalog it would hold SPNs, and no delegation. */
    hop_case.dcs[2].is_gc = -1;
    hop_case_judge();
    ck_assert_int_eq(hop_case_link_of("front-spn")->state, HOP_NOT_KNOWN);
    ck_assert_int_eq(hop_case_link_of("back-target")->state, HOP_PASS);
    hop_case.dcs[2].excluded = true;
    hop_case_holds();
}
END_TEST

START_TEST(a_partial_copy_that_was_not_asked)
{
    hop_case_partial(2);
    hop_case.sights[CRM][2] = (struct hop_sight){.shows = HOP_UNASKED};
    hop_case_judge();
    ck_assert_int_eq(hop_case_link_of("front-spn")->state, HOP_NOT_KNOWN);
    ck_assert_str_eq(hop_case_link_of("front-spn")->dcs, "dc3");
}
END_TEST

/* ---- DNS ---- */

static void with_dns(void)
{
    hop_case.question.has_dns = true;
    hop_case.question.dns_count = 2;
    hop_case.dns[0] = (struct hop_dns){.host = "crm.corp.example", .front = true, .address_count = 1};
    hop_case.dns[1] = (struct hop_dns){.host = "db1.corp.example", .address_count = 1};
    for (int i = 0; i < 2; i++)
        snprintf(hop_case.dns[i].addresses[0].address, sizeof hop_case.dns[i].addresses[0].address,
                 "10.0.0.%d", i + 1);
}

START_TEST(names_resolve)
{
    with_dns();
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("dns-front")->detail, "crm.corp.example is 10.0.0.1");
    /* Backward is of no matter, and told. */
    snprintf(hop_case.dns[0].addresses[0].name, sizeof hop_case.dns[0].addresses[0].name, "lb1.corp.example");
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("dns-front")->detail, "10.0.0.1 is lb1.corp.example");
    snprintf(hop_case.dns[0].addresses[0].name, sizeof hop_case.dns[0].addresses[0].name, "CRM.corp.example");
    hop_case_holds();
    ck_assert(!strstr(hop_case_link_of("dns-front")->detail, "backward"));
    hop_case.question.has_dns = false;
    hop_case_judge();
    for (size_t i = 0; i < hop_case.chain.count; i++)
        ck_assert_str_ne(hop_case.chain.links[i].id, "dns-front");
}
END_TEST

START_TEST(names_that_do_not_resolve)
{
    with_dns();
    hop_case.dns[0].answer = HOP_DNS_NONE;
    snprintf(hop_case.dns[0].error, sizeof hop_case.dns[0].error, "no such name");
    hop_case_is_in(hop_case_breaks("dns-front", "")->detail, "no such name");
    hop_case.dns[0].answer = HOP_DNS_SILENT;
    ck_assert(hop_case_not_known("dns-front")->incomplete);
    ck_assert_int_eq(hop_chain_status(&hop_case.chain), 2);
    hop_case.dns[0].answer = HOP_DNS_FOUND;
    hop_case.dns[1].answer = HOP_DNS_NONE;
    hop_case_breaks("dns-back", "");
}
END_TEST

START_TEST(cnames)
{
    with_dns();
    snprintf(hop_case.dns[0].canonical, sizeof hop_case.dns[0].canonical, "web1.corp.example");
    hop_case_is_in(hop_case_breaks("dns-front", "")->detail,
                   "HTTP/web1.corp.example, which is on WEB1$ by alias host/web1.corp.example");
    snprintf(hop_case.dns[0].canonical, sizeof hop_case.dns[0].canonical, "lb.corp.example");
    hop_case_is_in(hop_case_breaks("dns-front", "")->detail, "nobody holds");
    hop_case_spns(CRM, ALL, FRONT " HTTP/crm HTTP/lb.corp.example");
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("dns-front")->detail, "is on svc-crm too");
    with_dns();
    snprintf(hop_case.dns[1].canonical, sizeof hop_case.dns[1].canonical, "sql.corp.example");
    hop_case_is_in(hop_case_breaks("dns-back", "")->detail, "MSSQLSvc/sql.corp.example:1433");
}
END_TEST

START_TEST(a_short_name_is_completed)
{
    with_dns();
    hop_case.question.front = "HTTP/crm";
    snprintf(hop_case.dns[0].host, sizeof hop_case.dns[0].host, "crm");
    snprintf(hop_case.dns[0].canonical, sizeof hop_case.dns[0].canonical, "crm.corp.example");
    hop_case_holds();
    snprintf(hop_case.dns[0].canonical, sizeof hop_case.dns[0].canonical, "crm.dmz.example");
    hop_case_spns(CRM, ALL, "HTTP/crm");
    hop_case_is_in(hop_case_breaks("front-forms", "dc1;dc2;dc3")->next,
                   "setspn -S HTTP/crm.dmz.example svc-crm");
}
END_TEST

Suite *suite_hop_around(void);
Suite *suite_hop_around(void)
{
    Suite *s = suite_create("hop_around");
    TCase *tc = tcase_create("hop_around");
    tcase_add_checked_fixture(tc, hop_case_healthy, hop_case_over);
    tcase_add_test(tc, a_user_that_is_stored);
    tcase_add_test(tc, a_user_that_dcs_are_asked_for);
    tcase_add_test(tc, encryption_types);
    tcase_add_test(tc, the_default_and_rc4);
    tcase_add_test(tc, clocks);
    tcase_add_test(tc, replication);
    tcase_add_test(tc, a_dc_that_was_not_read);
    tcase_add_test(tc, a_dc_that_does_not_matter);
    tcase_add_test(tc, a_partial_copy_that_was_not_asked);
    tcase_add_test(tc, names_resolve);
    tcase_add_test(tc, names_that_do_not_resolve);
    tcase_add_test(tc, cnames);
    tcase_add_test(tc, a_short_name_is_completed);
    suite_add_tcase(s, tc);
    return s;
}
