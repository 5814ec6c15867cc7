/* block_index.c: see block_index.h. */
#include "store/block_index.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BLOCK_BYTES (1 << 30)

enum { FIND, LOWEST, NEXT, PUT, DROP };

static sqlite3_stmt *stmt_of(struct store *store, enum block_index which, int what, struct spn_error *reterr)
{
    int first = which == INDEX_NAME ? STMT_NAME_FIND : STMT_GUID_FIND;
    return db_stmt(store, (enum stmt_id)(first + what), reterr);
}

/* SQLite orders signed numbers. */
static int64_t to_first(uint64_t key)
{
    return (int64_t)(key ^ UINT64_C(1) << 63);
}

void object_list_add(struct object_list *list, uint32_t object)
{
    list->items = xgrow(list->items, &list->size, list->count + 1, sizeof *list->items);
    list->items[list->count++] = object;
}

struct name_entry guid_entry(const struct guid *guid, int64_t object)
{
    uint64_t key;
    memcpy(&key, guid->b, sizeof key);
    return (struct name_entry){le64toh(key), (uint32_t)object, ANY_NAME};
}

/* A block in memory. */
struct block {
    bool there;
    int64_t first;
    struct name_entry *entries;
    size_t count, size;
};

static enum spn_code take_block(struct store *store, sqlite3_stmt *stmt, struct block *block,
                                struct spn_error *reterr)
{
    const void *bytes = sqlite3_column_blob(stmt, 1);
    int len = sqlite3_column_bytes(stmt, 1);
    size_t count = (size_t)len / BLOCK_ENTRY_SIZE;
    block->there = true;
    block->first = sqlite3_column_int64(stmt, 0);
    block->count = 0;
    if (!bytes || (size_t)len != count * BLOCK_ENTRY_SIZE)
        return db_damaged(store, "a block of an index", reterr);
    block->entries = xgrow(block->entries, &block->size, count, sizeof *block->entries);
    memcpy(block->entries, bytes, (size_t)len);
    block_swap(block->entries, count);
    block->count = count;
    if (!block_is_sound(block->entries, count) || to_first(block->entries[0].key) != block->first)
        return db_damaged(store, "a block of an index", reterr);
    return SPN_OK;
}

/* The block that key belongs to: there is none in an empty index only. */
static enum spn_code read_block(struct store *store, enum block_index which, uint64_t key,
                                struct block *block, struct spn_error *reterr)
{
    bool row = false;
    block->there = false;
    block->count = 0;
    for (int what = FIND; what <= LOWEST && !row; what++) {
        sqlite3_stmt *stmt = stmt_of(store, which, what, reterr);
        if (!stmt)
            return SPN_DATABASE;
        if (what == FIND && sqlite3_bind_int64(stmt, 1, to_first(key)) != SQLITE_OK)
            return db_error(store, "read", reterr);
        enum spn_code code = db_step(store, stmt, &row, reterr);
        if (code == SPN_OK && row)
            code = take_block(store, stmt, block, reterr);
        sqlite3_reset(stmt);
        if (code != SPN_OK)
            return code;
    }
    return SPN_OK;
}

/* A look-up takes a few steps in the block where SQLite holds it; that it is sound is checked when it is
 * written. */
static enum spn_code find_in(struct store *store, sqlite3_stmt *stmt, uint64_t key, uint32_t names,
                             struct object_list *ret, struct spn_error *reterr)
{
    const struct name_entry *entries = sqlite3_column_blob(stmt, 1);
    size_t len = (size_t)sqlite3_column_bytes(stmt, 1), count = len / BLOCK_ENTRY_SIZE;
    if (!entries || len != count * BLOCK_ENTRY_SIZE ||
        to_first(le64toh(entries[0].key)) != sqlite3_column_int64(stmt, 0))
        return db_damaged(store, "a block of an index", reterr);
    for (size_t i = block_search(entries, count, key); i < count && le64toh(entries[i].key) == key; i++)
        if (le32toh(entries[i].names) & names)
            object_list_add(ret, le32toh(entries[i].object));
    return SPN_OK;
}

enum spn_code index_find(struct store *store, enum block_index which, uint64_t key, uint32_t names,
                         struct object_list *ret, struct spn_error *reterr)
{
    bool row = false;
    sqlite3_stmt *stmt = stmt_of(store, which, FIND, reterr);
    if (!stmt)
        return SPN_DATABASE;
    if (sqlite3_bind_int64(stmt, 1, to_first(key)) != SQLITE_OK)
        return db_error(store, "read", reterr);
    enum spn_code code = db_step(store, stmt, &row, reterr);
    if (code == SPN_OK && row)
        code = find_in(store, stmt, key, names, ret, reterr);
    sqlite3_reset(stmt);
    return code;
}

/* ---- a filter ---- */

void index_filter_init(struct index_filter *filter, size_t entries)
{
    unsigned width = 1;
    while (UINT64_C(1) << width < entries)
        width++;
    *filter = (struct index_filter){xcalloc((size_t)1 << width, sizeof *filter->names), 64 - width};
}

