/* hop_user.c: may the user be delegated, and do the encryption types of the accounts meet? */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/hop_inside.h"

/* ---- user-delegable ---- */

#define ASK_USER                                                                                             \
    "look at the account: NOT_DELEGATED (\"sensitive and cannot be delegated\") and Protected Users forbid " \
    "it"

/* Only a back-end that is reached by resource-based delegation alone leaves it to the age of the KDCs. */
static void say_forbidden(const struct hop_work *w, struct hop_draft *d, const char *by)
{
    text_append_fmt(&d->detail, "%s %s on ", w->q->user, by);
    hop_say_dcs(w, &d->detail, &d->bad);
    text_append_str(
        &d->detail,
        ": its tickets cannot be passed on (resource-based delegation too, on KDCs with the updates "
        "for CVE-2020-16996)");
}

static void judge_stored_user(struct hop_work *w)
{
    struct hop_draft d = hop_draft_new(w);
    const struct hop_object *user = &w->f->objects[w->q->user_object];
    struct hop_set disabled = hop_set_new(w);
    size_t seen = 0;
    for (size_t dc = 0; dc < w->f->dc_count; dc++) {
        const struct hop_account *account = user->sight[dc].account;
        if (!account || !account->has_uac)
            continue;
        seen++;
        if (account->uac & (UAC_NOT_DELEGATED | UAC_DISABLED))
            hop_set_add(&d.bad, dc);
        if (account->uac & UAC_DISABLED)
            hop_set_add(&disabled, dc);
    }
    bool is_disabled = disabled.count && disabled.count == d.bad.count;
    hop_set_release(&disabled);
    if (d.bad.count && w->q->back_count + is_disabled) {
        say_forbidden(w, &d, is_disabled ? "is disabled" : "is marked NOT_DELEGATED (0x100000)");
        hop_explain(w, &d, w->q->user_object, hop_uac_attributes);
        if (!d.next.len)
            text_append_str(&d.next, is_disabled ? "try another user"
                                                 : "try another user, or take the mark away if it may be: "
                                                   "it protects privileged accounts");
        hop_put(w, "user-delegable", HOP_FAIL, &d);
        return;
    }
    if (d.bad.count)
        text_append_fmt(&d.detail, "%s may not be delegated (0x100000): that matters with a back-end only",
                        w->q->user);
    else if (seen)
        text_append_fmt(&d.detail,
                        "%s is not marked NOT_DELEGATED; whether it is in Protected Users is not stored",
                        w->q->user);
    else
        text_append_fmt(&d.detail, "userAccountControl of %s is hidden from the reader", w->q->user);
    text_append_str(
        &d.next,
        "Get-ADPrincipalGroupMembership on the user: Protected Users (RID 525) forbids it; or ask with -s");
    d.bad.count = 0;
    hop_put(w, "user-delegable", HOP_NOT_KNOWN, &d);
}

static size_t asked_dc(const struct hop_work *w, const char *name)
{
    size_t dc = 0;
    while (dc < w->f->dc_count && !hop_same(w->f->dcs[dc].name, name))
        dc++;
    return dc;
}

static void list_dc(const struct hop_work *w, struct text_buf *names, struct hop_set *set, const char *name)
{
    size_t dc = asked_dc(w, name);
    text_append_fmt(names, "%s%s", names->len ? ", " : "", name);
    if (dc < w->f->dc_count)
        hop_set_add(set, dc);
}

