/* Settling: from what each DC shows to the consensus and the departures from it. */
#include <check.h>

#include "tests/unit/ledger_case.h"

START_TEST(agreeing_dcs_leave_no_departure)
{
    start_scan(3);
    show_all(1, 10, 0);
    show_all(2, 20, 7);
    finish_scan();
    ck_assert_str_eq(rows(view_sql), "account1,1,[\"HTTP/s10\"]|account2,1,[\"HTTP/s20\"]");
    ck_assert_str_eq(rows("SELECT count(*) FROM departure"), "0");
    ck_assert_str_eq(rows("SELECT count(*) FROM spn_state WHERE id > 0"), "2");
}
END_TEST

START_TEST(the_majority_is_the_consensus_whoever_came_first)
{
    start_scan(3);
    show(2, 1, 11, 0, FACETS_ALL); /* the odd one answers first */
    show(0, 1, 10, 0, FACETS_ALL);
    show(1, 1, 10, 0, FACETS_ALL);
    finish_scan();
    ck_assert_str_eq(rows(view_sql), "account1,1,[\"HTTP/s10\"]");
    ck_assert_str_eq(rows(departure_sql), "account1,dc3,1,[\"HTTP/s11\"],NULL");
}
END_TEST

START_TEST(a_tie_goes_to_the_first_dc_by_name)
{
    start_scan(2);
    show(1, 1, 11, 0, FACETS_ALL);
    show(0, 1, 10, 0, FACETS_ALL);
    finish_scan();
    ck_assert_str_eq(rows(view_sql), "account1,1,[\"HTTP/s10\"]");
    ck_assert_str_eq(rows(departure_sql), "account1,dc2,1,[\"HTTP/s11\"],NULL");
}
END_TEST

START_TEST(not_shown_is_a_departure_of_a_complete_dc_only)
{
    start_scan(4);
    show(0, 1, 10, 0, FACETS_ALL);
    show(1, 1, 10, 0, FACETS_ALL);
    results[3].complete = false; /* cut off: says nothing */
    finish_scan();
    ck_assert_str_eq(rows(departure_sql), "account1,dc3,0,NULL,NULL");
}
END_TEST

START_TEST(most_dcs_without_it_make_the_holder_the_departure)
{
    start_scan(3);
    show_all(2, 20, 0);
    show(1, 1, 10, 0, FACETS_ALL);
    finish_scan();
    ck_assert_str_eq(rows(view_sql), "account1,0,[\"HTTP/s10\"]|account2,1,[\"HTTP/s20\"]");
    ck_assert_str_eq(rows(departure_sql), "account1,dc2,1,NULL,NULL");
}
END_TEST

START_TEST(holders_without_spn_come_from_the_second_stream)
{
    start_scan(2);
    for (size_t i = 0; i < 2; i++) {
        show(i, 1, 10, 0, FACETS_PAS);
        show(i, 2, 0, 5, FACETS_REST);
    }
    finish_scan();
    ck_assert_str_eq(rows(view_sql), "account1,1,[\"HTTP/s10\"]|account2,1,[]");
    ck_assert_str_eq(rows("SELECT spn, delegation > 0 FROM consensus ORDER BY object"), "1,0|0,1");
    ck_assert_str_eq(rows("SELECT count(*) FROM departure"), "0");
}
END_TEST

START_TEST(a_cleared_spn_set_differs_and_is_not_missing)
{
    start_scan(3);
    show(0, 1, 10, 0, FACETS_ALL);
    show(1, 1, 10, 0, FACETS_ALL);
    show(2, 1, 0, 0, FACETS_ALL); /* asked by GUID: there, without SPN */
    finish_scan();
    ck_assert_str_eq(rows(departure_sql), "account1,dc3,1,[],NULL");
}
END_TEST

START_TEST(delegation_is_only_for_full_replicas)
{
    start_scan(3);
    replicas[2][0] = REPLICA_PARTIAL;
    show(0, 1, 10, 5, FACETS_ALL);
    show(1, 1, 10, 5, FACETS_ALL);
    show(2, 1, 10, 0, FACETS_PAS);
    finish_scan();
    ck_assert_str_eq(rows("SELECT count(*) FROM departure"), "0");
    ck_assert_str_eq(rows("SELECT delegation FROM consensus"), "1");
}
END_TEST

START_TEST(without_a_full_replica_delegation_is_unknown)
{
    start_scan(2);
    replicas[0][0] = replicas[1][0] = REPLICA_PARTIAL;
    show(0, 1, 10, 0, FACETS_PAS);
    show(1, 1, 10, 0, FACETS_PAS);
    finish_scan();
    ck_assert_str_eq(rows("SELECT delegation FROM consensus"), "NULL");
}
END_TEST

