/* spnscan plan check: is there what an admin means to have? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "scanner/command/command.h"
#include "scanner/command/outfile.h"
#include "scanner/command/plan.h"
#include "scanner/command/plan_judge.h"

static const struct option_def check_option_defs[] = {
    {NULL, 0, NULL, "Options"},
    {"fixes", 0, NULL, "write only the lines that would make the plan true, each once, no table"},
    {"output", 'o', "FILE", "write to FILE; - is standard output, the default"},
    {"db", 0, "FILE", "database (default: spnscan/spnscan.db in $XDG_STATE_HOME, ~/.local/state)"},
    {"help", 'h', NULL, "this text"},
};

const struct command_def plan_check_command = {
    .name = "plan check",
    .usage = "PLAN.csv [--fixes] [-o FILE] [--db FILE]",
    .summary = "hold the table of intended services against what every DC shows",
    .help_head =
        "Holds a plan of services against the last scan and writes, as CSV, for each name and DC: line, "
        "account,\n"
        "spn, dc, state, detail, fix. dc is * where all DCs that were read whole show the same. States:\n\n"
        "  present        as planned\n"
        "  missing        the account does not have the SPN there\n"
        "  elsewhere      another account has it there\n"
        "  duplicate      the account and another have it there: Kerberos to it fails\n"
        "  not-delegated  the account may not delegate there yet (msDS-AllowedToDelegateTo)\n"
        "  unknown        it can't be told: the account is in no scan, a DC was not read to its end, or "
        "hides it\n\n"
        "The plan is CSV with a header: account,class,host,port,delegate_to, in any order; other columns are "
        "passed "
        "over,\n"
        "so are empty lines and lines that begin with #. ; or a tab may be the separator. - is standard "
        "input.\n\n"
        "  account      sAMAccountName (a computer's with or without $), DOMAIN\\name, UPN, DN or "
        "objectGUID\n"
        "  class        HTTP, MSSQLSvc, ...\n"
        "  host         its short name or its FQDN; see below\n"
        "  port         empty, a number, or the name of an instance\n"
        "  delegate_to  SPNs the account may act for users at; several with blanks, line ends or ; between. "
        "One row of\n"
        "               an account is enough; class and host may be empty there\n\n"
        "host is completed by the DNS name of the account's domain, both ways: in corp.example, crm and\n"
        "crm.corp.example each stand for both names, and both are expected. A host in another zone, as\n"
        "www.shop.example, stands for itself alone. With a dot at its end it is taken as it stands: crm. is "
        "the short\n"
        "name alone, crm.corp.example. the long one alone. Names are looked for as they are written: "
        "HTTP/crm is missing\n"
        "also where HOST/crm of the same account would serve it.\n",
    .help_tail = "fix has lines for setspn (cmd.exe) or PowerShell; spnscan itself never writes to a "
                 "directory. There is none\n"
                 "where another DC already shows what is planned: that is for replication to carry.\n\n"
                 "Examples:\n"
                 "  spnscan plan init -o plan.csv\n"
                 "  spnscan plan check plan.csv\n"
                 "  spnscan plan check plan.csv --fixes\n\n"
                 "Exit status: 0 all as planned, 1 something is not, 2 the last scan can't tell of "
                 "everything (wins over 1), "
                 "3 a bad\nrow (the others are checked), or could not run.\n",
    .options = check_option_defs,
    .option_count = sizeof check_option_defs / sizeof check_option_defs[0],
};

/* The rows of store_plan_look come by want; those that no DC can tell of have none. */
struct look {
    struct judge *judge;
    const struct want_list *wants;
    size_t at;
};

static enum spn_code judge_up_to(struct look *look, size_t want, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    while (code == SPN_OK && look->at < want)
        code = judge_want(look->judge, &look->wants->items[look->at++], reterr);
    return code;
}

