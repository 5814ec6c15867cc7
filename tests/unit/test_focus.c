/* Findings are worked out again for what was touched and what hangs on it, and for nothing else. */
#include <stdlib.h>

#include "spnscan/store_read.h"
#include "tests/unit/store_case.h"

static struct store_case c;

/* front$ delegates to http/back, which back$ holds; who$ may act on res$. */
enum { FRONT = 1, BACK, RES, WHO };
#define WHO_SID "S-1-5-21-1-2-3-1000"

/* A finding that no report has, of nobody: it stays as long as not everybody is looked at. */
#define BOGUS "of nobody"

static void setup(void)
{
    static char mapping[] = "host=http,www", *mappings[] = {mapping};
    case_make(&c);
    c.forest.spn_mappings = mappings;
    c.forest.spn_mapping_count = 1;
}

static void teardown(void)
{
    case_free(&c);
}

static void at_sql(const char *sql)
{
    ck_assert_msg(sqlite3_exec(c.store->db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s",
                  sqlite3_errmsg(c.store->db));
}

/* One object's row of the view: its SPN, account and delegation states; no SPN state: the object goes. */
struct shown {
    int64_t object, spn, account, delegation;
};

struct step {
    const struct shown *shown;
    size_t count;
    const char *principal; /* a SID that the directory names, so: */
    const char *named;
};

static enum spn_code emit(void *ctx, struct store *store, struct spn_error *reterr)
{
    const struct step *step = ctx;
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < step->count; i++) {
        const struct shown *s = &step->shown[i];
        const struct consensus_row row = {
            .object = s->object, .shown = true, .state = {s->spn, s->account, s->delegation}};
        code = s->spn ? store_touch_object(store, s->object, reterr)
                      : store_drop_object(store, s->object, reterr);
        if (code == SPN_OK && s->spn)
            code = store_put_consensus(store, &row, reterr);
    }
    return code;
}

static enum spn_code emit_later(void *ctx, struct store *store, struct spn_error *reterr)
{
    const struct step *step = ctx;
    const struct principal_row row = {step->principal, step->named ? step->named : "group", "CN=group"};
    enum spn_code code = step->principal ? store_put_principal(store, &row, reterr) : SPN_OK;
    return code == SPN_OK ? findings_remember(store, false, reterr) : code;
}

/* What is remembered is what a look at everything finds; kept: but for the one that shows that there was
 * none. */
static void ck_assert_remembered(bool kept)
{
    static const char now[] = "SELECT id FROM finding_seen WHERE last_scan = (SELECT id FROM current_scan)";
    static const char found[] = "SELECT id FROM finding WHERE severity <> 'info'";
    char sql[300];
    snprintf(sql, sizeof sql, "%s EXCEPT %s", found, now);
    ck_assert_sql(&c, sql, "");
    snprintf(sql, sizeof sql, "%s EXCEPT %s", now, found);
    ck_assert_sql(&c, sql, kept ? BOGUS : "");
    ck_assert_sql(&c, "SELECT * FROM delegation_found EXCEPT SELECT * FROM delegation_fact", "");
    ck_assert_sql(&c, "SELECT * FROM delegation_fact EXCEPT SELECT * FROM delegation_found", "");
    ck_assert_sql(
        &c, "SELECT (SELECT count(*) FROM delegation_found) - (SELECT count(*) FROM delegation_fact)", "0");
    ck_assert_sql(&c, "SELECT count(*) FROM focus", "0");
}

static void finish(struct step *step, bool anew, bool remember)
{
    const struct scan_view later = {.ctx = step, .emit = emit_later};
    case_end_bulk(&c);
    case_finish(&c, anew, emit, step);
    if (remember)
        ok(&c, store_put_later(c.store, &later, &c.error));
}

static void first_scan(void)
{
    static const struct shown all[] = {{FRONT, 1, 1, 1}, {BACK, 2, 2, 0}, {RES, 3, 3, 2}, {WHO, 4, 4, 0}};
    struct step step = {all, 4, NULL, NULL};
    case_begin(&c);
    for (uint32_t i = FRONT; i <= WHO; i++)
        case_object(&c, i, i, 0);
    case_spns(&c, 1, FRONT, "[\"HTTP/front\"]");
    case_spns(&c, 2, BACK, "[\"HTTP/back\"]");
    case_spns(&c, 3, RES, "[\"HTTP/res\"]");
    case_spns(&c, 4, WHO, "[\"HTTP/who\"]");
    case_account(&c, 1, FRONT, "front$", 4096);
    case_account(&c, 2, BACK, "back$", 4096);
    case_account(&c, 3, RES, "res$", 4096);
    case_trustee(&c, 4, WHO, "who$", WHO_SID);
    case_targets(&c, 1, FRONT, "[\"http/back\"]", "[]");
    case_targets(&c, 2, RES, "[]", "[\"" WHO_SID "\"]");
    finish(&step, false, true);
    ck_assert_remembered(false);
    ck_assert_sql(&c, "SELECT count(*) FROM finding_seen", "0");
    at_sql("INSERT INTO finding_seen VALUES ('" BOGUS "', 'delegation', 1, 1, 'nobody')");
    case_abandon(&c);
}

