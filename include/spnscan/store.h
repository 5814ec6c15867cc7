/* store.h: the database, as the scanner and the reports see it. Only store/ knows SQLite.
 *
 * A scan goes store_open(STORE_SCAN) -> store_load_base -> store_begin -> store_set_forest ->
 * store_load_all (when everything is needed), store_fetch..., store_each_object, store_push -> store_end_bulk
 * -> store_finish -> store_put_later, store_prune. Until store_begin nothing is created or written but the
 * lock. Until store_finish returns SPN_OK the view of the last stored scan stays as it was, whatever happens
 * to this process.
 *
 * A store is used by one thread at a time, but for store_push, store_fetch..., store_load_all and
 * store_each_object: many threads at once may call them between store_set_forest and store_end_bulk. A lock
 * of the store keeps them and the writer apart; what they find is told without that lock.
 */
#pragma once

#include <stdio.h>

#include "spnscan/error.h"
#include "spnscan/records.h"
#include "spnscan/text_buf.h"

struct store;

enum store_mode {
    STORE_READ, /* the file must be there; nothing is written */
    STORE_EDIT, /* the same, but for what somebody has accepted; a scan may run meanwhile */
    STORE_SCAN  /* may be made; FILE.lock keeps a second scan out (SPN_DATABASE, names the process that holds
                   it) */
};

/* SPN_DATABASE: no such file, not ours, of a newer spnscan, not writable, held by another scan. */
enum spn_code store_open(const char *path, enum store_mode mode, struct store **ret,
                         struct spn_error *reterr);
/* Whoever reads the database (a report that is left open in a pager) holds up what a scan writes. Without
 * this it waits ten seconds and fails. With it, wait() is asked again and again, by any thread, with the
 * seconds it has waited so far: false ends the wait, and the scan. After store_open, before anything is
 * written. */
typedef bool (*store_wait_fn)(void *ctx, int waited_s);
void store_on_wait(struct store *store, store_wait_fn wait, void *ctx);
/* NULL is fine. Ends what is open: a scan that was not finished is rolled back. */
void store_close(struct store *store);

/* ---- before the scan: what is known ---- */

/* What a DC's mark (table mark) says. */
struct known_mark {
    char dc_name[256];
    struct guid invocation_id;
    uint64_t usn, seen_usn;
    int64_t full_us, deletions_us; /* microseconds since 1970 */
    bool deletions_unknown;        /* that scan did not look for them */
    uint64_t hidden_uac;           /* accounts whose userAccountControl it hid in that scan */
    int64_t scan;
    /* What the view knows of it: the domains (by DN) and how much of each. */
    size_t replica_count;
    struct known_replica {
        char domain_dn[512];
        bool full;
    } * replicas;
};

struct known_base {
    uint64_t seed;       /* of all hashes of this database; made when there is none */
    int64_t scan;        /* that the stored view is of; 0: there is no view yet, everything has to be read */
    int64_t scan_us;     /* when that one began, microseconds since 1970 */
    int64_t next_object; /* first free ids; left-overs of an ended scan are removed by store_begin */
    int64_t next_state[FACET_COUNT];
    struct known_mark *marks; /* in name order */
    size_t mark_count;
};

/* An absent file holds nothing. Release with known_base_release, also after an error. */
enum spn_code store_load_base(struct store *store, struct known_base *ret, struct spn_error *reterr);
void known_base_release(struct known_base *base);

struct known_object {
    int64_t id;
    struct guid guid;
    char domain_dn[512];
    bool in_view; /* false: not in the current view; only kept rows speak of it */
    bool shown;
    /* The consensus is a state that belongs to no object, and is not loaded: STATE_NONE, one of TYPES_STATES.
     * Else STATE_UNKNOWN. */
    int64_t common[FACET_COUNT];
};

/* A state of an object that the view, kept rows or history mention. */
struct known_state {
    enum facet facet;
    int64_t id, object;
    struct hash128 hash;
    bool consensus;
    bool delegates;  /* account facet: its userAccountControl has one of ACCOUNT_DELEGATES */
    bool in_history; /* table change mentions it: it must not be dropped */
};

