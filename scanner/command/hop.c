/* spnscan hop: the whole chain of one service, link by link, on every DC. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scanner/command/command.h"
#include "scanner/command/hop_show.h"
#include "scanner/command/reach_options.h"
#include "scanner/command/signals.h"
#include "scanner/command/terminal.h"
#include "scanner/ldap/dns.h"
#include "scanner/run/hop.h"
#include "scanner/run/hop_ask.h"
#include "scanner/run/hop_spn.h"
#include "spnscan/store_read.h"

#define MAX_BACKS     32
#define MAX_DNS_HOSTS 24
#define DNS_FORWARD_S 5
#define DNS_REVERSE_S 2

static const struct option_def hop_option_defs[] = {
    {NULL, 0, NULL, "The chain"},
    {"user", 0, "NAME", "who uses the service: a sAMAccountName, DOMAIN\\name, UPN, DN or objectGUID"},
    {"front", 0, "SPN|ACCOUNT", "what the browser asks for, HTTP/NAME, or the account that holds it"},
    {"back", 0, "SPN", "what the front asks for on the user's behalf; may be repeated"},
    {NULL, 0, NULL, "Options"},
    {"db", 0, "FILE", "database (default: spnscan/spnscan.db in $XDG_STATE_HOME, ~/.local/state)"},
    {"no-dns", 0, NULL, "leave DNS out; else this machine looks up the hosts, forward and back"},
    {"csv", 0, NULL, "link,state,dcs,detail,next instead of lines"},
    {"help", 'h', NULL, "this text"},
    {NULL, 0, NULL,
     "With -s or -d every DC is asked for the user, now (a scan does not store users).\n"
     "The options are those of scan, but for --bind-user"},
    REACH_DC_OPTIONS,
    {NULL, 0, NULL, "Who reads"},
    {"bind", 0, "METHOD", "gssapi (default), gss-spnego, simple, external, anonymous"},
    {"bind-user", 0, "NAME", "simple: a DN, UPN or DOMAIN\\name; gssapi: a principal, with password"},
    {"password-file", 0, "FILE", "its first line is the password; - is standard input; else it is asked for"},
    {"keytab", 0, "FILE", "Kerberos key instead of a ticket; the ticket stays in memory"},
    {"principal", 0, "NAME", "whose key in the keytab"},
    {"tls", 0, "MODE", "off (default: Kerberos signs and seals), ldaps, starttls"},
    {"ca-file", 0, "FILE", "PEM file of the CAs to trust (default: those of the system)"},
    {"cert-file", 0, "FILE", "client certificate, for --bind external"},
    {"key-file", 0, "FILE", "its key"},
    REACH_TIMEOUT_OPTION,
};

const struct command_def hop_command = {
    .name = "hop",
    .usage = "--user NAME --front SPN|ACCOUNT [--back SPN ...] [OPTIONS]",
    .summary = "the whole chain of a service, user to front to back-end, link by link",
    .help_head = "Checks what a service with a back-end depends on, on every DC, as of the last scan: that "
                 "the SPN is there, once, "
                 "on one\n"
                 "account; that the account may delegate, and to that back-end; that the user may be "
                 "delegated; encryption "
                 "types, clocks,\n"
                 "replication of exactly these accounts, DNS. Each link of the chain is a line: pass, fail "
                 "or not known, and "
                 "the next step.\n"
                 "Without --back only what lies before it is checked.\n",
    .help_tail = "Examples:\n"
                 "  spnscan hop --user anna --front HTTP/crm.corp.example.com --back "
                 "MSSQLSvc/db1.corp.example.com:1433\n"
                 "  spnscan hop --user anna --front svc-crm -d corp.example.com --csv\n\n"
                 "Exit status: 0 no link fails (what no scan can tell of the user does not count), 1 a link "
                 "fails, 2 none does, and one "
                 "is\n"
                 "not known because something was not read, 3 could not run.\n",
    .options = hop_option_defs,
    .option_count = sizeof hop_option_defs / sizeof hop_option_defs[0],
};

struct hop_options {
    const char *user, *front, *db;
    const char *backs[MAX_BACKS];
    size_t back_count;
    bool no_dns, csv;
    bool ask; /* some option of reach was given */
    struct reach_options reach;
};

