/* ask_dc.h: one DC is asked whether it takes look-alikes for one name (--ask-dc). Reads only. */
#pragma once

#include "scanner/run/dc_worker.h"
#include "scanner/run/lookalike.h"

/* What is asked of a pair, and what came of it. */
struct asked_pair {
    struct lookalike_pair pair; /* its keys are owned */
    bool told;                  /* false: the scan was ended before */
    enum lookalike_answer answer;
    char why[256]; /* unknown: what was in the way */
};

/* Asks DC `index` about the pairs that are for it (pair.dc). By the LDAP port where it holds both domains
 * whole (replicas), else by the GC port; a few pairs together, each wait within --timeout. What fails is the
 * answer of the pairs that it kept from being told. Any number of DCs at once, each by one thread: other
 * pairs are not touched. */
void ask_dc(const struct scan_context *scan, size_t index, const enum replica_kind *replicas,
            struct asked_pair *pairs, size_t count);
