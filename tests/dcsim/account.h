/* account.h: finding the object that a command names. world.lock is held. */
#pragma once

#include "tests/dcsim/dc.h"

/* DOMAIN\name or name (sAMAccountName), a GUID with hyphens, or a DN as the base forest, or this DC, has it.
 * NO_OBJECT: none. */
uint32_t account_find(const struct dc *dc, const char *text);

/* sAMAccountName in the base forest; empty when it has none. */
struct bytes account_sam(uint32_t object);
