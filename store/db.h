/* db.h: what the files of store/ share: the connection, its statements, and error texts. Internal to store/.
 */
#pragma once

#include <pthread.h>
#include <sqlite3.h>

#include "spnscan/store_read.h"

/* "SPNS": tells our files from other SQLite databases. */
#define STORE_APPLICATION_ID 0x53504e53
/* Raised with every change of the tables. An older file is upgraded by the next scan, a newer one refused. */
#define STORE_SCHEMA_VERSION 8

#define RECORD_KINDS (RECORD_ODD_SPN + 1)

/* What SQLite does for a statement costs as much as what it does for a row: many rows go with one. */
#define ROWS_AT_ONCE 16

enum stmt_id {
    STMT_INSERT_ONE, /* and one more for each further kind of record (writer_rows.c) */
    STMT_INSERT_MANY = STMT_INSERT_ONE + RECORD_KINDS, /* the same */
    STMT_INSERT_LAST = STMT_INSERT_MANY + RECORD_KINDS - 1,
    STMT_FIND_TEMPLATE,
    STMT_PUT_TEMPLATE,
    STMT_PUT_TRAITS,
    STMT_PUT_CONSENSUS,
    STMT_ADD_CONSENSUS, /* put.c */
    STMT_PUT_DEPARTURE,
    STMT_PUT_KEPT,
    STMT_PUT_CHANGE,
    STMT_PUT_DIFFERENCE,
    STMT_PUT_STAMP,
    STMT_PUT_PRINCIPAL,
    STMT_PUT_SCAN_DC,
    STMT_PUT_REPLICA,
    STMT_PUT_ORIGIN,
    STMT_FORGET_STAMP,
    STMT_PUT_CURSOR,
    STMT_PUT_NEIGHBOUR,
    STMT_PUT_CANDIDATE,
    STMT_PUT_LOOKALIKE,
    STMT_DROP_OBJECT,
    STMT_DROP_SPN,
    STMT_DROP_ACCOUNT,
    STMT_DROP_DELEGATION,
    STMT_NOTE_STAMP,
    STMT_DROP_STAMPS,
    STMT_TOUCH_CONSENSUS,
    STMT_TOUCH_DEPARTURE,
    STMT_TOUCH_KEPT,
    STMT_TOUCH_DIFFERENCE,
    STMT_KEEP_FIRST_SCAN,
    STMT_LIVE_SPNS,
    STMT_SPN_NAMES,
    STMT_HOLDS_NAME,
    STMT_OBJECT_GUID,
    STMT_DROP_SHARED,
    STMT_PUT_SHARED,
    STMT_FETCH_OBJECT,
    STMT_FETCH_ROWS,
    STMT_FETCH_HISTORY,
    STMT_FETCH_SPN,
    STMT_FETCH_ACCOUNT,
    STMT_FETCH_DELEGATION,
    /* Of an index, in this order; STMT_GUID_... are those of guid_index. */
    STMT_NAME_FIND,
    STMT_NAME_LOWEST,
    STMT_NAME_NEXT,
    STMT_NAME_PUT,
    STMT_NAME_DROP,
    STMT_GUID_FIND,
    STMT_GUID_LOWEST,
    STMT_GUID_NEXT,
    STMT_GUID_PUT,
    STMT_GUID_DROP,
    STMT_COUNT
};

struct writer;
struct view_work;

struct dc_index {
    int64_t id;
    size_t index; /* into forest_info.dcs */
};

/* Of table object. */
#define OBJECT_COLUMNS "id, guid, domain, shown, spn, account, delegation"
#define NO_CONSENSUS   "shown = NULL, spn = NULL, account = NULL, delegation = NULL"

struct store {
    sqlite3 *db; /* NULL in STORE_SCAN until store_begin when the file does not exist */
    enum store_mode mode;
    char *path;
    char *lock_path;
    int lock_fd;
    bool fresh;      /* no schema in the file yet */
    int64_t version; /* of the schema in the file */
    int64_t scan;
    uint64_t seed;
    const struct forest_info *forest; /* of store_set_forest; NULL before */
    int64_t *domain_ids;              /* by index into forest_info.domains */
    size_t domain_count;
    int64_t *dc_ids;             /* by index into forest_info.dcs */
    struct dc_index *dc_indexes; /* by id */
    size_t dc_count;
    pthread_mutex_t lock; /* the connection, while the writer thread runs */
    sqlite3_stmt *stmt[STMT_COUNT];
    struct writer *writer;
    struct account_rids *rids; /* of the accounts that the writer has written; NULL: none */
    struct view_work *work;    /* while store_finish has a view emitted */
    store_wait_fn wait;        /* NULL: ten seconds */
    void *wait_ctx;
    bool temp_views;  /* they are there */
    bool split;       /* some reports are read in two parts (parts.c) */
    bool focus_noted; /* since then: it is known what findings_remember has to look at (focus.c) */
};

