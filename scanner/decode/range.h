/* range.h: attribute descriptions with a range option, "servicePrincipalName;range=0-1499"
 * (MS-ADTS 3.1.1.3.1.3.3). Pure. */
#pragma once

#include "spnscan/ids.h"

struct attr_range {
    struct bytes name; /* without the range option (other options stay) */
    uint32_t first;
    uint32_t last;
    bool final; /* "first-*": the last part */
};

/* true: name carries a well-formed range option. */
bool attr_range_parse(struct bytes name, struct attr_range *ret);
