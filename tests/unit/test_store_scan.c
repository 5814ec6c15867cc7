/* What a scan stores, and what the next one is told of it. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/store_case.h"

static struct store_case c;
static struct told told;

static void setup(void)
{
    case_make(&c);
    told = (struct told){0};
}

static void teardown(void)
{
    case_free(&c);
    told_release(&told);
}

typedef enum spn_code (*emit_fn)(void *ctx, struct store *store, struct spn_error *reterr);

#define EMIT(name) static enum spn_code name(void *ctx, struct store *store, struct spn_error *reterr)
/* The rows of an emit function must go in. */
#define put(call)                                                                                            \
    do {                                                                                                     \
        enum spn_code code_ = (call);                                                                        \
        if (code_ != SPN_OK)                                                                                 \
            return code_;                                                                                    \
    } while (0)

static void scan(bool anew, emit_fn emit)
{
    case_end_bulk(&c);
    case_finish(&c, anew, emit, &c);
    case_abandon(&c);
}

static enum spn_code put_consensus(struct store *store, int64_t object, bool shown, int64_t spn,
                                   int64_t account, int64_t delegation, struct spn_error *reterr)
{
    const struct consensus_row row = {object, shown, {spn, account, delegation}};
    return store_put_consensus(store, &row, reterr);
}

static const struct guid dc_invocation = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

/* Five objects: 1 plain, 2 delegates, 3 departs at dc2 and dc3, 4 is not shown by most, 5 shares a name
 * with 1. */
static void push_first(void)
{
    for (int64_t id = 1; id <= 5; id++) {
        char name[8];
        case_object(&c, id, (uint32_t)id, id == 5);
        snprintf(name, sizeof name, "A%lld$", (long long)id);
        case_account(&c, id, id, name, id == 2 ? 0x1000200 : 0x200);
    }
    case_spns(&c, 1, 1, "[\"HOST/one\",\"HTTP/both\"]");
    case_spns(&c, 2, 2, "[\"HOST/two\"]");
    case_spns(&c, 3, 3, "[\"HOST/three\"]");
    case_spns(&c, 4, 3, "[\"HOST/three\",\"HOST/late\"]");
    case_spns(&c, 5, 4, "[\"HOST/four\"]");
    case_spns(&c, 6, 5, "[\"http/BOTH\"]");
    case_targets(&c, 1, 2, "[\"http/both\",\"cifs/none\"]", "[\"S-1-5-21-9\"]");
    case_account(&c, 6, 3, "A3$", 0x80200);
}

EMIT(emit_first)
{
    const struct departure_row late = {
        .object = 3, .dc = 1, .shown = true, .differs = {true, true}, .state = {4, 6}};
    const struct departure_row gone = {.object = 3, .dc = 2};
    const struct departure_row has = {.object = 4, .dc = 0, .shown = true};
    const struct principal_row principal = {"S-1-5-21-9", "group", "CN=group"};
    (void)ctx;
    for (int64_t id = 1; id <= 5; id++)
        put(store_touch_object(store, id, reterr));
    put(put_consensus(store, 1, true, 1, 1, 0, reterr));
    put(put_consensus(store, 2, true, 2, 2, 1, reterr));
    put(put_consensus(store, 3, true, 3, 3, 0, reterr));
    put(put_consensus(store, 4, false, 5, 4, 0, reterr));
    put(put_consensus(store, 5, true, 6, 5, STATE_UNKNOWN, reterr));
    put(store_put_departure(store, &late, reterr));
    put(store_put_departure(store, &gone, reterr));
    put(store_put_departure(store, &has, reterr));
    put(store_put_principal(store, &principal, reterr));
    for (size_t i = 0; i < CASE_DCS; i++) {
        const struct mark_row mark = {.dc = i,
                                      .invocation_id = dc_invocation,
                                      .usn = UINT64_C(9000000000) + i,
                                      .full_us = INT64_C(1795352991000000),
                                      .deletions_us = INT64_C(1795352992000000)};
        const struct reading_row reading = {i, "full", "seen", 5, 7};
        put(store_put_mark(store, &mark, reterr));
        put(store_put_reading(store, &reading, reterr));
    }
    return SPN_OK;
}

static void first_scan(void)
{
    case_begin(&c);
    push_first();
    scan(false, emit_first);
}

static void fetch(uint32_t guid, const char *want)
{
    const struct store_loader loader = told_loader(&told);
    const struct guid g = case_guid(guid);
    bool found = false;
    text_clear(&told.text);
    ok(&c, store_fetch(c.store, &g, &loader, &found, &c.error));
    ck_assert_int_eq(found, *want != 0);
    ck_assert_str_eq(told_text(&told), want);
}

/* ---- being told ---- */

