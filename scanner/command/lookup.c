/* spnscan query and spnscan list: what setspn -Q and -L show, for every DC at once. */
#include <stdio.h>
#include <string.h>

#include "scanner/command/command.h"
#include "spnscan/store_read.h"

static const struct option_def lookup_option_defs[] = {
    {NULL, 0, NULL, "Options"},
    {"db", 0, "FILE", "database (default: spnscan/spnscan.db in $XDG_STATE_HOME, ~/.local/state)"},
    {"help", 'h', NULL, "this text"},
};

const struct command_def query_command = {
    .name = "query",
    .usage = "PATTERN [--db FILE]",
    .summary = "which accounts hold an SPN, and on which DCs",
    .help_head =
        "Shows the accounts that hold an SPN that matches PATTERN, as of the last scan, and which "
        "DCs show it.\n"
        "* stands for any characters; case does not count.\n"
        "Where nobody holds an SPN itself, a DC takes the class that stands for its own (host for http): "
        "who holds that\n"
        "follows, for the DCs that it is true of.\n",
    .help_tail = "Examples:\n"
                 "  spnscan query HTTP/crm.corp.example.com\n"
                 "  spnscan query '*/sql01*'\n\n"
                 "Exit status: 0 found, 1 nothing found, 3 could not look.\n",
    .options = lookup_option_defs,
    .option_count = sizeof lookup_option_defs / sizeof lookup_option_defs[0],
};

const struct command_def list_command = {
    .name = "list",
    .usage = "ACCOUNT [--db FILE]",
    .summary = "the SPNs of an account, and on which DCs",
    .help_head = "Shows the SPNs of an account, as of the last scan, and which DCs show them. ACCOUNT is a "
                 "sAMAccountName (a computer's\n"
                 "with or without $), DOMAIN\\name, UPN, DN or objectGUID.\n",
    .help_tail = "Examples:\n"
                 "  spnscan list svc-crm\n"
                 "  spnscan list 'CORP\\WEB01$'\n\n"
                 "Exit status: 0 found, 1 no such account in the last scan, 3 could not look.\n",
    .options = lookup_option_defs,
    .option_count = sizeof lookup_option_defs / sizeof lookup_option_defs[0],
};

struct lookup {
    const char *db;
    char last[1024]; /* DN whose heading is out */
    long long rows;
};

static enum spn_code set(void *ctx, const char *name, const char *value, struct spn_error *reterr)
{
    struct lookup *lookup = ctx;
    (void)reterr;
    if (strcmp(name, "db") == 0)
        lookup->db = value;
    return SPN_OK;
}

static const char *text(const struct store_cell *cell)
{
    return cell->text ? cell->text : "";
}

static void print_heading(struct lookup *lookup, const char *account, const char *dn)
{
    if (lookup->rows++ && strcmp(lookup->last, dn) == 0)
        return;
    printf("%s%s  (%s)\n", lookup->last[0] ? "\n" : "", dn, account);
    snprintf(lookup->last, sizeof lookup->last, "%s", dn);
}

static void print_list(const char *words, const char *list)
{
    fputs(words, stdout);
    for (const char *p = list; *p; p++)
        fputs(*p == ';' ? ", " : (char[2]){*p, 0}, stdout);
}

static void print_spn(const char *spn, const struct store_cell *seen)
{
    const char *by = text(&seen[0]), *not_by = text(&seen[1]), *all = text(&seen[2]);
    printf("    %-48s  ", spn);
    if (strcmp(all, "yes") == 0)
        fputs("on all DCs", stdout);
    else if (strcmp(all, "unknown") == 0)
        print_list("on every DC that could be read: ", by);
    else {
        print_list("on ", *by ? by : "none");
        print_list("; NOT on ", not_by);
    }
    putchar('\n');
}

static enum spn_code on_query_row(void *ctx, const struct store_cell *cells, size_t count,
                                  struct spn_error *reterr)
{
    (void)count;
    (void)reterr;
    print_heading(ctx, text(&cells[1]), text(&cells[2]));
    print_spn(text(&cells[0]), &cells[3]);
    return SPN_OK;
}

