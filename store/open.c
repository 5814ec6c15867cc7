#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "spnscan/times.h"
#include "spnscan/version.h"

#define BUSY_TIMEOUT_MS 10000
#define BUSY_PAUSE_MS   20

static const char schema_sql[] = {
#include "schema.sql.inc"
    0};

struct view_source {
    const char *name, *sql;
};

static const struct view_source view_sources[] = {
#include "views.inc"
};

#define VIEWS (sizeof view_sources / sizeof view_sources[0])

static const char view_head[] = "CREATE VIEW ";

/* From its first word on; tests/views sees to it that each has it. */
static const char *view_body(const struct view_source *source)
{
    return strstr(source->sql, view_head);
}

/* SQLite keeps the text of a view as it came, without its semicolon. */
static enum spn_code same_view(struct store *store, const char *body, bool *ret, struct spn_error *reterr)
{
    static const char sql[] =
        "SELECT 1 FROM sqlite_schema WHERE type = 'view' AND sql || ';' = rtrim(?1, char(10))";
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    if (stmt && db_bind_str(stmt, 1, body) != SQLITE_OK)
        code = db_error(store, "read", reterr);
    if (code == SPN_OK)
        code = db_step(store, stmt, ret, reterr);
    sqlite3_finalize(stmt);
    return code;
}

static enum spn_code create_view(struct store *store, bool temp, const char *name, const char *body,
                                 struct spn_error *reterr)
{
    struct text_buf sql = {0};
    if (!temp)
        text_append_fmt(&sql, "DROP VIEW IF EXISTS %s;", name);
    text_append_fmt(&sql, "CREATE %sVIEW %s", temp ? "TEMP " : "", body + sizeof view_head - 1);
    enum spn_code code = db_exec(store, sql.data, "make a view in", reterr);
    text_release(&sql);
    return code;
}

/* temp: all of them, in the temporary schema; else those of the file that are not as they should be. */
static enum spn_code create_views(struct store *store, bool temp, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < VIEWS; i++) {
        const char *body = view_body(&view_sources[i]);
        bool same = false;
        if (!temp)
            code = same_view(store, body, &same, reterr);
        if (code == SPN_OK && !same)
            code = create_view(store, temp, view_sources[i].name, body, reterr);
    }
    return code;
}

enum spn_code db_temp_views(struct store *store, struct spn_error *reterr)
{
    if (store->temp_views)
        return SPN_OK;
    enum spn_code code = create_views(store, true, reterr);
    store->temp_views = code == SPN_OK;
    return code;
}

/* A report uses the views of this program, whichever wrote the file. */
static enum spn_code know_views(struct store *store, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    bool same = true;
    for (size_t i = 0; code == SPN_OK && same && i < VIEWS; i++)
        code = same_view(store, view_body(&view_sources[i]), &same, reterr);
    return code == SPN_OK && !same ? db_temp_views(store, reterr) : code;
}

enum spn_code db_create_tables(struct store *store, struct spn_error *reterr)
{
    struct text_buf sql = {0};
    enum spn_code code = db_exec(store, schema_sql, "make the tables of", reterr);
    text_append_fmt(&sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;", STORE_APPLICATION_ID,
                    STORE_SCHEMA_VERSION);
    text_append_fmt(&sql, "INSERT INTO meta VALUES ('hash_seed', %lld);", (long long)(int64_t)store->seed);
    if (code == SPN_OK)
        code = db_exec(store, sql.data, "make the tables of", reterr);
    text_release(&sql);
    return code;
}

/* A file that is there: ours, and of a version we know? An empty one counts as not yet made (a scan may fill
 * it). */
