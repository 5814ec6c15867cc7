/* scan_case.h: a first scan of five objects, and what the next one is told of them. What fails, fails the
 * test. */
#pragma once

#include "tests/unit/store_case.h"

/* The database of the test, and what was told of it last. */
extern struct store_case c;
extern struct told told;
void scan_case_make(void);
void scan_case_free(void);

typedef enum spn_code (*emit_fn)(void *ctx, struct store *store, struct spn_error *reterr);

#define EMIT(name) static enum spn_code name(void *ctx, struct store *store, struct spn_error *reterr)
/* The rows of an emit function must go in. */
#define put(call)                                                                                            \
    do {                                                                                                     \
        enum spn_code code_ = (call);                                                                        \
        if (code_ != SPN_OK)                                                                                 \
            return code_;                                                                                    \
    } while (0)

/* Ends the scan that case_begin has begun. */
void scan(bool anew, emit_fn emit);
enum spn_code put_consensus(struct store *store, int64_t object, bool shown, int64_t spn, int64_t account,
                            int64_t delegation, struct spn_error *reterr);

extern const struct guid dc_invocation;
/* Five objects: 1 plain, 2 delegates, 3 departs at dc2 and dc3, 4 is not shown by most, 5 shares a name
 * with 1. */
void push_first(void);
enum spn_code emit_first(void *ctx, struct store *store, struct spn_error *reterr);
void first_scan(void);
/* A second scan: 3 has another name, 4 and 5 are gone. */
enum spn_code emit_second(void *ctx, struct store *store, struct spn_error *reterr);

/* What is told of an object by its GUID. */
void fetch(uint32_t guid, const char *want);
/* What is told of all: the same words in another order, once for each object and state. */
void check_all(const char *const *parts, size_t count);

/* After the first scan. */
#define TOLD_1 "object 1 DC=cor view shown nodel\nstate 1 account 1 consensus\nstate 1 spn 1 consensus\n"
#define TOLD_2                                                                                               \
    "object 2 DC=cor view shown\nstate 2 account 2 consensus delegates\nstate 2 delegation 1 consensus\n"    \
    "state 2 spn 2 consensus\n"
#define TOLD_3                                                                                               \
    "departure 3 dc1 shown 4 6 -1\ndeparture 3 dc2 -1 -1 -1\nobject 3 DC=cor view shown nodel\n"             \
    "state 3 account 3 consensus\nstate 3 account 6 delegates\nstate 3 spn 3 consensus\nstate 3 spn 4\n"
#define TOLD_4                                                                                               \
    "departure 4 dc0 shown -1 -1 -1\nobject 4 DC=cor view nodel\nstate 4 account 4 consensus\n"              \
    "state 4 spn 5 consensus\n"
#define TOLD_5 "object 5 DC=sub view shown\nstate 5 account 5 consensus\nstate 5 spn 6 consensus\n"
