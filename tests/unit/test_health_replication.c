/* What is judged of replication: out of touch for too long, stalled. */
#include "tests/unit/health_case.h"

/* ---- replication-too-old ---- */

START_TEST(a_cursor_older_than_tombstones_is_too_old)
{
    put_back(2, 1, 1100, NOW - 61 * DAY_US);
    ck_one("dc3 replication-too-old critical: it heard last of dc1 in DC=corp 61 days ago", "for 60 days");
    w.forest.tombstone_lifetime_days = 180;
    ck_none();
    put_back(2, 1, 1100, NOW - 200 * DAY_US);
    put_back(2, 4, 1100, NOW - 190 * DAY_US);
    ck_one("dc3 replication-too-old critical: it heard last of dc1 in DC=corp 200 days ago (and 1 more",
           "for 180 days");
}
END_TEST

START_TEST(the_dcs_own_clock_decides_what_is_too_old)
{
    put_back(2, 1, 1100, NOW - 59 * DAY_US);
    ck_none();
    for (size_t i = 0; i < DCS; i++) /* the forest lives two days later than the scanner */
        w.results[i].skew_us = 2 * DAY_US;
    ck_assert_ptr_nonnull(strstr(judged(), "dc3 replication-too-old critical"));
}
END_TEST

START_TEST(a_cursor_that_need_not_move_is_not_too_old)
{
    set_cursor(2, 0, 0x99, 500, NOW - 900 * DAY_US); /* demoted, or the invocationId before a restore */
    put_back(2, 4, 1100, 0);                         /* Samba tells no time */
    ck_none();
    put_back(2, 2, 1100, NOW - 900 * DAY_US);
    w.results[1].is_rodc = true;
    w.results[1].highest_usn = 1100;
    ck_none();
    set_cursor(2, 1, 1, 10, NOW - 900 * DAY_US); /* dc1 only holds a copy of the other domain */
    ck_none();
    put_back(2, 5, 1100, NOW - 900 * DAY_US); /* listed, and not met: nobody knows whether it lives */
    w.infos[4].excluded = true;
    w.results[4] = (struct dc_result){.status = DC_EXCLUDED};
    ck_none();
}
END_TEST

START_TEST(a_neighbour_unheard_for_so_long_is_too_old)
{
    struct neighbour *n = &w.neighbours[2].neighbour; /* dc4, for dc3 */
    n->success_us = NOW - 70 * DAY_US;
    ck_one("dc3 replication-too-old critical: it heard last of dc4 in DC=corp 70 days ago", "");
    n->invocation = guid_of(0x98); /* restored since: the GUID of its NTDS Settings stays */
    ck_one("dc3 replication-too-old critical: it heard last of dc4", "");
    n->dsa = guid_of(0x97); /* no DC of this forest any more */
    ck_none();
    n->dsa = guid_of(0x24);
    n->success_us = 0; /* never yet */
    ck_none();
}
END_TEST

/* ---- vector-stalled ---- */

/* dc3 stands where it stood, behind, and was silent. */
static void stall(uint8_t origin)
{
    put_back(2, origin, 990, NOW - 2 * HOUR_US);
}

START_TEST(a_cursor_that_was_behind_and_has_not_moved_is_stalled)
{
    stall(1);
    ck_one(
        "dc3 vector-stalled warning: nothing that dc1 wrote in DC=corp has come since the scan before, 100 "
        "minutes ago",
        "up to 990, and 1100 are given out by now");
    stall(4);
    ck_one("dc3 vector-stalled warning", "the same of 1 more");
    put_back(2, 1, 990, 0); /* without a time (Samba) the USNs alone tell */
    before(2, 1)->synced_us = 0;
    ck_one("dc3 vector-stalled warning", "the same of 1 more");
}
END_TEST

START_TEST(what_moved_or_was_heard_of_is_not_stalled)
{
    put_back(2, 1, 991, NOW - 2 * HOUR_US);
    ck_none();
    put_back(2, 1, 990, NOW - HOUR_US);
    ck_none();
}
END_TEST

START_TEST(scans_an_hour_apart_or_less_tell_nothing_of_stalling)
{
    stall(1);
    w.facts.since_s = 3600;
    ck_none();
    w.facts.since_s = 6000;
    w.facts.cursor_count = 0; /* the first scan */
    ck_none();
}
END_TEST

START_TEST(an_origin_that_did_not_write_on_is_not_stalled)
{
    stall(1);
    w.results[0].highest_usn = 1000;
    ck_none();
}
END_TEST

/* It had everything then; what was written since may be a minute old. */
START_TEST(a_cursor_that_was_not_behind_is_stalled_after_long_silence_alone)
{
    before(2, 1)->usn = 1000;
    put_back(2, 1, 1000, NOW - 2 * HOUR_US);
    ck_none();
    before(2, 1)->synced_us = NOW - 4 * HOUR_US;
    put_back(2, 1, 1000, NOW - 4 * HOUR_US);
    ck_one("dc3 vector-stalled warning", "up to 1000");
    put_back(2, 1, 1000, 0);
    ck_none();
}
END_TEST

START_TEST(between_sites_as_long_as_max_lag_is_usual)
{
    stall(5); /* dc5 is in another site */
    ck_none();
    w.facts.since_s = 10801;
    ck_one("dc3 vector-stalled warning: nothing that dc5 wrote", "");
}
END_TEST

START_TEST(an_origin_that_is_gone_restored_or_an_rodc_is_not_stalled)
{
    stall(1);
    w.results[0].is_rodc = true;
    ck_none();
    w.results[0].is_rodc = false;
    w.results[0].status = DC_UNREACHABLE;
    w.results[0].phase = PHASE_CONNECT;
    w.results[0].complete = false;
    ck_one("dc1 not-answering", ""); /* and nothing of dc3 */
    w.infos[0].excluded = true;
    w.results[0] = (struct dc_result){.status = DC_EXCLUDED};
    ck_none();
}
END_TEST

Suite *suite_health_replication(void);
Suite *suite_health_replication(void)
{
    Suite *suite = suite_create("health_replication");
    TCase *tc = tcase_create("health_replication");
    tcase_add_checked_fixture(tc, make_world, free_world);
    tcase_add_test(tc, a_cursor_older_than_tombstones_is_too_old);
    tcase_add_test(tc, the_dcs_own_clock_decides_what_is_too_old);
    tcase_add_test(tc, a_cursor_that_need_not_move_is_not_too_old);
    tcase_add_test(tc, a_neighbour_unheard_for_so_long_is_too_old);
    tcase_add_test(tc, a_cursor_that_was_behind_and_has_not_moved_is_stalled);
    tcase_add_test(tc, what_moved_or_was_heard_of_is_not_stalled);
    tcase_add_test(tc, scans_an_hour_apart_or_less_tell_nothing_of_stalling);
    tcase_add_test(tc, an_origin_that_did_not_write_on_is_not_stalled);
    tcase_add_test(tc, a_cursor_that_was_not_behind_is_stalled_after_long_silence_alone);
    tcase_add_test(tc, between_sites_as_long_as_max_lag_is_usual);
    tcase_add_test(tc, an_origin_that_is_gone_restored_or_an_rodc_is_not_stalled);
    suite_add_tcase(suite, tc);
    return suite;
}
