#include <check.h>
#include <stdlib.h>

#include "scanner/run/health.h"
#include "spnscan/text_buf.h"
#include "tests/unit/make_blob.h"

Suite *suite_health(void);

/* A healthy forest of one domain, dc1 to dc4 in site Hub, dc5 in Branch, which the tests spoil. DC n has the
 * invocationId of sixteen bytes n, was at USN 1000 in the scan before, 100 minutes ago, and is at 1100; all
 * had all of it then, but the last ten, and now. */
#define DCS     5
#define NOW     TEST_US
#define DAY_US  INT64_C(86400000000)
#define HOUR_US INT64_C(3600000000)

struct world {
    struct forest_info forest;
    struct domain_info domains[2];
    struct dc_info infos[DCS];
    struct dc_result results[DCS];
    struct known_mark marks[DCS];
    struct utd_vector vectors[DCS][2];
    bool readable[DCS][2];
    struct told_neighbour neighbours[DCS];
    struct health_dc dcs[DCS];
    struct known_cursor cursors[DCS * DCS];
    struct health_facts facts;
    struct text_buf said;
};
static struct world w;

static void set_cursor(size_t dc, size_t domain, uint8_t origin, uint64_t usn, int64_t synced_us)
{
    const struct utd_cursor cursor = {.origin = guid_of(origin), .usn = usn, .synced_us = synced_us};
    vector_set(&w.vectors[dc][domain], &cursor);
}

/* What was set before goes, also where it was more. */
static void put_back(size_t dc, uint8_t origin, uint64_t usn, int64_t synced_us)
{
    for (size_t c = 0; c < w.vectors[dc][0].count; c++)
        if (w.vectors[dc][0].cursors[c].origin.b[0] == origin)
            w.vectors[dc][0].cursors[c] =
                (struct utd_cursor){.origin = guid_of(origin), .usn = usn, .synced_us = synced_us};
}

static struct known_cursor *before(size_t dc, uint8_t origin)
{
    for (size_t c = 0; c < DCS * DCS; c++)
        if (w.cursors[c].dc == dc && w.cursors[c].origin.b[0] == origin)
            return &w.cursors[c];
    ck_abort_msg("no such cursor");
}

static void make_dc(size_t i)
{
    struct dc_info *info = &w.infos[i];
    *info = (struct dc_info){.located = true, .is_gc = true, .invocation_id = guid_of((uint8_t)(i + 1))};
    snprintf(info->name, sizeof info->name, "dc%zu", i + 1);
    snprintf(info->site, sizeof info->site, "%s", i == 4 ? "Branch" : "Hub");
    info->dsa_guid = guid_of((uint8_t)(0x20 + i + 1));
    w.results[i] = (struct dc_result){.status = DC_OK,
                                      .phase = PHASE_DONE,
                                      .complete = true,
                                      .has_skew = true,
                                      .highest_usn = 1100,
                                      .invocation_id = info->invocation_id,
                                      .is_gc = true,
                                      .gc_ready = true,
                                      .started_us = NOW,
                                      .usn_asked_us = NOW,
                                      .vectors_told_us = NOW + 1000000};
    w.marks[i] = (struct known_mark){.invocation_id = info->invocation_id, .usn = 1000, .seen_usn = 1000};
    w.dcs[i] = (struct health_dc){.info = info,
                                  .result = &w.results[i],
                                  .before = &w.marks[i],
                                  .vectors = w.vectors[i],
                                  .readable = w.readable[i],
                                  .neighbours = &w.neighbours[i],
                                  .neighbour_count = 1};
    for (size_t o = 0; o < DCS; o++) {
        set_cursor(i, 0, (uint8_t)(o + 1), 1100, o == i ? 0 : NOW - 60000000);
        w.cursors[i * DCS + o] = (struct known_cursor){.dc = i,
                                                       .origin = guid_of((uint8_t)(o + 1)),
                                                       .usn = o == i ? 1000 : 990,
                                                       .synced_us = o == i ? 0 : NOW - 2 * HOUR_US};
    }
    w.readable[i][0] = true;
    w.neighbours[i].neighbour = (struct neighbour){.dsa = guid_of((uint8_t)(0x20 + (i + 1) % DCS + 1)),
                                                   .invocation = guid_of((uint8_t)((i + 1) % DCS + 1)),
                                                   .usn = 1100,
                                                   .success_us = NOW - 60000000};
}

