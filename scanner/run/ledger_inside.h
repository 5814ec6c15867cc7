/* ledger_inside.h: the ledger's memory, shared by ledger.c (noting) and ledger_emit.c (settling). */
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
};

struct object {
    struct guid guid;
    atomic_uint id; /* in the store; 0: in the making. Set last: with it, guid may be read without the lock */
    uint16_t domain;
    uint8_t flags;
    int32_t state[FACET_COUNT]; /* baseline */
    struct hash128 hash[FACET_COUNT];
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
    uint32_t *slots; /* object index + 1; 0 free; open addressing */
    size_t slot_count, used;
    struct alternate *alternates;
    size_t alternate_count, alternates_used;
};

/* A set of small numbers that grows; beyond words nothing is in it. {0} is empty. */
struct bits {
    uint64_t *word;
    size_t words;
};

struct ledger {
    const struct domain_info *domains;
    size_t domain_count;
    struct shard shards[SHARDS];
    _Atomic(struct object *) chunks[MAX_CHUNKS];
    pthread_mutex_t chunk_lock; /* guards making a chunk */
    atomic_uint object_count;
    uint32_t next_object_id;  /* first id of this scan; ids go on with the index */
    uint32_t first_new_index; /* objects below it were loaded */
    atomic_int next_state[FACET_COUNT];
    int32_t first_new_state[FACET_COUNT];
    struct bits loaded_states[FACET_COUNT]; /* by state id */
    uint32_t *loaded_index;                 /* store id to index + 1, while loading */
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

struct name_key {
    uint64_t key;
    uint32_t object;
} __attribute__((packed)); /* millions of them */

/* In blocks, so that they never have to be moved, and go back to the system one by one. */
#define NAME_BLOCK_KEYS 32768
struct name_block {
    struct name_block *next;
    size_t count;
    struct name_key keys[NAME_BLOCK_KEYS];
};

struct dc_view {
    struct bits seen_pas, seen_rest; /* by object index */
    uint32_t last;                   /* the object that it spoke of last */
    struct showing *showings;
    size_t showing_count, showing_size;
    struct name_block *names; /* the newest first */
    size_t name_count;
};

static inline struct object *ledger_object(const struct ledger *ledger, uint32_t index)
{
    struct object *chunk = atomic_load_explicit(&ledger->chunks[index / CHUNK_OBJECTS], memory_order_acquire);
    return &chunk[index % CHUNK_OBJECTS];
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
