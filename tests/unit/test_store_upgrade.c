/* Files of older schemas: a report refuses them in plain words, the next scan brings them up to date. */
#include <stdlib.h>
#include <unistd.h>

#include "store/view.h"
#include "tests/unit/store_case.h"

static struct store_case c;
static struct told told;

/* One domain, one DC, two accounts that share a name, and what an ended scan left. */
static const char seed_sql[] =
    "INSERT INTO meta VALUES ('hash_seed', -5);"
    "INSERT INTO scan VALUES (1, '2026-11-01T00:00:00Z', '2026-11-01T00:00:09Z', 'dc1', 'corp.test', '0.1', "
    "1, 1, 1);"
    "INSERT INTO domain VALUES (4, 'DC=corp,DC=test', 'corp.test', 'D0');"
    "INSERT INTO dc VALUES (3, 'dc1.corp.test'), (9, 'dc2.corp.test');"
    "INSERT INTO scan_dc SELECT 1, id, '', 'corp.test', 1, 0, '', 'ok', 'done', '', 0, '', 0, 1, NULL, 1, 1, "
    "1, 0, 1,"
    " NULL, NULL, 1.0 FROM dc;"
    "INSERT INTO replica SELECT 1, id, 4, 1 FROM dc;"
    "INSERT INTO object VALUES (1, x'00000000000000000000000001000000', 4), (2, "
    "x'00000000000000000000000002000000', 4),"
    " (7, x'00000000000000000000000007000000', 4);"
    "INSERT INTO spn_state VALUES (1, 1, x'01000000000000000000000000000000', '[\"HTTP/a\",\"HOST/x\"]'),"
    " (2, 2, x'02000000000000000000000000000000', '[\"http/A\"]'), (3, 2, "
    "x'03000000000000000000000000000000', '[\"a/late\"]'),"
    " (4, 1, x'04000000000000000000000000000000', '[\"late\",\"a/b\"]'), (8, 7, "
    "x'08000000000000000000000000000000', '[\"left\"]');"
    "INSERT INTO account_state (id, object, hash, dn, uac) VALUES (1, 1, "
    "x'01000000000000000100000000000000', 'CN=1', 512),"
    " (2, 2, x'02000000000000000100000000000000', 'CN=2', 512), (6, 7, x'06000000000000000100000000000000', "
    "'CN=7', 512);"
    "UPDATE account_state SET hash = CAST(substr(hash, 1, 8) || x'0200000000000000' AS BLOB);"
    "UPDATE account_state SET dn = 'CN=1\\0aCNF:1', sam = 'svc', upn = 'bare', uac = NULL WHERE id = 1;"
    "UPDATE spn_state SET hash = CAST(substr(hash, 1, 8) || x'0100000000000000' AS BLOB) WHERE id > 0;"
    "INSERT INTO delegation_state VALUES (5, 7, zeroblob(16), '[]', '[]', NULL, NULL, 4);"
    "INSERT INTO consensus VALUES (1, 1, 1, 1, 0), (2, 1, 2, 2, 0);"
    "INSERT INTO departure VALUES (2, 9, 1, 3, NULL, NULL), (1, 9, 1, 4, NULL, NULL);"
    "INSERT INTO shared_spn VALUES ('http/a', 1), ('http/a', 2);"
    "PRAGMA application_id = 0x53504e53; PRAGMA user_version = 1";

static char *read_text(const char *path)
{
    struct text_buf buf = {0};
    char part[4096];
    size_t n;
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while ((n = fread(part, 1, sizeof part, file)) > 0)
        text_append(&buf, part, n);
    fclose(file);
    return buf.data;
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    char *error = NULL;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &error) == SQLITE_OK, "%s", error);
    sqlite3_close(db);
}

static void run_file(const char *path)
{
    char *sql = read_text(path);
    run_sql(c.path, sql);
    free(sql);
}

static void setup_schema(void)
{
    case_make(&c);
    told = (struct told){0};
    c.forest.domain_count = 1;
    run_file("tests/unit/schema_1.sql");
}

static void setup(void)
{
    setup_schema();
    run_sql(c.path, seed_sql);
}

