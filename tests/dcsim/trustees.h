/* trustees.h: the value "sd:NAME,NAME" of a command: a descriptor for
 * msDS-AllowedToActOnBehalfOfOtherIdentity. world.lock is held. */
#pragma once

#include "tests/dcsim/dc.h"

/* Appends the descriptor to ret. text: accounts (account.h) or SIDs, with commas between; empty: a list that
 * lets nobody in; "null": no list. false: one of them is not known. */
bool trustees_descriptor(const struct dc *dc, const char *text, struct buf *ret);
/* So many bytes are enough. */
size_t trustees_room(const char *text);
