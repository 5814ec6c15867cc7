/* The one thread that writes while accounts stream in; a lock keeps it and those who look something up apart.
 * Readers hand it batches through a bounded queue: a slow disk holds the readers back, not memory. Rows are
 * written in transactions of bounded size; none of them is part of the current view until store_finish says
 * so, so that it does not matter where a scan ends. */
#include "store/db.h"

#include <pthread.h>
#include <stdlib.h>

#define QUEUE_BATCHES       16
#define BATCH_RECORDS       2048
#define BATCH_TEXT          (256 * 1024)
#define TRANSACTION_RECORDS 200000

struct writer {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t has_batch; /* count went up, or ending was set */
    pthread_cond_t has_room;  /* count went down, or failed was set */
    struct store_batch *ring[QUEUE_BATCHES];
    size_t head, count;
    bool ending;
    bool discard;            /* aborted: take no more batches, write nothing more */
    struct spn_error failed; /* code not SPN_OK: the writer has given up; sticky */
    size_t in_transaction;   /* records since BEGIN; 0: none open. Writer thread only. */
};

struct store_batch *store_batch_new(void)
{
    return xcalloc(1, sizeof(struct store_batch));
}

void store_batch_free(struct store_batch *batch)
{
    if (!batch)
        return;
    text_release(&batch->text);
    free(batch->records);
    free(batch);
}

struct store_record *store_batch_add(struct store_batch *batch)
{
    batch->records = xgrow(batch->records, &batch->size, batch->count + 1, sizeof *batch->records);
    return &batch->records[batch->count++];
}

bool store_batch_full(const struct store_batch *batch)
{
    return batch->count >= BATCH_RECORDS || batch->text.len >= BATCH_TEXT;
}

/* What SQLite does for a statement costs as much as what it does for a row: many rows go with one. */
#define ROWS_AT_ONCE 16

struct insert {
    const char *head;
    int columns;
};

static const struct insert inserts[RECORD_KINDS] = {
    [RECORD_OBJECT] = {"INSERT INTO object (id, guid, domain) VALUES ", 3},
    [RECORD_SPN] = {"INSERT INTO spn_state (id, object, hash, spns) VALUES ", 4},
    [RECORD_ACCOUNT] =
        {"INSERT INTO account_state (id, object, hash, dn, sam, uac, dns_host, upn, sid) VALUES ", 9},
    [RECORD_DELEGATION] =
        {"INSERT INTO delegation_state (id, object, hash, targets, trustees, rbcd, rbcd_note, "
         "enctypes) VALUES ",
         8},
    /* Two values may be one text, when only bytes that are shown as backslash and hex tell them apart. */
    [RECORD_ODD_SPN] = {"INSERT OR IGNORE INTO odd_spn (state, spn, kind, skeleton) VALUES ", 4}};

static sqlite3_stmt *insert_stmt(struct store *store, enum record_kind kind, size_t rows,
                                 struct spn_error *reterr)
{
    enum stmt_id id = (enum stmt_id)((rows == 1 ? STMT_INSERT_ONE : STMT_INSERT_MANY) + (int)kind);
    struct text_buf sql = {0};
    for (size_t row = 0; !store->stmt[id] && row < rows; row++) {
        text_append_str(&sql, row ? ", (" : inserts[kind].head);
        text_append_str(&sql, row ? "?" : "(?");
        for (int i = 1; i < inserts[kind].columns; i++)
            text_append_str(&sql, ", ?");
        text_append_char(&sql, ')');
    }
    sqlite3_stmt *stmt = db_stmt_of(store, id, sql.data, reterr);
    text_release(&sql);
    return stmt;
}

/* at: how many parameters stand before the record's own. */
static int bind_head(sqlite3_stmt *stmt, int at, const struct store_record *r)
{
    return sqlite3_bind_int64(stmt, at + 1, r->id) | sqlite3_bind_int64(stmt, at + 2, r->object) |
           sqlite3_bind_blob(stmt, at + 3, &r->hash, sizeof r->hash, SQLITE_STATIC);
}

