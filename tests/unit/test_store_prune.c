/* Forgetting what is older than it has to be kept, and looking names up. */
#include <stdlib.h>

#include "tests/unit/store_case.h"

static struct store_case c;

static void setup(void)
{
    case_make(&c);
}

static void teardown(void)
{
    case_free(&c);
}

static const int64_t day = INT64_C(86400) * 1000000;

static void at_sql(const char *sql)
{
    ck_assert_msg(sqlite3_exec(c.store->db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s",
                  sqlite3_errmsg(c.store->db));
}

/* Scan n puts state n of object 1, which had n - 1 before; object 2 goes in scan 2. */
static enum spn_code emit(void *ctx, struct store *store, struct spn_error *reterr)
{
    const int64_t n = *(const int64_t *)ctx;
    const struct consensus_row row = {.object = 1, .shown = true, .state = {n, n, n == 1 ? 1 : 0}},
                               other = {.object = 2, .shown = true, .state = {0, 20, 0}};
    enum spn_code code = store_touch_object(store, 1, reterr);
    if (code == SPN_OK)
        code = store_put_consensus(store, &row, reterr);
    for (int f = FACET_SPN; code == SPN_OK && n > 1 && f <= FACET_ACCOUNT; f++) {
        const struct change_row change = {1, 0, f, n - 1, n};
        code = store_put_change(store, &change, reterr);
    }
    if (code == SPN_OK && n == 2) {
        const struct change_row left = {2, 1, FACET_COUNT, 1, 0}, delegation = {1, 1, FACET_DELEGATION, 1, 0};
        const struct change_row sam = {2, 1, FACET_ACCOUNT, 20, STATE_UNKNOWN};
        code = store_drop_object(store, 2, reterr);
        if (code == SPN_OK)
            code = store_put_change(store, &left, reterr);
        if (code == SPN_OK)
            code = store_put_change(store, &sam, reterr);
        if (code == SPN_OK)
            code = store_put_change(store, &delegation, reterr);
    }
    if (code == SPN_OK && n == 1)
        code = store_touch_object(store, 2, reterr);
    if (code == SPN_OK && n == 1)
        code = store_put_consensus(store, &other, reterr);
    return code;
}

static void scans(int64_t count)
{
    char json[40];
    for (int64_t n = 1; n <= count; n++) {
        case_begin(&c);
        if (n == 1) {
            case_object(&c, 1, 1, 0);
            case_object(&c, 2, 2, 0);
            case_account(&c, 20, 2, "B", 0);
            case_targets(&c, 1, 1, "[\"a/b\"]", "[]");
        }
        snprintf(json, sizeof json, "[\"HOST/n%lld\"]", (long long)n);
        case_spns(&c, n, 1, json);
        case_account(&c, n, 1, "A", 0);
        case_end_bulk(&c);
        case_finish(&c, false, emit, &n);
        char sql[120];
        snprintf(sql, sizeof sql, "UPDATE scan SET started = '2026-11-%02lldT00:00:00Z' WHERE id = %lld",
                 (long long)n, (long long)n);
        at_sql(sql);
        if (n < count)
            case_abandon(&c);
    }
}

static int64_t november(int n)
{
    return INT64_C(1793491200) * 1000000 + (n - 1) * day;
}

START_TEST(old_changes_go_with_what_only_they_mention)
{
    scans(5);
    ck_assert_sql(&c, "SELECT group_concat(id) FROM spn_state", "0,1,2,3,4,5");
    ck_assert_sql(&c, "SELECT group_concat(id) FROM object", "1,2");
    ok(&c, store_prune(c.store, november(4), &c.error));
    ck_assert_sql(&c, "SELECT scan, object, facet FROM change ORDER BY 1, 2, 3",
                  "4 1 account;4 1 spn;5 1 account;5 1 spn");
    ck_assert_sql(&c, "SELECT id FROM scan", "4;5");
    ck_assert_sql(&c, "SELECT DISTINCT scan FROM scan_dc", "4;5");
    ck_assert_sql(&c, "SELECT DISTINCT scan FROM replica", "4;5");
    ck_assert_sql(&c, "SELECT group_concat(id) FROM spn_state", "0,3,4,5");
    ck_assert_sql(&c, "SELECT group_concat(id) FROM account_state", "3,4,5");
    ck_assert_sql(&c, "SELECT group_concat(id) FROM delegation_state WHERE id >= 0", "0");
    ck_assert_sql(&c, "SELECT group_concat(id) FROM object", "1");
    ck_assert_sql(&c, "SELECT count(*) FROM pragma_foreign_key_check", "0");
    /* And the index of GUIDs knows. */
    struct told told = {0};
    const struct store_loader loader = told_loader(&told);
    const struct guid one = case_guid(1), two = case_guid(2);
    bool found = false;
    ok(&c, store_fetch(c.store, &two, &loader, &found, &c.error));
    ck_assert(!found);
    ok(&c, store_fetch(c.store, &one, &loader, &found, &c.error));
    ck_assert_str_eq(
        told_text(&told),
        "object 1 DC=cor view shown nodel\nstate 1 account 3 history\nstate 1 account 4 history\n"
        "state 1 account 5 consensus history\nstate 1 spn 3 history\nstate 1 spn 4 history\n"
        "state 1 spn 5 consensus history\n");
    told_release(&told);
}
END_TEST

START_TEST(what_leads_to_a_scan_keeps_it)
{
    scans(5);
    at_sql("INSERT INTO mark VALUES (1, 1, '', 1, 1, '', '');"
           "INSERT INTO finding_seen VALUES ('old', '', 1, 2, NULL), ('new', '', 2, 5, NULL);"
           "INSERT INTO health VALUES (NULL, 'clock-skew', 'warning', '', 3)");
    ok(&c, store_prune(c.store, november(5), &c.error));
    ck_assert_sql(&c, "SELECT id FROM scan", "1;2;3;5");
    ck_assert_sql(&c, "SELECT id FROM finding_seen", "new");
    /* Nothing is so new that it goes while it is what the reports speak of. */
    ok(&c, store_prune(c.store, november(30), &c.error));
    ck_assert_sql(&c, "SELECT id FROM scan", "1;2;3;5");
    ck_assert_sql(&c, "SELECT id FROM finding_seen", "new");
    ck_assert_sql(&c, "SELECT count(*) FROM change", "0");
    ck_assert_sql(&c, "SELECT group_concat(id) FROM spn_state", "0,5");
}
END_TEST

START_TEST(the_next_scan_goes_on)
{
    scans(3);
    ok(&c, store_prune(c.store, november(30), &c.error));
    case_abandon(&c);
    case_begin(&c);
    ck_assert_int_eq(c.base.scan, 3);
    ck_assert_int_eq(c.base.next_state[FACET_SPN], 4);
    ck_assert_sql(&c, "SELECT group_concat(id) FROM spn_state", "0,3");
}
END_TEST

/* ---- looking names up ---- */

/* More than are looked up one by one hold host/many. */
enum { HOLDERS = 1040 };

static enum spn_code emit_holders(void *ctx, struct store *store, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    (void)ctx;
    for (int64_t id = 1; code == SPN_OK && id <= HOLDERS; id++) {
        const struct consensus_row row = {.object = id, .shown = true, .state = {id, id, 0}};
        code = store_touch_object(store, id, reterr);
        if (code == SPN_OK)
            code = store_put_consensus(store, &row, reterr);
    }
    return code;
}

static enum spn_code on_row(void *ctx, const struct store_cell *cells, size_t count, struct spn_error *reterr)
{
    struct text_buf *buf = ctx;
    (void)reterr;
    for (size_t i = 0; i < count; i++)
        text_append_fmt(buf, "%s%s", i ? " " : buf->len ? ";" : "", cells[i].text ? cells[i].text : "-");
    return SPN_OK;
}

static void query(const char *pattern, const char *want)
{
    struct text_buf buf = {0};
    text_append_str(&buf, "");
    ok(&c, store_query(c.store, pattern, on_row, &buf, &c.error));
    ck_assert_str_eq(buf.data, want);
    text_release(&buf);
}

#define SEEN " dc1.corp.test;dc2.corp.test;dc3.corp.test - yes"

START_TEST(an_exact_name_is_looked_up)
{
    case_begin(&c);
    for (int64_t id = 1; id <= HOLDERS; id++) {
        char json[80], name[8];
        snprintf(name, sizeof name, "%c%02lld", id <= 40 ? 'A' : 'B', (long long)(id <= 40 ? 41 - id : id));
        snprintf(json, sizeof json, "[\"HOST/%c%lld\",\"host/%s\",\"%s\"]", id <= 40 ? 'n' : 'm',
                 (long long)id, id <= 3 ? "few" : "many", id == 1 ? "HTTP/x\",\"http/X" : "all/of");
        case_object(&c, id, (uint32_t)id, 0);
        case_spns(&c, id, id, json);
        case_account(&c, id, id, name, 0);
    }
    case_end_bulk(&c);
    case_finish(&c, false, emit_holders, NULL);
    case_abandon(&c);
    ok(&c, store_open(c.path, STORE_READ, &c.store, &c.error));
    query("host/N7", "HOST/n7 A34 A34" SEEN);
    query("host/few", "host/few A38 A38" SEEN ";host/few A39 A39" SEEN ";host/few A40 A40" SEEN);
    query("http/x", "HTTP/x A40 A40" SEEN ";http/X A40 A40" SEEN);
    query("host/none", "");
    query("", "");
    struct text_buf buf = {0};
    ok(&c, store_query(c.store, "HOST/many", on_row, &buf, &c.error)); /* too many: a pass over all SPNs */
    size_t rows = 1;
    for (const char *at = buf.data; *at; at++)
        rows += strncmp(at, ";host/many", 10) == 0;
    ck_assert_uint_eq(rows, HOLDERS - 3);
    text_release(&buf);
    query("host/n1*",
          "HOST/n19 A22 A22" SEEN ";HOST/n18 A23 A23" SEEN ";HOST/n17 A24 A24" SEEN ";HOST/n16 A25 A25" SEEN
          ";HOST/n15 A26 A26" SEEN ";HOST/n14 A27 A27" SEEN ";HOST/n13 A28 A28" SEEN ";HOST/n12 A29 A29" SEEN
          ";HOST/n11 A30 A30" SEEN ";HOST/n10 A31 A31" SEEN ";HOST/n1 A40 A40" SEEN);
}
END_TEST

/* The index is what finds it: with an index of lies nothing is found, without one everything. */
START_TEST(the_index_is_what_finds_it)
{
    static const int64_t one = 1;
    case_begin(&c);
    case_object(&c, 1, 1, 0);
    case_object(&c, 2, 2, 0);
    case_spns(&c, 1, 1, "[\"a/b\"]");
    case_account(&c, 1, 1, "A", 0);
    case_account(&c, 20, 2, "B", 0);
    case_targets(&c, 1, 1, "[]", "[]");
    case_end_bulk(&c);
    int64_t n = one;
    case_finish(&c, false, emit, &n);
    query("a/b", "a/b A A" SEEN);
    at_sql("UPDATE name_index SET first = 5, entries = x'05000000000000800100000001000000'");
    query("a/b", "");
    at_sql("DELETE FROM name_index");
    query("a/b", "a/b A A" SEEN);
}
END_TEST

Suite *suite_store_prune(void);
Suite *suite_store_prune(void)
{
    Suite *suite = suite_create("store_prune");
    TCase *tc = tcase_create("prune");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, old_changes_go_with_what_only_they_mention);
    tcase_add_test(tc, what_leads_to_a_scan_keeps_it);
    tcase_add_test(tc, the_next_scan_goes_on);
    tcase_add_test(tc, an_exact_name_is_looked_up);
    tcase_add_test(tc, the_index_is_what_finds_it);
    suite_add_tcase(suite, tc);
    return suite;
}
