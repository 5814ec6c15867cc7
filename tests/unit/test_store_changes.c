/* What a scan on top of another writes: history, verdicts, what it asks for anew. */
#include "tests/unit/scan_case.h"

/* ---- changes on top ---- */

START_TEST(history_holds_what_it_mentions)
{
    first_scan();
    case_begin(&c);
    case_spns(&c, 7, 3, "[\"HOST/seven\"]");
    case_object(&c, 6, 6, 0); /* comes and goes within one scan */
    scan(false, emit_second);
    ck_assert_sql(&c, "SELECT object, dc, facet, from_state, to_state, scan FROM change ORDER BY 1",
                  "2 3 delegation - 1 2;3 2 spn 4 7 2;5 1 object 1 0 2");
    ck_assert_sql(&c, "SELECT id FROM object ORDER BY 1", "1;2;3;5;6");
    ck_assert_sql(&c, "SELECT id FROM spn_state ORDER BY 1", "0;1;2;4;7");
    ck_assert_sql(&c, "SELECT id FROM account_state ORDER BY 1", "1;2;3;5");
    case_begin(&c);
    fetch(3, "object 3 DC=cor view shown nodel\nstate 3 account 3 consensus\nstate 3 spn 4 history\n"
             "state 3 spn 7 consensus history\n");
    fetch(5, "object 5 DC=sub\n");
    fetch(4, "");
    static const char *const parts[] = {
        TOLD_1, "object 2 DC=cor view shown\nstate 2 account 2 consensus delegates\nstate 2 delegation 1 "
                "consensus history\n"
                "state 2 spn 2 consensus\nobject 3 DC=cor view shown nodel\nstate 3 account 3 consensus\n"
                "state 3 spn 4 history\nstate 3 spn 7 consensus history\nobject 5 DC=sub\n"};
    check_all(parts, 2);
}
END_TEST

START_TEST(left_overs_go)
{
    first_scan();
    case_begin(&c);
    ck_assert_int_eq(c.base.next_object, 6);
    ck_assert_int_eq(c.base.next_state[FACET_SPN], 7);
    ck_assert_int_eq(c.base.next_state[FACET_ACCOUNT], 7);
    ck_assert_int_eq(c.base.next_state[FACET_DELEGATION], 2);
    case_object(&c, 6, 6, 0);
    case_spns(&c, 7, 6, "[\"a/b\"]");
    case_account(&c, 7, 6, "left", 0);
    case_targets(&c, 2, 6, "[\"a/b\"]", "[]");
    case_end_bulk(&c);
    case_abandon(&c);
    ck_assert_sql(&c, "SELECT (SELECT max(id) FROM object), (SELECT max(id) FROM spn_state)", "6 7");
    case_begin(&c);
    ck_assert_int_eq(c.base.next_object, 6);
    ck_assert_int_eq(c.base.next_state[FACET_SPN], 7);
    ck_assert_sql(
        &c,
        "SELECT (SELECT max(id) FROM object), (SELECT max(id) FROM spn_state), (SELECT max(id) FROM "
        "account_state), (SELECT max(id) FROM delegation_state)",
        "5 6 6 1");
    /* A scan that read no DC whole leaves the same behind. */
    case_object(&c, 6, 7, 0);
    case_end_bulk(&c);
    case_finish(&c, false, NULL, NULL);
    case_abandon(&c);
    case_begin(&c);
    ck_assert_int_eq(c.base.scan, 1);
    ck_assert_sql(&c, "SELECT max(id) FROM object", "5");
    fetch(7, "");
}
END_TEST

START_TEST(without_a_view_everything_is_left_over)
{
    case_begin(&c);
    push_first();
    case_end_bulk(&c);
    case_abandon(&c);
    ck_assert_sql(&c, "SELECT count(*) FROM object", "5");
    case_begin(&c);
    ck_assert_int_eq(c.base.next_object, 1);
    ck_assert_sql(
        &c,
        "SELECT (SELECT count(*) FROM object), (SELECT count(*) FROM spn_state), (SELECT count(*) FROM "
        "account_state), (SELECT count(*) FROM delegation_state WHERE id >= 0)",
        "0 1 0 1");
}
END_TEST

