/* replica_inside.h: what the decoders of replica.h share. Nobody else includes it. */
#pragma once

#include "scanner/decode/cursor.h"
#include "scanner/decode/replica.h"

static inline uint64_t cursor_u64(struct cursor *c)
{
    uint64_t low = cursor_u32(c);
    return low | (uint64_t)cursor_u32(c) << 32;
}

static inline struct guid cursor_guid(struct cursor *c)
{
    struct guid guid = {{0}};
    const uint8_t *p = cursor_take(c, sizeof guid.b);
    if (p)
        memcpy(guid.b, p, sizeof guid.b);
    return guid;
}

/* A time since 1601, in seconds (DSTIME) or in units of 100 ns (FILETIME), as microseconds since 1970. The
 * unit is told by magnitude: today is 1.3e10 in the one and 1.3e17 in the other. Times past the year 9999
 * become its last second. */
int64_t replica_time(uint64_t since_1601);

/* us if it is plausible, else 0: for a time that is only shown, never compared. */
int64_t replica_plausible(int64_t us);

/* ATTID_* of an LDAP name, 0: none of them. */
uint32_t replica_attid(struct bytes name);

/* The attribute name (without options) with values, and whether they are the ";binary" form. NULL: absent, or
 * a part of its values only (";range="): a vector without some of its cursors would prove what is not so. */
const struct attr *replica_attr(const struct entry *entry, const char *name, bool *ret_binary);

/* Where the option does not say which form a value has: no structure starts like this but by a rare GUID. */
static inline bool replica_is_xml(struct bytes value)
{
    return value.len > 4 && memcmp(value.data, "<DS_", 4) == 0;
}

/* Text of a source as clean text (clean.h), cut at a character. */
void replica_source(struct bytes text, struct neighbour *ret);
/* The same from a NUL-terminated UTF-16LE string at an offset of a structure. 0: none. false: it is not
 * inside, or not terminated there. */
bool replica_source_utf16(struct bytes whole, uint32_t offset, struct neighbour *ret);

bool cursor_binary(struct bytes value, struct utd_cursor *ret); /* DS_REPL_CURSOR_BLOB */
bool cursor_xml(struct bytes value, struct utd_cursor *ret);
