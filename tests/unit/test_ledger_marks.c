/* Reading on from marks: what a DC does not speak of it shows as before, and only what was spoken of is
 * fetched. */
#include <check.h>

#include "tests/unit/ledger_case.h"

/* What a scan of everything would have stored; ids left out. */
static const char whole_sql[] =
    "SELECT a.sam, c.shown, s.spns, c.delegation > 0, (SELECT group_concat(d.name || p.shown || "
    "coalesce(t.spns, '')) "
    "FROM departure p JOIN dc d ON d.id = p.dc LEFT JOIN spn_state t ON t.id = p.spn WHERE p.object = "
    "c.object) "
    "FROM consensus c JOIN account_state a ON a.id = c.account JOIN spn_state s ON s.id = c.spn ORDER BY 1";

static void first_scan(void)
{
    start_scan(3);
    leave_marks();
    show_all(1, 10, 5);
    show_all(2, 20, 0);
    show(0, 3, 30, 0, FACETS_ALL);
    show(1, 3, 30, 0, FACETS_ALL);
    show(2, 3, 31, 0, FACETS_ALL);
    finish_scan();
}

START_TEST(nothing_said_is_nothing_changed)
{
    first_scan();
    start_increment(3);
    finish_scan();
    ck_assert_str_eq(rows(whole_sql), "account1,1,[\"HTTP/s10\"],1,NULL|account2,1,[\"HTTP/s20\"],0,NULL|"
                                      "account3,1,[\"HTTP/s30\"],0,dc31[\"HTTP/s31\"]");
    ck_assert_str_eq(rows("SELECT count(*) FROM change"), "0");
}
END_TEST

START_TEST(a_change_at_one_dc_departs_there)
{
    first_scan();
    start_increment(3);
    show(1, 2, 21, 0, FACETS_ALL);
    finish_scan();
    ck_assert_str_eq(rows(departure_sql),
                     "account2,dc2,1,[\"HTTP/s21\"],NULL|account3,dc3,1,[\"HTTP/s31\"],NULL");
    ck_assert_str_eq(rows("SELECT d.name, c.facet FROM change c JOIN dc d ON d.id = c.dc"), "dc2,spn");
    start_increment(3); /* the others follow */
    show(0, 2, 21, 0, FACETS_ALL);
    show(2, 2, 21, 0, FACETS_ALL);
    finish_scan();
    ck_assert_str_eq(rows(departure_sql), "account3,dc3,1,[\"HTTP/s31\"],NULL");
    ck_assert_str_eq(rows("SELECT spns FROM consensus c JOIN spn_state s ON s.id = c.spn WHERE c.object = 2"),
                     "[\"HTTP/s21\"]");
    ck_assert_str_eq(rows("SELECT count(*) FROM change"), "3");
}
END_TEST

START_TEST(deleted_everywhere_is_dropped)
{
    first_scan();
    start_increment(3);
    for (size_t i = 0; i < 3; i++)
        gone(i, 2);
    finish_scan();
    ck_assert_str_eq(rows("SELECT group_concat(object) FROM consensus"), "1,3");
}
END_TEST

START_TEST(deleted_at_one_is_a_departure)
{
    first_scan();
    start_increment(3);
    gone(2, 2);
    finish_scan();
    ck_assert_str_eq(rows(departure_sql), "account2,dc3,0,NULL,NULL|account3,dc3,1,[\"HTTP/s31\"],NULL");
}
END_TEST

START_TEST(an_account_that_lost_all_that_mattered_is_dropped)
{
    first_scan();
    start_increment(3);
    show_all(2, 0, 0);
    finish_scan();
    ck_assert_str_eq(rows("SELECT group_concat(object) FROM consensus"), "1,3");
    start_increment(3); /* and comes back */
    show_all(2, 22, 0);
    finish_scan();
    ck_assert_str_eq(
        rows("SELECT s.spns FROM consensus c JOIN spn_state s ON s.id = c.spn JOIN account_state a "
             "ON a.id = c.account WHERE a.sam = 'account2'"),
        "[\"HTTP/s22\"]");
    ck_assert_str_eq(rows("SELECT count(*) FROM (SELECT guid FROM object GROUP BY guid HAVING count(*) > 1)"),
                     "0");
}
END_TEST

