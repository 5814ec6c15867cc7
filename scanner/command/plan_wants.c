#include "scanner/command/plan_wants.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void add(struct want_list *list, const struct planned_row *row, bool delegates, const char *name)
{
    list->items = xgrow(list->items, &list->size, list->count + 1, sizeof *list->items);
    list->items[list->count++] = (struct want){row, delegates, xstrdup(name)};
}

static void add_row(struct want_list *list, const struct planned_row *row)
{
    struct text_buf names = {0};
    const struct plan_row plain = {
        .class = row->class, .host = row->host, .port = row->port, .exact = row->exact};
    size_t count = plan_row_spns(&plain, row->dns, &names);
    const char *name = names.data;
    for (size_t i = 0; i < count; i++, name += strlen(name) + 1)
        add(list, row, false, name);
    for (size_t i = 0; i < row->target_count; i++)
        add(list, row, true, row->targets[i]);
    text_release(&names);
}

static bool same_account(const struct planned_row *a, const struct planned_row *b)
{
    if (a->object || b->object)
        return a->object == b->object;
    return strcasecmp(a->account, b->account) == 0;
}

static int by_name(const void *a, const void *b)
{
    const struct want *x = *(struct want *const *)a, *y = *(struct want *const *)b;
    int order = x->delegates - y->delegates;
    if (!order)
        order = strcasecmp(x->name, y->name);
    if (!order)
        order = (x > y) - (x < y);
    return order;
}

static void tell(struct planned *plan, const struct want *want, const struct want *other)
{
    struct text_buf why = {0};
    text_append_fmt(&why, "'%.120s' is planned for '%.80s' here, and for '%.80s' in line %zu", want->name,
                    want->row->account, other->row->account, other->row->line);
    planned_bad(plan, want->row->line, why.data);
    text_release(&why);
}

/* group: wants of one SPN. Each that another account has too is told, with the first other; then none is
 * wanted. */
static void drop_contradiction(struct planned *plan, struct want **group, size_t count)
{
    size_t second = 1;
    while (second < count && same_account(group[0]->row, group[second]->row))
        second++;
    if (second >= count)
        return;
    for (size_t i = 0; i < count; i++) {
        bool as_first = same_account(group[0]->row, group[i]->row);
        tell(plan, group[i], as_first ? group[second] : group[0]);
    }
    for (size_t i = 0; i < count; i++) {
        free(group[i]->name);
        group[i]->name = NULL;
    }
}

static void drop_contradictions(struct want_list *list, struct planned *plan)
{
    struct want **order = xcalloc(list->count, sizeof *order);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        order[i] = &list->items[i];
    if (list->count)
        qsort(order, list->count, sizeof *order, by_name);
    for (size_t from = 0, to; from < list->count && !order[from]->delegates; from = to) {
        for (to = from + 1; to < list->count && !order[to]->delegates &&
                            strcasecmp(order[from]->name, order[to]->name) == 0;)
            to++;
        drop_contradiction(plan, order + from, to - from);
    }
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].name)
            list->items[kept++] = list->items[i];
    list->count = kept;
    free(order);
}

void wants_make(struct want_list *list, struct planned *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->rows[i].fate != ACCOUNT_AMBIGUOUS)
            add_row(list, &plan->rows[i]);
    drop_contradictions(list, plan);
}

void wants_release(struct want_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].name);
    free(list->items);
    *list = (struct want_list){0};
}
