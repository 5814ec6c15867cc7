/* plan_rows.h: a plan as a whole, and whose accounts it speaks of. */
#pragma once

#include <stdio.h>

#include "scanner/decode/plan.h"
#include "spnscan/store_read.h"

enum account_fate { ACCOUNT_ABSENT, ACCOUNT_FOUND, ACCOUNT_AMBIGUOUS };

struct planned_row {
    size_t line;
    char *account, *class, *host, *port;
    bool exact;
    char **targets;
    size_t target_count;
    /* By the store: */
    enum account_fate fate;
    int64_t place;  /* how well the name meets (store_plan_accounts) */
    int64_t object; /* 0: not found */
    int64_t domain; /* 0: not known */
    char *name;     /* "CORP\svc-crm"; NULL: not known. Ambiguous: all of them, with ", " between */
    char *dn, *dns; /* NULL: not known */
};

struct planned {
    const char *file; /* as messages name it */
    struct planned_row *rows;
    size_t count, size;
    size_t bad; /* rows, and the whole of a plan without a header */
};

/* Reads FILE, or standard input for "-". Bad rows are told on standard error and counted. SPN_CONFIG: the
 * file can't be read. */
enum spn_code planned_read(struct planned *plan, const char *file, struct spn_error *reterr);

/* Finds the accounts. Rows whose account's name could mean several are told as bad, counted, and have no
 * domain. */
enum spn_code planned_resolve(struct planned *plan, struct store *store, struct spn_error *reterr);

/* "spnscan: plan.csv:7: why" on standard error, and counts. */
void planned_bad(struct planned *plan, size_t line, const char *why);

void planned_release(struct planned *plan);
