/* answer.h: LDAP messages, put together from encodings that are already there. */
#pragma once

#include "tests/dcsim/question.h"

/* Size of each entry is bounded by the objects; out grows as needed. */
void put_entry(struct buf *out, const struct question *q, struct sight *sight, const struct view *view);
void put_rootdse(struct buf *out, const struct question *q, const struct dc *dc);

struct paging { /* the control of a page's result */
    bool there;
    struct bytes cookie;
};

void put_result(struct buf *out, int id, uint8_t tag, int code, const char *matched, const char *text,
                const char *referral, const struct paging *paging);
void put_reference(struct buf *out, int id, const char *url);
