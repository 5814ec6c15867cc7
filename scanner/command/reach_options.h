/* reach_options.h: the options that say which DCs and who reads, of every command that asks DCs: a struct to
 * parse them into, rows for the command's option table, what must not stand together, and the login. */
#pragma once

#include "scanner/command/options.h"
#include "scanner/command/secret.h"
#include "scanner/run/config.h"

struct reach_options {
    struct scan_config config;
    const char *password_file; /* NULL: a password is asked for on the terminal */
};

/* Rows of a table of struct option_def. */
#define REACH_DC_OPTIONS                                                                                     \
    {NULL, 0, NULL, "Which DCs"}, {"server", 's', "HOST", "a DC to start from; it tells all others"},        \
        {"domain", 'd', "DNSNAME", "start from the DCs that DNS lists for this domain (SRV)"},               \
        {"dc", 0, "NAME=ADDR[:LDAP[:GC]]",                                                                   \
         "address and ports that DNS does not tell, also for -s; with --tls ldaps\n"                         \
         "the TLS ports; IPv6 in brackets; may be repeated"},                                                \
        {"no-locate", 0, NULL, "ask just the given DCs"},                                                    \
        {"exclude", 0, "NAME", "leave this DC out; may be repeated"},                                        \
    {                                                                                                        \
        "site", 0, "NAME", "only the DCs of this site"                                                       \
    }
#define REACH_LOGIN_OPTIONS                                                                                  \
    {NULL, 0, NULL, "Who reads"},                                                                            \
        {"bind", 0, "METHOD", "gssapi (default), gss-spnego, simple, external, anonymous"},                  \
        {"user", 0, "NAME", "simple: a DN, UPN or DOMAIN\\name; gssapi: a principal, with password"},        \
        {"password-file", 0, "FILE",                                                                         \
         "its first line is the password; - is standard input; else it is asked for"},                       \
        {"keytab", 0, "FILE", "Kerberos key instead of a ticket; the ticket stays in memory"},               \
        {"principal", 0, "NAME", "whose key in the keytab"},                                                 \
        {"tls", 0, "MODE", "off (default: Kerberos signs and seals), ldaps, starttls"},                      \
        {"ca-file", 0, "FILE", "PEM file of the CAs to trust (default: those of the system)"},               \
        {"cert-file", 0, "FILE", "client certificate, for --bind external"},                                 \
    {                                                                                                        \
        "key-file", 0, "FILE", "its key"                                                                     \
    }
#define REACH_TIMEOUT_OPTION                                                                                 \
    {                                                                                                        \
        "timeout", 0, "S", "seconds to wait for any one answer (default 30)"                                 \
    }

void reach_options_init(struct reach_options *options, const atomic_bool *cancel);
void reach_options_release(struct reach_options *options);

/* Takes one option of the rows above; *ret_known false: it is none of them, and nothing was done. */
enum spn_code reach_options_set(struct reach_options *options, const char *name, const char *value,
                                bool *ret_known, struct spn_error *reterr);

/* What single options can't tell: contradictions, and what is missing. */
enum spn_code reach_options_check(const struct reach_options *options, struct spn_error *reterr);

/* Makes ready for binds: the LDAP room, the password (into secret, which the caller wipes and keeps as long
 * as there are binds), tickets. Before the first thread. */
enum spn_code reach_options_login(struct reach_options *options, char secret[SECRET_SIZE],
                                  struct spn_error *reterr);

/* Parses NAME=ADDRESS[:LDAPPORT[:GCPORT]]; IPv6 addresses stand in brackets. Pure. */
enum spn_code given_dc_parse(const char *text, struct given_dc *ret, struct spn_error *reterr);
