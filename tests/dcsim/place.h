/* place.h: where objects stand. A DN is kept whole with each object; when a container gets another name, all
 * that is below it does too, without a USN or a stamp, as in AD. world.lock is held for writing. */
#pragma once

#include "tests/dcsim/dc.h"

/* Whether this DC has an object of that DN that is not deleted. */
bool place_is_live(const struct dc *dc, int nc, struct bytes dn);
/* Only containers and OUs have any. */
bool place_has_below(const struct dc *dc, uint32_t object);
/* The object had the DN was until now: what is below it follows, and tombstones that came from there know. */
void place_moved(struct dc *dc, const struct local *local, struct bytes was);

/* A DN of one DC as another has it, whose containers may have other names: by the identity of the parent. */
void place_name_here(const struct dc *here, const struct dc *there, int nc, struct bytes dn, struct buf *ret);
/* The same of a whole DN. */
void place_dn_here(const struct dc *here, const struct dc *there, int nc, struct bytes dn, struct buf *ret);
