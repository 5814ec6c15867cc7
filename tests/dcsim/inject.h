/* inject.h: what --lagging, --divergent, --missing and --lingering put in before the start. The victim is the
 * last DC of each domain; a domain of one DC is left as it is. */
#pragma once

#include "tests/dcsim/options.h"

void inject(const struct options *options);
