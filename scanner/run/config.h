/* config.h: what a scan was asked to do. Values only; frozen before the first thread starts. */
#pragma once

#include "scanner/ldap/login.h"
#include "spnscan/records.h"

/* --dc NAME=ADDRESS[:LDAPPORT[:GCPORT]] */
struct given_dc {
    char name[256];              /* as typed, lower case */
    char address[128];           /* without brackets; empty: DNS says */
    uint16_t ldap_port, gc_port; /* 0: the usual one */
};

struct scan_config {
    const char *server; /* -s; NULL when not given */
    const char *domain; /* -d */
    struct given_dc *given;
    size_t given_count;
    bool no_locate;
    const char **excludes;
    size_t exclude_count;
    const char *site;
    int jobs; /* 0: one thread a DC, at most MAX_JOBS */
    int page_size;
    bool serial;          /* read a DC that is far away page by page, like a near one */
    bool plain;           /* read large answers through libldap alone */
    bool full;            /* read everything, whatever the store knows */
    int64_t full_every_s; /* read everything when it was last done so long ago */
    bool ask_dc;          /* ask DCs whether they take look-alikes for one name */
    bool no_sweep;        /* don't look for what is gone where deleted objects can't be read */
    int64_t max_lag_s;    /* lag younger than that is information */
    int64_t settle_s;     /* look again at what differs until it agrees, for so long; 0: don't */
    int64_t keep_s;       /* history is forgotten after so long; 0: never */
    struct login login;
};

#define MAX_JOBS 128

/* The port where none is given: 389 and 3268, with ldaps 636 and 3269. */
static inline uint16_t config_port(const struct login *login, bool gc)
{
    if (login->tls == TLS_LDAPS)
        return gc ? 3269 : 636;
    return gc ? 3268 : 389;
}