static size_t asked_dc;

static void count_missing(void *ctx, size_t dc, const struct guid *guid, int domain)
{
    char *text = ctx;
    ck_assert_int_eq(domain, 0);
    if (dc == asked_dc)
        sprintf(text + strlen(text), "%d ", guid->b[0]);
}

START_TEST(an_account_without_spn_is_no_matter_of_partial_replicas)
{
    char text[64] = "";
    struct dc_evidence evidence[DCS];
    start_scan(3);
    replicas[2][0] = REPLICA_PARTIAL;
    show(0, 1, 0, 5, FACETS_ALL); /* encryption types alone: nothing that a GC stream could show */
    show(1, 1, 0, 5, FACETS_REST);
    show(0, 2, 20, 5, FACETS_ALL);
    show(1, 2, 20, 5, FACETS_ALL);
    weigh(evidence);
    asked_dc = 2;
    ledger_missing(ledger, evidence, 3, count_missing, text);
    ck_assert_str_eq(text, "2 ");
    finish_scan();
    ck_assert_str_eq(rows(departure_sql), "account2,dc3,0,NULL,NULL");
}
END_TEST

START_TEST(a_spn_that_came_while_it_was_read_counts)
{
    start_scan(2);
    show(0, 1, 10, 5, FACETS_ALL);
    show(1, 1, 0, 5, FACETS_ALL);
    show(1, 1, 10, 5, FACETS_ALL);
    finish_scan();
    ck_assert_str_eq(rows("SELECT count(*) FROM departure"), "0");
}
END_TEST

START_TEST(an_unchanged_rescan_writes_no_new_state)
{
    for (int round = 0; round < 3; round++) {
        start_scan(2);
        show_all(1, 10, 5);
        show_all(2, 0, 6);
        show(0, 3, 30, 0, FACETS_ALL);
        show(1, 3, 31, 0, FACETS_ALL);
        finish_scan();
        ck_assert_str_eq(rows("SELECT group_concat(id) FROM spn_state WHERE id > 0"), "1,2,3");
        ck_assert_str_eq(rows("SELECT group_concat(id) FROM delegation_state WHERE id > 0"), "1,2");
        ck_assert_str_eq(rows(departure_sql), "account3,dc2,1,[\"HTTP/s31\"],NULL");
    }
}
END_TEST

START_TEST(encryption_types_alone_are_one_state_for_all)
{
    for (int round = 0; round < 3; round++) {
        start_scan(2);
        show_all(1, 10, -26);
        show_all(2, 0, -26); /* no SPN: still worth keeping */
        show(0, 3, 30, -30, FACETS_ALL);
        show(1, 3, 30, 5, FACETS_ALL);
        finish_scan();
        ck_assert_str_eq(rows("SELECT object, delegation FROM consensus ORDER BY 1"), "1,-26|2,-26|3,-30");
        ck_assert_str_eq(rows("SELECT object, dc, delegation FROM departure"), "3,2,1");
        ck_assert_str_eq(rows("SELECT id, object FROM delegation_state WHERE id > 0"), "1,3");
        ck_assert_str_eq(rows("SELECT count(*) FROM change"), "0");
    }
}
END_TEST

START_TEST(other_encryption_types_are_a_change)
{
    leave_marks();
    start_scan(2);
    show_all(1, 10, -26);
    show_all(2, 20, 5);
    show_all(3, 30, 0);
    finish_scan();
    start_scan(2);
    show_all(1, 10, -30);
    show_all(2, 20, -26);
    show_all(3, 30, -26);
    finish_scan();
    start_scan(2);
    show_all(1, 10, 0);
    show_all(2, 20, 5);
    show_all(3, 30, -26);
    finish_scan();
    ck_assert_str_eq(rows("SELECT scan, object, from_state, to_state FROM change WHERE dc = 1 ORDER BY 1, 2"),
                     "2,1,-26,-30|2,2,1,-26|2,3,0,-26|3,1,-30,0|3,2,-26,1");
    ck_assert_str_eq(rows("SELECT object, delegation FROM consensus ORDER BY 1"), "1,0|2,1|3,-26");
    ck_assert_str_eq(rows("SELECT count(*) FROM pragma_foreign_key_check"), "0");
}
END_TEST

