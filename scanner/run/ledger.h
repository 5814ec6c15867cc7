/* ledger.h: what is known so far of every object, and what each DC shows of it. In memory; no LDAP, no SQL.
 *
 * An object's first state met, or the consensus of the scan before, is its baseline; a DC that shows the
 * baseline costs one look-up and one bit. What differs is kept per DC. When all DCs are read the ledger is
 * re-based: the state of the most becomes the consensus, so that the result does not depend on which DC
 * answered first.
 *
 * A DC that was read before is read on from there: what it does not speak of it shows as it did ("before":
 * the stored consensus and its departures). Then the ledger holds the objects that somebody spoke of, fetched
 * from the store as they are met, and no more.
 *
 * Threads: ledger_expect, ledger_note and ledger_gone may be called by many threads at once, each with a
 * dc_view of its own. All else is for one thread, before or after.
 */
#pragma once

#include "scanner/decode/facet.h"
#include "spnscan/store.h"

#define FACET_BIT(f) (1u << (f))
#define FACETS_PAS   (FACET_BIT(FACET_SPN) | FACET_BIT(FACET_ACCOUNT))
#define FACETS_REST  (FACET_BIT(FACET_ACCOUNT) | FACET_BIT(FACET_DELEGATION))
#define FACETS_ALL   (FACETS_PAS | FACET_BIT(FACET_DELEGATION))

struct ledger;
struct dc_view; /* what one DC shows; owned by whoever reads that DC */

/* base: of the store; borrowed. */
struct ledger *ledger_new(const struct forest_info *forest, const struct known_base *base);
void ledger_free(struct ledger *ledger); /* NULL is fine */

/* Objects that it has by now, of all DCs. */
uint32_t ledger_objects(const struct ledger *ledger);

/* Is it known from a scan before what that DC (index into forest_info.dcs) showed? */
bool ledger_has_mark(const struct ledger *ledger, size_t dc);

/* Fills the ledger from the store: hand to store_load_all. Objects of domains that are no more are dropped at
 * the end. */
struct store_loader ledger_loader(struct ledger *ledger);

/* Objects that are not in the ledger are looked for in the store from here on (read on from marks). NULL:
 * they are new (what the store knows is loaded). */
void ledger_fetch_from(struct ledger *ledger, struct store *store);
/* Fetches the objects on which the store has departures: they are judged anew by every scan. After
 * ledger_fetch_from. */
enum spn_code ledger_fetch_departing(struct ledger *ledger, struct spn_error *reterr);
/* Loads all that is not in the ledger yet, once, whoever comes first: a DC has to be read in full. */
enum spn_code ledger_load_rest(struct ledger *ledger, struct spn_error *reterr);

struct dc_view *dc_view_new(void);
void dc_view_free(struct dc_view *view); /* NULL is fine */

struct note {
    uint32_t object; /* index in the ledger */
    int64_t object_id;
    int domain;
    bool new_state[FACET_COUNT]; /* write this state */
    int64_t state[FACET_COUNT];
    bool told_account; /* the account facet was taken from this entry */
    bool name_spns;    /* this SPN state was not met before in this scan: give its names to ledger_name */
};

enum note_result {
    NOTE_OK,
    NOTE_NEW,    /* not known, and domain was -1: it is not noted */
    NOTE_FULL,   /* more objects than a forest can hold: the server is lying */
    NOTE_FAILED, /* the store can't be read: *reterr */
};

/* That object is about to be noted: its place in a big table is far from the processor, and can be on its way
 * meanwhile. */
void ledger_expect(struct ledger *ledger, const struct guid *guid);

/* This DC shows this object so. mask: the facets that were read (FACETS_...). The SPN facet tells that the
 * object was in a stream of SPN holders, the delegation facet that it was in the stream of the rest. The
 * account facet of the second is ignored when the first had it. Asking the same object twice: the later word
 * holds. */
enum note_result ledger_note(struct ledger *ledger, struct dc_view *view, const struct facet_view *facets,
                             unsigned mask, int domain, struct note *ret, struct spn_error *reterr);

/* The same for an entry that came in the very bytes in which a DC before told of the object's baseline: raw
 * is their hash, which was in facets->raw then, made with mask in it. false: it did not; nothing is noted.
 * Where DCs agree, as most do on most, an entry need not be taken apart: half of what reading it costs. */
bool ledger_note_again(struct ledger *ledger, struct dc_view *view, const struct guid *guid, uint64_t raw,
                       unsigned mask, struct note *ret);

/* Records SPNs of one key by their bits (store/base/spn_key.h) for the search for duplicates. */
void ledger_name(struct dc_view *view, uint32_t object, uint64_t key, uint32_t names);

/* This DC does not have this object (a tombstone was read, or it was asked for and is not there). An object
 * that the ledger does not know and the store does not either is passed over. */
enum spn_code ledger_gone(struct ledger *ledger, struct dc_view *view, const struct guid *guid,
                          struct spn_error *reterr);

/* ---- when all DCs are read ---- */

struct dc_evidence {
    struct dc_view *view; /* NULL: nothing was read */
    const enum replica_kind
        *replicas;    /* per domain; of one that is not complete: what its mark knows, NULL without */
    bool complete;    /* false: says nothing; what it showed before is kept */
    bool incremental; /* what it did not speak of it shows as before */
    bool keep;        /* not complete: what it showed before is kept, so that it can be read on */
};

/* What one DC shows of one object. */
struct shown {
    size_t dc;
    bool full; /* holds a full replica: can tell the delegation facet */
    bool shown;
    bool sure; /* not shown: it said so, or did before and told of no change */
    int64_t state[FACET_COUNT];
};

/* Calls missing() for each complete DC and object of which nothing is known there, while another complete DC
 * shows it. */
void ledger_missing(const struct ledger *ledger, const struct dc_evidence *dcs, size_t dc_count,
                    void (*missing)(void *ctx, size_t dc, const struct guid *guid, int domain), void *ctx);

/* An object on which the complete DCs do not agree; rows: one a DC in scope, in the order of dcs. */
struct suspect {
    uint32_t object;   /* index in the ledger */
    int64_t object_id; /* in the store */
    struct guid guid;
    int domain;
    const struct shown *rows; /* borrowed */
    size_t row_count;
};
/* Calls found() for each, until it returns an error. first: the index to begin with; the ledger may be noted
 * into between calls of this function, not within. */
enum spn_code ledger_each_suspect(struct ledger *ledger, const struct dc_evidence *dcs, size_t dc_count,
                                  uint32_t first,
                                  enum spn_code (*found)(void *ctx, const struct suspect *suspect,
                                                         struct spn_error *reterr),
                                  void *ctx, struct spn_error *reterr);

/* Settles the consensus over the complete DCs and puts consensus, departures, kept rows, changes and what is
 * to be dropped into the store (inside store_finish). Ties: the state shown by the first DC, so dcs must be
 * in name order. */
enum spn_code ledger_emit(struct ledger *ledger, const struct dc_evidence *dcs, size_t dc_count,
                          struct store *store, struct spn_error *reterr);
