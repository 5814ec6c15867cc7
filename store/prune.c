/* Forgetting what is older than it has to be kept. */
#include "store/view.h"

#include "spnscan/times.h"

/* A scan is old when it began before the day in question and nothing of now leads to it: marks, the view,
 * what is wrong since then. ?1 is that day. */
static const char old_scans[] =
    "INSERT INTO temp.old_scan SELECT s.id FROM scan s WHERE s.started < ?1 AND s.id <> ?2 "
    "AND s.id <> coalesce((SELECT max(id) FROM scan WHERE stored = 1), 0) "
    "AND s.id NOT IN (SELECT scan FROM mark) AND s.id NOT IN (SELECT first_scan FROM difference) "
    "AND s.id NOT IN (SELECT first_scan FROM health) AND s.id NOT IN (SELECT first_scan FROM finding_seen) "
    "AND s.id NOT IN (SELECT last_scan FROM finding_seen)";

static const char old_changes[] =
    "INSERT INTO temp.old_change SELECT object, facet, from_state, to_state FROM change "
    "WHERE scan IN (SELECT id FROM scan WHERE started < ?1)";

static enum spn_code run_with_day(struct store *store, const char *sql, const char *day,
                                  struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    if (!stmt)
        return SPN_DATABASE;
    int rc = db_bind_str(stmt, 1, day);
    if (sqlite3_bind_parameter_count(stmt) > 1)
        rc |= sqlite3_bind_int64(stmt, 2, store->scan);
    enum spn_code code = db_put(store, stmt, rc, reterr);
    sqlite3_finalize(stmt);
    return code;
}

/* What the changes spoke of goes where nothing else does. */
static enum spn_code drop_mentioned(struct store *store, struct view_work *work, struct spn_error *reterr)
{
    static const char states[] =
        "SELECT DISTINCT CASE facet WHEN 'spn' THEN 0 WHEN 'account' THEN 1 WHEN 'delegation' THEN 2 ELSE 3 "
        "END, id "
        "FROM (SELECT facet, from_state AS id FROM temp.old_change UNION SELECT facet, to_state FROM "
        "temp.old_change) "
        "WHERE facet <> 'object' AND id > 0 UNION ALL SELECT DISTINCT 3, object FROM temp.old_change";
    sqlite3_stmt *stmt = db_prepare(store, states, reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        if (code == SPN_OK && row)
            view_drop(work, sqlite3_column_int(stmt, 0), sqlite3_column_int64(stmt, 1));
    }
    sqlite3_finalize(stmt);
    return code == SPN_OK ? view_do_drops(store, work, reterr) : code;
}

static enum spn_code prune(struct store *store, const char *day, struct view_work *work,
                           struct spn_error *reterr)
{
    enum spn_code code = db_exec(store,
                                 "CREATE TEMP TABLE old_scan (id INTEGER PRIMARY KEY);"
                                 "CREATE TEMP TABLE old_change (object, facet, from_state, to_state)",
                                 "write", reterr);
    if (code == SPN_OK)
        code = run_with_day(store,
                            "DELETE FROM finding_seen WHERE last_scan NOT IN (SELECT id FROM scan WHERE "
                            "started >= ?1 OR id = ?2 OR "
                            "id = (SELECT max(id) FROM scan WHERE stored = 1))",
                            day, reterr);
    if (code == SPN_OK)
        code = run_with_day(store, old_scans, day, reterr);
    if (code == SPN_OK)
        code = run_with_day(store, old_changes, day, reterr);
    if (code == SPN_OK)
        code = run_with_day(
            store, "DELETE FROM change WHERE scan IN (SELECT id FROM scan WHERE started < ?1)", day, reterr);
    if (code == SPN_OK)
        code = db_exec(store,
                       "DELETE FROM reading WHERE scan IN (SELECT id FROM temp.old_scan);"
                       "DELETE FROM replica WHERE scan IN (SELECT id FROM temp.old_scan);"
                       "DELETE FROM scan_dc WHERE scan IN (SELECT id FROM temp.old_scan);"
                       "DELETE FROM scan WHERE id IN (SELECT id FROM temp.old_scan)",
                       "write", reterr);
    /* Who had a name before, and which list it stood on, is part of the delegation report. */
    if (code == SPN_OK)
        code = db_exec(
            store,
            "DELETE FROM meta WHERE name = 'findings_scan' AND EXISTS (SELECT 1 FROM temp.old_change c "
            "WHERE c.facet = 'delegation' OR "
            "(c.facet = 'spn' AND c.object IN (SELECT object FROM target_holder)))",
            "write", reterr);
    if (code == SPN_OK)
        code = drop_mentioned(store, work, reterr);
    return code == SPN_OK
               ? db_exec(store, "DROP TABLE temp.old_scan; DROP TABLE temp.old_change", "write", reterr)
               : code;
}

enum spn_code store_prune(struct store *store, int64_t before_us, struct spn_error *reterr)
{
    char day[TIME_TEXT_SIZE];
    struct view_work work = {0};
    enum spn_code code = db_exec(store, "BEGIN IMMEDIATE", "write", reterr);
    time_format(before_us, day);
    if (code == SPN_OK)
        code = prune(store, day, &work, reterr);
    if (code == SPN_OK)
        code = db_exec(store, "COMMIT", "write", reterr);
    if (code != SPN_OK)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    view_release(&work);
    return code;
}
