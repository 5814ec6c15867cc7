/* pool.h: threads that work through numbered items. */
#pragma once

#include <stddef.h>

#include "spnscan/error.h"

/* Runs work(ctx, i) for each i in [0, count) on at most jobs threads, each item once, and waits for all. The
 * first error ends the handing-out (what runs is finished) and is passed on. */
enum spn_code pool_run(size_t count, size_t jobs,
                       enum spn_code (*work)(void *ctx, size_t item, struct spn_error *reterr), void *ctx,
                       struct spn_error *reterr);

/* The same in two steps, for a caller that has something to do meanwhile: pool_join waits and frees. */
struct pool;
enum spn_code pool_start(size_t count, size_t jobs,
                         enum spn_code (*work)(void *ctx, size_t item, struct spn_error *reterr), void *ctx,
                         struct pool **ret, struct spn_error *reterr);
enum spn_code pool_join(struct pool *pool, struct spn_error *reterr);