/* A row of departure, or of kept (absolute: every state is told, STATE_UNKNOWN only where not known). */
struct known_departure {
    int64_t object;
    size_t dc; /* index into forest_info.dcs; SIZE_MAX: not in the forest any more */
    bool kept;
    bool shown;
    /* STATE_UNKNOWN: agrees with the consensus (departure); not known (kept: not shown, or delegation) */
    int64_t state[FACET_COUNT];
};

struct store_loader {
    void *ctx;
    void (*object)(void *ctx, const struct known_object *object);
    void (*state)(void *ctx, const struct known_state *state);             /* after its object */
    void (*departure)(void *ctx, const struct known_departure *departure); /* after its object */
};

/* ---- the scan ---- */

/* Makes the file if need be (0600), writes the scan row and starts the writer thread. */
enum spn_code store_begin(struct store *store, const char *asked, struct spn_error *reterr);

enum record_kind { RECORD_SPN, RECORD_ACCOUNT, RECORD_DELEGATION, RECORD_ODD_SPN };

struct store_record {
    enum record_kind kind;
    int64_t id;     /* of the state (RECORD_ODD_SPN: the SPN state that has it) */
    int64_t object; /* whose */
    union {
        struct spn_state spn;
        struct account_state account;
        struct delegation_state delegation;
        struct odd_spn odd_spn;
    };
    struct hash128 hash;
};

/* Records with the text that their text_refs point into. */
struct store_batch {
    struct text_buf text;
    struct store_record *records;
    size_t count, size;
};

struct store_batch *store_batch_new(void);
void store_batch_free(struct store_batch *batch); /* NULL is fine */
struct store_record *store_batch_add(struct store_batch *batch);
/* true: time to push it (it holds enough, and memory stays bounded). */
bool store_batch_full(const struct store_batch *batch);

/* Hands *batch to the writer, which owns it from then on, and sets it to NULL; waits while the queue is full.
 * Not SPN_OK: the writer has failed (full disk ...), nothing more is taken; *batch stays the caller's. */
enum spn_code store_push(struct store *store, struct store_batch **batch, struct spn_error *reterr);

/* The domains and DCs that indices point to from here on. After store_begin, before the first push; borrowed
 * until store_close. */
enum spn_code store_set_forest(struct store *store, const struct forest_info *forest,
                               struct spn_error *reterr);

/* Everything the store knows: all objects, then all states, then all departures and kept rows. The loader
 * must pass over an object that it has already (by id), and so over its states and rows. Not before
 * store_set_forest. */
enum spn_code store_load_all(struct store *store, const struct store_loader *loader,
                             struct spn_error *reterr);
/* The object with that GUID, if there is one, with its states and rows. *ret_found tells. */
enum spn_code store_fetch(struct store *store, const struct guid *guid, const struct store_loader *loader,
                          bool *ret_found, struct spn_error *reterr);
/* All objects on which the view or kept rows have departures, or that most DCs do not show. */
enum spn_code store_fetch_departing(struct store *store, const struct store_loader *loader,
                                    struct spn_error *reterr);
/* Calls found() for every object that the view or a kept row shows; holds_spn: in the consensus, or in the
 * kept rows of an object that the view has not. */
enum spn_code store_each_object(struct store *store,
                                void (*found)(void *ctx, const struct guid *guid, int domain, bool holds_spn),
                                void *ctx, struct spn_error *reterr);

/* Waits until all that was pushed is written. Only then may store_finish be called. */
enum spn_code store_end_bulk(struct store *store, struct spn_error *reterr);

/* ---- its end ---- */

struct consensus_row {
    int64_t object;
    struct guid guid;
    uint16_t domain; /* index into forest_info.domains */
    bool shown;
    int64_t state[FACET_COUNT]; /* STATE_UNKNOWN only for the delegation facet */
};

/* kept: a row of table kept, with all states told; else of departure. */
struct departure_row {
    int64_t object;
    size_t dc; /* index into forest_info.dcs */
    bool kept;
    bool shown;
    bool differs[FACET_COUNT];
    int64_t state[FACET_COUNT]; /* where differs */
};

struct change_row {
    int64_t object;
    size_t dc;
    int facet;        /* enum facet; FACET_COUNT: the object itself, states 0 (not there) or 1 */
    int64_t from, to; /* STATE_UNKNOWN is stored as NULL */
};

struct principal_row {
    const char *sid, *sam, *dn;
};

