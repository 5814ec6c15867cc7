/* scan_options.h: the options of spnscan scan as values. */
#pragma once

#include "scanner/command/options.h"
#include "scanner/run/config.h"

struct scan_options {
    struct scan_config config;
    const char *db; /* NULL: the usual place */
    const char *password_file;
    bool progress, quiet;
    bool bind_given;
};

void scan_options_init(struct scan_options *options, const atomic_bool *cancel);
void scan_options_release(struct scan_options *options);

/* An option_fn; ctx is the scan_options. */
enum spn_code scan_options_set(void *ctx, const char *name, const char *value, struct spn_error *reterr);

/* What single options can't tell: contradictions, and what is missing. */
enum spn_code scan_options_check(const struct scan_options *options, int extra_args, char **args,
                                 struct spn_error *reterr);

/* Parses NAME=ADDRESS[:LDAPPORT[:GCPORT]]; IPv6 addresses stand in brackets. Pure. */
enum spn_code given_dc_parse(const char *text, struct given_dc *ret, struct spn_error *reterr);