static void make_world(void)
{
    w = (struct world){.forest = {.dcs = w.infos, .dc_count = DCS, .domains = w.domains, .domain_count = 2}};
    snprintf(w.domains[0].dn, sizeof w.domains[0].dn, "DC=corp");
    snprintf(w.domains[1].dn, sizeof w.domains[1].dn, "DC=emea");
    w.facts = (struct health_facts){.forest = &w.forest,
                                    .dcs = w.dcs,
                                    .cursors = w.cursors,
                                    .cursor_count = DCS * DCS,
                                    .since_s = 6000,
                                    .max_lag_s = 10800};
    for (size_t i = 0; i < DCS; i++)
        make_dc(i);
}

static void free_world(void)
{
    for (size_t i = 0; i < DCS; i++)
        for (size_t d = 0; d < 2; d++)
            vector_release(&w.vectors[i][d]);
    text_release(&w.said);
}

static void on_row(void *ctx, const struct health_row *row)
{
    (void)ctx;
    text_append_fmt(&w.said, "%s%s %s %s: %s", w.said.len ? "\n" : "",
                    row->dc == SIZE_MAX ? "forest" : w.infos[row->dc].name, row->kind, row->severity,
                    row->detail);
}

/* All findings, a line each. */
static const char *judged(void)
{
    text_clear(&w.said);
    qsort(w.cursors, w.facts.cursor_count, sizeof *w.cursors, known_cursor_compare);
    health_judge(&w.facts, on_row, NULL);
    return w.said.len ? w.said.data : "";
}

/* One finding, that begins so and has these words in it. */
static void ck_one(const char *start, const char *words)
{
    const char *said = judged();
    ck_assert_msg(strncmp(said, start, strlen(start)) == 0 && strstr(said, words) && !strchr(said, '\n'),
                  "said: %s", said);
}

static void ck_none(void)
{
    ck_assert_str_eq(judged(), "");
}

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

/* ---- clock-skew ---- */

START_TEST(a_dc_off_the_forests_time_is_told)
{
    w.results[3].skew_us = 301 * 1000000;
    ck_one("dc4 clock-skew critical: its clock is 301 s ahead of the forest's (the median of 5 DCs)",
           "300 s");
    w.results[3].skew_us = -300 * 1000000;
    ck_one("dc4 clock-skew warning: its clock is 300 s behind", "");
    w.results[3].skew_us = 120 * 1000000;
    ck_none();
}
END_TEST

START_TEST(the_scanners_own_clock_is_told_once)
{
    for (size_t i = 0; i < DCS; i++)
        w.results[i].skew_us = 400 * 1000000;
    ck_one("forest clock-skew critical: the clock of the machine that scans is 400 s behind the forest's",
           "");
    w.results[2].skew_us = 0; /* it agrees with the scanner, and is as wrong */
    const char *said = judged();
    ck_assert_ptr_nonnull(strstr(said, "forest clock-skew critical"));
    ck_assert_ptr_nonnull(strstr(said, "dc3 clock-skew critical: its clock is 400 s behind"));
}
END_TEST

static void leave(size_t count)
{
    for (size_t i = count; i < DCS; i++) {
        w.results[i] = (struct dc_result){.status = DC_EXCLUDED};
        w.infos[i].excluded = true;
    }
}

START_TEST(of_two_dcs_the_scanners_clock_decides)
{
    leave(2);
    w.results[1].skew_us = 400 * 1000000;
    ck_one("dc2 clock-skew critical: its clock is 400 s ahead of the forest's", "");
    w.results[0].skew_us = 400 * 1000000;
    ck_one("forest clock-skew critical", "the median of 2 DCs");
}
END_TEST

