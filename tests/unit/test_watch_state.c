#include <check.h>
#include <stdio.h>
#include <string.h>

#include "scanner/run/watch_state.h"
#include "spnscan/text_buf.h"

#define DCS 3

static const enum replica_kind full[] = {REPLICA_FULL, REPLICA_NONE};
static struct watch_state state;
static struct text_buf told; /* events since the last look: "watch a v3|dc0 shows a|..." */

static void note(void *ctx, const struct watch_state *s, const struct watch_event *event)
{
    static const char *const says[] = {"waits for", "has no copy of", "shows", "lacks", "differs on"};
    const struct watch_account *account = &s->accounts[event->account];
    (void)ctx;
    ck_assert_ptr_eq(s, &state);
    if (told.len)
        text_append_char(&told, '|');
    switch (event->kind) {
    case WATCH_EVENT_ACCOUNT:
    case WATCH_EVENT_CHANGE:
        text_append_fmt(&told, "%s %s v%u", event->kind == WATCH_EVENT_ACCOUNT ? "watch" : "change",
                        account->name, account->has_change ? account->change.version : 999);
        break;
    case WATCH_EVENT_DC:
        text_append_fmt(&told, "dc%zu %s %s", event->dc, says[s->dcs[event->dc].cells[event->account].say],
                        account->name);
        break;
    case WATCH_EVENT_FAILING:
        text_append_fmt(&told, "dc%zu fails: %s", event->dc, s->dcs[event->dc].error);
        break;
    }
}

static void setup(void)
{
    watch_state_init(&state, DCS, note, NULL);
}

static void teardown(void)
{
    watch_state_release(&state);
    text_release(&told);
}

static void check_told(const char *expected, int line)
{
    ck_assert_msg(strcmp(told.data ? told.data : "", expected) == 0, "line %d: told '%s', not '%s'", line,
                  told.data ? told.data : "", expected);
    text_clear(&told);
}
#define TOLD(expected) check_told(expected, __LINE__)

/* An account by its letter; version 0 with metadata: never written; -1: metadata is hidden. */
static struct watch_sight sight(char name, int version, unsigned values)
{
    struct watch_sight s = {.guid = {{(uint8_t)name}}, .values = {values, 0}, .has_stamps = version >= 0};
    s.name[0] = s.dn[0] = name;
    if (version > 0)
        s.stamp = (struct stamp){(uint32_t)version, 1000000LL * version, {{7}}, (uint64_t)version};
    return s;
}

static void say(size_t dc, size_t known, int64_t at, struct watch_sight *sights, size_t count)
{
    const struct watch_answer answer = {sights, count, count, known, full};
    watch_state_answer(&state, dc, &answer, at);
}

/* One account, known everywhere. */
static void say_one(size_t dc, int64_t at, int version, unsigned values)
{
    struct watch_sight s = sight('a', version, values);
    say(dc, 1, at, &s, 1);
}

static void say_none(size_t dc, int64_t at)
{
    say(dc, 1, at, NULL, 0);
}

static void check_tally(size_t shows, size_t lacks, size_t unasked, int line)
{
    struct watch_tally t = watch_state_tally(&state);
    ck_assert_msg(t.shows == shows && t.lacks == lacks && t.unasked == unasked,
                  "line %d: %zu show, %zu lack, %zu unasked", line, t.shows, t.lacks, t.unasked);
    ck_assert_int_eq(watch_state_done(&state), state.open && shows && !lacks && !unasked);
}
#define TALLY(shows, lacks, unasked) check_tally(shows, lacks, unasked, __LINE__)

START_TEST(a_change_arrives)
{
    TALLY(0, 0, 3);
    say_one(1, 10, 2, 1);
    say_one(0, 11, 3, 2);
    say_one(2, 12, 2, 1);
    TOLD("");
    ck_assert(!watch_state_done(&state));
    watch_state_open(&state, 13);
    TOLD("watch a v3|dc0 shows a|dc1 lacks a|dc2 lacks a");
    TALLY(1, 2, 0);
    say_one(1, 20, 2, 1);
    TOLD("");
    say_one(1, 30, 3, 2);
    TOLD("dc1 shows a");
    ck_assert_int_eq(state.dcs[1].cells[0].shown_us, 30);
    ck_assert(!state.dcs[1].cells[0].at_start);
    /* It held it when it was first asked, before anything was told. */
    ck_assert_int_eq(state.dcs[0].cells[0].shown_us, 11);
    ck_assert(state.dcs[0].cells[0].at_start);
    say_one(1, 40, 3, 2);
    ck_assert_int_eq(state.dcs[1].cells[0].shown_us, 30);
    say_one(2, 50, 3, 2);
    TOLD("dc2 shows a");
    TALLY(3, 0, 0);
}
END_TEST

