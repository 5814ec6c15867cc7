#include <check.h>
#include <string.h>

#include "tests/unit/hop_case.h"

/* ---- delegation ---- */

START_TEST(no_delegation)
{
    hop_case_targets(CRM, ALL, "");
    hop_case_is_in(hop_case_breaks("front-delegation", "dc1;dc2;dc3")->next, "msDS-AllowedToDelegateTo");
    hop_case_is_in(hop_case_link_of("back-target")->detail, "front-delegation has to be mended first");
    /* Without a back-end nobody needs it. */
    hop_case.question.back_count = 0;
    hop_case_holds();
    /* On one DC. */
    hop_case.question.back_count = 1;
    hop_case_targets(CRM, ALL, BACK);
    hop_case_targets(CRM, 1, "");
    hop_case_judge();
    ck_assert_str_eq(hop_case_link_of("front-delegation")->dcs, "dc2");
}
END_TEST

START_TEST(ways_to_delegate)
{
    hop_case_is_in((hop_case_holds(), hop_case_link_of("front-delegation"))->detail,
                   "for users that come with Kerberos");
    hop_case_uac(CRM, ALL, 0x1000200);
    hop_case_is_in((hop_case_holds(), hop_case_link_of("front-delegation"))->detail, "protocol transition");
    hop_case_hide_uac(CRM);
    hop_case_is_in(hop_case_not_known("front-enabled")->detail, "hidden");
    hop_case_is_in(hop_case_link_of("front-delegation")->detail, "protocol transition is not known");
    hop_case_targets(CRM, ALL, "");
    hop_case_is_in(hop_case_not_known("front-delegation")->detail, "hidden");
    for (int dc = 0; dc < DCS; dc++)
        hop_case.accounts[CRM][dc] = (struct hop_account){.has_uac = true, .uac = 0x80200};
    hop_case_is_in((hop_case_holds(), hop_case_link_of("front-delegation"))->detail, "unconstrained");
}
END_TEST

START_TEST(resource_based)
{
    hop_case_targets(CRM, ALL, "");
    hop_case_trustees(SQL, ALL, "S-1-5-21-9-9-9-500 S-1-5-21-1-2-3-1101");
    hop_case_holds();
    hop_case_is_in(hop_case_link_of("back-target")->detail, "svc-sql trusts it on all 3 DCs");
    hop_case_trustees(SQL, 2, "S-1-5-21-1-2-3-11011");
    hop_case_breaks("back-target", "dc3");
    hop_case_trustees(SQL, ALL, "S-1-5-21-1-2-3-1104");
    hop_case_breaks("front-delegation", "dc1;dc2;dc3");
    for (int dc = 0; dc < DCS; dc++)
        hop_case.delegations[SQL][dc].note = hop_case_keep("null DACL");
    hop_case_holds();
}
END_TEST

START_TEST(trust_in_a_group)
{
    hop_case_targets(CRM, ALL, "");
    hop_case_trustees(SQL, ALL, "S-1-5-21-1-2-3-2001");
    hop_case.principals[0] =
        (struct hop_principal){hop_case_keep("S-1-5-21-1-2-3-2001"), hop_case_keep("web-fronts")};
    hop_case.facts.principal_count = 1;
    hop_case_is_in(hop_case_not_known("back-target")->detail, "web-fronts");
    ck_assert(!hop_case_link_of("back-target")->incomplete);
    hop_case_is_in(hop_case_link_of("back-target")->next, "members of web-fronts");
    hop_case_trustees(SQL, ALL, "S-1-5-32-554"); /* one that no DC was asked to name */
    hop_case_is_in(hop_case_not_known("back-target")->detail, "Pre-Windows 2000 Compatible Access");
}
END_TEST

START_TEST(another_target)
{
    hop_case_targets(CRM, ALL, "cifs/files.corp.example");
    hop_case_is_in(hop_case_breaks("back-target", "dc1;dc2;dc3")->detail, "not in msDS-AllowedToDelegateTo");
    hop_case_targets(CRM, ALL, "MSSQLSvc/db1.corp.example");
    hop_case_is_in(hop_case_breaks("back-target", "dc1;dc2;dc3")->detail,
                   "another name of that account, MSSQLSvc/db1.corp.example");
    hop_case_targets(CRM, ALL, BACK "0 " BACK "/x");
    hop_case_breaks("back-target", "dc1;dc2;dc3");
    hop_case_targets(CRM, ALL, BACK);
    hop_case_targets(CRM, 0, "cifs/files.corp.example");
    hop_case_differs(CRM, 0, "msDS-AllowedToDelegateTo", "divergent", "critical");
    hop_case_is_in(hop_case_breaks("back-target", "dc1")->next, "waiting will not mend it");
}
END_TEST

