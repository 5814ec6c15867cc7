#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "scanner/command/command.h"
#include "scanner/command/progress.h"
#include "scanner/command/scan_options.h"
#include "scanner/command/signals.h"
#include "scanner/run/run.h"
#include "spnscan/store_read.h"

static const struct option_def scan_option_defs[] = {
    REACH_DC_OPTIONS,
    REACH_LOGIN_OPTIONS,
    {NULL, 0, NULL, "How"},
    {"db", 0, "FILE", "database (default: spnscan/spnscan.db in $XDG_STATE_HOME, ~/.local/state)"},
    {"jobs", 0, "N", "DCs read at once (default: all, at most 128)"},
    REACH_TIMEOUT_OPTION,
    {"page-size", 0, "N", "entries in a page (default 1000)"},
    {"serial", 0, NULL,
     "one large question at a time also to a DC that is far away (default: up to 128, to both ports)"},
    {"plain", 0, NULL, "read through libldap alone: slower, to compare with, or where the fast way fails"},
    {NULL, 0, NULL, "What is read, and what is told"},
    {"full", 0, NULL, "read everything, not what changed since the last scan"},
    {"full-every", 0, "TIME", "read everything when that was last done so long ago (default 7d; 0: never)"},
    {"no-sweep", 0, NULL, "where deleted objects can't be read, don't look for what is gone"},
    {"ask-dc", 0, NULL, "where SPNs look alike, ask a DC whether it takes them for one name"},
    {"settle", 0, "TIME", "look again at what differs until it agrees, for so long"},
    {"max-lag", 0, "TIME", "replication lag younger than that is information (default 3h)"},
    {"keep", 0, "TIME", "forget history after so long (default 180d)"},
    {NULL, 0, NULL, "How it looks"},
    {"progress", 0, NULL, "show progress also where stderr is no terminal"},
    {"quiet", 0, NULL, "no progress and no summary; errors alone"},
    {"help", 'h', NULL, "this text"},
};

const struct command_def scan_command = {
    .name = "scan",
    .usage = "(-s HOST | -d DNSNAME) [OPTIONS]",
    .summary = "read every DC of the forest into the database",
    .help_head =
        "Finds every domain controller of the forest, reads all of them at once, and stores what they show:\n"
        "SPNs and account facts from the global catalog port, delegation lists from the LDAP port. A later "
        "scan into "
        "the\nsame database reads what changed since. Where DCs differ it asks why: will replication mend "
        "it, or "
        "not?\n",
    .help_tail = "Examples:\n"
                 "  kinit reader && spnscan scan -d corp.example.com\n"
                 "  spnscan scan -s dc1.corp.example.com --keytab /etc/spnscan.keytab --principal "
                 "reader@CORP.EXAMPLE.COM\n"
                 "  spnscan scan -s dc1.corp.example.com --bind simple --user reader@corp.example.com --tls "
                 "ldaps --ca-file ca.pem\n\n"
                 "Exit status: 0 complete and clean; 1 complete, with findings; 2 incomplete: a DC was "
                 "unreachable or cut off;\n"
                 "3 could not run (usage, credentials, configuration, database).\n",
    .options = scan_option_defs,
    .option_count = sizeof scan_option_defs / sizeof scan_option_defs[0],
};

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

static void print_summary(const struct scan_options *options, const struct scan_outcome *outcome,
                          const struct store_summary *s, const char *db)
{
    fprintf(stderr, "spnscan: forest %s: %zu of %zu DC%s read whole, %lld accounts\n",
            outcome->forest.root_domain, outcome->complete, outcome->dcs, plural((int64_t)outcome->dcs),
            (long long)s->objects);
    fprintf(stderr, "spnscan: %lld duplicate SPN%s, %lld difference%s between DCs, %lld delegation finding%s",
            (long long)s->duplicates, plural(s->duplicates), (long long)s->divergences,
            plural(s->divergences), (long long)s->delegations, plural(s->delegations));
    if (s->aliases + s->hygiene + s->health)
        fprintf(stderr, ", %lld of aliases, hygiene and health",
                (long long)(s->aliases + s->hygiene + s->health));
    if (s->accepted)
        fprintf(stderr, ", %lld accepted", (long long)s->accepted);
    fprintf(stderr, "; database %s\n", db);
    if (!store_summary_findings(s))
        return;
    const char *next = s->divergences   ? "divergence"
                       : s->duplicates  ? "duplicates"
                       : s->delegations ? "delegation"
                                        : "findings";
    fprintf(stderr, "spnscan: read on with: spnscan report %s%s%s\n", next, options->db ? " --db " : "",
            options->db ? options->db : "");
}

