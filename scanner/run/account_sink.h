/* account_sink.h: takes the accounts of one DC's streams: hash, ledger, and text for the store where it is
 * new. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "scanner/decode/account_kin.h"
#include "scanner/decode/facet.h"
#include "scanner/decode/spn_kin.h"
#include "scanner/run/ledger.h"
#include "spnscan/store.h"

struct scan_context;

/* Two sinks, each of a thread, that tell of one view. */
struct sink_pair {
    pthread_mutex_t lock; /* of the view */
    atomic_bool stop;     /* one has failed: the other takes no more (SPN_CANCELLED) */
};

struct account_sink {
    const struct scan_context *scan;
    struct dc_view *view;
    unsigned mask;  /* FACETS_...: what the running stream tells */
    bool increment; /* the running stream tells what changed: also accounts that are not worth telling of */
    struct store_batch *batch;
    uint64_t taken; /* entries that were noted */
    uint64_t hidden_uac;
    uint64_t usn;     /* the highest uSNChanged that account_sink_usn was shown */
    struct note told; /* what became of the entry that was taken last */
    /* Of the entry that account_sink_known was asked for just before: its bytes (else NULL), their hash. */
    const uint8_t *raw_at;
    uint64_t raw;
    struct sink_pair *pair; /* NULL: the view is this sink's alone */
    /* What entries before it have in common with one, and where in the batch the template of each kind is
     * (NO_TEXT: not there yet). */
    struct spn_kins spn_kins;
    struct account_kins account_kins;
    struct text_ref spn_likes[SPN_KINDS_MAX], account_likes[ACCOUNT_KINDS_MAX];
};

void account_sink_init(struct account_sink *sink, const struct scan_context *scan, struct dc_view *view);

/* A search_entry_fn; ctx is the account_sink. SPN_DATABASE: the store has failed, the scan must end. */
enum spn_code account_sink_entry(void *ctx, const struct entry *entry, struct spn_error *reterr);

/* A search_known_fn with the same ctx: entries as another DC sent them are noted without being decoded. Worth
 * its time where more than one DC is read. */
bool account_sink_known(void *ctx, struct bytes body);

/* What is told may be newer than the DC's highestCommittedUSN as it was asked for before: how new? */
void account_sink_usn(struct account_sink *sink, const struct entry *entry);

/* Hands what is left to the store, and releases the rest. */
enum spn_code account_sink_end(struct account_sink *sink, struct spn_error *reterr);
