/* The one thread that writes while accounts stream in; a lock keeps it and those who look something up apart.
 * Readers hand it batches through a bounded queue: a slow disk holds the readers back, not memory. Rows are
 * written in transactions of bounded size; none of them is part of the current view until store_finish says
 * so, so that it does not matter where a scan ends. */
#include "store/writer_rows.h"

#include <pthread.h>
#include <stdlib.h>

/* Small: each of hundreds of readers has one in the making. */
#define BATCH_RECORDS 256
#define BATCH_TEXT    (32 * 1024)
#define QUEUE_BATCHES 32
/* The writer gathers many before it writes, and need not be woken for each: that is a fortieth of a scan. */
#define WAKE_BATCHES (QUEUE_BATCHES / 2)
/* Written at once, in the order of their ids: many readers draw those from one counter, and a row that comes
 * behind its successors splits a page that is never filled again. */
#define HELD_BATCHES        128
#define TRANSACTION_RECORDS 500000

struct writer {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t has_batch; /* count reached WAKE_BATCHES, or ending was set */
    pthread_cond_t has_room;  /* count went down, or failed was set */
    struct store_batch *ring[QUEUE_BATCHES];
    size_t head, count;
    bool ending;
    bool discard;            /* aborted: take no more batches, write nothing more */
    struct spn_error failed; /* code not SPN_OK: the writer has given up; sticky */
    /* Writer thread only. */
    struct store_batch *held[HELD_BATCHES];
    size_t held_count;
    struct templates *templates;
    size_t in_transaction; /* records since BEGIN; 0: none open */
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

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const struct place *)a)->record->id, y = ((const struct place *)b)->record->id;
    return (x > y) - (x < y);
}

/* Records of one kind, in the order of their ids. One reader's are in order as they come. */
static void sort_places(struct place *places, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (places[i - 1].record->id > places[i].record->id) {
            qsort(places, count, sizeof *places, by_id);
            return;
        }
}

/* What is held, kind by kind. ends: of each in the array. */
static struct place *gather(const struct writer *w, size_t ends[RECORD_KINDS])
{
    size_t counts[RECORD_KINDS] = {0}, records = 0;
    for (size_t b = 0; b < w->held_count; b++)
        for (size_t i = 0; i < w->held[b]->count; i++)
            counts[w->held[b]->records[i].kind]++;
    for (int kind = 0; kind < RECORD_KINDS; records += counts[kind++])
        ends[kind] = records; /* for now where it begins */
    struct place *places = xmalloc((records + 1) * sizeof *places);
    for (size_t b = 0; b < w->held_count; b++)
        for (size_t i = 0; i < w->held[b]->count; i++) {
            const struct store_record *record = &w->held[b]->records[i];
            places[ends[record->kind]++] = (struct place){record, &w->held[b]->text};
        }
    return places;
}

static enum spn_code write_held(struct store *store, struct spn_error *reterr)
{
    struct writer *w = store->writer;
    size_t ends[RECORD_KINDS], at = 0;
    enum spn_code code = SPN_OK;
    struct place *places = gather(w, ends);
    for (int kind = 0; code == SPN_OK && kind < RECORD_KINDS; kind++) {
        sort_places(places + at, ends[kind] - at);
        for (; code == SPN_OK && at + ROWS_AT_ONCE <= ends[kind]; at += ROWS_AT_ONCE)
            code = write_rows(store, w->templates, places + at, ROWS_AT_ONCE, reterr);
        for (; code == SPN_OK && at < ends[kind]; at++)
            code = write_rows(store, w->templates, places + at, 1, reterr);
    }
    free(places);
    w->in_transaction += ends[RECORD_KINDS - 1] + 1;
    return code;
}

static void drop_held(struct writer *w)
{
    while (w->held_count)
        store_batch_free(w->held[--w->held_count]);
}

static enum spn_code commit(struct store *store, struct spn_error *reterr)
{
    struct writer *w = store->writer;
    if (!w->in_transaction)
        return SPN_OK;
    w->in_transaction = 0;
    return db_exec(store, "COMMIT", "write", reterr);
}

/* Writes what is held. last: nothing more comes. */
static enum spn_code flush(struct store *store, bool last, struct spn_error *reterr)
{
    struct writer *w = store->writer;
    enum spn_code code = SPN_OK;
    pthread_mutex_lock(&store->lock);
    if (w->held_count && !w->in_transaction)
        code = db_exec(store, "BEGIN IMMEDIATE", "write", reterr);
    if (code == SPN_OK && w->held_count)
        code = write_held(store, reterr);
    if (code == SPN_OK && (last || w->in_transaction >= TRANSACTION_RECORDS))
        code = commit(store, reterr);
    pthread_mutex_unlock(&store->lock);
    drop_held(w);
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

/* Moves what waits to what is held. false: nothing came, and nothing will. *ret_skip: it is not to be
 * written. */
static bool take_batches(struct writer *w, bool *ret_skip)
{
    size_t taken = 0;
    pthread_mutex_lock(&w->lock);
    while (w->count < WAKE_BATCHES && !w->ending)
        pthread_cond_wait(&w->has_batch, &w->lock);
    for (; w->count && w->held_count < HELD_BATCHES; taken++) {
        w->held[w->held_count++] = w->ring[w->head];
        w->head = (w->head + 1) % QUEUE_BATCHES;
        w->count--;
    }
    if (taken)
        pthread_cond_broadcast(&w->has_room);
    *ret_skip = w->discard;
    pthread_mutex_unlock(&w->lock);
    return taken > 0;
}

static void *writer_main(void *arg)
{
    struct store *store = arg;
    struct writer *w = store->writer;
    struct spn_error error = {0};
    enum spn_code code = SPN_OK;
    for (bool more = true, skip = false; more;) {
        more = take_batches(w, &skip);
        if (code != SPN_OK || skip)
            drop_held(w);
        if (code == SPN_OK && (!more || w->held_count == HELD_BATCHES) &&
            (code = flush(store, !more, &error)) != SPN_OK)
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
    w->templates = templates_new();
    account_rids_free(store->rids);
    store->rids = xcalloc(1, sizeof *store->rids);
    store->writer = w;
    int rc = pthread_create(&w->thread, NULL, writer_main, store);
    if (rc != 0) {
        store->writer = NULL;
        templates_free(w->templates);
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
    templates_free(w->templates);
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
        *batch = NULL;
        if (++w->count == WAKE_BATCHES)
            pthread_cond_signal(&w->has_batch);
    }
    pthread_mutex_unlock(&w->lock);
    return code;
}

enum spn_code store_end_bulk(struct store *store, struct spn_error *reterr)
{
    return writer_end(store, reterr);
}
