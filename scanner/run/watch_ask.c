#include "scanner/run/watch_ask.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/decode/clean.h"
#include "scanner/decode/facet.h"
#include "scanner/decode/value.h"
#include "scanner/run/dc_reach.h"
#include "scanner/run/forest_read.h"
#include "scanner/run/locate.h"

#define WATCH_ATTRS "objectGUID", "sAMAccountName", "servicePrincipalName", "replPropertyMetaData"

struct watch_session {
    const struct scan_config *config;
    const struct forest_info *forest;
    const struct watch_target *target;
    const struct dc_info *dc;
    struct conn *ldap, *gc; /* NULL: not open */
    struct own_dsa own;     /* as it said when ldap was opened */
    bool constructed;       /* replPropertyMetaData is not shown: msDS-ReplAttributeMetaData may be */
};

struct watch_session *watch_session_new(const struct scan_config *config, const struct forest_info *forest,
                                        const struct watch_target *target, size_t dc)
{
    struct watch_session *session = xcalloc(1, sizeof *session);
    *session =
        (struct watch_session){.config = config, .forest = forest, .target = target, .dc = &forest->dcs[dc]};
    return session;
}

static void hang_up(struct watch_session *s)
{
    conn_close(s->ldap);
    conn_close(s->gc);
    s->ldap = s->gc = NULL;
}

void watch_session_free(struct watch_session *session)
{
    if (!session)
        return;
    hang_up(session);
    free(session->own.replicas);
    free(session);
}

/* ---- connections ---- */

static bool in_question(const struct watch_session *s, size_t domain)
{
    return s->target->domain < 0 || (size_t)s->target->domain == domain;
}

/* Some domain in question is here in part only. */
static bool needs_gc(const struct watch_session *s)
{
    for (size_t d = 0; s->own.is_gc && d < s->forest->domain_count; d++)
        if (in_question(s, d) && s->own.replicas[d] == REPLICA_PARTIAL)
            return true;
    return false;
}

static enum spn_code meet(struct watch_session *s, struct spn_error *reterr)
{
    struct rootdse rootdse;
    enum spn_code code = dc_open(s->config, s->dc, false, NULL, &s->ldap, reterr);
    free(s->own.replicas);
    s->own = (struct own_dsa){0};
    if (code == SPN_OK)
        code = own_dsa_meet(s->ldap, s->dc->dsa_dn, s->dc->name, s->forest, &rootdse, &s->own, reterr);
    if (code != SPN_OK)
        return code;
    for (size_t d = 0; !s->own.is_gc && d < s->forest->domain_count; d++)
        if (s->own.replicas[d] == REPLICA_PARTIAL)
            s->own.replicas[d] = REPLICA_NONE; /* to be seen on the GC port alone */
    if (!needs_gc(s))
        return SPN_OK;
    if (!rootdse.gc_ready)
        return spn_error_set(reterr, SPN_DIRECTORY, 0, "'%s' is not ready as a global catalog", s->dc->name);
    return dc_open(s->config, s->dc, true, NULL, &s->gc, reterr);
}

/* ---- what it shows ---- */

struct reading {
    struct watch_session *session;
    struct watch_answer *answer;
    bool gc;
    bool stampless; /* an account came without any metadata */
};

static void on_stamp(void *ctx, const struct attr_stamp *stamp)
{
    struct stamp *ret = ctx;
    if (stamp->attid == ATTID_SPN)
        *ret = stamp->stamp;
}

static bool holds_name(const struct entry *entry, const char *spn)
{
    const struct attr *spns = entry_attr(entry, "servicePrincipalName");
    for (size_t i = 0; spns && i < spns->count; i++)
        if (bytes_equal_fold(spns->values[i], bytes_of(spn)))
            return true;
    return false;
}

static void take_names(const struct watch_session *s, const struct entry *entry, struct watch_sight *sight)
{
    char sam[272];
    struct text_buf dn = {0};
    clean_append(&dn, entry->dn);
    snprintf(sight->dn, sizeof sight->dn, "%s", dn.data ? dn.data : "");
    text_release(&dn);
    if (entry_text(entry, "sAMAccountName", sam, sizeof sam))
        snprintf(sight->name, sizeof sight->name, "%s\\%s", s->forest->domains[sight->domain].netbios, sam);
    else
        snprintf(sight->name, sizeof sight->name, "%.*s", (int)sizeof sight->name - 1, sight->dn);
}

