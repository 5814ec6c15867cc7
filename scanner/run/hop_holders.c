/* hop_holders.c: is a name held as it has to be: there, once, on one account, by one that is enabled? */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/hop_inside.h"

/* ---- ...-spn ---- */

static void say_several(struct text_buf *text, const struct hop_side *side)
{
    size_t said = 0;
    for (size_t n = 0; n < side->name_count && said < 3; n++)
        text_append_fmt(text, "%s%s", said++ ? ", " : "", side->names[n].spn.text);
    if (side->name_count > said)
        text_append_fmt(text, " and %zu more", side->name_count - said);
}

/* Of the same class and machine, with another port or another form of the name. */
static const char *near_name(const struct hop_work *w, const struct hop_spn *spn, size_t *ret_object)
{
    char label[256], other[256];
    hop_host_label(spn->host, label, sizeof label);
    for (size_t o = 0; o < w->f->object_count; o++)
        for (size_t dc = 0; dc < w->f->dc_count; dc++) {
            const struct hop_texts *spns = w->f->objects[o].sight[dc].spns;
            for (size_t i = 0; spns && i < spns->count; i++) {
                struct hop_spn held;
                if (!hop_spn_parse(spns->items[i], &held) || strcmp(held.class_name, spn->class_name) != 0)
                    continue;
                hop_host_label(held.host, other, sizeof other);
                if (strcmp(label, other) == 0) {
                    *ret_object = o;
                    return spns->items[i];
                }
            }
        }
    return NULL;
}

static void say_near(const struct hop_work *w, struct hop_draft *d, const struct hop_side *side)
{
    size_t object = 0;
    const char *near = side->name_count ? near_name(w, &side->names[0].spn, &object) : NULL;
    if (near)
        text_append_fmt(&d->detail, "; another form of it is held: %s, by %s", near,
                        w->f->objects[object].name);
}

static void nobody_holds(struct hop_work *w, struct hop_side *side, const char *id)
{
    struct hop_draft d = hop_draft_new(w);
    for (size_t dc = 0; dc < w->f->dc_count; dc++)
        if (w->f->dcs[dc].complete)
            hop_set_add(&d.bad, dc);
    if (w->q->front_is_account && side == &w->front) {
        text_append_fmt(&d.detail, "no DC shows an account '%s' with an SPN or a delegation setting",
                        side->text);
        text_append_str(&d.next,
                        "setspn -L tells whether the account is there; or give the SPN that users ask for");
    } else {
        text_append_fmt(&d.detail, "no account holds %s, nor what stands for it, on any DC that was read",
                        side->text);
        say_near(w, &d, side);
        text_append_str(&d.next, "register it on the account that runs the service: ");
        hop_say_setspn(w, &d.next, 'S', side->text, -1);
    }
    hop_put(w, id, HOP_FAIL, &d);
    side->broken = true;
    side->broken_by = id;
}

/* Accounts by name: it has to hold each of its own names where it holds it at all. */
static bool missing_at(const struct hop_work *w, const struct hop_side *side, const struct hop_held *held,
                       size_t dc)
{
    if (side == &w->front && w->q->front_is_account && held->at[dc] == HELD_BY_ONE)
        return held->holder[dc] != (size_t)w->q->front_object;
    return held->at[dc] == HELD_BY_NONE;
}

