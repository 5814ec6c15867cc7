/* What is judged of the DCs themselves: set back, restored, not answering; and of the forest. */
#include "tests/unit/health_case.h"

START_TEST(a_healthy_forest_has_no_finding)
{
    ck_none();
}
END_TEST

/* ---- usn-rollback, restored ---- */

START_TEST(a_lower_usn_with_the_same_invocation_id_is_a_rollback)
{
    w.results[1].highest_usn = 900;
    ck_one("dc2 usn-rollback critical: its highestCommittedUSN is 900, and was 1000", "up to USN 1000");
}
END_TEST

START_TEST(another_dc_that_knew_more_before_it_was_asked_proves_a_rollback)
{
    w.results[1].highest_usn = 1050;
    w.marks[1].usn = 800;
    w.results[0].vectors_told_us = NOW - 1;
    ck_one("dc2 usn-rollback critical: its highestCommittedUSN is 1050, and dc1 knows it up to 1100", "");
}
END_TEST

/* Every vector of this scan came after dc2 was asked. */
START_TEST(what_was_written_while_others_were_asked_is_no_rollback)
{
    w.results[1].highest_usn = 1050;
    ck_none();
}
END_TEST

START_TEST(the_vectors_of_the_scan_before_prove_a_rollback_too)
{
    w.dcs[1].before = NULL;
    w.results[1].highest_usn = 1050;
    before(3, 2)->usn = 1060;
    ck_one("dc2 usn-rollback critical", "dc4 knows it up to 1060");
    before(1, 2)->usn = 1070; /* its own word, where its mark was dropped */
    ck_one("dc2 usn-rollback critical: its highestCommittedUSN is 1050, and was 1070", "");
    before(1, 2)->usn = 1000;
    before(3, 2)->dc = SIZE_MAX; /* demoted since; what it had it had */
    ck_one("dc2 usn-rollback critical", "another DC knows it up to 1060");
}
END_TEST

START_TEST(another_invocation_id_is_a_restore_and_no_rollback)
{
    w.results[1].invocation_id = guid_of(0x77);
    w.results[1].highest_usn = 500;
    for (size_t i = 0; i < DCS; i++)
        w.results[i].vectors_told_us = NOW - 1;
    ck_one("dc2 restored warning: its invocationId is 77777777", "was 02020202");
}
END_TEST

START_TEST(an_rodc_that_goes_back_is_a_warning)
{
    w.results[1].highest_usn = 900;
    w.results[1].is_rodc = true;
    ck_one("dc2 usn-rollback warning", "RODC");
}
END_TEST

START_TEST(a_dc_without_a_usn_or_a_mark_is_not_judged)
{
    w.results[1].highest_usn = 0;
    w.results[0].vectors_told_us = NOW - 1;
    ck_none();
    w.results[1].highest_usn = 1100;
    w.dcs[2].before = NULL;
    ck_none();
}
END_TEST

START_TEST(what_an_unreadable_vector_holds_is_no_word)
{
    w.results[1].highest_usn = 1050;
    w.results[0].vectors_told_us = NOW - 1;
    w.readable[0][0] = false;
    ck_none();
    w.readable[0][0] = true;
    w.results[0].complete = false;
    ck_none();
}
END_TEST

/* ---- the rest ---- */

START_TEST(a_dc_that_was_not_reached_is_not_answering)
{
    w.results[3] =
        (struct dc_result){.status = DC_UNREACHABLE, .phase = PHASE_CONNECT, .error = "connection refused"};
    ck_one("dc4 not-answering warning", "unreachable: connection refused");
    w.results[3].status = DC_CANCELLED;
    ck_none();
    w.results[3].status = DC_EXCLUDED;
    w.infos[3].excluded = true;
    ck_none();
    w.infos[3] = (struct dc_info){.name = "given.by.hand"};
    w.results[3].status = DC_UNREACHABLE;
    ck_none();
}
END_TEST

/* report dcs and the exit status tell of it. */
START_TEST(a_dc_that_was_cut_off_while_it_was_read_did_answer)
{
    w.results[3].status = DC_CUT_OFF;
    w.results[3].phase = PHASE_LDAP_READ;
    w.results[3].complete = false;
    ck_none();
}
END_TEST

START_TEST(a_gc_that_is_not_ready_is_told)
{
    w.results[2].gc_ready = false;
    ck_one("dc3 gc-not-ready warning", "isGlobalCatalogReady");
    w.results[2].is_gc = false;
    ck_none();
}
END_TEST

START_TEST(checks_of_uniqueness_that_are_off_are_named)
{
    static const struct {
        const char *heuristics, *words;
    } cases[] = {
        {"000000000100000000021",
         "is 1: when names are written DCs do not check that a userPrincipalName is unique"},
        {"000000000100000000022", "is 2: when names are written DCs do not check that an SPN is unique"},
        {"000000000100000000024", "that no other account holds the alias"},
        {"000000000100000000027",
         "userPrincipalName is unique, that an SPN is unique, that no other account"},
        {"0000000001000000000230", "that an SPN is unique"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(w.forest.ds_heuristics, sizeof w.forest.ds_heuristics, "%s", cases[i].heuristics);
        ck_one("forest uniqueness-off warning: character 21 of dSHeuristics", cases[i].words);
    }
    static const char *const fine[] = {"",
                                       "0",
                                       "00000000010000000002",
                                       "000000000100000000020",
                                       "0000000001000000000207",
                                       "00000000010000000002x"};
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        snprintf(w.forest.ds_heuristics, sizeof w.forest.ds_heuristics, "%s", fine[i]);
        ck_none();
    }
}
END_TEST

Suite *suite_health(void);
Suite *suite_health(void)
{
    Suite *suite = suite_create("health");
    TCase *tc = tcase_create("health");
    tcase_add_checked_fixture(tc, make_world, free_world);
    tcase_add_test(tc, a_healthy_forest_has_no_finding);
    tcase_add_test(tc, a_lower_usn_with_the_same_invocation_id_is_a_rollback);
    tcase_add_test(tc, another_dc_that_knew_more_before_it_was_asked_proves_a_rollback);
    tcase_add_test(tc, what_was_written_while_others_were_asked_is_no_rollback);
    tcase_add_test(tc, the_vectors_of_the_scan_before_prove_a_rollback_too);
    tcase_add_test(tc, another_invocation_id_is_a_restore_and_no_rollback);
    tcase_add_test(tc, an_rodc_that_goes_back_is_a_warning);
    tcase_add_test(tc, a_dc_without_a_usn_or_a_mark_is_not_judged);
    tcase_add_test(tc, what_an_unreadable_vector_holds_is_no_word);
    tcase_add_test(tc, a_dc_that_was_not_reached_is_not_answering);
    tcase_add_test(tc, a_dc_that_was_cut_off_while_it_was_read_did_answer);
    tcase_add_test(tc, a_gc_that_is_not_ready_is_told);
    tcase_add_test(tc, checks_of_uniqueness_that_are_off_are_named);
    suite_add_tcase(suite, tc);
    return suite;
}