static enum spn_code check_file(struct store *store, struct spn_error *reterr)
{
    int64_t app = 0, version = 0, tables = 0;
    /* At one moment: the first scan may be making it while a report looks. */
    if (db_exec(store, "BEGIN", "read", reterr) != SPN_OK ||
        db_int(store, "PRAGMA application_id", &app, reterr) != SPN_OK ||
        db_int(store, "PRAGMA user_version", &version, reterr) != SPN_OK ||
        db_int(store, "SELECT count(*) FROM sqlite_schema", &tables, reterr) != SPN_OK ||
        db_exec(store, "COMMIT", "read", reterr) != SPN_OK) {
        if (sqlite3_errcode(store->db) == SQLITE_NOTADB)
            return spn_error_set(reterr, SPN_DATABASE, SQLITE_NOTADB,
                                 "'%s' is not a database of spnscan (nor of SQLite): give another --db",
                                 store->path);
        return SPN_DATABASE;
    }
    store->fresh = app == 0 && version == 0 && tables == 0;
    store->version = version;
    if (store->fresh && store->mode != STORE_SCAN)
        return spn_error_set(reterr, SPN_DATABASE, 0,
                             "database '%s' holds no scan yet: run spnscan scan first", store->path);
    if (!store->fresh && app != STORE_APPLICATION_ID)
        return spn_error_set(reterr, SPN_DATABASE, 0,
                             "'%s' is an SQLite database, but not one of spnscan: give another --db",
                             store->path);
    if (version > STORE_SCHEMA_VERSION)
        return spn_error_set(
            reterr, SPN_DATABASE, 0,
            "database '%s' was written by a newer spnscan (schema %lld, this one knows %d): upgrade spnscan",
            store->path, (long long)version, STORE_SCHEMA_VERSION);
    if (version < STORE_SCHEMA_VERSION && !store->fresh && store->mode != STORE_SCAN)
        return spn_error_set(reterr, SPN_DATABASE, 0,
                             "database '%s' was written by an older spnscan: run spnscan scan once",
                             store->path);
    return SPN_OK;
}

/* A count of its memory, which nobody asks for, costs SQLite a mutex at each allocation: a fifth of looking
 * at the text of the reports. Too late, and the count goes on, where a process has used SQLite before. */