/* Fills *reterr from the connection: "cannot <doing> 'path': <reason>"; SPN_DATABASE. */
enum spn_code db_error(const struct store *store, const char *doing, struct spn_error *reterr);

/* The file does not hold what it should: SPN_DATABASE. */
enum spn_code db_damaged(const struct store *store, const char *what, struct spn_error *reterr);

enum spn_code db_exec(struct store *store, const char *sql, const char *doing, struct spn_error *reterr);

/* The statement, prepared when first asked for, reset and with no bindings; NULL on error. */
sqlite3_stmt *db_stmt(struct store *store, enum stmt_id id, struct spn_error *reterr);

/* The same, of one that puts so many rows: head ("INSERT INTO t (...) VALUES ") and a "(?, ...)" for each.
 * Its bindings stay: each of them is to be bound, NULL too. */
sqlite3_stmt *db_stmt_rows(struct store *store, enum stmt_id id, const char *head, int columns, size_t rows,
                           struct spn_error *reterr);

/* The same, of a statement that has no text of its own: sql is looked at the first time. */
sqlite3_stmt *db_stmt_of(struct store *store, enum stmt_id id, const char *sql, struct spn_error *reterr);

/* Runs a statement that yields no row. */
enum spn_code db_run(struct store *store, sqlite3_stmt *stmt, const char *doing, struct spn_error *reterr);
/* The same, of a statement whose binds gave rc. NULL: the error is in hand already. */
enum spn_code db_put(struct store *store, sqlite3_stmt *stmt, int rc, struct spn_error *reterr);
/* The same, with one number bound. */
enum spn_code db_put_id(struct store *store, enum stmt_id id, int64_t value, struct spn_error *reterr);

/* A one-off statement; NULL on error. The caller finalizes. */
sqlite3_stmt *db_prepare(struct store *store, const char *sql, struct spn_error *reterr);

/* Rows of a query; text: its only parameter, or NULL when it has none. */
enum spn_code db_query(struct store *store, const char *sql, const char *text, store_row_fn row, void *ctx,
                       struct spn_error *reterr);

/* First column of the first row of a query without parameters; 0 when there is no row. */
enum spn_code db_int(struct store *store, const char *sql, int64_t *ret, struct spn_error *reterr);

/* Steps: *ret_row tells whether there is a row; without one the statement is reset. */
enum spn_code db_step(struct store *store, sqlite3_stmt *stmt, bool *ret_row, struct spn_error *reterr);

/* Bind results are collected: non-zero if any bind failed. Text is bound without a copy and must outlive the
 * step. */
int db_bind_text(sqlite3_stmt *stmt, int index, const char *text, size_t len);
int db_bind_str(sqlite3_stmt *stmt, int index, const char *text); /* NULL binds NULL */
int db_bind_ref(sqlite3_stmt *stmt, int index, const struct text_buf *buf, struct text_ref ref);
/* STATE_UNKNOWN binds NULL. */
int db_bind_state(sqlite3_stmt *stmt, int index, int64_t state);

/* ---- rows of a statement: at most DB_COLUMNS_MAX columns ---- */

enum { DB_COLUMNS_MAX = 32 };

/* The row at which the statement is; its texts are valid until it is stepped (read.c). */
void db_fetch_row(sqlite3_stmt *stmt, struct store_cell *cells, int columns);
/* Hands the names of the columns to header() (read.c). */
enum spn_code db_header(sqlite3_stmt *stmt, store_header_fn header, void *ctx, struct spn_error *reterr);

/* A report that is read in two parts while these are kept; *ret_split false: it is not, and nothing was done
 * (parts.c). */
enum spn_code parts_report(struct store *store, const char *name, bool *ret_split, store_header_fn header,
                           store_row_fn row, void *ctx, struct spn_error *reterr);

/* Runs a statement and hands its rows to row() (read.c). */
enum spn_code db_each_row(struct store *store, sqlite3_stmt *stmt, store_row_fn row, void *ctx,
                          struct spn_error *reterr);

/* A report's connection refuses to write anything, temporary tables too: not between these two (read.c).
 * db_end_temp returns the first of what went wrong, code before its own. */
