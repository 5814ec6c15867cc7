/* rbcd.h: the security descriptor of msDS-AllowedToActOnBehalfOfOtherIdentity (MS-DTYP 2.4.6), as the Windows
 * tools write it: owner Administrators, full control for each principal. */
#pragma once

#include "tests/dcsim/bytes.h"

void rbcd_descriptor(struct buf *ret, uint8_t (*sids)[68], int count);