/* A scan that tells of one object. */
static void scan_of(struct shown shown, const char *spns, const char *principal, bool remember)
{
    struct step step = {&shown, shown.object ? 1 : 0, principal, NULL};
    case_begin(&c);
    if (spns)
        case_spns(&c, shown.spn, shown.object, spns);
    finish(&step, false, remember);
}

START_TEST(whoever_delegates_to_what_was_touched_is_looked_at)
{
    first_scan();
    scan_of((struct shown){BACK, 5, 2, 0}, "[\"HTTP/other\"]", NULL, true);
    ck_assert_remembered(true);
    ck_assert_sql(&c, "SELECT severity FROM finding WHERE report = 'delegation'", "critical");
    case_abandon(&c);
    scan_of((struct shown){WHO, 6, 4, 0}, "[\"HTTP/back\"]", NULL, true);
    ck_assert_remembered(true);
    ck_assert_sql(&c, "SELECT count(*) FROM finding", "0");
    case_abandon(&c);
    /* By the class that stands for the one on the list. */
    scan_of((struct shown){WHO, 7, 4, 0}, "[\"HTTP/who\"]", NULL, true);
    ck_assert_remembered(true);
    ck_assert_sql(&c, "SELECT severity FROM finding", "critical");
    case_abandon(&c);
    scan_of((struct shown){WHO, 8, 4, 0}, "[\"HOST/back\"]", NULL, true);
    ck_assert_remembered(true);
    ck_assert_sql(&c, "SELECT count(*) FROM finding", "0");
}
END_TEST

START_TEST(so_is_whoever_lets_it_act)
{
    first_scan();
    scan_of((struct shown){.object = WHO}, NULL, NULL, true);
    ck_assert_remembered(true);
    ck_assert_sql(&c, "SELECT detail FROM finding", "resource-based to res$: trustee unknown");
    case_abandon(&c);
    /* It is a group: only its name is asked for. */
    scan_of((struct shown){0}, NULL, WHO_SID, true);
    ck_assert_remembered(true);
    ck_assert_sql(&c, "SELECT count(*) FROM finding", "0");
    case_abandon(&c);
    /* And is given another one. */
    struct step renamed = {NULL, 0, WHO_SID, "crew"};
    case_begin(&c);
    finish(&renamed, false, true);
    ck_assert_remembered(true);
    ck_assert_sql(&c, "SELECT account FROM report_delegation WHERE type = 'resource-based'", "crew");
}
END_TEST

START_TEST(under_other_circumstances_everything_is)
{
    first_scan();
    c.results[1].complete = false;
    scan_of((struct shown){BACK, 5, 2, 0}, "[\"HTTP/other\"]", NULL, true);
    ck_assert_remembered(false);
}
END_TEST

static enum spn_code no_header(void *ctx, const char *const *names, size_t count, struct spn_error *reterr)
{
    (void)ctx, (void)names, (void)count, (void)reterr;
    return SPN_OK;
}

static enum spn_code note_finding(void *ctx, const struct store_cell *cells, size_t count,
                                  struct spn_error *reterr)
{
    char(*text)[200] = ctx;
    (void)count, (void)reterr;
    if (cells[5].text)
        snprintf(*text, sizeof *text, "%s", cells[5].text);
    return SPN_OK;
}

START_TEST(so_it_is_after_a_scan_that_ended_before_it_remembered)
{
    struct store *reader = NULL;
    char finding[200] = "";
    bool known = false;
    first_scan();
    scan_of((struct shown){BACK, 5, 2, 0}, "[\"HTTP/other\"]", NULL, false);
    case_abandon(&c);
    /* Who reads meanwhile is told of now. */
    ok(&c, store_open(c.path, STORE_READ, &reader, &c.error));
    ok(&c, store_begin_parts(reader, false, &c.error));
    ok(&c, store_report(reader, "delegation", no_header, note_finding, &finding, &c.error));
    ok(&c, store_end_parts(reader, SPN_OK, &c.error));
    store_close(reader);
    ck_assert_str_eq(finding, "target owned by nobody");
    ok(&c, store_open(c.path, STORE_EDIT, &reader, &c.error));
    ok(&c, finding_is_known(reader, "delegation:constrained:07070732-0707-0107-0000-000001000000:http/back",
                            &known, &c.error));
    store_close(reader);
    ck_assert(known);
    scan_of((struct shown){WHO, 4, 4, 0}, NULL, NULL, true);
    ck_assert_remembered(false);
    ck_assert_sql(&c, "SELECT severity FROM finding", "critical");
}
END_TEST

Suite *suite_focus(void);
Suite *suite_focus(void)
{
    Suite *suite = suite_create("focus");
    TCase *tc = tcase_create("focus");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, whoever_delegates_to_what_was_touched_is_looked_at);
    tcase_add_test(tc, so_is_whoever_lets_it_act);
    tcase_add_test(tc, under_other_circumstances_everything_is);
    tcase_add_test(tc, so_it_is_after_a_scan_that_ended_before_it_remembered);
    suite_add_tcase(suite, tc);
    return suite;
}