START_TEST(what_comes_while_nothing_is_told_yet)
{
    say_one(0, 10, 2, 1);
    say_one(0, 20, 3, 2); /* asked twice before the others answered */
    ck_assert(!state.dcs[0].cells[0].at_start);
    say_one(1, 21, 3, 2);
    watch_state_open(&state, 22);
    TOLD("watch a v3|dc0 shows a|dc1 shows a");
    ck_assert_int_eq(state.dcs[0].cells[0].shown_us, 20);
    ck_assert(state.dcs[1].cells[0].at_start);
    TALLY(2, 0, 1);
    ck_assert_uint_eq(watch_state_tally(&state).pending, 1);
}
END_TEST

START_TEST(a_newer_change_starts_all_anew)
{
    for (size_t d = 0; d < DCS; d++)
        say_one(d, 10, 3, 2);
    watch_state_open(&state, 11);
    TOLD("watch a v3|dc0 shows a|dc1 shows a|dc2 shows a");
    TALLY(3, 0, 0);
    say_one(2, 20, 4, 3);
    TOLD("change a v4|dc0 lacks a|dc1 lacks a|dc2 shows a");
    TALLY(1, 2, 0);
    ck_assert(!state.dcs[2].cells[0].at_start);
    /* A DC that comes with the change before that one. */
    say_one(0, 21, 3, 2);
    TOLD("");
    say_one(0, 22, 4, 3);
    TOLD("dc0 shows a");
    ck_assert_int_eq(state.dcs[0].cells[0].shown_us, 22);
}
END_TEST

START_TEST(an_account_that_is_not_there)
{
    say_one(0, 10, 1, 1);
    say_none(1, 10);
    say_none(2, 10);
    watch_state_open(&state, 11);
    TOLD("watch a v1|dc0 shows a|dc1 lacks a|dc2 lacks a");
    ck_assert(!state.dcs[1].cells[0].there);
    say_one(1, 20, 1, 1);
    TOLD("dc1 shows a");
    say_none(1, 30);
    TOLD("dc1 lacks a");
    TALLY(1, 2, 0);
}
END_TEST

START_TEST(a_dc_is_judged_once_it_was_asked)
{
    struct watch_sight a = sight('a', 2, 1);
    say(0, 0, 10, NULL, 0);
    say(1, 0, 10, &a, 1);
    say(2, 0, 10, NULL, 0);
    watch_state_open(&state, 11);
    TOLD("watch a v2|dc1 shows a");
    TALLY(1, 0, 2);
    ck_assert_uint_eq(watch_state_tally(&state).pending, 2);
    say_one(0, 12, 3, 9); /* it holds the SPN no more: its own is the newer change */
    TOLD("change a v3|dc0 shows a|dc1 lacks a");
    say_one(2, 13, 3, 9);
    TOLD("dc2 shows a");
    ck_assert_uint_eq(watch_state_tally(&state).pending, 0);
    TALLY(2, 1, 0);
}
END_TEST

START_TEST(two_accounts_and_who_holds)
{
    struct watch_sight both[] = {sight('a', 1, 1), sight('b', 1, 2)};
    both[0].holds = true;
    for (size_t d = 0; d < DCS; d++)
        say(d, 2, 10, both, 2);
    watch_state_open(&state, 11);
    TOLD("watch a v1|watch b v1|dc0 shows a|dc0 shows b|dc1 shows a|dc1 shows b|dc2 shows a|dc2 shows b");
    TALLY(3, 0, 0);
    /* The name moves from a to b. */
    struct watch_sight moved[] = {sight('b', 2, 3), sight('a', 2, 4)};
    moved[0].holds = true;
    say(0, 2, 20, moved, 2);
    TOLD("change a v2|change b v2|dc0 shows a|dc0 shows b|dc1 lacks a|dc1 lacks b|dc2 lacks a|dc2 lacks b");
    ck_assert_uint_eq(state.dcs[0].holders, 2);
    ck_assert_uint_eq(state.dcs[1].holders, 1);
    TALLY(1, 2, 0);
    /* Half of it has come. */
    struct watch_sight half[] = {sight('a', 2, 4), sight('b', 1, 2)};
    say(1, 2, 30, half, 2);
    TOLD("dc1 shows a|dc1 lacks b");
    ck_assert_uint_eq(state.dcs[1].holders, 0);
    TALLY(1, 2, 0);
    say(1, 2, 40, moved, 2);
    TOLD("dc1 shows a|dc1 shows b");
    say(2, 2, 40, moved, 2);
    TALLY(3, 0, 0);
}
END_TEST

START_TEST(a_dc_that_fails)
{
    say_one(0, 10, 2, 1);
    say_one(1, 10, 2, 1);
    watch_state_failure(&state, 2, "refused", 10);
    watch_state_open(&state, 11);
    TOLD("watch a v2|dc0 shows a|dc1 shows a|dc2 fails: refused");
    TALLY(2, 0, 1);
    ck_assert_uint_eq(watch_state_tally(&state).pending, 0);
    watch_state_failure(&state, 2, "refused", 12);
    TOLD("");
    /* It showed all that there was: that it fails now changes nothing. */
    watch_state_failure(&state, 1, "cut", 13);
    TOLD("dc1 fails: cut");
    TALLY(2, 0, 1);
    /* Until there is more to show. */
    say_one(0, 14, 3, 2);
    TOLD("change a v3|dc0 shows a");
    TALLY(1, 0, 2);
    say_one(1, 15, 2, 1);
    TOLD("dc1 lacks a");
    TALLY(1, 1, 1);
    say_one(2, 16, 3, 2);
    TOLD("dc2 shows a");
    watch_state_failure(&state, 2, "cut", 17);
    say_one(2, 18, 3, 2);
    TOLD("dc2 fails: cut|dc2 shows a");
    ck_assert_int_eq(state.dcs[2].cells[0].shown_us, 16);
}
END_TEST

