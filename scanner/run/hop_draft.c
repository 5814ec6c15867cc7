/* hop_draft.c: how a link is written: sets of DCs, their words, and what explains a difference. */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/hop_inside.h"

#define NAMED_DCS 4 /* in a detail; the column has them all */

struct hop_set hop_set_new(const struct hop_work *w)
{
    return (struct hop_set){.in = xcalloc(w->f->dc_count, sizeof(bool)), .size = w->f->dc_count};
}

void hop_set_add(struct hop_set *set, size_t dc)
{
    set->count += !set->in[dc];
    set->in[dc] = true;
}

void hop_set_release(struct hop_set *set)
{
    free(set->in);
    *set = (struct hop_set){0};
}

void hop_set_unread(const struct hop_work *w, struct hop_set *set, size_t domain, bool full)
{
    for (size_t i = 0; i < w->f->dc_count; i++) {
        const struct hop_dc *dc = &w->f->dcs[i];
        bool own =
            !dc->domain[0] || domain >= w->f->domain_count || hop_same(dc->domain, w->f->domains[domain].dns);
        if (!dc->complete && !dc->excluded && (own || (!full && dc->is_gc != 0)))
            hop_set_add(set, i);
    }
}

void hop_say_dcs(const struct hop_work *w, struct text_buf *text, const struct hop_set *set)
{
    size_t said = 0;
    for (size_t i = 0; i < set->size && said < NAMED_DCS; i++)
        if (set->in[i]) {
            bool last = said + 1 == set->count;
            text_append_fmt(text, "%s%s", !said ? "" : last ? " and " : ", ", w->f->dcs[i].name);
            said++;
        }
    if (set->count > said)
        text_append_fmt(text, " and %zu more", set->count - said);
}

void hop_say_count(struct text_buf *text, size_t count, const struct hop_set *unread)
{
    if (unread->count)
        text_append_fmt(text, count == 1 ? "the one DC that was read" : "the %zu DCs that were read", count);
    else if (count <= 2)
        text_append_str(text, count == 1 ? "the only DC" : "both DCs");
    else
        text_append_fmt(text, "all %zu DCs", count);
}

const char *hop_name_of(const struct hop_work *w, long object)
{
    return object < 0 ? "?" : w->f->objects[object].name;
}

/* ---- links ---- */

struct hop_draft hop_draft_new(const struct hop_work *w)
{
    return (struct hop_draft){.bad = hop_set_new(w), .unread = hop_set_new(w)};
}

static char *join(const struct hop_work *w, const struct hop_set *set)
{
    struct text_buf text = {0};
    text_append_str(&text, "");
    for (size_t i = 0; i < set->size; i++)
        if (set->in[i])
            text_append_fmt(&text, "%s%s", text.len ? ";" : "", w->f->dcs[i].name);
    return text.data;
}

static char *keep(struct text_buf *text)
{
    text_append_str(text, "");
    return text->data;
}

struct hop_link *hop_put(struct hop_work *w, const char *id, enum hop_state state, struct hop_draft *draft)
{
    struct hop_chain *chain = w->chain;
    chain->links = xgrow(chain->links, &chain->size, chain->count + 1, sizeof *chain->links);
    struct hop_link *link = &chain->links[chain->count++];
    *link = (struct hop_link){.id = id,
                              .state = state,
                              .incomplete = state == HOP_NOT_KNOWN && draft->unread.count,
                              .dcs = join(w, state == HOP_FAIL ? &draft->bad : &draft->unread),
                              .detail = keep(&draft->detail),
                              .next = keep(&draft->next)};
    hop_set_release(&draft->bad);
    hop_set_release(&draft->unread);
    *draft = (struct hop_draft){0};
    return link;
}

struct hop_link *hop_conclude(struct hop_work *w, const char *id, struct hop_draft *draft)
{
    enum hop_state state = draft->bad.count ? HOP_FAIL : draft->unread.count ? HOP_NOT_KNOWN : HOP_PASS;
    if (state == HOP_NOT_KNOWN) {
        text_append_str(&draft->detail, "; not read: ");
        hop_say_dcs(w, &draft->detail, &draft->unread);
        if (!draft->next.len)
            text_append_str(&draft->next, "see link coverage");
    }
    return hop_put(w, id, state, draft);
}

void hop_skip(struct hop_work *w, const char *id, const char *because)
{
    struct hop_draft draft = hop_draft_new(w);
    text_append_fmt(&draft.detail, "not checked: %s has to be mended first", because);
    hop_put(w, id, HOP_NOT_KNOWN, &draft);
}

