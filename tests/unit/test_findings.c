/* Findings that are remembered from scan to scan, and those that somebody accepts. */
#include <check.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spnscan/store_read.h"

static char db[64];
static struct spn_error error;

/* Behind the store's back: what a scan would have written. */
static void write_sql(const char *sql)
{
    sqlite3 *raw;
    char *text = NULL;
    ck_assert_int_eq(sqlite3_open(db, &raw), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(raw, sql, NULL, NULL, &text) == SQLITE_OK, "%s", text);
    sqlite3_close(raw);
}

static const char *read_text(const char *sql)
{
    static char text[256];
    sqlite3 *raw;
    sqlite3_stmt *stmt;
    text[0] = 0;
    ck_assert_int_eq(sqlite3_open(db, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(raw, sql, -1, &stmt, NULL), SQLITE_OK);
    if (sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_text(stmt, 0))
        snprintf(text, sizeof text, "%s", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    sqlite3_close(raw);
    return text;
}

/* A scan that has read dc1; sql is what else it wrote. */
static void scan(const char *sql)
{
    struct store *store;
    ck_assert_int_eq(store_open(db, STORE_SCAN, &store, &error), SPN_OK);
    ck_assert_int_eq(store_begin(store, "test", &error), SPN_OK);
    ck_assert_int_eq(store_end_bulk(store, &error), SPN_OK);
    write_sql(
        "UPDATE scan SET ended = started, dcs = 1, dcs_complete = 1, stored = 1;"
        "INSERT INTO scan_dc SELECT max(id), 1, 'Here', 'corp.example', 1, 0, '', 'ok', 'done', '', 0, '', "
        "0, 1, NULL, 2, 1, 1, 0, 1, NULL, NULL, 0 FROM scan;"
        "INSERT INTO replica SELECT max(id), 1, 1, 1 FROM scan");
    write_sql(sql);
    ck_assert_int_eq(findings_remember(store, false, &error), SPN_OK);
    store_close(store);
}

/* Two accounts that dc1 shows with one name. */
static const char twice[] =
    "INSERT INTO object VALUES (1, x'01000000000000000000000000000000', 1, 1, 1, 1, 0), (2, "
    "x'02000000000000000000000000000000', 1, 1, 2, 2, 0);"
    "INSERT INTO spn_set (id, object, hash, text) VALUES (1, 1, x'01', '[\"HTTP/a\"]'), (2, 2, x'01', "
    "'[\"http/A\"]');"
    "INSERT INTO account_fact (id, object, hash, dn, sam, uac) VALUES (1, 1, x'01', 'CN=a', 'a', 512), "
    "(2, 2, x'01', 'CN=b', 'b', 512);"
    "INSERT INTO shared_spn VALUES ('http/a', 1), ('http/a', 2)";

static void setup(void)
{
    struct store *store;
    snprintf(db, sizeof db, "/tmp/test-findings-%ld.db", (long)getpid());
    unlink(db);
    ck_assert_int_eq(store_open(db, STORE_SCAN, &store, &error), SPN_OK);
    ck_assert_int_eq(store_begin(store, "test", &error), SPN_OK);
    store_close(store);
    write_sql("DELETE FROM scan; INSERT INTO domain VALUES (1, 'DC=corp,DC=example', 'corp.example', 'CORP');"
              "INSERT INTO dc VALUES (1, 'dc1.corp.example')");
}

static void teardown(void)
{
    unlink(db);
}

START_TEST(findings_keep_their_first_scan)
{
    scan(twice);
    ck_assert_str_eq(read_text("SELECT id || ' ' || first_scan || ' ' || last_scan FROM finding_seen"),
                     "duplicate:http/a 1 1");
    scan("SELECT 1");
    ck_assert_str_eq(read_text("SELECT first_scan || ' ' || last_scan FROM finding_seen"), "1 2");
    scan("DELETE FROM shared_spn");
    ck_assert_str_eq(read_text("SELECT first_scan || ' ' || last_scan FROM finding_seen"), "1 2");
    ck_assert_str_eq(read_text("SELECT count(*) FROM report_findings WHERE kind = 'duplicate'"), "0");
}
END_TEST

START_TEST(information_is_not_remembered)
{
    scan(twice);
    scan("DELETE FROM finding_seen; DELETE FROM shared_spn;"
         "INSERT INTO difference VALUES (1, 1, 'servicePrincipalName', 'lagging', 'info', NULL, NULL, NULL, "
         "NULL, "
         "NULL, NULL, NULL, '', 2)");
    ck_assert_str_eq(read_text("SELECT count(*) FROM report_findings WHERE kind = 'divergence'"), "1");
    ck_assert_str_eq(read_text("SELECT count(*) FROM finding_seen"), "0");
}
END_TEST

static void summarize(struct store_summary *ret)
{
    struct store *store;
    ck_assert_int_eq(store_open(db, STORE_READ, &store, &error), SPN_OK);
    ck_assert_int_eq(store_summarize(store, true, ret, &error), SPN_OK);
    store_close(store);
}

START_TEST(accepted_findings_do_not_count)
{
    struct store_summary s;
    struct store *store;
    bool known;
    scan(twice);
    summarize(&s);
    ck_assert_int_eq(s.duplicates, 1);
    ck_assert_int_eq(store_summary_findings(&s), 1);
    ck_assert_int_eq(store_open(db, STORE_EDIT, &store, &error), SPN_OK);
    ck_assert_int_eq(finding_is_known(store, "duplicate:http/a", &known, &error), SPN_OK);
    ck_assert(known);
    ck_assert_int_eq(finding_is_known(store, "duplicate:http/b", &known, &error), SPN_OK);
    ck_assert(!known);
    ck_assert_int_eq(finding_accept(store, "duplicate:http/a", "9999-12-31", "why", &error), SPN_OK);
    ck_assert_int_eq(finding_accept(store, "duplicate:http/b", "9999-12-31", "another", &error), SPN_OK);
    store_close(store);
    summarize(&s);
    ck_assert_int_eq(store_summary_findings(&s), 0);
    ck_assert_int_eq(s.accepted, 1);
    ck_assert_int_eq(store_open(db, STORE_EDIT, &store, &error), SPN_OK);
    ck_assert_int_eq(finding_accept(store, "duplicate:http/a", "2020-01-01", "over", &error), SPN_OK);
    store_close(store);
    summarize(&s);
    ck_assert_int_eq(store_summary_findings(&s), 1);
    ck_assert_int_eq(s.accepted, 0);
}
END_TEST

START_TEST(what_was_accepted_can_be_taken_back)
{
    struct store *store;
    bool was;
    scan(twice);
    ck_assert_int_eq(store_open(db, STORE_EDIT, &store, &error), SPN_OK);
    ck_assert_int_eq(finding_accept(store, "duplicate:http/a", "9999-12-31", "why", &error), SPN_OK);
    ck_assert_int_eq(finding_unaccept(store, "duplicate:http/a", &was, &error), SPN_OK);
    ck_assert(was);
    ck_assert_int_eq(finding_unaccept(store, "duplicate:http/a", &was, &error), SPN_OK);
    ck_assert(!was);
    store_close(store);
    ck_assert_str_eq(read_text("SELECT count(*) FROM accepted"), "0");
}
END_TEST

START_TEST(a_reader_accepts_nothing)
{
    struct store *store;
    scan(twice);
    ck_assert_int_eq(store_open(db, STORE_READ, &store, &error), SPN_OK);
    ck_assert_int_eq(finding_accept(store, "duplicate:http/a", "9999-12-31", "why", &error), SPN_DATABASE);
    store_close(store);
}
END_TEST

Suite *suite_findings(void);
Suite *suite_findings(void)
{
    Suite *s = suite_create("findings");
    TCase *tc = tcase_create("findings");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, findings_keep_their_first_scan);
    tcase_add_test(tc, information_is_not_remembered);
    tcase_add_test(tc, accepted_findings_do_not_count);
    tcase_add_test(tc, what_was_accepted_can_be_taken_back);
    tcase_add_test(tc, a_reader_accepts_nothing);
    suite_add_tcase(s, tc);
    return s;
}
