/* questions.h: several searches sent together, so that a DC is waited for once. */
#pragma once

#include "scanner/ldap/stream.h"

struct question {
    struct search search;
    search_entry_fn found;
    void *ctx;
};

/* As search_stream for each; their entries come mixed. plain of the first: one after the other, through
 * libldap alone. The first that fails ends all. stats may be NULL. */
enum spn_code questions_run(struct conn *conn, const struct question *questions, size_t count,
                            struct search_stats *stats, struct spn_error *reterr);
