/* Findings as rows. */
#include <check.h>
#include <stdlib.h>

#include "scanner/run/explain_inside.h"
#include "scanner/run/verdict_inside.h"
#include "tests/unit/make_blob.h"

Suite *suite_explain_rows(void);

#define SECOND INT64_C(1000000)
#define HOUR   (3600 * SECOND)

static const struct explain_limits limits = {.max_lag_s = 3 * 3600, .now_us = TEST_US};

/* ---- severities ---- */

static const char *severity(enum verdict verdict, bool has_stamp, int64_t written_us, int64_t synced_us)
{
    const struct finding finding = {.verdict = verdict,
                                    .has_stamp = has_stamp,
                                    .winning = {.time_us = written_us},
                                    .synced_us = synced_us};
    return explain_severity(&finding, &limits);
}

START_TEST(lag_is_weighed_by_its_age)
{
    const int64_t now = TEST_US;
    static const enum verdict lags[] = {VERDICT_LAGGING, VERDICT_DELETION_LAGGING};
    for (int i = 0; i < 2; i++) {
        ck_assert_str_eq(severity(lags[i], true, now - 3 * HOUR + SECOND, now - 9 * HOUR), "info");
        ck_assert_str_eq(severity(lags[i], true, now - 3 * HOUR, now - HOUR), "warning");
        /* A clock that is a little ahead. */
        ck_assert_str_eq(severity(lags[i], true, now + 60 * SECOND, now - 9 * HOUR), "info");
        /* One that is wrong: what counts is since when nothing was heard of it. */
        ck_assert_str_eq(severity(lags[i], true, now + HOUR, now - 9 * HOUR), "warning");
        ck_assert_str_eq(severity(lags[i], true, now + HOUR, now - HOUR), "info");
        ck_assert_str_eq(severity(lags[i], true, 5, now - 9 * HOUR), "warning");
        ck_assert_str_eq(severity(lags[i], true, 5, 0), "info");
        ck_assert_str_eq(severity(lags[i], false, 0, 0), "info");
    }
}
END_TEST

