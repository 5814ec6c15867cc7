#include "scanner/command/plan_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* More than plan init --all writes of a million accounts. */
#define PLAN_MAX (256u << 20)

void planned_bad(struct planned *plan, size_t line, const char *why)
{
    struct spn_error error;
    spn_error_set(&error, SPN_CONFIG, 0, "%s:%zu: %s", plan->file, line, why);
    fprintf(stderr, "spnscan: %s\n", error.text);
    plan->bad++;
}

static enum spn_code read_all(const char *file, struct text_buf *text, struct spn_error *reterr)
{
    bool standard = strcmp(file, "-") == 0;
    FILE *in = standard ? stdin : fopen(file, "re");
    char piece[16384];
    size_t got;
    if (!in)
        return spn_error_set(reterr, SPN_CONFIG, errno, "cannot read plan '%s': %s", file, strerror(errno));
    text_append_str(text, "");
    while (text->len <= PLAN_MAX && (got = fread(piece, 1, sizeof piece, in)) > 0)
        text_append(text, piece, got);
    enum spn_code code = SPN_OK;
    if (ferror(in))
        code = spn_error_set(reterr, SPN_CONFIG, errno, "cannot read plan '%s': %s", file, strerror(errno));
    else if (text->len > PLAN_MAX)
        code = spn_error_set(reterr, SPN_CONFIG, 0, "plan '%s' has over 256 MiB: is it one?", file);
    if (!standard)
        fclose(in);
    return code;
}

static void keep_row(struct planned *plan, const struct plan_row *row)
{
    plan->rows = xgrow(plan->rows, &plan->size, plan->count + 1, sizeof *plan->rows);
    struct planned_row *p = &plan->rows[plan->count++];
    *p = (struct planned_row){.line = row->line,
                              .account = xstrdup(row->account),
                              .class = xstrdup(row->class),
                              .host = xstrdup(row->host),
                              .port = xstrdup(row->port),
                              .exact = row->exact,
                              .target_count = row->target_count};
    p->targets = xcalloc(row->target_count, sizeof *p->targets);
    for (size_t i = 0; i < row->target_count; i++)
        p->targets[i] = xstrdup(row->targets[i]);
}

enum spn_code planned_read(struct planned *plan, const char *file, struct spn_error *reterr)
{
    struct text_buf text = {0};
    struct plan_reader reader = {0};
    struct plan_row row;
    struct spn_error why;
    enum plan_step step;
    size_t line;
    plan->file = strcmp(file, "-") == 0 ? "standard input" : file;
    enum spn_code code = read_all(file, &text, reterr);
    if (code != SPN_OK)
        goto done;
    if (plan_begin(&reader, (struct bytes){(const uint8_t *)text.data, text.len}, &line, &why) != SPN_OK) {
        code = spn_error_set(reterr, SPN_CONFIG, 0, "%s:%zu: %s", plan->file, line, why.text);
        goto done;
    }
    while ((step = plan_next(&reader, &row, &why)) != PLAN_END) {
        if (step == PLAN_ROW)
            keep_row(plan, &row);
        else
            planned_bad(plan, row.line, why.text);
    }
done:
    plan_end(&reader);
    text_release(&text);
    return code;
}

static char *copy_of(const struct store_cell *cell)
{
    return cell->text ? xstrdup(cell->text) : NULL;
}

static void add_name(struct planned_row *row, const char *name)
{
    struct text_buf all = {0};
    text_append_fmt(&all, "%s, %s", row->name ? row->name : row->dn, name ? name : "?");
    free(row->name);
    row->name = all.data;
}

