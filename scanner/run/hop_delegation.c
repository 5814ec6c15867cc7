/* hop_delegation.c: may the front act for its users, and towards that back-end? (MS-SFU 3.2.5.2.2, 3.2.5.2.3)
 */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/hop_inside.h"

/* ---- front-delegation ---- */

static bool is_unconstrained(const struct hop_sight *sight)
{
    return sight->account && sight->account->has_uac && sight->account->uac & UAC_UNCONSTRAINED;
}

/* true: the DC is one to ask, a full replica that shows the account with its delegation facts. */
static bool can_tell(const struct hop_sight *sight)
{
    return sight->full && sight->shows == HOP_SHOWN && sight->delegation;
}

static void say_path(const struct hop_work *w, struct text_buf *text, const struct hop_sight *sight)
{
    const struct hop_texts *targets = &sight->delegation->targets;
    text_append_fmt(text, "%s may delegate", hop_name_of(w, w->front.owner));
    if (is_unconstrained(sight)) {
        text_append_str(text, ", unconstrained: to any service");
        return;
    }
    text_append_fmt(text, ", constrained to %zu name%s", targets->count, targets->count == 1 ? "" : "s");
    if (!sight->account->has_uac)
        text_append_str(text, "; protocol transition is not known, userAccountControl is hidden");
    else if (sight->account->uac & UAC_TRANSITION)
        text_append_str(text, ", with protocol transition");
    else
        text_append_str(text, ", for users that come with Kerberos");
    if (w->q->back_count)
        return;
    for (size_t i = 0; i < targets->count && i < 4; i++)
        text_append_fmt(text, "%s%s", i ? ", " : ": ", targets->items[i]);
    if (targets->count > 4)
        text_append_fmt(text, " and %zu more", targets->count - 4);
}

struct front_paths {
    size_t open;                     /* DCs on which the account itself may */
    const struct hop_sight *example; /* one of them */
    bool hidden;                     /* userAccountControl, where it would decide */
    enum rbcd rbcd;                  /* of some back-end */
    const struct hop_side *trusting;
    const char *group;
};

static void find_paths(const struct hop_work *w, struct front_paths *paths, struct hop_draft *d)
{
    const struct hop_object *front = &w->f->objects[w->front.owner];
    for (size_t b = 0; b < w->q->back_count && paths->rbcd != RBCD_YES; b++) {
        enum rbcd at = hop_rbcd_anywhere(w, &w->backs[b], &paths->group);
        if (at == RBCD_YES || at == RBCD_GROUP) {
            paths->rbcd = at;
            paths->trusting = &w->backs[b];
        }
    }
    for (size_t dc = 0; dc < w->f->dc_count; dc++) {
        const struct hop_sight *sight = &front->sight[dc];
        if (!sight->full || sight->shows != HOP_SHOWN)
            continue;
        if (!sight->delegation) {
            hop_set_add(&d->unread, dc);
        } else if (is_unconstrained(sight) || sight->delegation->targets.count) {
            paths->open++;
            paths->example = sight;
        } else if (!sight->account->has_uac) {
            paths->hidden = true;
            hop_set_add(&d->unread, dc);
        } else {
            hop_set_add(&d->bad, dc);
        }
    }
}

static void nothing_open(struct hop_work *w, struct hop_draft *d)
{
    const struct hop_object *front = &w->f->objects[w->front.owner];
    text_append_fmt(&d->detail, "%s may not delegate at all on ", front->name);
    hop_say_dcs(w, &d->detail, &d->bad);
    text_append_str(&d->detail, ": no list, no trust for delegation, no back-end that trusts it");
    hop_explain(w, d, w->front.owner, hop_delegation_attributes);
    if (!d->next.len)
        hop_say_add_target(w, &d->next, w->front.owner, w->q->backs[0]);
}

/* Without a back-end it is told, and nothing can be wrong with it. */
static void tell_paths(struct hop_work *w, const struct front_paths *paths, struct hop_draft *d)
{
    if (paths->open)
        say_path(w, &d->detail, paths->example);
    else
        text_append_fmt(
            &d->detail,
            "%s has no list of its own and is not trusted for delegation: it needs neither without a "
            "back-end",
            hop_name_of(w, w->front.owner));
    d->unread.count = 0;
    hop_put(w, "front-delegation", HOP_PASS, d);
}

