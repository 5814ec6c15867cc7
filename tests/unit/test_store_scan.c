/* What a scan stores, and what the next one is told of it. */
#include "tests/unit/scan_case.h"

/* ---- being told ---- */

START_TEST(an_object_is_fetched_with_all_that_is_known)
{
    first_scan();
    case_begin(&c);
    fetch(1, TOLD_1);
    fetch(2, TOLD_2);
    fetch(3, TOLD_3);
    fetch(4, TOLD_4);
    fetch(5, TOLD_5);
    fetch(6, "");  /* the same first bytes as 1, in another object */
    fetch(16, ""); /* first bytes of GUID 1 */
}
END_TEST

START_TEST(all_is_told_once)
{
    static const char *const parts[] = {TOLD_1, TOLD_2, TOLD_3, TOLD_4, TOLD_5};
    first_scan();
    case_begin(&c);
    check_all(parts, 5);
}
END_TEST

START_TEST(what_departs_is_told)
{
    const struct store_loader loader = told_loader(&told);
    first_scan();
    case_begin(&c);
    ok(&c, store_fetch_departing(c.store, &loader, &c.error));
    ck_assert_str_eq(told_text(&told), "departure 3 dc1 shown 4 6 -1\ndeparture 3 dc2 -1 -1 -1\n"
                                       "departure 4 dc0 shown -1 -1 -1\nobject 3 DC=cor view shown nodel\n"
                                       "object 4 DC=cor view nodel\nstate 3 account 3 consensus\n"
                                       "state 3 account 6 delegates\nstate 3 spn 3 consensus\nstate 3 spn 4\n"
                                       "state 4 account 4 consensus\nstate 4 spn 5 consensus\n");
}
END_TEST

static void count_object(void *ctx, const struct guid *guid, int domain, bool holds_spn)
{
    uint32_t n;
    memcpy(&n, guid->b + 12, sizeof n);
    ck_assert_int_eq(domain, n == 5);
    ck_assert(holds_spn);
    *(unsigned *)ctx |= 1u << n;
}

START_TEST(each_object_that_a_dc_may_show_is_named)
{
    unsigned seen = 0;
    first_scan();
    case_begin(&c);
    ok(&c, store_each_object(c.store, count_object, &seen, &c.error));
    ck_assert_uint_eq(seen, 0x3e);
}
END_TEST

/* Which of them there are is said in C and in SQL. */
START_TEST(encryption_types_that_are_a_state_for_all_are_there)
{
    struct text_buf want = {0};
    case_begin(&c);
    case_abandon(&c);
    for (unsigned types = 0; types < 2 * TYPES_STATES; types++)
        if (types_are_shared(types))
            text_append_fmt(&want, "%s%d %u", want.len ? ";" : "", types_state(types), types);
    ck_assert_sql(&c, "SELECT id, enctypes FROM delegation_state WHERE id < 0 ORDER BY enctypes", want.data);
    /* None of them is one that an index leads to an object by. */
    ck_assert_sql(
        &c,
        "SELECT count(*) FROM delegation_state WHERE id < 0 AND (object IS NOT NULL OR targets <> '[]' OR "
        "rbcd IS NOT NULL OR (enctypes & 7 AND NOT enctypes & 0x18))",
        "0");
    text_release(&want);
}
END_TEST

START_TEST(nothing_is_told_of_an_empty_database)
{
    const struct store_loader loader = told_loader(&told);
    case_begin(&c);
    ck_assert_int_eq(c.base.scan, 0);
    ck_assert_int_eq(c.base.next_object, 1);
    ck_assert_int_eq(c.base.next_state[FACET_DELEGATION], 1);
    ck_assert_uint_ne(c.base.seed, 0);
    ok(&c, store_load_all(c.store, &loader, &c.error));
    ok(&c, store_fetch_departing(c.store, &loader, &c.error));
    ck_assert_str_eq(told_text(&told), "");
    fetch(1, "");
}
END_TEST

START_TEST(a_dc_that_is_gone_has_no_index)
{
    first_scan();
    snprintf(c.dcs[1].name, sizeof c.dcs[1].name, "new.corp.test");
    case_begin(&c);
    fetch(4, TOLD_4);
    fetch(
        3,
        "departure 3 dc-1 shown 4 6 -1\ndeparture 3 dc2 -1 -1 -1\nobject 3 DC=cor view shown nodel\n"
        "state 3 account 3 consensus\nstate 3 account 6 delegates\nstate 3 spn 3 consensus\nstate 3 spn 4\n");
}
END_TEST

/* ---- marks ---- */

START_TEST(marks_come_back)
{
    first_scan();
    case_begin(&c);
    ck_assert_int_eq(c.base.scan, 1);
    ck_assert_uint_eq(c.base.mark_count, CASE_DCS);
    for (size_t i = 0; i < CASE_DCS; i++) {
        const struct known_mark *m = &c.base.marks[i];
        ck_assert_str_eq(m->dc_name, c.dcs[i].name);
        ck_assert(guid_equal(&m->invocation_id, &dc_invocation));
        ck_assert_uint_eq(m->usn, UINT64_C(9000000000) + i);
        ck_assert_int_eq(m->full_us, INT64_C(1795352991000000));
        ck_assert_int_eq(m->deletions_us, INT64_C(1795352992000000));
        ck_assert_int_eq(m->scan, 1);
        ck_assert_uint_eq(m->replica_count, CASE_DOMAINS);
        ck_assert_str_eq(m->replicas[0].domain_dn, "DC=corp,DC=test");
        ck_assert(m->replicas[0].full);
        ck_assert_str_eq(m->replicas[1].domain_dn, "DC=sub,DC=corp,DC=test");
        ck_assert(!m->replicas[1].full);
    }
    ck_assert_sql(&c, "SELECT dc, mode, deletions, changed, asked FROM reading WHERE dc = 1",
                  "1 full seen 5 7");
}
END_TEST

