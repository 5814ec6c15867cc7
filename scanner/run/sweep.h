/* sweep.h: what is gone from a DC whose deleted objects can't be read: the objects that it was known to show
 * and does not name any more. An ordinary account may not read CN=Deleted Objects and gets nothing there,
 * without an error. Costs one GUID an object on the wire.
 *
 * One for a whole scan; each DC has its own list of what it named. Threads: all functions, each with a swept
 * of its own.
 */
#pragma once

#include "spnscan/store.h"

struct sweep;

struct sweep *sweep_new(struct store *store);
void sweep_free(struct sweep *sweep); /* NULL is fine */

/* What one DC named. */
struct swept {
    uint64_t *named; /* bits, by place in the sweep's list; owned */
};

/* Reads the objects of the view once for all DCs. Between store_set_forest and store_end_bulk. Free
 * ret->named. */
enum spn_code sweep_begin(struct sweep *sweep, struct swept *ret, struct spn_error *reterr);
void sweep_name(const struct sweep *sweep, struct swept *swept, const struct guid *guid);
/* Calls found() for each object that a replica of that kind would name and this one did not. */
void sweep_rest(const struct sweep *sweep, const struct swept *swept, const enum replica_kind *replicas,
                void (*found)(void *ctx, const struct guid *guid, int domain), void *ctx);
