/* keep.h: a DC's database put aside, and brought back: a backup, or the snapshot of a virtual machine. USNs,
 * invocationId, vectors and neighbours are of it, and what only this simulation has of a DC (freeze, hide,
 * offer, deleted, ready); faults, addresses and counters are not. world.lock is held for writing. */
#pragma once

#include "tests/dcsim/dc.h"

#define KEEP_SLOTS 10

void keep_save(const struct dc *dc, int slot); /* slot: below KEEP_SLOTS; each holds one database a DC */
bool keep_load(struct dc *dc, int slot);       /* false: nothing was put aside there */
