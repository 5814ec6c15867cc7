/* Who stands for whom in a dispute, and whom to ask. */
#include <check.h>
#include <stdlib.h>

#include "scanner/run/explain_inside.h"

Suite *suite_explain_dispute(void);

#define MOST 8

/* A letter a DC: its state of each facet by the letter's number, '-' not shown; a capital is a partial
 * replica with the PAS states of the small letter. The delegation state of 'x' is another than that of 'a',
 * all else the same. */
static struct dispute dispute_of(const char *text)
{
    static struct shown rows[MOST];
    struct suspect suspect = {.object_id = 9, .domain = 1, .rows = rows, .row_count = strlen(text)};
    struct dispute d;
    for (size_t i = 0; text[i]; i++) {
        bool full = text[i] == '-' || text[i] >= 'a';
        int64_t state = (text[i] | 0x20) == 'x' ? 1 : (text[i] | 0x20) - 'a' + 1;
        rows[i] =
            (struct shown){.dc = i, .full = full, .shown = text[i] != '-', .state = {state, state, state}};
        if (!full)
            rows[i].state[FACET_DELEGATION] = STATE_UNKNOWN;
        else if (text[i] == 'x')
            rows[i].state[FACET_DELEGATION] = 77;
    }
    dispute_init(&d, &suspect);
    return d;
}

/* Row i is asked. */
static void answer(struct dispute *d, size_t i, bool moved)
{
    d->rows[i].word = calloc(1, sizeof *d->rows[i].word);
    d->rows[i].word->has_metadata = true;
    d->rows[i].moved = moved;
}

/* ... and hides its stamps. */
static void answer_without_stamps(struct dispute *d, size_t i)
{
    answer(d, i, false);
    d->rows[i].word->has_metadata = false;
    d->rows[i].word->presence = SHOWS_LIVE;
}

static void expect_gaps(struct dispute *d, bool all, size_t turn, const char *want)
{
    bool ask[MOST];
    char got[MOST + 1] = "";
    bool any = dispute_gaps(d, all, turn, ask);
    for (size_t i = 0; i < d->row_count; i++)
        got[i] = ask[i] ? '?' : '.';
    ck_assert_str_eq(got, want);
    ck_assert_int_eq(any, strchr(want, '?') != NULL);
}

START_TEST(who_hides_its_stamps_is_not_the_only_one_asked)
{
    struct dispute d = dispute_of("aaaab");
    answer(&d, 4, false);
    answer_without_stamps(&d, 0);
    expect_gaps(&d, false, 0, ".?...");
    answer_without_stamps(&d, 1);
    expect_gaps(&d, false, 0, "..?..");
    answer(&d, 2, false); /* this one tells them, and stands for the others */
    expect_gaps(&d, false, 0, ".....");
    dispute_release(&d);
}
END_TEST

START_TEST(all_that_hide_their_stamps_are_not_asked)
{
    struct dispute d = dispute_of("aaaaab");
    answer(&d, 5, false);
    for (size_t i = 0; i < 3; i++)
        answer_without_stamps(&d, i);
    expect_gaps(&d, false, 0, "......");
    dispute_release(&d);
}
END_TEST