static void judge_spn(struct hop_work *w, struct hop_side *side, const char *id)
{
    struct hop_draft d = hop_draft_new(w);
    const struct hop_held *first = NULL;
    size_t copies = 0;
    for (size_t n = 0; n < side->name_count; n++) {
        const struct hop_held *held = &side->names[n];
        copies = held->copies > copies ? held->copies : copies;
        for (size_t dc = 0; dc < w->f->dc_count; dc++) {
            if (missing_at(w, side, held, dc)) {
                hop_set_add(&d.bad, dc);
                first = first ? first : held;
            } else if (held->at[dc] == HELD_UNASKED) {
                hop_set_add(&d.unread, dc);
            }
        }
    }
    hop_set_unread(w, &d.unread, w->f->objects[side->owner].domain, false);
    if (first) {
        text_append_fmt(&d.detail, "%s is missing on ", first->by_alias ? first->alias : first->spn.text);
        hop_say_dcs(w, &d.detail, &d.bad);
        text_append_fmt(&d.detail, "; elsewhere %s holds it", hop_name_of(w, side->owner));
        hop_explain(w, &d, side->owner, hop_spn_attributes);
        if (!d.next.len)
            text_append_str(&d.next, "spnscan watch, with that name, tells when it arrives");
    } else {
        const struct hop_held *held = &side->names[0];
        if (side->name_count > 1)
            say_several(&d.detail, side);
        else
            text_append_str(&d.detail, held->spn.text);
        text_append_fmt(&d.detail, " %s held by %s on ", side->name_count > 1 ? "are" : "is",
                        hop_name_of(w, side->owner));
        hop_say_count(&d.detail, copies, &d.unread);
        if (held->by_alias)
            text_append_fmt(&d.detail, ", by alias: %s stands for it", held->alias);
    }
    hop_conclude(w, id, &d);
}

/* ---- ...-unique ---- */

static void say_holders(const struct hop_work *w, struct text_buf *text, const struct hop_held *held,
                        const struct hop_set *set)
{
    const char *key = held->by_alias ? held->alias : held->spn.key;
    size_t said = 0;
    for (size_t o = 0; o < w->f->object_count; o++)
        for (size_t dc = 0; dc < w->f->dc_count; dc++)
            if (set->in[dc] && hop_holds(w->f->objects[o].sight[dc].spns, key)) {
                text_append_fmt(text, "%s%s", said++ ? ", " : "", w->f->objects[o].name);
                break;
            }
}

/* What another account holds under the class that stands for this one: legal, as the exact name goes first.
 */
static void note_shadow(const struct hop_work *w, struct text_buf *text, const struct hop_held *held)
{
    for (size_t m = 0; !held->by_alias && m < w->f->mapping_count; m++) {
        char key[HOP_SPN_MAX];
        if (strcmp(w->f->mappings[m].class_name, held->spn.class_name) != 0)
            continue;
        hop_spn_as_class(&held->spn, w->f->mappings[m].stands_for, key, sizeof key);
        for (size_t o = 0; o < w->f->object_count; o++)
            if ((long)o != held->owner && hop_held_by(&w->f->objects[o], key, w->f->dc_count)) {
                text_append_fmt(text, " (%s on %s stands for it only where the exact name is on nobody)", key,
                                w->f->objects[o].name);
                return;
            }
    }
}

static void judge_unique(struct hop_work *w, const struct hop_side *side, const char *id)
{
    struct hop_draft d = hop_draft_new(w);
    const struct hop_held *first = NULL;
    for (size_t n = 0; n < side->name_count; n++)
        for (size_t dc = 0; dc < w->f->dc_count; dc++)
            if (side->names[n].at[dc] == HELD_BY_SEVERAL) {
                hop_set_add(&d.bad, dc);
                first = first ? first : &side->names[n];
            } else if (side->names[n].at[dc] == HELD_UNASKED) {
                hop_set_add(&d.unread, dc);
            }
    hop_set_unread(w, &d.unread, w->f->objects[side->owner].domain, false);
    if (first) {
        const char *name = first->by_alias ? first->alias : first->spn.text;
        text_append_fmt(&d.detail, "%s is held by several accounts (", name);
        say_holders(w, &d.detail, first, &d.bad);
        text_append_str(&d.detail, ") on ");
        hop_say_dcs(w, &d.detail, &d.bad);
        for (size_t o = 0; o < w->f->object_count; o++)
            if (hop_held_by(&w->f->objects[o], first->by_alias ? first->alias : first->spn.key,
                            w->f->dc_count))
                hop_explain(w, &d, (long)o, hop_spn_attributes);
        if (!d.next.len) {
            text_append_str(&d.next, "take it from those that do not run the service: ");
            hop_say_setspn(w, &d.next, 'D', name, -1);
        }
    } else {
        if (side->name_count > 1)
            text_append_fmt(&d.detail, "each of the %zu names is on one account", side->name_count);
        else
            text_append_fmt(&d.detail, "no second account holds %s", side->names[0].spn.text);
        note_shadow(w, &d.detail, &side->names[0]);
    }
    hop_conclude(w, id, &d);
}