/* ---- why ---- */

static const struct stamp_row stamp = {3, INT64_C(1795352991000000), {{0xd}}, 77};

static enum spn_code put_difference(struct store *store, int64_t object, size_t dc, const char *attribute,
                                    const char *verdict, struct spn_error *reterr)
{
    const struct difference_row row = {.object = object,
                                       .dc = dc,
                                       .attribute = attribute,
                                       .verdict = verdict,
                                       .severity = "warning",
                                       .winner = dc ? SIZE_MAX : 2,
                                       .has_stamp = dc == 0,
                                       .stamp = stamp,
                                       .has_behind = true,
                                       .behind_usn = 5,
                                       .behind_s = dc ? -1 : 60};
    return store_put_difference(store, &row, reterr);
}

EMIT(emit_differences)
{
    struct store_case *to = ctx;
    put(emit_first(to, store, reterr));
    put(put_difference(store, 3, 0, "servicePrincipalName", "lagging", reterr));
    put(put_difference(store, 3, 1, "servicePrincipalName", "lagging", reterr));
    put(put_difference(store, 4, 1, "objectGUID", "lingering", reterr));
    put(store_put_stamp(store, 3, "servicePrincipalName", &stamp, reterr));
    return store_put_stamp(store, 1, "userAccountControl", &stamp, reterr);
}

/* 3 is touched and still differs at dc1, by another verdict; 4 is not touched. */
EMIT(emit_more_differences)
{
    (void)ctx;
    put(store_touch_object(store, 3, reterr));
    put(put_consensus(store, 3, true, 3, 3, 0, reterr));
    put(put_difference(store, 3, 0, "servicePrincipalName", "divergent", reterr));
    put(put_difference(store, 3, 2, "servicePrincipalName", "lagging", reterr));
    return put_difference(store, 3, 0, "userAccountControl", "lagging", reterr);
}

EMIT(emit_differences_anew)
{
    put(emit_first(ctx, store, reterr));
    put(put_difference(store, 3, 0, "servicePrincipalName", "lagging", reterr));
    return put_difference(store, 4, 2, "objectGUID", "lingering", reterr);
}

START_TEST(since_when_outlives_the_row)
{
    static const char sql[] =
        "SELECT object, dc, attribute, verdict, first_scan FROM difference ORDER BY 1, 2, 3";
    case_begin(&c);
    push_first();
    scan(false, emit_differences);
    ck_assert_sql(&c,
                  "SELECT dc, winner, version, written_at, origin, usn, behind_usn, behind_s FROM difference "
                  "WHERE object = 3",
                  "1 3 3 2026-11-22T13:09:51Z 0000000d-0000-0000-0000-000000000000 77 5 60;2 - - - - - 5 -");
    ck_assert_sql(&c, "SELECT object, attribute FROM stamp ORDER BY 1",
                  "1 userAccountControl;3 servicePrincipalName");
    case_begin(&c);
    scan(false, emit_more_differences);
    ck_assert_sql(&c, sql,
                  "3 1 servicePrincipalName divergent 1;3 1 userAccountControl lagging 2;"
                  "3 3 servicePrincipalName lagging 2;4 2 objectGUID lingering 1");
    /* 3's SPNs are others than before; nothing was said of 1. */
    ck_assert_sql(&c, "SELECT count(*) FROM stamp", "0");
    case_begin(&c);
    scan(true, emit_differences_anew);
    ck_assert_sql(&c, sql, "3 1 servicePrincipalName lagging 1;4 3 objectGUID lingering 3");
}
END_TEST

EMIT(emit_differences_alone)
{
    (void)ctx;
    put(store_touch_object(store, 1, reterr));
    put(put_consensus(store, 1, true, 1, 1, 0, reterr));
    put(put_difference(store, 1, 0, "dNSHostName", "hidden", reterr)); /* dc2 is right */
    return put_difference(store, 1, 1, "dNSHostName", "hidden", reterr);
}

