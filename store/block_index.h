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

/* First 8 bytes. */
uint64_t guid_key(const struct guid *guid);

/* Appends the objects that stand under key. */
enum spn_code index_find(struct store *store, enum block_index which, uint64_t key, struct object_list *ret,
                         struct spn_error *reterr);

/* Tells of nearly every key that is not in an index that it is not, without a look at the index: 16 to 32
 * bits for each entry, of which the highest bits of its key name one. Of no use once the index changes. */
struct index_filter {
    uint64_t *bits; /* NULL: it knows of nothing, and anything may be there */
    unsigned shift;
};
/* An empty one with room for that many; more are known as well, but with them more that are none. */
void index_filter_init(struct index_filter *filter, size_t entries);
void index_filter_add(struct index_filter *filter, uint64_t key);
enum spn_code index_filter_make(struct store *store, enum block_index which, struct index_filter *ret,
                                struct spn_error *reterr);
bool index_filter_may_have(const struct index_filter *filter, uint64_t key);
void index_filter_release(struct index_filter *filter);

/* Edits that wait for index_apply. */
struct index_edits {
    struct block_edit *items;
    size_t count, size;
};
void index_edit(struct index_edits *edits, uint64_t key, uint32_t object, bool add);
/* Does them, block by block, and empties the list. */
enum spn_code index_apply(struct store *store, enum block_index which, struct index_edits *edits,
                          struct spn_error *reterr);

/* Fills an empty index from entries sorted by key. Zeroed but for the first three members. */
struct index_builder {
    enum block_index which;
    /* Called for each object of a key that stands for more than one. May be NULL. */
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
