#include "spnscan/report.h"

#include <errno.h>
#include <string.h>

#include "store/report/row.h"

const struct report_def report_defs[] = {
    {"dcs", "what became of each DC in the newest scan", false},
    {"duplicates", "SPNs that more than one account holds", false},
    {"divergence", "what differs from DC to DC", false},
    {"replication", "how far each DC is behind each other one", false},
    {"health", "what is wrong with DCs and the forest itself", false},
    {"delegation", "who may act for users, towards what", true},
    {"aliases", "SPNs that stand in the way of another account's host/", false},
    {"hygiene", "what is wrong with single names and their accounts", true},
    {"changes", "what changed from scan to scan, on which DC, and how long it took", false},
    {"findings", "what is wrong, all reports in one, the worst first", true},
    {"spns", "every SPN and its account", false},
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
    row_cells(csv, cells, count);
    csv_end_row(csv);
    return check(csv, reterr);
}

static enum spn_code end(FILE *out, enum spn_code code, struct spn_error *reterr)
{
    if (code == SPN_OK && fflush(out) != 0)
        code = spn_error_set(reterr, SPN_CONFIG, errno, "cannot write the report: %s", strerror(errno));
    return code;
}

enum spn_code report_csv(struct store *store, const char *name, FILE *out, struct spn_error *reterr)
{
    struct csv csv = {.out = out};
    return end(out, store_report(store, name, on_header, on_row, &csv, reterr), reterr);
}

/* ---- several forests ---- */

struct forest_csv {
    struct csv csv;
    char forest[256];
    bool headed;
};

static enum spn_code on_forest_header(void *ctx, const char *const *names, size_t count,
                                      struct spn_error *reterr)
{
    struct forest_csv *f = ctx;
    if (f->headed)
        return SPN_OK;
    f->headed = true;
    for (size_t i = 0; i < count; i++)
        csv_text(&f->csv, names[i], strlen(names[i]));
    csv_text(&f->csv, "forest", strlen("forest"));
    csv_end_row(&f->csv);
    return check(&f->csv, reterr);
}

static enum spn_code on_forest_row(void *ctx, const struct store_cell *cells, size_t count,
                                   struct spn_error *reterr)
{
    struct forest_csv *f = ctx;
    row_cells(&f->csv, cells, count);
    csv_text(&f->csv, f->forest, strlen(f->forest));
    csv_end_row(&f->csv);
    return check(&f->csv, reterr);
}

enum spn_code report_csv_across(struct store *const *stores, size_t count, FILE *out,
                                struct spn_error *reterr)
{
    struct forest_csv f = {.csv.out = out};
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < count; i++) {
        code = store_forest(stores[i], f.forest, reterr);
        if (code == SPN_OK)
            code = store_report(stores[i], "duplicates", on_forest_header, on_forest_row, &f, reterr);
    }
    if (code == SPN_OK)
        code = store_across(stores, count, on_row, &f.csv, reterr);
    return end(out, code, reterr);
}
