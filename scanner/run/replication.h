/* replication.h: what a DC tells of replication, of each NC that it holds (MS-DRSR 5.166, 5.170).
 *
 * Asked for at the beginning of the cut, together with what changed and before the values that are judged by
 * it: a vector that is read later could cover a write that came in between, and turn lag into divergence
 * (DESIGN section 4; explain.h asks afresh for what it judges).
 */
#pragma once

#include "scanner/decode/replica.h"
#include "scanner/ldap/questions.h"
#include "spnscan/store.h"

struct dc_replication {
    size_t domain_count;
    struct utd_vector *vectors; /* per domain of the forest, the DC's own row included */
    bool *readable; /* per domain: false: no vector could be read there (a missing right, or not held) */
    struct told_neighbour {
        int domain;
        struct neighbour neighbour;
    } * neighbours;
    size_t neighbour_count, neighbour_size;
    bool neighbours_readable; /* false: of no NC could they be read */
};

void dc_replication_init(struct dc_replication *replication, size_t domain_count);
void dc_replication_release(struct dc_replication *replication); /* {0} is fine */

/* The reading of the heads of the domain NCs that a DC holds as kind (REPLICA_FULL: on the LDAP port,
 * REPLICA_PARTIAL: on the GC port). */
struct replication_reading {
    const struct forest_info *forest;
    const enum replica_kind *replicas;
    enum replica_kind kind;
    struct dc_replication *ret;
    struct head *heads; /* per domain; owned */
    bool plain;
};
void replication_reading_init(struct replication_reading *reading, const struct forest_info *forest,
                              const enum replica_kind *replicas, enum replica_kind kind,
                              struct dc_replication *ret);
/* The question about one domain (full), or about all partial ones at once (domain < 0), to be sent with
 * others. */
struct question replication_question(struct replication_reading *reading, int domain, bool plain);
/* After the answers: adds the DC's own row (invocation, usn: highestCommittedUSN read before), decides what a
 * head without a vector means, and asks once more, for XML, where it can't be decided (conn NULL:
 * nobody can be asked). Releases reading->heads.
 *
 * A vector comes into being with the first cycle of inbound replication, and stays. A head without one is
 *   an NC that was never replicated in: a neighbour is told, and none has ever succeeded; or the DC is the
 *     only one, by the configuration NC, that can write that domain (a global catalog or an RODC is no source
 *     for it), and replPropertyMetaData, which every object has, can be read at the head. All that the DC has
 *     it wrote itself: its own row alone is its vector.
 *   in every other case a missing right: readable stays false, and what hangs on it is unproved. So it is
 *     where nothing at all of replication can be read; and in a domain whose second DC is so new that the
 *     first has not pulled from it yet and has no neighbour: for a while less is said than could be.
 * Without its own row (no invocationId or USN was told) a vector would make lag out of what the DC wrote
 * itself: readable is false then too. */
enum spn_code replication_end(struct replication_reading *reading, struct conn *conn,
                              const struct guid *invocation, uint64_t usn, struct search_stats *stats,
                              struct spn_error *reterr);
