/* filter_inside.h: what a filter is made of, for those who read one (filter_read.c) and ask it (filter.c). */
#pragma once

#include "tests/dcsim/filter.h"

enum clause_kind { AND, OR, NOT, EQUAL, GREATER, LESS, PRESENT, SUBSTRINGS, BITS_ALL, BITS_ANY, NEVER };

struct clause {
    enum clause_kind kind;
    enum attr attr;
    struct bytes value; /* SUBSTRINGS: the encoded pieces */
    uint64_t number;    /* of value, where it is one */
    bool is_number;
    int first, next; /* clauses; 0: none */
};

/* An INTEGER as LDAP writes it; a negative one as the number that has its bits. */
bool filter_number(struct bytes v, uint64_t *ret);
