/* store_case.h: a database on disk, a forest of two domains and three DCs, and scans of it written down step
 * by step. What fails, fails the test. */
#pragma once

#include <check.h>

#include "store/db.h"

enum { CASE_DCS = 3, CASE_DOMAINS = 2 };

/* Rounds of a random test with one thread: a tenth under TSan, which has nothing to find there and is slow.
 */
#if defined(__SANITIZE_THREAD__)
#define ROUNDS(n) ((n) / 10 + 1)
#else
#define ROUNDS(n) (n)
#endif

struct store_case {
    char path[64];
    struct store *store; /* open in a scan; NULL between */
    struct known_base base;
    struct forest_info forest;
    struct domain_info domains[CASE_DOMAINS];
    struct dc_info dcs[CASE_DCS];
    struct dc_result results[CASE_DCS];
    enum replica_kind replicas[CASE_DCS][CASE_DOMAINS];
    struct store_batch *batch;
    struct spn_error error;
};

#define ok(case_, call) ck_assert_msg((call) == SPN_OK, "%s", (case_)->error.text)

void case_make(struct store_case *c);
void case_free(struct store_case *c); /* and its files */

/* Opens and begins a scan; case_finish ends it. */
void case_begin(struct store_case *c);
void case_push(struct store_case *c); /* what was said since, in one batch */
void case_end_bulk(struct store_case *c);
void case_finish(struct store_case *c, bool anew,
                 enum spn_code (*emit)(void *ctx, struct store *store, struct spn_error *reterr), void *ctx);
/* As if killed. */
void case_abandon(struct store_case *c);

/* What nearly every GUID in a test is made of. */
struct guid case_guid(uint32_t n);
/* Rows of the bulk. The hash of a state is made of its id. */
void case_object(struct store_case *c, int64_t id, uint32_t guid, int domain);
void case_spns(struct store_case *c, int64_t id, int64_t object, const char *json);
void case_account(struct store_case *c, int64_t id, int64_t object, const char *sam, uint32_t uac);
void case_trustee(struct store_case *c, int64_t id, int64_t object, const char *sam, const char *sid);
/* text: NULL: absent, as in case_texts. */
struct text_ref case_put(struct text_buf *buf, const char *text);
void case_texts(struct store_case *c, int64_t id, int64_t object, const char *sam, const char *dns_host,
                const char *upn, const char *sid);
void case_targets(struct store_case *c, int64_t id, int64_t object, const char *json, const char *trustees);

/* The rows of a query, cells with ' ' and rows with ';' between; free it. By a connection of its own. */
char *case_sql(const struct store_case *c, const char *sql);
/* They are what is wanted; says where they begin to differ. */
void ck_assert_sql(const struct store_case *c, const char *sql, const char *want);

/* Everything that a loader is told, one line a word, sorted: "object 1 ...". Begin with an empty one. */
struct told {
    struct text_buf text;
};
struct store_loader told_loader(struct told *told);
/* Ends it; the text is told's until the next word. */
const char *told_text(struct told *told);
void told_release(struct told *told);
