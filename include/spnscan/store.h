/* store.h: the database, as the scanner and the reports see it. Only store/ knows SQLite.
 *
 * A store is used by one thread at a time, but for the writer: store_push may be called from any thread
 * between store_begin and store_end_bulk.
 *
 * A scan goes store_open(STORE_SCAN) -> store_load -> store_begin -> store_push ... -> store_end_bulk ->
 * store_finish. Until store_begin nothing is created or written but the lock. Until store_finish returns
 * SPN_OK the view of the last stored scan stays as it was, whatever happens to this process.
 */
#pragma once

#include <stdio.h>

#include "spnscan/error.h"
#include "spnscan/records.h"
#include "spnscan/text_buf.h"

struct store;

enum store_mode {
    STORE_READ, /* the file must be there; nothing is written */
    STORE_SCAN  /* may be made; FILE.lock keeps a second scan out (SPN_DATABASE, names the process that holds
                   it) */
};

/* SPN_DATABASE: no such file, not ours, of a newer spnscan, not writable, held by another scan. */
enum spn_code store_open(const char *path, enum store_mode mode, struct store **ret,
                         struct spn_error *reterr);
/* NULL is fine. Ends what is open: a scan that was not finished is rolled back. */
void store_close(struct store *store);

/* ---- before the scan: what is known ---- */

struct known_object {
    int64_t id;
    struct guid guid;
    char domain_dn[512];
    bool in_view; /* false: left over, not in the current view */
    bool shown;
    bool spn_none, delegation_none; /* the consensus is STATE_NONE, for which no state is loaded */
};

struct known_state {
    enum facet facet;
    int64_t id, object;
    struct hash128 hash;
    bool consensus;
};

struct store_loader {
    void *ctx;
    void (*object)(void *ctx, const struct known_object *object);
    void (*state)(void *ctx, const struct known_state *state); /* after all objects */
};

/* The hash seed of the database (made when there is none) and what it holds; an absent file holds nothing. */
enum spn_code store_load(struct store *store, const struct store_loader *loader, uint64_t *ret_seed,
                         struct spn_error *reterr);

/* ---- the scan ---- */

/* Makes the file if need be (0600), writes the scan row and starts the writer thread. */
enum spn_code store_begin(struct store *store, const char *asked, struct spn_error *reterr);

enum record_kind { RECORD_OBJECT, RECORD_SPN, RECORD_ACCOUNT, RECORD_DELEGATION };

struct store_record {
    enum record_kind kind;
    int64_t id;     /* of the object or the state */
    int64_t object; /* states: whose */
    union {
        struct {
            struct guid guid;
            int domain; /* index into forest_info.domains */
        } object_row;
        struct spn_state spn;
        struct account_state account;
        struct delegation_state delegation;
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

/* The domains that object_row.domain points to. Before the first push; copied. */
enum spn_code store_set_domains(struct store *store, const struct domain_info *domains, size_t count,
                                struct spn_error *reterr);

/* Waits until all that was pushed is written. Only then may store_finish be called. */
enum spn_code store_end_bulk(struct store *store, struct spn_error *reterr);

/* ---- its end ---- */

struct consensus_row {
    int64_t object;
    bool shown;
    int64_t state[FACET_COUNT]; /* STATE_UNKNOWN only for the delegation facet */
};

struct departure_row {
    int64_t object;
    size_t dc; /* index into forest_info.dcs */
    bool shown;
    bool differs[FACET_COUNT];
    int64_t state[FACET_COUNT]; /* where differs */
};

struct principal_row {
    const char *sid, *sam, *dn;
};

/* Pulled by store_finish inside its one transaction; each calls the store_put_... functions any number of
 * times. Only consensus rows that changed are put; all departures are. */
struct scan_view {
    void *ctx;
    enum spn_code (*emit)(void *ctx, struct store *store, struct spn_error *reterr);
};

enum spn_code store_put_consensus(struct store *store, const struct consensus_row *row,
                                  struct spn_error *reterr);
enum spn_code store_drop_object(struct store *store, int64_t object, struct spn_error *reterr);
enum spn_code store_drop_state(struct store *store, enum facet facet, int64_t id, struct spn_error *reterr);
enum spn_code store_put_departure(struct store *store, const struct departure_row *row,
                                  struct spn_error *reterr);
/* An object that may share an SPN with another (their hashes meet); the strings decide. */
enum spn_code store_put_candidate(struct store *store, int64_t object, struct spn_error *reterr);
/* An object that may hold the name (its hash is there); the strings decide. */
enum spn_code store_put_target(struct store *store, const char *key, int64_t object,
                               struct spn_error *reterr);
/* The names that delegation points to, in lower case, also under the class that stands for theirs; inside
 * emit. */
enum spn_code store_each_target(struct store *store,
                                enum spn_code (*found)(void *ctx, const char *key, struct spn_error *reterr),
                                void *ctx, struct spn_error *reterr);
enum spn_code store_put_principal(struct store *store, const struct principal_row *row,
                                  struct spn_error *reterr);

/* Writes forest, DC rows and, with view, the new view of the accounts, at once or not at all. view NULL: no
 * DC was read whole; the view of the scan before stays. results: one a DC of forest->dcs. */
enum spn_code store_finish(struct store *store, const struct forest_info *forest,
                           const struct dc_result *results, const struct scan_view *view,
                           struct spn_error *reterr);

/* ---- reading ---- */

/* SIDs that delegation states mention and that no account has; STORE_SCAN, after store_end_bulk. */
enum spn_code store_unknown_sids(struct store *store, void (*found)(void *ctx, const char *sid), void *ctx,
                                 struct spn_error *reterr);

struct store_summary {
    int64_t scan; /* 0: none yet */
    char started[32], forest[256];
    int64_t dcs, dcs_complete;
    int64_t objects;
    int64_t duplicates, divergences, delegations; /* findings that count */
    int64_t hidden_uac;                           /* the most that one DC hid */
    bool stored;             /* the newest scan is the one that the reports of accounts show */
    char stored_started[32]; /* start of that one; empty: none */
};
/* counts: also objects and findings, which costs a pass over the view. */
enum spn_code store_summarize(struct store *store, bool counts, struct store_summary *ret,
                              struct spn_error *reterr);

/* Cells of one row; text cells are NUL-terminated, NULL is NULL; integers have is_int set. */
struct store_cell {
    const char *text;
    size_t len;
    bool is_int;
    int64_t value;
};
typedef enum spn_code (*store_row_fn)(void *ctx, const struct store_cell *cells, size_t count,
                                      struct spn_error *reterr);

/* Reports by name: view report_<name>. header(): the column names, once, before the first row. */
typedef enum spn_code (*store_header_fn)(void *ctx, const char *const *names, size_t count,
                                         struct spn_error *reterr);
enum spn_code store_report(struct store *store, const char *name, store_header_fn header, store_row_fn row,
                           void *ctx, struct spn_error *reterr);

/* SPNs that match a pattern ('*' any characters, all else itself, without ASCII case); rows: spn, account,
 * account_dn, seen_by, not_seen_by, seen_by_all. */
enum spn_code store_query(struct store *store, const char *pattern, store_row_fn row, void *ctx,
                          struct spn_error *reterr);

/* Accounts named so (sAMAccountName with or without '$', DOMAIN\name, UPN, DN or GUID) and their SPNs; rows:
 * account, account_dn, account_guid, spn (NULL: has none), seen_by, not_seen_by, seen_by_all. */
enum spn_code store_list(struct store *store, const char *account, store_row_fn row, void *ctx,
                         struct spn_error *reterr);
