/* version.h: what one object holds at one time, its attributes encoded as they go into an answer.
 *
 * data is the DN and, behind it, one after another, struct stored and the PartialAttribute it describes. A
 * version is never changed: an edit makes another one. Computed attributes (schema.h) are in present, but not
 * in data.
 */
#pragma once

#include "tests/dcsim/schema.h"

struct version {
    attr_mask present;
    const uint8_t *data;
    uint32_t len;
    uint32_t uac;
    uint16_t dn_len;
    uint8_t cls; /* enum object_class */
};

struct stored {
    uint8_t attr;
    uint8_t first;  /* where in the encoding the values start */
    uint16_t count; /* of values */
    uint32_t len;   /* of the encoding */
};

static inline struct bytes version_dn(const struct version *v)
{
    return (struct bytes){v->data, v->dn_len};
}

/* The encoding of one attribute; false: not there. */
bool version_find(const struct version *v, enum attr attr, struct stored *ret, const uint8_t **ret_encoded);

/* The next of the values in [*at, end); false: no more. */
bool next_value(const uint8_t **at, const uint8_t *end, struct bytes *ret);

/* ---- making one ---- */

struct draft {
    struct buf data;
    attr_mask present;
    uint32_t uac;
    uint16_t dn_len;
    uint8_t cls;
    size_t stored, sequence, set; /* places of the open attribute */
    uint16_t count;
};

/* Starts anew; the memory is used again. */
void draft_start(struct draft *d, enum object_class cls, const char *dn, size_t dn_len);
void draft_open(struct draft *d, enum attr attr);
void draft_value(struct draft *d, const void *data, size_t len);
void draft_shut(struct draft *d); /* an attribute without a value is dropped */

void draft_text(struct draft *d, enum attr attr, const char *text);
void draft_number(struct draft *d, enum attr attr, int64_t n);
void draft_bytes(struct draft *d, enum attr attr, const void *data, size_t len);

/* All attributes of v whose bit is in keep. */
void draft_copy(struct draft *d, const struct version *v, attr_mask keep);

/* The version, its data in memory that store gives (NULL: malloc, the caller's to free). */
struct version draft_done(const struct draft *d, uint8_t *store);