EMIT(emit_nothing)
{
    (void)ctx;
    (void)store;
    (void)reterr;
    return SPN_OK;
}

/* Whoever differs only in what the view has no row for: a value that is hidden, of an object that is of no
 * interest there. */
START_TEST(differences_of_a_dc_go_with_it)
{
    static const char sql[] = "SELECT object, dc FROM difference ORDER BY 1, 2";
    first_scan();
    case_begin(&c);
    scan(false, emit_differences_alone);
    ck_assert_sql(&c, sql, "1 1;1 2");
    case_begin(&c);
    c.results[2].complete = false;
    scan(false, emit_nothing);
    ck_assert_sql(&c, sql, "1 2");
    case_begin(&c);
    c.results[1].complete = false;
    scan(false, emit_nothing);
    ck_assert_sql(&c, sql, "");
}
END_TEST

static enum spn_code put_young(struct store *store, size_t dc, struct spn_error *reterr)
{
    const struct difference_row row = {.object = 3,
                                       .dc = dc,
                                       .attribute = "objectGUID",
                                       .verdict = "unproved",
                                       .severity = "warning",
                                       .young_s = 3600,
                                       .winner = SIZE_MAX};
    return store_put_difference(store, &row, reterr);
}

EMIT(emit_young)
{
    put(emit_first(ctx, store, reterr));
    return put_young(store, 0, reterr);
}

EMIT(emit_younger)
{
    (void)ctx;
    put(store_touch_object(store, 3, reterr));
    put(put_consensus(store, 3, true, 3, 3, 0, reterr));
    put(put_young(store, 0, reterr));
    return put_young(store, 1, reterr);
}

START_TEST(what_is_young_is_information_unless_it_always_was)
{
    static const char sql[] = "SELECT dc, severity FROM difference ORDER BY 1";
    case_begin(&c);
    push_first();
    scan(false, emit_young);
    ck_assert_sql(&c, sql, "1 warning"); /* nobody knows for how long */
    case_begin(&c);
    scan(false, emit_younger);
    ck_assert_sql(&c, sql, "1 warning;2 info");
    case_begin(&c);
    ck_assert_int_eq(
        sqlite3_exec(c.store->db,
                     "UPDATE scan SET started = strftime('%Y-%m-%dT%H:%M:%SZ', started, '-61 minutes') "
                     "WHERE id = 2",
                     NULL, NULL, NULL),
        SQLITE_OK);
    scan(false, emit_younger);
    ck_assert_sql(&c, sql, "1 warning;2 warning");
}
END_TEST

static void note_unstamped(void *ctx, int64_t object, const struct guid *guid, int domain)
{
    const struct guid want = case_guid((uint32_t)object);
    ck_assert(guid_equal(guid, &want));
    ck_assert_int_eq(domain, object == 5);
    *(unsigned *)ctx |= 1u << object;
}

static unsigned unstamped(void)
{
    unsigned seen = 0;
    ok(&c, store_each_unstamped(c.store, note_unstamped, &seen, &c.error));
    return seen;
}

EMIT(emit_later)
{
    (void)ctx;
    put(store_put_stamp(store, 1, "servicePrincipalName", &stamp, reterr));
    return store_put_stamp(store, 5, "servicePrincipalName", &stamp, reterr);
}

EMIT(emit_changed_name)
{
    (void)ctx;
    put(store_touch_object(store, 1, reterr));
    return put_consensus(store, 1, true, 7, 1, 0, reterr);
}

EMIT(emit_stamped_name)
{
    put(store_touch_object(store, 1, reterr));
    put(put_consensus(store, 1, true, 8, 1, 0, reterr));
    (void)ctx;
    return store_put_stamp(store, 1, "servicePrincipalName", &stamp, reterr);
}