START_TEST(a_new_account_is_asked_for_where_nobody_told_of_it)
{
    struct dc_evidence evidence[DCS];
    first_scan();
    start_increment(3);
    show(0, 4, 40, 0, FACETS_ALL);
    weigh(evidence);
    finish_scan();
    ck_assert_str_eq(
        rows("SELECT d.name, p.shown FROM departure p JOIN dc d ON d.id = p.dc JOIN consensus c ON "
             "c.object = p.object WHERE p.object = 4 ORDER BY 1"),
        "dc1,1");
}
END_TEST

START_TEST(a_dc_that_was_cut_off_is_kept_and_read_on)
{
    first_scan();
    start_increment(3);
    results[2].complete = false; /* dc3 says nothing; it showed s20 and, of account3, s31 */
    show(0, 2, 21, 0, FACETS_ALL);
    show(1, 2, 21, 0, FACETS_ALL);
    finish_scan();
    ck_assert_str_eq(rows("SELECT count(*) FROM departure"), "0");
    ck_assert_str_eq(rows("SELECT k.object, k.shown, s.spns FROM kept k JOIN spn_state s ON s.id = k.spn"),
                     "2,1,[\"HTTP/s20\"]|3,1,[\"HTTP/s31\"]");
    start_increment(3); /* back, and nothing has changed there */
    finish_scan();
    ck_assert_str_eq(rows(departure_sql),
                     "account2,dc3,1,[\"HTTP/s20\"],NULL|account3,dc3,1,[\"HTTP/s31\"],NULL");
    ck_assert_str_eq(rows("SELECT count(*) FROM kept"), "0");
}
END_TEST

START_TEST(names_follow_what_changes)
{
    first_scan();
    start_increment(3);
    show_all(2, 10, 0); /* account1's name */
    finish_scan();
    ck_assert_str_eq(rows("SELECT key, object FROM shared_spn ORDER BY object"), "http/s10,1|http/s10,2");
    start_increment(3);
    show_all(1, 11, 5);
    finish_scan();
    ck_assert_str_eq(rows("SELECT count(*) FROM shared_spn"), "0");
}
END_TEST

START_TEST(a_scan_of_everything_after_marks_is_the_same)
{
    first_scan();
    start_increment(3);
    show(1, 2, 21, 0, FACETS_ALL);
    finish_scan();
    char before[4096];
    snprintf(before, sizeof before, "%s", rows(whole_sql));
    start_scan(3);
    show_all(1, 10, 5);
    show(0, 2, 20, 0, FACETS_ALL);
    show(1, 2, 21, 0, FACETS_ALL);
    show(2, 2, 20, 0, FACETS_ALL);
    show(0, 3, 30, 0, FACETS_ALL);
    show(1, 3, 30, 0, FACETS_ALL);
    show(2, 3, 31, 0, FACETS_ALL);
    finish_scan();
    ck_assert_str_eq(rows(whole_sql), before);
}
END_TEST

Suite *suite_ledger_marks(void);
Suite *suite_ledger_marks(void)
{
    Suite *suite = suite_create("ledger_marks");
    TCase *tc = tcase_create("increments");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, ledger_case_setup, ledger_case_teardown);
    tcase_add_test(tc, nothing_said_is_nothing_changed);
    tcase_add_test(tc, a_change_at_one_dc_departs_there);
    tcase_add_test(tc, deleted_everywhere_is_dropped);
    tcase_add_test(tc, deleted_at_one_is_a_departure);
    tcase_add_test(tc, an_account_that_lost_all_that_mattered_is_dropped);
    tcase_add_test(tc, a_new_account_is_asked_for_where_nobody_told_of_it);
    tcase_add_test(tc, a_dc_that_was_cut_off_is_kept_and_read_on);
    tcase_add_test(tc, names_follow_what_changes);
    tcase_add_test(tc, a_scan_of_everything_after_marks_is_the_same);
    suite_add_tcase(suite, tc);
    return suite;
}
