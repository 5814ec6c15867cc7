/* writer_rows.c: records as rows of their tables. The writer thread's part of writing (writer.c). */
#include "store/traits.h"
#include "store/writer_rows.h"

struct insert {
    const char *head;
    int columns;
};

/* OR ROLLBACK: an error ends the transaction in any case, and need not be undone for the statement alone. For
 * that SQLite would copy the page behind which each of them writes. */
static const struct insert inserts[RECORD_KINDS] = {
    [RECORD_SPN] = {"INSERT OR ROLLBACK INTO spn_set (id, object, hash, text, template) VALUES ", 5},
    [RECORD_ACCOUNT] =
        {"INSERT OR ROLLBACK INTO account_fact (id, object, hash, dn, sam, uac, template, rest) VALUES ", 8},
    [RECORD_DELEGATION] =
        {"INSERT OR ROLLBACK INTO delegation_state (id, object, hash, targets, trustees, rbcd, rbcd_note, "
         "enctypes) VALUES ",
         8},
    /* Two values may be one text, when only bytes that are shown as backslash and hex tell them apart. */
    [RECORD_ODD_SPN] = {"INSERT OR IGNORE INTO odd_spn (state, spn, kind, skeleton) VALUES ", 4}};

/* at: how many parameters stand before the record's own. */
static int bind_head(sqlite3_stmt *stmt, int at, const struct store_record *r)
{
    return sqlite3_bind_int64(stmt, at + 1, r->id) | sqlite3_bind_int64(stmt, at + 2, r->object) |
           sqlite3_bind_blob(stmt, at + 3, &r->hash, sizeof r->hash, SQLITE_STATIC);
}

static int bind_template(sqlite3_stmt *stmt, int at, int64_t id)
{
    return id ? sqlite3_bind_int64(stmt, at, id) : sqlite3_bind_null(stmt, at);
}

/* Text that no template tells may be gone with the next record. */
static int bind_name(sqlite3_stmt *stmt, int at, const struct templated *told)
{
    if (told->id)
        return db_bind_text(stmt, at, (const char *)told->name.data, told->name.len);
    return sqlite3_bind_text(stmt, at, (const char *)told->name.data, (int)told->name.len, SQLITE_TRANSIENT);
}

/* In place of dNSHostName, userPrincipalName and objectSid. */
static int bind_rest(sqlite3_stmt *stmt, int at, const struct templated *told)
{
    if (!told->id)
        return bind_name(stmt, at, told);
    return told->rid == NO_RID ? sqlite3_bind_null(stmt, at) : sqlite3_bind_int64(stmt, at, told->rid);
}

/* told: of RECORD_SPN and RECORD_ACCOUNT. */
static int bind_record(sqlite3_stmt *stmt, int at, const struct place *place, const struct templated *told)
{
    const struct store_record *r = place->record;
    const struct text_buf *text = place->text;
    switch (r->kind) {
    case RECORD_SPN:
        return bind_head(stmt, at, r) | bind_name(stmt, at + 4, told) | bind_template(stmt, at + 5, told->id);
    case RECORD_ACCOUNT:
        return bind_head(stmt, at, r) | db_bind_ref(stmt, at + 4, text, r->account.dn) |
               db_bind_ref(stmt, at + 5, text, r->account.sam) |
               (r->account.has_uac ? sqlite3_bind_int64(stmt, at + 6, r->account.uac)
                                   : sqlite3_bind_null(stmt, at + 6)) |
               bind_template(stmt, at + 7, told->id) | bind_rest(stmt, at + 8, told);
    case RECORD_DELEGATION:
        return bind_head(stmt, at, r) | db_bind_ref(stmt, at + 4, text, r->delegation.targets) |
               db_bind_ref(stmt, at + 5, text, r->delegation.trustees) |
               db_bind_ref(stmt, at + 6, text, r->delegation.rbcd) |
               db_bind_ref(stmt, at + 7, text, r->delegation.rbcd_note) |
               (r->delegation.has_enctypes ? sqlite3_bind_int64(stmt, at + 8, r->delegation.enctypes)
                                           : sqlite3_bind_null(stmt, at + 8));
    case RECORD_ODD_SPN:
        return sqlite3_bind_int64(stmt, at + 1, r->id) | db_bind_ref(stmt, at + 2, text, r->odd_spn.spn) |
               db_bind_ref(stmt, at + 3, text, r->odd_spn.kind) |
               db_bind_ref(stmt, at + 4, text, r->odd_spn.skeleton);
    }
    return SQLITE_MISUSE;
}

