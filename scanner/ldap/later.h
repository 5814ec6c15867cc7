/* later.h: objects whose values came in ranges, noted while answers are still under way and read whole when
 * none is. For stream.c. */
#pragma once

#include "scanner/ldap/request.h"

/* {0} is empty. */
struct later {
    struct text_buf names; /* each ends in NUL */
};

/* what begins the error text. More than a third of a million is an error: no forest has that many. */
enum spn_code later_add(struct later *later, const struct entry *entry, const char *what,
                        struct spn_error *reterr);

/* Reads each as a part of the answer to of, and empties the list. One that was deleted meanwhile is left out;
 * the filter is not asked again. */
enum spn_code later_read(struct later *later, const struct request *of, search_entry_fn found, void *ctx,
                         struct spn_error *reterr);

void later_release(struct later *later);
