/* dns.h: forward lookups with a time limit (c-ares: /etc/hosts, then DNS as resolv.conf says). Never a
 * reverse one. Thread-safe: each call has its own channel. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "spnscan/error.h"

#define DNS_MAX_ADDRESSES 8

/* Textual IPv6 or IPv4 addresses, in the order in which to try them. A literal address (IPv6 with or without
 * brackets) yields itself. */
struct dns_addresses {
    char text[DNS_MAX_ADDRESSES][64];
    unsigned count;
};

enum spn_code dns_lookup(const char *host, int timeout_s, const atomic_bool *cancel,
                         struct dns_addresses *ret, struct spn_error *reterr);

struct dns_srv {
    char host[256]; /* lower case, no dot at the end */
    uint16_t port, priority, weight;
};

/* SRV records of name ("_ldap._tcp.dc._msdcs.corp.example") ordered by priority, then weight (high first),
 * then name; at most max of them. SPN_CONFIG: no such name or no record; SPN_UNREACHABLE: no DNS server
 * answered. */
enum spn_code dns_lookup_srv(const char *name, int timeout_s, const atomic_bool *cancel, struct dns_srv *ret,
                             unsigned max, unsigned *ret_count, struct spn_error *reterr);
