/* scan_case.c: see scan_case.h. */
#include "tests/unit/scan_case.h"

struct store_case c;
struct told told;

void scan_case_make(void)
{
    case_make(&c);
    told = (struct told){0};
}

void scan_case_free(void)
{
    case_free(&c);
    told_release(&told);
}

void scan(bool anew, emit_fn emit)
{
    case_end_bulk(&c);
    case_finish(&c, anew, emit, &c);
    case_abandon(&c);
}

enum spn_code put_consensus(struct store *store, int64_t object, bool shown, int64_t spn, int64_t account,
                            int64_t delegation, struct spn_error *reterr)
{
    const struct consensus_row row = {.object = object, .shown = shown, .state = {spn, account, delegation}};
    return store_put_consensus(store, &row, reterr);
}

const struct guid dc_invocation = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

void push_first(void)
{
    for (int64_t id = 1; id <= 5; id++) {
        char name[8];
        case_object(&c, id, (uint32_t)id, id == 5);
        snprintf(name, sizeof name, "A%lld$", (long long)id);
        case_account(&c, id, id, name, id == 2 ? 0x1000200 : 0x200);
    }
    case_spns(&c, 1, 1, "[\"HOST/one\",\"HTTP/both\"]");
    case_spns(&c, 2, 2, "[\"HOST/two\"]");
    case_spns(&c, 3, 3, "[\"HOST/three\"]");
    case_spns(&c, 4, 3, "[\"HOST/three\",\"HOST/late\"]");
    case_spns(&c, 5, 4, "[\"HOST/four\"]");
    case_spns(&c, 6, 5, "[\"http/BOTH\"]");
    case_targets(&c, 1, 2, "[\"http/both\",\"cifs/none\"]", "[\"S-1-5-21-9\"]");
    case_account(&c, 6, 3, "A3$", 0x80200);
}

enum spn_code emit_first(void *ctx, struct store *store, struct spn_error *reterr)
{
    const struct departure_row late = {
        .object = 3, .dc = 1, .shown = true, .differs = {true, true}, .state = {4, 6}};
    const struct departure_row gone = {.object = 3, .dc = 2};
    const struct departure_row has = {.object = 4, .dc = 0, .shown = true};
    const struct principal_row principal = {"S-1-5-21-9", "group", "CN=group"};
    (void)ctx;
    for (int64_t id = 1; id <= 5; id++)
        put(store_touch_object(store, id, reterr));
    put(put_consensus(store, 1, true, 1, 1, 0, reterr));
    put(put_consensus(store, 2, true, 2, 2, 1, reterr));
    put(put_consensus(store, 3, true, 3, 3, 0, reterr));
    put(put_consensus(store, 4, false, 5, 4, 0, reterr));
    put(put_consensus(store, 5, true, 6, 5, STATE_UNKNOWN, reterr));
    put(store_put_departure(store, &late, reterr));
    put(store_put_departure(store, &gone, reterr));
    put(store_put_departure(store, &has, reterr));
    put(store_put_principal(store, &principal, reterr));
    for (size_t i = 0; i < CASE_DCS; i++) {
        const struct mark_row mark = {.dc = i,
                                      .invocation_id = dc_invocation,
                                      .usn = UINT64_C(9000000000) + i,
                                      .full_us = INT64_C(1795352991000000),
                                      .deletions_us = INT64_C(1795352992000000)};
        const struct reading_row reading = {i, "full", "seen", 5, 7};
        put(store_put_mark(store, &mark, reterr));
        put(store_put_reading(store, &reading, reterr));
    }
    return SPN_OK;
}

void first_scan(void)
{
    case_begin(&c);
    push_first();
    scan(false, emit_first);
}

void fetch(uint32_t guid, const char *want)
{
    const struct store_loader loader = told_loader(&told);
    const struct guid g = case_guid(guid);
    bool found = false;
    text_clear(&told.text);
    ok(&c, store_fetch(c.store, &g, &loader, &found, &c.error));
    ck_assert_int_eq(found, *want != 0);
    ck_assert_str_eq(told_text(&told), want);
}
enum spn_code emit_second(void *ctx, struct store *store, struct spn_error *reterr)
{
    const struct change_row change = {3, 1, FACET_SPN, 4, 7};
    const struct change_row left = {5, 0, FACET_COUNT, 1, 0};
    const struct change_row unknown = {2, 2, FACET_DELEGATION, STATE_UNKNOWN, 1};
    (void)ctx;
    put(store_touch_object(store, 3, reterr));
    put(put_consensus(store, 3, true, 7, 3, 0, reterr));
    put(store_touch_object(store, 3, reterr)); /* once more: nothing is forgotten */
    put(store_drop_object(store, 5, reterr));
    put(store_drop_object(store, 4, reterr));
    put(store_put_change(store, &change, reterr));
    put(store_put_change(store, &left, reterr));
    put(store_put_change(store, &unknown, reterr));
    for (int64_t id = 3; id <= 6; id++)
        put(store_drop_state(store, FACET_SPN, id, reterr));
    put(store_drop_state(store, FACET_ACCOUNT, 6, reterr));
    return store_drop_state(store, FACET_ACCOUNT, 4, reterr);
}

void check_all(const char *const *parts, size_t count)
{
    struct told want = {0};
    const struct store_loader loader = told_loader(&told);
    for (size_t i = 0; i < count; i++)
        text_append_str(&want.text, parts[i]);
    text_clear(&told.text);
    ok(&c, store_load_all(c.store, &loader, &c.error));
    ck_assert_str_eq(told_text(&told), told_text(&want));
    told_release(&want);
}
