/* search.h: what a DC answers to a search, as one stretch of bytes. */
#pragma once

#include "tests/dcsim/answer.h"

/* Who asks, over what. One a connection. */
struct asker {
    struct dc *dc;
    bool gc;             /* the GC port */
    uint64_t connection; /* paging cookies are good here alone */
    bool bound;
    int pages;       /* account pages asked for so far */
    int empty_pages; /* given out before the next real one */
    struct sight sight;
    struct filter filter; /* memory, used again */
};

/* Appends the whole answer to out, with those faults in it that are of its contents; any other is left in
 * *ret_strike for the connection to carry out. world.lock is taken inside. */
void search_answer(struct asker *asker, struct question *q, struct buf *out, struct strike *ret_strike);