static enum spn_code on_sight(void *ctx, const struct store_cell *cells, size_t count,
                              struct spn_error *reterr)
{
    struct look *look = ctx;
    (void)count;
    enum spn_code code = judge_up_to(look, (size_t)cells[0].value, reterr);
    if (code == SPN_OK)
        judge_see(look->judge, cells + 1);
    return code;
}

static enum spn_code on_unread(void *ctx, const struct store_cell *cells, size_t count,
                               struct spn_error *reterr)
{
    (void)count;
    return judge_unread(ctx, cells, reterr);
}

static enum spn_code look_all(struct judge *judge, struct store *store, const struct want_list *wants,
                              struct spn_error *reterr)
{
    struct look look = {.judge = judge, .wants = wants};
    struct plan_want *asked = xcalloc(wants->count, sizeof *asked);
    for (size_t i = 0; i < wants->count; i++) {
        const struct want *w = &wants->items[i];
        asked[i] = (struct plan_want){w->row->object, w->row->domain, w->delegates, w->name};
    }
    enum spn_code code = store_plan_look(store, asked, wants->count, on_sight, &look, reterr);
    if (code == SPN_OK)
        code = judge_up_to(&look, wants->count, reterr);
    free(asked);
    return code;
}

static enum spn_code check_plan(struct planned *plan, struct judge *judge, struct store *store, FILE *out,
                                bool fixes, struct spn_error *reterr)
{
    struct want_list wants = {0};
    enum spn_code code = planned_resolve(plan, store, reterr);
    judge->out = fixes ? NULL : out;
    if (code == SPN_OK) {
        wants_make(&wants, plan);
        code = judge_header(judge, reterr);
    }
    if (code == SPN_OK)
        code = look_all(judge, store, &wants, reterr);
    if (code == SPN_OK)
        code = store_unread_dcs(store, on_unread, judge, reterr);
    if (code == SPN_OK && fixes)
        code = judge_fixes(judge, out, reterr);
    wants_release(&wants);
    return code;
}

/* A plan is work of hand. */
static enum spn_code spare_plan(const char *plan, const char *output, struct spn_error *reterr)
{
    struct stat a, b;
    if (output && stat(plan, &a) == 0 && stat(output, &b) == 0 && a.st_dev == b.st_dev &&
        a.st_ino == b.st_ino)
        return spn_error_set(reterr, SPN_USAGE, 0, "--output '%s' is the plan itself", output);
    return SPN_OK;
}

int command_plan_check(int argc, char **argv)
{
    struct plan_options options = {0};
    struct spn_error error = {0};
    struct planned plan = {0};
    struct judge judge = {0};
    struct outfile out = {0};
    struct store *store = NULL;
    char **args = NULL;
    int count = 0;
    bool help = false, incomplete = false;
    enum spn_code code = options_parse(&plan_check_command, argc, argv, plan_options_set, &options, &args,
                                       &count, &help, &error);
    if (code == SPN_OK && help)
        return EXIT_CLEAN;
    if (code == SPN_OK && count != 1)
        code = spn_error_set(&error, SPN_USAGE, 0,
                             "plan check takes one PLAN.csv: see spnscan plan check --help");
    if (code == SPN_OK)
        code = spare_plan(args[0], options.output, &error);
    if (code == SPN_OK)
        code = plan_open_store(options.db, &store, &incomplete, &error);
    if (code == SPN_OK)
        code = planned_read(&plan, args[0], &error);
    if (code == SPN_OK)
        code = outfile_open(&out, options.output, false, &error);
    if (code == SPN_OK)
        code = check_plan(&plan, &judge, store, out.out, options.fixes, &error);
    code = outfile_close(&out, code, &error);
    int status = plan.bad                     ? EXIT_FAILED
                 : incomplete || judge.unsure ? EXIT_INCOMPLETE
                 : judge.wrong                ? EXIT_FINDINGS
                                              : EXIT_CLEAN;
    judge_release(&judge);
    planned_release(&plan);
    store_close(store);
    return code == SPN_OK ? status : command_fail(&error);
}
