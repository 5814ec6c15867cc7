/* spnscan plan init: a plan of what is there. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scanner/command/command.h"
#include "scanner/command/outfile.h"
#include "scanner/command/plan.h"
#include "scanner/command/plan_keep.h"
#include "scanner/decode/plan.h"
#include "spnscan/report.h"

static const struct option_def init_option_defs[] = {
    {NULL, 0, NULL, "Options"},
    {"all", 0, NULL, "also the names that AD and Windows keep by themselves"},
    {"output", 'o', "FILE", "write to FILE, which must not be there yet; - is standard output, the default"},
    {"db", 0, "FILE", "database (default: spnscan/spnscan.db in $XDG_STATE_HOME, ~/.local/state)"},
    {"help", 'h', NULL, "this text"},
};

const struct command_def plan_init_command = {
    .name = "plan init",
    .usage = "[--all] [-o FILE] [--db FILE]",
    .summary = "write a table of the services that are there",
    .help_head =
        "Writes a plan, for spnscan plan check, of what most DCs showed in the last scan: a row for each "
        "account, class,\n"
        "host and port; delegate_to stands in the first row of an account. A host that is there by both its "
        "names has one\n"
        "row; one that has a dot at its end is there by this name alone (see spnscan plan check --help).\n\n"
        "Left out is what AD and Windows keep by themselves: on a computer's own names HOST, "
        "RestrictedKrbHost, TERMSRV,\n"
        "WSMAN, and the classes of Hyper-V, clusters, DFS replication and, on DCs, of the directory; names "
        "with GUIDs; and\n"
        "kadmin/changepw in any case. Names that a plan has no cells for (three parts) are counted on "
        "standard error.\n",
    .help_tail = "Examples:\n"
                 "  spnscan plan init -o plan.csv\n\n"
                 "Exit status: 0 written, 3 could not.\n",
    .options = init_option_defs,
    .option_count = sizeof init_option_defs / sizeof init_option_defs[0],
};

/* The account at hand, gathered from its rows. */
struct gather {
    FILE *out;
    bool all, several_domains;
    int64_t object; /* 0: none yet */
    char *account;  /* as the plan names it */
    struct keeper keeper;
    char **spns; /* as written; what is to be in the plan */
    size_t spn_count, spn_size;
    struct text_buf targets; /* joined by ';' */
    size_t left_out;
    char example[200];
};

static const char *text_of(const struct store_cell *cell)
{
    return cell->text ? cell->text : "";
}

static int by_fold(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    int order = strcasecmp(x, y);
    return order ? order : strcmp(x, y);
}

static int by_fold_alone(const void *a, const void *b)
{
    return strcasecmp(*(char *const *)a, *(char *const *)b);
}

static bool holds(const struct gather *g, const char *class, const char *host, size_t host_len,
                  const char *domain, const char *port)
{
    struct text_buf name = {0};
    text_append_fmt(&name, "%s/%.*s", class, (int)host_len, host);
    if (domain)
        text_append_fmt(&name, ".%s", domain);
    if (*port)
        text_append_fmt(&name, ":%s", port);
    const char *key = name.data;
    bool found = bsearch(&key, g->spns, g->spn_count, sizeof *g->spns, by_fold_alone) != NULL;
    text_release(&name);
    return found;
}

static struct store_cell cell_of(const char *text)
{
    return (struct store_cell){.text = text && *text ? text : NULL, .len = text ? strlen(text) : 0};
}

/* Delegation stands in the account's first row. */
static enum spn_code put_row(struct gather *g, const struct plan_row *row, bool exact,
                             struct spn_error *reterr)
{
    struct text_buf host = {0};
    text_append_fmt(&host, "%s%s", row->host, exact ? "." : "");
    const struct store_cell cells[] = {cell_of(g->account), cell_of(row->class), cell_of(host.data),
                                       cell_of(row->port), cell_of(g->targets.data)};
    enum spn_code code = report_row(g->out, cells, sizeof cells / sizeof cells[0], reterr);
    text_clear(&g->targets);
    text_release(&host);
    return code;
}

static enum spn_code put_spn(struct gather *g, const char *spn, struct text_buf *parts,
                             struct spn_error *reterr)
{
    struct plan_row row;
    size_t short_len;
    if (!plan_split_spn(spn, parts, &row))
        return SPN_OK;
    const char *domain = g->keeper.domain_dns;
    if (!plan_host_has_two_forms(row.host, domain, &short_len))
        return put_row(g, &row, false, reterr);
    if (short_len == 0) /* the long name's row stands for both */
        return holds(g, row.class, row.host, strlen(row.host), domain, row.port)
                   ? SPN_OK
                   : put_row(g, &row, true, reterr);
    return put_row(g, &row, !holds(g, row.class, row.host, short_len, NULL, row.port), reterr);
}

static enum spn_code end_account(struct gather *g, struct spn_error *reterr)
{
    struct text_buf parts = {0};
    static const struct plan_row nothing = {.class = "", .host = "", .port = ""};
    enum spn_code code = SPN_OK;
    if (g->spn_count)
        qsort(g->spns, g->spn_count, sizeof *g->spns, by_fold);
    for (size_t i = 0; code == SPN_OK && i < g->spn_count; i++)
        if (i == 0 || strcasecmp(g->spns[i - 1], g->spns[i]) != 0)
            code = put_spn(g, g->spns[i], &parts, reterr);
    if (code == SPN_OK && g->targets.len)
        code = put_row(g, &nothing, false, reterr);
    for (size_t i = 0; i < g->spn_count; i++)
        free(g->spns[i]);
    g->spn_count = 0;
    g->object = 0;
    keeper_release(&g->keeper);
    free(g->account);
    g->account = NULL;
    text_release(&parts);
    return code;
}

