#include "scanner/run/hop.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/run/hop_inside.h"

const char *hop_state_name(enum hop_state state)
{
    static const char *const names[] = {
        [HOP_PASS] = "pass", [HOP_FAIL] = "fail", [HOP_NOT_KNOWN] = "not known"};
    return names[state];
}

int hop_chain_status(const struct hop_chain *chain)
{
    int status = 0;
    for (size_t i = 0; i < chain->count; i++) {
        if (chain->links[i].state == HOP_FAIL)
            return 1;
        if (chain->links[i].state == HOP_NOT_KNOWN && chain->links[i].incomplete)
            status = 2;
    }
    return status;
}

void hop_chain_release(struct hop_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++) {
        free(chain->links[i].dcs);
        free(chain->links[i].detail);
        free(chain->links[i].next);
    }
    free(chain->links);
    *chain = (struct hop_chain){0};
}

/* ---- lists ---- */

void hop_list_add(struct hop_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (hop_same(list->items[i], text))
            return;
    list->items = xgrow(list->items, &list->size, list->count + 1, sizeof *list->items);
    list->items[list->count++] = xstrdup(text);
}

void hop_list_release(struct hop_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct hop_list){0};
}

/* HTTP itself, or what stands for it. */
static void names_of_class(const struct hop_facts *facts, size_t object, const char *class_name,
                           struct hop_list *ret)
{
    const struct hop_object *o = &facts->objects[object];
    for (size_t dc = 0; dc < facts->dc_count; dc++) {
        const struct hop_texts *spns = o->sight[dc].spns;
        for (size_t i = 0; spns && i < spns->count && ret->count < HOP_MAX_NAMES; i++) {
            struct hop_spn spn;
            char name[HOP_SPN_MAX + 8];
            if (!hop_spn_parse(spns->items[i], &spn) || strcmp(spn.class_name, class_name) != 0)
                continue;
            snprintf(name, sizeof name, "HTTP%s", strchr(spn.text, '/'));
            hop_list_add(ret, strcmp(class_name, "http") == 0 ? spn.text : name);
        }
    }
}

void hop_front_names(const struct hop_facts *facts, size_t object, struct hop_list *ret)
{
    names_of_class(facts, object, "http", ret);
    for (size_t m = 0; !ret->count && m < facts->mapping_count; m++)
        if (strcmp(facts->mappings[m].class_name, "http") == 0)
            names_of_class(facts, object, facts->mappings[m].stands_for, ret);
}

void hop_dns_hosts(const struct hop_list *names, struct hop_list *ret)
{
    struct hop_spn spn;
    for (size_t i = 0; i < names->count; i++)
        if (hop_spn_parse(names->items[i], &spn))
            hop_list_add(ret, spn.host);
}

void hop_spn_hosts(const struct hop_list *names, const struct hop_facts *facts, const struct hop_dns *dns,
                   size_t dns_count, struct hop_list *ret)
{
    struct hop_spn spn;
    char text[512];
    for (size_t i = 0; i < names->count; i++) {
        if (!hop_spn_parse(names->items[i], &spn))
            continue;
        hop_list_add(ret, spn.host);
        hop_host_label(spn.host, text, sizeof text);
        hop_list_add(ret, text);
        for (size_t d = 0; hop_host_is_short(spn.host) && d < facts->domain_count; d++) {
            snprintf(text, sizeof text, "%s.%s", spn.host, facts->domains[d].dns);
            hop_list_add(ret, text);
        }
    }
    for (size_t i = 0; i < dns_count; i++)
        if (dns[i].canonical[0])
            hop_list_add(ret, dns[i].canonical);
}

/* ---- the whole ---- */

static void set_side(const struct hop_work *w, struct hop_side *side, const char *prefix, const char *text,
                     const struct hop_list *names)
{
    *side = (struct hop_side){.prefix = prefix, .text = text, .owner = -1};
    side->names = xcalloc(names->count, sizeof *side->names);
    for (size_t i = 0; i < names->count; i++)
        hop_hold(w, names->items[i], &side->names[side->name_count++]);
    if (side->name_count)
        side->owner = side->names[0].owner;
}

static void release_side(struct hop_side *side)
{
    for (size_t i = 0; i < side->name_count; i++) {
        free(side->names[i].at);
        free(side->names[i].holder);
    }
    free(side->names);
}

static void judge_back(struct hop_work *w, struct hop_side *back)
{
    hop_judge_holders(w, back);
    hop_judge_target(w, back);
}

void hop_judge(const struct hop_question *question, const struct hop_facts *facts, struct hop_chain *ret)
{
    struct hop_list names = {0};
    *ret = (struct hop_chain){0};
    struct hop_work w = {.q = question, .f = facts, .chain = ret};
    w.told = xcalloc(facts->difference_count, sizeof *w.told);
    w.backs = xcalloc(question->back_count, sizeof *w.backs);

    if (!question->front_is_account)
        hop_list_add(&names, question->front);
    else if (question->front_object >= 0)
        hop_front_names(facts, (size_t)question->front_object, &names);
    set_side(&w, &w.front, "front", question->front, &names);
    for (size_t b = 0; b < question->back_count; b++) {
        struct hop_list one = {0};
        hop_list_add(&one, question->backs[b]);
        set_side(&w, &w.backs[b], "back", question->backs[b], &one);
        hop_list_release(&one);
    }

    hop_judge_holders(&w, &w.front);
    hop_judge_forms(&w);
    hop_judge_front_delegation(&w);
    for (size_t b = 0; b < question->back_count; b++)
        judge_back(&w, &w.backs[b]);
    hop_judge_ports(&w);
    hop_judge_user(&w);
    hop_judge_encryption(&w);
    hop_judge_clocks(&w);
    hop_judge_replication(&w);
    hop_judge_coverage(&w);
    hop_judge_dns(&w);

    release_side(&w.front);
    for (size_t b = 0; b < question->back_count; b++)
        release_side(&w.backs[b]);
    free(w.backs);
    free(w.told);
    hop_list_release(&names);
}