void hop_judge_front_delegation(struct hop_work *w)
{
    struct hop_draft d = hop_draft_new(w);
    struct front_paths paths = {0};
    if (w->front.broken) {
        hop_set_release(&d.bad);
        hop_set_release(&d.unread);
        hop_skip(w, "front-delegation", w->front.broken_by);
        return;
    }
    find_paths(w, &paths, &d);
    if (!w->q->back_count) {
        memset(d.unread.in, 0, d.unread.size);
        tell_paths(w, &paths, &d);
        return;
    }
    bool by_back = paths.rbcd == RBCD_YES || paths.rbcd == RBCD_GROUP;
    if (by_back) {
        memset(d.bad.in, 0, d.bad.size);
        d.bad.count = 0;
    }
    hop_set_unread(w, &d.unread, w->f->objects[w->front.owner].domain, true);
    w->front.no_delegation = d.bad.count && !paths.open;
    if (d.bad.count)
        nothing_open(w, &d);
    else if (paths.open)
        say_path(w, &d.detail, paths.example);
    else if (by_back)
        text_append_fmt(&d.detail, "%s may delegate, resource-based: %s trusts %s",
                        hop_name_of(w, w->front.owner), hop_name_of(w, paths.trusting->owner),
                        paths.rbcd == RBCD_YES ? "it" : paths.group);
    else
        text_append_str(&d.detail,
                        "no full replica of its domain was read, and the global catalog holds no delegation");
    if (paths.hidden && !d.bad.count && !paths.open && !by_back) {
        text_clear(&d.detail);
        text_append_fmt(&d.detail, "userAccountControl of %s is hidden from the reader",
                        hop_name_of(w, w->front.owner));
        text_append_str(&d.next, "scan as a reader that may see it");
        hop_put(w, "front-delegation", HOP_NOT_KNOWN, &d);
        return;
    }
    /* Nobody to ask is no pass. */
    if (!d.bad.count && !paths.open && !by_back && !d.unread.count) {
        hop_put(w, "front-delegation", HOP_NOT_KNOWN, &d)->incomplete = true;
        return;
    }
    hop_conclude(w, "front-delegation", &d);
}

/* ---- back-target ---- */

struct towards {
    struct hop_draft draft;
    bool same_domain;
    bool by_list, by_trust, by_all, by_group; /* what opens it somewhere */
    const char *group;
    size_t open, group_only, hidden;
};

/* A name in the list that leads to the same account, and is another string. */
static const char *other_name(const struct hop_work *w, const struct hop_side *back)
{
    const struct hop_object *front = &w->f->objects[w->front.owner], *o = &w->f->objects[back->owner];
    for (size_t dc = 0; dc < w->f->dc_count; dc++) {
        const struct hop_sight *sight = &front->sight[dc];
        for (size_t i = 0; can_tell(sight) && i < sight->delegation->targets.count; i++) {
            struct hop_held held;
            hop_hold(w, sight->delegation->targets.items[i], &held);
            bool same = held.owner >= 0 && &w->f->objects[held.owner] == o;
            free(held.at);
            free(held.holder);
            if (same)
                return sight->delegation->targets.items[i];
        }
    }
    return NULL;
}

/* By what the front itself may. */
static bool open_at_front(const struct hop_side *back, struct towards *t, const struct hop_sight *sight)
{
    bool all = is_unconstrained(sight);
    bool listed = t->same_domain && hop_holds(&sight->delegation->targets, back->names[0].spn.key);
    t->by_all |= all;
    t->by_list |= listed;
    return all || listed;
}

/* By what the back-end says. */
static enum rbcd open_at_back(const struct hop_work *w, const struct hop_side *back, struct towards *t,
                              size_t dc)
{
    const char *group = NULL;
    enum rbcd at = hop_rbcd_at(w, back, dc, &group);
    t->by_trust |= at == RBCD_YES;
    t->by_group |= at == RBCD_GROUP;
    t->group = group ? group : t->group;
    return at;
}

static void look_at_fronts_dcs(const struct hop_work *w, const struct hop_side *back, struct towards *t)
{
    const struct hop_object *front = &w->f->objects[w->front.owner];
    for (size_t dc = 0; dc < w->f->dc_count; dc++) {
        const struct hop_sight *sight = &front->sight[dc];
        if (!can_tell(sight))
            continue;
        enum rbcd trust = t->same_domain ? open_at_back(w, back, t, dc) : RBCD_NO;
        if (open_at_front(back, t, sight) || trust == RBCD_YES)
            t->open++;
        else if (trust == RBCD_GROUP)
            t->group_only++;
        else if (!sight->account->has_uac) /* it may be trusted for everything */
            t->hidden++;
        else
            hop_set_add(&t->draft.bad, dc);
    }
}

