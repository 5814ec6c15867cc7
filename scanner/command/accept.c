/* spnscan accept: what somebody knows of and lives with, until a day. */
#include <stdio.h>
#include <string.h>

#include "scanner/command/command.h"
#include "scanner/decode/clean.h"
#include "spnscan/store_read.h"
#include "spnscan/times.h"

static const struct option_def accept_option_defs[] = {
    {NULL, 0, NULL, "Options"},
    {"until", 0, "DATE", "the last day on which it is accepted, YYYY-MM-DD (UTC)"},
    {"why", 0, "TEXT", "why; shown by --list"},
    {"force", 0, NULL, "accept an ID that the last scan has no finding of"},
    {"list", 0, NULL, "show what is accepted"},
    {"remove", 0, "ID", "accept it no longer"},
    {"db", 0, "FILE", "database (default: spnscan/spnscan.db in $XDG_STATE_HOME, ~/.local/state)"},
    {"help", 'h', NULL, "this text"},
};

const struct command_def accept_command = {
    .name = "accept",
    .usage = "ID --until DATE --why TEXT | --list | --remove ID  [--db FILE]",
    .summary = "leave a known finding out of counts and exit codes until a day",
    .help_head =
        "Accepts the finding ID of spnscan report findings, through the day DATE: it stays in the reports, "
        "but no longer counts\n"
        "for the exit code of a scan. Nothing is written to the directory.\n",
    .help_tail =
        "Examples:\n"
        "  spnscan accept duplicate:http/sales.corp.example.com --until 2027-03-31 --why 'moves in March'\n"
        "  spnscan accept --list\n\n"
        "Exit status: 0 done, 3 could not.\n",
    .options = accept_option_defs,
    .option_count = sizeof accept_option_defs / sizeof accept_option_defs[0],
};

struct accept_options {
    const char *until, *why, *remove, *db;
    bool force, list;
};

static enum spn_code set(void *ctx, const char *name, const char *value, struct spn_error *reterr)
{
    struct accept_options *o = ctx;
    const struct {
        const char *name, **text;
        bool *flag;
    } places[] = {{"until", &o->until, NULL}, {"why", &o->why, NULL},     {"remove", &o->remove, NULL},
                  {"db", &o->db, NULL},       {"force", NULL, &o->force}, {"list", NULL, &o->list}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (strcmp(name, places[i].name) != 0)
            continue;
        if (places[i].flag)
            *places[i].flag = true;
        else
            *places[i].text = value;
        return places[i].text ? option_text(name, value, reterr) : SPN_OK;
    }
    return SPN_OK;
}

static bool is_date_text(const char *text)
{
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof form; i++) /* with its end */
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    return true;
}

/* A day of the calendar that is not over. */
static enum spn_code check_date(const char *text, struct spn_error *reterr)
{
    struct tm day = {0}, same;
    char today[TIME_TEXT_SIZE];
    bool ok = is_date_text(text) && sscanf(text, "%4d-%2d-%2d", &day.tm_year, &day.tm_mon, &day.tm_mday) == 3;
    day.tm_year -= 1900;
    day.tm_mon--;
    same = day;
    if (!ok || timegm(&same) == -1 || same.tm_year != day.tm_year || same.tm_mon != day.tm_mon ||
        same.tm_mday != day.tm_mday)
        return spn_error_set(reterr, SPN_USAGE, 0, "--until '%s' is no day: write it YYYY-MM-DD", text);
    time_format(time_now_us(), today);
    if (strncmp(text, today, 10) < 0)
        return spn_error_set(reterr, SPN_USAGE, 0, "--until '%s' is over: today is %.10s (UTC)", text, today);
    return SPN_OK;
}

