/* schema.h: the attributes and classes that the simulated forest knows. Uses bytes.h alone. */
#pragma once

#include "tests/dcsim/bytes.h"

enum attr {
    A_NONE, /* no attribute of this schema */
    A_OBJECT_CLASS,
    A_OBJECT_CATEGORY,
    A_OBJECT_GUID,
    A_OBJECT_SID,
    A_CN,
    A_NAME,
    A_DN,
    A_INSTANCE_TYPE,
    A_WHEN_CREATED,
    A_WHEN_CHANGED,
    A_USN_CREATED,
    A_USN_CHANGED,
    A_SAM,
    A_SAM_TYPE,
    A_UAC,
    A_PRIMARY_GROUP,
    A_DNS_HOST,
    A_UPN,
    A_SPN,
    A_PWD_LAST_SET,
    A_ADMIN_COUNT,
    A_DESCRIPTION,
    A_OS,
    A_TARGETS,
    A_RBCD,
    A_ENCTYPES,
    A_IS_DELETED,
    A_IS_RECYCLED,
    A_LAST_PARENT,
    A_META,
    A_VECTOR,
    A_EXTRA_DNS,
    A_EXTRA_SAM,
    A_GROUP_TYPE,
    A_MEMBER,
    A_MEMBER_OF,
    A_OPTIONS,
    A_INVOCATION,
    A_MASTER_NCS,
    A_MS_MASTER_NCS,
    A_DOMAIN_NCS,
    A_PARTIAL_NCS,
    A_FULL_NCS,
    A_IS_RODC,
    A_BEHAVIOR,
    A_SERVER_REF,
    A_NC_NAME,
    A_DNS_ROOT,
    A_NETBIOS,
    A_SYSTEM_FLAGS,
    A_TRUST_PARENT,
    A_SPN_MAPPINGS,
    A_HEURISTICS,
    A_TOMBSTONE_LIFE,
    A_ADMIN_LIMITS,
    A_LDAP_NAME,
    A_ATTRIBUTE_ID,
    A_IN_PAS,
    A_SEARCH_FLAGS,
    A_SITE_LIST,
    A_COST,
    A_REPL_INTERVAL,
    A_OPERATOR_COUNT,
    A_MANAGERS,
    A_REPS_FROM,
    A_DESCRIPTOR,
    A_ATTR_META,
    A_CURSORS,
    A_NEIGHBOURS,
    A_COUNT
};

typedef unsigned __int128 attr_mask;
#define BIT(a) ((attr_mask)1 << (a))

enum syntax { SYN_TEXT, SYN_DN, SYN_NUMBER, SYN_TIME, SYN_BOOL, SYN_BYTES, SYN_OID };

enum attr_flag {
    IN_PAS = 1,     /* partial attribute set: on the GC port */
    LOCAL = 2,      /* not replicated: no stamp */
    COMPUTED = 4,   /* made at the moment of asking, in no version */
    KEPT = 8,       /* stays on a tombstone */
    ON_DEMAND = 16, /* not part of "*" */
    MANY = 32       /* COMPUTED, with any number of values: replica.h makes them */
};

struct attr_info {
    const char *name;
    uint32_t attid;
    enum syntax syntax;
    unsigned flags;
    uint8_t name_len;
};

extern struct attr_info attr_table[A_COUNT]; /* after schema_init */

/* Sums of the table. */
extern attr_mask mask_pas, mask_replicated, mask_computed, mask_kept, mask_many, mask_all;

void schema_init(void);
enum attr attr_by_name(struct bytes name);

enum object_class {
    OC_DOMAIN,
    OC_CONTAINER,
    OC_OU,
    OC_USER,
    OC_COMPUTER,
    OC_GMSA,
    OC_DC,
    OC_RODC,
    OC_GROUP,
    OC_CONFIGURATION,
    OC_SITES,
    OC_SITE,
    OC_SERVERS,
    OC_SERVER,
    OC_DSA,
    OC_DSA_RO,
    OC_PARTITIONS,
    OC_CROSSREF,
    OC_SERVICE,
    OC_QUERY_POLICY,
    OC_DMD,
    OC_ATTRIBUTE_SCHEMA,
    OC_SITE_LINK,
    OC_COUNT
};

struct class_info {
    const char *name;       /* structural class */
    const char *classes[7]; /* all of them, from top */
    const char *category;   /* RDN value of its objectCategory */
    uint32_t sam_type, primary_group;
    bool nc_head;
};

extern const struct class_info class_table[OC_COUNT];
enum object_class class_by_name(const char *name); /* OC_COUNT: none */
