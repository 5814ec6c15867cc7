/* alike.c: what hygiene and findings say of accounts that all DCs show alike, nearly all of their rows: SQL
 * tells the accounts and the words, and they are put together here, for a third less. The views hygiene_alike
 * and finding_alike say the same. */
#include "store/parts.h"

#include <stdlib.h>
#include <string.h>

/* What stands in the place of a number in a row of words. */
enum mark { OF_ACCOUNT = 1, OF_DN, OF_GUID, OF_ID, OF_FIRST_SEEN, OF_ACCEPTED };

/* In the order of the report: kind, bit and domain; head and tail of an id; the cells of the row. */
#define WORD_COLUMNS 5
static const char hygiene_words[] =
    "SELECT kind, bit, domain, '', '', kind, severity, 1, 2, 3, subject, detail, names, '' FROM hygiene_word "
    "ORDER BY kind, subject";
static const char finding_words[] =
    "SELECT kind, bit, domain, head, tail, 4, severity, kind, 1, names, told, NULL, "
    "iif(severity = 'info', NULL, 5), (SELECT started FROM current_scan), "
    "(SELECT CAST(id AS TEXT) FROM current_scan), iif(EXISTS (SELECT 1 FROM accepted), 6, NULL) "
    "FROM hygiene_word ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, kind, "
    "lower(subject)";

/* In the order of enum mark behind what words are chosen by. */
static const char accounts_sql[] = "SELECT checks, domain, account, account_dn, guid FROM "
                                   "temp.kept_account_fault WHERE checks & ?1 AND NOT apart ORDER BY rowid";

/* What is looked up by an id: OF_FIRST_SEEN, OF_ACCEPTED. */
#define LOOK_UPS 2
static const char *const look_up_sql[LOOK_UPS] = {
    "SELECT s.started FROM finding_seen n JOIN scan s ON s.id = n.first_scan WHERE n.id = ?1",
    "SELECT until FROM accepted WHERE id = ?1 AND until >= date('now')"};

enum { CHECKS, DOMAIN, ACCOUNT_COLUMNS = DOMAIN + 1 + OF_GUID };

struct word {
    int64_t bit, domain;
    const char *kind, *head, *tail;
    struct store_cell cells[DB_COLUMNS_MAX];
};

struct alike {
    struct store *store;
    sqlite3_stmt *accounts, *look_ups[LOOK_UPS];
    struct word *words;
    size_t count, size;
    struct store_cell account[ACCOUNT_COLUMNS]; /* in hand */
    size_t kind, next_kind;                     /* the words that are of the kind in hand */
    size_t next; /* the word to be tried next on the account in hand; next_kind: none is in hand */
    int columns;
    struct text_buf id;
    char **texts; /* of the words */
    size_t text_count, text_size;
};

static const char *keep_text(struct alike *a, const char *text)
{
    a->texts = xgrow(a->texts, &a->text_size, a->text_count + 1, sizeof *a->texts);
    return a->texts[a->text_count++] = xstrdup(text ? text : "");
}

static enum spn_code put_word(void *ctx, const struct store_cell *cells, size_t count,
                              struct spn_error *reterr)
{
    struct alike *a = ctx;
    (void)reterr;
    a->words = xgrow(a->words, &a->size, a->count + 1, sizeof *a->words);
    struct word *w = &a->words[a->count++];
    *w = (struct word){.kind = keep_text(a, cells[0].text),
                       .bit = cells[1].value,
                       .domain = cells[2].value,
                       .head = keep_text(a, cells[3].text),
                       .tail = keep_text(a, cells[4].text)};
    a->columns = (int)count - WORD_COLUMNS;
    for (int i = 0; i < a->columns; i++) {
        w->cells[i] = cells[WORD_COLUMNS + i];
        if (w->cells[i].text)
            w->cells[i].text = keep_text(a, w->cells[i].text);
    }
    return SPN_OK;
}

