/* ledger.h: what is known so far of every object, and what each DC shows of it. In memory; no LDAP, no SQL.
 *
 * An object's first state met, or the consensus of the scan before, is its baseline; a DC that shows the
 * baseline costs one look-up and one bit. What differs is kept per DC. When all DCs are read the ledger is
 * re-based: the state of the most becomes the consensus, so that the result does not depend on which DC
 * answered first.
 *
 * Threads: ledger_note may be called by many threads at once, each with a dc_view of its own. All else is for
 * one thread, before or after.
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

struct ledger *ledger_new(const struct domain_info *domains, size_t domain_count);
void ledger_free(struct ledger *ledger); /* NULL is fine */

/* Fills the ledger from the store: hand to store_load. Objects of domains that are no more are dropped at the
 * end. */
struct store_loader ledger_loader(struct ledger *ledger);

struct dc_view *dc_view_new(void);
void dc_view_free(struct dc_view *view); /* NULL is fine */

struct note {
    uint32_t object; /* index in the ledger */
    int64_t object_id;
    int domain;
    bool new_object;             /* write its row */
    bool new_state[FACET_COUNT]; /* write this state */
    int64_t state[FACET_COUNT];
    bool told_account; /* the account facet was taken from this entry */
    bool name_spns;    /* this SPN state was not met before in this scan: give its names to ledger_name */
};

enum note_result {
    NOTE_OK,
    NOTE_NEW,  /* not known, and domain was -1: find its domain and call again */
    NOTE_FULL, /* more objects than a forest can hold: the server is lying */
};

/* This DC shows this object so. mask: the facets that were read (FACETS_...). The SPN facet tells that the
 * object was in a stream of SPN holders, the delegation facet that it was in the stream of the rest. The
 * account facet of the second is ignored when the first had it. Asking the same object twice: the later word
 * holds. */
enum note_result ledger_note(struct ledger *ledger, struct dc_view *view, const struct facet_view *facets,
                             unsigned mask, int domain, struct note *ret);

/* Records one SPN's key (facet_spn_key) for the search for duplicates. */
void ledger_name(struct dc_view *view, uint32_t object, uint64_t key);

/* ---- when all DCs are read ---- */

struct dc_evidence {
    struct dc_view *view;
    const enum replica_kind *replicas; /* per domain */
    bool complete;                     /* false: says nothing */
};

/* Calls missing() for each object that a complete DC shows and this one, which holds its domain, did not. */
void ledger_missing(const struct ledger *ledger, const struct dc_evidence *dcs, size_t dc_count, size_t dc,
                    void (*missing)(void *ctx, uint32_t object, const struct guid *guid, int domain),
                    void *ctx);

/* Settles the consensus over the complete DCs and puts consensus, departures, candidates and what is to be
 * dropped into the store (inside store_finish). Ties: the state shown by the first DC, so dcs must be in name
 * order. seed: that of facet_spn_key. */
enum spn_code ledger_emit(struct ledger *ledger, uint64_t seed, const struct dc_evidence *dcs,
                          size_t dc_count, struct store *store, struct spn_error *reterr);
