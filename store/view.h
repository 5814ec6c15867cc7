/* view.h: what store_finish remembers while the view of a scan is emitted. Internal to store/.
 *
 * Nothing of objects and states is deleted before the end: the names that an object held before are found in
 * its states, and a row that is said to be of no more use may be mentioned again.
 */
#pragma once

#include "store/base/spn_key.h"
#include "store/block_index.h"
#include "store/db.h"

/* Which objects: a bit an id. */
struct id_set {
    uint64_t *words;
    size_t count, size;
};
bool id_set_has(const struct id_set *set, int64_t id);
void id_set_add(struct id_set *set, int64_t id);
void id_set_release(struct id_set *set);

struct id_list {
    int64_t *items;
    size_t count, size;
};

struct touched {
    uint32_t object;
    uint32_t state_count; /* SPN states that were live before, in view_work.states, in the order of touching,
                             by id */
};

struct drop {
    int facet; /* FACET_COUNT: the object itself */
    int64_t id;
};

struct view_work {
    bool anew;
    bool empty; /* anew, and there was no object at all: nothing to look for, rows are put by the dozen */
    struct consensus_row waiting[ROWS_AT_ONCE]; /* empty: rows that are not put yet */
    size_t waiting_count;
    struct name_entry *guids; /* empty: of all objects */
    size_t guid_count, guid_size;
    int64_t object_end; /* objects with this id or above are of this scan */
    struct id_set is_touched;
    struct touched *touched;
    size_t touched_count, touched_size;
    struct id_list states;
    struct drop *drops;
    size_t drop_count, drop_size;
    struct index_builder names;
    struct index_filter has_name; /* anew: of name_index, once names were put */
};

enum spn_code view_begin(struct store *store, struct view_work *work, bool anew, struct spn_error *reterr);
/* After the last row was put: indexes, shared names, what is of no more use. */
enum spn_code view_end(struct store *store, struct spn_error *reterr);
/* Puts the rows that wait: before anybody reads consensus. */
enum spn_code view_put_waiting(struct store *store, struct spn_error *reterr);
/* Also after an error; the temporary tables go with a rollback. */
void view_release(struct view_work *work);

/* Notes what was touched, and what hangs on it, for findings_remember (focus.c): before the names of targets
 * and trustees are brought up to date, and after. Nothing where the view is made anew, or much of it. */
enum spn_code focus_begin(struct store *store, struct spn_error *reterr);
enum spn_code focus_before(struct store *store, struct spn_error *reterr);
enum spn_code focus_after(struct store *store, struct spn_error *reterr);

/* Notes that a row is of no more use; it goes at the end unless something mentions it. */
void view_drop(struct view_work *work, int facet, int64_t id);
/* Notes that of all that the kept rows of this DC mention, and deletes the rows themselves. */
enum spn_code view_drop_kept(struct store *store, int64_t dc_id, struct spn_error *reterr);
/* Does what was noted, and takes objects that go out of guid_index. */
enum spn_code view_do_drops(struct store *store, const struct view_work *work, struct spn_error *reterr);

/* Appends the SPN states of the object that some DC shows, by id (names.c). */
enum spn_code names_live_states(struct store *store, int64_t object, struct id_list *ret,
                                struct spn_error *reterr);
/* Brings trustee_account up to date (trustees.c). */
enum spn_code trustees_update(struct store *store, struct spn_error *reterr);

/* Brings name_index and shared_spn up to date with the objects that were touched (names.c). */
enum spn_code names_update(struct store *store, struct spn_error *reterr);
/* Fills shared_spn from temp.candidate (names.c). */
enum spn_code names_share(struct store *store, struct spn_error *reterr);
/* Works target_holder out anew (targets.c). */
enum spn_code targets_update(struct store *store, struct spn_error *reterr);
/* Under which a name, given in lower case, stands in the index of names of this store, whose seed is set
 * (names.c). */
struct spn_key names_key(const struct store *store, const char *text, size_t len);
/* Hands on every object of the view and each name, in lower case, that it holds in some state (names.c). Two
 * states of one object hand its names on twice. */
typedef enum spn_code (*name_fn)(void *ctx, uint32_t object, const char *name, size_t len,
                                 struct spn_error *reterr);
enum spn_code names_each(struct store *store, name_fn found, void *ctx, struct spn_error *reterr);
/* Makes name_index from the states of the view, without a scan (names.c). */
enum spn_code names_rebuild(struct store *store, struct spn_error *reterr);
/* Appends the objects that may hold the name as the index of names has it, without a look at their strings
 * (names.c). */
enum spn_code names_candidates(struct store *store, const char *name, size_t len, struct object_list *ret,
                               struct spn_error *reterr);
/* Objects that hold the name, given in lower case, at one DC at least (names.c). */
enum spn_code names_holders(struct store *store, const char *name, size_t len, struct object_list *ret,
                            struct spn_error *reterr);
/* Accounts that go by a name, given as for store_list (lookup.c). guessed: also those whose sAMAccountName is
 * that with '$' behind it, where there is one that is not. */
enum spn_code accounts_named(struct store *store, const char *name, bool guessed, struct object_list *ret,
                             struct spn_error *reterr);
