/* filter.c: asking a filter of one object. See filter.h. */
#include <stdlib.h>

#include "tests/dcsim/filter_inside.h"
#include "tests/dcsim/sort_key.h"

/* ---- comparing one value ---- */

static bool match_pieces(struct bytes pieces, struct bytes v)
{
    const uint8_t *at = pieces.data, *end = at + pieces.len;
    size_t from = 0;
    while (at < end) {
        uint8_t tag = *at;
        struct bytes piece;
        if (!next_value(&at, end, &piece))
            break;
        if (piece.len > v.len - from)
            return false;
        if (tag == 0x80 && !same_fold(v.data, piece.len, piece.data, piece.len))
            return false;
        if (tag == 0x82)
            return same_fold(v.data + v.len - piece.len, piece.len, piece.data, piece.len);
        size_t found = from;
        while (tag == 0x81 && !same_fold(v.data + found, piece.len, piece.data, piece.len))
            if (++found + piece.len > v.len)
                return false;
        from = found + piece.len;
    }
    return true;
}

/* objectCategory may be given by the class's name; the categories differ from it in hyphens alone, but for
 * Person. */
static bool match_category(struct bytes dn, struct bytes given)
{
    struct bytes have = rdn_value(dn);
    size_t g = 0;
    if (same_fold(given.data, given.len, "user", 4))
        given = text_bytes("person");
    for (size_t i = 0; i < have.len; i++) {
        if (have.data[i] == '-')
            continue;
        if (g == given.len || fold(given.data[g++]) != fold(have.data[i]))
            return false;
    }
    return g == given.len;
}

static bool match_value(const struct clause *c, struct bytes v)
{
    uint64_t n;
    enum syntax syntax = attr_table[c->attr].syntax;
    if (c->kind == SUBSTRINGS)
        return syntax != SYN_NUMBER && match_pieces(c->value, v);
    if (syntax == SYN_NUMBER) {
        if (!c->is_number || !filter_number(v, &n))
            return false;
        int64_t have = (int64_t)n, want = (int64_t)c->number;
        return c->kind == EQUAL      ? have == want
               : c->kind == GREATER  ? have >= want
               : c->kind == LESS     ? have <= want
               : c->kind == BITS_ALL ? (n & c->number) == c->number
                                     : (n & c->number) != 0;
    }
    if (c->kind == BITS_ALL || c->kind == BITS_ANY)
        return false;
    if (c->kind != EQUAL) {
        size_t len = v.len < c->value.len ? v.len : c->value.len;
        int order = len ? strncasecmp((const char *)v.data, (const char *)c->value.data, len) : 0;
        if (!order)
            order = v.len < c->value.len ? -1 : v.len > c->value.len;
        return c->kind == GREATER ? order >= 0 : order <= 0;
    }
    if (c->attr == A_OBJECT_CATEGORY && (!c->value.len || !memchr(c->value.data, '=', c->value.len)))
        return match_category(v, c->value);
    if (syntax == SYN_BYTES)
        return v.len == c->value.len && memcmp(v.data, c->value.data, v.len) == 0;
    if (c->attr == A_SPN && world.sort_keys)
        return same_sort_key(v, c->value);
    return same_fold(v.data, v.len, c->value.data, c->value.len);
}

static bool any_value(const struct version *v, const struct clause *c)
{
    struct stored s;
    const uint8_t *at;
    struct bytes value;
    if (!version_find(v, c->attr, &s, &at))
        return false;
    const uint8_t *end = at + s.len;
    at += s.first;
    while (next_value(&at, end, &value))
        if (match_value(c, value))
            return true;
    return false;
}

static enum truth compare(const struct clause *c, struct sight *sight, const struct view *view)
{
    if (!(sight->known & BIT(c->attr)))
        return UNDEFINED;
    if (!(seen(sight, view) & BIT(c->attr)))
        return FALSE_;
    if (c->kind == PRESENT)
        return TRUE_;
    if (c->attr == A_UAC && c->kind == BITS_ALL && c->is_number)
        return (view->version->uac & c->number) == c->number ? TRUE_ : FALSE_;
    if (mask_many & BIT(c->attr)) /* no index, no comparison: is it there? */
        return FALSE_;
    if (mask_computed & BIT(c->attr)) {
        sight->scratch.len = 0;
        return computed_value(sight->dc, view, c->attr, &sight->scratch) &&
                       match_value(c, (struct bytes){sight->scratch.data, sight->scratch.len})
                   ? TRUE_
                   : FALSE_;
    }
    return any_value(view->version, c) || any_value(&forest.common[view->version->cls], c) ? TRUE_ : FALSE_;
}

