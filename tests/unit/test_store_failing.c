/* What a failing scan leaves, and many threads at one store. */
#include <pthread.h>

#include "tests/unit/scan_case.h"

/* ---- what a failing scan leaves ---- */

EMIT(emit_failure)
{
    put(emit_second(ctx, store, reterr));
    return spn_error_set(reterr, SPN_INTERNAL, 0, "on purpose");
}

START_TEST(a_view_that_fails_changes_nothing)
{
    static const char *const parts[] = {TOLD_1, TOLD_2, TOLD_3, TOLD_4, TOLD_5};
    const struct scan_view view = {.emit = emit_failure};
    first_scan();
    case_begin(&c);
    case_end_bulk(&c);
    ck_assert_int_eq(store_finish(c.store, &c.forest, c.results, &view, &c.error), SPN_INTERNAL);
    case_abandon(&c);
    case_begin(&c);
    ck_assert_int_eq(c.base.scan, 1);
    check_all(parts, 5);
    ck_assert_sql(&c, "SELECT count(*) FROM shared_spn", "2");
}
END_TEST

EMIT(emit_untouched)
{
    (void)ctx;
    return put_consensus(store, 1, true, 0, 1, 0, reterr);
}

START_TEST(what_is_put_must_be_touched)
{
    const struct scan_view view = {.emit = emit_untouched};
    first_scan();
    case_begin(&c);
    case_end_bulk(&c);
    ck_assert_int_eq(store_finish(c.store, &c.forest, c.results, &view, &c.error), SPN_INTERNAL);
}
END_TEST

/* Many rows go with one statement, what is left over one by one. */
START_TEST(whatever_the_count_each_row_is_written_as_it_is)
{
    for (int64_t count = 1; count <= 50; count += 7) {
        struct text_buf want = {0};
        case_begin(&c);
        for (int64_t id = 1; id <= count; id++) {
            char text[40];
            case_object(&c, id, (uint32_t)id, (int)(id % 2));
            snprintf(text, sizeof text, "[\"s/%lld\"]", (long long)id);
            case_spns(&c, id, id, text);
            snprintf(text, sizeof text, "[\"t/%lld\"]", (long long)id);
            case_targets(&c, id, id, text, "[]");
            snprintf(text, sizeof text, "a%lld", (long long)id);
            case_account(&c, id, id, text, (uint32_t)id * 2);
            text_append_fmt(&want, "%s%lld %s [\"s/%lld\"] [\"t/%lld\"] a%lld - %lld", id > 1 ? ";" : "",
                            (long long)id, id % 2 ? "D1" : "D0", (long long)id, (long long)id, (long long)id,
                            (long long)id * 2);
        }
        case_end_bulk(&c);
        ck_assert_sql(&c,
                      "SELECT o.id, m.netbios, s.spns, t.targets, a.sam, a.upn, a.uac FROM object o JOIN "
                      "domain m ON m.id = "
                      "o.domain JOIN spn_state s ON s.object = o.id AND s.id = o.id JOIN delegation_state t "
                      "ON t.object = o.id "
                      "AND t.id = o.id JOIN account_state a ON a.object = o.id AND a.id = o.id WHERE "
                      "substr(o.guid, 13, 1) = CAST(char(o.id) AS BLOB) ORDER BY 1",
                      want.data);
        text_release(&want);
        case_abandon(&c);
    }
}
END_TEST

/* ---- many threads ---- */

static void *fetch_often(void *arg)
{
    struct told mine = {0};
    const struct store_loader loader = told_loader(&mine);
    struct spn_error error = {0};
    for (int i = 0; i < 300; i++) {
        const struct guid guid = case_guid(3);
        bool found = false;
        text_clear(&mine.text);
        if (store_fetch(arg, &guid, &loader, &found, &error) != SPN_OK || !found ||
            strcmp(told_text(&mine), TOLD_3) != 0)
            break;
        if (i % 50 == 0 && store_load_all(arg, &loader, &error) != SPN_OK)
            break;
        if (i == 299)
            arg = NULL;
    }
    told_release(&mine);
    return arg;
}

START_TEST(many_look_up_while_the_writer_writes)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    first_scan();
    case_begin(&c);
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, fetch_often, c.store), 0);
    for (int64_t id = 100; id < 20000; id++) {
        case_object(&c, id, (uint32_t)id, 0);
        case_spns(&c, id, id, "[\"a/b\"]");
        if (id % 50 == 0)
            case_push(&c);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = &c;
        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    case_end_bulk(&c);
}
END_TEST

Suite *suite_store_failing(void);
Suite *suite_store_failing(void)
{
    Suite *suite = suite_create("store_failing");
    TCase *tc = tcase_create("failing");
    tcase_add_checked_fixture(tc, scan_case_make, scan_case_free);
    tcase_add_test(tc, a_view_that_fails_changes_nothing);
    tcase_add_test(tc, what_is_put_must_be_touched);
    tcase_add_test(tc, whatever_the_count_each_row_is_written_as_it_is);
    tcase_add_test(tc, many_look_up_while_the_writer_writes);
    suite_add_tcase(suite, tc);
    return suite;
}