static void print_troubles(const struct scan_outcome *outcome)
{
    for (size_t i = 0; i < outcome->forest.dc_count; i++) {
        const struct dc_result *r = &outcome->results[i];
        if (r->status != DC_EXCLUDED && r->error[0])
            fprintf(stderr, "spnscan: %s: %s%s: %s\n", outcome->forest.dcs[i].name,
                    r->complete ? "warning: " : "", dc_status_name(r->status), r->error);
    }
    if (outcome->warning[0])
        fprintf(stderr, "spnscan: warning: %s\n", outcome->warning);
}

/* The summary comes from a connection of its own: the views of this program over what was just stored. */
static int tell(const struct scan_options *options, const char *db, const struct scan_outcome *outcome)
{
    struct store *store = NULL;
    struct store_summary summary;
    struct spn_error error = {0};
    enum spn_code code = store_open(db, STORE_READ, &store, &error);
    if (code == SPN_OK)
        code = store_summarize(store, true, &summary, &error);
    store_close(store);
    if (code != SPN_OK)
        return command_fail(&error);
    bool findings = summary.stored && store_summary_findings(&summary);
    int status = outcome->complete < outcome->dcs ? EXIT_INCOMPLETE : findings ? EXIT_FINDINGS : EXIT_CLEAN;
    if (options->quiet)
        return status;
    print_troubles(outcome);
    if (status != EXIT_CLEAN || options->progress || isatty(STDERR_FILENO))
        print_summary(options, outcome, &summary, db);
    return status;
}

#define WAIT_S 600

/* Better late than lost: what was read can't be written while somebody has a report open. */
struct waiting {
    const char *db;
    const struct scan_options *options;
    atomic_bool told;
};

static bool wait_for_readers(void *ctx, int waited_s)
{
    struct waiting *w = ctx;
    if (waited_s >= 2 && !w->options->quiet && !atomic_exchange(&w->told, true))
        fprintf(stderr,
                "%sspnscan: another program reads database '%s' (a report left open?): waiting for it, at "
                "most %d minutes\n",
                isatty(STDERR_FILENO) ? "\n" : "", w->db, WAIT_S / 60);
    return waited_s < WAIT_S && !atomic_load(signals_flag());
}

static int run_scan(struct scan_options *options, const char *db)
{
    char secret[SECRET_SIZE] = "";
    struct spn_error error = {0};
    struct store *store = NULL;
    struct scan_outcome outcome = {0};
    struct progress *progress = NULL;
    struct waiting waiting = {.db = db, .options = options};
    bool terminal = isatty(STDERR_FILENO);
    enum spn_code code = store_open(db, STORE_SCAN, &store, &error);
    if (code == SPN_OK)
        code = reach_options_login(&options->reach, secret, &error);
    if (code == SPN_OK) {
        signals_catch();
        store_on_wait(store, wait_for_readers, &waiting);
        progress = !options->quiet && (options->progress || terminal) ? progress_new(terminal) : NULL;
        const struct scan_watcher watcher = progress_watcher(progress);
        code = scan_run(&options->reach.config, store, &watcher, &outcome, &error);
        progress_free(progress);
    }
    store_close(store);
    secret_wipe(secret);
    int status = code == SPN_OK ? tell(options, db, &outcome) : command_fail(&error);
    scan_outcome_release(&outcome);
    return status;
}

int command_scan(int argc, char **argv)
{
    struct scan_options options;
    struct spn_error error = {0};
    struct text_buf path = {0};
    char **args = NULL;
    int arg_count = 0, status = EXIT_CLEAN;
    bool help = false;
    scan_options_init(&options, signals_flag());
    enum spn_code code = options_parse(&scan_command, argc, argv, scan_options_set, &options, &args,
                                       &arg_count, &help, &error);
    if (code == SPN_OK && !help)
        code = scan_options_check(&options, arg_count, args, &error);
    if (code == SPN_OK && !help) {
        if (options.db)
            text_append_str(&path, options.db);
        else
            code = default_db_path(&path, true, &error);
        if (code == SPN_OK)
            status = run_scan(&options, path.data);
    }
    if (code != SPN_OK)
        status = command_fail(&error);
    text_release(&path);
    scan_options_release(&options);
    return status;
}
