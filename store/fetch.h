/* fetch.h: one object as it is told to a loader. Internal to store/. */
#pragma once

#include "store/db.h"

/* May be used again and again; release at the end. */
struct fetched {
    struct known_object object;
    struct known_state *states;
    size_t state_count, state_size;
    struct known_departure *rows;
    size_t row_count, row_size;
};

/* Under the lock. */
enum spn_code fetch_object(struct store *store, int64_t id, struct fetched *f, bool *ret_found,
                           struct spn_error *reterr);
/* dc, shown and the three states, from that column on. */
void fetch_take_row(const struct store *store, sqlite3_stmt *stmt, int column, struct known_departure *ret);

/* The states of the consensus, from that column on: which belong to no object? */
void fetch_take_common(sqlite3_stmt *stmt, int column, struct known_object *ret);

void fetched_clear(struct fetched *f);
void fetched_tell(const struct fetched *f, const struct store_loader *loader); /* not under the lock */
void fetched_release(struct fetched *f);