static int bind_record(const struct store *store, sqlite3_stmt *stmt, int at, const struct store_record *r,
                       const struct text_buf *text)
{
    switch (r->kind) {
    case RECORD_OBJECT:
        return sqlite3_bind_int64(stmt, at + 1, r->id) |
               sqlite3_bind_blob(stmt, at + 2, r->object_row.guid.b, sizeof r->object_row.guid.b,
                                 SQLITE_STATIC) |
               sqlite3_bind_int64(stmt, at + 3, store->domain_ids[r->object_row.domain]);
    case RECORD_SPN:
        return bind_head(stmt, at, r) | db_bind_ref(stmt, at + 4, text, r->spn.spns);
    case RECORD_ACCOUNT:
        return bind_head(stmt, at, r) | db_bind_ref(stmt, at + 4, text, r->account.dn) |
               db_bind_ref(stmt, at + 5, text, r->account.sam) |
               (r->account.has_uac ? sqlite3_bind_int64(stmt, at + 6, r->account.uac) : SQLITE_OK) |
               db_bind_ref(stmt, at + 7, text, r->account.dns_host) |
               db_bind_ref(stmt, at + 8, text, r->account.upn) |
               db_bind_ref(stmt, at + 9, text, r->account.sid);
    case RECORD_DELEGATION:
        return bind_head(stmt, at, r) | db_bind_ref(stmt, at + 4, text, r->delegation.targets) |
               db_bind_ref(stmt, at + 5, text, r->delegation.trustees) |
               db_bind_ref(stmt, at + 6, text, r->delegation.rbcd) |
               db_bind_ref(stmt, at + 7, text, r->delegation.rbcd_note) |
               (r->delegation.has_enctypes ? sqlite3_bind_int64(stmt, at + 8, r->delegation.enctypes)
                                           : SQLITE_OK);
    case RECORD_ODD_SPN:
        return sqlite3_bind_int64(stmt, at + 1, r->id) | db_bind_ref(stmt, at + 2, text, r->odd_spn.spn) |
               db_bind_ref(stmt, at + 3, text, r->odd_spn.kind) |
               db_bind_ref(stmt, at + 4, text, r->odd_spn.skeleton);
    }
    return SQLITE_MISUSE;
}

/* Records of one kind: one of them, or ROWS_AT_ONCE. */
static enum spn_code write_rows(struct store *store, const struct store_record *const *records, size_t count,
                                const struct text_buf *text, struct spn_error *reterr)
{
    const enum record_kind kind = records[0]->kind;
    sqlite3_stmt *stmt = insert_stmt(store, kind, count, reterr);
    int rc = SQLITE_OK;
    for (size_t i = 0; stmt && i < count; i++)
        rc |= bind_record(store, stmt, (int)i * inserts[kind].columns, records[i], text);
    return db_put(store, stmt, rc, reterr);
}

static enum spn_code write_kind(struct store *store, const struct store_batch *batch, enum record_kind kind,
                                struct spn_error *reterr)
{
    const struct store_record *waiting[ROWS_AT_ONCE];
    size_t count = 0;
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < batch->count; i++) {
        if (batch->records[i].kind != kind)
            continue;
        waiting[count++] = &batch->records[i];
        if (count < ROWS_AT_ONCE)
            continue;
        code = write_rows(store, waiting, count, &batch->text, reterr);
        count = 0;
    }
    for (size_t i = 0; code == SPN_OK && i < count; i++)
        code = write_rows(store, &waiting[i], 1, &batch->text, reterr);
    return code;
}

static enum spn_code write_batch(struct store *store, const struct store_batch *batch,
                                 struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (int kind = 0; code == SPN_OK && kind < RECORD_KINDS; kind++)
        code = write_kind(store, batch, (enum record_kind)kind, reterr);
    return code;
}

static enum spn_code commit(struct store *store, struct spn_error *reterr)
{
    struct writer *w = store->writer;
    if (!w->in_transaction)
        return SPN_OK;
    w->in_transaction = 0;
    return db_exec(store, "COMMIT", "write", reterr);
}

static enum spn_code take_batch(struct store *store, const struct store_batch *batch,
                                struct spn_error *reterr)
{
    struct writer *w = store->writer;
    enum spn_code code = SPN_OK;
    if (!w->in_transaction)
        code = db_exec(store, "BEGIN IMMEDIATE", "write", reterr);
    if (code == SPN_OK)
        code = write_batch(store, batch, reterr);
    w->in_transaction += batch->count + 1;
    if (code == SPN_OK && w->in_transaction >= TRANSACTION_RECORDS)
        code = commit(store, reterr);
    return code;
}

