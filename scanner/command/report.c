#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "scanner/command/command.h"
#include "scanner/command/outfile.h"
#include "spnscan/report.h"

static const struct option_def report_option_defs[] = {
    {NULL, 0, NULL, "Options"},
    {"output", 'o', "DIR", "write DIR/NAME.csv for each; - is standard output"},
    {"db", 0, "FILE",
     "database (default: spnscan/spnscan.db in $XDG_STATE_HOME, ~/.local/state);\n"
     "with duplicates alone given once for each of up to 8 forests"},
    {"help", 'h', NULL, "this text"},
};

const struct command_def report_command = {
    .name = "report",
    .usage = "[NAME ...] [-o DIR] [--db FILE ...]",
    .summary = "write what the last scan found as CSV",
    .help_head =
        "Writes reports of the last scan as CSV (RFC 4180, UTF-8). One NAME goes to standard output "
        "unless -o says\n"
        "otherwise; without NAME all are written to the DIR of -o.\n"
        "Of several forests, a database each, duplicates also has the SPNs that accounts of more than "
        "one of them hold.\n\n"
        "Reports:\n"
        "  dcs         what became of each DC in the newest scan\n"
        "  duplicates  SPNs that more than one account holds\n"
        "  divergence  what differs from DC to DC\n"
        "  replication how far each DC is behind each other one\n"
        "  health      what is wrong with DCs and the forest itself\n"
        "  delegation  who may act for users, towards what\n"
        "  aliases     SPNs that stand in the way of another account's host/\n"
        "  hygiene     what is wrong with single names and their accounts\n"
        "  changes     what changed from scan to scan, on which DC, and how long it took\n"
        "  findings    what is wrong, all reports in one, the worst first\n"
        "  spns        every SPN and its account\n",
    .help_tail = "Examples:\n"
                 "  spnscan report divergence\n"
                 "  spnscan report -o reports\n"
                 "  spnscan report duplicates --db corp.db --db partner.db\n\n"
                 "Exit status: 0 written, 3 could not.\n",
    .options = report_option_defs,
    .option_count = sizeof report_option_defs / sizeof report_option_defs[0],
};

struct report_options {
    const char *output;
    const char *dbs[STORE_FORESTS_MAX]; /* none: the usual one */
    size_t db_count;
};

static enum spn_code set(void *ctx, const char *name, const char *value, struct spn_error *reterr)
{
    struct report_options *o = ctx;
    if (strcmp(name, "output") == 0)
        o->output = value;
    if (strcmp(name, "db") != 0)
        return SPN_OK;
    if (o->db_count == STORE_FORESTS_MAX)
        return spn_error_set(reterr, SPN_USAGE, 0, "report takes %d databases at most: leave out --db '%s'",
                             STORE_FORESTS_MAX, value);
    o->dbs[o->db_count++] = value;
    return SPN_OK;
}

/* The databases that are reported of, in the order of --db. */
struct sources {
    struct store *stores[STORE_FORESTS_MAX];
    size_t count;
};

static enum spn_code write_report(const struct sources *from, const char *name, FILE *out,
                                  struct spn_error *reterr)
{
    return from->count > 1 ? report_csv_across(from->stores, from->count, out, reterr)
                           : report_csv(from->stores[0], name, out, reterr);
}

static enum spn_code write_file(const struct sources *from, const char *dir, const char *name,
                                struct spn_error *reterr)
{
    struct text_buf path = {0};
    struct outfile out;
    text_append_fmt(&path, "%s/%s.csv", dir, name);
    enum spn_code code = outfile_open(&out, path.data, false, reterr);
    if (code == SPN_OK) {
        code = write_report(from, name, out.out, reterr);
        if (code == SPN_CONFIG)
            spn_error_set(reterr, code, reterr->native, "cannot write '%s': %s", path.data,
                          strerror(reterr->native));
        code = outfile_close(&out, code, reterr);
    }
    text_release(&path);
    return code;
}

static enum spn_code make_dir(const char *dir, struct spn_error *reterr)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return spn_error_set(reterr, SPN_CONFIG, errno, "cannot make folder '%s': %s", dir, strerror(errno));
    return SPN_OK;
}

/* An old picture must not pass for a new one. path: which database, where there are several. */
static enum spn_code tell_age(struct store *store, const char *path, struct spn_error *reterr)
{
    struct store_summary s;
    const char *of = path ? " in " : "", *which = path ? path : "";
    enum spn_code code = store_summarize(store, false, &s, reterr);
    if (code != SPN_OK)
        return code;
    if (!s.scan)
        return spn_error_set(reterr, SPN_DATABASE, 0,
                             "the database holds no finished scan yet: run spnscan scan first");
    if (!s.stored)
        fprintf(stderr,
                "spnscan: warning: the newest scan%s%s (%s) read no DC whole; accounts are shown as of %s\n",
                of, which, s.started, s.stored_started[0] ? s.stored_started : "no scan at all");
    else if (s.dcs_complete < s.dcs)
        fprintf(stderr, "spnscan: warning: the scan of %s%s%s read %lld of %lld DCs whole: see report dcs\n",
                s.started, of, which, (long long)s.dcs_complete, (long long)s.dcs);
    return SPN_OK;
}

