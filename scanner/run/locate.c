#include "scanner/run/locate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scanner/decode/dn.h"
#include "scanner/ldap/dns.h"
#include "scanner/run/forest_read.h"
#include "scanner/run/rootdse.h"

#define MAX_STARTS 32

struct start {
    char host[256], address[128];
    uint16_t port;
};

/* ---- starts ---- */

static bool same_name(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

/* NAME of --dc may be the first label alone. */
static bool name_matches(const char *given, const char *fqdn)
{
    size_t len = strlen(given);
    return same_name(given, fqdn) ||
           (!strchr(given, '.') && strncasecmp(given, fqdn, len) == 0 && fqdn[len] == '.');
}

static const struct given_dc *given_for(const struct scan_config *config, const char *name)
{
    for (size_t i = 0; i < config->given_count; i++)
        if (name_matches(config->given[i].name, name) || name_matches(name, config->given[i].name))
            return &config->given[i];
    return NULL;
}

static void add_start(const struct scan_config *config, struct start *starts, size_t *count, const char *host,
                      uint16_t port)
{
    const struct given_dc *given = given_for(config, host);
    if (*count == MAX_STARTS)
        return;
    struct start *start = &starts[(*count)++];
    *start = (struct start){.port = port};
    snprintf(start->host, sizeof start->host, "%s", host);
    if (given) {
        snprintf(start->address, sizeof start->address, "%s", given->address);
        start->port = given->ldap_port ? given->ldap_port : port;
    }
}

static enum spn_code find_starts(const struct scan_config *config, struct start *starts, size_t *count,
                                 struct spn_error *reterr)
{
    uint16_t port = config_port(&config->login, false);
    struct dns_srv srv[MAX_STARTS];
    unsigned srv_count = 0;
    char name[320];
    *count = 0;
    if (config->server)
        add_start(config, starts, count, config->server, port);
    if (config->domain) {
        snprintf(name, sizeof name, "_ldap._tcp.dc._msdcs.%s", config->domain);
        enum spn_code code = dns_lookup_srv(name, config->login.timeout_s, config->login.cancel, srv,
                                            MAX_STARTS, &srv_count, reterr);
        if (code != SPN_OK)
            return code == SPN_CANCELLED
                       ? code
                       : spn_error_set(reterr, SPN_CONFIG, reterr->native,
                                       "cannot find a DC of domain '%s': %s", config->domain, reterr->text);
        /* The SRV port is the clear one; with ldaps the usual TLS port is asked. */
        for (unsigned i = 0; i < srv_count; i++)
            add_start(config, starts, count, srv[i].host,
                      config->login.tls == TLS_LDAPS ? port : srv[i].port);
    }
    bool given_too = config->no_locate || !*count;
    for (size_t i = 0; given_too && i < config->given_count; i++)
        add_start(config, starts, count, config->given[i].name, port);
    return SPN_OK;
}

/* ---- asking one start ---- */

/* A name may be an alias, a domain name or an address; Kerberos and TLS need the DC's own. Its rootDSE tells
 * it to anybody; should it lie, the bind that follows fails. */
static enum spn_code learn_name(const struct scan_config *config, struct start *start, struct rootdse *ret,
                                struct spn_error *reterr)
{
    _Atomic(int) phase = PHASE_WAITING;
    struct conn *conn = NULL;
    const struct conn_target target = {start->host, start->address, start->port};
    enum spn_code code = conn_open_unbound(&target, &config->login, &phase, &conn, reterr);
    if (code == SPN_OK)
        code = rootdse_read(conn, ret, reterr);
    if (code == SPN_OK && ret->host[0] && !same_name(ret->host, start->host)) {
        snprintf(start->host, sizeof start->host, "%s", ret->host);
        snprintf(start->address, sizeof start->address, "%s", conn_address(conn));
    }
    conn_close(conn);
    return code;
}

static enum spn_code ask_start(const struct scan_config *config, struct start *start,
                               struct forest_info *forest, struct conn **ret, struct spn_error *reterr)
{
    _Atomic(int) phase = PHASE_WAITING;
    struct conn *conn = NULL;
    struct rootdse rootdse;
    enum spn_code code = learn_name(config, start, &rootdse, reterr);
    if (code != SPN_OK)
        return code;
    const struct conn_target target = {start->host, start->address, start->port};
    code = conn_open(&target, &config->login, &phase, &conn, reterr);
    if (code == SPN_OK)
        code = forest_read(conn, &rootdse, forest, reterr);
    if (code == SPN_DIRECTORY && config->login.method == BIND_ANONYMOUS)
        code = spn_error_set(reterr, SPN_CREDENTIALS, reterr->native,
                             "'%s' tells nothing to an anonymous reader (bind with a ticket, or --user): %s",
                             start->host, reterr->text);
    if (code == SPN_OK)
        *ret = conn;
    else
        conn_close(conn);
    return code;
}

/* ---- the list of DCs ---- */

static struct dc_info *add_dc(struct forest_info *forest, const char *name)
{
    forest->dcs = xrealloc(forest->dcs, (forest->dc_count + 1) * sizeof *forest->dcs);
    struct dc_info *dc = &forest->dcs[forest->dc_count++];
    *dc = (struct dc_info){.domain = -1};
    snprintf(dc->name, sizeof dc->name, "%s", name);
    text_lower(dc->name);
    return dc;
}

static bool has_dc(const struct forest_info *forest, const char *name)
{
    for (size_t i = 0; i < forest->dc_count; i++)
        if (name_matches(name, forest->dcs[i].name))
            return true;
    return false;
}

static bool wanted(const struct scan_config *config, const struct start *start, const struct dc_info *dc)
{
    if (!config->no_locate)
        return true;
    return given_for(config, dc->name) || (config->server && same_name(start->host, dc->name));
}

/* no_locate: drop what was not given; then add what was given and the configuration does not know. */
static void keep_given(const struct scan_config *config, const struct start *start,
                       struct forest_info *forest)
{
    size_t kept = 0;
    for (size_t i = 0; i < forest->dc_count; i++)
        if (wanted(config, start, &forest->dcs[i]))
            forest->dcs[kept++] = forest->dcs[i];
    forest->dc_count = kept;
    for (size_t i = 0; i < config->given_count; i++)
        if (!has_dc(forest, config->given[i].name))
            add_dc(forest, config->given[i].name);
}

static int compare_dcs(const void *a, const void *b)
{
    return strcmp(((const struct dc_info *)a)->name, ((const struct dc_info *)b)->name);
}

static enum spn_code apply_options(const struct scan_config *config, const struct start *start,
                                   struct forest_info *forest, struct spn_error *reterr)
{
    size_t left = 0;
    keep_given(config, start, forest);
    for (size_t i = 0; i < forest->dc_count; i++) {
        struct dc_info *dc = &forest->dcs[i];
        const struct given_dc *given = given_for(config, dc->name);
        dc->ldap_port = given && given->ldap_port ? given->ldap_port : config_port(&config->login, false);
        dc->gc_port = given && given->gc_port ? given->gc_port : config_port(&config->login, true);
        if (given)
            snprintf(dc->address, sizeof dc->address, "%s", given->address);
        else if (same_name(start->host, dc->name) && start->address[0]) {
            snprintf(dc->address, sizeof dc->address, "%s", start->address);
            dc->ldap_port = start->port;
        }
        for (size_t e = 0; e < config->exclude_count; e++)
            dc->excluded |= name_matches(config->excludes[e], dc->name);
        dc->excluded |= config->site && !same_name(config->site, dc->site);
        left += !dc->excluded;
    }
    for (size_t e = 0; e < config->exclude_count; e++)
        if (!has_dc(forest, config->excludes[e]))
            return spn_error_set(reterr, SPN_CONFIG, 0, "no DC '%s' in this forest to --exclude",
                                 config->excludes[e]);
    if (!left)
        return config->site
                   ? spn_error_set(reterr, SPN_CONFIG, 0,
                                   "no DC is left to scan: is '%s' a site of this forest?", config->site)
                   : spn_error_set(reterr, SPN_CONFIG, 0, "no DC is left to scan");
    qsort(forest->dcs, forest->dc_count, sizeof *forest->dcs, compare_dcs);
    return SPN_OK;
}

/* Is the start one of the DCs, reached in the same way? Else the connection is of no more use. */
static void hand_over(struct conn *conn, const struct start *start, const struct forest_info *forest,
                      struct met *ret)
{
    for (size_t i = 0; ret && i < forest->dc_count; i++) {
        const struct dc_info *dc = &forest->dcs[i];
        if (dc->excluded || !same_name(dc->name, start->host) || dc->ldap_port != start->port ||
            strcmp(dc->address, start->address) != 0)
            continue;
        *ret = (struct met){conn, i};
        return;
    }
    conn_close(conn);
}

static bool try_next(enum spn_code code)
{
    return code == SPN_UNREACHABLE || code == SPN_PROTOCOL || code == SPN_DIRECTORY;
}

enum spn_code locate(const struct scan_config *config, struct forest_info *forest, struct met *ret_met,
                     struct spn_error *reterr)
{
    struct start starts[MAX_STARTS];
    struct conn *conn = NULL;
    size_t count = 0;
    if (ret_met)
        *ret_met = (struct met){0};
    *forest = (struct forest_info){0};
    enum spn_code code = find_starts(config, starts, &count, reterr);
    if (code != SPN_OK)
        return code;
    code = spn_error_set(reterr, SPN_USAGE, 0, "nothing to start from: give --server, --domain or --dc");
    for (size_t i = 0; i < count; i++) {
        const struct start typed = starts[i];
        forest_release(forest);
        code = ask_start(config, &starts[i], forest, &conn, reterr);
        if (code == SPN_OK) {
            code = apply_options(config, &starts[i], forest, reterr);
            hand_over(conn, &starts[i], forest, code == SPN_OK ? ret_met : NULL);
            return code;
        }
        starts[i] = typed; /* in the report it goes by the name that was typed */
        if (!try_next(code))
            return code;
    }
    forest_release(forest);
    for (size_t i = 0; i < count; i++) {
        struct dc_info *dc = add_dc(forest, starts[i].host);
        snprintf(dc->address, sizeof dc->address, "%s", starts[i].address);
    }
    return code;
}

void forest_release(struct forest_info *forest)
{
    for (size_t i = 0; i < forest->spn_mapping_count; i++)
        free(forest->spn_mappings[i]);
    free(forest->spn_mappings);
    free(forest->domains);
    free(forest->dcs);
    *forest = (struct forest_info){0};
}

int forest_domain_of(const struct forest_info *forest, struct bytes dn)
{
    int best = -1;
    size_t best_len = 0;
    for (size_t i = 0; i < forest->domain_count; i++) {
        struct bytes base = bytes_of(forest->domains[i].dn);
        if (base.len > best_len && dn_is_under(dn, base)) {
            best = (int)i;
            best_len = base.len;
        }
    }
    return best;
}
