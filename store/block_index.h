/* block_index.h: the two indexes in blocks (tables name_index, guid_index), as SQL holds them. Internal to
 * store/. The caller keeps other threads away from the connection.
 */
#pragma once

#include "store/block.h"
#include "store/db.h"

enum block_index { INDEX_NAME, INDEX_GUID };

/* Objects; may grow. Release .items. */
struct object_list {
    uint32_t *items;
    size_t count, size;
};
void object_list_add(struct object_list *list, uint32_t object);

/* Its key: the first 8 bytes. */
struct name_entry guid_entry(const struct guid *guid, int64_t object);

#define ANY_NAME 1 /* the one bit of all entries of guid_index */

/* Appends the objects that stand under key with one of those bits. */
enum spn_code index_find(struct store *store, enum block_index which, uint64_t key, uint32_t names,
                         struct object_list *ret, struct spn_error *reterr);

/* Tells of most names that are not in an index that they are not, without a look at the index: the bits of
 * its entries, put together where the keys of some begin alike. Of no use once the index changes. */
struct index_filter {
    uint32_t *names; /* NULL: it knows of nothing, and anything may be there */
    unsigned shift;
};
/* An empty one with room for that many; more are known as well, but with them more that are none. */
void index_filter_init(struct index_filter *filter, size_t entries);
void index_filter_add(struct index_filter *filter, const struct name_entry *entry);
enum spn_code index_filter_make(struct store *store, enum block_index which, struct index_filter *ret,
                                struct spn_error *reterr);
bool index_filter_may_have(const struct index_filter *filter, uint64_t key, uint32_t names);
void index_filter_release(struct index_filter *filter);

/* Edits that wait for index_apply. */
struct index_edits {
    struct block_edit *items;
    size_t count, size;
};
void index_edit(struct index_edits *edits, struct name_entry entry, bool add);
/* Does them, block by block, and empties the list. */
enum spn_code index_apply(struct store *store, enum block_index which, struct index_edits *edits,
                          struct spn_error *reterr);

/* Fills an empty index from entries sorted by key. Zeroed but for the first three members. */
struct index_builder {
    enum block_index which;
    /* Called for each object that has a key and a bit in common with another. May be NULL. */
    enum spn_code (*shared)(void *ctx, uint32_t object, struct spn_error *reterr);
    void *ctx;
    struct name_entry *entries; /* not yet written; those of the last key begin at run */
    size_t count, size, run;
};
enum spn_code index_build(struct store *store, struct index_builder *builder,
                          const struct name_entry *entries, size_t count, struct spn_error *reterr);
enum spn_code index_build_end(struct store *store, struct index_builder *builder, struct spn_error *reterr);
void index_builder_release(struct index_builder *builder);

/* The same of entries in any order, all at once; sorts them. */
enum spn_code index_build_all(struct store *store, enum block_index which, struct name_entry *entries,
                              size_t count, struct spn_error *reterr);

/* Makes guid_index, which is empty, from table object. */
enum spn_code index_build_guids(struct store *store, struct spn_error *reterr);
