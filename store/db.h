/* db.h: what the files of store/ share: the connection, its statements, and error texts. Internal to store/.
 */
#pragma once

#include <sqlite3.h>

#include "spnscan/store.h"

/* "SPNS": tells our files from other SQLite databases. */
#define STORE_APPLICATION_ID 0x53504e53
/* Raised with every change of the tables. An older file is upgraded by the next scan, a newer one refused. */
#define STORE_SCHEMA_VERSION 1

enum stmt_id {
    STMT_INSERT_OBJECT,
    STMT_INSERT_SPN,
    STMT_INSERT_ACCOUNT,
    STMT_INSERT_DELEGATION,
    STMT_PUT_CONSENSUS,
    STMT_DROP_CONSENSUS,
    STMT_DROP_OBJECT,
    STMT_DROP_SPN,
    STMT_DROP_ACCOUNT,
    STMT_DROP_DELEGATION,
    STMT_PUT_DEPARTURE,
    STMT_PUT_CANDIDATE,
    STMT_PUT_TARGET,
    STMT_PUT_PRINCIPAL,
    STMT_PUT_SCAN_DC,
    STMT_PUT_REPLICA,
    STMT_COUNT
};

struct writer;

struct store {
    sqlite3 *db; /* NULL in STORE_SCAN until store_begin when the file does not exist */
    enum store_mode mode;
    char *path;
    char *lock_path;
    int lock_fd;
    bool fresh; /* no schema in the file yet */
    int64_t scan;
    uint64_t seed;
    int64_t *domain_ids; /* by index into forest_info.domains */
    size_t domain_count;
    int64_t *dc_ids; /* by index into forest_info.dcs; during store_finish */
    sqlite3_stmt *stmt[STMT_COUNT];
    struct writer *writer;
};

/* Fills *reterr from the connection: "cannot <doing> 'path': <reason>"; SPN_DATABASE. */
enum spn_code db_error(const struct store *store, const char *doing, struct spn_error *reterr);

enum spn_code db_exec(struct store *store, const char *sql, const char *doing, struct spn_error *reterr);

/* The statement, prepared when first asked for, reset and with no bindings; NULL on error. */
sqlite3_stmt *db_stmt(struct store *store, enum stmt_id id, struct spn_error *reterr);

/* Runs a statement that yields no row. */
enum spn_code db_run(struct store *store, sqlite3_stmt *stmt, const char *doing, struct spn_error *reterr);

/* A one-off statement; NULL on error. The caller finalizes. */
sqlite3_stmt *db_prepare(struct store *store, const char *sql, struct spn_error *reterr);

/* First column of the first row of a query without parameters; 0 when there is no row. */
enum spn_code db_int(struct store *store, const char *sql, int64_t *ret, struct spn_error *reterr);

/* Bind results are collected: non-zero if any bind failed. Text is bound without a copy and must outlive the
 * step. */
int db_bind_text(sqlite3_stmt *stmt, int index, const char *text, size_t len);
int db_bind_str(sqlite3_stmt *stmt, int index, const char *text); /* NULL binds NULL */
int db_bind_ref(sqlite3_stmt *stmt, int index, const struct text_buf *buf, struct text_ref ref);

/* Makes tables and views (open.c). temp: views only, in the temporary schema, so that a report always uses
 * the views of this program. */
enum spn_code db_create_tables(struct store *store, struct spn_error *reterr);
enum spn_code db_create_views(struct store *store, bool temp, struct spn_error *reterr);

/* The lock that keeps two scans of one database apart (lock.c). */
enum spn_code store_lock(struct store *store, struct spn_error *reterr);
void store_unlock(struct store *store);

/* The writer thread (writer.c). */
enum spn_code writer_start(struct store *store, struct spn_error *reterr);
enum spn_code writer_end(struct store *store,
                         struct spn_error *reterr); /* flushes, joins; NULL writer is fine */
void writer_abort(struct store *store);