struct stamp_row {
    uint32_t version;
    int64_t written_us;
    struct guid origin;
    uint64_t usn;
};

/* A row of table difference; first_scan is kept from the scan before where that had a row of the same object,
 * DC and attribute. */
struct difference_row {
    int64_t object;
    size_t dc;
    const char *attribute, *verdict, *severity, *note;
    int64_t young_s; /* >0: info, whatever severity says, while an earlier scan did not have it yet and it was
                        first seen less long ago */
    size_t winner;   /* index into forest_info.dcs; SIZE_MAX unknown */
    bool has_stamp;
    struct stamp_row stamp;
    bool has_behind;
    uint64_t behind_usn;
    int64_t behind_s; /* <0 unknown */
};

struct mark_row {
    size_t dc;
    struct guid invocation_id;
    uint64_t usn, seen_usn;
    int64_t full_us, deletions_us;
};

struct reading_row {
    size_t dc;
    const char *mode, *deletions;
    uint64_t changed, asked;
};

/* Pulled by store_finish inside its one transaction; each calls the store_put_... functions any number of
 * times. */
struct scan_view {
    void *ctx;
    enum spn_code (*emit)(void *ctx, struct store *store, struct spn_error *reterr);
    /* true: no stored view is built upon. All that the view before held is forgotten (but for marks, history,
     * and since when something differs), everything is put, and the name index is made from store_put_names.
     * A mark that stays without its kept rows says that its DC shows the consensus. false: what is not
     * touched stays, and the index is brought up to date from the states of what is. */
    bool anew;
};

/* Begins what follows about one object: what is stored of it in consensus, departure, kept, difference and
 * stamp is forgotten, its old names remembered. Before any of the put functions with that object
 * (SPN_INTERNAL); once more, or with anew, it does nothing. */
enum spn_code store_touch_object(struct store *store, int64_t object, struct spn_error *reterr);
enum spn_code store_put_consensus(struct store *store, const struct consensus_row *row,
                                  struct spn_error *reterr);
enum spn_code store_put_departure(struct store *store, const struct departure_row *row,
                                  struct spn_error *reterr);
enum spn_code store_put_change(struct store *store, const struct change_row *row, struct spn_error *reterr);
/* The stamp of an object of which nothing is put, or (0) of all, is asked for anew if it shares a name: it
 * was written to. */
enum spn_code store_forget_stamp(struct store *store, int64_t object, struct spn_error *reterr);
/* Names of SIDs are asked for anew. */
enum spn_code store_forget_principals(struct store *store, struct spn_error *reterr);
/* The object is not in the view any more (touches it). Its row goes at the end unless kept rows or history
 * mention it by then; so does a state, unless anything does. */
enum spn_code store_drop_object(struct store *store, int64_t object, struct spn_error *reterr);
enum spn_code store_drop_state(struct store *store, enum facet facet, int64_t id, struct spn_error *reterr);
/* The names of the whole view, sorted by key, whole or in pieces; object: an id. With anew; else not needed
 * and passed over. */
enum spn_code store_put_names(struct store *store, const struct name_entry *names, size_t count,
                              struct spn_error *reterr);
enum spn_code store_put_difference(struct store *store, const struct difference_row *row,
                                   struct spn_error *reterr);
enum spn_code store_put_stamp(struct store *store, int64_t object, const char *attribute,
                              const struct stamp_row *row, struct spn_error *reterr);
enum spn_code store_put_mark(struct store *store, const struct mark_row *row, struct spn_error *reterr);
/* The DC has to be read anew next time; its kept rows go. DCs that are not in the forest lose their marks
 * without it. */
enum spn_code store_drop_mark(struct store *store, size_t dc, struct spn_error *reterr);
enum spn_code store_put_reading(struct store *store, const struct reading_row *row, struct spn_error *reterr);
enum spn_code store_put_principal(struct store *store, const struct principal_row *row,
                                  struct spn_error *reterr);
/* Whether some SIDs of trustees that have no name could not be looked up: then none of those is unknown to
 * the forest, it is not known. */
enum spn_code store_put_trustees_unasked(struct store *store, bool unasked, struct spn_error *reterr);

/* Writes forest, DC rows and, with view, the new view of the accounts, at once or not at all. view NULL: no
 * DC was read whole; the view of the scan before stays. results: one a DC of forest->dcs. */
