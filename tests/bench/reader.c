/* reader LDAP|GC ADDRESS PORT BASE [plain]: one stream of one DC as a scan reads it, every facet hashed,
 * nothing kept. What is left of a scan when store and ledger are taken away. Prints entries and the sum of
 * the hashes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scanner/decode/facet.h"
#include "scanner/ldap/stream.h"
#include "tests/bench/filters.h"

struct sum {
    unsigned mask;
    uint64_t entries;
    struct hash128 hash;
};

static enum spn_code take(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct sum *sum = ctx;
    struct facet_view facets;
    if (!facet_read(entry, 1, sum->mask, &facets))
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "an entry without objectGUID");
    for (int f = 0; f < FACET_COUNT; f++) {
        if (!(sum->mask >> f & 1))
            continue;
        sum->hash.lo += facets.hash[f].lo;
        sum->hash.hi += facets.hash[f].hi;
    }
    sum->entries++;
    return SPN_OK;
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 3;
    bool gc = strcmp(argv[1], "GC") == 0;
    const struct login login = {.method = BIND_ANONYMOUS, .timeout_s = 30};
    const struct conn_target target = {argv[2], argv[2], (uint16_t)atoi(argv[3])};
    const struct search search = {.base = argv[4],
                                  .scope = SCOPE_SUBTREE,
                                  .filter = gc ? BENCH_GC_FILTER : BENCH_LDAP_FILTER,
                                  .attrs = gc ? facet_pas_attrs : facet_rest_attrs,
                                  .page_size = 1000,
                                  .plain = argc > 5};
    struct sum sum = {.mask = gc ? 1u << FACET_SPN | 1u << FACET_ACCOUNT
                                 : 1u << FACET_ACCOUNT | 1u << FACET_DELEGATION};
    struct spn_error error = {0};
    struct conn *conn = NULL;
    _Atomic(int) phase = PHASE_WAITING;
    enum spn_code code = conn_open(&target, &login, &phase, &conn, &error);
    if (code == SPN_OK)
        code = search_stream(conn, &search, take, &sum, NULL, &error);
    conn_close(conn);
    if (code != SPN_OK) {
        fprintf(stderr, "reader: %s\n", error.text);
        return 2;
    }
    printf("%" PRIu64 " entries, %016" PRIx64 "%016" PRIx64 "\n", sum.entries, sum.hash.hi, sum.hash.lo);
    return 0;
}
