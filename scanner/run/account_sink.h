/* account_sink.h: takes the accounts of one DC's streams: hash, ledger, and text for the store where it is
 * new. */
#pragma once

#include "scanner/decode/facet.h"
#include "scanner/run/ledger.h"
#include "spnscan/store.h"

struct scan_context;

struct account_sink {
    const struct scan_context *scan;
    struct dc_view *view;
    unsigned mask; /* FACETS_...: what the running stream tells */
    struct store_batch *batch;
    uint64_t hidden_uac;
};

void account_sink_init(struct account_sink *sink, const struct scan_context *scan, struct dc_view *view);

/* A search_entry_fn; ctx is the account_sink. SPN_DATABASE: the store has failed, the scan must end. */
enum spn_code account_sink_entry(void *ctx, const struct entry *entry, struct spn_error *reterr);

/* Hands what is left to the store; the sink may be used again. */
enum spn_code account_sink_flush(struct account_sink *sink, struct spn_error *reterr);
