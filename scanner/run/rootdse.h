/* rootdse.h: what a server says of itself before and after a bind. */
#pragma once

#include "scanner/ldap/questions.h"

struct rootdse {
    char host[256]; /* dnsHostName, lower case; empty when not told */
    char config_dn[512], root_dn[512], default_dn[512], service_dn[600];
    uint64_t highest_usn;
    bool has_usn;
    bool gc_ready;
    bool is_samba;         /* by its vendorName (RFC 3045); AD has none */
    int64_t round_trip_us; /* of this very question */
    bool has_skew;
    int64_t skew_us; /* currentTime minus ours at the midpoint of the round trip */
};

/* SPN_PROTOCOL: it isn't a domain controller (no configuration NC). */
enum spn_code rootdse_read(struct conn *conn, struct rootdse *ret, struct spn_error *reterr);
/* The same, with other questions sent together with it. */
enum spn_code rootdse_read_with(struct conn *conn, const struct question *beside, size_t count,
                                struct rootdse *ret, struct spn_error *reterr);

/* Which DC answered is the datum: an address that leads to another one must not be taken for it.
 * SPN_PROTOCOL: the server says that it is not the DC of that name. One that does not tell its name is
 * believed. */
enum spn_code rootdse_identify(const struct rootdse *rootdse, const struct conn *conn, const char *name,
                               struct spn_error *reterr);