/* ---- why DCs differ ---- */

const char *const hop_spn_attributes[] = {"servicePrincipalName", "objectGUID", "isDeleted", NULL};
const char *const hop_uac_attributes[] = {"userAccountControl", "objectGUID", "isDeleted", NULL};
const char *const hop_delegation_attributes[] = {"msDS-AllowedToDelegateTo",
                                                 "msDS-AllowedToActOnBehalfOfOtherIdentity",
                                                 "userAccountControl",
                                                 "objectGUID",
                                                 "isDeleted",
                                                 NULL};
const char *const hop_enctype_attributes[] = {"msDS-SupportedEncryptionTypes", "userAccountControl",
                                              "objectGUID", "isDeleted", NULL};

/* What stands in a command that an admin may paste: whatever a shell could take for more than a word (names
 * come from whoever may create an account) is replaced by what to put there. */
static void say_word(struct text_buf *text, const char *word, const char *instead)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/-";
    size_t len = strspn(word, plain);
    /* The dollar of a machine's name stands last, and no shell makes anything of it. */
    len += word[len] == '$' && !word[len + 1];
    text_append_str(text, len && !word[len] && word[0] != '-' && word[0] != '/' ? word : instead);
}

void hop_say_setspn(const struct hop_work *w, struct text_buf *text, char how, const char *spn, long object)
{
    text_append_fmt(text, "setspn -%c ", how);
    say_word(text, spn, "SPN");
    text_append_char(text, ' ');
    say_word(text, object < 0 ? "ACCOUNT" : w->f->objects[object].name, "ACCOUNT");
}

void hop_say_add_target(const struct hop_work *w, struct text_buf *text, long object, const char *spn)
{
    text_append_fmt(text, "Set-ADObject %s -Add @{'msDS-AllowedToDelegateTo'='", w->f->objects[object].guid);
    say_word(text, spn, "SPN");
    text_append_fmt(text, "'} (%s)", hop_name_of(w, object));
}

void hop_say_step(const struct hop_work *w, struct text_buf *text, const struct hop_difference *d)
{
    const char *verdict = d->verdict ? d->verdict : "", *dc = w->f->dcs[d->dc].name;
    const struct hop_object *object = &w->f->objects[d->object];
    const char *nc = object->domain < w->f->domain_count ? w->f->domains[object->domain].dn : "DOMAIN-DN";
    if (strcmp(verdict, "lagging") == 0 || strcmp(verdict, "deletion-lagging") == 0) {
        if (d->winner)
            text_append_fmt(text, "wait for replication, or fetch it: repadmin /replicate %s %s %s", dc,
                            d->winner, nc);
        else
            text_append_fmt(text, "wait for replication, or fetch it: repadmin /syncall %s %s", dc, nc);
    } else if (strcmp(verdict, "divergent") == 0 || strcmp(verdict, "corrupt") == 0) {
        text_append_fmt(
            text,
            "waiting will not mend it: compare repadmin /showobjmeta %s \"<GUID=%s>\" with another DC, then "
            "write the right value anew",
            dc, object->guid);
    } else if (strcmp(verdict, "hidden") == 0) {
        text_append_fmt(
            text, "compare the permissions of the account on %s: the reader may not see the value there", dc);
    } else if (strcmp(verdict, "lingering") == 0) {
        text_append_fmt(
            text,
            "remove the lingering object: repadmin /removelingeringobjects %s, with /advisory_mode first",
            dc);
    } else if (strcmp(verdict, "lost-update") == 0) {
        text_append_str(text, "two changes met and one was lost: write what is missing anew");
    } else {
        text_append_str(text, "spnscan report divergence tells how they differ, spnscan watch follows it");
    }
}

static bool among(const char *const *attributes, const char *name)
{
    for (; *attributes; attributes++)
        if (strcmp(*attributes, name) == 0)
            return true;
    return false;
}

void hop_explain(struct hop_work *w, struct hop_draft *draft, long object, const char *const *attributes)
{
    for (size_t i = 0; object >= 0 && i < w->f->difference_count; i++) {
        const struct hop_difference *d = &w->f->differences[i];
        if (d->object != (size_t)object || !draft->bad.in[d->dc] || w->told[i] ||
            !among(attributes, d->attribute))
            continue;
        w->told[i] = true;
        if (d->verdict)
            text_append_fmt(&draft->detail, "; %s: %s%s%s", w->f->dcs[d->dc].name, d->verdict,
                            d->written_at ? ", written " : "", d->written_at ? d->written_at : "");
        if (!draft->next.len)
            hop_say_step(w, &draft->next, d);
    }
}
