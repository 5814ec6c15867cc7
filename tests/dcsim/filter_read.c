/* filter_read.c: a filter as it comes in a request (RFC 4511 section 4.5.1.7). */
#include <stdlib.h>

#include "tests/dcsim/filter_inside.h"

#define MAX_CLAUSES 4000
#define MAX_DEPTH   60

bool filter_number(struct bytes v, uint64_t *ret)
{
    bool minus = v.len && v.data[0] == '-';
    uint64_t n = 0;
    if (v.len == minus || v.len > 20)
        return false;
    for (size_t i = minus; i < v.len; i++) {
        if (v.data[i] < '0' || v.data[i] > '9')
            return false;
        n = n * 10 + (v.data[i] - '0');
    }
    *ret = minus ? -n : n;
    return true;
}

static int new_clause(struct filter *f, enum clause_kind kind)
{
    if (f->count == MAX_CLAUSES)
        return -1;
    f->clauses = grow_to(f->clauses, &f->room, (size_t)f->count + 1, sizeof *f->clauses);
    f->clauses[f->count] = (struct clause){.kind = kind};
    return f->count++;
}

static enum attr attr_of_type(struct bytes type)
{
    const uint8_t *option = type.len ? memchr(type.data, ';', type.len) : NULL;
    if (option)
        type.len = (size_t)(option - type.data);
    return attr_by_name(type);
}

static int read_clause(struct filter *f, BerElement *ber, int depth);

static bool read_set(struct filter *f, BerElement *ber, int parent, int depth)
{
    ber_len_t len;
    char *end;
    int last = 0;
    for (ber_tag_t tag = ber_first_element(ber, &len, &end); tag != LBER_DEFAULT;
         tag = ber_next_element(ber, &len, end)) {
        int child = read_clause(f, ber, depth + 1);
        if (child < 0)
            return false;
        if (last)
            f->clauses[last].next = child;
        else
            f->clauses[parent].first = child;
        last = child;
    }
    return true;
}

static bool read_compare(struct filter *f, BerElement *ber, int at)
{
    struct berval type, value;
    if (ber_scanf(ber, "{mm}", &type, &value) == LBER_ERROR)
        return false;
    struct clause *c = &f->clauses[at];
    c->attr = attr_of_type(of_berval(type));
    c->value = of_berval(value);
    c->is_number = filter_number(c->value, &c->number);
    return true;
}

static bool read_substrings(struct filter *f, BerElement *ber, int at)
{
    struct berval type, pieces;
    ber_len_t len;
    if (ber_scanf(ber, "{m", &type) == LBER_ERROR || ber_peek_tag(ber, &len) != BER_SEQUENCE ||
        ber_skip_element(ber, &pieces) == LBER_DEFAULT)
        return false;
    f->clauses[at].attr = attr_of_type(of_berval(type));
    f->clauses[at].value = of_berval(pieces);
    return true;
}

static bool read_extensible(struct filter *f, BerElement *ber, int at)
{
    struct berval part, rule = {0}, type = {0}, value = {0};
    ber_len_t len;
    char *end;
    for (ber_tag_t tag = ber_first_element(ber, &len, &end); tag != LBER_DEFAULT;
         tag = ber_next_element(ber, &len, end)) {
        if (ber_scanf(ber, "m", &part) == LBER_ERROR)
            return false;
        if (tag == 0x81)
            rule = part;
        else if (tag == 0x82)
            type = part;
        else if (tag == 0x83)
            value = part;
    }
    struct clause *c = &f->clauses[at];
    static const char bit_and[] = "1.2.840.113556.1.4.803", bit_or[] = "1.2.840.113556.1.4.804";
    bool all = rule.bv_len == sizeof bit_and - 1 && memcmp(rule.bv_val, bit_and, rule.bv_len) == 0;
    bool any = rule.bv_len == sizeof bit_or - 1 && memcmp(rule.bv_val, bit_or, rule.bv_len) == 0;
    c->kind = all ? BITS_ALL : any ? BITS_ANY : NEVER;
    c->attr = attr_of_type(of_berval(type));
    c->value = of_berval(value);
    c->is_number = filter_number(c->value, &c->number);
    return true;
}

static int read_clause(struct filter *f, BerElement *ber, int depth)
{
    static const struct {
        ber_tag_t tag;
        enum clause_kind kind;
    } kinds[] = {{0xa0, AND},     {0xa1, OR},   {0xa2, NOT},     {0xa3, EQUAL}, {0xa4, SUBSTRINGS},
                 {0xa5, GREATER}, {0xa6, LESS}, {0x87, PRESENT}, {0xa8, EQUAL}, {0xa9, NEVER}};
    ber_len_t len;
    struct berval type;
    ber_tag_t tag = ber_peek_tag(ber, &len);
    size_t k = 0;
    while (k < sizeof kinds / sizeof *kinds && kinds[k].tag != tag)
        k++;
    if (k == sizeof kinds / sizeof *kinds || depth > MAX_DEPTH)
        return -1;
    int at = new_clause(f, kinds[k].kind);
    if (at < 0)
        return -1;
    bool ok;
    switch (kinds[k].kind) {
    case AND:
    case OR:
        ok = read_set(f, ber, at, depth);
        break;
    case NOT: {
        ok = ber_skip_tag(ber, &len) != LBER_DEFAULT;
        int child = ok ? read_clause(f, ber, depth + 1) : -1;
        ok = child >= 0;
        f->clauses[at].first = child;
        break;
    }
    case PRESENT:
        ok = ber_scanf(ber, "m", &type) != LBER_ERROR;
        if (ok)
            f->clauses[at].attr = attr_of_type(of_berval(type));
        break;
    case SUBSTRINGS:
        ok = read_substrings(f, ber, at);
        break;
    case NEVER:
        ok = read_extensible(f, ber, at);
        break;
    default:
        ok = read_compare(f, ber, at);
    }
    return ok ? at : -1;
}

bool filter_read(struct filter *filter, BerElement *ber)
{
    filter->count = 0;
    return read_clause(filter, ber, 0) == 0;
}

void filter_free(struct filter *filter)
{
    free(filter->clauses);
    *filter = (struct filter){0};
}