/* What DCs say that were asked just now. */
static void judge_asked_user(struct hop_work *w)
{
    struct hop_draft d = hop_draft_new(w);
    struct text_buf bad = {0}, silent = {0};
    const char *why = NULL, *error = NULL;
    size_t fine = 0, absent = 0;
    for (size_t i = 0; i < w->q->asked_count; i++) {
        const struct hop_user_answer *a = &w->q->asked[i];
        const char *reason = !a->found                                  ? "is not there"
                             : a->has_uac && a->uac & UAC_DISABLED      ? "is disabled"
                             : !w->q->back_count                        ? NULL
                             : a->is_protected                          ? "is in Protected Users"
                             : a->has_uac && a->uac & UAC_NOT_DELEGATED ? "is marked NOT_DELEGATED (0x100000)"
                                                                        : NULL;
        if (a->error[0] || (!reason && (!a->has_uac || !a->has_groups))) {
            list_dc(w, &silent, &d.unread, a->dc);
            error = error ? error : a->error[0] ? a->error : NULL;
        } else if (reason) {
            why = why ? why : reason;
            absent += !a->found;
            list_dc(w, &bad, &d.bad, a->dc);
        } else {
            fine++;
        }
    }
    enum hop_state state = bad.len ? HOP_FAIL : silent.len || !fine ? HOP_NOT_KNOWN : HOP_PASS;
    if (bad.len) {
        text_append_fmt(&d.detail, "%s %s on %s (asked now)", w->q->user, why, bad.data);
        text_append_str(&d.next,
                        absent ? "a typo, or a user that has not been replicated there yet"
                               : "try another user; the mark and the group protect privileged accounts");
    } else if (state == HOP_PASS) {
        text_append_fmt(&d.detail,
                        w->q->back_count
                            ? "%s may be delegated: neither NOT_DELEGATED nor in Protected Users on "
                            : "%s is enabled on ",
                        w->q->user);
        hop_say_count(&d.detail, fine, &d.unread);
        text_append_str(&d.detail, " that hold it (asked now)");
    } else {
        text_append_fmt(&d.detail, "not answered, or not shown, by %s", silent.len ? silent.data : "any DC");
        if (error)
            text_append_fmt(&d.detail, ": %s", error);
        text_append_str(&d.next, ASK_USER);
    }
    text_release(&bad);
    text_release(&silent);
    struct hop_link *link = hop_put(w, "user-delegable", state, &d);
    link->incomplete = state == HOP_NOT_KNOWN;
}

void hop_judge_user(struct hop_work *w)
{
    struct hop_draft d;
    if (w->q->asked) {
        judge_asked_user(w);
        return;
    }
    if (w->q->user_object >= 0) {
        judge_stored_user(w);
        return;
    }
    d = hop_draft_new(w);
    if (w->q->user_matches > 1)
        text_append_fmt(&d.detail, "%zu accounts are named '%s'", w->q->user_matches, w->q->user);
    else
        text_append_fmt(&d.detail,
                        "%s is not in the database: a scan stores accounts with SPNs or delegation alone",
                        w->q->user);
    text_append_str(&d.next, w->q->user_matches > 1 ? "say which: DOMAIN\\name" : ASK_USER);
    hop_put(w, "user-delegable", HOP_NOT_KNOWN, &d);
}

/* ---- encryption ---- */

/* msDS-SupportedEncryptionTypes, MS-KILE 2.2.7 */
#define ENC_DES 0x3u
#define ENC_RC4 0x4u
#define ENC_AES 0x18u

struct enctypes {
    uint32_t bits;
    bool known, unset, des_only;
};

/* What a DC makes of an account's key types. Unset stands for the DC's default: RC4 (with AES session keys),
 * or AES alone since the updates of 2026 (CVE-2026-20833). */
static struct enctypes enctypes_at(const struct hop_sight *sight)
{
    struct enctypes e = {0};
    if (!sight->full || sight->shows != HOP_SHOWN || !sight->delegation)
        return e;
    e.known = true;
    e.des_only = sight->account->has_uac && sight->account->uac & UAC_DES_ONLY;
    e.bits =
        sight->delegation->has_enctypes ? sight->delegation->enctypes & (ENC_DES | ENC_RC4 | ENC_AES) : 0;
    e.unset = !e.bits;
    if (e.unset)
        e.bits = ENC_RC4 | ENC_AES;
    if (e.des_only)
        e.bits &= ENC_DES;
    return e;
}

static const char *enctypes_text(const struct enctypes *e)
{
    if (e->des_only)
        return "DES alone (USE_DES_KEY_ONLY)";
    if (e->unset)
        return "the default";
    if (!(e->bits & (ENC_RC4 | ENC_AES)))
        return "DES alone";
    if (!(e->bits & ENC_AES))
        return "RC4";
    return e->bits & ENC_RC4 ? "RC4 and AES" : "AES";
}

struct meeting {
    struct hop_draft draft;
    struct enctypes front, back; /* as the first DC that tells has them */
    bool weak;                   /* they meet on the old default alone */
    bool one_fails;              /* an account by itself has none that a KDC uses */
    long culprit;
    size_t seen;
};

static bool usable(const struct enctypes *e)
{
    return e->bits & (ENC_RC4 | ENC_AES);
}

