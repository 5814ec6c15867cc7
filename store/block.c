/* block.c: see block.h. */
#include "store/block.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "store/base/names_sort.h"

_Static_assert(sizeof(struct name_entry) == BLOCK_ENTRY_SIZE,
               "an entry is 16 bytes, in memory as in the file");

int name_entry_compare(const struct name_entry *a, const struct name_entry *b)
{
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->object < b->object ? -1 : a->object > b->object;
}

size_t name_entries_sort(struct name_entry *entries, size_t count)
{
    size_t kept = 0;
    names_sort(entries, count, 0);
    for (size_t i = 0; i < count; i++)
        if (!kept || name_entry_compare(&entries[kept - 1], &entries[i]) != 0)
            entries[kept++] = entries[i];
        else
            entries[kept - 1].names |= entries[i].names;
    return kept;
}

/* Of the same entry, the addition first: it is the one that stays. */
static int compare_edits(const void *va, const void *vb)
{
    const struct block_edit *a = va, *b = vb;
    int order = name_entry_compare(&a->entry, &b->entry);
    return order ? order : (int)b->add - (int)a->add;
}

size_t block_edits_sort(struct block_edit *edits, size_t count)
{
    size_t kept = 0;
    if (count > 1)
        qsort(edits, count, sizeof *edits, compare_edits);
    for (size_t i = 0; i < count; i++)
        if (!kept || name_entry_compare(&edits[kept - 1].entry, &edits[i].entry) != 0)
            edits[kept++] = edits[i];
    return kept;
}

void block_swap(struct name_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        entries[i].key = le64toh(entries[i].key);
        entries[i].object = le32toh(entries[i].object);
        entries[i].names = le32toh(entries[i].names);
    }
}

bool block_is_sound(const struct name_entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (name_entry_compare(&entries[i - 1], &entries[i]) >= 0)
            return false;
    return count > 0;
}

size_t block_search(const struct name_entry *entries, size_t count, uint64_t key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (le64toh(entries[middle].key) < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t block_merge(const struct name_entry *entries, size_t count, const struct block_edit *edits,
                   size_t edit_count, struct name_entry *ret)
{
    size_t at = 0, made = 0;
    for (size_t i = 0; i < edit_count; i++) {
        while (at < count && name_entry_compare(&entries[at], &edits[i].entry) < 0)
            ret[made++] = entries[at++];
        if (at < count && name_entry_compare(&entries[at], &edits[i].entry) == 0)
            at++;
        if (edits[i].add)
            ret[made++] = edits[i].entry;
    }
    if (at < count)
        memcpy(ret + made, entries + at, (count - at) * sizeof *ret);
    return made + (count - at);
}

size_t block_piece(const struct name_entry *entries, size_t count)
{
    if (count <= BLOCK_ENTRIES)
        return count;
    size_t parts = (count + BLOCK_ENTRIES - 1) / BLOCK_ENTRIES;
    size_t want = count / parts, at = want;
    while (at > 0 && entries[at - 1].key == entries[at].key)
        at--;
    if (at > 0)
        return at;
    for (at = want; at < count && entries[at].key == entries[0].key;)
        at++;
    return at;
}
