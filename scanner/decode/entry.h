/* entry.h: one directory entry as plain bytes, whichever reader brought it.
 *
 * The bytes belong to the reader and live until its callback returns; nothing here is NUL-terminated.
 * Every byte comes from the network: hostile until a decoder has looked at it.
 */
#pragma once

#include "spnscan/ids.h"

/* No real entry is beyond these; readers refuse what is. */
#define ENTRY_MAX_ATTRS  4096
#define ENTRY_MAX_VALUES 1000000 /* of one attribute */
#define ENTRY_MAX_DN     65535

struct attr {
    struct bytes name;          /* as the server wrote it, options (";range=0-1499") included */
    const struct bytes *values; /* NULL when count is 0 */
    size_t count;
};

struct entry {
    struct bytes dn;
    const struct attr *attrs;
    size_t attr_count;
    struct bytes raw; /* all that it was decoded from; {NULL, 0}: it was put together, or nobody knows */
};

/* The attribute of that name without options, compared without case (RFC 4512 section 2.5); NULL if absent.
 * Absent is not empty: a missing right hides an attribute without a word (MS-ADTS 3.1.1.4.4). */
const struct attr *entry_attr(const struct entry *entry, const char *name);

/* Its first value, or {NULL, 0}. */
struct bytes entry_value(const struct entry *entry, const char *name);

/* Numbers and booleans in their LDAP string form (RFC 4517 3.3.16, 3.3.3). false: absent or malformed;
 * *ret is then untouched. userAccountControl and other 32-bit AD integers come signed
 * (MS-ADTS 3.1.1.2.2.2.9). */
bool entry_int(const struct entry *entry, const char *name, int64_t *ret);
bool entry_uint(const struct entry *entry, const char *name, uint64_t *ret);
bool entry_bool(const struct entry *entry, const char *name, bool *ret);
bool entry_guid(const struct entry *entry, const char *name, struct guid *ret);

/* Copies the first value as clean text (clean.h) into text; cut at size. false: absent. */
bool entry_text(const struct entry *entry, const char *name, char *text, size_t size);

bool bytes_equal_nocase(struct bytes a, const char *text);