static void setup_2(void)
{
    setup_schema();
    run_file("sql/upgrade_2.sql");
    run_sql(c.path, seed_sql);
    run_sql(c.path, "INSERT INTO mark VALUES (3, 1, 'invocation', 40, 41, '', '');PRAGMA user_version = 2");
}

static void setup_3(void)
{
    setup_2();
    run_file("sql/upgrade_3.sql");
    run_sql(c.path, "PRAGMA user_version = 3");
}

static void setup_4(void)
{
    setup_3();
    run_file("sql/upgrade_4.sql");
    run_sql(
        c.path,
        "CREATE VIEW spn_state AS SELECT id, object, hash, text AS spns FROM spn_set;"
        "INSERT INTO delegation_state VALUES (1, 1, zeroblob(16), '[]', '[]', NULL, NULL, 28), "
        "(2, 2, zeroblob(16), '[]', '[]', NULL, NULL, 28), (3, 2, zeroblob(16), '[]', '[]', NULL, NULL, 4), "
        "(4, 2, zeroblob(16), '[\"a/b\"]', '[]', NULL, NULL, 28);"
        "UPDATE consensus SET delegation = object; UPDATE departure SET delegation = 4 WHERE object = 2;"
        "INSERT INTO kept VALUES (1, 3, 1, 1, 1, 1);"
        "INSERT INTO change VALUES (1, 2, 3, 'delegation', 2, 3), (1, 1, 3, 'delegation', NULL, 1), "
        "(1, 1, 3, 'spn', 2, 1);"
        "INSERT INTO meta VALUES ('delegation_end', 5); PRAGMA user_version = 4");
}

static void setup_5(void)
{
    setup_4();
    run_file("sql/upgrade_5.sql");
    run_sql(c.path,
            "UPDATE account_state SET dns_host = 'a.test', upn = 'a@test', sid = 'S-1-5-21-1' WHERE id = 2;"
            "PRAGMA user_version = 5");
}

static void setup_6(void)
{
    setup_5();
    run_file("sql/upgrade_6.sql");
    run_file("sql/account_state.sql");
    run_sql(c.path,
            "INSERT INTO name_index VALUES (5, x'050000000000008001000000'); "
            "INSERT INTO guid_index VALUES (5, x'050000000000008001000000'); PRAGMA user_version = 6");
}

static void setup_7(void)
{
    setup_6();
    run_file("sql/upgrade_7.sql");
    run_sql(c.path, "PRAGMA user_version = 7");
}

static void teardown(void)
{
    case_free(&c);
    told_release(&told);
}

START_TEST(a_report_says_what_to_do)
{
    ck_assert_int_eq(store_open(c.path, STORE_READ, &c.store, &c.error), SPN_DATABASE);
    ck_assert_ptr_nonnull(strstr(c.error.text, "was written by an older spnscan: run spnscan scan once"));
    c.store = NULL;
}
END_TEST

START_TEST(until_the_scan_begins_nothing_is_written)
{
    ok(&c, store_open(c.path, STORE_SCAN, &c.store, &c.error));
    ok(&c, store_load_base(c.store, &c.base, &c.error));
    ck_assert_int_eq((int64_t)c.base.seed, -5);
    ck_assert_int_eq(c.base.scan, 1);
    ck_assert_uint_eq(c.base.mark_count, 0);
    ck_assert_int_eq(c.base.next_object, 8);
    ck_assert_int_eq(c.base.next_state[FACET_SPN], 9);
    ck_assert_sql(&c, "SELECT user_version FROM pragma_user_version", "1");
}
END_TEST

/* Tables with their columns, keys and indexes; not the words they were made with, since comments differ. */
static const char shape_sql[] = "SELECT m.type, m.name, x.* FROM sqlite_schema m LEFT JOIN "
                                "pragma_table_xinfo(m.name) x ON m.type = 'table' "
                                "WHERE m.type <> 'view' ORDER BY m.name, x.cid";
static const char keys_sql[] = "SELECT m.name, f.* FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) "
                               "f WHERE m.type = 'table' ORDER BY m.name, f.id";
