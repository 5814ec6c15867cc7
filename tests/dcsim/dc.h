/* dc.h: one simulated DC: the base forest seen with its own USNs, and what has become different on it since.
 *
 * Lock: world.lock is held for reading while an answer is put together, for writing while anything here
 * changes.
 */
#pragma once

#include "tests/dcsim/fault.h"
#include "tests/dcsim/forest.h"

/* Which change an attribute's value comes from (MS-DRSR 5.11). */
struct stamp {
    uint8_t attr;
    uint32_t version;
    int invocation;
    int64_t time;   /* seconds since 1970 */
    uint64_t usn;   /* at the DC that wrote it */
    uint64_t local; /* here */
};

enum local_state { STATE_GONE, STATE_LIVE, STATE_DELETED };

/* An object that is not as in the base forest. */
struct local {
    uint32_t object;
    enum local_state state;
    struct version version; /* its data is owned */
    struct stamp *stamps;
    int stamp_count;
    size_t stamp_room;
    uint64_t usn_created, usn_changed;
    int64_t when_changed;
    bool renamed; /* its DN is not the base forest's */
};

struct change { /* of the log, in order of usn; out of date where the object's usn_changed has gone on */
    uint64_t usn;
    uint32_t object;
};

struct cursor {
    uint64_t usn;
    int64_t time; /* of the last sync */
};

struct neighbour {  /* an inbound one: a value of repsFrom */
    int nc, source; /* source: number of a DC */
    int invocation; /* of the source, at the last success */
    uint32_t failures, result;
    int64_t success, attempt;
    uint64_t usn; /* of the source, up to which all was taken */
};

/* Which attributes tell of replication: all; the constructed ones in both forms; those in XML alone. */
enum offer { OFFER_RAW, OFFER_BINARY, OFFER_XML };

enum holds { HOLDS_NONE, HOLDS_PARTIAL, HOLDS_FULL };

struct dc {
    const struct dc_facts *facts;
    int number;
    int invocation;
    enum holds holds[MAX_NCS];
    uint64_t highest_usn;
    uint64_t *different;  /* a bit an object of the base forest: there is a local */
    struct local **table; /* by object, open addressing */
    uint32_t table_mask, table_count;
    struct change *log;
    size_t log_len, log_room;
    struct cursor *cursors[MAX_NCS]; /* by invocation; NULL: as in the base forest */
    int cursor_count[MAX_NCS];
    attr_mask hidden[OC_COUNT]; /* by ACL */
    struct neighbour *neighbours;
    int neighbour_count;
    size_t neighbour_room;
    enum offer offer;
    bool frozen, not_ready;
    bool deleted_hidden; /* no right to CN=Deleted Objects, nor to what is in it */
    bool log_mixed;      /* USNs were given out twice: the log is not in their order */
    struct fault_set faults;
    char address[48];
    uint16_t ports[2]; /* LDAP, GC */
    _Atomic(uint64_t) requests, entries, sent, trips;
};

struct extra { /* an object made later: number forest.count and on */
    int nc;
    uint32_t rid;
    int64_t created;
    char sam[80]; /* as it was made */
};

/* What meets a change of an object that the destination should have and has not. */
enum consistency {
    STRICT,   /* replication of the naming context stops */
    LOOSE,    /* the object comes back */
    PASS_OVER /* the change is left out, the others come: no DC does this, it serves tests */
};

struct world {
    struct dc *dcs;
    int count;
    struct extra *extras;
    uint32_t extra_count;
    size_t extra_room;
    pthread_rwlock_t lock;
    int64_t started;    /* seconds since 1970 */
    int64_t fixed_time; /* 0: the machine's clock */
    uint64_t *had;      /* a bit an object: it is or was of those that truth.h tells of */
    size_t had_room;    /* in words */
    bool recycle_bin;
    enum consistency consistency;
    uint32_t max_page, max_values;
    const char *password; /* NULL: any */
    bool need_bind;
    bool sort_keys; /* SPNs are compared by sort_key.h; else as ASCII */
};

extern struct world world;

void world_make(int64_t now);            /* seconds since 1970 */
struct dc *dc_by_name(const char *name); /* "dc1", or the whole host name; NULL: none */
int64_t dc_time(const struct dc *dc);    /* its clock */

/* Whether one can replicate a naming context from the other. */
static inline bool dc_can_pull(const struct dc *to, const struct dc *from, int nc)
{
    return to != from && !from->facts->rodc && to->holds[nc] &&
           (to->holds[nc] == HOLDS_FULL ? from->holds[nc] == HOLDS_FULL : from->holds[nc] != HOLDS_NONE);
}

/* ---- seeing ---- */

struct view {
    const struct version *version;
    const struct local *local; /* NULL: as in the base forest */
    uint32_t object;
};

static inline bool dc_differs(const struct dc *dc, uint32_t object)
{
    return object >= forest.count || dc->different[object / 64] >> (object % 64) & 1;
}

struct local *dc_local(const struct dc *dc,
                       uint32_t object); /* NULL: as in the base forest, or not there if made later */

static inline int object_nc(uint32_t object)
{
    return object < forest.count ? forest.objects[object].nc : world.extras[object - forest.count].nc;
}

static inline uint32_t object_rid(uint32_t object)
{
    return object < forest.count ? forest.objects[object].rid : world.extras[object - forest.count].rid;
}

/* false: this DC has no such object, not even a tombstone. Whether it holds the naming context is not asked.
 */
static inline bool dc_view(const struct dc *dc, uint32_t object, struct view *ret)
{
    if (!dc_differs(dc, object)) {
        *ret = (struct view){&forest.objects[object].version, NULL, object};
        return true;
    }
    const struct local *local = dc_local(dc, object);
    if (!local || local->state == STATE_GONE)
        return false;
    *ret = (struct view){&local->version, local, object};
    return true;
}

/* Whether the DC has an object of this DN, tombstones too. Takes what is there now into account. */
uint32_t dc_find_dn(const struct dc *dc, int nc, struct bytes dn);

uint64_t view_usn(const struct dc *dc, const struct view *view);

/* The value of a computed attribute is appended to ret; false: it has none, or is one of mask_many. */
bool computed_value(const struct dc *dc, const struct view *view, enum attr attr, struct buf *ret);

struct cursor dc_cursor(const struct dc *dc, int nc, int invocation); /* own one too */
struct stamp base_stamp(const struct dc *dc, uint32_t object, enum attr attr);
bool view_stamp(const struct dc *dc, const struct view *view, enum attr attr, struct stamp *ret);
/* All of them that the DC's replica has, in order of attid. Returns how many. */
int view_stamps(const struct dc *dc, const struct view *view, struct stamp ret[A_COUNT]);
void put_metadata(const struct dc *dc, const struct view *view, struct buf *ret); /* replPropertyMetaData */
void put_vector(const struct dc *dc, int nc, struct buf *ret);                    /* replUpToDateVector */

/* ---- changing; world.lock held for writing ---- */

/* The object's local, made from the base version when there is none yet; NULL: not of this DC. */
struct local *dc_touch(struct dc *dc, uint32_t object);
struct local *dc_add_local(struct dc *dc, uint32_t object);      /* an empty one */
void local_take(struct local *local, const struct draft *draft); /* the draft is its version now */
void dc_log(struct dc *dc, struct local *local, uint64_t usn);   /* the last change of the object */
struct stamp *local_stamp(struct local *local, enum attr attr, bool make);
struct cursor *dc_own_cursors(struct dc *dc, int nc); /* filled in for all invocations */