/* Two scans of one forest would have every name twice; and no trust joins two forests of one name. */
static enum spn_code check_forests(const struct sources *from, const struct report_options *o,
                                   struct spn_error *reterr)
{
    char forests[STORE_FORESTS_MAX][256];
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < from->count; i++) {
        code = store_forest(from->stores[i], forests[i], reterr);
        for (size_t k = 0; code == SPN_OK && k < i; k++)
            if (strcasecmp(forests[i], forests[k]) == 0)
                return spn_error_set(reterr, SPN_USAGE, 0,
                                     "databases '%s' and '%s' are both of forest %s: give one of each forest",
                                     o->dbs[k], o->dbs[i], forests[i]);
    }
    return code;
}

/* names NULL: all of them. */
static const struct report_def *chosen(char **names, size_t i)
{
    return names ? report_find(names[i]) : &report_defs[i];
}

static bool is_chosen(char **names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(chosen(names, i)->name, name) == 0)
            return true;
    return false;
}

/* Those that have parts, or those that have none. */
static enum spn_code write_files(const struct sources *from, const char *dir, char **names, size_t count,
                                 bool parts, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < count; i++)
        if (chosen(names, i)->has_parts == parts)
            code = write_file(from, dir, chosen(names, i)->name, reterr);
    return code;
}

static enum spn_code begin_parts(const struct sources *from, char **names, size_t count,
                                 struct spn_error *reterr)
{
    const bool faults = is_chosen(names, count, "findings") || is_chosen(names, count, "hygiene");
    return store_begin_parts(from->stores[0], faults, reterr);
}

static enum spn_code write_folder(const struct sources *from, const char *dir, char **names, size_t count,
                                  struct spn_error *reterr)
{
    bool parts = false;
    for (size_t i = 0; i < count; i++)
        parts |= chosen(names, i)->has_parts;
    enum spn_code code = make_dir(dir, reterr);
    if (code == SPN_OK && parts)
        code = begin_parts(from, names, count, reterr);
    if (code != SPN_OK)
        return code;
    code = write_files(from, dir, names, count, true, reterr);
    if (parts)
        code = store_end_parts(from->stores[0], code, reterr);
    return code == SPN_OK ? write_files(from, dir, names, count, false, reterr) : code;
}

static enum spn_code write_one(const struct sources *from, char **name, struct spn_error *reterr)
{
    const bool parts = chosen(name, 0)->has_parts;
    enum spn_code code = parts ? begin_parts(from, name, 1, reterr) : SPN_OK;
    if (code != SPN_OK)
        return code;
    code = write_report(from, *name, stdout, reterr);
    return parts ? store_end_parts(from->stores[0], code, reterr) : code;
}

static enum spn_code write_reports(const struct sources *from, const struct report_options *o, char **names,
                                   int count, struct spn_error *reterr)
{
    bool several = from->count > 1;
    enum spn_code code = several ? check_forests(from, o, reterr) : SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < from->count; i++)
        code = tell_age(from->stores[i], several ? o->dbs[i] : NULL, reterr);
    if (code != SPN_OK)
        return code;
    if (!o->output || strcmp(o->output, "-") == 0)
        return write_one(from, names, reterr);
    return count ? write_folder(from, o->output, names, (size_t)count, reterr)
                 : write_folder(from, o->output, NULL, report_def_count, reterr);
}

static enum spn_code open_stores(struct sources *from, const struct report_options *o,
                                 struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    do { /* once without any --db */
        code = command_open_store(o->dbs[from->count], STORE_READ, &from->stores[from->count], reterr);
        from->count += code == SPN_OK;
    } while (code == SPN_OK && from->count < o->db_count);
    return code;
}

/* All other reports are of one forest, and have no column that would tell whose a row is. */
static enum spn_code check_several(char **names, int count, struct spn_error *reterr)
{
    static const char way_out[] = "give --db once, or spnscan report duplicates alone";
    if (!count)
        return spn_error_set(reterr, SPN_USAGE, 0, "all reports but duplicates are of one forest: %s",
                             way_out);
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], "duplicates") != 0)
            return spn_error_set(reterr, SPN_USAGE, 0, "report %s is of one forest: %s", names[i], way_out);
    return SPN_OK;
}

static enum spn_code check(const struct report_options *o, char **names, int count, struct spn_error *reterr)
{
    bool to_stdout = !o->output || strcmp(o->output, "-") == 0;
    for (int i = 0; i < count; i++)
        if (!report_find(names[i]))
            return spn_error_set(reterr, SPN_USAGE, 0, "no report '%s': see spnscan report --help", names[i]);
    if (to_stdout && count != 1)
        return spn_error_set(reterr, SPN_USAGE, 0, "%s: see spnscan report --help",
                             count ? "several reports need a folder, -o DIR"
                                   : "name a report, or give a folder for all of them with -o DIR");
    return o->db_count > 1 ? check_several(names, count, reterr) : SPN_OK;
}

int command_report(int argc, char **argv)
{
    struct report_options options = {0};
    struct sources from = {0};
    struct spn_error error = {0};
    char **names = NULL;
    int count = 0;
    bool help = false;
    enum spn_code code =
        options_parse(&report_command, argc, argv, set, &options, &names, &count, &help, &error);
    if (code == SPN_OK && help)
        return EXIT_CLEAN;
    if (code == SPN_OK)
        code = check(&options, names, count, &error);
    if (code == SPN_OK)
        code = open_stores(&from, &options, &error);
    if (code == SPN_OK)
        code = write_reports(&from, &options, names, count, &error);
    for (size_t i = 0; i < from.count; i++)
        store_close(from.stores[i]);
    return code == SPN_OK ? EXIT_CLEAN : command_fail(&error);
}
