/* The ledger against a real store: what a handful of DCs show goes in, the stored view comes out. */
#include <check.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "scanner/run/ledger.h"

#define DCS 4

static struct domain_info domains[2];
static struct forest_info forest;
static struct dc_info dcs[DCS];
static struct dc_result results[DCS];
static enum replica_kind replicas[DCS][2];
static struct dc_view *views[DCS];
static struct ledger *ledger;
static struct store *store;
static char db[64];
static size_t dc_count;

static void start_scan(size_t count)
{
    struct spn_error error = {0};
    uint64_t seed;
    dc_count = count;
    forest.dc_count = count;
    for (size_t i = 0; i < count; i++) {
        views[i] = dc_view_new();
        replicas[i][0] = REPLICA_FULL;
        replicas[i][1] = REPLICA_NONE;
        results[i] = (struct dc_result){
            .status = DC_OK, .phase = PHASE_DONE, .complete = true, .replicas = replicas[i], .is_gc = true};
    }
    ck_assert_int_eq(store_open(db, STORE_SCAN, &store, &error), SPN_OK);
    ledger = ledger_new(domains, 2);
    const struct store_loader loader = ledger_loader(ledger);
    ck_assert_int_eq(store_load(store, &loader, &seed, &error), SPN_OK);
    ck_assert_int_eq(store_begin(store, "test", &error), SPN_OK);
    ck_assert_int_eq(store_set_domains(store, domains, 2, &error), SPN_OK);
}

static void setup(void)
{
    snprintf(db, sizeof db, "/tmp/test-ledger-%ld.db", (long)getpid());
    unlink(db);
    memset(domains, 0, sizeof domains);
    snprintf(domains[0].dn, sizeof domains[0].dn, "DC=corp,DC=example");
    snprintf(domains[0].dns_name, sizeof domains[0].dns_name, "corp.example");
    snprintf(domains[1].dn, sizeof domains[1].dn, "DC=sub,DC=corp,DC=example");
    snprintf(domains[1].dns_name, sizeof domains[1].dns_name, "sub.corp.example");
    memset(dcs, 0, sizeof dcs);
    for (int i = 0; i < DCS; i++)
        snprintf(dcs[i].name, sizeof dcs[i].name, "dc%d", i + 1);
    forest = (struct forest_info){
        .root_domain = "corp.example", .domains = domains, .domain_count = 2, .dcs = dcs};
}

static void teardown(void)
{
    for (size_t i = 0; i < DCS; i++) {
        dc_view_free(views[i]);
        views[i] = NULL;
    }
    ledger_free(ledger);
    ledger = NULL;
    store_close(store);
    store = NULL;
    unlink(db);
}

static void add_state(struct store_batch *batch, enum record_kind kind, const struct note *note, int facet,
                      struct hash128 hash, const char *text)
{
    struct store_record *r = store_batch_add(batch);
    *r = (struct store_record){
        .kind = kind, .id = note->state[facet], .object = note->object_id, .hash = hash};
    struct text_ref ref = {(uint32_t)batch->text.len, (uint32_t)strlen(text)};
    text_append_str(&batch->text, text);
    const struct text_ref none = {NO_TEXT, 0};
    if (kind == RECORD_SPN)
        r->spn.spns = ref;
    else if (kind == RECORD_ACCOUNT)
        r->account =
            (struct account_state){.dn = ref, .sam = ref, .dns_host = none, .upn = none, .sid = none};
    else
        r->delegation =
            (struct delegation_state){.targets = ref, .trustees = ref, .rbcd = none, .rbcd_note = none};
}

/* DC dc shows object number with SPN set spns and delegation state deleg (0: none) in the streams of mask. */
static void show(size_t dc, int number, int spns, int deleg, unsigned mask)
{
    struct facet_view facets = {0};
    struct note note;
    struct spn_error error = {0};
    struct store_batch *batch = store_batch_new();
    char text[64];
    facets.guid.b[0] = (uint8_t)number;
    facets.guid.b[15] = 1;
    facets.hash[FACET_SPN].lo = (uint64_t)spns;
    facets.hash[FACET_ACCOUNT].lo = (uint64_t)number + 100;
    facets.hash[FACET_DELEGATION].lo = (uint64_t)deleg;
    ck_assert_int_eq(ledger_note(ledger, views[dc], &facets, mask, 0, &note), NOTE_OK);
    if (note.new_object) {
        struct store_record *r = store_batch_add(batch);
        *r = (struct store_record){.kind = RECORD_OBJECT, .id = note.object_id};
        r->object_row.guid = facets.guid;
        r->object_row.domain = 0;
    }
    snprintf(text, sizeof text, "[\"HTTP/s%d\"]", spns);
    if (note.new_state[FACET_SPN])
        add_state(batch, RECORD_SPN, &note, FACET_SPN, facets.hash[FACET_SPN], text);
    snprintf(text, sizeof text, "account%d", number);
    if (note.new_state[FACET_ACCOUNT])
        add_state(batch, RECORD_ACCOUNT, &note, FACET_ACCOUNT, facets.hash[FACET_ACCOUNT], text);
    if (note.new_state[FACET_DELEGATION])
        add_state(batch, RECORD_DELEGATION, &note, FACET_DELEGATION, facets.hash[FACET_DELEGATION], "[]");
    if (note.name_spns)
        ledger_name(views[dc], note.object, (uint64_t)spns);
    ck_assert_int_eq(store_push(store, &batch, &error), SPN_OK);
}