static enum spn_code add_back(struct hop_options *o, const char *value, struct spn_error *reterr)
{
    struct hop_spn spn;
    if (!hop_spn_parse(value, &spn))
        return spn_error_set(reterr, SPN_USAGE, 0, "--back '%s' is not an SPN, class/host or class/host:port",
                             value);
    if (o->back_count == MAX_BACKS)
        return spn_error_set(reterr, SPN_USAGE, 0, "more than %d --back", MAX_BACKS);
    o->backs[o->back_count++] = value;
    return SPN_OK;
}

/* --user is who uses the service; who binds is --bind-user here. */
static enum spn_code set_reach(struct hop_options *o, const char *name, const char *value,
                               struct spn_error *reterr)
{
    bool known = false;
    o->ask = true;
    return reach_options_set(&o->reach, strcmp(name, "bind-user") == 0 ? "user" : name, value, &known,
                             reterr);
}

static enum spn_code check_reach(const struct hop_options *o, struct spn_error *reterr)
{
    const struct login *login = &o->reach.config.login;
    if (!login->user && (o->reach.password_file || login->method == BIND_SIMPLE))
        return spn_error_set(reterr, SPN_USAGE, 0, "%s needs --bind-user",
                             o->reach.password_file ? "--password-file" : "--bind simple");
    return reach_options_check(&o->reach, reterr);
}

static enum spn_code set(void *ctx, const char *name, const char *value, struct spn_error *reterr)
{
    struct hop_options *o = ctx;
    if (value && option_text(name, value, reterr) != SPN_OK)
        return SPN_USAGE;
    if (strcmp(name, "back") == 0)
        return add_back(o, value, reterr);
    if (strcmp(name, "user") == 0)
        o->user = value;
    else if (strcmp(name, "front") == 0)
        o->front = value;
    else if (strcmp(name, "db") == 0)
        o->db = value;
    else if (strcmp(name, "no-dns") == 0)
        o->no_dns = true;
    else if (strcmp(name, "csv") == 0)
        o->csv = true;
    else
        return set_reach(o, name, value, reterr);
    return SPN_OK;
}

/* --back A B: what follows are back-ends too. */
static enum spn_code check(struct hop_options *o, char **args, int count, struct spn_error *reterr)
{
    struct hop_spn spn;
    enum spn_code code = SPN_OK;
    if (count && !o->back_count)
        return spn_error_set(reterr, SPN_USAGE, 0, "unexpected argument '%s': see spnscan hop --help",
                             args[0]);
    for (int i = 0; code == SPN_OK && i < count; i++)
        code = add_back(o, args[i], reterr);
    if (code == SPN_OK && (!o->user || !o->front))
        return spn_error_set(reterr, SPN_USAGE, 0, "hop takes --user and --front: see spnscan hop --help");
    if (code == SPN_OK && hop_is_spn(o->front) && !hop_spn_parse(o->front, &spn))
        return spn_error_set(reterr, SPN_USAGE, 0,
                             "--front '%s' is neither an SPN, class/host, nor an account", o->front);
    return code == SPN_OK && o->ask ? check_reach(o, reterr) : code;
}

/* ---- DNS ---- */

static void look_back(struct hop_dns *dns)
{
    struct spn_error ignored;
    for (size_t i = 0; i < dns->address_count && !atomic_load(signals_flag()); i++)
        if (dns_lookup_reverse(dns->addresses[i].address, DNS_REVERSE_S, signals_flag(),
                               dns->addresses[i].name, &ignored) != SPN_OK)
            dns->addresses[i].name[0] = 0;
}

static void look_up(struct hop_dns *dns)
{
    struct dns_addresses found = {0};
    struct spn_error error = {0};
    enum spn_code code =
        dns_lookup_name(dns->host, DNS_FORWARD_S, signals_flag(), &found, dns->canonical, &error);
    if (code != SPN_OK) {
        dns->answer = code == SPN_CONFIG ? HOP_DNS_NONE : HOP_DNS_SILENT;
        snprintf(dns->error, sizeof dns->error, "%s", error.text);
        return;
    }
    dns->answer = HOP_DNS_FOUND;
    for (unsigned i = 0; i < found.count && dns->address_count < HOP_MAX_ADDRESSES; i++)
        snprintf(dns->addresses[dns->address_count++].address, sizeof dns->addresses[0].address, "%s",
                 found.text[i]);
    look_back(dns);
}

