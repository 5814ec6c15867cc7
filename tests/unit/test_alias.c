/* Names that stand in the way of others, in a real store; who holds a name is told by a list, with wrong
 * entries as an index of hashes may have them. */
#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/alias.h"

Suite *suite_alias(void);

#define OBJECTS 12

static struct store *store;
static char db[64];
static unsigned look_ups;

static void run(const char *sql)
{
    struct spn_error error = {0};
    ck_assert_msg(db_exec(store, sql, "write", &error) == SPN_OK, "%s: %s", sql, error.text);
}

static int64_t number(const char *sql)
{
    struct spn_error error = {0};
    int64_t n = -1;
    ck_assert_msg(db_int(store, sql, &n, &error) == SPN_OK, "%s: %s", sql, error.text);
    return n;
}

static void setup(void)
{
    struct spn_error error = {0};
    snprintf(db, sizeof db, "/tmp/test-alias-%ld.db", (long)getpid());
    unlink(db);
    ck_assert_int_eq(store_open(db, STORE_SCAN, &store, &error), SPN_OK);
    ck_assert_int_eq(store_begin(store, "test", &error), SPN_OK);
    ck_assert_int_eq(store_end_bulk(store, &error), SPN_OK);
    run("INSERT INTO domain VALUES (1, 'DC=x', 'x', 'X'); INSERT INTO dc VALUES (1, 'dc1'), (2, 'dc2');"
        "INSERT INTO spn_mapping VALUES ('cifs', 'host'), ('http', 'host'), ('http', 'web'), ('host', "
        "'host')");
    look_ups = 0;
}

static void teardown(void)
{
    store_close(store);
    unlink(db);
}

/* State ids are ten times the object's, plus the DC's where one departs. */
static void hold(int object, const char *spns)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "INSERT OR REPLACE INTO object VALUES (%d, zeroblob(16), 1, 1, %d, 1, 0);"
             "INSERT OR REPLACE INTO spn_set (id, object, hash, text) VALUES (%d, %d, zeroblob(16), '%s')",
             object, object * 10, object * 10, object, spns);
    run(sql);
}

static void hold_at(int object, int dc, const char *spns)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "INSERT OR REPLACE INTO spn_set (id, object, hash, text) VALUES (%d, %d, zeroblob(16), '%s');"
             "INSERT OR REPLACE INTO departure VALUES (%d, %d, 1, %d, NULL, NULL)",
             object * 10 + dc, object, spns, object, dc, object * 10 + dc);
    run(sql);
}