static enum spn_code on_entry(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct reading *r = ctx;
    const struct watch_session *s = r->session;
    struct watch_answer *answer = r->answer;
    struct facet_view view;
    int domain = forest_domain_of(s->forest, entry->dn);
    (void)reterr;
    /* The hash is compared within this process alone, hence no seed. */
    if (domain < 0 || !facet_read(entry, 0, 1u << FACET_SPN, &view) || answer->count > WATCH_MAX_ACCOUNTS)
        return SPN_OK;
    /* The GC port shows the DC's own domain too, for which the LDAP port has been asked. */
    if (r->gc && s->own.replicas[domain] == REPLICA_FULL)
        return SPN_OK;
    answer->sights = xgrow(answer->sights, &answer->size, answer->count + 1, sizeof *answer->sights);
    struct watch_sight *sight = &answer->sights[answer->count++];
    *sight = (struct watch_sight){.guid = view.guid, .domain = domain, .values = view.hash[FACET_SPN]};
    take_names(s, entry, sight);
    sight->holds = s->target->kind == WATCH_SPN && holds_name(entry, s->target->text);
    sight->has_stamps = metadata_of_entry(entry, on_stamp, &sight->stamp);
    r->stampless |= !sight->has_stamps;
    return SPN_OK;
}

static enum spn_code read_port(struct reading *r, struct conn *conn, const char *base, const char *filter,
                               struct spn_error *reterr)
{
    static const char *const raw[] = {WATCH_ATTRS, NULL};
    static const char *const both[] = {WATCH_ATTRS, "msDS-ReplAttributeMetaData;binary", NULL};
    struct watch_session *s = r->session;
    const struct search search = {.base = base,
                                  .scope = SCOPE_SUBTREE,
                                  .filter = filter,
                                  .attrs = s->constructed ? both : raw,
                                  .page_size = s->config->page_size};
    size_t before = r->answer->count;
    r->stampless = false;
    enum spn_code code = search_run(conn, &search, on_entry, r, NULL, reterr);
    if (code != SPN_OK || !r->stampless || s->constructed)
        return code;
    s->constructed = true;
    r->answer->count = before;
    return read_port(r, conn, base, filter, reterr);
}

static enum spn_code read_all(struct watch_session *s, const char *filter, struct watch_answer *answer,
                              struct spn_error *reterr)
{
    const struct forest_info *forest = s->forest;
    struct reading r = {.session = s, .answer = answer};
    enum spn_code code = SPN_OK;
    for (size_t d = 0; code == SPN_OK && d < forest->domain_count; d++)
        if (in_question(s, d) && s->own.replicas[d] == REPLICA_FULL)
            code = read_port(&r, s->ldap, forest->domains[d].dn, filter, reterr);
    if (code != SPN_OK || !s->gc)
        return code;
    r.gc = true;
    return read_port(&r, s->gc, s->target->domain < 0 ? "" : forest->domains[s->target->domain].dn, filter,
                     reterr);
}

static enum spn_code ask_once(struct watch_session *s, const char *filter, struct watch_answer *answer,
                              struct spn_error *reterr)
{
    enum spn_code code = s->ldap ? SPN_OK : meet(s, reterr);
    answer->count = 0;
    if (code == SPN_OK)
        code = read_all(s, filter, answer, reterr);
    if (code != SPN_OK)
        hang_up(s);
    return code;
}

enum spn_code watch_session_ask(struct watch_session *s, const struct guid *known, size_t known_count,
                                struct watch_answer *answer, struct spn_error *reterr)
{
    struct text_buf filter = {0};
    bool kept = s->ldap != NULL;
    *answer = (struct watch_answer){.known = known_count};
    watch_target_filter(s->target, known, known_count, &filter);
    enum spn_code code = ask_once(s, filter.data, answer, reterr);
    /* DCs close connections that have been idle (MaxConnIdleTime, MS-ADTS 3.1.1.3.4.6): that says nothing of
     * the DC. */
    if (kept && (code == SPN_UNREACHABLE || code == SPN_PROTOCOL))
        code = ask_once(s, filter.data, answer, reterr);
    answer->replicas = s->own.replicas;
    text_release(&filter);
    return code;
}
