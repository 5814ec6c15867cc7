/* entry_buf.h: an entry gathered from one message, or from several when values come in ranges. Nothing is
 * copied: the messages are held until the buffer is emptied. {0} is an empty buffer. */
#pragma once

#include <ldap.h>

#include "scanner/decode/entry.h"
#include "spnscan/error.h"

struct entry_slot {
    struct bytes name;
    size_t first, count; /* into values */
};

struct entry_buf {
    struct bytes dn;
    struct entry_slot *slots;
    size_t slot_count, slot_size;
    struct bytes *values;
    size_t value_count, value_size;
    struct attr *attrs; /* of the last seal */
    size_t attr_size;
    LDAPMessage **held;
    size_t held_count, held_size;
};

/* Adds what a search entry message says and takes the message over, also on error. With attributes already
 * there the new ones come after them. what begins the error text. */
enum spn_code entry_buf_take(struct entry_buf *buf, LDAP *ld, LDAPMessage *msg, const char *what,
                             struct spn_error *reterr);

/* Moves the values of slot behind all others, so that more can be appended to it. */
void entry_buf_move_last(struct entry_buf *buf, size_t slot);

/* The entry as callbacks see it; valid until buf is changed. */
struct entry entry_buf_seal(struct entry_buf *buf);

/* Frees the messages, keeps the arrays. */
void entry_buf_clear(struct entry_buf *buf);
void entry_buf_release(struct entry_buf *buf);
