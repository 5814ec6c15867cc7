/* Left-overs: rows that a scan wrote which was ended before its view was. They are told by their ids, since
 * ids are given out in order, and what was there when the stored view was made is noted in table meta. */
#include "store/db.h"

struct counted {
    const char *table, *end;
};

static const struct counted counted[] = {{"object", "object_end"},
                                         {"spn_set", "spn_end"},
                                         {"account_fact", "account_end"},
                                         {"delegation_state", "delegation_end"}};

#define COUNTED (sizeof counted / sizeof counted[0])

enum spn_code db_drop_left_overs(struct store *store, struct spn_error *reterr)
{
    struct text_buf sql = {0};
    int64_t stored = 0;
    enum spn_code code = db_int(store, "SELECT count(*) FROM scan WHERE stored = 1", &stored, reterr);
    for (size_t i = 0; i < COUNTED; i++) {
        /* One bound alone: SQLite would begin at the first of two. State 0 is nobody's, and stays. */
        if (stored)
            text_append_fmt(&sql,
                            "DELETE FROM %s WHERE id >= (SELECT max(value, 1) FROM meta WHERE name = '%s');",
                            counted[i].table, counted[i].end);
        else
            text_append_fmt(&sql, "DELETE FROM %s WHERE id >= 1;", counted[i].table);
    }
    if (code == SPN_OK)
        code = db_exec(store, sql.data, "write", reterr);
    text_release(&sql);
    return code;
}

enum spn_code db_mark_ends(struct store *store, struct spn_error *reterr)
{
    struct text_buf sql = {0};
    for (size_t i = 0; i < COUNTED; i++)
        text_append_fmt(&sql,
                        "INSERT OR REPLACE INTO meta (name, value) "
                        "SELECT '%s', coalesce(max(id), 0) + 1 FROM %s;",
                        counted[i].end, counted[i].table);
    enum spn_code code = db_exec(store, sql.data, "write", reterr);
    text_release(&sql);
    return code;
}