START_TEST(a_back_end_in_another_domain)
{
    hop_case.objects[SQL].domain = 1;
    snprintf(hop_case.dcs[2].domain, sizeof hop_case.dcs[2].domain, "eu.corp.example");
    for (int o = 0; o < OBJECTS; o++) {
        hop_case.sights[o][2].full = o == SQL;
        if (o != SQL)
            hop_case.sights[o][2].delegation = NULL;
    }
    hop_case.sights[SQL][0].full = hop_case.sights[SQL][1].full = false;
    hop_case.sights[SQL][0].delegation = hop_case.sights[SQL][1].delegation = NULL;
    hop_case_is_in(hop_case_breaks("back-target", "dc3")->detail, "in another domain");
    hop_case_trustees(SQL, 2, "S-1-5-21-1-2-3-1101");
    hop_case_holds();
    hop_case_enctypes(SQL, 2, 4);
    hop_case_enctypes(CRM, ALL, 24);
    hop_case_breaks("encryption", "dc1;dc2;dc3");
}
END_TEST

START_TEST(delegation_is_known_to_full_replicas_alone)
{
    hop_case_partial(0);
    hop_case_holds();
    hop_case_partial(1);
    hop_case_partial(2);
    ck_assert(hop_case_not_known("front-delegation")->incomplete);
    ck_assert(hop_case_link_of("back-target")->incomplete);
    ck_assert(hop_case_link_of("encryption")->incomplete);
    ck_assert_int_eq(hop_chain_status(&hop_case.chain), 2);
}
END_TEST

START_TEST(several_back_ends)
{
    hop_case.backs[1] = "cifs/web1.corp.example";
    hop_case.question.back_count = 2;
    hop_case_judge();
    const struct hop_link *l[2] = {NULL, NULL};
    for (size_t i = 0, n = 0; i < hop_case.chain.count; i++)
        if (strcmp(hop_case.chain.links[i].id, "back-target") == 0)
            l[n++] = &hop_case.chain.links[i];
    ck_assert(l[1] != NULL);
    ck_assert_int_eq(l[0]->state, HOP_PASS);
    ck_assert_int_eq(l[1]->state, HOP_FAIL);
    hop_case_targets(CRM, ALL, BACK " cifs/web1.corp.example");
    hop_case_holds();
}
END_TEST

START_TEST(the_back_end_itself)
{
    hop_case_spns(SQL, 2, "MSSQLSvc/db1.corp.example");
    hop_case_breaks("back-spn", "dc3");
    hop_case_spns(SQL, ALL, "MSSQLSvc/db1.corp.example");
    hop_case_is_in(hop_case_breaks("back-spn", "dc1;dc2;dc3")->detail,
                   "another form of it is held: MSSQLSvc/db1.corp.example, by svc-sql");
    hop_case_spns(SQL, ALL, BACK);
    hop_case_spns(OTHER, 1, BACK);
    hop_case_breaks("back-unique", "dc2");
    hop_case_spns(SQL, 1, "");
    hop_case_breaks("back-account", "dc2");
}
END_TEST

Suite *suite_hop_delegation(void);
Suite *suite_hop_delegation(void)
{
    Suite *s = suite_create("hop_delegation");
    TCase *tc = tcase_create("hop_delegation");
    tcase_add_checked_fixture(tc, hop_case_healthy, hop_case_over);
    tcase_add_test(tc, no_delegation);
    tcase_add_test(tc, ways_to_delegate);
    tcase_add_test(tc, resource_based);
    tcase_add_test(tc, trust_in_a_group);
    tcase_add_test(tc, another_target);
    tcase_add_test(tc, a_back_end_in_another_domain);
    tcase_add_test(tc, delegation_is_known_to_full_replicas_alone);
    tcase_add_test(tc, several_back_ends);
    tcase_add_test(tc, the_back_end_itself);
    suite_add_tcase(s, tc);
    return s;
}
