#include "scanner/run/hop_ask.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/decode/sid.h"
#include "scanner/decode/value.h"
#include "scanner/run/locate.h"
#include "scanner/run/pool.h"
#include "scanner/run/rootdse.h"
#include "scanner/run/watch_target.h"

#define RID_PROTECTED_USERS "-525" /* MS-ADTS 6.1.1.6.17; well-known within each domain */

struct asking {
    const struct scan_config *config;
    struct forest_info forest;
    struct watch_target target;
    char *filter;
    struct hop_user_answer *answers; /* one a DC of the forest */
    bool *asked;
};

/* One DC's reading. */
struct reading {
    struct hop_user_answer *answer;
    struct text_buf dn;
    char protected_sid[SID_TEXT_SIZE + 8]; /* empty: not known */
    size_t found;
};

static enum spn_code on_user(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct reading *r = ctx;
    char sid[SID_TEXT_SIZE], *rid;
    (void)reterr;
    /* A NUL would end the base of the next question early. */
    if (r->found++ || !entry->dn.len || memchr(entry->dn.data, 0, entry->dn.len))
        return SPN_OK;
    text_append(&r->dn, (const char *)entry->dn.data, entry->dn.len);
    r->answer->found = true;
    r->answer->has_uac = value_u32(entry_value(entry, "userAccountControl"), &r->answer->uac);
    if (sid_format(entry_value(entry, "objectSid"), sid) && (rid = strrchr(sid, '-')) != NULL)
        snprintf(r->protected_sid, sizeof r->protected_sid, "%.*s" RID_PROTECTED_USERS, (int)(rid - sid),
                 sid);
    return SPN_OK;
}

/* tokenGroups has every group of the account, directly or not (MS-ADTS 3.1.1.4.5.19). */
static enum spn_code on_groups(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct reading *r = ctx;
    const struct attr *groups = entry_attr(entry, "tokenGroups");
    char sid[SID_TEXT_SIZE];
    (void)reterr;
    if (!groups || !groups->count || !r->protected_sid[0])
        return SPN_OK;
    r->answer->has_groups = true;
    for (size_t i = 0; i < groups->count; i++)
        r->answer->is_protected |= sid_format(groups->values[i], sid) && strcmp(sid, r->protected_sid) == 0;
    return SPN_OK;
}

static enum spn_code read_user(const struct asking *a, struct conn *conn, const struct dc_info *dc,
                               struct reading *r, struct spn_error *reterr)
{
    static const char *const attrs[] = {"userAccountControl", "objectSid", NULL};
    static const char *const group_attrs[] = {"tokenGroups", NULL};
    const struct search user = {.base = a->forest.domains[dc->domain].dn,
                                .scope = SCOPE_SUBTREE,
                                .filter = a->filter,
                                .attrs = attrs,
                                .page_size = a->config->page_size};
    enum spn_code code = search_run(conn, &user, on_user, r, NULL, reterr);
    if (code == SPN_OK && r->found > 1)
        return spn_error_set(reterr, SPN_CONFIG, 0,
                             "%zu accounts are named '%s': say DOMAIN\\name, or give a DN or GUID", r->found,
                             a->target.text);
    if (code != SPN_OK || !r->answer->found)
        return code;
    const struct search groups = {
        .base = r->dn.data, .scope = SCOPE_BASE, .filter = "(objectClass=*)", .attrs = group_attrs};
    return search_run(conn, &groups, on_groups, r, NULL, reterr);
}

static enum spn_code meet(const struct asking *a, const struct dc_info *dc, struct conn **ret,
                          struct spn_error *reterr)
{
    const struct conn_target target = {dc->name, dc->address, dc->ldap_port};
    struct rootdse rootdse;
    enum spn_code code = conn_open(&target, &a->config->login, NULL, ret, reterr);
    if (code == SPN_OK)
        code = rootdse_read(*ret, &rootdse, reterr);
    return code == SPN_OK ? rootdse_identify(&rootdse, *ret, dc->name, reterr) : code;
}

