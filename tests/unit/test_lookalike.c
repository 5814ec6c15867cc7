/* What a DC is asked about look-alikes, what its answers mean, and how they are kept. */
#include "scanner/run/lookalike.h"

#include "store/base/spn_key.h"
#include "tests/unit/store_case.h"

enum {
    THERE = LOOKALIKE_PRESENT,
    OWN = LOOKALIKE_PRESENT | LOOKALIKE_OWN,
    BOTH = OWN | LOOKALIKE_OTHER,
    ANY = BOTH | LOOKALIKE_STRAY
};

START_TEST(answers_are_judged)
{
    static const struct {
        unsigned matched[2];
        bool sole[2];
        enum lookalike_answer answer;
        const char *why; /* words of it */
    } cases[] = {
        {{BOTH, BOTH}, {true, true}, LOOKALIKE_ONE, ""},
        {{OWN, OWN}, {true, true}, LOOKALIKE_APART, ""},
        /* A match is proof from one side, whatever the other says: the plain name finds the odd one, while a
         * filter with the odd one in it may be read otherwise. */
        {{BOTH, OWN}, {true, true}, LOOKALIKE_ONE, ""},
        {{OWN, BOTH}, {true, true}, LOOKALIKE_ONE, ""},
        {{THERE | LOOKALIKE_OTHER, OWN}, {true, true}, LOOKALIKE_ONE, ""},
        {{BOTH, 0}, {true, true}, LOOKALIKE_ONE, ""},
        {{BOTH, ANY}, {true, true}, LOOKALIKE_ONE, ""},
        /* One "no" beside silence is none. */
        {{OWN, THERE}, {true, true}, LOOKALIKE_UNKNOWN, "by its own name"},
        {{OWN, 0}, {true, true}, LOOKALIKE_UNKNOWN, "does not show"},
        {{0, OWN}, {true, true}, LOOKALIKE_UNKNOWN, "does not show"},
        {{THERE, THERE}, {true, true}, LOOKALIKE_UNKNOWN, "by its own name"},
        {{0, 0}, {true, true}, LOOKALIKE_UNKNOWN, "does not show"},
        /* What matches anything says nothing. */
        {{ANY, OWN}, {true, true}, LOOKALIKE_UNKNOWN, "any name"},
        {{OWN | LOOKALIKE_STRAY, OWN}, {true, true}, LOOKALIKE_UNKNOWN, "any name"},
        /* Of several such names on the account another may be the one that matches. */
        {{BOTH, OWN}, {false, true}, LOOKALIKE_UNKNOWN, "several"},
        {{BOTH, BOTH}, {false, true}, LOOKALIKE_ONE, ""},
        {{BOTH, BOTH}, {false, false}, LOOKALIKE_UNKNOWN, "several"},
        {{OWN, OWN}, {false, false}, LOOKALIKE_APART, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *why = NULL;
        ck_assert_msg(lookalike_judge(cases[i].matched, cases[i].sole, &why) == cases[i].answer, "case %zu",
                      i);
        ck_assert_msg(strstr(why, cases[i].why) && !*why == !*cases[i].why, "case %zu: %s", i, why);
    }
}
END_TEST

START_TEST(every_byte_of_a_filter_is_escaped)
{
    struct text_buf filter = {0};
    lookalike_filter(&filter, LOOKALIKE_PRESENT, "a", "b");
    ck_assert_str_eq(filter.data, "(objectClass=*)");
    lookalike_filter(&filter, LOOKALIKE_OWN, "a/*", "b");
    ck_assert_str_eq(filter.data, "(servicePrincipalName=a\\2f\\2a)");
    lookalike_filter(&filter, LOOKALIKE_OTHER, "a", "w\xe2\x80\x8b)(\\");
    ck_assert_str_eq(filter.data, "(servicePrincipalName=w\\e2\\80\\8b\\29\\28\\5c)");
    lookalike_filter(&filter, LOOKALIKE_STRAY, "a", "b");
    ck_assert_ptr_eq(strstr(filter.data, "(servicePrincipalName=b\\2e"), filter.data);
    text_release(&filter);
}
END_TEST

START_TEST(bytes_that_are_shown_as_hex_cannot_be_asked_for)
{
    ck_assert(lookalike_askable("http/web"));
    ck_assert(lookalike_askable("mssqlsvc/host\\instance"));
    ck_assert(lookalike_askable("http/w\xe2\x80\x8b\x65\x62"));
    ck_assert(lookalike_askable("a\\"));
    ck_assert(lookalike_askable("a\\0"));
    ck_assert(!lookalike_askable("http/\\e2\\80\\aeweb"));
    ck_assert(!lookalike_askable("a\\\\0a"));
}
END_TEST

START_TEST(every_answer_has_a_name)
{
    ck_assert_str_eq(lookalike_answer_name(LOOKALIKE_UNKNOWN), "unknown");
    ck_assert_str_eq(lookalike_answer_name(LOOKALIKE_ONE), "one");
    ck_assert_str_eq(lookalike_answer_name(LOOKALIKE_APART), "apart");
}
END_TEST

/* ---- in the store ---- */

static struct store_case c;
static struct text_buf told;

static void setup(void)
{
    case_make(&c);
    told = (struct text_buf){0};
}

static void teardown(void)
{
    text_release(&told);
    case_free(&c);
}

static void on_pair(void *ctx, const struct lookalike_pair *pair)
{
    (void)ctx;
    for (int s = 0; s < 2; s++)
        text_append_fmt(&told, "%lld %s%s, ", (long long)pair->side[s].object, pair->side[s].key,
                        pair->side[s].sole ? "" : " too");
    if (pair->dc == SIZE_MAX)
        text_append_str(&told, "nobody; ");
    else
        text_append_fmt(&told, "dc%zu; ", pair->dc + 1);
}

static void expect_pairs(bool anew, size_t limit, const char *want)
{
    text_clear(&told);
    ok(&c, store_each_lookalike(c.store, anew, limit, on_pair, NULL, &c.error));
    ck_assert_str_eq(told.data ? told.data : "", want);
}

struct answers {
    const struct lookalike_row *rows;
    size_t count;
};

static enum spn_code put_answers(void *ctx, struct store *store, struct spn_error *reterr)
{
    const struct answers *a = ctx;
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < a->count; i++)
        code = store_put_lookalike(store, &a->rows[i], reterr);
    return code;
}