static const char index_sql[] =
    "SELECT m.name, i.name, i.\"unique\", i.origin, i.partial, (SELECT group_concat(name) FROM "
    "pragma_index_info(i.name)), "
    "(SELECT substr(sql, instr(sql, 'WHERE')) FROM sqlite_schema s WHERE s.name = i.name) "
    "FROM sqlite_schema m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' ORDER BY m.name, i.name";
static const char trigger_sql[] = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name";
static const char types_sql[] = "SELECT id, object, hex(hash), targets, trustees, rbcd, rbcd_note, enctypes "
                                "FROM delegation_state WHERE id <= 0 ORDER BY id";
static const char kind_sql[] =
    "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY 1";

START_TEST(the_next_scan_makes_it_what_a_new_one_is)
{
    struct store_case made;
    static const char *const sql[] = {shape_sql, keys_sql,    index_sql,
                                      kind_sql,  trigger_sql, "SELECT user_version FROM pragma_user_version",
                                      types_sql};
    case_begin(&c);
    case_abandon(&c);
    case_make(&made);
    case_begin(&made);
    case_abandon(&made);
    for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++) {
        char *want = case_sql(&made, sql[i]);
        ck_assert_uint_gt(strlen(want), 0);
        ck_assert_sql(&c, sql[i], want);
        free(want);
    }
    case_free(&made);
}
END_TEST

START_TEST(what_is_said_of_accounts_is_made_up_for)
{
    case_begin(&c);
    case_abandon(&c);
    ck_assert_sql(&c, "SELECT * FROM account_trait ORDER BY 1", "1 1 7");
}
END_TEST

static void fetch(uint8_t n, const char *want)
{
    const struct store_loader loader = told_loader(&told);
    const struct guid guid = {{[12] = n}};
    bool found = false;
    text_clear(&told.text);
    ok(&c, store_fetch(c.store, &guid, &loader, &found, &c.error));
    ck_assert_str_eq(told_text(&told), want);
}

static enum spn_code emit_second(void *ctx, struct store *store, struct spn_error *reterr)
{
    const struct consensus_row row = {.object = 2, .shown = true, .state = {5, 2, 0}};
    (void)ctx;
    enum spn_code code = store_touch_object(store, 2, reterr);
    if (code == SPN_OK)
        code = store_put_consensus(store, &row, reterr);
    return code == SPN_OK ? store_drop_state(store, FACET_SPN, 2, reterr) : code;
}

START_TEST(what_it_held_is_found_and_built_upon)
{
    case_begin(&c);
    ck_assert_sql(
        &c,
        "SELECT (SELECT group_concat(id) FROM object), (SELECT group_concat(id) FROM spn_state), (SELECT "
        "group_concat(id) FROM account_state), (SELECT group_concat(id) FROM delegation_state WHERE id >= 0)",
        "1,2 0,1,2,3,4 1,2 0");
    fetch(2, "departure 2 dc1 shown 3 -1 -1\nobject 2 DC=cor view shown nodel\nstate 2 account 2 consensus\n"
             "state 2 spn 2 consensus\nstate 2 spn 3\n");
    fetch(7, "");
    case_spns(&c, 5, 2, "[\"host/X\"]");
    case_end_bulk(&c);
    case_finish(&c, false, emit_second, NULL);
    case_abandon(&c);
    ck_assert_sql(&c, "SELECT key, object FROM shared_spn", "host/x 1;host/x 2");
    ck_assert_sql(&c, "SELECT id FROM spn_state", "0;1;3;4;5");
    case_begin(&c);
    ck_assert_int_eq(c.base.next_object, 3);
    ck_assert_int_eq(c.base.next_state[FACET_SPN], 6);
}
END_TEST

/* Odd names are in a table that there was not: their states come again. */
START_TEST(states_with_odd_names_are_not_known_any_more)
{
    case_begin(&c);
    ck_assert_sql(&c, "SELECT id, hex(hash) FROM spn_state WHERE id > 2",
                  "3 03000000000000000100000000000000;4 01000000000000000400000000000000");
}
END_TEST

