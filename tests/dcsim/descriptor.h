/* descriptor.h: nTSecurityDescriptor, as a self-relative SECURITY_DESCRIPTOR (MS-DTYP 2.4.6).
 *
 * Of an object it is the same on all DCs, but where `hide` keeps attributes of its class from the reader:
 * that DC's has an ACE more for each of them. */
#pragma once

#include "tests/dcsim/dc.h"

/* SECURITY_INFORMATION, as the SD_FLAGS control has it (MS-ADTS 3.1.1.3.4.1.11). */
enum { PART_OWNER = 1, PART_GROUP = 2, PART_DACL = 4, PART_SACL = 8, ALL_PARTS = 15 };

void put_descriptor(const struct dc *dc, const struct view *view, unsigned parts, struct buf *ret);
