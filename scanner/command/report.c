#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scanner/command/command.h"
#include "spnscan/report.h"

static const struct option_def report_option_defs[] = {
    {NULL, 0, NULL, "Options"},
    {"output", 'o', "DIR", "write DIR/NAME.csv for each; - is standard output"},
    {"db", 0, "FILE", "database (default: spnscan/spnscan.db in $XDG_STATE_HOME, ~/.local/state)"},
    {"help", 'h', NULL, "this text"},
};

const struct command_def report_command = {
    .name = "report",
    .usage = "[NAME ...] [-o DIR] [--db FILE]",
    .summary = "write what the last scan found as CSV",
    .help_head = "Writes reports of the last scan as CSV (RFC 4180, UTF-8). One NAME goes to standard output "
                 "unless -o says\n"
                 "otherwise; without NAME all are written to the DIR of -o.\n\n"
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
                 "  spnscan report -o reports\n\n"
                 "Exit status: 0 written, 3 could not.\n",
    .options = report_option_defs,
    .option_count = sizeof report_option_defs / sizeof report_option_defs[0],
};

struct report_options {
    const char *output, *db;
};

static enum spn_code set(void *ctx, const char *name, const char *value, struct spn_error *reterr)
{
    struct report_options *o = ctx;
    (void)reterr;
    if (strcmp(name, "output") == 0)
        o->output = value;
    else if (strcmp(name, "db") == 0)
        o->db = value;
    return SPN_OK;
}

/* Beside its place first, then renamed: whoever reads the folder never sees half a report. */
static enum spn_code write_file(struct store *store, const char *dir, const char *name,
                                struct spn_error *reterr)
{
    struct text_buf path = {0}, temp = {0};
    enum spn_code code = SPN_OK;
    FILE *out = NULL;
    text_append_fmt(&path, "%s/%s.csv", dir, name);
    text_append_fmt(&temp, "%s.%ld.tmp", path.data, (long)getpid());
    int fd = open(temp.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || !(out = fdopen(fd, "w"))) {
        code = spn_error_set(reterr, SPN_CONFIG, errno, "cannot write '%s': %s", path.data, strerror(errno));
        if (fd >= 0)
            close(fd);
        goto done;
    }
    code = report_csv(store, name, out, reterr);
    if (fclose(out) != 0 && code == SPN_OK)
        code = spn_error_set(reterr, SPN_CONFIG, errno, "cannot write '%s': %s", path.data, strerror(errno));
    if (code == SPN_OK && rename(temp.data, path.data) != 0)
        code = spn_error_set(reterr, SPN_CONFIG, errno, "cannot write '%s': %s", path.data, strerror(errno));
    if (code != SPN_OK)
        unlink(temp.data);
done:
    text_release(&path);
    text_release(&temp);
    return code;
}

static enum spn_code make_dir(const char *dir, struct spn_error *reterr)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return spn_error_set(reterr, SPN_CONFIG, errno, "cannot make folder '%s': %s", dir, strerror(errno));
    return SPN_OK;
}

/* An old picture must not pass for a new one. */
static enum spn_code tell_age(struct store *store, struct spn_error *reterr)
{
    struct store_summary s;
    enum spn_code code = store_summarize(store, false, &s, reterr);
    if (code != SPN_OK)
        return code;
    if (!s.scan)
        return spn_error_set(reterr, SPN_DATABASE, 0,
                             "the database holds no finished scan yet: run spnscan scan first");
    if (!s.stored)
        fprintf(stderr,
                "spnscan: warning: the newest scan (%s) read no DC whole; accounts are shown as of %s\n",
                s.started, s.stored_started[0] ? s.stored_started : "no scan at all");
    else if (s.dcs_complete < s.dcs)
        fprintf(stderr, "spnscan: warning: the scan of %s read %lld of %lld DCs whole: see report dcs\n",
                s.started, (long long)s.dcs_complete, (long long)s.dcs);
    return SPN_OK;
}

static enum spn_code write_reports(struct store *store, const struct report_options *o, char **names,
                                   int count, struct spn_error *reterr)
{
    enum spn_code code = tell_age(store, reterr);
    if (code != SPN_OK)
        return code;
    if (!o->output || strcmp(o->output, "-") == 0)
        return report_csv(store, names[0], stdout, reterr);
    code = make_dir(o->output, reterr);
    for (int i = 0; code == SPN_OK && i < count; i++)
        code = write_file(store, o->output, names[i], reterr);
    for (size_t i = 0; code == SPN_OK && !count && i < report_def_count; i++)
        code = write_file(store, o->output, report_defs[i].name, reterr);
    return code;
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
    return SPN_OK;
}

int command_report(int argc, char **argv)
{
    struct report_options options = {0};
    struct spn_error error = {0};
    struct text_buf path = {0};
    struct store *store = NULL;
    char **names = NULL;
    int count = 0;
    bool help = false;
    enum spn_code code =
        options_parse(&report_command, argc, argv, set, &options, &names, &count, &help, &error);
    if (code == SPN_OK && help)
        return EXIT_CLEAN;
    if (code == SPN_OK)
        code = check(&options, names, count, &error);
    if (code == SPN_OK && !options.db)
        code = default_db_path(&path, false, &error);
    if (code == SPN_OK)
        code = store_open(options.db ? options.db : path.data, STORE_READ, &store, &error);
    if (code == SPN_OK)
        code = write_reports(store, &options, names, count, &error);
    store_close(store);
    text_release(&path);
    return code == SPN_OK ? EXIT_CLEAN : command_fail(&error);
}