static enum spn_code put_traits(struct store *store, const struct store_record *r,
                                const struct text_buf *text, struct spn_error *reterr)
{
    int traits = account_traits(&r->account, text);
    sqlite3_stmt *stmt = traits ? db_stmt(store, STMT_PUT_TRAITS, reterr) : NULL;
    if (!stmt)
        return traits ? SPN_DATABASE : SPN_OK;
    int rc = sqlite3_bind_int64(stmt, 1, r->id) | sqlite3_bind_int64(stmt, 2, r->object) |
             sqlite3_bind_int(stmt, 3, traits);
    return db_put(store, stmt, rc, reterr);
}

/* The names of an SPN state, and the texts of an account, may be told by a template. */
static enum spn_code tell(struct store *store, struct templates *templates, const struct place *place,
                          struct templated *ret, struct spn_error *reterr)
{
    const struct store_record *r = place->record;
    *ret = (struct templated){0, {NULL, 0}, NO_RID};
    if (r->kind == RECORD_ACCOUNT)
        return templates_tell_account(templates, store, &r->account, place->text, ret, reterr);
    return r->kind == RECORD_SPN ? templates_tell(templates, store, &r->spn, place->text, ret, reterr)
                                 : SPN_OK;
}

/* The digits that a SID ends in. */
static uint32_t rid_of(const struct text_buf *text, struct text_ref sid)
{
    uint32_t rid = 0, unit = 1;
    for (size_t at = sid.len;
         at && text->data[sid.off + at - 1] >= '0' && text->data[sid.off + at - 1] <= '9'; at--, unit *= 10)
        rid += unit * (uint32_t)(text->data[sid.off + at - 1] - '0');
    return rid;
}

static void note_rid(struct account_rids *rids, const struct place *place, const struct templated *told)
{
    const struct store_record *r = place->record;
    const bool known = told->rid != NO_RID;
    if (!known && r->account.sid.off == NO_TEXT) /* it has no SID */
        return;
    const uint32_t rid = known ? (uint32_t)told->rid : rid_of(place->text, r->account.sid);
    rids->items = xgrow(rids->items, &rids->size, rids->count + 1, sizeof *rids->items);
    rids->items[rids->count++] = (struct account_rid){rid, (int32_t)r->id};
}

enum spn_code write_rows(struct store *store, struct templates *templates, const struct place *places,
                         size_t count, struct spn_error *reterr)
{
    const enum record_kind kind = places[0].record->kind;
    enum stmt_id id = (enum stmt_id)((count == 1 ? STMT_INSERT_ONE : STMT_INSERT_MANY) + (int)kind);
    sqlite3_stmt *stmt = db_stmt_rows(store, id, inserts[kind].head, inserts[kind].columns, count, reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    int rc = SQLITE_OK;
    for (size_t i = 0; code == SPN_OK && i < count; i++) {
        struct templated told;
        code = tell(store, templates, &places[i], &told, reterr);
        if (kind == RECORD_ACCOUNT && code == SPN_OK)
            note_rid(store->rids, &places[i], &told);
        rc |= bind_record(stmt, (int)i * inserts[kind].columns, &places[i], &told);
    }
    if (code == SPN_OK)
        code = db_put(store, stmt, rc, reterr);
    for (size_t i = 0; kind == RECORD_ACCOUNT && code == SPN_OK && i < count; i++)
        code = put_traits(store, places[i].record, places[i].text, reterr);
    return code;
}