enum spn_code store_finish(struct store *store, const struct forest_info *forest,
                           const struct dc_result *results, const struct scan_view *view,
                           struct spn_error *reterr);

/* ---- replication and health, inside emit ---- */

enum spn_code store_put_origin(struct store *store, const struct guid *invocation, const char *name,
                               struct spn_error *reterr);
/* Cursors and neighbours are those of this scan: cleared first. */
enum spn_code store_clear_replication(struct store *store, struct spn_error *reterr);
enum spn_code store_put_cursor(struct store *store, size_t dc, int domain, const struct guid *origin,
                               uint64_t usn, int64_t synced_us, struct spn_error *reterr);
struct neighbour_row {
    size_t dc;
    int domain;
    const char *source;
    uint64_t usn;                   /* 0 unknown */
    int64_t success_us, attempt_us; /* 0 never */
    uint32_t failures, result;
};
enum spn_code store_put_neighbour(struct store *store, const struct neighbour_row *row,
                                  struct spn_error *reterr);

/* Findings of DCs: what is put between begin and end takes the place of what stood there; what stood there
 * before keeps since when. */
struct health_row {
    size_t dc; /* SIZE_MAX: the forest */
    const char *kind, *severity, *detail;
};
enum spn_code store_begin_health(struct store *store, struct spn_error *reterr);
enum spn_code store_put_health(struct store *store, const struct health_row *row, struct spn_error *reterr);
enum spn_code store_end_health(struct store *store, struct spn_error *reterr);

/* The vectors of the scan before; before store_clear_replication. Of domains that are no more nothing is
 * told. */
struct known_cursor {
    size_t dc;  /* index into forest_info.dcs; SIZE_MAX: not in the forest any more */
    int domain; /* index into forest_info.domains */
    struct guid origin;
    uint64_t usn;
    int64_t synced_us; /* 0 unknown */
};
enum spn_code store_each_cursor(struct store *store,
                                void (*found)(void *ctx, const struct known_cursor *cursor), void *ctx,
                                struct spn_error *reterr);

/* After store_finish, in a transaction of its own: what had to be asked once the view was known (stamps of
 * names held twice). emit calls store_put_stamp. */
enum spn_code store_put_later(struct store *store, const struct scan_view *view, struct spn_error *reterr);

/* Objects that share a name, after store_finish, of which no stamp of servicePrincipalName is stored (any
 * more). */
enum spn_code store_each_unstamped(struct store *store,
                                   void (*found)(void *ctx, int64_t object, const struct guid *guid,
                                                 int domain),
                                   void *ctx, struct spn_error *reterr);

/* ---- look-alikes (docs/unicode.md), after store_finish ---- */

/* Two accounts with SPNs that differ and have one skeleton. */
struct lookalike_pair {
    struct lookalike_side {
        int64_t object;
        struct guid guid;
        int domain;      /* index into forest_info.domains; -1: not in the forest */
        const char *key; /* the SPN in lower case, clean text (decode/clean.h); until the callback returns */
        bool sole;       /* no other name of that skeleton is on this account */
    } side[2];           /* the one with the lower id first */
    size_t dc; /* index into forest_info.dcs: the first by name of the complete DCs that show both, but one
                  that could not tell last time where there is another; SIZE_MAX: there is none */
};

/* Pairs of which no DC has said yes or no, those that were never asked about first; anew: then the others
 * too, the oldest answer first. At most limit. */
enum spn_code store_each_lookalike(struct store *store, bool anew, size_t limit,
                                   void (*found)(void *ctx, const struct lookalike_pair *pair), void *ctx,
                                   struct spn_error *reterr);

/* A row of table lookalike_answer, as of this scan; takes the place of what was known of the pair. From emit
 * of store_put_later. */
struct lookalike_row {
    int64_t object, other; /* in the order of the pair */
    const char *key, *other_key;
    size_t dc; /* SIZE_MAX: none */
    const char *answer, *why;
};
enum spn_code store_put_lookalike(struct store *store, const struct lookalike_row *row,
                                  struct spn_error *reterr);

/* Forgets changes, finished scans and findings that are older, and states that only they mention. After
 * store_finish. */
enum spn_code store_prune(struct store *store, int64_t before_us, struct spn_error *reterr);
