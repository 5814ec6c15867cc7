/* names_sort.h: millions of SPN keys in order, in place. Pure. */
#pragma once

#include "scanner/run/ledger_inside.h"

/* By key, then by object. Keys are hashes, evenly spread: a radix sort from the top byte needs two or three
 * passes and no second array (a merge sort would double the memory). Keys that are not spread only cost more
 * passes. */
void names_sort(struct name_key *names, size_t count);
