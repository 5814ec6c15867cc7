#include <check.h>
#include <string.h>

#include "scanner/command/watch_show.h"

#define SECOND INT64_C(1000000)
#define NOON   (1795435200 * SECOND) /* 2026-11-23T12:00:00Z */

static struct dc_info dcs[] = {
    {.name = "dc1.x", .invocation_id = {{1}}}, {.name = "dc2.x"}, {.name = "dc3.x"}};
static const struct forest_info forest = {.dcs = dcs, .dc_count = 3};
static const struct watch_target target = {.kind = WATCH_SPN};
static struct watch_state state;
static const struct watch_view view = {&forest, &target, &state};
static struct text_buf text;

static void setup(void)
{
    watch_state_init(&state, 3, NULL, NULL);
    state.account_count = 1;
    state.accounts[0] = (struct watch_account){
        .name = "X\\my svc", .dn = "CN=\"s\"", .has_change = true, .change = {3, NOON, {{1}}, 77}};
    state.dcs[0].holders = 1;
    state.dcs[0].cells[0] = (struct watch_cell){.say = WATCH_SHOWS,
                                                .there = true,
                                                .has_stamps = true,
                                                .own = {3},
                                                .at_start = true,
                                                .shown_us = NOON + 90 * SECOND};
    state.dcs[1].cells[0] = (struct watch_cell){
        .say = WATCH_SHOWS, .there = true, .has_stamps = true, .own = {3}, .shown_us = NOON + 1250000};
    state.dcs[2].cells[0] = (struct watch_cell){.say = WATCH_LACKS};
}

static void teardown(void)
{
    watch_state_release(&state);
    text_release(&text);
}

static void line_of(enum watch_event_kind kind, size_t dc, const char *expected)
{
    const struct watch_event event = {kind, dc, 0, NOON + SECOND};
    text_clear(&text);
    watch_append_event(&text, &view, &event);
    ck_assert_str_eq(text.data, expected);
}

START_TEST(lines_to_parse)
{
    line_of(WATCH_EVENT_ACCOUNT, 0,
            "2026-11-23T12:00:01Z watch account=\"X\\\\my svc\" version=3 written=2026-11-23T12:00:00Z "
            "origin=dc1.x usn=77 guid=00000000-0000-0000-0000-000000000000 dn=\"CN=\\\"s\\\"\"\n");
    line_of(WATCH_EVENT_DC, 0,
            "2026-11-23T12:00:01Z dc1.x shows account=\"X\\\\my svc\" version=3 after=90.0 at_start=yes "
            "holder=\"X\\\\my svc\"\n");
    line_of(WATCH_EVENT_DC, 1,
            "2026-11-23T12:00:01Z dc2.x shows account=\"X\\\\my svc\" version=3 after=1.2 holder=none\n");
    line_of(WATCH_EVENT_DC, 2,
            "2026-11-23T12:00:01Z dc3.x lacks account=\"X\\\\my svc\" object=absent holder=none\n");
    snprintf(state.dcs[2].error, sizeof state.dcs[2].error, "refused");
    line_of(WATCH_EVENT_FAILING, 2, "2026-11-23T12:00:01Z dc3.x unreachable error=refused\n");
    state.accounts[0].change.origin = (struct guid){{9}};
    line_of(WATCH_EVENT_CHANGE, 0,
            "2026-11-23T12:00:01Z change account=\"X\\\\my svc\" version=3 written=2026-11-23T12:00:00Z "
            "origin=00000009-0000-0000-0000-000000000000 usn=77 guid=00000000-0000-0000-0000-000000000000 "
            "dn=\"CN=\\\"s\\\"\"\n");
    state.accounts[0].has_change = false;
    line_of(WATCH_EVENT_ACCOUNT, 0,
            "2026-11-23T12:00:01Z watch account=\"X\\\\my svc\" metadata=hidden "
            "guid=00000000-0000-0000-0000-000000000000 dn=\"CN=\\\"s\\\"\"\n");
    line_of(WATCH_EVENT_DC, 0,
            "2026-11-23T12:00:01Z dc1.x shows account=\"X\\\\my svc\" version=3 holder=\"X\\\\my svc\"\n");
}
END_TEST

START_TEST(fields)
{
    static const char *const both[][2] = {
        {"a", " k=a"}, {"", " k=\"\""}, {"a b", " k=\"a b\""}, {"a=b", " k=\"a=b\""}, {"C\\a", " k=C\\a"}};
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
        text_clear(&text);
        watch_append_field(&text, "k", both[i][0]);
        ck_assert_str_eq(text.data, both[i][1]);
    }
}
END_TEST

static void table_is(size_t columns, size_t lines, bool color, const char *expected)
{
    text_clear(&text);
    watch_append_table(&text, &view, columns, lines, color);
    ck_assert_str_eq(text.data, expected);
}

START_TEST(tables)
{
    table_is(200, 0, false,
             "X\\my svc: version 3, written 2026-11-23T12:00:00Z at dc1.x\n"
             "  dc1.x  shows                   held by X\\my svc\n"
             "  dc2.x  shows       1.2 s       held by none\n"
             "  dc3.x  lacks                   has no X\\my svc  held by none\n");
    table_is(20, 0, false, "X\\my svc: version 3,\n  dc1.x  shows\n  dc2.x  shows\n  dc3.x  lacks\n");
    /* Too few lines: those that show it are the first to go. */
    table_is(20, 3, false, "X\\my svc: version 3,\n  dc3.x  lacks\n  and 2 more\n");
    table_is(20, 1, false, "X\\my svc: version 3,\n  and 3 more\n");
    state.dcs[1].left_out = true;
    state.dcs[2].failing = true;
    snprintf(state.dcs[2].error, sizeof state.dcs[2].error, "refused");
    table_is(60, 0, true,
             "X\\my svc: version 3, written 2026-11-23T12:00:00Z at dc1.x\n"
             "  dc1.x  \033[32mshows       \033[0m            held by X\\my svc\n"
             "  dc3.x  \033[31munreachable \033[0m            refused\n");
    snprintf(state.accounts[0].name, sizeof state.accounts[0].name, "\xc3\xa4\xc3\xb6\xc3\xbc");
    table_is(2, 1, true, "\xc3\xa4\xc3\xb6\n  and 2 more\n");
}
END_TEST

Suite *suite_watch_show(void);
Suite *suite_watch_show(void)
{
    Suite *suite = suite_create("watch: showing");
    TCase *tc = tcase_create("text");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, lines_to_parse);
    tcase_add_test(tc, fields);
    tcase_add_test(tc, tables);
    suite_add_tcase(suite, tc);
    return suite;
}