/* The accounts of the words from a->next_kind on that are of one kind; *ret_any false: there are no more. */
static enum spn_code begin_kind(struct alike *a, bool *ret_any, struct spn_error *reterr)
{
    int64_t mask = 0;
    a->kind = a->next_kind;
    *ret_any = a->kind < a->count;
    while (a->next_kind < a->count && strcmp(a->words[a->next_kind].kind, a->words[a->kind].kind) == 0)
        mask |= INT64_C(1) << a->words[a->next_kind++].bit;
    a->next = a->next_kind;
    if (*ret_any && sqlite3_bind_int64(a->accounts, 1, mask) != SQLITE_OK)
        return db_error(a->store, "read", reterr);
    return SPN_OK;
}

/* NULL without a GUID, as in SQL. */
static void make_id(struct alike *a, const struct word *w, struct store_cell *ret)
{
    const char *guid = a->account[DOMAIN + OF_GUID].text;
    text_clear(&a->id);
    text_append_str(&a->id, w->head);
    text_append_str(&a->id, guid ? guid : "");
    text_append_str(&a->id, w->tail);
    *ret = (struct store_cell){.text = guid ? a->id.data : NULL, .len = guid ? a->id.len : 0};
}

/* Of the id just made. */
static enum spn_code look_up(struct alike *a, sqlite3_stmt *stmt, struct store_cell *ret,
                             struct spn_error *reterr)
{
    bool any = false;
    sqlite3_reset(stmt);
    if (db_bind_text(stmt, 1, a->id.data, a->id.len) != SQLITE_OK)
        return db_error(a->store, "read", reterr);
    enum spn_code code = db_step(a->store, stmt, &any, reterr);
    *ret = (struct store_cell){0};
    if (code == SPN_OK && any)
        db_fetch_row(stmt, ret, 1);
    return code;
}

static enum spn_code fill(struct alike *a, const struct word *w, struct store_cell *cells,
                          struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (int i = 0; code == SPN_OK && i < a->columns; i++) {
        cells[i] = w->cells[i];
        if (!cells[i].is_int)
            continue;
        enum mark mark = (enum mark)cells[i].value;
        if (mark == OF_ID)
            make_id(a, w, &cells[i]);
        else if (mark <= OF_GUID)
            cells[i] = a->account[DOMAIN + mark];
        else
            code = look_up(a, a->look_ups[mark - OF_FIRST_SEEN], &cells[i], reterr);
    }
    return code;
}

enum spn_code alike_next(void *ctx, struct store_cell *cells, bool *ret_any, struct spn_error *reterr)
{
    struct alike *a = ctx;
    enum spn_code code = SPN_OK;
    *ret_any = true;
    while (code == SPN_OK && *ret_any) {
        for (; a->next < a->next_kind; a->next++) {
            const struct word *w = &a->words[a->next];
            if (a->account[CHECKS].value >> w->bit & 1 && a->account[DOMAIN].value == w->domain) {
                a->next++;
                return fill(a, w, cells, reterr);
            }
        }
        bool row = false;
        if (a->kind < a->next_kind)
            code = db_step(a->store, a->accounts, &row, reterr);
        if (row) {
            db_fetch_row(a->accounts, a->account, ACCOUNT_COLUMNS);
            a->next = a->kind;
        } else if (code == SPN_OK) {
            code = begin_kind(a, ret_any, reterr);
        }
    }
    return code;
}

enum spn_code alike_begin(struct store *store, bool findings, struct alike **ret, struct spn_error *reterr)
{
    struct alike *a = *ret = xcalloc(1, sizeof *a);
    a->store = store;
    enum spn_code code = db_query(store, findings ? finding_words : hygiene_words, NULL, put_word, a, reterr);
    if (code == SPN_OK && !(a->accounts = db_prepare(store, accounts_sql, reterr)))
        code = SPN_DATABASE;
    for (int i = 0; code == SPN_OK && i < LOOK_UPS; i++)
        if (!(a->look_ups[i] = db_prepare(store, look_up_sql[i], reterr)))
            code = SPN_DATABASE;
    return code;
}

void alike_end(struct alike *a)
{
    if (!a)
        return;
    sqlite3_finalize(a->accounts);
    for (int i = 0; i < LOOK_UPS; i++)
        sqlite3_finalize(a->look_ups[i]);
    for (size_t i = 0; i < a->text_count; i++)
        free(a->texts[i]);
    free(a->texts);
    free(a->words);
    text_release(&a->id);
    free(a);
}