void index_filter_add(struct index_filter *filter, const struct name_entry *entry)
{
    filter->names[entry->key >> filter->shift] |= entry->names;
}

static enum spn_code fill_filter(struct store *store, sqlite3_stmt *stmt, struct index_filter *filter,
                                 struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        if (code != SPN_OK || !row)
            break;
        const struct name_entry *entries = sqlite3_column_blob(stmt, 0);
        size_t count = (size_t)sqlite3_column_bytes(stmt, 0) / BLOCK_ENTRY_SIZE;
        for (size_t i = 0; entries && i < count; i++) {
            struct name_entry entry = entries[i];
            block_swap(&entry, 1);
            index_filter_add(filter, &entry);
        }
    }
    return code;
}

enum spn_code index_filter_make(struct store *store, enum block_index which, struct index_filter *ret,
                                struct spn_error *reterr)
{
    const char *table = which == INDEX_NAME ? "name_index" : "guid_index";
    char count_sql[80], sql[80];
    int64_t bytes = 0;
    snprintf(count_sql, sizeof count_sql, "SELECT sum(length(entries)) FROM %s", table);
    snprintf(sql, sizeof sql, "SELECT entries FROM %s", table);
    enum spn_code code = db_int(store, count_sql, &bytes, reterr);
    sqlite3_stmt *stmt = code == SPN_OK ? db_prepare(store, sql, reterr) : NULL;
    if (!stmt)
        return SPN_DATABASE;
    index_filter_init(ret, (size_t)bytes / BLOCK_ENTRY_SIZE);
    code = fill_filter(store, stmt, ret, reterr);
    sqlite3_finalize(stmt);
    return code;
}

bool index_filter_may_have(const struct index_filter *filter, uint64_t key, uint32_t names)
{
    return !filter->names || filter->names[key >> filter->shift] & names;
}

void index_filter_release(struct index_filter *filter)
{
    free(filter->names);
    filter->names = NULL;
}

/* ---- writing ---- */

static enum spn_code drop_block(struct store *store, enum block_index which, int64_t first,
                                struct spn_error *reterr)
{
    sqlite3_stmt *stmt = stmt_of(store, which, DROP, reterr);
    return db_put(store, stmt, stmt ? sqlite3_bind_int64(stmt, 1, first) : SQLITE_OK, reterr);
}

/* The entries are of no more use to the caller. */
static enum spn_code put_block(struct store *store, enum block_index which, struct name_entry *entries,
                               size_t count, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = stmt_of(store, which, PUT, reterr);
    if (!stmt)
        return SPN_DATABASE;
    if (count > MAX_BLOCK_BYTES / BLOCK_ENTRY_SIZE)
        return spn_error_set(reterr, SPN_DATABASE, SQLITE_TOOBIG,
                             "cannot write database '%s': %zu objects hold names of one host", store->path,
                             count);
    int64_t first = to_first(entries[0].key);
    block_swap(entries, count);
    return db_put(store, stmt,
                  sqlite3_bind_int64(stmt, 1, first) |
                      sqlite3_bind_blob(stmt, 2, entries, (int)(count * BLOCK_ENTRY_SIZE), SQLITE_STATIC),
                  reterr);
}

void index_edit(struct index_edits *edits, struct name_entry entry, bool add)
{
    edits->items = xgrow(edits->items, &edits->size, edits->count + 1, sizeof *edits->items);
    edits->items[edits->count++] = (struct block_edit){entry, add};
}

/* First key of the block after that one; false: there is none. */
static enum spn_code next_first(struct store *store, enum block_index which, int64_t first, bool *ret_there,
                                int64_t *ret, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = stmt_of(store, which, NEXT, reterr);
    if (!stmt)
        return SPN_DATABASE;
    if (sqlite3_bind_int64(stmt, 1, first) != SQLITE_OK)
        return db_error(store, "read", reterr);
    enum spn_code code = db_step(store, stmt, ret_there, reterr);
    if (code == SPN_OK && *ret_there)
        *ret = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return code;
}

/* Writes what has become of a block: nothing, one block or several. */
static enum spn_code replace_block(struct store *store, enum block_index which, const struct block *old,
                                   struct name_entry *entries, size_t count, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    if (old->there && (!count || to_first(entries[0].key) != old->first))
        code = drop_block(store, which, old->first, reterr);
    while (code == SPN_OK && count > 0) {
        size_t piece = block_piece(entries, count);
        code = put_block(store, which, entries, piece, reterr);
        entries += piece;
        count -= piece;
    }
    return code;
}

