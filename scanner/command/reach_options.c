#include "scanner/command/reach_options.h"

#include <stdlib.h>
#include <string.h>

#include "spnscan/text_buf.h"

/* Where Debian and its kin keep the roots that the machine trusts. */
#define SYSTEM_CA_FILE    "/etc/ssl/certs/ca-certificates.crt"
#define DEFAULT_TIMEOUT_S 30
#define DEFAULT_PAGE_SIZE 1000 /* MaxPageSize of an AD that nobody has tuned (MS-ADTS 3.1.1.3.4.6) */

void reach_options_init(struct reach_options *options, const atomic_bool *cancel)
{
    *options = (struct reach_options){.config = {.page_size = DEFAULT_PAGE_SIZE,
                                                 .login = {.method = BIND_GSSAPI,
                                                           .tls = TLS_OFF,
                                                           .ca_file = SYSTEM_CA_FILE,
                                                           .timeout_s = DEFAULT_TIMEOUT_S,
                                                           .cancel = cancel}}};
}

void reach_options_release(struct reach_options *options)
{
    free(options->config.given);
    free(options->config.excludes);
}

static enum spn_code parse_port(const char *text, size_t len, const char *whole, uint16_t *ret,
                                struct spn_error *reterr)
{
    unsigned long port = 0;
    for (size_t i = 0; i < len && i < 6; i++)
        port = text[i] >= '0' && text[i] <= '9' ? port * 10 + (unsigned long)(text[i] - '0') : 1000000;
    if (!len || len > 5 || port < 1 || port > 65535)
        return spn_error_set(reterr, SPN_USAGE, 0, "--dc '%s': '%.*s' is not a port", whole, (int)len, text);
    *ret = (uint16_t)port;
    return SPN_OK;
}

enum spn_code given_dc_parse(const char *text, struct given_dc *ret, struct spn_error *reterr)
{
    const char *equals = strchr(text, '=');
    struct given_dc dc = {0};
    if (!equals || equals == text || !equals[1])
        return spn_error_set(reterr, SPN_USAGE, 0, "--dc '%s' is not NAME=ADDRESS[:LDAPPORT[:GCPORT]]", text);
    const char *address = equals + 1, *end;
    if (*address == '[') {
        end = strchr(++address, ']');
        if (!end || (end[1] && end[1] != ':'))
            return spn_error_set(reterr, SPN_USAGE, 0,
                                 "--dc '%s': the IPv6 address needs its closing bracket", text);
    } else {
        end = address + strcspn(address, ":");
    }
    size_t name_len = (size_t)(equals - text), address_len = (size_t)(end - address);
    if (!address_len || name_len >= sizeof dc.name || address_len >= sizeof dc.address)
        return spn_error_set(reterr, SPN_USAGE, 0, "--dc '%s' is not NAME=ADDRESS[:LDAPPORT[:GCPORT]]", text);
    memcpy(dc.name, text, name_len);
    memcpy(dc.address, address, address_len);
    text_lower(dc.name);
    uint16_t *const ports[] = {&dc.ldap_port, &dc.gc_port};
    const char *at = *end == ']' ? end + 1 : end;
    for (size_t i = 0; *at == ':'; i++) {
        size_t len = strcspn(at + 1, ":");
        if (i == 2)
            return spn_error_set(reterr, SPN_USAGE, 0,
                                 "--dc '%s' has more than two ports (IPv6 addresses stand in brackets)",
                                 text);
        enum spn_code code = parse_port(at + 1, len, text, ports[i], reterr);
        if (code != SPN_OK)
            return code;
        at += 1 + len;
    }
    *ret = dc;
    return SPN_OK;
}

static enum spn_code add_given(struct scan_config *config, const char *value, struct spn_error *reterr)
{
    struct given_dc dc;
    enum spn_code code = given_dc_parse(value, &dc, reterr);
    if (code != SPN_OK)
        return code;
    config->given = xrealloc(config->given, (config->given_count + 1) * sizeof dc);
    config->given[config->given_count++] = dc;
    return SPN_OK;
}

static enum spn_code choose(const char *name, const char *value, const char *const *words, int *ret,
                            struct spn_error *reterr)
{
    struct text_buf all = {0};
    for (int i = 0; words[i]; i++) {
        if (strcmp(value, words[i]) == 0) {
            *ret = i;
            text_release(&all);
            return SPN_OK;
        }
        text_append_fmt(&all, "%s%s", i ? ", " : "", words[i]);
    }
    spn_error_set(reterr, SPN_USAGE, 0, "--%s '%s' is none of %s", name, value, all.data);
    text_release(&all);
    return SPN_USAGE;
}

