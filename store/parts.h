/* parts.h: reports that are read in parts. Internal to store/. */
#pragma once

#include "store/db.h"

/* Rows one after the other: *ret_any false, there are no more. Texts are valid until the next call. */
typedef enum spn_code (*next_row_fn)(void *ctx, struct store_cell *cells, bool *ret_any,
                                     struct spn_error *reterr);

/* The rows of hygiene or findings that are of accounts that all DCs show alike, in the order of the report
 * (alike.c). Needs parts_keep_faults, sorted. alike_end also after an error. */
struct alike;
enum spn_code alike_begin(struct store *store, bool findings, struct alike **ret, struct spn_error *reterr);
enum spn_code alike_next(void *ctx, struct store_cell *cells, bool *ret_any, struct spn_error *reterr);
void alike_end(struct alike *alike);

/* Which columns rows are ordered by, and which of them is a severity, the worst first (-1 none). */
struct row_order {
    int columns[5];
    size_t count;
    int severity;
};
/* Hands the rows that next() tells and those of a statement of the same columns, each in this order, to row()
 * in this order (merge.c). */
enum spn_code db_merge_rows(struct store *store, next_row_fn next, void *next_ctx, sqlite3_stmt *stmt,
                            const struct row_order *order, store_row_fn row, void *ctx,
                            struct spn_error *reterr);