static enum spn_code check(const struct accept_options *o, int count, struct spn_error *reterr)
{
    bool accepts = count == 1 && !o->list && !o->remove;
    if (count > 1 || (count == 1) + o->list + (o->remove != NULL) != 1)
        return spn_error_set(reterr, SPN_USAGE, 0,
                             "accept takes one of an ID, --list and --remove ID: see spnscan accept --help");
    if (!accepts && (o->until || o->why || o->force))
        return spn_error_set(reterr, SPN_USAGE, 0,
                             "--until, --why and --force need an ID: see spnscan accept --help");
    if (accepts && (!o->until || !o->why))
        return spn_error_set(reterr, SPN_USAGE, 0, "accept needs --%s with an ID: see spnscan accept --help",
                             o->until ? "why" : "until");
    return accepts ? check_date(o->until, reterr) : SPN_OK;
}

static enum spn_code print_row(void *ctx, const struct store_cell *cells, size_t count,
                               struct spn_error *reterr)
{
    int *rows = ctx;
    (void)count;
    (void)reterr;
    ++*rows;
    printf("%s\n    until %s%s, accepted %.10s: %s%s\n", cells[0].text, cells[1].text,
           cells[4].value ? " (over)" : "", cells[3].text, cells[2].text,
           cells[5].value ? "" : " (the last scan has no such finding)");
    return SPN_OK;
}

static enum spn_code list(struct store *store, struct spn_error *reterr)
{
    int rows = 0;
    enum spn_code code = findings_accepted(store, print_row, &rows, reterr);
    if (code == SPN_OK && !rows)
        puts("Nothing is accepted.");
    return code;
}

static enum spn_code remove_id(struct store *store, const char *id, struct spn_error *reterr)
{
    bool was = false;
    enum spn_code code = finding_unaccept(store, id, &was, reterr);
    if (code == SPN_OK && !was)
        return spn_error_set(reterr, SPN_USAGE, 0, "'%s' is not accepted: see spnscan accept --list", id);
    return code;
}

/* What is typed may be shown to others: as harmless as what a DC sends (clean.h). */
static void clean(struct text_buf *buf, const char *text)
{
    clean_append(buf, (struct bytes){(const uint8_t *)text, strlen(text)});
}

static enum spn_code accept(struct store *store, const struct accept_options *o, const char *id_arg,
                            struct spn_error *reterr)
{
    struct text_buf id = {0}, why = {0};
    bool known = o->force;
    enum spn_code code = SPN_OK;
    clean(&id, id_arg);
    clean(&why, o->why);
    if (!o->force)
        code = finding_is_known(store, id.data, &known, reterr);
    if (code == SPN_OK && !known)
        code = spn_error_set(
            reterr, SPN_USAGE, 0,
            "the last scan has no finding '%s': see spnscan report findings (or use --force)", id.data);
    if (code == SPN_OK)
        code = finding_accept(store, id.data, o->until, why.data, reterr);
    if (code == SPN_OK)
        printf("Accepted until %s: %s\n", o->until, id.data);
    text_release(&id);
    text_release(&why);
    return code;
}

int command_accept(int argc, char **argv)
{
    struct accept_options options = {0};
    struct spn_error error = {0};
    struct store *store = NULL;
    char **args = NULL;
    int count = 0;
    bool help = false;
    enum spn_code code =
        options_parse(&accept_command, argc, argv, set, &options, &args, &count, &help, &error);
    if (code == SPN_OK && help)
        return EXIT_CLEAN;
    if (code == SPN_OK)
        code = check(&options, count, &error);
    if (code == SPN_OK && count == 1)
        code = option_text("ID", args[0], &error);
    if (code == SPN_OK)
        code = command_open_store(options.db, options.list ? STORE_READ : STORE_EDIT, &store, &error);
    if (code == SPN_OK)
        code = options.list     ? list(store, &error)
               : options.remove ? remove_id(store, options.remove, &error)
                                : accept(store, &options, args[0], &error);
    if (code == SPN_OK && fflush(stdout) != 0)
        code = spn_error_set(&error, SPN_CONFIG, 0, "cannot write to standard output");
    store_close(store);
    return code == SPN_OK ? EXIT_CLEAN : command_fail(&error);
}
