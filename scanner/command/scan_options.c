#include "scanner/command/scan_options.h"

#include <string.h>

#include "scanner/command/duration.h"

#define HOUR_S         3600
#define DAY_S          86400
#define DEFAULT_FULL_S (7 * DAY_S)
#define DEFAULT_MAX_LAG_S                                                                                    \
    (3 * HOUR_S) /* AD's own interval between sites (FIELD: site-link interval, 180 minutes) */
#define DEFAULT_KEEP_S (180 * DAY_S)

void scan_options_init(struct scan_options *options, const atomic_bool *cancel)
{
    *options = (struct scan_options){0};
    reach_options_init(&options->reach, cancel);
    options->reach.config.full_every_s = DEFAULT_FULL_S;
    options->reach.config.max_lag_s = DEFAULT_MAX_LAG_S;
    options->reach.config.keep_s = DEFAULT_KEEP_S;
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
    if (strcmp(name, "full-every") == 0)
        return option_duration(name, value, 0, DURATION_MAX_S, &config->full_every_s, reterr);
    if (strcmp(name, "max-lag") == 0)
        return option_duration(name, value, 0, DURATION_MAX_S, &config->max_lag_s, reterr);
    if (strcmp(name, "settle") == 0)
        return option_duration(name, value, 1, DAY_S, &config->settle_s, reterr);
    if (strcmp(name, "keep") == 0)
        return option_duration(name, value, DAY_S, DURATION_MAX_S, &config->keep_s, reterr);
    config->full |= strcmp(name, "full") == 0;
    config->ask_dc |= strcmp(name, "ask-dc") == 0;
    config->no_sweep |= strcmp(name, "no-sweep") == 0;
    config->serial |= strcmp(name, "serial") == 0;
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
