/* hop_forms.c: short and whole names, ports, and what DNS makes of the names: do clients ask for what is
 * held? */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/hop_inside.h"

static void release(struct hop_held *held)
{
    free(held->at);
    free(held->holder);
}

/* DCs that show the name on another account than the side's, or on several. */
static void add_others(const struct hop_held *held, long owner, struct hop_set *set)
{
    for (size_t dc = 0; dc < set->size; dc++)
        if (held->at[dc] == HELD_BY_SEVERAL ||
            (held->at[dc] == HELD_BY_ONE && held->holder[dc] != (size_t)owner))
            hop_set_add(set, dc);
}

/* DCs with a copy that do not show it. */
static void add_lacking(const struct hop_held *held, struct hop_set *set, const struct hop_work *w,
                        long owner)
{
    for (size_t dc = 0; dc < set->size; dc++)
        if (held->owner >= 0 ? held->at[dc] == HELD_BY_NONE
                             : w->f->objects[owner].sight[dc].shows == HOP_SHOWN)
            hop_set_add(set, dc);
}

/* ---- front-forms ---- */

struct forms {
    struct hop_draft draft;
    struct text_buf missing; /* short names that nobody holds */
    bool failed;
};

static void say_other(const struct hop_work *w, struct forms *forms, const char *name,
                      const struct hop_held *held)
{
    if (!forms->failed) {
        text_append_fmt(&forms->draft.detail,
                        "%s is %s %s%s%s: who asks for it gets tickets for another account", name,
                        held->tie ? "on several accounts, one is" : "on", hop_name_of(w, held->owner),
                        held->by_alias ? ", by alias " : "", held->by_alias ? held->alias : "");
        text_append_str(&forms->draft.next, "move it: ");
        hop_say_setspn(w, &forms->draft.next, 'D', held->by_alias ? held->alias : name, held->owner);
        text_append_str(&forms->draft.next, ", then ");
        hop_say_setspn(w, &forms->draft.next, 'S', name, w->front.owner);
    }
    forms->failed = true;
}

static void judge_short(const struct hop_work *w, struct forms *forms, const struct hop_spn *spn)
{
    char class_name[64], label[256], name[HOP_SPN_MAX];
    struct hop_held held;
    hop_spn_class(spn, class_name, sizeof class_name);
    hop_host_label(spn->host, label, sizeof label);
    hop_spn_make(class_name, label, spn->port, spn->service, name, sizeof name);
    hop_hold(w, name, &held);
    if (held.owner < 0)
        text_append_fmt(&forms->missing, "%s%s", forms->missing.len ? ", " : "", name);
    else if (held.owner != w->front.owner) {
        add_others(&held, w->front.owner, &forms->draft.bad);
        say_other(w, forms, name, &held);
    }
    release(&held);
}

/* The whole names that a short one may be completed to; the first that is held counts. */
static void judge_whole(const struct hop_work *w, struct forms *forms, const struct hop_spn *spn)
{
    char class_name[64], first[HOP_SPN_MAX] = "", name[HOP_SPN_MAX], host[512];
    size_t dns = w->q->has_dns ? w->q->dns_count : 0;
    hop_spn_class(spn, class_name, sizeof class_name);
    for (size_t i = 0; i < dns + w->f->domain_count; i++) {
        struct hop_held held;
        if (i < dns) {
            if (!w->q->dns[i].canonical[0] || strcmp(w->q->dns[i].host, spn->host) != 0)
                continue;
            snprintf(host, sizeof host, "%s", w->q->dns[i].canonical);
        } else {
            snprintf(host, sizeof host, "%s.%s", spn->host, w->f->domains[i - dns].dns);
        }
        hop_spn_make(class_name, host, spn->port, spn->service, name, sizeof name);
        if (!first[0])
            snprintf(first, sizeof first, "%s", name);
        hop_hold(w, name, &held);
        long owner = held.owner;
        if (owner >= 0 && owner != w->front.owner) {
            add_others(&held, w->front.owner, &forms->draft.bad);
            say_other(w, forms, name, &held);
        }
        release(&held);
        if (owner >= 0)
            return;
    }
    for (size_t dc = 0; dc < w->f->dc_count; dc++)
        if (w->f->objects[w->front.owner].sight[dc].shows == HOP_SHOWN)
            hop_set_add(&forms->draft.bad, dc);
    if (!forms->failed) {
        text_append_fmt(
            &forms->draft.detail,
            "%s is held, its whole name is not: clients complete a short name by DNS and ask for that",
            spn->text);
        hop_say_setspn(w, &forms->draft.next, 'S', first[0] ? first : "HTTP/WHOLE-NAME", w->front.owner);
    }
    forms->failed = true;
}