static void count_no_memory(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* SQLite calls it with how often it has done so for this wait. */
static int on_busy(void *ctx, int count)
{
    const struct store *store = ctx;
    const struct timespec pause = {.tv_nsec = BUSY_PAUSE_MS * 1000000};
    if (!store->wait(store->wait_ctx, count / (1000 / BUSY_PAUSE_MS)))
        return 0;
    nanosleep(&pause, NULL);
    return 1;
}

static enum spn_code say_how_long(struct store *store, struct spn_error *reterr)
{
    int rc = store->wait ? sqlite3_busy_handler(store->db, on_busy, store)
                         : sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    return rc == SQLITE_OK ? SPN_OK : db_error(store, "open", reterr);
}

/* No mutex of SQLite's: where threads meet, store->lock keeps them apart. */
static enum spn_code open_file(struct store *store, int flags, struct spn_error *reterr)
{
    if (sqlite3_open_v2(store->path, &store->db, flags | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        return db_error(store, "open", reterr);
    return say_how_long(store, reterr);
}

static enum spn_code open_existing(struct store *store, struct spn_error *reterr)
{
    /* Writable also for a report: a scan that was killed leaves a journal that the next reader rolls back.
     * SQLite falls back to read-only where the file's mode asks for it. */
    enum spn_code code = open_file(store, SQLITE_OPEN_READWRITE, reterr);
    if (code == SPN_OK)
        code = check_file(store, reterr);
    if (code != SPN_OK)
        return code;
    if (store->mode != STORE_READ && sqlite3_db_readonly(store->db, "main"))
        return spn_error_set(reterr, SPN_DATABASE, EACCES, "database '%s' is not writable", store->path);
    if (store->mode == STORE_SCAN)
        return SPN_OK;
    code = know_views(store, reterr);
    if (code == SPN_OK && store->mode == STORE_READ)
        code =
            db_exec(store, "PRAGMA query_only = 1; PRAGMA cache_size = -16384; PRAGMA temp.page_size = 16384",
                    "open", reterr);
    return code;
}

enum spn_code store_open(const char *path, enum store_mode mode, struct store **ret, struct spn_error *reterr)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct store *store = xcalloc(1, sizeof *store);
    struct text_buf lock = {0};
    struct stat st;
    enum spn_code code;

    pthread_once(&once, count_no_memory);
    store->mode = mode;
    store->path = xstrdup(path);
    store->lock_fd = -1;
    pthread_mutex_init(&store->lock, NULL);
    text_append_fmt(&lock, "%s.lock", path);
    store->lock_path = lock.data;

    bool there = stat(path, &st) == 0;
    if (!there && errno != ENOENT) {
        code = spn_error_set(reterr, SPN_DATABASE, errno, "cannot open database '%s': %s", path,
                             strerror(errno));
    } else if (there && !S_ISREG(st.st_mode)) {
        code = spn_error_set(reterr, SPN_DATABASE, 0, "database '%s' is not a file: give a file name to --db",
                             path);
    } else if (mode != STORE_SCAN && !there) {
        code = spn_error_set(reterr, SPN_DATABASE, ENOENT,
                             "no database '%s': run spnscan scan first, or give its place with --db", path);
    } else {
        code = mode == STORE_SCAN ? store_lock(store, reterr) : SPN_OK;
        /* Looked at under the lock: another scan may be making the file, or have made it since. */
        there = stat(path, &st) == 0;
        store->fresh = !there;
        if (code == SPN_OK && there)
            code = open_existing(store, reterr);
    }
    if (code != SPN_OK) {
        store_close(store);
        return code;
    }
    *ret = store;
    return SPN_OK;
}

void store_on_wait(struct store *store, store_wait_fn wait, void *ctx)
{
    store->wait = wait;
    store->wait_ctx = ctx;
    if (store->db) /* can't fail: there is a connection */
        (void)say_how_long(store, NULL);
}

void store_close(struct store *store)
{
    if (!store)
        return;
    writer_abort(store);
    for (size_t i = 0; i < STMT_COUNT; i++)
        sqlite3_finalize(store->stmt[i]);
    if (store->db && sqlite3_close(store->db) != SQLITE_OK)
        sqlite3_close_v2(store->db);
    store_unlock(store);
    account_rids_free(store->rids);
    free(store->domain_ids);
    free(store->dc_ids);
    free(store->dc_indexes);
    pthread_mutex_destroy(&store->lock);
    free(store->lock_path);
    free(store->path);
    free(store);
}

static enum spn_code make_file(struct store *store, struct spn_error *reterr)
{
    /* The database is a map for an attacker: nobody else may read it, whatever the umask says. */
    int fd = open(store->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return spn_error_set(reterr, SPN_DATABASE, errno, "cannot make database '%s': %s", store->path,
                             strerror(errno));
    close(fd);
    return open_file(store, SQLITE_OPEN_READWRITE, reterr);
}

/* The tables of this program, and nothing that an ended scan has left. */
static enum spn_code prepare_tables(struct store *store, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    if (store->fresh)
        code = db_create_tables(store, reterr);
    else if (store->version < STORE_SCHEMA_VERSION)
        code = db_upgrade(store, reterr);
    if (code == SPN_OK)
        code = db_drop_left_overs(store, reterr);
    if (code == SPN_OK)
        code = create_views(store, false, reterr);
    return code == SPN_OK && !store->fresh ? db_upgrade_rest(store, reterr) : code;
}

static enum spn_code put_scan_row(struct store *store, const char *asked, struct spn_error *reterr)
{
    char started[TIME_TEXT_SIZE];
    sqlite3_stmt *stmt =
        db_prepare(store,
                   "INSERT INTO scan (started, asked, forest, version, dcs, dcs_complete, stored) VALUES "
                   "(?1, ?2, '', ?3, 0, 0, 0)",
                   reterr);
    if (!stmt)
        return SPN_DATABASE;
    time_format(time_now_us(), started);
    enum spn_code code = db_put(store, stmt,
                                db_bind_str(stmt, 1, started) | db_bind_str(stmt, 2, asked) |
                                    db_bind_str(stmt, 3, SPNSCAN_VERSION),
                                reterr);
    sqlite3_finalize(stmt);
    store->scan = sqlite3_last_insert_rowid(store->db);
    return code;
}

enum spn_code store_begin(struct store *store, const char *asked, struct spn_error *reterr)
{
    enum spn_code code = store->db ? SPN_OK : make_file(store, reterr);
    if (code != SPN_OK)
        return code;
    /* Large pages and a rollback journal: a bulk load appends, and is written once (docs/architecture.md). It
     * needs no large cache either. */
    static const char setup[] = "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;"
                                "PRAGMA cache_size = -16384; BEGIN IMMEDIATE";
    if (store->fresh)
        code = db_exec(store, "PRAGMA page_size = 16384", "set up", reterr);
    if (code == SPN_OK)
        code = db_exec(store, setup, "write", reterr);
    if (code == SPN_OK)
        code = prepare_tables(store, reterr);
    if (code == SPN_OK)
        code = put_scan_row(store, asked, reterr);
    if (code == SPN_OK)
        code = db_exec(store, "COMMIT", "write", reterr);
    if (code != SPN_OK) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
        return code;
    }
    store->fresh = false;
    store->version = STORE_SCHEMA_VERSION;
    return writer_start(store, reterr);
}