/* In another domain it is that domain's DCs that look at whom the back-end trusts. */
static void look_at_backs_dcs(const struct hop_work *w, const struct hop_side *back, struct towards *t)
{
    const struct hop_object *object = &w->f->objects[back->owner];
    for (size_t dc = 0; dc < w->f->dc_count; dc++) {
        if (!can_tell(&object->sight[dc]))
            continue;
        enum rbcd trust = open_at_back(w, back, t, dc);
        if (trust == RBCD_YES)
            t->open++;
        else if (trust == RBCD_GROUP)
            t->group_only++;
        else
            hop_set_add(&t->draft.bad, dc);
    }
}

static void say_closed(struct hop_work *w, const struct hop_side *back, struct towards *t)
{
    const struct hop_object *front = &w->f->objects[w->front.owner];
    const char *spn = back->names[0].spn.text, *other = other_name(w, back);
    struct hop_draft *d = &t->draft;
    text_append_fmt(&d->detail, "%s may not delegate to %s on ", front->name, spn);
    hop_say_dcs(w, &d->detail, &d->bad);
    if (!t->same_domain)
        text_append_fmt(
            &d->detail,
            ": %s is in another domain, where constrained delegation does not lead, and it does not "
            "trust %s",
            hop_name_of(w, back->owner), front->name);
    else if (other && !t->by_list)
        text_append_fmt(&d->detail,
                        ": the list has another name of that account, %s, and the KDC compares the string",
                        other);
    else
        text_append_fmt(&d->detail, ": it is not in msDS-AllowedToDelegateTo");
    hop_explain(w, d, w->front.owner, hop_delegation_attributes);
    hop_explain(w, d, back->owner, hop_delegation_attributes);
    if (d->next.len)
        return;
    if (t->same_domain)
        hop_say_add_target(w, &d->next, w->front.owner, spn);
    else
        text_append_fmt(
            &d->next,
            "let the back-end trust it (resource-based): -PrincipalsAllowedToDelegateToAccount of %s",
            hop_name_of(w, back->owner));
}

static void say_open(const struct hop_work *w, const struct hop_side *back, struct towards *t)
{
    const char *front = hop_name_of(w, w->front.owner), *spn = back->names[0].spn.text;
    struct text_buf *text = &t->draft.detail;
    if (t->by_list)
        text_append_fmt(text, "%s may delegate to %s: it is in its list on ", front, spn);
    else if (t->by_trust)
        text_append_fmt(text, "%s may delegate to %s: %s trusts it on ", front, spn,
                        hop_name_of(w, back->owner));
    else if (t->by_all)
        text_append_fmt(text, "%s may delegate to %s, as to any service, on ", front, spn);
    else {
        text_append_fmt(text, "%s trusts %s: whether %s is in that group is not stored",
                        hop_name_of(w, back->owner), t->group ? t->group : "?", front);
        return;
    }
    hop_say_count(text, t->open, &t->draft.unread);
}

void hop_judge_target(struct hop_work *w, const struct hop_side *back)
{
    if (w->front.broken || w->front.no_delegation || back->broken) {
        hop_skip(w, "back-target",
                 w->front.broken          ? w->front.broken_by
                 : w->front.no_delegation ? "front-delegation"
                                          : back->broken_by);
        return;
    }
    const struct hop_object *front = &w->f->objects[w->front.owner], *object = &w->f->objects[back->owner];
    struct towards t = {.draft = hop_draft_new(w), .same_domain = front->domain == object->domain};
    look_at_fronts_dcs(w, back, &t);
    if (!t.same_domain && !t.by_all) {
        hop_set_release(&t.draft.bad);
        t.draft.bad = hop_set_new(w);
        look_at_backs_dcs(w, back, &t);
    }
    hop_set_unread(w, &t.draft.unread, t.same_domain ? front->domain : object->domain, true);
    if (t.draft.bad.count) {
        say_closed(w, back, &t);
    } else if (t.hidden) {
        text_append_fmt(&t.draft.detail,
                        "userAccountControl of %s is hidden from the reader: whether it may delegate to any "
                        "service is not known",
                        front->name);
        text_append_str(&t.draft.next, "scan as a reader that may see it");
        hop_put(w, "back-target", HOP_NOT_KNOWN, &t.draft)->incomplete = true;
        return;
    } else if (!t.open && !t.by_group) {
        text_append_str(&t.draft.detail,
                        "no full replica of the domain was read, and the global catalog holds no delegation");
        hop_put(w, "back-target", HOP_NOT_KNOWN, &t.draft)->incomplete = true;
        return;
    } else {
        say_open(w, back, &t);
        if (t.group_only) {
            text_append_fmt(&t.draft.next, "look at the members of %s", t.group ? t.group : "that group");
            hop_put(w, "back-target", HOP_NOT_KNOWN, &t.draft);
            return;
        }
    }
    hop_conclude(w, "back-target", &t.draft);
}
