/* replicate.h: one DC takes from another what it has not yet, as MS-DRSR has it: values whose originating USN
 * its up-to-dateness vector does not cover, the higher stamp wins, and the vector takes over what the
 * source's covers. world.lock is held for writing. */
#pragma once

#include "tests/dcsim/dc.h"

struct pulled {
    unsigned objects; /* changed at the destination */
    unsigned refused; /* lingering at the source: error 8606, that naming context's replication stopped */
};

/* nc -1: all that both have. NULL, or why it can't be. */
const char *replicate(struct dc *to, const struct dc *from, int nc, struct pulled *ret);

/* Every DC from every other, frozen ones excepted, until nothing moves. */
struct pulled replicate_all(const struct dc *except);
