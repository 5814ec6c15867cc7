/* scan_options.h: the options of spnscan scan as values. */
#pragma once

#include "scanner/command/reach_options.h"

struct scan_options {
    struct reach_options reach; /* with it the scan_config */
    const char *db;             /* NULL: the usual place */
    bool progress, quiet;
};

void scan_options_init(struct scan_options *options, const atomic_bool *cancel);
void scan_options_release(struct scan_options *options);

/* An option_fn; ctx is the scan_options. */
enum spn_code scan_options_set(void *ctx, const char *name, const char *value, struct spn_error *reterr);

/* What single options can't tell: contradictions, and what is missing. */
enum spn_code scan_options_check(const struct scan_options *options, int extra_args, char **args,
                                 struct spn_error *reterr);
