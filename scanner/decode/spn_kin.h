/* spn_kin.h: sets of SPNs that are those of an account met before, but for the name in them. Pure.
 *
 * The SPNs of a computer are those of every other of its kind. Of a set that is known so nothing has to be
 * sorted, quoted, looked at for odd characters or hashed name by name: its JSON text is that of its kind with
 * another name in it (store/base/spn_template.h), and so are its keys (store/base/spn_key.h).
 */
#pragma once

#include "scanner/decode/entry.h"
#include "spnscan/text_buf.h"

#define SPN_KINDS_MAX 8

/* What all of a kind have in common. */
struct spn_kin {
    struct text_buf like; /* the template of their JSON text */
    uint32_t names;       /* the bits of their names under the one key of their host */
    /* ---- spn_kin.c alone ---- */
    struct spn_kin_value *values; /* NULL: none is known here */
    size_t count, size;
    struct text_buf text; /* what the values are made of, but for the name */
    size_t first;         /* of values: the one that tells the name */
    uint64_t used;
};

/* Those that were met last. Zeroed at first; one thread. */
struct spn_kins {
    struct spn_kin kinds[SPN_KINDS_MAX];
    uint64_t clock;
};
void spn_kins_release(struct spn_kins *kins);

/* The kind that the set is of, with the name that its template leaves open, which points into the set; -1: it
 * is of none. */
int spn_kins_find(struct spn_kins *kins, const struct attr *spns, struct bytes *ret_name);

/* Makes it a kind, in place of the one that was longest not found; which is returned. -1: the names are of
 * several hosts, or not plain, and nothing is changed. json: the set as facet_spn_text() has it. seed: of the
 * keys. */
int spn_kins_learn(struct spn_kins *kins, const struct attr *spns, struct bytes json, uint64_t seed);

/* The key of the host of a name that spn_kins_find() has found. */
uint64_t spn_kin_key(struct bytes name, uint64_t seed);
