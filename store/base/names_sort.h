/* names_sort.h: millions of hashed names in order, in place. Pure. Leaf code for both halves: the scanner
 * sorts SPNs, the store GUIDs. */
#pragma once

#include <stddef.h>

#include "spnscan/records.h"

/* By key, then by object. Keys are hashes, evenly spread: a radix sort from the top byte needs two or three
 * passes and no second array (a merge sort would double the memory). Keys that are not spread only cost more
 * passes. alike: so many top bytes are the same in all keys, and need no pass (0: not known of any). */
void names_sort(struct name_entry *names, size_t count, int alike);