/* All states that are stored, live or not, and object 1 for every name: more than there are. */
static enum spn_code find(void *ctx, const char *key, struct holder_list *ret, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(
        store,
        "SELECT t.object FROM spn_state t, json_each(t.spns) j WHERE lower(j.value) = ?1 UNION ALL SELECT 1",
        reterr);
    (void)ctx;
    look_ups++;
    ck_assert(stmt != NULL && db_bind_str(stmt, 1, key) == SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        holder_list_add(ret, sqlite3_column_int64(stmt, 0));
    sqlite3_finalize(stmt);
    return SPN_OK;
}

static const struct name_holders holders = {NULL, find};

static void rebuild(void)
{
    struct spn_error error = {0};
    ck_assert_msg(alias_rebuild(store, &holders, &error) == SPN_OK, "%s", error.text);
}

static void update(const int64_t *objects, size_t count)
{
    struct spn_error error = {0};
    ck_assert_msg(alias_update(store, objects, count, &holders, &error) == SPN_OK, "%s", error.text);
}

static bool shadow(int object, const char *key, int shadowed, const char *shadowed_key)
{
    char sql[512];
    snprintf(
        sql, sizeof sql,
        "SELECT count(*) FROM alias_shadow WHERE object = %d AND key = '%s' AND shadowed_object = %d AND "
        "shadowed_key = '%s'",
        object, key, shadowed, shadowed_key);
    return number(sql) == 1;
}

static int64_t shadows(void)
{
    return number("SELECT count(*) FROM alias_shadow");
}

START_TEST(an_explicit_name_shadows_the_one_that_stands_for_it)
{
    hold(2, "[\"HOST/Web\",\"RestrictedKrbHost/web\"]");
    hold(3, "[\"HTTP/web\",\"MSSQLSvc/web\"]");
    hold(4, "[\"web/WEB\",\"http/other\",\"host/w\\\"eb\",\"http/w\\\"eb\"]");
    rebuild();
    ck_assert(shadow(3, "http/web", 2, "host/web"));
    ck_assert(shadow(3, "http/web", 4, "web/web"));
    ck_assert_int_eq(shadows(), 2);
}
END_TEST

START_TEST(both_names_on_one_account_are_none)
{
    hold(2, "[\"HOST/web\",\"HTTP/web\"]");
    hold(3, "[\"HTTP/web:80\",\"httpx/web\",\"htt/web\",\"cifs\",\"/web\",\"\"]");
    rebuild();
    ck_assert_int_eq(shadows(), 0);
}
END_TEST

START_TEST(a_name_that_one_dc_alone_shows_counts)
{
    hold(2, "[\"HOST/web\"]");
    hold(3, "[]");
    hold_at(3, 2, "[\"cifs/web\"]");
    rebuild();
    ck_assert(shadow(3, "cifs/web", 2, "host/web"));
    run("DELETE FROM departure");
    rebuild();
    ck_assert_int_eq(shadows(), 0);
}
END_TEST

START_TEST(starting_anew_looks_up_explicit_names_alone)
{
    for (int i = 2; i < OBJECTS; i++)
        hold(i, "[\"HOST/a\",\"HOST/a.x\",\"TERMSRV/a\"]");
    hold(OBJECTS, "[\"cifs/a\"]");
    rebuild();
    ck_assert_uint_eq(look_ups, 2); /* may anybody be in the way? and again for the rows */
    ck_assert_int_eq(shadows(), OBJECTS - 2);
}
END_TEST

/* An account has both names more often than not. */
START_TEST(starting_anew_looks_once_where_nobody_else_is_found)
{
    hold(1, "[\"HOST/a\",\"CIFS/A\"]");
    rebuild();
    ck_assert_uint_eq(look_ups, 1);
    ck_assert_int_eq(shadows(), 0);
}
END_TEST

START_TEST(starting_anew_reads_names_with_escapes)
{
    hold(2, "[\"HOST/a\\\\e9\",\"a\\\"b/x\"]");
    hold(3, "[\"a\\\"c/x\",\"cifs/a\\\\e9\"]");
    rebuild();
    ck_assert(shadow(3, "cifs/a\\e9", 2, "host/a\\e9"));
    ck_assert_int_eq(shadows(), 1);
}
END_TEST

START_TEST(a_touched_object_is_looked_at_from_both_sides)
{
    const int64_t first[] = {2}, second[] = {3};
    rebuild();
    hold(3, "[\"HTTP/web\"]");
    update(second, 1);
    ck_assert_int_eq(shadows(), 0);
    hold(2, "[\"HOST/web\"]");
    update(first, 1);
    ck_assert(shadow(3, "http/web", 2, "host/web"));
    hold(3, "[\"HTTP/web2\"]");
    update(second, 1);
    ck_assert_int_eq(shadows(), 0);
}
END_TEST

START_TEST(rows_of_an_object_go_with_it)
{
    hold(2, "[\"HOST/web\"]");
    hold(3, "[\"HTTP/web\"]");
    rebuild();
    ck_assert_int_eq(shadows(), 1);
    run("INSERT INTO lookalike VALUES ('x', 2), ('x', 3); DELETE FROM object WHERE id = 2");
    ck_assert_int_eq(shadows(), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM lookalike"), 1);
}
END_TEST

START_TEST(other_mappings_start_anew)
{
    const int64_t none[] = {9};
    hold(2, "[\"HOST/web\"]");
    hold(3, "[\"HTTP/web\",\"WSMAN/web\"]");
    rebuild();
    ck_assert_int_eq(shadows(), 1);
    run("INSERT INTO spn_mapping VALUES ('wsman', 'host')");
    update(none, 1);
    ck_assert_int_eq(shadows(), 2);
    ck_assert(shadow(3, "wsman/web", 2, "host/web"));
}
END_TEST

static void hold_at_random(int object)
{
    static const char *const classes[] = {"HOST", "http", "CIFS", "web", "x"};
    char spns[256] = "[", one[64];
    int count = rand() % 4;
    for (int i = 0; i < count; i++) {
        snprintf(one, sizeof one, "%s\"%s/%c\"", i ? "," : "", classes[rand() % 5], "aAbc"[rand() % 4]);
        strcat(spns, one);
    }
    strcat(spns, "]");
    if (rand() % 3)
        hold(object, spns);
    else if (number("SELECT count(*) FROM consensus") >= OBJECTS)
        hold_at(object, 1 + rand() % 2, spns);
}

/* Whatever changes, bringing it up to date gives what starting anew gives. */
START_TEST(an_update_gives_what_starting_anew_gives)
{
    srand((unsigned)_i);
    for (int i = 1; i <= OBJECTS; i++)
        hold(i, "[]");
    rebuild();
    for (int round = 0; round < 8; round++) {
        int64_t touched[3];
        for (int i = 0; i < 3; i++) {
            touched[i] = 1 + rand() % OBJECTS;
            hold_at_random((int)touched[i]);
        }
        update(touched, 3);
        run("CREATE TEMP TABLE before AS SELECT * FROM alias_shadow");
        rebuild();
        ck_assert_int_eq(
            number("SELECT count(*) FROM (SELECT * FROM before EXCEPT SELECT * FROM alias_shadow)"), 0);
        ck_assert_int_eq(
            number("SELECT count(*) FROM (SELECT * FROM alias_shadow EXCEPT SELECT * FROM before)"), 0);
        run("DROP TABLE before");
    }
}
END_TEST

static enum spn_code refuse(void *ctx, const char *key, struct holder_list *ret, struct spn_error *reterr)
{
    (void)ctx;
    (void)ret;
    return spn_error_set(reterr, SPN_DATABASE, 0, "no index for '%s'", key);
}

START_TEST(an_error_of_the_index_is_handed_on)
{
    static const struct name_holders failing = {NULL, refuse};
    struct spn_error error = {0};
    hold(3, "[\"HTTP/web\"]");
    ck_assert_int_eq(alias_rebuild(store, &failing, &error), SPN_DATABASE);
    ck_assert_str_eq(error.text, "no index for 'host/web'");
}
END_TEST

/* ---- odd SPNs ---- */

static struct text_ref add_text(struct store_batch *batch, const char *text)
{
    struct text_ref ref = {(uint32_t)batch->text.len, (uint32_t)strlen(text)};
    text_append_str(&batch->text, text);
    return ref;
}

START_TEST(an_odd_name_is_stored_and_goes_with_its_state)
{
    struct spn_error error = {0};
    struct store_batch *batch = store_batch_new();
    store_close(store);
    ck_assert_int_eq(store_open(db, STORE_SCAN, &store, &error), SPN_OK);
    ck_assert_int_eq(store_begin(store, "test", &error), SPN_OK);
    struct store_record *r = store_batch_add(batch);
    *r = (struct store_record){.kind = RECORD_SPN, .id = 30, .object = 3};
    r->spn.spns = add_text(batch, "[\"a b/c\"]");
    for (int i = 0; i < 2; i++) { /* the same text twice: other bytes */
        r = store_batch_add(batch);
        *r = (struct store_record){.kind = RECORD_ODD_SPN, .id = 30};
        r->odd_spn.spn = add_text(batch, "a b/c");
        r->odd_spn.kind = add_text(batch, "spaces");
        r->odd_spn.skeleton = add_text(batch, "a b/c");
    }
    ck_assert_int_eq(store_push(store, &batch, &error), SPN_OK);
    ck_assert_int_eq(store_end_bulk(store, &error), SPN_OK);
    ck_assert_int_eq(
        number("SELECT count(*) FROM odd_spn WHERE state = 30 AND spn = 'a b/c' AND kind = 'spaces'"), 1);
    run("DELETE FROM spn_set WHERE id = 30");
    ck_assert_int_eq(number("SELECT count(*) FROM odd_spn"), 0);
}
END_TEST

START_TEST(who_holds_a_skeleton_is_looked_up)
{
    struct spn_error error = {0};
    hold(2, "[\"HOST/Server\"]");
    hold(3, "[\"HOST/S\u200berver\",\"a b/c\"]");
    hold(4, "[\"HOST/other\"]");
    hold_at(4, 1, "[\"host/SERVER\"]");
    hold(5, "[\"a b/c\"]");
    run("INSERT INTO odd_spn VALUES (30, 'HOST/S\u200berver', 'invisible', 'host/server'), (30, 'a b/c', "
        "'spaces', 'a b/c'),"
        "(50, 'a b/c', 'spaces', 'a b/c')");
    ck_assert_int_eq(lookalike_rebuild(store, &holders, &error), SPN_OK);
    ck_assert_uint_eq(look_ups, 1);
    ck_assert_int_eq(number("SELECT count(*) FROM lookalike"), 2);
    ck_assert_int_eq(number("SELECT count(*) FROM lookalike WHERE key = 'host/server' AND object IN (2, 4)"),
                     2);
}
END_TEST

Suite *suite_alias(void)
{
    Suite *s = suite_create("alias");
    TCase *t = tcase_create("shadows"), *odd = tcase_create("odd");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_checked_fixture(odd, setup, teardown);
    tcase_add_test(t, an_explicit_name_shadows_the_one_that_stands_for_it);
    tcase_add_test(t, both_names_on_one_account_are_none);
    tcase_add_test(t, a_name_that_one_dc_alone_shows_counts);
    tcase_add_test(t, starting_anew_looks_up_explicit_names_alone);
    tcase_add_test(t, starting_anew_looks_once_where_nobody_else_is_found);
    tcase_add_test(t, starting_anew_reads_names_with_escapes);
    tcase_add_test(t, a_touched_object_is_looked_at_from_both_sides);
    tcase_add_test(t, rows_of_an_object_go_with_it);
    tcase_add_test(t, other_mappings_start_anew);
    tcase_add_loop_test(t, an_update_gives_what_starting_anew_gives, 0, 20);
    tcase_add_test(t, an_error_of_the_index_is_handed_on);
    tcase_add_test(odd, an_odd_name_is_stored_and_goes_with_its_state);
    tcase_add_test(odd, who_holds_a_skeleton_is_looked_up);
    suite_add_tcase(s, t);
    suite_add_tcase(s, odd);
    return s;
}
