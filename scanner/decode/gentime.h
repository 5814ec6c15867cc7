/* gentime.h: GeneralizedTime as DCs write it, "20261122130951.0Z" (RFC 4517 section 3.3.13). Pure. */
#pragma once

#include "spnscan/ids.h"

/* Microseconds since 1970 UTC. false: malformed or not UTC. */
bool gentime_parse(struct bytes text, int64_t *ret_us);
