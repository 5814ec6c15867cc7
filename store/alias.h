/* alias.h: which SPNs stand in the way of which, found at the end of a scan (tables alias_shadow and
 * lookalike). Internal to store/.
 *
 * Both need to know who holds a name, of millions: the caller's index of names tells. All functions run
 * inside the transaction of store_finish, when consensus, departure, spn_mapping and that index are those of
 * the new view.
 */
#pragma once

#include "store/db.h"

/* The mappings of the forest as one text, to tell whether they are those of the last time. */
#define MAPPINGS_SQL                                                                                         \
    "(SELECT coalesce(group_concat(class || '=' || stands_for, ' '), '') FROM "                              \
    "(SELECT class, stands_for FROM spn_mapping ORDER BY 1, 2))"

struct holder_list {
    int64_t *ids;
    size_t count, size;
};

void holder_list_add(struct holder_list *list, int64_t id);
void holder_list_release(struct holder_list *list);

/* Who may hold a name: find() appends the objects whose hash of some live SPN is that of key (an SPN in lower
 * case), and may append others, or one twice; the strings decide here. */
struct name_holders {
    void *ctx;
    enum spn_code (*find)(void *ctx, const char *key, struct holder_list *ret, struct spn_error *reterr);
};

/* Brings alias_shadow up to date after these objects changed, came or went. For each, looks up what stands
 * for its explicit names and, for a name that stands for others, all of those. Where that is more work than
 * starting anew, or where the mappings are not those of the last time, calls alias_rebuild. */
enum spn_code alias_update(struct store *store, const int64_t *objects, size_t count,
                           const struct name_holders *holders, struct spn_error *reterr);

/* Makes alias_shadow anew (alias_all.c): one pass over the text of all states, and a look-up for each name
 * whose class another stands for (http/x, of which there are few, and not host/x, of which there are two a
 * computer). */
enum spn_code alias_rebuild(struct store *store, const struct name_holders *holders,
                            struct spn_error *reterr);

/* Makes lookalike anew, from table odd_spn: a look-up for each skeleton. */
enum spn_code lookalike_rebuild(struct store *store, const struct name_holders *holders,
                                struct spn_error *reterr);
