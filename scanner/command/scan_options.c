#include "scanner/command/scan_options.h"

#include <string.h>

void scan_options_init(struct scan_options *options, const atomic_bool *cancel)
{
    *options = (struct scan_options){0};
    reach_options_init(&options->reach, cancel);
}

void scan_options_release(struct scan_options *options)
{
    reach_options_release(&options->reach);
}

enum spn_code scan_options_set(void *ctx, const char *name, const char *value, struct spn_error *reterr)
{
    struct scan_options *o = ctx;
    struct scan_config *config = &o->reach.config;
    bool known = false;
    enum spn_code code = reach_options_set(&o->reach, name, value, &known, reterr);
    if (code != SPN_OK || known)
        return code;
    if (strcmp(name, "db") == 0) {
        o->db = value;
        return option_text(name, value, reterr);
    }
    if (strcmp(name, "jobs") == 0)
        return option_number(name, value, 1, MAX_JOBS, &config->jobs, reterr);
    if (strcmp(name, "page-size") == 0)
        return option_number(name, value, 1, 20000, &config->page_size, reterr);
    config->plain |= strcmp(name, "plain") == 0;
    o->progress |= strcmp(name, "progress") == 0;
    o->quiet |= strcmp(name, "quiet") == 0;
    return SPN_OK;
}

enum spn_code scan_options_check(const struct scan_options *options, int extra_args, char **args,
                                 struct spn_error *reterr)
{
    if (extra_args)
        return spn_error_set(reterr, SPN_USAGE, 0, "unexpected argument '%s': see spnscan scan --help",
                             args[0]);
    if (options->progress && options->quiet)
        return spn_error_set(reterr, SPN_USAGE, 0, "--progress and --quiet contradict each other");
    return reach_options_check(&options->reach, reterr);
}
