/* replica.h: what a DC tells of its replication beside stamps and vectors (stamps.c): its inbound neighbours,
 * and the constructed attributes msDS-ReplAttributeMetaData, msDS-NCReplCursors and
 * msDS-NCReplInboundNeighbors, in XML or as ";binary". */
#pragma once

#include "tests/dcsim/dc.h"

/* For each naming context the DCs next to it in a ring of those that have it. Once all DCs are made. */
void neighbours_make(struct dc *dc);
/* NULL: it is none. */
struct neighbour *neighbour_find(const struct dc *dc, int source, int nc);
/* Makes it one; all is well with it so far. */
struct neighbour *neighbour_add(struct dc *dc, int source, int nc);
/* An attempt to replicate ended with result (a Win32 error; 0 well). Of no consequence when it is no
 * neighbour. */
void neighbour_note(struct dc *dc, int source, int nc, uint32_t result);

/* The values of an attribute of mask_many, each an OCTET STRING, appended to ret. */
void put_replica_values(const struct dc *dc, const struct view *view, enum attr attr, bool binary,
                        struct buf *ret);