#define TOLD_1 "object 1 DC=cor view shown nodel\nstate 1 account 1 consensus\nstate 1 spn 1 consensus\n"
#define TOLD_2                                                                                               \
    "object 2 DC=cor view shown\nstate 2 account 2 consensus delegates\nstate 2 delegation 1 consensus\n"    \
    "state 2 spn 2 consensus\n"
#define TOLD_3                                                                                               \
    "departure 3 dc1 shown 4 6 -1\ndeparture 3 dc2 -1 -1 -1\nobject 3 DC=cor view shown nodel\n"             \
    "state 3 account 3 consensus\nstate 3 account 6 delegates\nstate 3 spn 3 consensus\nstate 3 spn 4\n"
#define TOLD_4                                                                                               \
    "departure 4 dc0 shown -1 -1 -1\nobject 4 DC=cor view nodel\nstate 4 account 4 consensus\n"              \
    "state 4 spn 5 consensus\n"
#define TOLD_5 "object 5 DC=sub view shown\nstate 5 account 5 consensus\nstate 5 spn 6 consensus\n"

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

/* The same words in another order, once for each object and state. */
static void check_all(const char *const *parts, size_t count)
{
    struct told want = {0};
    const struct store_loader loader = told_loader(&told);
    for (size_t i = 0; i < count; i++)
        text_append_str(&want.text, parts[i]);
    text_clear(&told.text);
    ok(&c, store_load_all(c.store, &loader, &c.error));
    ck_assert_str_eq(told_text(&told), told_text(&want));
    told_release(&want);
}

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

START_TEST(each_object_of_the_view_is_named)
{
    unsigned seen = 0;
    first_scan();
    case_begin(&c);
    ok(&c, store_each_object(c.store, count_object, &seen, &c.error));
    ck_assert_uint_eq(seen, 0x3e);
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

/* ---- changes on top ---- */

EMIT(emit_second)
{
    const struct change_row change = {3, 1, FACET_SPN, 4, 7};
    const struct change_row left = {5, 0, FACET_COUNT, 1, 0};
    const struct change_row unknown = {2, 2, FACET_DELEGATION, STATE_UNKNOWN, 1};
    (void)ctx;
    put(store_touch_object(store, 3, reterr));
    put(put_consensus(store, 3, true, 7, 3, 0, reterr));
    put(store_touch_object(store, 3, reterr)); /* once more: nothing is forgotten */
    put(store_drop_object(store, 5, reterr));
    put(store_drop_object(store, 4, reterr));
    put(store_put_change(store, &change, reterr));
    put(store_put_change(store, &left, reterr));
    put(store_put_change(store, &unknown, reterr));
    for (int64_t id = 3; id <= 6; id++)
        put(store_drop_state(store, FACET_SPN, id, reterr));
    put(store_drop_state(store, FACET_ACCOUNT, 6, reterr));
    return store_drop_state(store, FACET_ACCOUNT, 4, reterr);
}

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
        "account_state), (SELECT count(*) FROM delegation_state)",
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

static enum spn_code emit_nothing(void *ctx, struct store *store, struct spn_error *reterr)
{
    (void)ctx;
    (void)store;
    (void)reterr;
    return SPN_OK;
}

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
    ck_assert_sql(&c, "SELECT count(*) FROM delegation_state", "1");
}
END_TEST

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

Suite *suite_store_scan(void);
Suite *suite_store_scan(void)
{
    Suite *suite = suite_create("store_scan");
    TCase *tc = tcase_create("scans");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, an_object_is_fetched_with_all_that_is_known);
    tcase_add_test(tc, all_is_told_once);
    tcase_add_test(tc, what_departs_is_told);
    tcase_add_test(tc, each_object_of_the_view_is_named);
    tcase_add_test(tc, nothing_is_told_of_an_empty_database);
    tcase_add_test(tc, a_dc_that_is_gone_has_no_index);
    tcase_add_test(tc, marks_come_back);
    tcase_add_test(tc, kept_rows_are_told_and_hold_what_they_mention);
    tcase_add_test(tc, with_a_mark_go_its_kept_rows_and_what_only_they_mention);
    tcase_add_test(tc, history_holds_what_it_mentions);
    tcase_add_test(tc, left_overs_go);
    tcase_add_test(tc, without_a_view_everything_is_left_over);
    tcase_add_test(tc, since_when_outlives_the_row);
    tcase_add_test(tc, holders_of_shared_names_are_asked_for_stamps_when_they_change);
    tcase_add_test(tc, names_of_sids_stay_while_they_are_mentioned);
    tcase_add_test(tc, a_view_that_fails_changes_nothing);
    tcase_add_test(tc, what_is_put_must_be_touched);
    tcase_add_test(tc, whatever_the_count_each_row_is_written_as_it_is);
    tcase_add_test(tc, many_look_up_while_the_writer_writes);
    suite_add_tcase(suite, tc);
    return suite;
}
