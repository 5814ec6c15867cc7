/* hop_around.c: what the chain stands on: clocks, replication of its objects, DCs that were read, DNS. */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/hop_inside.h"

#define SKEW_FAIL_MS  300000 /* Kerberos' own limit (MS-KILE 3.1.1.1 and its default policy) */
#define SKEW_WARN_MS  120000
#define SKEW_NOISE_MS 2000 /* rootDSE tells whole seconds */

/* ---- clocks ---- */

static int compare_ms(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* How far a clock is from the middle of the others: of an even number, from the nearer of the two in the
 * middle, so that a clock between them is not off. */
static int64_t off_by(const struct hop_facts *f, size_t dc, int64_t *others)
{
    size_t count = 0;
    int64_t own = f->dcs[dc].skew_ms;
    for (size_t i = 0; i < f->dc_count; i++)
        if (i != dc && f->dcs[i].complete && f->dcs[i].has_skew)
            others[count++] = f->dcs[i].skew_ms;
    if (!count)
        return 0;
    qsort(others, count, sizeof *others, compare_ms);
    int64_t low = others[(count - 1) / 2], high = others[count / 2];
    return own < low ? own - low : own > high ? own - high : 0;
}

void hop_judge_clocks(struct hop_work *w)
{
    const struct hop_facts *f = w->f;
    struct hop_draft d = hop_draft_new(w);
    int64_t *others = xcalloc(f->dc_count, sizeof *others), worst = 0;
    size_t told = 0, worst_dc = 0;
    for (size_t dc = 0; dc < f->dc_count; dc++) {
        if (!f->dcs[dc].complete)
            continue;
        if (!f->dcs[dc].has_skew) {
            hop_set_add(&d.unread, dc);
            continue;
        }
        int64_t off = off_by(f, dc, others);
        told++;
        if (llabs(off) > llabs(worst)) {
            worst = off;
            worst_dc = dc;
        }
        if (llabs(off) >= SKEW_FAIL_MS)
            hop_set_add(&d.bad, dc);
    }
    free(others);
    hop_set_unread(w, &d.unread, f->domain_count, false);
    if (llabs(worst) >= SKEW_NOISE_MS)
        text_append_fmt(&d.detail, "the clock of %s is %lld.%lld s %s the others", f->dcs[worst_dc].name,
                        llabs(worst) / 1000, llabs(worst) / 100 % 10, worst < 0 ? "behind" : "before");
    else
        text_append_fmt(&d.detail,
                        told > 1 ? "the clocks of %zu DCs agree" : "there is one DC: nothing to compare",
                        told);
    if (d.bad.count) {
        text_append_str(&d.detail,
                        d.bad.count > 1 ? "; off by 300 s and more: " : ": Kerberos takes less than 300 s");
        if (d.bad.count > 1)
            hop_say_dcs(w, &d.detail, &d.bad);
        text_append_str(&d.next, "w32tm /query /status there, then w32tm /resync");
    } else if (llabs(worst) >= SKEW_WARN_MS) {
        text_append_str(&d.detail, ": that is much, and from 300 s on Kerberos fails");
    }
    hop_conclude(w, "clocks", &d);
}

/* ---- replication ---- */

/* Whether the chain rests on the object: not what merely shares a host's name. */
static bool in_chain(const struct hop_work *w, size_t object)
{
    bool is = w->front.owner == (long)object || w->q->user_object == (long)object;
    for (size_t b = 0; b < w->q->back_count; b++)
        is |= w->backs[b].owner == (long)object;
    return is;
}

static bool is_harmless(const struct hop_difference *d)
{
    return d->severity && strcmp(d->severity, "info") == 0;
}

void hop_judge_replication(struct hop_work *w)
{
    struct hop_draft d = hop_draft_new(w);
    struct text_buf notes = {0};
    size_t said = 0, elsewhere = 0;
    for (size_t i = 0; i < w->f->difference_count; i++) {
        const struct hop_difference *x = &w->f->differences[i];
        struct text_buf *text = is_harmless(x) ? &notes : &d.detail;
        if (!in_chain(w, x->object))
            continue;
        if (w->told[i]) {
            elsewhere++;
            continue;
        }
        if (!is_harmless(x))
            hop_set_add(&d.bad, x->dc);
        if (said++ < 4)
            text_append_fmt(text, "%s%s shows another %s on %s (%s)", text->len ? "; " : "",
                            w->f->dcs[x->dc].name,
                            strcmp(x->attribute, "objectGUID") == 0 ? "state" : x->attribute,
                            hop_name_of(w, (long)x->object), x->verdict ? x->verdict : "why is not judged");
        if (!is_harmless(x) && !d.next.len)
            hop_say_step(w, &d.next, x);
    }
    if (w->front.owner < 0) {
        text_release(&notes);
        hop_set_release(&d.bad);
        hop_set_release(&d.unread);
        hop_skip(w, "replication", w->front.broken_by);
        return;
    }
    hop_set_unread(w, &d.unread, w->f->objects[w->front.owner].domain, false);
    if (!d.bad.count && notes.len)
        text_append_fmt(&d.detail, "%s: on its way, and the chain does not rest on it", notes.data);
    else if (!d.bad.count && elsewhere)
        text_append_str(&d.detail, "what DCs show otherwise is told above, at the link that it breaks");
    else if (!d.bad.count)
        text_append_str(&d.detail, "every DC shows the same of the accounts of this chain");
    text_release(&notes);
    hop_conclude(w, "replication", &d);
}

/* ---- coverage ---- */

void hop_judge_coverage(struct hop_work *w)
{
    struct hop_draft d = hop_draft_new(w);
    struct hop_set out = hop_set_new(w), other = hop_set_new(w);
    size_t read = 0;
    for (size_t o = 0; o < w->f->object_count; o++)
        if (in_chain(w, o))
            hop_set_unread(w, &d.unread, w->f->objects[o].domain, false);
    if (w->front.owner < 0)
        hop_set_unread(w, &d.unread, w->f->domain_count, false);
    for (size_t dc = 0; dc < w->f->dc_count; dc++) {
        read += w->f->dcs[dc].complete;
        if (w->f->dcs[dc].excluded)
            hop_set_add(&out, dc);
        else if (!w->f->dcs[dc].complete && !d.unread.in[dc])
            hop_set_add(&other, dc);
    }
    if (d.unread.count) {
        text_append_str(&d.detail, "not read to the end: ");
        hop_say_dcs(w, &d.detail, &d.unread);
        text_append_str(&d.detail, "; whatever is said here, they may show otherwise");
        text_append_str(&d.next, "spnscan report dcs tells why; scan again when they answer");
        hop_put(w, "coverage", HOP_NOT_KNOWN, &d);
    } else {
        text_append_fmt(
            &d.detail, read == 1 ? "the one DC was read to its end" : "%zu DCs were read to their end", read);
        if (other.count) {
            text_append_str(&d.detail, "; not, and without a copy of these accounts: ");
            hop_say_dcs(w, &d.detail, &other);
        }
        if (out.count) {
            text_append_str(&d.detail, "; left out on request: ");
            hop_say_dcs(w, &d.detail, &out);
        }
        hop_put(w, "coverage", HOP_PASS, &d);
    }
    hop_set_release(&out);
    hop_set_release(&other);
}

/* ---- DNS ---- */

struct resolving {
    struct hop_draft draft;
    enum hop_state state;
    const struct hop_side *side; /* NULL: of an account, the front as a whole */
};

/* A failure's words stand alone; the first one gives the next step. */
static void dns_fails(struct resolving *r, enum hop_state state)
{
    if (r->state != HOP_FAIL && state == HOP_FAIL) {
        text_clear(&r->draft.detail);
        text_clear(&r->draft.next);
    }
    r->state = state;
}

static bool is_completed(const struct hop_dns *dns)
{
    size_t len = strlen(dns->host);
    return hop_host_is_short(dns->host) && strncmp(dns->canonical, dns->host, len) == 0 &&
           dns->canonical[len] == '.';
}

/* Clients follow CNAMEs and ask for the SPN of where they lead: it has to be on the same account. */
static void judge_alias(struct hop_work *w, struct resolving *r, const struct hop_dns *dns,
                        const struct hop_side *side)
{
    const struct hop_spn *spn = &side->names[0].spn;
    char class_name[64], name[HOP_SPN_MAX];
    struct hop_held held;
    hop_spn_class(spn, class_name, sizeof class_name);
    hop_spn_make(class_name, dns->canonical, spn->port, spn->service, name, sizeof name);
    hop_hold(w, name, &held);
    bool fine = held.owner >= 0 && held.owner == side->owner;
    if (!fine && !side->broken)
        dns_fails(r, HOP_FAIL);
    if (fine) {
        text_append_fmt(&r->draft.detail, "%s%s is a CNAME of %s; %s is on %s too",
                        r->draft.detail.len ? "; " : "", dns->host, dns->canonical, name,
                        hop_name_of(w, held.owner));
    } else if (!side->broken) {
        text_append_fmt(&r->draft.detail, "%s is a CNAME of %s: clients that follow it ask for %s, which ",
                        dns->host, dns->canonical, name);
        if (held.owner < 0)
            text_append_str(&r->draft.detail, "nobody holds");
        else
            text_append_fmt(&r->draft.detail, "is on %s%s%s", hop_name_of(w, held.owner),
                            held.by_alias ? " by alias " : "", held.by_alias ? held.alias : "");
        if (!r->draft.next.len)
            text_append_fmt(&r->draft.next, "make %s an A record, which is what a load balancer's name needs",
                            dns->host);
    }
    free(held.at);
    free(held.holder);
}

static void say_addresses(struct resolving *r, const struct hop_dns *dns)
{
    size_t odd = 0;
    text_append_fmt(&r->draft.detail, "%s%s is ", r->draft.detail.len ? "; " : "", dns->host);
    for (size_t i = 0; i < dns->address_count; i++)
        text_append_fmt(&r->draft.detail, "%s%s", i ? ", " : "", dns->addresses[i].address);
    for (size_t i = 0; i < dns->address_count; i++) {
        const char *name = dns->addresses[i].name;
        if (!name[0] || hop_same(name, dns->host) || (dns->canonical[0] && hop_same(name, dns->canonical)))
            continue;
        text_append_fmt(&r->draft.detail, "%s%s is %s", odd++ ? ", " : " (backward ",
                        dns->addresses[i].address, name);
    }
    if (odd)
        text_append_str(&r->draft.detail,
                        ": of no matter to Windows clients, MIT clients with rdns = true ask for that name)");
}

static void judge_host(struct hop_work *w, struct resolving *r, const struct hop_dns *dns,
                       const struct hop_side *side)
{
    if (dns->answer == HOP_DNS_FOUND) {
        if (r->state != HOP_FAIL)
            say_addresses(r, dns);
        if (dns->canonical[0] && !is_completed(dns) && !hop_same(dns->canonical, dns->host) &&
            side->name_count)
            judge_alias(w, r, dns, side);
        return;
    }
    if (dns->answer == HOP_DNS_SILENT && r->state == HOP_FAIL)
        return;
    dns_fails(r, dns->answer == HOP_DNS_NONE ? HOP_FAIL : HOP_NOT_KNOWN);
    text_append_fmt(&r->draft.detail, "%s%s", r->draft.detail.len ? "; " : "", dns->error);
    if (!r->draft.next.len)
        text_append_str(
            &r->draft.next,
            dns->answer == HOP_DNS_NONE
                ? "nslookup on a client: is the record missing, or does this machine ask other servers?"
                : "see /etc/resolv.conf, or leave DNS out with --no-dns");
}

static const struct hop_side *side_of(const struct hop_work *w, const struct hop_dns *dns)
{
    for (size_t b = 0; !dns->front && b < w->q->back_count; b++)
        if (w->backs[b].name_count && strcmp(w->backs[b].names[0].spn.host, dns->host) == 0)
            return &w->backs[b];
    return &w->front;
}

static void judge_dns(struct hop_work *w, bool front, const char *id)
{
    struct resolving r = {.draft = hop_draft_new(w), .state = HOP_PASS};
    size_t count = 0;
    for (size_t i = 0; i < w->q->dns_count; i++)
        if (w->q->dns[i].front == front) {
            judge_host(w, &r, &w->q->dns[i], side_of(w, &w->q->dns[i]));
            count++;
        }
    if (!count) {
        hop_set_release(&r.draft.bad);
        hop_set_release(&r.draft.unread);
        hop_skip(w, id, w->front.broken ? w->front.broken_by : "front-spn");
        return;
    }
    struct hop_link *link = hop_put(w, id, r.state, &r.draft);
    link->incomplete = r.state == HOP_NOT_KNOWN;
}

void hop_judge_dns(struct hop_work *w)
{
    if (!w->q->has_dns)
        return;
    judge_dns(w, true, "dns-front");
    if (w->q->back_count)
        judge_dns(w, false, "dns-back");
}