static void give_up(struct store *store, const struct spn_error *error)
{
    struct writer *w = store->writer;
    /* The error is in hand; ROLLBACK may find that SQLite has already rolled back, which is as good. */
    pthread_mutex_lock(&store->lock);
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    pthread_mutex_unlock(&store->lock);
    w->in_transaction = 0;
    pthread_mutex_lock(&w->lock);
    w->failed = *error;
    pthread_cond_broadcast(&w->has_room);
    pthread_mutex_unlock(&w->lock);
}

static void *writer_main(void *arg)
{
    struct store *store = arg;
    struct writer *w = store->writer;
    struct spn_error error = {0};
    enum spn_code code = SPN_OK;
    for (;;) {
        pthread_mutex_lock(&w->lock);
        while (!w->count && !w->ending)
            pthread_cond_wait(&w->has_batch, &w->lock);
        if (!w->count) {
            pthread_mutex_unlock(&w->lock);
            break;
        }
        struct store_batch *batch = w->ring[w->head];
        w->head = (w->head + 1) % QUEUE_BATCHES;
        w->count--;
        bool skip = w->discard;
        pthread_cond_signal(&w->has_room);
        pthread_mutex_unlock(&w->lock);
        if (code == SPN_OK && !skip) {
            pthread_mutex_lock(&store->lock);
            code = take_batch(store, batch, &error);
            pthread_mutex_unlock(&store->lock);
            if (code != SPN_OK)
                give_up(store, &error);
        }
        store_batch_free(batch);
    }
    if (code == SPN_OK) {
        pthread_mutex_lock(&store->lock);
        code = commit(store, &error);
        pthread_mutex_unlock(&store->lock);
        if (code != SPN_OK)
            give_up(store, &error);
    }
    return NULL;
}

enum spn_code writer_start(struct store *store, struct spn_error *reterr)
{
    struct writer *w = xcalloc(1, sizeof *w);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->has_batch, NULL);
    pthread_cond_init(&w->has_room, NULL);
    store->writer = w;
    int rc = pthread_create(&w->thread, NULL, writer_main, store);
    if (rc != 0) {
        store->writer = NULL;
        free(w);
        return spn_error_set(reterr, SPN_INTERNAL, rc, "cannot start the writer thread: error %d", rc);
    }
    return SPN_OK;
}

static enum spn_code writer_join(struct store *store, bool discard, struct spn_error *reterr)
{
    struct writer *w = store->writer;
    if (!w)
        return SPN_OK;
    pthread_mutex_lock(&w->lock);
    w->ending = true;
    w->discard = w->discard || discard;
    pthread_cond_signal(&w->has_batch);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    enum spn_code code = w->failed.code;
    if (code != SPN_OK && reterr)
        *reterr = w->failed;
    store->writer = NULL;
    pthread_cond_destroy(&w->has_room);
    pthread_cond_destroy(&w->has_batch);
    pthread_mutex_destroy(&w->lock);
    free(w);
    return code;
}

enum spn_code writer_end(struct store *store, struct spn_error *reterr)
{
    return writer_join(store, false, reterr);
}

void writer_abort(struct store *store)
{
    writer_join(store, true, NULL);
}

enum spn_code store_push(struct store *store, struct store_batch **batch, struct spn_error *reterr)
{
    struct writer *w = store->writer;
    enum spn_code code = SPN_OK;
    pthread_mutex_lock(&w->lock);
    while (w->count == QUEUE_BATCHES && w->failed.code == SPN_OK)
        pthread_cond_wait(&w->has_room, &w->lock);
    if (w->failed.code != SPN_OK) {
        *reterr = w->failed;
        code = w->failed.code;
    } else {
        w->ring[(w->head + w->count) % QUEUE_BATCHES] = *batch;
        w->count++;
        *batch = NULL;
        pthread_cond_signal(&w->has_batch);
    }
    pthread_mutex_unlock(&w->lock);
    return code;
}

enum spn_code store_end_bulk(struct store *store, struct spn_error *reterr)
{
    return writer_end(store, reterr);
}
