/* block.h: the blocks of an index (tables name_index and guid_index) as plain arrays. Pure, no SQL.
 *
 * Entries are sorted by (key, object), of which there is one each. Entries of one key are never parted, so
 * that the block whose first key is the last one not above a key holds all there is of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spnscan/store.h"

#define BLOCK_ENTRIES    768 /* at most, but for a block of one key */
#define BLOCK_FILL       508 /* when made in bulk: two such rows fill a page of 16 KiB */
#define BLOCK_ENTRY_SIZE 16

struct block_edit {
    struct name_entry entry;
    bool add; /* else: remove */
};

/* By key and object. */
int name_entry_compare(const struct name_entry *a, const struct name_entry *b);
/* Sorts, and puts together what stands twice; returns how many are left. */
size_t name_entries_sort(struct name_entry *entries, size_t count);
/* The same, but drops what stands twice; where one entry is both added and removed it is added. */
size_t block_edits_sort(struct block_edit *edits, size_t count);

/* Between memory and the file, in place: the file's byte order is little-endian. */
void block_swap(struct name_entry *entries, size_t count);
/* false: bytes from the file (swapped already) are no block. */
bool block_is_sound(const struct name_entry *entries, size_t count);

/* Index of the first entry with that key or a higher one; count when there is none. Entries as they are in
 * the file. */
size_t block_search(const struct name_entry *entries, size_t count, uint64_t key);

/* Writes entries with the edits done to ret, which has room for count + edit_count; returns how many they
 * are. Edits are sorted; what is added takes the place of what is there, and
 * removing what is not changes nothing. */
size_t block_merge(const struct name_entry *entries, size_t count, const struct block_edit *edits,
                   size_t edit_count, struct name_entry *ret);

/* How many of the entries, from the first, make the next block: about equal parts of at most BLOCK_ENTRIES.
 */
size_t block_piece(const struct name_entry *entries, size_t count);
