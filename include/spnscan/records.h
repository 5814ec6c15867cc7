/* records.h: what a scan yields. Plain structs: neither LDAP nor SQLite in them. */
#pragma once

#include "spnscan/ids.h"

enum facet { FACET_SPN, FACET_ACCOUNT, FACET_DELEGATION, FACET_COUNT };

/* State 0 of a facet is "nothing": no SPN at all, no delegation at all. Real ids start at 1. */
#define STATE_NONE 0
/* No complete DC could say (e.g. no full replica of the domain was read). */
#define STATE_UNKNOWN (-1)
/* Delegation states of which msDS-SupportedEncryptionTypes is all, as of most accounts that have any: one for
 * each value for all objects, with an id of its own below those two. Values that a view looks for (DES or RC4
 * alone) and those beyond what is defined (MS-KILE 2.2.7) are states like any other. */
#define TYPES_STATES 64
static inline bool types_are_shared(uint32_t enctypes)
{
    return enctypes < TYPES_STATES && (!(enctypes & 7) || (enctypes & 0x18));
}
static inline int types_state(uint32_t enctypes)
{
    return -2 - (int)enctypes;
}

/* A piece of a text_buf; off is NO_TEXT when the attribute was absent. Always valid UTF-8 (decode/clean.h).
 */
#define NO_TEXT UINT32_MAX
struct text_ref {
    uint32_t off, len;
};

struct spn_state {
    struct text_ref spns; /* JSON array of strings, sorted by folded value; NO_TEXT: that of like with name */
    struct text_ref like, name; /* a template of such arrays (store/base/spn_template.h), and its name */
};

/* An SPN that is not plain (table odd_spn). */
struct odd_spn {
    struct text_ref spn, kind, skeleton;
};

struct account_state {
    struct text_ref dn, sam, dns_host, upn;
    struct text_ref sid;  /* "S-1-5-21-..." */
    struct text_ref like; /* len not 0: dns_host, upn and sid are NO_TEXT, and told by this template of theirs
                           * (store/base/account_template.h), the name in sam and the RID */
    uint32_t rid;
    bool has_uac; /* false: hidden from the reader */
    uint32_t uac; /* userAccountControl bits, MS-ADTS 2.2.16 */
};

/* userAccountControl bits that let an account act for users: TRUSTED_FOR_DELEGATION and
 * TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION (MS-ADTS 2.2.16). */
#define ACCOUNT_DELEGATES 0x1080000u

struct delegation_state {
    struct text_ref targets; /* msDS-AllowedToDelegateTo: JSON array of SPNs; "[]" when absent */
    struct text_ref
        trustees; /* who may act (RBCD): JSON array of SID strings allowed by the DACL; "[]" when none */
    struct text_ref rbcd_note; /* why the descriptor could not be read, or "null DACL"; absent when plain */
    struct text_ref rbcd;      /* the descriptor as hex, for comparing; absent when absent */
    bool has_enctypes;
    uint32_t enctypes; /* msDS-SupportedEncryptionTypes, MS-KILE 2.2.7 */
};

/* ---- what locate finds ---- */

struct domain_info {
    char dn[512];       /* nCName, "DC=corp,DC=example" */
    char dns_name[256]; /* dnsRoot, lower case */
    char netbios[64];
};

enum replica_kind { REPLICA_NONE, REPLICA_PARTIAL, REPLICA_FULL };

#define MAX_DOMAINS 256
#define MAX_DCS     4096

struct dc_info {
    char name[256];    /* dNSHostName, lower case: the name that Kerberos and TLS check */
    char address[128]; /* given by --dc, else empty; after connecting, the address used */
    char site[128];
    char dsa_dn[600]; /* its NTDS Settings object; empty: not known */
    int domain;       /* index into forest_info.domains of the DC's own domain, -1 unknown */
    uint16_t ldap_port, gc_port;
    bool is_gc, is_rodc;
    struct guid invocation_id; /* zero: unknown */
    struct guid dsa_guid;      /* objectGUID of its NTDS Settings; zero: unknown */
    bool located;  /* the facts above come from the configuration NC; else only the name is known */
    bool excluded; /* --exclude or --site left it out */
};