static void answer(int64_t object, const char *key, int64_t other, const char *other_key, size_t dc,
                   const char *what)
{
    const struct lookalike_row row = {object, other, key, other_key, dc, what, "why"};
    struct answers answers = {&row, 1};
    const struct scan_view later = {.ctx = &answers, .emit = put_answers};
    ok(&c, store_put_later(c.store, &later, &c.error));
}

static enum spn_code put_consensus(struct store *store, int64_t object, int64_t spn, struct spn_error *reterr)
{
    const struct consensus_row row = {.object = object, .shown = true, .state = {spn, object, 0}};
    enum spn_code code = store_touch_object(store, object, reterr);
    return code == SPN_OK ? store_put_consensus(store, &row, reterr) : code;
}

static enum spn_code put_name(struct store *store, int64_t object, const char *key, struct spn_error *reterr)
{
    const struct spn_key hashes = spn_key((struct bytes){(const uint8_t *)key, strlen(key)}, store->seed);
    const struct name_entry entry = {hashes.host, (uint32_t)object, spn_key_bit(hashes)};
    return store_put_names(store, &entry, 1, reterr);
}

/* 1 and 2: cafe and its look-alike; 3 has another of it, at dc2 alone; 4 nothing odd. */
static enum spn_code emit_first(void *ctx, struct store *store, struct spn_error *reterr)
{
    const struct departure_row at_dc2 = {
        .object = 3, .dc = 1, .shown = true, .differs = {[FACET_SPN] = true}, .state = {[FACET_SPN] = 5}};
    enum spn_code code = put_name(store, 1, "http/cafe", reterr);
    (void)ctx;
    for (int64_t object = 1; code == SPN_OK && object <= 4; object++)
        code = put_consensus(store, object, object, reterr);
    if (code == SPN_OK)
        code = store_put_departure(store, &at_dc2, reterr);
    return code == SPN_OK
               ? db_exec(
                     store,
                     "INSERT INTO odd_spn VALUES (2, 'HTTP/café', 'non-ascii', 'http/cafe'), "
                     "(5, 'HTTP/cafè', 'non-ascii', 'http/cafe'), (5, 'HTTP/câfè', 'non-ascii', 'http/cafe')",
                     "write", reterr)
               : code;
}

static void first_scan(void)
{
    static const char *const spns[] = {"[\"HTTP/cafe\"]", "[\"HTTP/café\"]", "[\"HTTP/x\"]", "[\"HTTP/y\"]",
                                       "[\"HTTP/cafè\",\"HTTP/câfè\"]"};
    case_begin(&c);
    for (int64_t i = 1; i <= 4; i++) {
        char sam[8];
        snprintf(sam, sizeof sam, "A%d", (int)i);
        case_object(&c, i, (uint32_t)i, i == 3);
        case_account(&c, i, i, sam, 512);
        case_spns(&c, i, i, spns[i - 1]);
    }
    case_spns(&c, 5, 3, spns[4]);
    case_end_bulk(&c);
    case_finish(&c, true, emit_first, NULL);
}

