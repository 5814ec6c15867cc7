/* alias_all.c: alias_shadow made anew, by one pass over the text of all states. */
#include <string.h>

#include "store/alias_inside.h"

/* Behind the string that begins at text (past its quote). */
static const char *string_end(const char *text, const char *end)
{
    const char *quote = memchr(text, '"', (size_t)(end - text));
    if (!quote || !memchr(text, '\\', (size_t)(quote - text)))
        return quote ? quote + 1 : end;
    while (text < end && *text != '"')
        text += *text == '\\' ? 2 : 1;
    return text < end ? text + 1 : end;
}

/* The next string of an array, without its quotes; *at goes behind it. As text: a parser costs ten times as
 * much over millions of states. */
static bool next_string(const char **at, const char *end, struct bytes *ret)
{
    const char *quote = memchr(*at, '"', (size_t)(end - *at));
    if (!quote)
        return false;
    *at = string_end(quote + 1, end);
    size_t size = (size_t)(*at - (quote + 1));
    *ret = (struct bytes){(const uint8_t *)quote + 1, size && (*at)[-1] == '"' ? size - 1 : size};
    return true;
}

static bool is_other(const struct holder_list *holders, int64_t object)
{
    for (size_t i = 0; i < holders->count; i++)
        if (holders->ids[i] != object)
            return true;
    return false;
}

/* Does the string (without its quotes) begin with a mapped class? A class with an escape in it is no mapped
 * one. */
static const struct alias_mapping *mapping_of(const struct alias_work *w, struct bytes string,
                                              size_t *ret_class)
{
    char class[LONGEST_CLASS];
    size_t n = 0;
    for (; n < sizeof class && n < string.len && string.data[n] != '/'; n++)
        class[n] =
            (char)(string.data[n] >= 'A' && string.data[n] <= 'Z' ? string.data[n] | 0x20 : string.data[n]);
    *ret_class = n;
    return n < string.len && string.data[n] == '/' ? alias_find_class(w, class, n) : NULL;
}

/* May another object hold what stands for that name? Whoever has an escape in it may be asked. */
static enum spn_code is_in_the_way(struct alias_work *w, int64_t object, struct bytes string, bool *ret,
                                   struct spn_error *reterr)
{
    size_t class;
    const struct alias_mapping *m = mapping_of(w, string, &class);
    enum spn_code code = SPN_OK;
    if (!m)
        return SPN_OK;
    if (memchr(string.data, '\\', string.len)) {
        *ret = true;
        return SPN_OK;
    }
    text_clear(&w->rest);
    text_append(&w->rest, (const char *)string.data + class, string.len - class);
    text_lower(w->rest.data);
    for (; m && !*ret && code == SPN_OK; m = alias_next(w, m)) {
        code = alias_look_up(w, m->stands_for, w->rest.data, reterr);
        *ret = code == SPN_OK && is_other(&w->found, object);
    }
    return code;
}

/* The same of all names of an array. */
static enum spn_code any_in_the_way(struct alias_work *w, int64_t object, const char *json, size_t len,
                                    bool *ret, struct spn_error *reterr)
{
    const char *end = json + len;
    struct bytes string;
    enum spn_code code = SPN_OK;
    while (code == SPN_OK && !*ret && next_string(&json, end, &string))
        code = is_in_the_way(w, object, string, ret, reterr);
    return code;
}

static bool any_mapped(const struct alias_work *w, const char *json, size_t len)
{
    const char *end = json + len;
    struct bytes string;
    size_t class;
    while (next_string(&json, end, &string))
        if (mapping_of(w, string, &class))
            return true;
    return false;
}

/* Appends, as a JSON array, the templates of sets that may hold an explicit name. Nearly none does. */
static enum spn_code mapped_templates(struct alias_work *w, struct text_buf *ret, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(w->store, "SELECT id, text FROM template", reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    text_append_char(ret, '[');
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(w->store, stmt, &row, reterr);
        const char *text = code == SPN_OK && row ? (const char *)sqlite3_column_text(stmt, 1) : NULL;
        if (text && any_mapped(w, text, (size_t)sqlite3_column_bytes(stmt, 1)))
            text_append_fmt(ret, "%s%lld", ret->len > 1 ? "," : "", (long long)sqlite3_column_int64(stmt, 0));
    }
    text_append_char(ret, ']');
    sqlite3_finalize(stmt);
    return code;
}

/* The objects that may hold a name that goes before another's. */
static enum spn_code find_explicit(struct alias_work *w, struct holder_list *ret, struct spn_error *reterr)
{
    static const char sql[] =
        "SELECT s.object, t.spns FROM spn_set s JOIN spn_state t ON t.id = s.id WHERE s.id > 0 AND "
        "(s.template IS NULL OR s.template IN (SELECT value FROM json_each(?1)))";
    struct text_buf templates = {0};
    enum spn_code code = mapped_templates(w, &templates, reterr);
    sqlite3_stmt *stmt = code == SPN_OK ? db_prepare(w->store, sql, reterr) : NULL;
    if (code == SPN_OK && !stmt)
        code = SPN_DATABASE;
    if (stmt && db_bind_text(stmt, 1, templates.data, templates.len) != SQLITE_OK)
        code = db_error(w->store, "read", reterr);
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(w->store, stmt, &row, reterr);
        const char *spns = code == SPN_OK && row ? (const char *)sqlite3_column_text(stmt, 1) : NULL;
        const int64_t object = spns ? sqlite3_column_int64(stmt, 0) : 0;
        bool found = false;
        if (spns)
            code = any_in_the_way(w, object, spns, (size_t)sqlite3_column_bytes(stmt, 1), &found, reterr);
        if (found)
            holder_list_add(ret, object);
    }
    sqlite3_finalize(stmt);
    text_release(&templates);
    holder_list_sort(ret);
    return code;
}

enum spn_code alias_rebuild(struct store *store, const struct name_holders *holders, struct spn_error *reterr)
{
    struct alias_work w = {.store = store, .holders = holders};
    struct holder_list explicit = {0};
    enum spn_code code =
        db_exec(store,
                "DELETE FROM alias_shadow;"
                "INSERT OR REPLACE INTO meta (name, value) VALUES ('alias_mappings', " MAPPINGS_SQL ")",
                "write", reterr);
    if (code == SPN_OK)
        code = alias_start(&w, reterr);
    if (code == SPN_OK)
        code = find_explicit(&w, &explicit, reterr);
    for (size_t i = 0; code == SPN_OK && i < explicit.count; i++)
        code = alias_add_object(&w, explicit.ids[i], false, reterr);
    holder_list_release(&explicit);
    alias_finish(&w);
    return code;
}