static enum spn_code apply_sorted(struct store *store, enum block_index which, const struct block_edit *edits,
                                  size_t count, struct spn_error *reterr)
{
    struct block block = {0};
    struct name_entry *merged = NULL;
    size_t merged_size = 0;
    enum spn_code code = SPN_OK;
    for (size_t at = 0; code == SPN_OK && at < count;) {
        int64_t end = 0;
        bool bounded = false;
        code = read_block(store, which, edits[at].entry.key, &block, reterr);
        if (code == SPN_OK && block.there)
            code = next_first(store, which, block.first, &bounded, &end, reterr);
        if (code != SPN_OK)
            break;
        size_t stop = at + 1;
        while (stop < count && (!bounded || to_first(edits[stop].entry.key) < end))
            stop++;
        merged = xgrow(merged, &merged_size, block.count + (stop - at), sizeof *merged);
        size_t left = block_merge(block.entries, block.count, edits + at, stop - at, merged);
        bool same =
            left == block.count && (!left || memcmp(merged, block.entries, left * sizeof *merged) == 0);
        if (!same)
            code = replace_block(store, which, &block, merged, left, reterr);
        at = stop;
    }
    free(merged);
    free(block.entries);
    return code;
}

enum spn_code index_apply(struct store *store, enum block_index which, struct index_edits *edits,
                          struct spn_error *reterr)
{
    size_t count = block_edits_sort(edits->items, edits->count);
    enum spn_code code = apply_sorted(store, which, edits->items, count, reterr);
    free(edits->items);
    *edits = (struct index_edits){0};
    return code;
}

/* ---- in bulk ---- */

static enum spn_code flush(struct store *store, struct index_builder *b, size_t count,
                           struct spn_error *reterr)
{
    enum spn_code code = count ? put_block(store, b->which, b->entries, count, reterr) : SPN_OK;
    b->count -= count;
    b->run -= count;
    if (b->count && count)
        memmove(b->entries, b->entries + count, b->count * sizeof *b->entries);
    return code;
}

/* Tells of those of the last key that may share a name. */
static enum spn_code tell_shared(const struct index_builder *b, struct spn_error *reterr)
{
    uint32_t once = 0, twice = 0;
    enum spn_code code = SPN_OK;
    for (size_t i = b->run; i < b->count; i++) {
        twice |= once & b->entries[i].names;
        once |= b->entries[i].names;
    }
    for (size_t i = b->run; twice && code == SPN_OK && i < b->count; i++)
        if (b->entries[i].names & twice)
            code = b->shared(b->ctx, b->entries[i].object, reterr);
    return code;
}

/* All entries of the last key are there. */
static enum spn_code end_run(struct store *store, struct index_builder *b, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    size_t count = name_entries_sort(b->entries + b->run, b->count - b->run);
    b->count = b->run + count;
    if (b->shared && count > 1)
        code = tell_shared(b, reterr);
    if (code == SPN_OK && b->count > BLOCK_ENTRIES)
        code = flush(store, b, b->run, reterr);
    if (code == SPN_OK && b->count >= BLOCK_FILL) {
        b->run = b->count;
        code = flush(store, b, b->count, reterr);
    }
    b->run = b->count;
    return code;
}

enum spn_code index_build(struct store *store, struct index_builder *b, const struct name_entry *entries,
                          size_t count, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < count; i++) {
        if (b->count > b->run && entries[i].key != b->entries[b->run].key) {
            if (entries[i].key < b->entries[b->run].key)
                return spn_error_set(reterr, SPN_INTERNAL, 0, "names are not sorted");
            code = end_run(store, b, reterr);
        }
        b->entries = xgrow(b->entries, &b->size, b->count + 1, sizeof *b->entries);
        b->entries[b->count++] = entries[i];
    }
    return code;
}

enum spn_code index_build_end(struct store *store, struct index_builder *b, struct spn_error *reterr)
{
    enum spn_code code = end_run(store, b, reterr);
    return code == SPN_OK ? flush(store, b, b->count, reterr) : code;
}

void index_builder_release(struct index_builder *b)
{
    free(b->entries);
    b->entries = NULL;
    b->count = b->size = b->run = 0;
}

enum spn_code index_build_all(struct store *store, enum block_index which, struct name_entry *entries,
                              size_t count, struct spn_error *reterr)
{
    struct index_builder builder = {.which = which};
    enum spn_code code = index_build(store, &builder, entries, name_entries_sort(entries, count), reterr);
    if (code == SPN_OK)
        code = index_build_end(store, &builder, reterr);
    index_builder_release(&builder);
    return code;
}

enum spn_code index_build_guids(struct store *store, struct spn_error *reterr)
{
    struct name_entry *entries = NULL;
    size_t count = 0, size = 0;
    sqlite3_stmt *stmt = db_prepare(store, "SELECT id, guid FROM object", reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        struct guid guid;
        code = db_step(store, stmt, &row, reterr);
        if (code != SPN_OK || !row)
            break;
        const void *bytes = sqlite3_column_blob(stmt, 1);
        if (!bytes || sqlite3_column_bytes(stmt, 1) != sizeof guid.b)
            continue;
        memcpy(guid.b, bytes, sizeof guid.b);
        entries = xgrow(entries, &size, count + 1, sizeof *entries);
        entries[count++] = guid_entry(&guid, sqlite3_column_int64(stmt, 0));
    }
    sqlite3_finalize(stmt);
    if (code == SPN_OK)
        code = index_build_all(store, INDEX_GUID, entries, count, reterr);
    free(entries);
    return code;
}