/* ---- ...-account ---- */

/* Only the machine itself can read its tickets; and a name that is not the machine's own is one of several
 * hosts. */
static void note_computer(const struct hop_work *w, struct text_buf *text, const struct hop_side *side)
{
    const struct hop_object *o = &w->f->objects[side->owner];
    char label[256];
    hop_host_label(side->names[0].spn.host, label, sizeof label);
    size_t len = strcspn(o->name, "$");
    for (size_t dc = 0; dc < w->f->dc_count; dc++) {
        const struct hop_account *account = o->sight[dc].account;
        if (!account || !account->has_uac || !(account->uac & UAC_WORKSTATION))
            continue;
        char sam[256];
        snprintf(sam, sizeof sam, "%.*s", (int)len, o->name);
        if (!hop_same(sam, label) &&
            !(account->dns_host && hop_same(account->dns_host, side->names[0].spn.host)))
            text_append_fmt(
                text,
                "; it is a machine's account (or a gMSA's): a service on several hosts needs one account "
                "that all of them run as");
        return;
    }
}

static bool front_of(const struct hop_side *side)
{
    return strcmp(side->prefix, "front") == 0;
}

static void judge_account(struct hop_work *w, const struct hop_side *side, const char *id)
{
    struct hop_draft d = hop_draft_new(w);
    const struct hop_held *first = NULL;
    bool by_name = side == &w->front && w->q->front_is_account;
    for (size_t n = 0; !by_name && n < side->name_count; n++)
        for (size_t dc = 0; dc < w->f->dc_count; dc++) {
            const struct hop_held *held = &side->names[n];
            if (held->at[dc] == HELD_BY_ONE && (held->tie || held->holder[dc] != (size_t)held->owner)) {
                hop_set_add(&d.bad, dc);
                first = first ? first : held;
            } else if (held->at[dc] == HELD_UNASKED) {
                hop_set_add(&d.unread, dc);
            }
        }
    hop_set_unread(w, &d.unread, w->f->objects[side->owner].domain, false);
    if (!by_name && side->names[0].unclear) {
        hop_set_release(&d.bad);
        hop_set_release(&d.unread);
        hop_skip(w, id, front_of(side) ? "front-unique" : "back-unique");
        return;
    }
    if (first) {
        text_append_fmt(&d.detail, "%s is on another account from DC to DC: ", first->spn.text);
        for (size_t dc = 0, said = 0; dc < w->f->dc_count && said < 4; dc++)
            if (d.bad.in[dc])
                text_append_fmt(&d.detail, "%s%s on %s", said++ ? ", " : "",
                                w->f->objects[first->holder[dc]].name, w->f->dcs[dc].name);
        if (!first->tie)
            text_append_fmt(&d.detail, "; elsewhere %s", hop_name_of(w, first->owner));
        for (size_t o = 0; o < w->f->object_count; o++)
            if (hop_held_by(&w->f->objects[o], first->by_alias ? first->alias : first->spn.key,
                            w->f->dc_count))
                hop_explain(w, &d, (long)o, hop_spn_attributes);
        if (!d.next.len) {
            text_append_str(&d.next, "take it from the account that does not run the service: ");
            hop_say_setspn(w, &d.next, 'D', first->spn.text, -1);
        }
    } else if (by_name) {
        text_append_fmt(&d.detail, "%s holds %zu name%s that browsers ask for", hop_name_of(w, side->owner),
                        side->name_count, side->name_count == 1 ? "" : "s");
    } else {
        text_append_fmt(&d.detail, "it is %s; the service has to run as that, on every host",
                        hop_name_of(w, side->owner));
        note_computer(w, &d.detail, side);
    }
    hop_conclude(w, id, &d);
}

