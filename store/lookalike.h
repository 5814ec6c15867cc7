/* lookalike.h: what DCs said of look-alikes (table lookalike_answer). Internal to store/; what the scanner
 * asks and puts is in spnscan/store.h. */
#pragma once

#include "store/db.h"

/* Forgets answers about names that are no look-alikes any more, or not held by that account. Inside the
 * transaction of store_finish, after lookalike_rebuild. */
enum spn_code lookalike_forget(struct store *store, struct spn_error *reterr);
