/* watch_lines.c: events of a watch as lines that scripts read. Names of words and keys are a contract. */
#include <string.h>

#include "scanner/command/watch_show.h"
#include "spnscan/times.h"

void watch_append_field(struct text_buf *line, const char *key, const char *value)
{
    bool plain = value[0] && !value[strcspn(value, " \"=")];
    text_append_fmt(line, " %s=", key);
    if (plain) {
        text_append_str(line, value);
        return;
    }
    text_append_char(line, '"');
    for (const char *c = value; *c; c++) {
        if (*c == '"' || *c == '\\')
            text_append_char(line, '\\');
        text_append_char(line, *c);
    }
    text_append_char(line, '"');
}

/* Who made the change, when. */
static void append_change(struct text_buf *line, const struct watch_view *view,
                          const struct watch_account *account)
{
    char text[GUID_TEXT_SIZE], when[TIME_TEXT_SIZE];
    const struct stamp *change = &account->change;
    watch_append_field(line, "account", account->name);
    if (!account->has_change) {
        text_append_str(line, " metadata=hidden");
        return;
    }
    text_append_fmt(line, " version=%u", change->version);
    if (!change->version) /* never written */
        return;
    watch_append_field(line, "written", time_format(change->time_us, when));
    watch_append_field(line, "origin", watch_origin(view->forest, &change->origin, text));
    text_append_fmt(line, " usn=%llu", (unsigned long long)change->usn);
}

static void append_holders(struct text_buf *line, const struct watch_view *view, uint64_t holders)
{
    struct text_buf names = {0};
    if (view->target->kind != WATCH_SPN)
        return;
    for (size_t a = 0; a < view->state->account_count; a++)
        if (holders & (UINT64_C(1) << a))
            text_append_fmt(&names, "%s%s", names.len ? "," : "", view->state->accounts[a].name);
    watch_append_field(line, "holder", names.len ? names.data : "none");
    text_release(&names);
}

static void append_dc(struct text_buf *line, const struct watch_view *view, const struct watch_event *event)
{
    const struct watch_dc *dc = &view->state->dcs[event->dc];
    const struct watch_cell *cell = &dc->cells[event->account];
    const struct watch_account *account = &view->state->accounts[event->account];
    static const char *const words[] = {
        [WATCH_SHOWS] = "shows", [WATCH_LACKS] = "lacks", [WATCH_DIFFERS] = "differs"};
    text_append_fmt(line, " %s %s", view->forest->dcs[event->dc].name, words[cell->say]);
    watch_append_field(line, "account", account->name);
    if (!cell->there)
        text_append_str(line, " object=absent");
    else if (cell->has_stamps)
        text_append_fmt(line, " version=%u", cell->own.version);
    if (cell->say == WATCH_SHOWS && account->has_change && account->change.version)
        text_append_fmt(line, " after=%.1f%s", (double)(cell->shown_us - account->change.time_us) / 1e6,
                        cell->at_start ? " at_start=yes" : "");
    append_holders(line, view, dc->holders);
}

void watch_append_event(struct text_buf *line, const struct watch_view *view, const struct watch_event *event)
{
    const struct watch_account *account = &view->state->accounts[event->account];
    char when[TIME_TEXT_SIZE], guid[GUID_TEXT_SIZE];
    text_append_str(line, time_format(event->at_us, when));
    switch (event->kind) {
    case WATCH_EVENT_ACCOUNT:
    case WATCH_EVENT_CHANGE:
        text_append_str(line, event->kind == WATCH_EVENT_ACCOUNT ? " watch" : " change");
        append_change(line, view, account);
        watch_append_field(line, "guid", guid_format(&account->guid, guid));
        watch_append_field(line, "dn", account->dn);
        break;
    case WATCH_EVENT_DC:
        append_dc(line, view, event);
        break;
    case WATCH_EVENT_FAILING:
        text_append_fmt(line, " %s unreachable", view->forest->dcs[event->dc].name);
        watch_append_field(line, "error", view->state->dcs[event->dc].error);
        break;
    }
    text_append_char(line, '\n');
}