/* What goes wrong at one DC is its answer; that a name stands for several accounts ends it all. */
static enum spn_code ask_dc(void *ctx, size_t item, struct spn_error *reterr)
{
    struct asking *a = ctx;
    const struct dc_info *dc = &a->forest.dcs[item];
    struct reading r = {.answer = &a->answers[item]};
    struct spn_error error = {0};
    struct conn *conn = NULL;
    bool elsewhere = a->target.domain >= 0 && dc->domain >= 0 && dc->domain != a->target.domain;
    if (dc->excluded || elsewhere)
        return SPN_OK;
    a->asked[item] = true;
    snprintf(r.answer->dc, sizeof r.answer->dc, "%s", dc->name);
    enum spn_code code = dc->domain >= 0 ? meet(a, dc, &conn, &error)
                                         : spn_error_set(&error, SPN_CONFIG, 0, "its domain is not known");
    if (code == SPN_OK)
        code = read_user(a, conn, dc, &r, &error);
    if (code != SPN_OK)
        snprintf(r.answer->error, sizeof r.answer->error, "%s", error.text);
    conn_close(conn);
    text_release(&r.dn);
    if (r.found < 2)
        return SPN_OK;
    *reterr = error;
    return code;
}

/* Where the user is in one domain, the DCs of the others have no say. */
static void keep_answers(const struct asking *a, struct hop_asked *ret)
{
    bool domains[MAX_DOMAINS] = {false}, any = false;
    ret->answers = xcalloc(a->forest.dc_count, sizeof *ret->answers);
    for (size_t i = 0; i < a->forest.dc_count; i++)
        if (a->answers[i].found) {
            domains[a->forest.dcs[i].domain] = true;
            any = true;
        }
    for (size_t i = 0; i < a->forest.dc_count; i++) {
        int domain = a->forest.dcs[i].domain;
        if (a->asked[i] && (!any || domain < 0 || domains[domain]))
            ret->answers[ret->count++] = a->answers[i];
    }
}

static void only_error(const char *start, const struct spn_error *error, struct hop_asked *ret)
{
    ret->answers = xcalloc(1, sizeof *ret->answers);
    ret->count = 1;
    snprintf(ret->answers[0].dc, sizeof ret->answers[0].dc, "%s", start);
    snprintf(ret->answers[0].error, sizeof ret->answers[0].error, "%s", error->text);
}

static enum spn_code ask_all(struct asking *a, struct hop_asked *ret, struct spn_error *reterr)
{
    struct text_buf filter = {0};
    size_t dcs = a->forest.dc_count;
    watch_target_filter(&a->target, NULL, 0, &filter);
    a->filter = filter.data;
    a->answers = xcalloc(dcs, sizeof *a->answers);
    a->asked = xcalloc(dcs, sizeof *a->asked);
    enum spn_code code = pool_run(dcs, dcs < MAX_JOBS ? dcs : MAX_JOBS, ask_dc, a, reterr);
    if (code == SPN_OK)
        keep_answers(a, ret);
    free(a->answers);
    free(a->asked);
    text_release(&filter);
    return code;
}

enum spn_code hop_ask_user(const struct scan_config *config, const char *user, struct hop_asked *ret,
                           struct spn_error *reterr)
{
    struct asking a = {.config = config};
    struct spn_error error = {0};
    *ret = (struct hop_asked){0};
    enum spn_code code = locate(config, &a.forest, NULL, &error);
    if (code == SPN_UNREACHABLE || code == SPN_DIRECTORY || code == SPN_PROTOCOL) {
        only_error(a.forest.dc_count ? a.forest.dcs[0].name
                   : config->server  ? config->server
                                     : "any DC",
                   &error, ret);
        code = SPN_OK;
    } else if (code != SPN_OK) {
        *reterr = error;
    } else {
        code = watch_target_parse(user, &a.forest, &a.target, reterr);
        if (code == SPN_OK && a.target.kind == WATCH_SPN)
            code = spn_error_set(reterr, SPN_USAGE, 0, "--user '%s' is not the name of an account", user);
        if (code == SPN_OK)
            code = ask_all(&a, ret, reterr);
        watch_target_release(&a.target);
    }
    forest_release(&a.forest);
    return code;
}
