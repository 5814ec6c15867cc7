/* filter.h: an LDAP filter, read from the request and asked of one object at a time.
 *
 * Truth has three values (RFC 4511 section 4.5.1.7). As on a Windows DC: an attribute that is not there, or
 * hidden, makes a clause false; one that the schema or this port does not know makes it undefined.
 */
#pragma once

#include <lber.h>

#include "tests/dcsim/dc.h"

static inline struct bytes of_berval(struct berval v)
{
    return (struct bytes){(const uint8_t *)v.bv_val, v.bv_len};
}

enum truth { UNDEFINED = -1, FALSE_ = 0, TRUE_ = 1 };

struct clause;

struct filter {
    struct clause *clauses; /* the first is the outermost */
    int count;
    size_t room;
};

/* Values point into the request. false: no filter, or nested too deep. */
bool filter_read(struct filter *filter, BerElement *ber);
void filter_free(struct filter *filter);

/* Where one looks from. */
struct sight {
    const struct dc *dc;
    attr_mask known; /* what this port knows */
    struct buf scratch;
};

static inline attr_mask seen(const struct sight *sight, const struct view *view)
{
    static const attr_mask raw = BIT(A_META) | BIT(A_VECTOR) | BIT(A_REPS_FROM);
    return view->version->present & sight->known & ~sight->dc->hidden[view->version->cls] &
           ~(sight->dc->offer == OFFER_RAW ? 0 : raw);
}

enum truth filter_holds(const struct filter *filter, struct sight *sight, const struct view *view);

/* Bounds of uSNChanged that the filter demands. */
struct usn_bounds {
    uint64_t low, high;
};
bool filter_usn_bounds(const struct filter *filter, struct usn_bounds *ret); /* false: none */

/* Is there a clause about it? */
bool filter_asks(const struct filter *filter, enum attr attr);

/* The only objects that the filter can hold for, when it names them by GUID or SID. -1: it does not. */
int filter_objects(const struct filter *filter, uint32_t *ret, int size);