static enum spn_code set_choice(struct login *login, const char *name, const char *value,
                                struct spn_error *reterr)
{
    static const char *const binds[] = {"gssapi", "gss-spnego", "simple", "external", "anonymous", NULL};
    static const char *const modes[] = {"off", "ldaps", "starttls", NULL};
    int choice = 0;
    bool bind = strcmp(name, "bind") == 0;
    enum spn_code code = choose(name, value, bind ? binds : modes, &choice, reterr);
    if (code != SPN_OK)
        return code;
    if (bind)
        login->method = (enum bind_method)choice;
    else
        login->tls = (enum tls_mode)choice;
    return SPN_OK;
}

/* Options that are a plain text. */
static const char **text_option(struct reach_options *o, const char *name)
{
    const struct {
        const char *name;
        const char **place;
    } places[] = {
        {"server", &o->config.server},
        {"domain", &o->config.domain},
        {"site", &o->config.site},
        {"user", &o->config.login.user},
        {"password-file", &o->password_file},
        {"keytab", &o->config.login.keytab},
        {"principal", &o->config.login.principal},
        {"ca-file", &o->config.login.ca_file},
        {"cert-file", &o->config.login.cert_file},
        {"key-file", &o->config.login.key_file},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strcmp(name, places[i].name) == 0)
            return places[i].place;
    return NULL;
}

static void add_exclude(struct scan_config *config, const char *value)
{
    config->excludes = xrealloc(config->excludes, (config->exclude_count + 1) * sizeof *config->excludes);
    config->excludes[config->exclude_count++] = value;
}

enum spn_code reach_options_set(struct reach_options *o, const char *name, const char *value, bool *ret_known,
                                struct spn_error *reterr)
{
    const char **text = text_option(o, name);
    *ret_known = true;
    if (text) {
        *text = value;
        return option_text(name, value, reterr);
    }
    if (strcmp(name, "dc") == 0)
        return add_given(&o->config, value, reterr);
    if (strcmp(name, "bind") == 0 || strcmp(name, "tls") == 0)
        return set_choice(&o->config.login, name, value, reterr);
    if (strcmp(name, "timeout") == 0)
        return option_number(name, value, 1, 3600, &o->config.login.timeout_s, reterr);
    if (strcmp(name, "exclude") == 0)
        add_exclude(&o->config, value);
    else if (strcmp(name, "no-locate") == 0)
        o->config.no_locate = true;
    else
        *ret_known = false;
    return SPN_OK;
}

enum spn_code reach_options_check(const struct reach_options *options, struct spn_error *reterr)
{
    const struct scan_config *c = &options->config;
    const struct login *l = &c->login;
    if (!c->server && !c->domain && !c->given_count)
        return spn_error_set(reterr, SPN_USAGE, 0,
                             "nothing to start from: give --server HOST or --domain DNSNAME");
    if (c->no_locate && !c->server && !c->given_count)
        return spn_error_set(reterr, SPN_USAGE, 0,
                             "--no-locate asks just the given DCs: give --server or --dc");
    if (l->keytab && !l->principal)
        return spn_error_set(reterr, SPN_USAGE, 0,
                             "--keytab needs --principal, the name whose key is to be used");
    if (l->principal && !l->keytab)
        return spn_error_set(reterr, SPN_USAGE, 0, "--principal goes with --keytab");
    if (l->keytab && l->method != BIND_GSSAPI && l->method != BIND_GSS_SPNEGO)
        return spn_error_set(reterr, SPN_USAGE, 0, "--keytab goes with --bind gssapi or gss-spnego");
    if (options->password_file && !l->user)
        return spn_error_set(reterr, SPN_USAGE, 0, "--password-file needs --user");
    if (l->method == BIND_SIMPLE && !l->user)
        return spn_error_set(reterr, SPN_USAGE, 0, "--bind simple needs --user");
    return SPN_OK;
}

enum spn_code reach_options_login(struct reach_options *options, char secret[SECRET_SIZE],
                                  struct spn_error *reterr)
{
    struct login *login = &options->config.login;
    bool password_wanted = login->user && (login->method == BIND_SIMPLE || login->method == BIND_GSSAPI ||
                                           login->method == BIND_GSS_SPNEGO);
    enum spn_code code = ldap_room_init(reterr);
    /* What can't work anyway is refused before a password is asked for. */
    if (code == SPN_OK && login->method == BIND_SIMPLE && login->tls == TLS_OFF)
        return login_prepare(login, reterr);
    if (code == SPN_OK && password_wanted && !login->keytab) {
        code = secret_read(options->password_file, login->user, secret, reterr);
        login->password = secret;
    }
    return code == SPN_OK ? login_prepare(login, reterr) : code;
}
