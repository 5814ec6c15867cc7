/* spnscan plan: the table of intended services. */
#include "scanner/command/plan.h"

#include <stdio.h>
#include <string.h>

#include "scanner/command/command.h"

const struct command_def plan_command = {
    .name = "plan",
    .usage = "check PLAN.csv | init",
    .summary = "hold a table of intended services against what is there",
    .help_head =
        "  plan check PLAN.csv  tells, for each service of the table and each DC, whether it is as planned\n"
        "  plan init            writes such a table of what is there\n\n"
        "spnscan plan check --help and spnscan plan init --help tell more.\n",
    .help_tail = "Examples:\n"
                 "  spnscan plan init -o plan.csv\n"
                 "  spnscan plan check plan.csv\n\n"
                 "Exit status: 0 all as planned, 1 something is not, 2 the last scan can't tell of "
                 "everything, 3 a bad row, or "
                 "could not run.\n",
};

enum spn_code plan_options_set(void *ctx, const char *name, const char *value, struct spn_error *reterr)
{
    struct plan_options *o = ctx;
    if (strcmp(name, "db") == 0)
        o->db = value;
    else if (strcmp(name, "fixes") == 0)
        o->fixes = true;
    else if (strcmp(name, "all") == 0)
        o->all = true;
    else if (strcmp(name, "output") == 0) {
        o->output = value;
        return option_text(name, value, reterr);
    }
    return SPN_OK;
}

static enum spn_code open_at_one_moment(const char *db, struct store **ret, struct store_summary *summary,
                                        struct spn_error *reterr)
{
    enum spn_code code = command_open_store(db, STORE_READ, ret, reterr);
    if (code == SPN_OK)
        code = store_hold(*ret, reterr);
    if (code == SPN_OK)
        code = store_summarize(*ret, false, summary, reterr);
    return code;
}

enum spn_code plan_open_store(const char *db, struct store **ret, bool *ret_incomplete,
                              struct spn_error *reterr)
{
    struct store_summary s;
    enum spn_code code = open_at_one_moment(db, ret, &s, reterr);
    if (code != SPN_OK)
        return code;
    if (!s.stored_started[0])
        return spn_error_set(reterr, SPN_DATABASE, 0,
                             "the database holds no scan that read a DC whole: run spnscan scan first");
    *ret_incomplete = !s.stored || s.dcs_complete < s.dcs;
    if (*ret_incomplete)
        fprintf(stderr,
                "spnscan: warning: as of the scan of %s; not every DC was read: see spnscan report dcs\n",
                s.stored_started);
    return SPN_OK;
}

int command_plan(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    struct spn_error error;
    if (strcmp(what, "check") == 0)
        return command_plan_check(argc - 1, argv + 1);
    if (strcmp(what, "init") == 0)
        return command_plan_init(argc - 1, argv + 1);
    if (strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0) {
        options_help(&plan_command);
        return EXIT_CLEAN;
    }
    spn_error_set(&error, SPN_USAGE, 0, "plan takes check or init%s%.80s%s: see spnscan plan --help",
                  *what ? ", not '" : "", what, *what ? "'" : "");
    return command_fail(&error);
}