static void no_web_names(struct hop_work *w, struct hop_side *side)
{
    struct hop_draft d = hop_draft_new(w);
    const struct hop_object *o = &w->f->objects[w->q->front_object];
    for (size_t dc = 0; dc < w->f->dc_count; dc++)
        if (o->sight[dc].shows == HOP_SHOWN)
            hop_set_add(&d.bad, dc);
    text_append_fmt(&d.detail,
                    "%s holds no HTTP name, nor one that stands for it: browsers get no ticket for it",
                    o->name);
    hop_say_setspn(w, &d.next, 'S', "HTTP/NAME", w->q->front_object);
    text_append_str(&d.next, ", for each name in users' addresses");
    hop_skip(w, "front-spn", "front-account");
    hop_skip(w, "front-unique", "front-account");
    hop_put(w, "front-account", HOP_FAIL, &d);
    side->owner = w->q->front_object;
    side->broken = true;
    side->broken_by = "front-account";
}

/* ---- ...-enabled ---- */

static void judge_enabled(struct hop_work *w, const struct hop_side *side, const char *id)
{
    struct hop_draft d = hop_draft_new(w);
    const struct hop_object *o = &w->f->objects[side->owner];
    size_t seen = 0, hidden = 0;
    for (size_t dc = 0; dc < w->f->dc_count; dc++) {
        const struct hop_account *account = o->sight[dc].account;
        if (!account)
            continue;
        if (!account->has_uac) {
            hop_set_add(&d.unread, dc);
            hidden++;
        } else if (account->uac & UAC_DISABLED) {
            hop_set_add(&d.bad, dc);
        } else {
            seen++;
        }
    }
    hop_set_unread(w, &d.unread, o->domain, false);
    if (d.bad.count) {
        text_append_fmt(&d.detail, "%s is disabled on ", o->name);
        hop_say_dcs(w, &d.detail, &d.bad);
        hop_explain(w, &d, side->owner, hop_uac_attributes);
        if (!d.next.len)
            text_append_fmt(&d.next, "enable it: Enable-ADAccount %s", o->guid);
    } else if (hidden) {
        text_append_fmt(&d.detail, "userAccountControl of %s is hidden from the reader", o->name);
        text_append_str(&d.next, "scan as a reader that may see it (README: rights)");
        hop_put(w, id, HOP_NOT_KNOWN, &d);
        return;
    } else {
        text_append_fmt(&d.detail, "%s is enabled on ", o->name);
        hop_say_count(&d.detail, seen, &d.unread);
    }
    hop_conclude(w, id, &d);
}

/* ---- one side ---- */

static const char *const front_ids[] = {"front-spn", "front-unique", "front-account", "front-enabled"};
static const char *const back_ids[] = {"back-spn", "back-unique", "back-account", "back-enabled"};

void hop_judge_holders(struct hop_work *w, struct hop_side *side)
{
    bool front = side == &w->front;
    const char *const *ids = front ? front_ids : back_ids;
    if (front && w->q->front_is_account && w->q->front_object >= 0 && !side->name_count) {
        no_web_names(w, side);
        judge_enabled(w, side, ids[3]);
        return;
    }
    if (front && w->q->front_is_account)
        side->owner = w->q->front_object;
    if (side->owner < 0) {
        nobody_holds(w, side, ids[0]);
        for (size_t i = 1; i < 4; i++)
            hop_skip(w, ids[i], ids[0]);
        return;
    }
    judge_spn(w, side, ids[0]);
    judge_unique(w, side, ids[1]);
    judge_account(w, side, ids[2]);
    /* Which of the accounts it is that the rest rests on, nobody knows then. */
    if ((side->names[0].tie || side->names[0].unclear) && !(front && w->q->front_is_account)) {
        side->broken = true;
        side->broken_by = side->names[0].unclear ? ids[1] : ids[2];
        hop_skip(w, ids[3], side->broken_by);
        return;
    }
    judge_enabled(w, side, ids[3]);
}
