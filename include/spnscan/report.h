/* report.h: the reports by name, and their CSV form. */
#pragma once

#include "spnscan/store.h"

struct report_def {
    const char *name;    /* "divergence": also the file name, and view report_<name> */
    const char *summary; /* one line */
};

extern const struct report_def report_defs[];
extern const size_t report_def_count;

/* NULL: no such report. */
const struct report_def *report_find(const char *name);

/* Writes the report as CSV (RFC 4180, UTF-8, one header) and flushes. SPN_CONFIG: out can't be written. */
enum spn_code report_csv(struct store *store, const char *name, FILE *out, struct spn_error *reterr);