struct resolved {
    struct hop_dns *hosts;
    size_t count;
};

static void resolve(const struct hop_list *names, bool front, struct resolved *ret)
{
    struct hop_list hosts = {0};
    hop_dns_hosts(names, &hosts);
    for (size_t i = 0; i < hosts.count && ret->count < MAX_DNS_HOSTS; i++) {
        /* A whole name says what its short one does. */
        if (names->count > 1 && front && hop_host_is_short(hosts.items[i]))
            continue;
        struct hop_dns *dns = &ret->hosts[ret->count++];
        *dns = (struct hop_dns){.front = front};
        snprintf(dns->host, sizeof dns->host, "%s", hosts.items[i]);
        look_up(dns);
    }
    hop_list_release(&hosts);
}

/* ---- facts, judgement ---- */

/* The account that --front names, and its names; nothing where there is none. */
static enum spn_code front_account(struct store *store, const struct hop_options *o, struct hop_list *names,
                                   struct spn_error *reterr)
{
    const struct hop_wanted wanted = {.accounts = &o->front, .account_count = 1};
    struct hop_facts *facts = NULL;
    enum spn_code code = store_hop_read(store, &wanted, &facts, reterr);
    if (code == SPN_OK && facts->named[0].count > 1)
        code = spn_error_set(reterr, SPN_USAGE, 0,
                             "%zu accounts are named '%s': say DOMAIN\\name, or give a DN or GUID",
                             facts->named[0].count, o->front);
    else if (code == SPN_OK && facts->named[0].count == 1)
        hop_front_names(facts, facts->named[0].objects[0], names);
    store_hop_free(facts);
    return code;
}

static enum spn_code read_facts(struct store *store, const struct hop_options *o, const struct hop_list *all,
                                const struct resolved *dns, struct hop_facts **ret, struct spn_error *reterr)
{
    const char *accounts[] = {o->user, o->front};
    struct hop_list hosts = {0};
    struct hop_facts *domains = NULL;
    struct hop_wanted wanted = {.accounts = accounts, .account_count = 2};
    /* Which domains there are says how short names may be completed. */
    enum spn_code code = store_hop_read(store, &(struct hop_wanted){0}, &domains, reterr);
    if (code != SPN_OK)
        return code;
    hop_spn_hosts(all, domains, dns->hosts, dns->count, &hosts);
    store_hop_free(domains);
    wanted.hosts = (const char *const *)hosts.items;
    wanted.host_count = hosts.count;
    code = store_hop_read(store, &wanted, ret, reterr);
    hop_list_release(&hosts);
    return code;
}

static long only_one(const struct hop_named *named)
{
    return named->count == 1 ? (long)named->objects[0] : -1;
}

static enum spn_code print_text(const struct hop_question *question, const struct hop_chain *chain,
                                const char *scan, struct spn_error *reterr)
{
    struct text_buf text = {0};
    hop_append_text(&text, question, chain, scan, color_wanted(STDOUT_FILENO));
    fwrite(text.data, 1, text.len, stdout);
    text_release(&text);
    if (fflush(stdout) != 0)
        return spn_error_set(reterr, SPN_CONFIG, 0, "cannot write to standard output");
    return SPN_OK;
}

