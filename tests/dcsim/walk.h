/* walk.h: the parts of one search as it is carried out: base.c finds its base, walk.c meets the objects,
 * search.c makes pages. */
#pragma once

#include "tests/dcsim/search.h"

#define MAX_NAMED    4000
#define SECOND_PHASE ((uint64_t)1 << 63) /* of a position: beyond the base forest's objects */

/* Result codes, and the tag of the message that carries them (RFC 4511). */
enum {
    DONE = 0x65,
    SUCCESS = 0,
    OPERATIONS_ERROR = 1,
    SIZE_LIMIT = 4,
    REFERRAL = 10,
    CRITICAL = 12,
    NO_SUCH_OBJECT = 32,
    UNWILLING = 53
};

struct stretch { /* of ranks: the order in which objects came to this DC */
    uint32_t from, to;
};

/* One search as it is carried out. */
struct walk {
    struct asker *asker;
    struct question *q;
    struct buf *out;
    struct bytes base; /* DN; empty: all */
    bool test_dn;
    bool included[MAX_NCS];
    struct stretch stretches[MAX_NCS * 2];
    int stretch_count;
    bool by_usn;
    struct usn_bounds bounds;
    uint32_t *named;
    int named_count;         /* -1: not named */
    uint64_t position, next; /* where this page began; where the next one does */
    int limit, found;
    bool more;
};

/* Results instead of, or behind, entries; all return false. */
bool walk_answer(struct walk *w, int code, const char *text);
bool walk_refer(struct walk *w, const char *dns, struct bytes dn);
bool walk_no_object(struct walk *w);

bool walk_can_serve(const struct walk *w, int nc);
/* Not returned: deleted and not asked for, or out of the reader's rights. */
bool walk_conceals(const struct walk *w, const struct view *view);
/* The object that the base names. false: the answer was given. */
bool walk_find_base(struct walk *w, struct bytes base, struct view *ret);
/* Spaces behind commas are taken out of the DN that was sent. */
struct bytes walk_tidy_dn(struct bytes dn, uint8_t *memory, size_t size);

/* Where to look, for what the filter demands; base NULL: everywhere. */
void walk_plan(struct walk *w, const struct view *base);
/* From w->position on, until the page is full. */
void walk_all(struct walk *w);