START_TEST(what_stays_is_weighed_by_what_it_is)
{
    static const struct {
        enum verdict verdict;
        const char *severity;
    } table[] = {{VERDICT_DIVERGENT, "critical"}, {VERDICT_CORRUPT, "critical"},
                 {VERDICT_LINGERING, "critical"}, {VERDICT_LOST_UPDATE, "warning"},
                 {VERDICT_CONFLICT, "warning"},   {VERDICT_HIDDEN, "warning"},
                 {VERDICT_UNPROVED, "warning"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        ck_assert_str_eq(severity(table[i].verdict, true, TEST_US - SECOND, 0), table[i].severity);
}
END_TEST

START_TEST(a_container_of_another_name_is_information)
{
    struct finding finding = {.verdict = VERDICT_UNPROVED, .what = JUDGED_DN, .note = NOTE_CONTAINER};
    ck_assert_str_eq(explain_severity(&finding, &limits), "info");
    finding.note = NOTE_METADATA;
    ck_assert_str_eq(explain_severity(&finding, &limits), "warning");
}
END_TEST

/* ---- rows ---- */

/* A dispute of three DCs, numbered 4, 5 and 6. */
static struct dispute dispute_with(const struct finding *findings, size_t count)
{
    static const struct shown rows[] = {
        {.dc = 4, .full = true}, {.dc = 5, .full = true}, {.dc = 6, .full = true}};
    const struct suspect suspect = {.object_id = 9, .rows = rows, .row_count = 3};
    struct dispute d;
    dispute_init(&d, &suspect);
    for (size_t i = 0; i < count; i++) {
        struct judgement *j = &d.judgement;
        j->findings = xgrow(j->findings, &j->size, j->count + 1, sizeof *j->findings);
        j->findings[j->count++] = findings[i];
    }
    return d;
}

static struct stamp stamp_of(uint32_t version)
{
    return (struct stamp){.version = version, .time_us = TEST_US - HOUR, .origin = guid_of(3), .usn = 40};
}

START_TEST(rows_name_dcs_and_not_witnesses)
{
    const struct finding findings[] = {
        {.verdict = VERDICT_LAGGING,
         .what = JUDGED_SPN,
         .at = 1,
         .winner = 2,
         .has_stamp = true,
         .winning = stamp_of(2),
         .behind_usn = 12,
         .synced_us = TEST_US - 90 * SECOND,
         .note = "n"},
        {.verdict = VERDICT_UNPROVED, .what = JUDGED_UPN, .at = 0, .winner = SIZE_MAX}};
    struct dispute d = dispute_with(findings, 2);
    struct explanation e = {0};
    explanation_add(&e, &d, &limits);
    ck_assert_uint_eq(e.count, 2);
    ck_assert_int_eq(e.rows[0].object, 9);
    ck_assert_uint_eq(e.rows[0].at, 5);
    ck_assert_uint_eq(e.rows[0].winner, 6);
    ck_assert_uint_eq(e.rows[0].behind_usn, 12);
    ck_assert_int_eq(e.rows[0].behind_s, 90);
    ck_assert_str_eq(e.rows[0].severity, "info");
    ck_assert_str_eq(e.rows[0].note, "n");
    ck_assert_uint_eq(e.rows[1].at, 4);
    ck_assert_uint_eq(e.rows[1].winner, SIZE_MAX);
    ck_assert_int_eq(e.rows[1].behind_s, -1);
    ck_assert_uint_eq(e.stamp_count, 1);
    ck_assert_int_eq(e.stamps[0].what, JUDGED_SPN);
    dispute_release(&d);
    explanation_release(&e);
}
END_TEST

START_TEST(one_row_a_verdict_and_one_stamp_an_attribute)
{
    struct finding f = {
        .verdict = VERDICT_LAGGING, .what = JUDGED_SPN, .at = 1, .winner = 2, .has_stamp = true};
    struct finding findings[4] = {f, f, f, f};
    findings[0].winning = stamp_of(2);
    findings[1].winning = stamp_of(4); /* the same row again */
    findings[2].verdict = VERDICT_LOST_UPDATE;
    findings[2].winning = stamp_of(3);
    findings[3].what = JUDGED_TARGETS;
    findings[3].winning = stamp_of(1);
    struct dispute d = dispute_with(findings, 4);
    struct explanation e = {0};
    explanation_add(&e, &d, &limits);
    ck_assert_uint_eq(e.count, 3);
    ck_assert_uint_eq(e.stamp_count, 2);
    ck_assert_uint_eq(e.stamps[0].stamp.version, 4);
    ck_assert_uint_eq(e.stamps[1].stamp.version, 1);
    /* The next object's are its own. */
    d.object = 10;
    explanation_add(&e, &d, &limits);
    ck_assert_uint_eq(e.count, 6);
    ck_assert_uint_eq(e.stamp_count, 4);
    ck_assert_int_eq(e.stamps[2].object, 10);
    dispute_release(&d);
    explanation_release(&e);
}
END_TEST

START_TEST(rows_of_incomplete_dcs_are_forgotten)
{
    const struct finding findings[] = {
        {.verdict = VERDICT_DIVERGENT, .what = JUDGED_SPN, .at = 0, .winner = 1},
        {.verdict = VERDICT_DIVERGENT, .what = JUDGED_SPN, .at = 1, .winner = 2},
        {.verdict = VERDICT_DIVERGENT, .what = JUDGED_SPN, .at = 2, .winner = 0},
    };
    const struct dc_evidence evidence[] = {
        [4] = {.complete = true}, [5] = {.complete = true}, [6] = {.complete = false}};
    struct dispute d = dispute_with(findings, 3);
    struct explanation e = {0};
    explanation_add(&e, &d, &limits);
    explanation_drop_incomplete(&e, evidence);
    ck_assert_uint_eq(e.count, 2);
    ck_assert_uint_eq(e.rows[0].at, 4);
    ck_assert_uint_eq(e.rows[0].winner, 5);
    ck_assert_uint_eq(e.rows[1].at, 5);
    ck_assert_uint_eq(e.rows[1].winner, SIZE_MAX);
    dispute_release(&d);
    explanation_release(&e);
}
END_TEST

Suite *suite_explain_rows(void)
{
    Suite *s = suite_create("explain: rows");
    TCase *t = tcase_create("severities");
    tcase_add_test(t, lag_is_weighed_by_its_age);
    tcase_add_test(t, what_stays_is_weighed_by_what_it_is);
    tcase_add_test(t, a_container_of_another_name_is_information);
    suite_add_tcase(s, t);
    t = tcase_create("rows");
    tcase_add_test(t, rows_name_dcs_and_not_witnesses);
    tcase_add_test(t, one_row_a_verdict_and_one_stamp_an_attribute);
    tcase_add_test(t, rows_of_incomplete_dcs_are_forgotten);
    suite_add_tcase(s, t);
    return s;
}