static void show_all(int number, int spns, int deleg)
{
    for (size_t i = 0; i < dc_count; i++)
        show(i, number, spns, deleg, FACETS_ALL);
}

static enum spn_code emit(void *ctx, struct store *to, struct spn_error *reterr)
{
    struct dc_evidence evidence[DCS];
    (void)ctx;
    for (size_t i = 0; i < dc_count; i++)
        evidence[i] = (struct dc_evidence){views[i], results[i].replicas, results[i].complete};
    return ledger_emit(ledger, 0, evidence, dc_count, to, reterr);
}

static void finish_scan(void)
{
    struct spn_error error = {0};
    const struct scan_view view = {NULL, emit};
    ck_assert_int_eq(store_end_bulk(store, &error), SPN_OK);
    ck_assert_int_eq(store_finish(store, &forest, results, &view, &error), SPN_OK);
    store_close(store);
    store = NULL;
    ledger_free(ledger);
    ledger = NULL;
    for (size_t i = 0; i < dc_count; i++) {
        dc_view_free(views[i]);
        views[i] = NULL;
    }
}

/* The rows of a query, columns joined by ',', rows by '|'. */
static const char *rows(const char *sql)
{
    static char text[4096];
    sqlite3 *conn;
    sqlite3_stmt *stmt;
    text[0] = 0;
    ck_assert_int_eq(sqlite3_open(db, &conn), SQLITE_OK);
    ck_assert_msg(sqlite3_prepare_v2(conn, sql, -1, &stmt, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(conn));
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        if (text[0])
            strcat(text, "|");
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *cell = (const char *)sqlite3_column_text(stmt, i);
            strcat(text, i ? "," : "");
            strcat(text, cell ? cell : "NULL");
        }
    }
    sqlite3_finalize(stmt);
    sqlite3_close(conn);
    return text;
}

static const char view_sql[] =
    "SELECT a.sam, c.shown, s.spns FROM consensus c JOIN account_state a ON a.id = c.account "
    "JOIN spn_state s ON s.id = c.spn ORDER BY 1";
static const char departure_sql[] =
    "SELECT a.sam, d.name, p.shown, s.spns, p.delegation FROM departure p JOIN dc d ON d.id = p.dc "
    "JOIN consensus c ON c.object = p.object JOIN account_state a ON a.id = c.account "
    "LEFT JOIN spn_state s ON s.id = p.spn ORDER BY 1, 2";

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

static void count_missing(void *ctx, uint32_t object, const struct guid *guid, int domain)
{
    char *text = ctx;
    (void)object;
    ck_assert_int_eq(domain, 0);
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
    for (size_t i = 0; i < 3; i++)
        evidence[i] = (struct dc_evidence){views[i], results[i].replicas, results[i].complete};
    ledger_missing(ledger, evidence, 3, 2, count_missing, text);
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
    for (size_t i = 0; i < 3; i++)
        evidence[i] = (struct dc_evidence){views[i], results[i].replicas, results[i].complete};
    ledger_missing(ledger, evidence, 3, 1, count_missing, text);
    ck_assert_str_eq(text, "2 ");
}
END_TEST

Suite *suite_ledger(void);
Suite *suite_ledger(void)
{
    Suite *suite = suite_create("ledger");
    TCase *tc = tcase_create("settling");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, agreeing_dcs_leave_no_departure);
    tcase_add_test(tc, the_majority_is_the_consensus_whoever_came_first);
    tcase_add_test(tc, a_tie_goes_to_the_first_dc_by_name);
    tcase_add_test(tc, not_shown_is_a_departure_of_a_complete_dc_only);
    tcase_add_test(tc, most_dcs_without_it_make_the_holder_the_departure);
    tcase_add_test(tc, holders_without_spn_come_from_the_second_stream);
    tcase_add_test(tc, a_cleared_spn_set_differs_and_is_not_missing);
    tcase_add_test(tc, delegation_is_only_for_full_replicas);
    tcase_add_test(tc, without_a_full_replica_delegation_is_unknown);
    tcase_add_test(tc, an_account_without_spn_is_no_matter_of_partial_replicas);
    tcase_add_test(tc, a_spn_that_came_while_it_was_read_counts);
    tcase_add_test(tc, an_unchanged_rescan_writes_no_new_state);
    tcase_add_test(tc, a_change_between_scans_leaves_nothing_behind);
    tcase_add_test(tc, shared_names_are_found_over_every_state_that_is_shown);
    tcase_add_test(tc, an_object_that_comes_twice_counts_by_the_later_word);
    tcase_add_test(tc, missing_is_what_complete_dcs_show_and_this_one_does_not);
    suite_add_tcase(suite, tc);
    return suite;
}