/* dc2 was not read: what it showed is kept; 5 goes, but dc3 had it. */
EMIT(emit_kept)
{
    const struct departure_row kept = {.object = 3, .dc = 1, .kept = true, .shown = true, .state = {4, 6, 0}};
    const struct departure_row hidden = {.object = 5, .dc = 2, .kept = true};
    const struct departure_row gone = {.object = 3, .dc = 2};
    (void)ctx;
    put(store_touch_object(store, 3, reterr));
    put(put_consensus(store, 3, true, 3, 3, 0, reterr));
    put(store_put_departure(store, &kept, reterr));
    put(store_put_departure(store, &gone, reterr));
    put(store_drop_object(store, 5, reterr));
    put(store_put_departure(store, &hidden, reterr));
    put(store_drop_state(store, FACET_SPN, 4, reterr)); /* wrongly: a kept row has it */
    put(store_drop_state(store, FACET_SPN, 6, reterr));
    return store_drop_state(store, FACET_ACCOUNT, 5, reterr);
}

#define TOLD_3_KEPT                                                                                          \
    "departure 3 dc2 -1 -1 -1\nkept 3 dc1 shown 4 6 0\nobject 3 DC=cor view shown nodel\n"                   \
    "state 3 account 3 consensus\nstate 3 account 6 delegates\nstate 3 spn 3 consensus\nstate 3 spn 4\n"
#define TOLD_5_KEPT "kept 5 dc2 -1 -1 -1\nobject 5 DC=sub\n"

START_TEST(kept_rows_are_told_and_hold_what_they_mention)
{
    static const char *const parts[] = {TOLD_1, TOLD_2, TOLD_3_KEPT, TOLD_4, TOLD_5_KEPT};
    unsigned seen = 0;
    first_scan();
    ck_assert_sql(&c, "SELECT key, object FROM shared_spn", "http/both 1;http/both 5");
    case_begin(&c);
    scan(false, emit_kept);
    case_begin(&c);
    fetch(3, TOLD_3_KEPT);
    fetch(5, TOLD_5_KEPT);
    check_all(parts, 5);
    ok(&c, store_each_object(c.store, count_object, &seen, &c.error));
    ck_assert_uint_eq(seen, 0x1e);
    /* What only a DC that was not read showed may be gone from there when it is read again. */
    ck_assert_int_eq(
        sqlite3_exec(c.store->db, "UPDATE kept SET shown = 1, spn = 1 WHERE object = 5", NULL, NULL, NULL),
        SQLITE_OK);
    ok(&c, store_each_object(c.store, count_object, &seen, &c.error));
    ck_assert_uint_eq(seen, 0x3e);
    ck_assert_sql(&c, "SELECT id FROM spn_state ORDER BY 1", "0;1;2;3;4;5");
    ck_assert_sql(&c, "SELECT id FROM account_state ORDER BY 1", "1;2;3;4;6");
    ck_assert_sql(&c, "SELECT count(*) FROM shared_spn", "0");
    ck_assert_sql(&c, "SELECT key, object FROM target_holder", "http/both 1");
}
END_TEST

EMIT(emit_drop_mark)
{
    (void)ctx;
    return store_drop_mark(store, 2, reterr);
}

START_TEST(with_a_mark_go_its_kept_rows_and_what_only_they_mention)
{
    first_scan();
    case_begin(&c);
    scan(false, emit_kept);
    case_begin(&c);
    scan(false, emit_drop_mark);
    ck_assert_sql(&c, "SELECT dc FROM mark ORDER BY 1", "1;2");
    ck_assert_sql(&c, "SELECT object, dc FROM kept", "3 2");
    ck_assert_sql(&c, "SELECT id FROM object ORDER BY 1", "1;2;3;4");
    case_begin(&c);
    ck_assert_uint_eq(c.base.mark_count, 2);
    fetch(5, "");
    /* A DC that the forest has no more goes the same way. */
    snprintf(c.dcs[1].name, sizeof c.dcs[1].name, "new.corp.test");
    case_abandon(&c);
    case_begin(&c);
    scan(false, emit_drop_mark);
    ck_assert_sql(&c, "SELECT dc FROM mark ORDER BY 1", "1");
    ck_assert_sql(&c, "SELECT count(*) FROM kept", "0");
    ck_assert_sql(&c, "SELECT id FROM spn_state ORDER BY 1", "0;1;2;3;5");
    ck_assert_sql(&c, "SELECT id FROM account_state ORDER BY 1", "1;2;3;4");
}
END_TEST

Suite *suite_store_scan(void);
Suite *suite_store_scan(void)
{
    Suite *suite = suite_create("store_scan");
    TCase *tc = tcase_create("scans");
    tcase_add_checked_fixture(tc, scan_case_make, scan_case_free);
    tcase_add_test(tc, an_object_is_fetched_with_all_that_is_known);
    tcase_add_test(tc, all_is_told_once);
    tcase_add_test(tc, encryption_types_that_are_a_state_for_all_are_there);
    tcase_add_test(tc, what_departs_is_told);
    tcase_add_test(tc, each_object_that_a_dc_may_show_is_named);
    tcase_add_test(tc, nothing_is_told_of_an_empty_database);
    tcase_add_test(tc, a_dc_that_is_gone_has_no_index);
    tcase_add_test(tc, marks_come_back);
    tcase_add_test(tc, kept_rows_are_told_and_hold_what_they_mention);
    tcase_add_test(tc, with_a_mark_go_its_kept_rows_and_what_only_they_mention);
    suite_add_tcase(suite, tc);
    return suite;
}