/* object, netbios, account, guid, uac, dns_host, domain_dns. A name that a cell can't hold gives way to the
 * GUID. */
static void begin_account(struct gather *g, const struct store_cell *cells)
{
    struct text_buf name = {0};
    g->object = cells[0].value;
    if (g->several_domains && cells[1].len)
        text_append_fmt(&name, "%s\\", text_of(&cells[1]));
    text_append_str(&name, text_of(&cells[2]));
    if (!cells[2].text || !plan_account_comes_back(name.data)) {
        text_clear(&name);
        text_append_str(&name, text_of(&cells[3]));
    }
    g->account = name.data;
    keeper_set(&g->keeper, text_of(&cells[2]), cells[4].is_int ? cells[4].value : 0, text_of(&cells[5]),
               text_of(&cells[6]));
    text_clear(&g->targets);
}

static void leave_out(struct gather *g, const char *name)
{
    if (g->left_out++ == 0)
        snprintf(g->example, sizeof g->example, "%s: %.120s", g->account, name);
}

static void take_spn(struct gather *g, const char *spn)
{
    struct text_buf parts = {0};
    struct plan_row row;
    bool fits = plan_split_spn(spn, &parts, &row);
    if (strcasecmp(spn, "kadmin/changepw") == 0 || (!g->all && keeper_keeps(&g->keeper, spn))) {
        text_release(&parts);
        return;
    }
    if (fits) {
        g->spns = xgrow(g->spns, &g->spn_size, g->spn_count + 1, sizeof *g->spns);
        g->spns[g->spn_count++] = xstrdup(spn);
    } else {
        leave_out(g, spn);
    }
    text_release(&parts);
}

static void take_target(struct gather *g, const char *target)
{
    if (plan_target_comes_back(target) && g->targets.len + strlen(target) < PLAN_CELL_MAX)
        text_append_fmt(&g->targets, "%s%s", g->targets.len ? ";" : "", target);
    else
        leave_out(g, target);
}

static enum spn_code on_service(void *ctx, const struct store_cell *cells, size_t count,
                                struct spn_error *reterr)
{
    struct gather *g = ctx;
    enum spn_code code = SPN_OK;
    (void)count;
    if (g->object && g->object != cells[0].value)
        code = end_account(g, reterr);
    if (code != SPN_OK)
        return code;
    if (!g->object)
        begin_account(g, cells);
    if (cells[7].value)
        take_target(g, text_of(&cells[8]));
    else
        take_spn(g, text_of(&cells[8]));
    return SPN_OK;
}

static enum spn_code count_domain(void *ctx, const struct store_cell *cells, size_t count,
                                  struct spn_error *reterr)
{
    size_t *domains = ctx;
    (void)cells;
    (void)count;
    (void)reterr;
    ++*domains;
    return SPN_OK;
}

static enum spn_code write_plan(struct store *store, FILE *out, bool all, struct spn_error *reterr)
{
    struct gather g = {.out = out, .all = all};
    size_t domains = 0;
    const struct store_cell header[] = {cell_of("account"), cell_of("class"), cell_of("host"),
                                        cell_of("port"), cell_of("delegate_to")};
    enum spn_code code = store_domains(store, count_domain, &domains, reterr);
    g.several_domains = domains > 1;
    if (code == SPN_OK)
        code = report_row(out, header, sizeof header / sizeof header[0], reterr);
    if (code == SPN_OK)
        code = store_plan_services(store, on_service, &g, reterr);
    if (code == SPN_OK && g.object)
        code = end_account(&g, reterr);
    if (code == SPN_OK && g.left_out) {
        struct spn_error told;
        spn_error_set(&told, SPN_OK, 0,
                      "names that a plan has no cells for are left out: %zu, the first of %s", g.left_out,
                      g.example);
        fprintf(stderr, "spnscan: warning: %s\n", told.text);
    }
    for (size_t i = 0; i < g.spn_count; i++)
        free(g.spns[i]);
    free(g.spns);
    free(g.account);
    keeper_release(&g.keeper);
    text_release(&g.targets);
    return code;
}

int command_plan_init(int argc, char **argv)
{
    struct plan_options options = {0};
    struct spn_error error = {0};
    struct outfile out = {0};
    struct store *store = NULL;
    char **args = NULL;
    int count = 0;
    bool help = false, incomplete = false;
    enum spn_code code = options_parse(&plan_init_command, argc, argv, plan_options_set, &options, &args,
                                       &count, &help, &error);
    if (code == SPN_OK && help)
        return EXIT_CLEAN;
    if (code == SPN_OK && count)
        code = spn_error_set(&error, SPN_USAGE, 0, "unexpected argument '%s': see spnscan plan init --help",
                             args[0]);
    if (code == SPN_OK)
        code = plan_open_store(options.db, &store, &incomplete, &error);
    if (code == SPN_OK)
        code = outfile_open(&out, options.output, true, &error);
    if (code == SPN_OK)
        code = write_plan(store, out.out, options.all, &error);
    code = outfile_close(&out, code, &error);
    store_close(store);
    return code == SPN_OK ? EXIT_CLEAN : command_fail(&error);
}