struct forest_info {
    char root_domain[256]; /* DNS name of the forest root domain */
    char root_dn[512], config_dn[512];
    struct domain_info *domains;
    size_t domain_count;
    struct dc_info *dcs;
    size_t dc_count;
    char **spn_mappings; /* "host=alerter,appmgmt,..." as read */
    size_t spn_mapping_count;
    char ds_heuristics[64];
    int tombstone_lifetime_days; /* 0: attribute not set (60 days, MS-ADTS 6.1.5.1) */
};

/* ---- what became of one DC ---- */

enum dc_status {
    DC_WAITING,
    DC_OK,
    DC_UNRESOLVED,  /* its name has no address */
    DC_UNREACHABLE, /* refused, timed out, no route */
    DC_TLS_FAILED,
    DC_BIND_FAILED,
    DC_WRONG_DC, /* another DC answered at this address */
    DC_CUT_OFF,  /* the connection or the answer broke off during the read */
    DC_REFUSED,  /* the directory declined a search */
    DC_EXCLUDED, /* left out on request */
    DC_CANCELLED,
    DC_STATUS_COUNT
};

enum dc_phase {
    PHASE_WAITING,
    PHASE_RESOLVE,
    PHASE_CONNECT,
    PHASE_TLS,
    PHASE_BIND,
    PHASE_ROOTDSE,
    PHASE_GC_READ,
    PHASE_LDAP_READ,
    PHASE_ASK, /* asking for single objects by GUID */
    PHASE_DONE,
    PHASE_COUNT
};

/* Does the view know what was deleted at a DC? */
enum deletions {
    DELETIONS_SEEN,   /* deleted objects can be read there, or everything was read */
    DELETIONS_SWEPT,  /* told by what is left */
    DELETIONS_UNKNOWN /* not looked for */
};

struct dc_result {
    enum dc_status status;
    enum dc_phase phase; /* the furthest reached */
    char error[600];     /* plain words; empty when fine */
    int ldap_code;       /* 0 when none */
    char address[128];   /* "10.1.2.3", of the last connection */
    char bind[64];       /* "gssapi ssf=256", "simple tls" */
    bool has_skew;
    int64_t skew_us; /* server minus ours, at the midpoint of the round trip */
    uint64_t highest_usn;
    struct guid invocation_id;
    bool is_gc, is_rodc, gc_ready;
    bool far; /* a round trip to it takes 10 ms or more: what any DC can tell is asked of another */
    uint64_t objects, pages, bytes, hidden_uac;
    int64_t started_us, ended_us;
    bool complete;
    bool incremental; /* what changed since its mark was read, not everything */
    int64_t usn_asked_us,
        vectors_told_us; /* when highest_usn was asked for, and when the last vector was there */
    uint64_t mark_usn;   /* every change up to this USN was read */
    uint64_t seen_usn;   /* of the newest thing that was told; may be beyond that */
    int64_t full_us;     /* when everything was read last */
    enum deletions deletions;
    uint64_t changed, asked;     /* entries that had changed since the mark; single objects asked for */
    enum replica_kind *replicas; /* per domain; owned by the run; what was read whole */
};

/* Names of an object that have a key in common (store/base/spn_key.h): a bit for each of them, by a hash of
 * all but the host, so that two objects of one key can share a name only where they share a bit. */
struct name_entry {
    uint64_t key;
    uint32_t object;
    uint32_t names;
};

const char *dc_status_name(enum dc_status status);
const char *dc_phase_name(enum dc_phase phase);
const char *deletions_name(enum deletions deletions); /* seen, swept, unknown */
const char *facet_name(enum facet facet);
