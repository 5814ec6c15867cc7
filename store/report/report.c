#include "spnscan/report.h"

#include <errno.h>
#include <string.h>

#include "store/report/csv.h"

const struct report_def report_defs[] = {
    {"dcs", "what became of each DC in the newest scan"},
    {"duplicates", "SPNs that more than one account holds"},
    {"divergence", "what differs from DC to DC"},
    {"replication", "how far each DC is behind each other one"},
    {"health", "what is wrong with DCs and the forest itself"},
    {"delegation", "who may act for users, towards what"},
    {"aliases", "SPNs that stand in the way of another account's host/"},
    {"hygiene", "what is wrong with single names and their accounts"},
    {"changes", "what changed from scan to scan, on which DC, and how long it took"},
    {"findings", "what is wrong, all reports in one, the worst first"},
    {"spns", "every SPN and its account"},
};

const size_t report_def_count = sizeof report_defs / sizeof report_defs[0];

const struct report_def *report_find(const char *name)
{
    for (size_t i = 0; i < report_def_count; i++)
        if (strcmp(report_defs[i].name, name) == 0)
            return &report_defs[i];
    return NULL;
}

static enum spn_code check(const struct csv *csv, struct spn_error *reterr)
{
    if (csv->failed)
        return spn_error_set(reterr, SPN_CONFIG, errno, "cannot write the report: %s", strerror(errno));
    return SPN_OK;
}

static enum spn_code on_header(void *ctx, const char *const *names, size_t count, struct spn_error *reterr)
{
    struct csv *csv = ctx;
    for (size_t i = 0; i < count; i++)
        csv_text(csv, names[i], strlen(names[i]));
    csv_end_row(csv);
    return check(csv, reterr);
}

static enum spn_code on_row(void *ctx, const struct store_cell *cells, size_t count, struct spn_error *reterr)
{
    struct csv *csv = ctx;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].is_int)
            csv_int(csv, cells[i].value);
        else if (cells[i].text)
            csv_text(csv, cells[i].text, cells[i].len);
        else
            csv_null(csv);
    }
    csv_end_row(csv);
    return check(csv, reterr);
}

enum spn_code report_csv(struct store *store, const char *name, FILE *out, struct spn_error *reterr)
{
    struct csv csv = {.out = out};
    enum spn_code code = store_report(store, name, on_header, on_row, &csv, reterr);
    if (code == SPN_OK && fflush(out) != 0)
        code = spn_error_set(reterr, SPN_CONFIG, errno, "cannot write the report: %s", strerror(errno));
    return code;
}