START_TEST(one_of_each_state_is_asked)
{
    static const struct {
        const char *states, *ask;
    } cases[] = {{"aab", "?.?"},          {"abab", "??.."}, {"aa-", "?.?"},
                 {"a-a-", "??.."},        {"ax", "??"}, /* a full replica tells delegation */
                 {"Aab", ".??"},                        /* a full one stands for a partial one */
                 {"AAb", "?.?"},                        /* none is there */
                 {"xAa", "?.?"}, /* which of the two full ones does not matter for what both tell */
                 {"aaaaaaab", "?......?"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dispute d = dispute_of(cases[i].states);
        expect_gaps(&d, false, 0, cases[i].ask);
        dispute_release(&d);
    }
}
END_TEST

START_TEST(the_turn_goes_round_the_group)
{
    struct dispute d = dispute_of("aAaba");
    expect_gaps(&d, false, 0, "?..?.");
    expect_gaps(&d, false, 1, "..??.");
    expect_gaps(&d, false, 2, "...??");
    expect_gaps(&d, false, 3, "?..?.");
    dispute_release(&d);
}
END_TEST

START_TEST(who_has_moved_stands_for_nobody)
{
    struct dispute d = dispute_of("aaab");
    answer(&d, 0, true);
    answer(&d, 3, false);
    expect_gaps(&d, false, 0, ".?..");
    expect_gaps(&d, true, 0, ".??.");
    answer(&d, 1, false);
    expect_gaps(&d, false, 0, "....");
    dispute_release(&d);
}
END_TEST

START_TEST(a_partial_word_stands_for_partial_ones_alone)
{
    struct dispute d = dispute_of("AAab");
    answer(&d, 0, false);
    answer(&d, 3, false);
    expect_gaps(&d, false, 0, "..?.");
    dispute_release(&d);
}
END_TEST

static void surround(struct surroundings *s, struct dc_replication *replications, enum sight *tombstones)
{
    static struct utd_vector vectors[MOST][2];
    static bool readable[MOST][2];
    for (size_t i = 0; i < MOST; i++) {
        readable[i][1] = i != 2;
        replications[i] = (struct dc_replication){
            .domain_count = i == 3 ? 0 : 2, .vectors = vectors[i], .readable = readable[i]};
        tombstones[2 * i] = SIGHT_NONE;
        tombstones[2 * i + 1] = i == 1 ? SIGHT_CLEAR : i == 2 ? SIGHT_NONE : SIGHT_UNKNOWN;
    }
    *s = (struct surroundings){replications, tombstones, 2};
}

START_TEST(witnesses_have_what_is_known_of_their_dc)
{
    struct surroundings s;
    struct dc_replication replications[MOST];
    enum sight tombstones[2 * MOST];
    struct witness w[MOST] = {0};
    struct dispute d = dispute_of("aA-ba");
    surround(&s, replications, tombstones);
    answer(&d, 0, false);
    d.rows[0].word->presence = SHOWS_LIVE;
    d.rows[0].word->sd = 5;
    answer(&d, 3, true);
    dispute_witnesses(&d, &s, w);
    ck_assert(w[0].fresh && w[0].full && w[0].sd == 5);
    ck_assert(!w[1].fresh && !w[1].full && w[1].like == 0 && w[1].presence == SHOWS_LIVE);
    ck_assert(!w[2].fresh && w[2].like == SIZE_MAX && w[2].presence == SHOWS_NOTHING);
    ck_assert(w[3].fresh);
    ck_assert(!w[4].fresh && w[4].like == 0 && w[4].sd == 0);
    ck_assert(!w[0].tombstones && w[1].tombstones && !w[2].tombstones);
    ck_assert_ptr_eq(w[0].vector, &replications[0].vectors[1]);
    ck_assert_ptr_null(w[2].vector); /* not readable */
    ck_assert_ptr_null(w[3].vector); /* nothing was read */
    dispute_release(&d);
}
END_TEST

/* A scratch array serves many disputes. */
START_TEST(witnesses_do_not_remember)
{
    struct surroundings s;
    struct dc_replication replications[MOST];
    enum sight tombstones[2 * MOST];
    struct witness w[MOST];
    struct dispute d = dispute_of("ab");
    surround(&s, replications, tombstones);
    memset(w, 0xFF, sizeof w);
    answer(&d, 1, false);
    dispute_witnesses(&d, &s, w);
    ck_assert(!w[0].fresh && !w[0].has_metadata && w[0].sd == 0 && w[0].like == SIZE_MAX);
    ck_assert(w[0].presence == SHOWS_LIVE && w[0].full && !w[0].tombstones);
    dispute_release(&d);
}
END_TEST

START_TEST(a_dropped_dc_says_nothing)
{
    struct dispute d = dispute_of("aab");
    answer(&d, 0, false);
    answer(&d, 2, false);
    dispute_drop(&d, 0);
    ck_assert_uint_eq(d.row_count, 2);
    ck_assert_uint_eq(d.rows[0].said.dc, 1);
    expect_gaps(&d, false, 0, "?.");
    dispute_drop(&d, 7);
    ck_assert_uint_eq(d.row_count, 2);
    dispute_release(&d);
}
END_TEST

Suite *suite_explain_dispute(void)
{
    Suite *s = suite_create("explain: disputes");
    TCase *t = tcase_create("who is asked");
    tcase_add_test(t, one_of_each_state_is_asked);
    tcase_add_test(t, who_hides_its_stamps_is_not_the_only_one_asked);
    tcase_add_test(t, all_that_hide_their_stamps_are_not_asked);
    tcase_add_test(t, the_turn_goes_round_the_group);
    tcase_add_test(t, who_has_moved_stands_for_nobody);
    tcase_add_test(t, a_partial_word_stands_for_partial_ones_alone);
    tcase_add_test(t, witnesses_have_what_is_known_of_their_dc);
    tcase_add_test(t, witnesses_do_not_remember);
    tcase_add_test(t, a_dropped_dc_says_nothing);
    suite_add_tcase(s, t);
    return s;
}
