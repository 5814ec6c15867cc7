/* request.h: one LDAP message from a client, and the bytes that answer it. */
#pragma once

#include "tests/dcsim/search.h"

enum request_end { REQUEST_ANSWERED, REQUEST_CLOSE };

enum request_end request_answer(struct asker *asker, const uint8_t *data, size_t len, struct buf *out,
                                int *ret_id, struct strike *ret_strike);

/* Not so unbind and abandon. */
bool request_wants_answer(const uint8_t *data, size_t len);

/* The number that an abandon request names; 0: it is none. */
int request_abandons(const uint8_t *data, size_t len);
