/* dns.h: lookups with a time limit (c-ares: /etc/hosts, then DNS as resolv.conf says). Thread-safe: each call
 * has its own channel. No connection to a DC ever rests on a reverse lookup: these are for telling alone. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "spnscan/error.h"

#define DNS_MAX_ADDRESSES 8
#define DNS_NAME_SIZE     256

/* Textual IPv6 or IPv4 addresses, in the order in which to try them. A literal address (IPv6 with or without
 * brackets) yields itself. */
struct dns_addresses {
    char text[DNS_MAX_ADDRESSES][64];
    unsigned count;
};

enum spn_code dns_lookup(const char *host, int timeout_s, const atomic_bool *cancel,
                         struct dns_addresses *ret, struct spn_error *reterr);

/* The same, and the name that DNS makes of host: where its CNAMEs lead to, and what the search list completes
 * a short one to. Lower case; empty: host itself, a literal, or a name that no host can have. */
enum spn_code dns_lookup_name(const char *host, int timeout_s, const atomic_bool *cancel,
                              struct dns_addresses *ret, char ret_name[DNS_NAME_SIZE],
                              struct spn_error *reterr);

/* The name that an IPv4 or IPv6 address has (PTR), lower case, no dot at the end. SPN_CONFIG: no address, or
 * none that a host can have; SPN_UNREACHABLE: no DNS server answered. */
enum spn_code dns_lookup_reverse(const char *address, int timeout_s, const atomic_bool *cancel,
                                 char ret_name[DNS_NAME_SIZE], struct spn_error *reterr);

struct dns_srv {
    char host[256]; /* lower case, no dot at the end */
    uint16_t port, priority, weight;
};

/* SRV records of name ("_ldap._tcp.dc._msdcs.corp.example") ordered by priority, then weight (high first),
 * then name; at most max of them. SPN_CONFIG: no such name or no record; SPN_UNREACHABLE: no DNS server
 * answered. */
enum spn_code dns_lookup_srv(const char *name, int timeout_s, const atomic_bool *cancel, struct dns_srv *ret,
                             unsigned max, unsigned *ret_count, struct spn_error *reterr);
