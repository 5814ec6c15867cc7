/* forest.h: what the configuration NC says of the whole forest, as rows. Internal to store/. */
#pragma once

#include "store/db.h"

/* Replaces spn_mapping and forest_setting. */
enum spn_code forest_put(struct store *store, const struct forest_info *forest, struct spn_error *reterr);
