/* forest.h: the base forest, shared by all DCs: naming contexts, DCs as the directory lists them, and every
 * object as it was when all DCs agreed. Made once, from a few numbers; never changed afterwards but for new
 * invocationIds.
 *
 * Objects are numbered; those of one naming context stand together. GUID and SID are made from the number and
 * lead back to it without a table.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "tests/dcsim/version.h"

#define MAX_DOMAINS 32
#define MAX_NCS     (MAX_DOMAINS + 2)
#define MAX_DCS     2000
#define MAX_SITES   200

/* What the command line asks for. */
struct plan {
    uint64_t seed;
    int domains, dcs, sites, rodcs, no_gc;
    uint32_t accounts;
    int enctypes, delegation; /* per mille of accounts */
    uint32_t duplicates, shadows, big, wrong_names;
    const char *root; /* DNS name of the forest */
    const char *heuristics;
    int tombstone_days; /* 0: not set */
};

enum nc_kind { NC_CONFIG, NC_SCHEMA, NC_DOMAIN };

struct nc {
    char dn[240];
    enum nc_kind kind;
    int domain;            /* of NC_DOMAIN */
    uint32_t first, count; /* its objects; first is the head */
    /* DN to object, made when first needed; slots hold number + 1 - first. */
    uint32_t *index;
    uint32_t index_mask;
    pthread_mutex_t index_lock;
    atomic_bool indexed;
};

struct domain {
    char dns[120], netbios[16];
    uint32_t sid[3];
    int nc, parent; /* parent: -1 for the root */
    uint32_t deleted_objects, users, dc_ou, first_account, accounts;
    int first_dc, writable; /* number of writable DCs */
};

/* A DC as the configuration NC has it. */
struct dc_facts {
    char name[32], host[140]; /* "DC1", "dc1.sim.example" */
    int domain, site;
    bool gc, rodc;
    uint32_t server, dsa, account; /* objects */
    int invocation;
    uint64_t usn_base; /* uSNChanged of the object that came first */
    uint32_t rotation; /* objects came in the forest's order, rotated by so many */
};

struct object {
    struct version version;
    uint32_t rid; /* 0: no security principal */
    uint16_t nc;
    uint16_t spare;
};

struct invocation {
    uint8_t guid[16];
    int dc;
};

struct forest {
    struct plan plan;
    struct nc ncs[MAX_NCS];
    int nc_count;
    struct domain domains[MAX_DOMAINS];
    char sites[MAX_SITES][24];
    struct dc_facts dcs[MAX_DCS];
    struct object *objects;
    uint32_t count; /* of objects */
    size_t object_room;
    struct invocation *invocations;
    int invocation_count;
    size_t invocation_room;
    struct version common[OC_COUNT]; /* what all objects of a class share */
    struct buf expected;             /* what was put in on purpose, a line each */
    struct draft draft;
    uint8_t *chunk, *chunk_end;
};

extern struct forest forest;

void forest_make(const struct plan *plan);

/* ---- from numbers to identities and back ---- */

void guid_of(uint64_t number, uint8_t ret[16]);
/* UINT32_MAX: no object of the base forest or after it has this GUID. */
uint32_t object_by_guid(const uint8_t guid[16]);
uint32_t object_by_sid(struct bytes sid);
size_t sid_of(int domain, uint32_t rid, uint8_t ret[68]);
void guid_text(const uint8_t guid[16], char ret[37]);
/* Base object of this DN in this naming context; UINT32_MAX: none. */
uint32_t object_by_dn(struct nc *nc, struct bytes dn);
#define NO_OBJECT UINT32_MAX

int64_t created_time(uint32_t object);
uint64_t base_usn(const struct dc_facts *dc, uint32_t object);
/* The DC where the base version of the object was written. */
int origin_dc(uint32_t object);
/* The last USN given out before the first change of a run. */
uint64_t base_highest_usn(const struct dc_facts *dc);
bool dc_writes_nc(int dc, int nc);

int add_invocation(int dc); /* a new invocationId */

/* ---- names ---- */

bool dn_under(struct bytes dn, struct bytes base); /* below it, not itself */
struct bytes dn_parent(struct bytes dn);           /* empty: none */
struct bytes rdn_value(struct bytes dn);           /* as written, escapes kept */
int nc_of_dn(struct bytes dn);                     /* -1: none of this forest */

/* ---- for the generators ---- */

/* Attributes that every object of a class has without their being in its version. */
attr_mask class_present(enum object_class cls);
/* Takes the draft as the next object. rid 0: no security principal. */
uint32_t add_object(int nc, uint32_t rid);
struct draft *new_object(enum object_class cls, const char *dn);
void forest_add_configuration(void);
void forest_add_domain(int domain);
/* The nth workstation of a domain. NO_OBJECT: there are not so many. */
uint32_t workstation(int domain, uint32_t nth);
void expect(const char *format, ...) __attribute__((format(printf, 1, 2)));
