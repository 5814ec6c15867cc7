/* report.h: the reports by name, and their CSV form. */
#pragma once

#include "spnscan/store_read.h"

struct report_def {
    const char *name;    /* "divergence": also the file name, and view report_<name> */
    const char *summary; /* one line */
    bool has_parts;      /* store_begin_parts */
};

extern const struct report_def report_defs[];
extern const size_t report_def_count;

/* NULL: no such report. */
const struct report_def *report_find(const char *name);

/* Writes the report as CSV (RFC 4180, UTF-8, one header) and flushes. SPN_CONFIG: out can't be written. */
enum spn_code report_csv(struct store *store, const char *name, FILE *out, struct spn_error *reterr);

/* Report duplicates of several databases in one, with a column more, forest: the rows of each as report_csv
 * has them, in their order, then what their forests share (store_across, which tells what stores may be). */
enum spn_code report_csv_across(struct store *const *stores, size_t count, FILE *out,
                                struct spn_error *reterr);

/* Rows of text as CSV: the header is the first of them, columns cells a row; NULL is an empty cell. Flushes.
 */
enum spn_code report_csv_cells(const char *const *cells, size_t columns, size_t rows, FILE *out,
                               struct spn_error *reterr);

/* One row of CSV in the same form, for tables that are no report. SPN_CONFIG: out can't be written (what
 * stdio still buffers is the caller's to flush and check). */
enum spn_code report_row(FILE *out, const struct store_cell *cells, size_t count, struct spn_error *reterr);
