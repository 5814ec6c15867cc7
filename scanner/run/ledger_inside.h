/* ledger_inside.h: the ledger's memory, shared by ledger_load.c (what the store knows), ledger.c (noting),
 * ledger_gather.c (what each DC shows) and ledger_emit.c (settling). */
#pragma once

#include <pthread.h>
#include <string.h>
#include <stdatomic.h>

#include "scanner/run/ledger.h"

#define SHARDS        64
#define CHUNK_OBJECTS 8192
#define MAX_CHUNKS                                                                                           \
    8192 /* 67 million objects: more than an AD database can hold rows for accounts in practice */

#define STATE_UNSET (-1) /* no DC has told this facet yet */

enum object_flag {
    OBJECT_IN_VIEW = 1,   /* the store's current view has it */
    OBJECT_WAS_SHOWN = 2, /* ... as shown by the most */
    OBJECT_NAMED = 4,     /* the names of its baseline SPN state are recorded */
    OBJECT_SET_SPN = 8,   /* << facet: the baseline of that facet was set in this scan */
    OBJECT_FETCHED = 64,  /* came from the store by itself: loading the rest passes over it */
};

struct object {
    struct guid guid;
    atomic_uint id; /* in the store; 0: in the making. Set last: with it, guid may be read without the lock */
    uint16_t domain;
    uint8_t flags;
    int32_t state[FACET_COUNT]; /* baseline */
    struct hash128 hash[FACET_COUNT];
};

/* Hash of an entry that tells an object's baseline: from a stream with the SPN facet, from one without; 0:
 * none yet. */
struct raw_hashes {
    uint64_t with_spns, without;
};

/* A state that is not a baseline. */
struct alternate {
    struct hash128 hash;
    uint32_t object; /* index */
    int32_t state;   /* 0: free slot */
    uint8_t facet;
    bool named;
};

/* Objects are spread over shards by GUID; lock guards everything in the shard and the objects that hang on
 * it. */
struct shard {
    pthread_mutex_t lock;
    /* ledger_slot(), 0 free; open addressing. Atomic for ledger_expect, which has no lock. */
    _Atomic(uint64_t *) slots;
    atomic_size_t slot_count;
    size_t used;
    struct alternate *alternates;
    size_t alternate_count, alternates_used;
    struct before *before;
    size_t before_count, before_size;
};

/* What the store says a DC showed where that is not the stored consensus (tables departure and kept). */
struct before {
    uint32_t object;            /* index */
    uint32_t dc;                /* index into forest_info.dcs */
    int32_t state[FACET_COUNT]; /* STATE_UNKNOWN: of a departure, the consensus; of a kept row, not known */
    bool kept, shown;
};

/* A set of small numbers that grows; beyond words nothing is in it. {0} is empty. */
struct bits {
    uint64_t *word;
    size_t words;
};

struct ledger {
    const struct forest_info *forest;
    const struct known_mark **marks;   /* one a DC of the forest; NULL without one */
    enum replica_kind **mark_replicas; /* of each mark, per domain */
    bool anew;                         /* there is no stored view: names are gathered */
    struct store *store;               /* where objects that are not here are looked for; NULL: nowhere */
    atomic_bool lazy;                  /* store is set, and the rest has not been loaded */
    pthread_rwlock_t rest;             /* with lazy: noting reads, loading the rest writes */
    struct shard shards[SHARDS];
    _Atomic(struct object *) chunks[MAX_CHUNKS];
    struct raw_hashes *raws[MAX_CHUNKS]; /* beside chunks, made before them; NULL: no other DC could send such
                                            an entry again */
    pthread_mutex_t chunk_lock;          /* guards making a chunk */
    atomic_uint object_count;
    atomic_uint next_object_id;
    atomic_int next_state[FACET_COUNT];
    int32_t first_new_state[FACET_COUNT];    /* ids from here on were given in this scan */
    pthread_mutex_t load_lock;               /* guards all below, while threads may load */
    struct bits loaded_states[FACET_COUNT];  /* by state id */
    struct bits history_states[FACET_COUNT]; /* table change needs them */
    struct bits delegating; /* account states that let it act for users (ACCOUNT_DELEGATES) */
    uint32_t *loaded_index; /* store id to index + 1 */
    size_t loaded_index_size;
    uint32_t *stray_ids; /* object rows of domains that are no more */
    size_t stray_count, stray_size;
};

/* One explicit word of a DC about a facet. */
struct showing {
    uint32_t object;
    int32_t state;
    uint8_t facet;
};

/* In blocks, so that they never have to be moved, and go back to the system one by one. */
#define NAME_BLOCK_KEYS 32768
#define NAME_PARTS      256 /* by the top byte of the key */
struct name_block {
    struct name_block *next;
    size_t count;
    struct name_entry keys[NAME_BLOCK_KEYS];
};