#define PAIR_1 "1 http/cafe, 2 http/café, dc1; "
#define PAIR_2 "1 http/cafe, 3 http/cafè too, dc2; "
#define PAIR_3 "1 http/cafe, 3 http/câfè too, dc2; "
#define PAIR_4 "2 http/café, 3 http/cafè too, dc2; "
#define PAIR_5 "2 http/café, 3 http/câfè too, dc2; "

START_TEST(each_pair_once_at_the_first_dc_that_shows_both)
{
    first_scan();
    expect_pairs(false, 100, PAIR_1 PAIR_2 PAIR_3 PAIR_4 PAIR_5);
    expect_pairs(false, 2, PAIR_1 PAIR_2);
    expect_pairs(true, 0, "");
}
END_TEST

START_TEST(what_was_told_is_asked_again_on_demand_alone)
{
    first_scan();
    answer(1, "http/cafe", 2, "http/café", 0, "unknown");
    answer(1, "http/cafe", 3, "http/cafè", 1, "one");
    answer(1, "http/cafe", 3, "http/câfè", 1, "apart");
    /* Those that nobody was asked about come first. */
    expect_pairs(false, 100, PAIR_4 PAIR_5 "1 http/cafe, 2 http/café, dc2; ");
    expect_pairs(true, 100, PAIR_4 PAIR_5 "1 http/cafe, 2 http/café, dc2; " PAIR_2 PAIR_3);
    answer(1, "http/cafe", 2, "http/café", 2, "one");
    expect_pairs(false, 100, PAIR_4 PAIR_5);
    ck_assert_sql(&c, "SELECT answer, dc, why, scan FROM lookalike_answer WHERE other = 2", "one 3 why 1");
    /* A DC that could not tell is not the first to be asked again. */
    answer(1, "http/cafe", 2, "http/café", 0, "unknown");
    answer(1, "http/cafe", 3, "http/cafè", 1, "unknown");
    expect_pairs(false, 100, PAIR_4 PAIR_5 "1 http/cafe, 2 http/café, dc2; " PAIR_2);
    answer(1, "http/cafe", 2, "http/café", SIZE_MAX, "unknown");
    ck_assert_sql(&c, "SELECT answer, dc FROM lookalike_answer WHERE other = 2", "unknown -");
}
END_TEST

/* 2 loses its odd name, 3 is as it was. */
static enum spn_code emit_second(void *ctx, struct store *store, struct spn_error *reterr)
{
    (void)ctx;
    return put_consensus(store, 2, 6, reterr);
}

START_TEST(answers_go_with_the_names_and_stay_with_them)
{
    first_scan();
    answer(1, "http/cafe", 2, "http/café", 0, "one");
    answer(1, "http/cafe", 3, "http/cafè", 1, "one");
    answer(2, "http/café", 3, "http/cafè", 1, "apart");
    case_abandon(&c);
    case_begin(&c);
    case_spns(&c, 6, 2, "[\"HTTP/tea\"]");
    case_end_bulk(&c);
    case_finish(&c, false, emit_second, NULL);
    ck_assert_sql(&c, "SELECT object, other, answer, scan FROM lookalike_answer", "1 3 one 1");
    expect_pairs(false, 100, PAIR_3);
}
END_TEST

START_TEST(a_dropped_object_takes_its_answers_along)
{
    first_scan();
    answer(1, "http/cafe", 2, "http/café", 0, "one");
    answer(2, "http/café", 3, "http/cafè", 1, "apart");
    answer(1, "http/cafe", 3, "http/cafè", 1, "one");
    ok(&c, db_exec(c.store, "DELETE FROM object WHERE id = 2", "write", &c.error));
    ck_assert_sql(&c, "SELECT object, other FROM lookalike_answer", "1 3");
}
END_TEST

Suite *suite_lookalike(void);
Suite *suite_lookalike(void)
{
    Suite *suite = suite_create("lookalike");
    TCase *judge = tcase_create("asked"), *kept = tcase_create("kept");
    tcase_add_test(judge, answers_are_judged);
    tcase_add_test(judge, every_byte_of_a_filter_is_escaped);
    tcase_add_test(judge, bytes_that_are_shown_as_hex_cannot_be_asked_for);
    tcase_add_test(judge, every_answer_has_a_name);
    tcase_add_checked_fixture(kept, setup, teardown);
    tcase_add_test(kept, each_pair_once_at_the_first_dc_that_shows_both);
    tcase_add_test(kept, what_was_told_is_asked_again_on_demand_alone);
    tcase_add_test(kept, answers_go_with_the_names_and_stay_with_them);
    tcase_add_test(kept, a_dropped_object_takes_its_answers_along);
    suite_add_tcase(suite, judge);
    suite_add_tcase(suite, kept);
    return suite;
}