START_TEST(a_change_between_scans_leaves_nothing_behind)
{
    start_scan(2);
    show_all(1, 10, 5);
    show_all(2, 20, 0);
    finish_scan();
    start_scan(2);
    show_all(1, 11, 0);
    finish_scan();
    ck_assert_str_eq(rows(view_sql), "account1,1,[\"HTTP/s11\"]");
    ck_assert_str_eq(rows("SELECT count(*) FROM object"), "1");
    ck_assert_str_eq(rows("SELECT spns FROM spn_state WHERE id > 0"), "[\"HTTP/s11\"]");
    ck_assert_str_eq(rows("SELECT count(*) FROM delegation_state WHERE id > 0"), "0");
    ck_assert_str_eq(rows("SELECT count(*) FROM pragma_foreign_key_check"), "0");
}
END_TEST

START_TEST(shared_names_are_found_over_every_state_that_is_shown)
{
    start_scan(2);
    show_all(1, 10, 0);
    show(0, 2, 20, 0, FACETS_ALL);
    show(1, 2, 10, 0, FACETS_ALL); /* one DC shows the name on a second account */
    show_all(3, 30, 0);
    finish_scan();
    ck_assert_str_eq(rows("SELECT key, object FROM shared_spn ORDER BY object"), "http/s10,1|http/s10,2");
    start_scan(2); /* and again when everything was known before */
    show_all(1, 10, 0);
    show(0, 2, 20, 0, FACETS_ALL);
    show(1, 2, 10, 0, FACETS_ALL);
    finish_scan();
    ck_assert_str_eq(rows("SELECT key, object FROM shared_spn ORDER BY object"), "http/s10,1|http/s10,2");
}
END_TEST

START_TEST(an_object_that_comes_twice_counts_by_the_later_word)
{
    start_scan(3);
    show_all(1, 10, 0);
    show(2, 1, 11, 0, FACETS_ALL);
    show(2, 1, 10, 0, FACETS_ALL); /* changed back while it was read */
    finish_scan();
    ck_assert_str_eq(rows("SELECT count(*) FROM departure"), "0");
}
END_TEST

START_TEST(missing_is_what_complete_dcs_show_and_this_one_does_not)
{
    char text[64] = "";
    struct dc_evidence evidence[DCS];
    start_scan(3);
    show_all(1, 10, 0);
    show(0, 2, 20, 0, FACETS_ALL);
    show(2, 3, 30, 0, FACETS_ALL);
    results[2].complete = false;
    weigh(evidence);
    asked_dc = 1;
    ledger_missing(ledger, evidence, 3, count_missing, text);
    ck_assert_str_eq(text, "2 ");
}
END_TEST

/* Bytes that were told with are known again, and no others. */
START_TEST(only_bytes_that_told_the_baseline_are_known)
{
    struct facet_view facets = {
        .guid.b = {7}, .raw = 71, .hash[FACET_SPN].lo = 10, .hash[FACET_ACCOUNT].lo = 1};
    struct guid other = {.b = {8}};
    struct spn_error error = {0};
    struct note note;
    start_scan(3);
    ck_assert(!ledger_note_again(ledger, views[1], &facets.guid, 71, FACETS_PAS, &note));
    ck_assert_int_eq(ledger_note(ledger, views[0], &facets, FACETS_PAS, 0, &note, &error), NOTE_OK);
    ck_assert(note.new_state[FACET_SPN] && note.name_spns);
    ck_assert(!ledger_note_again(ledger, views[1], &facets.guid, 72, FACETS_PAS, &note));
    ck_assert(!ledger_note_again(ledger, views[1], &facets.guid, 71, FACETS_REST, &note));
    ck_assert(!ledger_note_again(ledger, views[1], &other, 71, FACETS_PAS, &note));
    ck_assert(ledger_note_again(ledger, views[1], &facets.guid, 71, FACETS_PAS, &note));
    ck_assert(note.told_account && !note.new_state[FACET_SPN] && note.state[FACET_SPN] == 1);

    /* What departs from the baseline is looked at each time. */
    facets.raw = 73;
    facets.hash[FACET_SPN].lo = 11;
    ck_assert_int_eq(ledger_note(ledger, views[2], &facets, FACETS_PAS, 0, &note, &error), NOTE_OK);
    ck_assert(!ledger_note_again(ledger, views[2], &facets.guid, 73, FACETS_PAS, &note));
}
END_TEST

/* Of account 1, an account facet of its own; is it counted as told? */
static bool tell_account(size_t dc, uint64_t account, bool *ret_new, unsigned mask)
{
    const struct facet_view facets = {
        .guid.b = {[0] = 1, [15] = 1},
        .hash = {[FACET_SPN].lo = 10, [FACET_ACCOUNT].lo = account, [FACET_DELEGATION].lo = 5}};
    struct spn_error error = {0};
    struct note note;
    ck_assert_int_eq(ledger_note(ledger, views[dc], &facets, mask, 0, &note, &error), NOTE_OK);
    *ret_new = note.new_state[FACET_ACCOUNT];
    return note.told_account;
}