struct dc_view {
    struct bits seen_pas, seen_rest; /* by object index */
    struct bits odd_account;         /* an account facet was shown that is no baseline */
    struct bits gone;                /* the later word: it does not have the object */
    uint32_t last;                   /* the object that it spoke of last */
    struct showing *showings;
    size_t showing_count, showing_size;
    struct name_block *names;       /* the newest first */
    size_t name_counts[NAME_PARTS]; /* keys of each part */
};

static inline struct object *ledger_object(const struct ledger *ledger, uint32_t index)
{
    struct object *chunk = atomic_load_explicit(&ledger->chunks[index / CHUNK_OBJECTS], memory_order_acquire);
    return &chunk[index % CHUNK_OBJECTS];
}

/* A state that says something; nobody has told STATE_UNSET, and what is not known neither. */
static inline bool tells(int64_t state)
{
    return state != STATE_NONE && state != STATE_UNSET && state != STATE_UNKNOWN;
}

static inline bool bits_get(const struct bits *bits, size_t i)
{
    return i / 64 < bits->words && (bits->word[i / 64] >> (i % 64) & 1);
}

/* Room for bit i. */
static inline void bits_reach(struct bits *bits, size_t i)
{
    size_t old = bits->words;
    if (i / 64 < old)
        return;
    bits->word = xgrow(bits->word, &bits->words, i / 64 + 1, sizeof *bits->word);
    memset(bits->word + old, 0, (bits->words - old) * sizeof *bits->word);
}

static inline void bits_set(struct bits *bits, size_t i)
{
    bits_reach(bits, i);
    bits->word[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline void bits_clear(struct bits *bits, size_t i)
{
    if (i / 64 < bits->words)
        bits->word[i / 64] &= ~((uint64_t)1 << (i % 64));
}

/* ---- ledger_table.c ---- */

uint64_t ledger_guid_spread(const struct guid *guid);
struct shard *ledger_shard_of(struct ledger *ledger, uint64_t spread);
uint64_t *ledger_slot_find(const struct ledger *ledger, struct shard *shard, const struct guid *guid,
                           uint64_t spread);
/* What a slot holds for the object with that index: the index + 1 in its lower half. */
uint64_t ledger_slot(uint64_t spread, uint32_t index);
struct alternate *ledger_alternate_find(struct shard *shard, uint32_t object, int facet, struct hash128 hash);
void ledger_alternate_fill(struct shard *shard, struct alternate *a, uint32_t object, int facet,
                           struct hash128 hash, int32_t state);
struct object *ledger_object_add(struct ledger *ledger, uint32_t *ret_index);

/* ---- ledger_load.c ---- */

/* The shard's lock is held; the GUID is not in it. *ret_slot: where it is then, if the store has it. */
enum spn_code ledger_fetch(struct ledger *ledger, const struct guid *guid, struct spn_error *reterr);

/* ---- ledger_gather.c ---- */

/* An explicit word of a complete DC, with its place in time. */
struct said {
    uint32_t object;
    uint32_t dc;
    uint32_t order;
    int32_t state;
    uint8_t facet;
};

/* All that was said and stored, in order; the ledger must not be noted into while it is used. */
struct gathering {
    const struct ledger *ledger;
    const struct dc_evidence *dcs;
    size_t dc_count;
    struct said *said;
    size_t said_count, said_at;
    struct before *before; /* sorted by object, DC */
    size_t before_count, before_at;
    struct shown *shown; /* room for dc_count */
};

void gathering_init(struct gathering *g, const struct ledger *ledger, const struct dc_evidence *dcs,
                    size_t dc_count);
void gathering_release(struct gathering *g);

/* What is known of a DC from the scan before. */
enum known { KNOWN_NOT, KNOWN_ABSENT, KNOWN_SHOWS };

/* Objects are to be asked for in ascending order of index. True: every DC in scope shows the baseline, nobody
 * said anything else, and the store has no row of it: the consensus is the baseline, as before. */
bool gathering_agrees(struct gathering *g, uint32_t index);
/* Fills g->shown with a row for each complete DC in scope and returns how many. */
size_t gathering_rows(struct gathering *g, uint32_t index);
/* Is the account one that a scan of everything would have in its streams? rows: the first count of g->shown.
 * Else it is not stored: an account that lost what made it worth telling of. */
bool gathering_matters(const struct gathering *g, size_t count);
/* What the DC showed before; states of *ret are filled where it is KNOWN_SHOWS. */
enum known gathering_before(const struct gathering *g, uint32_t index, size_t dc, struct shown *ret);