START_TEST(hidden_at_one_dc)
{
    say_one(0, 10, 3, 2);
    say_one(1, 10, -1, 1);
    say_one(2, 10, -1, 2);
    watch_state_open(&state, 11);
    TOLD("watch a v3|dc0 shows a|dc1 lacks a|dc2 shows a");
    say_one(1, 12, -1, 2);
    TOLD("dc1 shows a");
    TALLY(3, 0, 0);
}
END_TEST

START_TEST(hidden_everywhere)
{
    say_one(0, 10, -1, 2);
    say_one(1, 10, -1, 1);
    say_one(2, 10, -1, 1);
    watch_state_open(&state, 11);
    TOLD("watch a v999|dc0 differs on a|dc1 shows a|dc2 shows a");
    ck_assert(!state.accounts[0].has_change);
    TALLY(2, 1, 0);
    say_one(1, 12, -1, 2); /* now most have the other value */
    TOLD("dc0 shows a|dc2 differs on a");
    say_one(2, 13, -1, 2);
    TALLY(3, 0, 0);
}
END_TEST

START_TEST(one_stamp_and_two_values)
{
    say_one(0, 10, 3, 2);
    say_one(1, 10, 3, 5);
    say_one(2, 10, 3, 2);
    watch_state_open(&state, 11);
    TOLD("watch a v3|dc0 shows a|dc1 differs on a|dc2 shows a");
    TALLY(2, 1, 0);
}
END_TEST

START_TEST(never_written)
{
    for (size_t d = 0; d < DCS; d++)
        say_one(d, 10, 0, 0);
    watch_state_open(&state, 11);
    TOLD("watch a v0|dc0 shows a|dc1 shows a|dc2 shows a");
    say_one(1, 12, 1, 4);
    TOLD("change a v1|dc0 lacks a|dc1 shows a|dc2 lacks a");
}
END_TEST

START_TEST(a_dc_without_a_copy_has_no_say)
{
    static const enum replica_kind elsewhere[] = {REPLICA_NONE, REPLICA_FULL};
    const struct watch_answer nothing = {.known = 1, .replicas = elsewhere};
    say_one(0, 10, 2, 1);
    watch_state_answer(&state, 1, &nothing, 10);
    state.dcs[2].left_out = true;
    watch_state_open(&state, 11);
    TOLD("watch a v2|dc0 shows a");
    TALLY(1, 0, 0);
    ck_assert(watch_state_done(&state));
}
END_TEST

START_TEST(hostile_answers)
{
    struct watch_sight many[WATCH_MAX_ACCOUNTS + 1];
    struct watch_sight twice[] = {sight('a', 1, 1), sight('a', 9, 9)};
    for (size_t i = 0; i <= WATCH_MAX_ACCOUNTS; i++)
        many[i] = sight((char)(i + 1), 1, 1);
    say(0, 0, 10, many, WATCH_MAX_ACCOUNTS);
    ck_assert(!state.too_many);
    say(1, 0, 10, many, WATCH_MAX_ACCOUNTS + 1);
    ck_assert(state.too_many);
    ck_assert_uint_eq(state.account_count, WATCH_MAX_ACCOUNTS);
    say(2, WATCH_MAX_ACCOUNTS, 10, twice,
        2); /* the first one counts; a known one more than there are is fine */
    watch_state_open(&state, 11);
}
END_TEST

Suite *suite_watch_state(void);
Suite *suite_watch_state(void)
{
    Suite *suite = suite_create("watch: comparing");
    TCase *tc = tcase_create("state");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_change_arrives);
    tcase_add_test(tc, what_comes_while_nothing_is_told_yet);
    tcase_add_test(tc, a_newer_change_starts_all_anew);
    tcase_add_test(tc, an_account_that_is_not_there);
    tcase_add_test(tc, a_dc_is_judged_once_it_was_asked);
    tcase_add_test(tc, two_accounts_and_who_holds);
    tcase_add_test(tc, a_dc_that_fails);
    tcase_add_test(tc, hidden_at_one_dc);
    tcase_add_test(tc, hidden_everywhere);
    tcase_add_test(tc, one_stamp_and_two_values);
    tcase_add_test(tc, never_written);
    tcase_add_test(tc, a_dc_without_a_copy_has_no_say);
    tcase_add_test(tc, hostile_answers);
    suite_add_tcase(suite, tc);
    return suite;
}