/* index, place, object, domain, account, account_dn, domain_dns; the best first. */
static enum spn_code on_account(void *ctx, const struct store_cell *cells, size_t count,
                                struct spn_error *reterr)
{
    struct planned *plan = ctx;
    struct planned_row *row = &plan->rows[cells[0].value];
    (void)count;
    (void)reterr;
    if (row->fate != ACCOUNT_ABSENT) {
        if (row->place == cells[1].value) {
            row->fate = ACCOUNT_AMBIGUOUS;
            add_name(row, cells[4].text ? cells[4].text : cells[5].text);
        }
        return SPN_OK;
    }
    row->fate = ACCOUNT_FOUND;
    row->place = cells[1].value;
    row->object = cells[2].value;
    row->domain = cells[3].value;
    row->name = copy_of(&cells[4]);
    row->dn = copy_of(&cells[5]);
    row->dns = copy_of(&cells[6]);
    return SPN_OK;
}

struct domain_list {
    struct domain {
        int64_t id;
        char *dns, *netbios;
    } * items;
    size_t count, size;
};

static enum spn_code on_domain(void *ctx, const struct store_cell *cells, size_t count,
                               struct spn_error *reterr)
{
    struct domain_list *list = ctx;
    (void)count;
    (void)reterr;
    list->items = xgrow(list->items, &list->size, list->count + 1, sizeof *list->items);
    list->items[list->count++] = (struct domain){cells[0].value, copy_of(&cells[1]), copy_of(&cells[2])};
    return SPN_OK;
}

/* Of which domain an account would be that is not there; NULL: not known. */
static const struct domain *domain_of_name(const struct domain_list *list, const char *account)
{
    const char *slash = strchr(account, '\\'), *at = strrchr(account, '@');
    for (size_t i = 0; i < list->count; i++) {
        const struct domain *d = &list->items[i];
        size_t len = d->netbios ? strlen(d->netbios) : 0;
        if (slash && len > 0 && (size_t)(slash - account) == len &&
            strncasecmp(account, d->netbios, len) == 0)
            return d;
        if (!slash && at && d->dns && strcasecmp(at + 1, d->dns) == 0)
            return d;
    }
    return !slash && list->count == 1 ? &list->items[0] : NULL;
}

/* A name that setspn takes. */
static char *name_of_absent(const char *account)
{
    struct guid guid;
    return strpbrk(account, "@=,") || guid_parse(account, &guid) ? NULL : xstrdup(account);
}

static void settle_row(struct planned *plan, const struct domain_list *domains, struct planned_row *row)
{
    if (row->fate == ACCOUNT_AMBIGUOUS) {
        struct text_buf why = {0};
        text_append_fmt(&why, "account '%.80s' could be any of %.300s: write DOMAIN\\name", row->account,
                        row->name);
        planned_bad(plan, row->line, why.data);
        text_release(&why);
        row->object = row->domain = 0;
    }
    if (row->fate != ACCOUNT_ABSENT)
        return;
    const struct domain *domain = domain_of_name(domains, row->account);
    row->name = name_of_absent(row->account);
    if (domain) {
        row->domain = domain->id;
        row->dns = domain->dns ? xstrdup(domain->dns) : NULL;
    }
}

enum spn_code planned_resolve(struct planned *plan, struct store *store, struct spn_error *reterr)
{
    struct domain_list domains = {0};
    const char **names = xcalloc(plan->count, sizeof *names);
    for (size_t i = 0; i < plan->count; i++)
        names[i] = plan->rows[i].account;
    enum spn_code code = store_domains(store, on_domain, &domains, reterr);
    if (code == SPN_OK)
        code = store_plan_accounts(store, names, plan->count, on_account, plan, reterr);
    for (size_t i = 0; code == SPN_OK && i < plan->count; i++)
        settle_row(plan, &domains, &plan->rows[i]);
    for (size_t i = 0; i < domains.count; i++) {
        free(domains.items[i].dns);
        free(domains.items[i].netbios);
    }
    free(domains.items);
    free(names);
    return code;
}

void planned_release(struct planned *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct planned_row *row = &plan->rows[i];
        for (size_t k = 0; k < row->target_count; k++)
            free(row->targets[k]);
        free(row->targets);
        free(row->account);
        free(row->class);
        free(row->host);
        free(row->port);
        free(row->name);
        free(row->dn);
        free(row->dns);
    }
    free(plan->rows);
    *plan = (struct planned){0};
}