static void meet_at(const struct hop_work *w, struct meeting *m, const struct hop_side *back, size_t dc)
{
    struct enctypes f = enctypes_at(&w->f->objects[w->front.owner].sight[dc]);
    struct enctypes b = back ? enctypes_at(&w->f->objects[back->owner].sight[dc]) : f;
    /* In another domain other DCs hold the back-end. */
    if (!f.known && !b.known)
        return;
    f = f.known ? f : m->front.known ? m->front : b;
    b = b.known ? b : m->back.known ? m->back : f;
    bool f_usable = usable(&f), b_usable = usable(&b);
    bool fails = !f_usable || !b_usable || !(f.bits & b.bits & (ENC_RC4 | ENC_AES));
    if (!m->seen++ || (fails && !m->draft.bad.count)) {
        m->front = f;
        m->back = b;
    }
    if (fails) {
        hop_set_add(&m->draft.bad, dc);
        m->one_fails |= !f_usable || !b_usable;
        m->culprit = !f_usable || !back ? w->front.owner : back->owner;
    }
    m->weak |= (f.unset && !(b.bits & ENC_AES)) || (b.unset && !(f.bits & ENC_AES));
}

static void say_types(const struct hop_work *w, struct meeting *m, const struct hop_side *back)
{
    struct text_buf *text = &m->draft.detail;
    text_append_fmt(text, "%s has %s", hop_name_of(w, w->front.owner), enctypes_text(&m->front));
    if (back)
        text_append_fmt(text, ", %s has %s", hop_name_of(w, back->owner), enctypes_text(&m->back));
    if (m->draft.bad.count) {
        text_append_fmt(text, ": %s on ", m->one_fails ? "KDCs give no such tickets" : "they do not meet");
        hop_say_dcs(w, text, &m->draft.bad);
    } else if (m->weak) {
        text_append_str(text, ": they meet on RC4 alone, which KDCs with the updates of 2026 "
                              "(CVE-2026-20833) no longer take for "
                              "the default");
    }
}

static void judge_pair(struct hop_work *w, const struct hop_side *back)
{
    const struct hop_facts *f = w->f;
    struct meeting m = {.draft = hop_draft_new(w), .culprit = -1};
    if (back && f->objects[back->owner].domain != f->objects[w->front.owner].domain) {
        /* Each side from its own DCs: those of the front first, so that there is something to meet. */
        for (size_t dc = 0; dc < f->dc_count && !m.front.known; dc++)
            m.front = enctypes_at(&f->objects[w->front.owner].sight[dc]);
        for (size_t dc = 0; dc < f->dc_count && !m.back.known; dc++)
            m.back = enctypes_at(&f->objects[back->owner].sight[dc]);
    }
    for (size_t dc = 0; dc < f->dc_count; dc++)
        meet_at(w, &m, back, dc);
    hop_set_unread(w, &m.draft.unread, f->objects[w->front.owner].domain, true);
    if (back)
        hop_set_unread(w, &m.draft.unread, f->objects[back->owner].domain, true);
    if (!m.seen) {
        text_append_str(
            &m.draft.detail,
            "no full replica of the domain was read, and the global catalog holds no encryption types");
        hop_put(w, "encryption", HOP_NOT_KNOWN, &m.draft)->incomplete = true;
        return;
    }
    say_types(w, &m, back);
    if (m.draft.bad.count) {
        hop_explain(w, &m.draft, w->front.owner, hop_enctype_attributes);
        if (back)
            hop_explain(w, &m.draft, back->owner, hop_enctype_attributes);
        if (!m.draft.next.len)
            text_append_fmt(&m.draft.next,
                            "give %s AES: set msDS-SupportedEncryptionTypes to 24%s, and its password anew "
                            "if it is older than that",
                            hop_name_of(w, m.culprit),
                            m.front.des_only || m.back.des_only ? ", take USE_DES_KEY_ONLY away" : "");
    }
    hop_conclude(w, "encryption", &m.draft);
}

void hop_judge_encryption(struct hop_work *w)
{
    size_t judged = 0;
    if (w->front.broken) {
        hop_skip(w, "encryption", w->front.broken_by);
        return;
    }
    for (size_t b = 0; b < w->q->back_count; b++)
        if (!w->backs[b].broken) {
            judge_pair(w, &w->backs[b]);
            judged++;
        }
    if (!judged)
        judge_pair(w, NULL);
}
