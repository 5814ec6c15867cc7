/* objectGUID as text, by C: what the view object_guid does in SQL, which anybody's SQLite can do, costs a
 * quarter of hygiene. */
#include <string.h>

#include "store/db.h"

static void guid_text(sqlite3_context *ctx, int count, sqlite3_value **values)
{
    struct guid guid;
    char text[GUID_TEXT_SIZE];
    if (count != 1 || sqlite3_value_type(values[0]) != SQLITE_BLOB ||
        sqlite3_value_bytes(values[0]) != sizeof guid.b)
        return; /* NULL */
    memcpy(guid.b, sqlite3_value_blob(values[0]), sizeof guid.b);
    sqlite3_result_text(ctx, guid_format(&guid, text), GUID_TEXT_SIZE - 1, SQLITE_TRANSIENT);
}

enum spn_code db_fast_guids(struct store *store, struct spn_error *reterr)
{
    static const char view[] =
        "DROP VIEW temp.object_guid;CREATE TEMP VIEW object_guid AS "
        "SELECT id AS object, guid_text(guid) AS guid, domain, shown, spn, account, delegation FROM object;";
    enum spn_code code = db_temp_views(store, reterr);
    if (code == SPN_OK &&
        sqlite3_create_function_v2(store->db, "guid_text", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                   guid_text, NULL, NULL, NULL) != SQLITE_OK)
        code = db_error(store, "read", reterr);
    return code == SPN_OK ? db_exec(store, view, "read", reterr) : code;
}