static void judge_front_forms(struct hop_work *w)
{
    struct forms forms = {.draft = hop_draft_new(w)};
    for (size_t n = 0; n < w->front.name_count; n++) {
        const struct hop_spn *spn = &w->front.names[n].spn;
        if (hop_host_is_short(spn->host))
            judge_whole(w, &forms, spn);
        else
            judge_short(w, &forms, spn);
    }
    hop_set_unread(w, &forms.draft.unread, w->f->objects[w->front.owner].domain, false);
    if (!forms.failed && forms.missing.len)
        text_append_fmt(&forms.draft.detail,
                        "nobody holds %s: addresses with the short name get no ticket; browsers ask "
                        "for the name that they were given",
                        forms.missing.data);
    else if (!forms.failed)
        text_append_fmt(&forms.draft.detail, "short and whole names are on %s",
                        hop_name_of(w, w->front.owner));
    text_release(&forms.missing);
    hop_conclude(w, "front-forms", &forms.draft);
}

/* ---- port-rule ---- */

static bool is_web(const struct hop_spn *spn)
{
    return strcmp(spn->class_name, "http") == 0;
}

static bool is_sql(const struct hop_spn *spn)
{
    return strcmp(spn->class_name, "mssqlsvc") == 0;
}

static void web_port(struct hop_work *w, struct hop_draft *d, const struct hop_spn *spn)
{
    char class_name[64], name[HOP_SPN_MAX];
    struct hop_held held;
    hop_spn_class(spn, class_name, sizeof class_name);
    hop_spn_make(class_name, spn->host, NULL, spn->service, name, sizeof name);
    hop_hold(w, name, &held);
    size_t before = d->bad.count;
    add_others(&held, w->front.owner, &d->bad);
    add_lacking(&held, &d->bad, w, w->front.owner);
    if (d->bad.count > before && !d->detail.len) {
        text_append_fmt(&d->detail, "browsers leave out the port and ask for %s, which %s does not hold",
                        name, hop_name_of(w, w->front.owner));
        hop_say_setspn(w, &d->next, 'S', name, w->front.owner);
    }
    release(&held);
}

/* A name with a port, or an instance, that the account holds for the same class and host. */
static const char *with_port(const struct hop_work *w, const struct hop_side *side)
{
    const struct hop_spn *wanted = &side->names[0].spn;
    for (size_t dc = 0; dc < w->f->dc_count; dc++) {
        const struct hop_texts *spns = w->f->objects[side->owner].sight[dc].spns;
        for (size_t i = 0; spns && i < spns->count; i++) {
            struct hop_spn spn;
            if (hop_spn_parse(spns->items[i], &spn) && spn.port[0] &&
                strcmp(spn.class_name, wanted->class_name) == 0 && strcmp(spn.host, wanted->host) == 0)
                return spns->items[i];
        }
    }
    return NULL;
}

static void sql_port(const struct hop_work *w, struct hop_draft *d, const struct hop_side *back)
{
    const struct hop_spn *spn = &back->names[0].spn;
    const char *other = with_port(w, back);
    for (size_t dc = 0; dc < w->f->dc_count; dc++)
        if (w->f->objects[back->owner].sight[dc].shows == HOP_SHOWN)
            hop_set_add(&d->bad, dc);
    text_append_fmt(&d->detail, "%s%s has neither port nor instance, and SQL clients ask with one",
                    d->detail.len ? "; " : "", spn->text);
    if (d->next.len)
        return;
    if (other)
        text_append_fmt(&d->next, "ask again with what the clients ask for: --back %s", other);
    else {
        char name[HOP_SPN_MAX + 8];
        snprintf(name, sizeof name, "%s:1433", spn->text);
        hop_say_setspn(w, &d->next, 'S', name, back->owner);
        text_append_str(&d->next, " (or the instance's port)");
    }
}

void hop_judge_ports(struct hop_work *w)
{
    struct hop_draft d = hop_draft_new(w);
    size_t checked = 0;
    for (size_t n = 0; !w->front.broken && n < w->front.name_count; n++, checked++)
        if (is_web(&w->front.names[n].spn) && w->front.names[n].spn.port[0])
            web_port(w, &d, &w->front.names[n].spn);
    if (!w->front.broken)
        hop_set_unread(w, &d.unread, w->f->objects[w->front.owner].domain, false);
    for (size_t b = 0; b < w->q->back_count; b++) {
        if (w->backs[b].broken)
            continue;
        checked++;
        if (is_sql(&w->backs[b].names[0].spn) && !w->backs[b].names[0].spn.port[0])
            sql_port(w, &d, &w->backs[b]);
    }
    if (!checked) {
        hop_set_release(&d.bad);
        hop_set_release(&d.unread);
        hop_skip(w, "port-rule", w->front.broken_by);
        return;
    }
    if (!d.detail.len)
        text_append_str(&d.detail,
                        "the names have the form that clients ask for: HTTP without a port, SQL with one");
    hop_conclude(w, "port-rule", &d);
}

void hop_judge_forms(struct hop_work *w)
{
    if (w->front.broken)
        hop_skip(w, "front-forms", w->front.broken_by);
    else
        judge_front_forms(w);
}
