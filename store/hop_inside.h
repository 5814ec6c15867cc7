/* hop_inside.h: what the files of store_hop_read share. Internal to store/. */
#pragma once

#include "store/db.h"

struct hop_spn_entry {
    int64_t id;
    struct hop_texts texts;
};
struct hop_account_entry {
    int64_t id;
    struct hop_account value;
};
struct hop_delegation_entry {
    int64_t id;
    struct hop_delegation value;
};

/* Each state once, in memory that does not move. */
struct hop_states {
    struct hop_spn_entry **spns;
    struct hop_account_entry **accounts;
    struct hop_delegation_entry **delegations;
    size_t spn_count, account_count, delegation_count;
    size_t spn_size, account_size, delegation_size;
};

/* Called for each row of a statement. */
typedef enum spn_code (*hop_row_fn)(void *ctx, struct store *store, sqlite3_stmt *row,
                                    struct spn_error *reterr);

/* Runs a query with up to two parameters, in the order ?1 (a number), ?2 (a text, not bound when NULL). */
enum spn_code hop_each(struct store *store, const char *sql, int64_t number, const char *text, hop_row_fn row,
                       void *ctx, struct spn_error *reterr);

/* A copy of a text column; NULL for NULL. */
char *hop_column(sqlite3_stmt *row, int column);
void hop_copy(sqlite3_stmt *row, int column, char *ret, size_t size);

/* The states by id; loaded when first asked for. */
enum spn_code hop_spns_of(struct store *store, struct hop_states *states, int64_t id,
                          const struct hop_texts **ret, struct spn_error *reterr);
enum spn_code hop_account_of(struct store *store, struct hop_states *states, int64_t id,
                             const struct hop_account **ret, struct spn_error *reterr);
enum spn_code hop_delegation_of(struct store *store, struct hop_states *states, int64_t id,
                                const struct hop_delegation **ret, struct spn_error *reterr);
void hop_states_free(struct hop_states *states); /* NULL is fine */

/* One reading: what is filled, and where the row at hand belongs. */
struct hop_reading {
    struct hop_facts *facts;
    size_t object; /* index of the one whose rows come */
    struct hop_named *named;
    int64_t *found; /* ids of objects to be added */
    size_t found_count, found_size;
    bool holds_spn;
};

/* dc_count: none of ours. */
size_t hop_dc_index(const struct hop_facts *facts, int64_t id);

/* When all objects are there. */
enum spn_code hop_read_differences(struct store *store, struct hop_reading *r, struct spn_error *reterr);
enum spn_code hop_read_principals(struct store *store, struct hop_reading *r, struct spn_error *reterr);