START_TEST(a_scan_that_ends_before_its_view_has_upgraded_all_the_same)
{
    case_begin(&c);
    case_end_bulk(&c);
    case_abandon(&c);
    ok(&c, store_open(c.path, STORE_READ, &c.store, &c.error));
    ck_assert_sql(&c, "SELECT key, object FROM shared_spn", "http/a 1;http/a 2");
}
END_TEST

START_TEST(marks_stay)
{
    case_begin(&c);
    case_abandon(&c);
    ck_assert_sql(&c, "SELECT dc, usn, seen_usn FROM mark", "3 40 41");
    ck_assert_sql(&c, "SELECT id, spn, account FROM consensus c JOIN account_state a ON a.id = c.account",
                  "1 1 1;2 2 2");
}
END_TEST

START_TEST(names_stay_and_new_ones_are_told_by_a_template)
{
    case_begin(&c);
    case_spns(&c, 9, 2, "[\"a/new\"]");
    case_spns(&c, 10, 2, "[\"a/newer\"]");
    case_end_bulk(&c);
    case_abandon(&c);
    ck_assert_sql(&c, "SELECT id, text, template FROM spn_set WHERE id > 2 ORDER BY 1",
                  "3 [\"a/late\"] -;4 [\"late\",\"a/b\"] -;8 [\"left\"] -;9 [\"a/new\"] -;10 newer 1");
    ck_assert_sql(&c, "SELECT spns FROM spn_state WHERE id IN (3, 10)", "[\"a/late\"];[\"a/newer\"]");
}
END_TEST

START_TEST(encryption_types_alone_become_one_state)
{
    case_begin(&c);
    ck_assert_int_eq(c.base.next_state[FACET_DELEGATION], 5);
    ck_assert_sql(&c, "SELECT id, object, enctypes FROM delegation_state WHERE id > 0", "3 2 4;4 2 28");
    ck_assert_sql(&c, "SELECT id, object, enctypes FROM delegation_state WHERE id = -30", "-30 - 28");
    ck_assert_sql(&c, "SELECT object, delegation FROM consensus", "1 -30;2 -30");
    ck_assert_sql(&c, "SELECT object, delegation FROM departure", "1 -;2 4");
    ck_assert_sql(&c, "SELECT object, delegation FROM kept", "1 -30");
    ck_assert_sql(&c, "SELECT object, facet, from_state, to_state FROM change ORDER BY 1, 2",
                  "1 delegation - -30;1 spn 2 1;2 delegation -30 3");
}
END_TEST

START_TEST(texts_of_accounts_stay_written_out)
{
    case_begin(&c);
    ck_assert_sql(&c, "SELECT id, object, dn, sam, uac, dns_host, upn, sid FROM account_state WHERE id < 3",
                  "1 1 CN=1\\0aCNF:1 svc - - bare -;2 2 CN=2 - 512 a.test a@test S-1-5-21-1");
    ck_assert_sql(&c, "SELECT count(*), count(template), sum(json_valid(rest)) FROM account_fact", "3 0 3");
    case_texts(&c, 9, 2, "b", NULL, "b@test", NULL);
    case_texts(&c, 10, 2, "c", NULL, "c@test", NULL);
    case_end_bulk(&c);
    case_abandon(&c);
    ck_assert_sql(&c,
                  "SELECT s.upn, f.template FROM account_state s JOIN account_fact f ON f.id = s.id "
                  "WHERE s.id > 8 ORDER BY s.id",
                  "b@test -;c@test 1");
}
END_TEST

START_TEST(names_and_guids_are_indexed_anew)
{
    const struct guid guid = {{[12] = 2}};
    struct object_list found = {0};
    case_begin(&c);
    ok(&c, names_holders(c.store, "http/a", 6, &found, &c.error));
    ck_assert_uint_eq(found.count, 2);
    ok(&c, index_find(c.store, INDEX_GUID, guid_entry(&guid, 0).key, ANY_NAME, &found, &c.error));
    ck_assert_uint_eq(found.count, 2 + 3); /* all GUIDs begin alike here */
    free(found.items);
    /* Hosts of 1: a, x, late and b; of 2: a and late. */
    ck_assert_sql(&c, "SELECT sum(length(entries)) / 16 FROM name_index", "6");
    ck_assert_sql(&c, "SELECT sum(length(entries)) / 16 FROM guid_index", "3");
}
END_TEST

