/* hop.h: what a scan knows of the accounts and DCs that one chain of services depends on: plain facts, per
 * DC, without a judgement (store_hop_read in store.h fills them, scanner/run/hop.h judges them).
 *
 * A state stands once, and each DC that shows it points to it: a hop over hundreds of DCs stays small.
 */
#pragma once

#include "spnscan/ids.h"

/* Texts of one multi-valued attribute, as written in the directory. */
struct hop_texts {
    char **items;
    size_t count;
};

struct hop_dc {
    int64_t id;
    char name[256], domain[256]; /* domain: DNS name of its own; empty: unknown */
    char status[24];             /* scan_dc.status */
    int is_gc;                   /* -1 unknown */
    bool complete;               /* read to its end; else it is evidence of nothing */
    bool excluded;               /* left out on request */
    bool has_skew;
    int64_t skew_ms; /* its clock minus that of the scanner */
};

struct hop_domain {
    int64_t id;
    char dn[512], dns[256], netbios[64];
};

/* A service class that is served by the holder of another: "http" by that of "host". Lower case. */
struct hop_mapping {
    char class_name[64], stands_for[64];
};

struct hop_account {
    char *dn, *sam, *dns_host, *sid; /* NULL: absent, or hidden from the reader */
    bool has_uac;                    /* false: hidden from the reader */
    uint32_t uac;
};

struct hop_delegation {
    struct hop_texts targets;  /* msDS-AllowedToDelegateTo */
    struct hop_texts trustees; /* SIDs that may act (RBCD) */
    char *note;                /* why that descriptor could not be read, or "null DACL"; NULL: plain */
    bool has_enctypes;
    uint32_t enctypes; /* msDS-SupportedEncryptionTypes */
};

enum hop_shows {
    HOP_NO_COPY, /* the DC holds no copy of the domain, or was not read to its end */
    HOP_UNASKED, /* a partial copy, of which holders of SPNs alone were read */
    HOP_ABSENT,  /* the DC does not have the object */
    HOP_SHOWN
};

/* What one DC shows of one object. */
struct hop_sight {
    enum hop_shows shows;
    bool full;                               /* a full replica: delegation is known too */
    const struct hop_texts *spns;            /* the three: NULL where not shown; */
    const struct hop_account *account;       /* */
    const struct hop_delegation *delegation; /* also where not known */
};

struct hop_object {
    int64_t id;
    char guid[GUID_TEXT_SIZE];
    char *name, *dn;         /* as most DCs name it */
    char *sid;               /* NULL unknown */
    size_t domain;           /* index into hop_facts.domains */
    struct hop_sight *sight; /* one a DC of hop_facts.dcs */
};

/* A difference that was judged (table difference), or a departure of which nothing is judged: verdict NULL.
 */
struct hop_difference {
    size_t object, dc; /* indexes */
    char *attribute, *verdict, *severity, *note;
    char *winner;     /* a DC that shows the winning value; NULL unknown */
    char *written_at; /* NULL unknown */
};

struct hop_principal {
    char *sid, *name;
};

/* The objects that a wanted account name stands for (indexes). */
struct hop_named {
    size_t *objects;
    size_t count, size;
};

struct hop_states;

struct hop_facts {
    char scan[32]; /* start of the scan that they are from */
    struct hop_dc *dcs;
    struct hop_domain *domains;
    struct hop_mapping *mappings;
    struct hop_object *objects;
    struct hop_difference *differences;
    struct hop_principal *principals; /* names of trustees that are no scanned account */
    struct hop_named *named;          /* one a wanted account */
    size_t dc_count, domain_count, mapping_count, object_count, difference_count, principal_count,
        named_count;
    size_t dc_size, domain_size, mapping_size, object_size, difference_size, principal_size; /* capacities */
    struct hop_states *states; /* what the pointers of sights point to; inside store/ */
};
