/* plan_wants.h: the single facts that the rows of a plan ask for. */
#pragma once

#include "scanner/command/plan_rows.h"

struct want {
    const struct planned_row *row;
    bool delegates; /* the account may delegate to name; else it has the SPN name */
    char *name;
};

struct want_list {
    struct want *items; /* in order of the rows, SPNs of a row first */
    size_t count, size;
};

/* Rows without a usable account (ambiguous) want nothing. SPNs that the plan gives to two accounts are told
 * as bad, and not wanted of either: to follow both would make the duplicate that spnscan is there to find. */
void wants_make(struct want_list *list, struct planned *plan);
void wants_release(struct want_list *list);
