/* replica.h: what a DC tells of replication, taken apart: stamps, up-to-dateness vectors, inbound neighbours.
 * Pure.
 *
 * The raw attributes are little-endian structures; the constructed ones (";binary", MS-ADTS 2.2.x) are
 * others; XML is the last resort. All bytes are hostile: counts and offsets are checked before use, and a
 * blob that does not fit is refused whole (false), never read in part; *ret is then untouched. Bytes behind
 * what is counted are passed over.
 *
 * Times are microseconds since 1970 UTC; 0: never, or not plausible (before 1990 or after 2200). MS-DRSR
 * keeps seconds since 1601 where Samba keeps 100 ns units in the vector: the unit is told by magnitude.
 */
#pragma once

#include "scanner/decode/entry.h"

/* The originating write of one attribute (MS-DRSR 5.11, AttributeStamp) and where it got to here. */
struct stamp {
    uint32_t version;
    int64_t time_us;    /* of the originating write, by the clock of its DC; it orders writes, so that it is
                           kept even where it is not plausible */
    struct guid origin; /* invocationId of the DC that wrote it */
    uint64_t usn;       /* there */
};

/* MS-DRSR 5.11: version (wrap-aware, CompareVersions), then time, then invocationId. <0: a is older. 0: one
 * write. */
int stamp_compare(const struct stamp *a, const struct stamp *b);

/* One DC's copy of an attribute's stamp. */
struct attr_stamp {
    uint32_t attid; /* ATTRTYP with the default prefix table */
    struct stamp stamp;
    uint64_t local_usn; /* at the DC that told it */
};

enum {
    ATTID_CN_NAME = 0x00090001,      /* name: the RDN; a move or rename writes it */
    ATTID_WHEN_CREATED = 0x00020002, /* the stamp of the object's creation */
    ATTID_IS_DELETED = 0x00020030,
    ATTID_SECURITY_DESCRIPTOR = 0x00020119,
    ATTID_UAC = 0x00090008,
    ATTID_OBJECT_SID = 0x00090092,
    ATTID_SAM = 0x000900dd,
    ATTID_DNS_HOST = 0x0009026b,
    ATTID_UPN = 0x00090290,
    ATTID_SPN = 0x00090303,
    ATTID_TARGETS = 0x000906fb,  /* msDS-AllowedToDelegateTo */
    ATTID_ENCTYPES = 0x000907ab, /* msDS-SupportedEncryptionTypes */
    ATTID_RBCD = 0x00090886,     /* msDS-AllowedToActOnBehalfOfOtherIdentity */
};

/* Calls found() for each stamp of replPropertyMetaData (raw, version 1). false: malformed, found() was not
 * called. */
bool metadata_raw(struct bytes blob, void (*found)(void *ctx, const struct attr_stamp *stamp), void *ctx);

/* One value of msDS-ReplAttributeMetaData: ";binary" (ATTR_META_DATA_BLOB) or XML (DS_REPL_ATTR_META_DATA).
 * The attribute is told by its LDAP name there; names that are not in the list above give attid 0. */
bool metadata_binary(struct bytes value, struct attr_stamp *ret);
bool metadata_xml(struct bytes value, struct attr_stamp *ret);

/* All stamps of an entry, from whichever of the three it has (the raw one first). false: none, or malformed;
 * found() was not called then. An attribute that came in ranges and is not whole counts as none, here and
 * below. */
bool metadata_of_entry(const struct entry *entry, void (*found)(void *ctx, const struct attr_stamp *stamp),
                       void *ctx);

struct utd_cursor {
    struct guid origin; /* invocationId */
    uint64_t usn;       /* everything originated there up to this USN is here (MS-DRSR 5.202) */
    int64_t synced_us;  /* when that was last heard, directly or not, by this DC's clock; 0 unknown */
};

/* An up-to-dateness vector of one NC at one DC, sorted by origin. The DC's own row is not in what it tells:
 * add it. */
struct utd_vector {
    struct utd_cursor *cursors; /* owned */
    size_t count, size;
};

#define MAX_CURSORS 1048576 /* MS-DRSR 5.205 */

bool vector_raw(struct bytes blob, struct utd_vector *ret); /* replUpToDateVector, V1 and V2 */
bool vector_add_binary(struct utd_vector *vector,
                       struct bytes value);                         /* a value of msDS-NCReplCursors;binary */
bool vector_add_xml(struct utd_vector *vector, struct bytes value); /* DS_REPL_CURSOR, _2, _3 */
/* From whichever of the three the entry has. false: none, or malformed. An NC that has never been replicated
 * in has no replUpToDateVector at all; whether that or a missing right is why there is none it can't tell. */
bool vector_of_entry(const struct entry *entry, struct utd_vector *ret);
/* Sets the cursor of origin, in order; a lower USN than the one there changes nothing. */
void vector_set(struct utd_vector *vector, const struct utd_cursor *cursor);
const struct utd_cursor *vector_find(const struct utd_vector *vector,
                                     const struct guid *origin); /* NULL: none */
/* Has a DC with this vector got that write? */
bool vector_covers(const struct utd_vector *vector, const struct stamp *stamp);
void vector_release(struct utd_vector *vector);

/* An inbound neighbour: a DC that this one pulls from directly. */
struct neighbour {
    struct guid dsa;        /* objectGUID of its NTDS Settings; zero unknown */
    struct guid invocation; /* zero unknown */
    uint64_t usn;           /* usnHighPropUpdate of the last cycle; 0 unknown */
    uint32_t failures;      /* consecutive */
    uint32_t result;        /* of the last attempt, a Win32 error; 0 fine */
    int64_t success_us, attempt_us;
    char source[256]; /* DNS name or DN of the source as told, clean text (clean.h), cut; empty unknown */
};

bool neighbour_raw(struct bytes value, struct neighbour *ret);    /* a value of repsFrom, version 1 or 2 */
bool neighbour_binary(struct bytes value, struct neighbour *ret); /* msDS-NCReplInboundNeighbors;binary */
bool neighbour_xml(struct bytes value, struct neighbour *ret);
/* Calls found() for each, from whichever of the three the entry has. false: none, or one is malformed (the
 * others are told all the same). */
bool neighbours_of_entry(const struct entry *entry, void (*found)(void *ctx, const struct neighbour *n),
                         void *ctx);