enum spn_code db_begin_temp(struct store *store, const char *tables, struct spn_error *reterr);
enum spn_code db_end_temp(struct store *store, enum spn_code code, struct spn_error *reterr);

/* Sets store->seed as the file has it, for a store that is only read (read.c). */
enum spn_code db_load_seed(struct store *store, struct spn_error *reterr);
/* Is there an index of names to look into (the seed is set then)? A database that no scan wrote may be
 * without. */
enum spn_code db_names_indexed(struct store *store, bool *ret, struct spn_error *reterr);

/* Makes the tables (open.c). */
enum spn_code db_create_tables(struct store *store, struct spn_error *reterr);
/* The views in the temporary schema, so that a temporary table or view of another make can stand in the place
 * of one that they are made of. Within db_begin_temp. */
enum spn_code db_temp_views(struct store *store, struct spn_error *reterr);
/* The same, with GUIDs made by C (guid_text.c): for who reads those of many objects. */
enum spn_code db_fast_guids(struct store *store, struct spn_error *reterr);
/* Brings an older file up to this program's tables, inside the caller's transaction (upgrade.c). */
enum spn_code db_upgrade(struct store *store, struct spn_error *reterr);
/* The rest of it, once the views are there: indexes, by which objects are looked for from here on, and what
 * is worked out by views. */
enum spn_code db_upgrade_rest(struct store *store, struct spn_error *reterr);
/* Removes what a scan that was ended has left behind, inside the caller's transaction (left_over.c). */
enum spn_code db_drop_left_overs(struct store *store, struct spn_error *reterr);
/* Notes which rows there are, so that what a scan adds beyond can be told as left over (left_over.c). */
enum spn_code db_mark_ends(struct store *store, struct spn_error *reterr);

/* What finding is narrowed to (focus.c): are the circumstances those in which the findings of the scan before
 * were remembered; narrows it to what was noted (*ret_any: there is something); widens it again, remembering
 * the circumstances. */
enum spn_code focus_same_frame(struct store *store, bool *ret, struct spn_error *reterr);
enum spn_code focus_set(struct store *store, bool *ret_any, struct spn_error *reterr);
enum spn_code focus_all(struct store *store, struct spn_error *reterr); /* only to what counts */
enum spn_code focus_keep_frame(struct store *store, struct spn_error *reterr);
enum spn_code focus_end(struct store *store, struct spn_error *reterr);

/* Ids of domains and DCs (forest.c), inside the caller's transaction. */
enum spn_code db_know_forest(struct store *store, const struct forest_info *forest, struct spn_error *reterr);
/* Index into forest_info.dcs; SIZE_MAX when the forest has no such DC. */
size_t db_dc_index(const struct store *store, int64_t id);
/* Index into forest_info.domains; -1 when the forest has no such domain. */
int db_domain_index(const struct store *store, int64_t id);

/* The lock that keeps two scans of one database apart (lock.c). */
enum spn_code store_lock(struct store *store, struct spn_error *reterr);
void store_unlock(struct store *store);

/* RIDs of accounts (rows of account_fact), noted as they are written, so that those of a SID need not be
 * looked for among all. The writer thread's, then store_finish's (trustees.c). */
struct account_rids {
    struct account_rid {
        uint32_t rid;
        int32_t account;
    } * items;
    size_t count, size;
};
void account_rids_free(struct account_rids *rids); /* NULL is fine */

/* Works delegation_found out anew, as far as there is a focus (delegations.c). In the transaction of
 * findings_remember. */
enum spn_code delegations_find(struct store *store, bool narrow, struct spn_error *reterr);
/* Where that was not done since the view is another one (a scan was killed before, or what it hung on was
 * pruned), a temporary table stands in the place of delegation_found. Within db_begin_temp. */
enum spn_code delegations_make_up(struct store *store, struct spn_error *reterr);

/* account_fault is worked out once for all that is made of it (parts.c), sorted: as reports name accounts.
 * Within db_begin_temp, after db_fast_guids. And back to the view. */
enum spn_code parts_keep_faults(struct store *store, bool sorted, struct spn_error *reterr);
enum spn_code parts_drop_faults(struct store *store, struct spn_error *reterr);

/* The writer thread (writer.c). */
enum spn_code writer_start(struct store *store, struct spn_error *reterr);
enum spn_code writer_end(struct store *store,
                         struct spn_error *reterr); /* flushes, joins; NULL writer is fine */
void writer_abort(struct store *store);

/* How many findings would count, had nobody accepted them (findings.c). */
enum spn_code db_count_accepted(struct store *store, int64_t *ret, struct spn_error *reterr);
