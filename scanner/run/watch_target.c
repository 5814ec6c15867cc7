#include "scanner/run/watch_target.h"

#include <string.h>
#include <strings.h>

#include "scanner/ldap/search.h"
#include "scanner/run/locate.h"

static void add_clause(struct text_buf *filter, const char *attribute, struct bytes value, const char *suffix)
{
    text_append_fmt(filter, "(%s=", attribute);
    search_filter_escape(filter, value);
    text_append_fmt(filter, "%s)", suffix);
}

/* "HOST1" finds HOST1$ too. */
static void add_sam(struct text_buf *filter, const char *name)
{
    add_clause(filter, "sAMAccountName", bytes_of(name), "");
    if (name[0] && name[strlen(name) - 1] != '$')
        add_clause(filter, "sAMAccountName", bytes_of(name), "\\24");
}

static int domain_by_name(const struct forest_info *forest, const char *name, size_t len)
{
    for (size_t i = 0; i < forest->domain_count; i++) {
        const char *names[] = {forest->domains[i].netbios, forest->domains[i].dns_name};
        for (size_t n = 0; n < 2; n++)
            if (strlen(names[n]) == len && strncasecmp(names[n], name, len) == 0)
                return (int)i;
    }
    return -1;
}

enum spn_code watch_target_parse(const char *text, const struct forest_info *forest, struct watch_target *ret,
                                 struct spn_error *reterr)
{
    struct watch_target target = {.kind = WATCH_ACCOUNT, .text = text, .domain = -1};
    const char *slash = strchr(text, '\\');
    struct guid guid;
    int dn_domain = strchr(text, '=') ? forest_domain_of(forest, bytes_of(text)) : -1;
    if (!*text)
        return spn_error_set(reterr, SPN_USAGE, 0, "the name to watch is empty");
    if (dn_domain >= 0) {
        target.domain = dn_domain;
        add_clause(&target.clause, "distinguishedName", bytes_of(text), "");
    } else if (guid_parse(text, &guid)) {
        search_filter_add_guid(&target.clause, &guid);
    } else if (strchr(text, '/')) {
        target.kind = WATCH_SPN;
        add_clause(&target.clause, "servicePrincipalName", bytes_of(text), "");
    } else if (slash) {
        target.domain = domain_by_name(forest, text, (size_t)(slash - text));
        if (target.domain < 0)
            return spn_error_set(reterr, SPN_CONFIG, 0, "'%s': this forest has no domain '%.*s'", text,
                                 (int)(slash - text), text);
        add_sam(&target.clause, slash + 1);
    } else {
        add_sam(&target.clause, text);
        add_clause(&target.clause, "userPrincipalName", bytes_of(text), "");
    }
    *ret = target;
    return SPN_OK;
}

void watch_target_release(struct watch_target *target)
{
    text_release(&target->clause);
}

void watch_target_filter(const struct watch_target *target, const struct guid *known, size_t count,
                         struct text_buf *filter)
{
    text_append_fmt(filter, "(|%s", target->clause.data);
    for (size_t i = 0; i < count; i++)
        search_filter_add_guid(filter, &known[i]);
    text_append_char(filter, ')');
}