EMIT(emit_same_name)
{
    (void)ctx;
    put(store_touch_object(store, 1, reterr));
    put(store_touch_object(store, 5, reterr));
    put(put_consensus(store, 5, true, 6, 5, STATE_UNKNOWN, reterr));
    return put_consensus(store, 1, true, 8, 1, 0, reterr);
}

EMIT(emit_no_name)
{
    (void)ctx;
    put(store_touch_object(store, 1, reterr));
    return put_consensus(store, 1, true, 0, 1, 0, reterr);
}

START_TEST(holders_of_shared_names_are_asked_for_stamps_when_they_change)
{
    const struct scan_view later = {.emit = emit_later};
    case_begin(&c);
    push_first();
    case_end_bulk(&c);
    case_finish(&c, false, emit_first, &c);
    ck_assert_uint_eq(unstamped(), 1u << 1 | 1u << 5);
    ok(&c, store_put_later(c.store, &later, &c.error));
    ck_assert_uint_eq(unstamped(), 0);
    case_abandon(&c);

    case_begin(&c);
    case_spns(&c, 7, 1, "[\"HTTP/both\"]");
    case_spns(&c, 8, 1, "[\"HTTP/both\",\"a/b\"]");
    case_end_bulk(&c);
    case_finish(&c, false, emit_changed_name, NULL);
    ck_assert_uint_eq(unstamped(), 1u << 1);
    case_abandon(&c);

    case_begin(&c);
    case_end_bulk(&c);
    case_finish(&c, false, emit_stamped_name, NULL); /* asked in the same scan */
    ck_assert_uint_eq(unstamped(), 0);
    case_abandon(&c);

    case_begin(&c);
    case_end_bulk(&c);
    case_finish(&c, false, emit_same_name, NULL); /* something was written to both, if not to their names */
    ck_assert_uint_eq(unstamped(), 1u << 1 | 1u << 5);
    case_abandon(&c);

    case_begin(&c);
    scan(false, emit_no_name);
    ck_assert_sql(&c, "SELECT (SELECT count(*) FROM stamp), (SELECT count(*) FROM shared_spn)", "0 0");
}
END_TEST

EMIT(emit_no_trustee)
{
    (void)ctx;
    put(store_touch_object(store, 2, reterr));
    put(put_consensus(store, 2, true, 2, 2, 0, reterr));
    return store_drop_state(store, FACET_DELEGATION, 1, reterr);
}

START_TEST(names_of_sids_stay_while_they_are_mentioned)
{
    first_scan();
    case_begin(&c);
    scan(false, emit_nothing);
    ck_assert_sql(&c, "SELECT sid FROM principal", "S-1-5-21-9");
    ck_assert_sql(&c, "SELECT count(*) FROM target_holder", "2");
    case_begin(&c);
    scan(false, emit_no_trustee);
    ck_assert_sql(&c, "SELECT count(*) FROM principal", "0");
    ck_assert_sql(&c, "SELECT count(*) FROM target_holder", "0");
    ck_assert_sql(&c, "SELECT count(*) FROM delegation_state WHERE id >= 0", "1");
}
END_TEST

Suite *suite_store_changes(void);
Suite *suite_store_changes(void)
{
    Suite *suite = suite_create("store_changes");
    TCase *tc = tcase_create("changes");
    tcase_add_checked_fixture(tc, scan_case_make, scan_case_free);
    tcase_add_test(tc, history_holds_what_it_mentions);
    tcase_add_test(tc, left_overs_go);
    tcase_add_test(tc, without_a_view_everything_is_left_over);
    tcase_add_test(tc, since_when_outlives_the_row);
    tcase_add_test(tc, differences_of_a_dc_go_with_it);
    tcase_add_test(tc, what_is_young_is_information_unless_it_always_was);
    tcase_add_test(tc, holders_of_shared_names_are_asked_for_stamps_when_they_change);
    tcase_add_test(tc, names_of_sids_stay_while_they_are_mentioned);
    suite_add_tcase(suite, tc);
    return suite;
}