/* The two ports of a far DC are read at once: the word of the GC port holds, whichever comes first. */
START_TEST(the_rest_may_come_before_the_partial_attribute_set)
{
    bool fresh;
    start_scan(4);
    show(0, 1, 10, 5, FACETS_REST);
    show(0, 1, 10, 5, FACETS_PAS);
    ck_assert(tell_account(1, 77, &fresh, FACETS_REST) && fresh);
    ck_assert(!tell_account(1, 101, &fresh, FACETS_PAS) && !fresh); /* counted before */
    ck_assert(tell_account(2, 101, &fresh, FACETS_REST) && !fresh);
    ck_assert(!tell_account(2, 77, &fresh, FACETS_PAS) && !fresh);
    ck_assert(tell_account(3, 77, &fresh, FACETS_PAS) && !fresh);
    ck_assert(!tell_account(3, 101, &fresh, FACETS_REST) && !fresh);
    finish_scan();
    ck_assert_str_eq(rows(view_sql), "account1,1,[\"HTTP/s10\"]");
    ck_assert_str_eq(rows("SELECT n.name, d.shown, d.spn, d.account > 1, d.delegation FROM departure d JOIN "
                          "dc n ON n.id = d.dc ORDER BY 1"),
                     "dc3,1,NULL,1,NULL|dc4,1,NULL,1,NULL");
}
END_TEST

/* Who hides userAccountControl is counted, entry by entry. */
START_TEST(what_hides_something_is_not_known_by_its_bytes)
{
    const struct facet_view facets = {
        .guid.b = {7}, .raw = 71, .uac_hidden = true, .hash[FACET_ACCOUNT].lo = 1};
    struct spn_error error = {0};
    struct note note;
    start_scan(2);
    ck_assert_int_eq(ledger_note(ledger, views[0], &facets, FACETS_PAS, 0, &note, &error), NOTE_OK);
    ck_assert(!ledger_note_again(ledger, views[1], &facets.guid, 71, FACETS_PAS, &note));
}
END_TEST

Suite *suite_ledger(void);

static TCase *settling(const char *name, SFun setup)
{
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, ledger_case_teardown);
    tcase_add_test(tc, agreeing_dcs_leave_no_departure);
    tcase_add_test(tc, the_majority_is_the_consensus_whoever_came_first);
    tcase_add_test(tc, a_tie_goes_to_the_first_dc_by_name);
    tcase_add_test(tc, not_shown_is_a_departure_of_a_complete_dc_only);
    tcase_add_test(tc, most_dcs_without_it_make_the_holder_the_departure);
    tcase_add_test(tc, holders_without_spn_come_from_the_second_stream);
    tcase_add_test(tc, the_rest_may_come_before_the_partial_attribute_set);
    tcase_add_test(tc, a_cleared_spn_set_differs_and_is_not_missing);
    tcase_add_test(tc, delegation_is_only_for_full_replicas);
    tcase_add_test(tc, without_a_full_replica_delegation_is_unknown);
    tcase_add_test(tc, an_account_without_spn_is_no_matter_of_partial_replicas);
    tcase_add_test(tc, a_spn_that_came_while_it_was_read_counts);
    tcase_add_test(tc, an_unchanged_rescan_writes_no_new_state);
    tcase_add_test(tc, encryption_types_alone_are_one_state_for_all);
    tcase_add_test(tc, other_encryption_types_are_a_change);
    tcase_add_test(tc, a_change_between_scans_leaves_nothing_behind);
    tcase_add_test(tc, shared_names_are_found_over_every_state_that_is_shown);
    tcase_add_test(tc, an_object_that_comes_twice_counts_by_the_later_word);
    tcase_add_test(tc, missing_is_what_complete_dcs_show_and_this_one_does_not);
    return tc;
}

Suite *suite_ledger(void)
{
    Suite *suite = suite_create("ledger");
    suite_add_tcase(suite, settling("settling", ledger_case_setup));
    suite_add_tcase(suite, settling("settling, told in the same bytes", ledger_case_setup_bytes));
    TCase *tc = tcase_create("bytes");
    tcase_add_checked_fixture(tc, ledger_case_setup, ledger_case_teardown);
    tcase_add_test(tc, only_bytes_that_told_the_baseline_are_known);
    tcase_add_test(tc, what_hides_something_is_not_known_by_its_bytes);
    suite_add_tcase(suite, tc);
    return suite;
}