START_TEST(what_may_be_delegated_is_worked_out)
{
    case_begin(&c);
    case_abandon(&c);
    ck_assert_sql(&c, "SELECT object, account, type, target, dcs FROM delegation_found",
                  "2 CN=2 constrained a/b dc2.corp.test");
}
END_TEST

Suite *suite_store_upgrade(void);
Suite *suite_store_upgrade(void)
{
    Suite *suite = suite_create("store_upgrade");
    TCase *tc = tcase_create("schema 1");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_report_says_what_to_do);
    tcase_add_test(tc, until_the_scan_begins_nothing_is_written);
    tcase_add_test(tc, the_next_scan_makes_it_what_a_new_one_is);
    tcase_add_test(tc, what_is_said_of_accounts_is_made_up_for);
    tcase_add_test(tc, what_it_held_is_found_and_built_upon);
    tcase_add_test(tc, states_with_odd_names_are_not_known_any_more);
    tcase_add_test(tc, a_scan_that_ends_before_its_view_has_upgraded_all_the_same);
    suite_add_tcase(suite, tc);
    tc = tcase_create("schema 2");
    tcase_add_checked_fixture(tc, setup_2, teardown);
    tcase_add_test(tc, a_report_says_what_to_do);
    tcase_add_test(tc, the_next_scan_makes_it_what_a_new_one_is);
    tcase_add_test(tc, what_is_said_of_accounts_is_made_up_for);
    tcase_add_test(tc, marks_stay);
    suite_add_tcase(suite, tc);
    tc = tcase_create("schema 3");
    tcase_add_checked_fixture(tc, setup_3, teardown);
    tcase_add_test(tc, a_report_says_what_to_do);
    tcase_add_test(tc, the_next_scan_makes_it_what_a_new_one_is);
    tcase_add_test(tc, marks_stay);
    tcase_add_test(tc, names_stay_and_new_ones_are_told_by_a_template);
    suite_add_tcase(suite, tc);
    tc = tcase_create("schema 4");
    tcase_add_checked_fixture(tc, setup_4, teardown);
    tcase_add_test(tc, a_report_says_what_to_do);
    tcase_add_test(tc, the_next_scan_makes_it_what_a_new_one_is);
    tcase_add_test(tc, marks_stay);
    tcase_add_test(tc, names_stay_and_new_ones_are_told_by_a_template);
    tcase_add_test(tc, encryption_types_alone_become_one_state);
    suite_add_tcase(suite, tc);
    tc = tcase_create("schema 5");
    tcase_add_checked_fixture(tc, setup_5, teardown);
    tcase_add_test(tc, a_report_says_what_to_do);
    tcase_add_test(tc, the_next_scan_makes_it_what_a_new_one_is);
    tcase_add_test(tc, texts_of_accounts_stay_written_out);
    suite_add_tcase(suite, tc);
    tc = tcase_create("schema 6");
    tcase_add_checked_fixture(tc, setup_6, teardown);
    tcase_add_test(tc, a_report_says_what_to_do);
    tcase_add_test(tc, the_next_scan_makes_it_what_a_new_one_is);
    tcase_add_test(tc, texts_of_accounts_stay_written_out);
    tcase_add_test(tc, names_and_guids_are_indexed_anew);
    tcase_add_test(tc, what_may_be_delegated_is_worked_out);
    suite_add_tcase(suite, tc);
    tc = tcase_create("schema 7");
    tcase_add_checked_fixture(tc, setup_7, teardown);
    tcase_add_test(tc, a_report_says_what_to_do);
    tcase_add_test(tc, the_next_scan_makes_it_what_a_new_one_is);
    tcase_add_test(tc, what_may_be_delegated_is_worked_out);
    suite_add_tcase(suite, tc);
    return suite;
}
