/* spnscan watch: when does a change arrive where? */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scanner/command/command.h"
#include "scanner/command/duration.h"
#include "scanner/command/reach_options.h"
#include "scanner/command/signals.h"
#include "scanner/command/watch_show.h"

#define DEFAULT_EVERY_S 5
#define MAX_EVERY_S     86400

static const struct option_def watch_option_defs[] = {
    {NULL, 0, NULL, "How long"},
    {"until", 0, "DURATION", "give up after so long: 90, 90s, 15m, 3h, 7d (default: no end)"},
    {"every", 0, "DURATION", "ask each DC so often (default 5s)"},
    REACH_DC_OPTIONS,
    REACH_LOGIN_OPTIONS,
    {NULL, 0, NULL, "How"},
    REACH_TIMEOUT_OPTION,
    {"quiet", 0, NULL, "show nothing but errors: the exit status tells"},
    {"help", 'h', NULL, "this text"},
};

const struct command_def watch_command = {
    .name = "watch",
    .usage = "(SPN | ACCOUNT) (-s HOST | -d DNSNAME) [OPTIONS]",
    .summary = "follow the last change of an account's SPNs until every DC shows it",
    .help_head = "Asks every DC for the account that holds SPN, or for ACCOUNT (a sAMAccountName, a "
                 "computer's with or "
                 "without $,\n"
                 "DOMAIN\\name, UPN, DN or objectGUID), every few seconds, and shows which DCs have the last "
                 "change of "
                 "its SPNs and how\n"
                 "long after it was made. On a terminal a table; else a line an event. Ends when every DC "
                 "shows it, at "
                 "--until, or\n"
                 "with Ctrl-C. Nothing is stored.\n",
    .help_tail =
        "Examples:\n"
        "  spnscan watch HTTP/crm.corp.example.com -d corp.example.com\n"
        "  spnscan watch svc-crm -s dc1.corp.example.com --until 15m --quiet && ./switch-over\n\n"
        "Exit status: 0 every DC shows it; 1 the time is up (or Ctrl-C) and a DC that answers does not show "
        "it; 2 those that\n"
        "answer show it, but a DC could not be asked; 3 could not watch: usage, credentials, configuration, "
        "no such account on\n"
        "any DC, no DC answers.\n",
    .options = watch_option_defs,
    .option_count = sizeof watch_option_defs / sizeof watch_option_defs[0],
};

struct watch_options {
    struct reach_options reach;
    int64_t until_s, every_s;
    bool quiet;
};

static enum spn_code set(void *ctx, const char *name, const char *value, struct spn_error *reterr)
{
    struct watch_options *o = ctx;
    bool known = false;
    enum spn_code code = reach_options_set(&o->reach, name, value, &known, reterr);
    if (code != SPN_OK || known)
        return code;
    if (strcmp(name, "until") == 0)
        return option_duration(name, value, 1, DURATION_MAX_S, &o->until_s, reterr);
    if (strcmp(name, "every") == 0)
        return option_duration(name, value, 1, MAX_EVERY_S, &o->every_s, reterr);
    o->quiet |= strcmp(name, "quiet") == 0;
    return SPN_OK;
}

static enum spn_code check(const struct watch_options *options, int arg_count, char **args,
                           struct spn_error *reterr)
{
    if (!arg_count)
        return spn_error_set(reterr, SPN_USAGE, 0,
                             "watch takes an SPN or an ACCOUNT: see spnscan watch --help");
    if (arg_count > 1)
        return spn_error_set(reterr, SPN_USAGE, 0, "unexpected argument '%s': see spnscan watch --help",
                             args[1]);
    if (!args[0][0])
        return spn_error_set(reterr, SPN_USAGE, 0, "the name to watch is empty");
    return reach_options_check(&options->reach, reterr);
}

static int status_of(const struct watch_outcome *outcome)
{
    if (outcome->tally.lacks)
        return EXIT_FINDINGS;
    return outcome->tally.unasked ? EXIT_INCOMPLETE : EXIT_CLEAN;
}

static int run_watch(struct watch_options *options, const char *name)
{
    char secret[SECRET_SIZE] = "";
    struct spn_error error = {0};
    struct watch_outcome outcome = {0};
    struct watch_show *show = NULL;
    enum spn_code code = reach_options_login(&options->reach, secret, &error);
    if (code == SPN_OK) {
        const struct watch_config config = {.scan = &options->reach.config,
                                            .name = name,
                                            .every_s = options->every_s,
                                            .until_s = options->until_s,
                                            .stop = signals_flag()};
        signals_catch();
        show = watch_show_new(options->quiet          ? WATCH_FORM_NONE
                              : isatty(STDOUT_FILENO) ? WATCH_FORM_TABLE
                                                      : WATCH_FORM_LINES);
        const struct watch_sink sink = watch_show_sink(show);
        code = watch_run(&config, &sink, &outcome, &error);
    }
    watch_show_free(show);
    secret_wipe(secret);
    if (code == SPN_OK)
        return status_of(&outcome);
    /* Whatever it was, nothing was watched: 1 and 2 speak of DCs that were. */
    command_fail(&error);
    return EXIT_FAILED;
}

int command_watch(int argc, char **argv)
{
    struct watch_options options = {.every_s = DEFAULT_EVERY_S};
    struct spn_error error = {0};
    char **args = NULL;
    int arg_count = 0, status = EXIT_CLEAN;
    bool help = false;
    reach_options_init(&options.reach, signals_flag());
    enum spn_code code =
        options_parse(&watch_command, argc, argv, set, &options, &args, &arg_count, &help, &error);
    if (code == SPN_OK && !help)
        code = check(&options, arg_count, args, &error);
    if (code != SPN_OK)
        status = command_fail(&error);
    else if (!help)
        status = run_watch(&options, args[0]);
    reach_options_release(&options.reach);
    return status;
}