static enum spn_code judge(const struct hop_options *o, const struct hop_facts *facts,
                           const struct resolved *dns, const struct hop_asked *asked, int *ret_status,
                           struct spn_error *reterr)
{
    const bool by_name = !hop_is_spn(o->front);
    const struct hop_question question = {.user = o->user,
                                          .front = o->front,
                                          .front_is_account = by_name,
                                          .backs = o->backs,
                                          .back_count = o->back_count,
                                          .front_object = by_name ? only_one(&facts->named[1]) : -1,
                                          .user_object = only_one(&facts->named[0]),
                                          .user_matches = facts->named[0].count,
                                          .has_dns = !o->no_dns,
                                          .dns = dns->hosts,
                                          .dns_count = dns->count,
                                          .asked = asked->answers,
                                          .asked_count = asked->count};
    struct hop_chain chain;
    hop_judge(&question, facts, &chain);
    enum spn_code code =
        o->csv ? hop_print_csv(&chain, reterr) : print_text(&question, &chain, facts->scan, reterr);
    *ret_status = hop_chain_status(&chain);
    hop_chain_release(&chain);
    return code;
}

static enum spn_code tell_age(struct store *store, struct spn_error *reterr)
{
    struct store_summary s;
    enum spn_code code = store_summarize(store, false, &s, reterr);
    if (code == SPN_OK && s.stored_started[0] && !s.stored)
        fprintf(stderr,
                "spnscan: warning: the newest scan (%s) read no DC whole; accounts are shown as of %s\n",
                s.started, s.stored_started);
    return code;
}

static enum spn_code ask(struct hop_options *o, struct hop_asked *ret, struct spn_error *reterr)
{
    char secret[SECRET_SIZE] = "";
    if (!o->ask)
        return SPN_OK;
    enum spn_code code = reach_options_login(&o->reach, secret, reterr);
    if (code == SPN_OK) {
        signals_catch();
        code = hop_ask_user(&o->reach.config, o->user, ret, reterr);
    }
    secret_wipe(secret);
    return code;
}

static enum spn_code check_chain(struct store *store, struct hop_options *o, int *ret_status,
                                 struct spn_error *reterr)
{
    struct hop_list front = {0}, back = {0}, all = {0};
    struct resolved dns = {.hosts = xcalloc(MAX_DNS_HOSTS, sizeof *dns.hosts)};
    struct hop_asked asked = {0};
    struct hop_facts *facts = NULL;
    enum spn_code code = tell_age(store, reterr);
    if (code == SPN_OK && hop_is_spn(o->front))
        hop_list_add(&front, o->front);
    else if (code == SPN_OK)
        code = front_account(store, o, &front, reterr);
    for (size_t i = 0; i < o->back_count; i++)
        hop_list_add(&back, o->backs[i]);
    if (code == SPN_OK && !o->no_dns) {
        signals_catch();
        resolve(&front, true, &dns);
        resolve(&back, false, &dns);
        if (atomic_load(signals_flag()))
            code = spn_error_set(reterr, SPN_CANCELLED, 0, "cancelled");
    }
    for (size_t i = 0; i < front.count + back.count; i++)
        hop_list_add(&all, i < front.count ? front.items[i] : back.items[i - front.count]);
    if (code == SPN_OK)
        code = read_facts(store, o, &all, &dns, &facts, reterr);
    if (code == SPN_OK)
        code = ask(o, &asked, reterr);
    if (code == SPN_OK)
        code = judge(o, facts, &dns, &asked, ret_status, reterr);
    free(asked.answers);
    store_hop_free(facts);
    hop_list_release(&front);
    hop_list_release(&back);
    hop_list_release(&all);
    free(dns.hosts);
    return code;
}

int command_hop(int argc, char **argv)
{
    struct hop_options options = {0};
    struct spn_error error = {0};
    struct store *store = NULL;
    char **args = NULL;
    int count = 0, status = EXIT_CLEAN;
    bool help = false;
    reach_options_init(&options.reach, signals_flag());
    enum spn_code code = options_parse(&hop_command, argc, argv, set, &options, &args, &count, &help, &error);
    if (code == SPN_OK && !help)
        code = check(&options, args, count, &error);
    if (code == SPN_OK && !help)
        code = command_open_store(options.db, STORE_READ, &store, &error);
    if (code == SPN_OK && !help)
        code = check_chain(store, &options, &status, &error);
    store_close(store);
    reach_options_release(&options.reach);
    if (code == SPN_OK)
        return status;
    /* 1 and 2 speak of a chain that was checked. */
    command_fail(&error);
    return EXIT_FAILED;
}