static enum truth clause_holds(const struct filter *f, int at, struct sight *sight, const struct view *view)
{
    const struct clause *c = &f->clauses[at];
    enum truth sum = c->kind == AND ? TRUE_ : FALSE_, one;
    switch (c->kind) {
    case AND:
    case OR:
        for (int child = c->first; child; child = f->clauses[child].next) {
            one = clause_holds(f, child, sight, view);
            if (one == (c->kind == AND ? FALSE_ : TRUE_))
                return one;
            if (one == UNDEFINED)
                sum = UNDEFINED;
        }
        return sum;
    case NOT:
        one = clause_holds(f, c->first, sight, view);
        return one == UNDEFINED ? UNDEFINED : one == TRUE_ ? FALSE_ : TRUE_;
    case NEVER:
        return UNDEFINED;
    default:
        return compare(c, sight, view);
    }
}

enum truth filter_holds(const struct filter *filter, struct sight *sight, const struct view *view)
{
    return clause_holds(filter, 0, sight, view);
}

/* ---- what a filter demands ---- */

static void narrow(const struct clause *c, struct usn_bounds *b, bool *found)
{
    if (c->attr != A_USN_CHANGED || !c->is_number ||
        (c->kind != GREATER && c->kind != LESS && c->kind != EQUAL))
        return;
    *found = true;
    if (c->kind != LESS && (int64_t)c->number > 0 && c->number > b->low)
        b->low = c->number;
    if (c->kind != GREATER && c->number < b->high)
        b->high = c->number;
}

bool filter_usn_bounds(const struct filter *filter, struct usn_bounds *ret)
{
    bool found = false;
    *ret = (struct usn_bounds){0, UINT64_MAX};
    const struct clause *top = &filter->clauses[0];
    narrow(top, ret, &found);
    for (int child = top->kind == AND ? top->first : 0; child; child = filter->clauses[child].next)
        narrow(&filter->clauses[child], ret, &found);
    return found;
}

/* The object of this SID, whatever there is of it at any DC. */
static uint32_t object_of_sid(struct bytes sid)
{
    uint8_t own[68];
    uint32_t object = object_by_sid(sid);
    for (uint32_t i = 0; object == NO_OBJECT && i < world.extra_count; i++) {
        const struct extra *extra = &world.extras[i];
        int domain = forest.ncs[extra->nc].domain;
        if (extra->rid && sid_of(domain, extra->rid, own) == sid.len && memcmp(own, sid.data, sid.len) == 0)
            object = forest.count + i;
    }
    return object;
}

/* The object that an equality names; NO_OBJECT: none. false: it is no such equality. */
static bool names(const struct clause *c, uint32_t *ret)
{
    if (c->kind != EQUAL || (c->attr != A_OBJECT_GUID && c->attr != A_OBJECT_SID))
        return false;
    if (c->attr == A_OBJECT_SID)
        *ret = object_of_sid(c->value);
    else
        *ret = c->value.len == 16 ? object_by_guid(c->value.data) : NO_OBJECT;
    if (*ret >= forest.count + world.extra_count)
        *ret = NO_OBJECT;
    return true;
}

static int named(const struct filter *f, int at, uint32_t *ret, int size)
{
    const struct clause *c = &f->clauses[at];
    int count = 0;
    uint32_t object;
    if (names(c, &object)) {
        if (object == NO_OBJECT)
            return 0;
        if (size < 1)
            return -1;
        ret[0] = object;
        return 1;
    }
    if (c->kind == AND) {
        for (int child = c->first; child; child = f->clauses[child].next)
            if ((count = named(f, child, ret, size)) >= 0)
                return count;
        return -1;
    }
    if (c->kind != OR || !c->first)
        return -1;
    for (int child = c->first; child; child = f->clauses[child].next) {
        int one = named(f, child, ret + count, size - count);
        if (one < 0)
            return -1;
        count += one;
    }
    return count;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

int filter_objects(const struct filter *filter, uint32_t *ret, int size)
{
    int count = named(filter, 0, ret, size), kept = 0;
    if (count > 1)
        qsort(ret, (size_t)count, sizeof *ret, by_number);
    for (int i = 0; i < count; i++)
        if (!i || ret[i] != ret[i - 1])
            ret[kept++] = ret[i];
    return count < 0 ? -1 : kept;
}

bool filter_asks(const struct filter *filter, enum attr attr)
{
    for (int i = 0; i < filter->count; i++)
        if (filter->clauses[i].kind > NOT && filter->clauses[i].attr == attr)
            return true;
    return false;
}