static enum spn_code on_list_row(void *ctx, const struct store_cell *cells, size_t count,
                                 struct spn_error *reterr)
{
    (void)count;
    (void)reterr;
    print_heading(ctx, text(&cells[0]), text(&cells[1]));
    if (cells[3].text)
        print_spn(cells[3].text, &cells[4]);
    else
        puts("    no SPN");
    return SPN_OK;
}

/* What store_resolve tells, a line a holder: rows of one holder come together. */
struct aliases {
    char spn[1024], dn[1024];
    bool any;
};

static enum spn_code on_resolved(void *ctx, const struct store_cell *cells, size_t count,
                                 struct spn_error *reterr)
{
    struct aliases *a = ctx;
    const char *dc = text(&cells[0]), *spn = text(&cells[2]), *account = text(&cells[3]),
               *dn = text(&cells[4]);
    (void)count;
    (void)reterr;
    if (strcmp(text(&cells[1]), "alias") != 0)
        return SPN_OK;
    if (a->any && strcmp(a->spn, spn) == 0 && strcmp(a->dn, dn) == 0) {
        printf(", %s", dc);
        return SPN_OK;
    }
    if (!a->any)
        fputs("\nWhere nobody holds it itself:\n", stdout);
    printf("%s%s  (%s)\n    by alias %-39s  on %s", a->any ? "\n" : "", dn, account, spn, dc);
    snprintf(a->spn, sizeof a->spn, "%s", spn);
    snprintf(a->dn, sizeof a->dn, "%s", dn);
    a->any = true;
    return SPN_OK;
}

static enum spn_code show_aliases(struct store *store, const char *spn, struct spn_error *reterr)
{
    struct aliases aliases = {0};
    enum spn_code code = store_resolve(store, spn, on_resolved, &aliases, reterr);
    if (aliases.any)
        putchar('\n');
    return code;
}

static enum spn_code look(const struct command_def *command, struct lookup *lookup, struct store *store,
                          const char *what, struct spn_error *reterr)
{
    struct store_summary s;
    bool query = command == &query_command;
    enum spn_code code = store_summarize(store, false, &s, reterr);
    if (code == SPN_OK && !s.stored_started[0])
        return spn_error_set(reterr, SPN_DATABASE, 0,
                             "the database holds no scan that read a DC whole: run spnscan scan first");
    if (code == SPN_OK)
        code = query ? store_query(store, what, on_query_row, lookup, reterr)
                     : store_list(store, what, on_list_row, lookup, reterr);
    if (code != SPN_OK)
        return code;
    if (!lookup->rows)
        printf(query ? "No such SPN found.\n"
                     : "No such account found: it holds no SPN and no delegation, or is not there.\n");
    if (query && !strchr(what, '*'))
        code = show_aliases(store, what, reterr);
    if (code != SPN_OK)
        return code;
    if (!s.stored || s.dcs_complete < s.dcs)
        fprintf(stderr,
                "spnscan: warning: as of the scan of %s; not every DC was read: see spnscan report dcs\n",
                s.stored_started);
    if (fflush(stdout) != 0)
        return spn_error_set(reterr, SPN_CONFIG, 0, "cannot write to standard output");
    return SPN_OK;
}

static int lookup_command(const struct command_def *command, int argc, char **argv)
{
    struct lookup lookup = {0};
    struct spn_error error = {0};
    struct store *store = NULL;
    char **args = NULL;
    int count = 0;
    bool help = false;
    enum spn_code code = options_parse(command, argc, argv, set, &lookup, &args, &count, &help, &error);
    if (code == SPN_OK && help)
        return EXIT_CLEAN;
    if (code == SPN_OK && count != 1)
        code = spn_error_set(&error, SPN_USAGE, 0, "%s takes one %s: see spnscan %s --help", command->name,
                             command == &query_command ? "PATTERN" : "ACCOUNT", command->name);
    if (code == SPN_OK)
        code = command_open_store(lookup.db, STORE_READ, &store, &error);
    if (code == SPN_OK)
        code = look(command, &lookup, store, args[0], &error);
    store_close(store);
    if (code != SPN_OK)
        return command_fail(&error);
    return lookup.rows ? EXIT_CLEAN : EXIT_FINDINGS;
}

int command_query(int argc, char **argv)
{
    return lookup_command(&query_command, argc, argv);
}

int command_list(int argc, char **argv)
{
    return lookup_command(&list_command, argc, argv);
}