START_TEST(one_dc_against_the_scanner_is_told_of_the_forest)
{
    leave(1);
    w.results[0].skew_us = -200 * 1000000;
    ck_one("forest clock-skew warning: the clock of the machine that scans is 200 s ahead of the forest's (1 "
           "DC)",
           "");
}
END_TEST

START_TEST(a_dc_that_is_not_complete_is_judged_and_has_no_vote)
{
    leave(4);
    w.results[1].skew_us = w.results[2].skew_us = 200 * 1000000;
    w.results[3].complete = false;
    w.results[3].phase = PHASE_LDAP_READ;
    const char *said = judged();
    ck_assert_ptr_nonnull(strstr(said, "forest clock-skew warning"));
    ck_assert_ptr_nonnull(
        strstr(said, "dc4 clock-skew warning: its clock is 200 s behind the forest's (the median of 3"));
}
END_TEST

START_TEST(a_dc_without_a_time_is_not_judged)
{
    w.results[3].skew_us = 900 * 1000000;
    w.results[3].has_skew = false;
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

Suite *suite_health(void)
{
    Suite *s = suite_create("health");
    TCase *t = tcase_create("health");
    tcase_add_checked_fixture(t, make_world, free_world);
    tcase_add_test(t, a_healthy_forest_has_no_finding);
    tcase_add_test(t, a_lower_usn_with_the_same_invocation_id_is_a_rollback);
    tcase_add_test(t, another_dc_that_knew_more_before_it_was_asked_proves_a_rollback);
    tcase_add_test(t, what_was_written_while_others_were_asked_is_no_rollback);
    tcase_add_test(t, the_vectors_of_the_scan_before_prove_a_rollback_too);
    tcase_add_test(t, another_invocation_id_is_a_restore_and_no_rollback);
    tcase_add_test(t, an_rodc_that_goes_back_is_a_warning);
    tcase_add_test(t, a_dc_without_a_usn_or_a_mark_is_not_judged);
    tcase_add_test(t, what_an_unreadable_vector_holds_is_no_word);
    tcase_add_test(t, a_cursor_older_than_tombstones_is_too_old);
    tcase_add_test(t, the_dcs_own_clock_decides_what_is_too_old);
    tcase_add_test(t, a_cursor_that_need_not_move_is_not_too_old);
    tcase_add_test(t, a_neighbour_unheard_for_so_long_is_too_old);
    tcase_add_test(t, a_cursor_that_was_behind_and_has_not_moved_is_stalled);
    tcase_add_test(t, what_moved_or_was_heard_of_is_not_stalled);
    tcase_add_test(t, scans_an_hour_apart_or_less_tell_nothing_of_stalling);
    tcase_add_test(t, an_origin_that_did_not_write_on_is_not_stalled);
    tcase_add_test(t, a_cursor_that_was_not_behind_is_stalled_after_long_silence_alone);
    tcase_add_test(t, between_sites_as_long_as_max_lag_is_usual);
    tcase_add_test(t, an_origin_that_is_gone_restored_or_an_rodc_is_not_stalled);
    tcase_add_test(t, a_dc_off_the_forests_time_is_told);
    tcase_add_test(t, the_scanners_own_clock_is_told_once);
    tcase_add_test(t, of_two_dcs_the_scanners_clock_decides);
    tcase_add_test(t, one_dc_against_the_scanner_is_told_of_the_forest);
    tcase_add_test(t, a_dc_that_is_not_complete_is_judged_and_has_no_vote);
    tcase_add_test(t, a_dc_without_a_time_is_not_judged);
    tcase_add_test(t, a_dc_that_was_not_reached_is_not_answering);
    tcase_add_test(t, a_dc_that_was_cut_off_while_it_was_read_did_answer);
    tcase_add_test(t, a_gc_that_is_not_ready_is_told);
    tcase_add_test(t, checks_of_uniqueness_that_are_off_are_named);
    suite_add_tcase(s, t);
    return s;
}
