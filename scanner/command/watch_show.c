#include "scanner/command/watch_show.h"

#include <stdlib.h>
#include <unistd.h>

#include "scanner/command/terminal.h"
#include "spnscan/times.h"

struct watch_show {
    enum watch_form form;
    bool color;
    size_t drawn; /* lines of the table that stand above the cursor */
    struct text_buf text;
};

struct watch_show *watch_show_new(enum watch_form form)
{
    struct watch_show *show = xcalloc(1, sizeof *show);
    show->form = form;
    show->color = color_wanted(STDOUT_FILENO);
    return show;
}

void watch_show_free(struct watch_show *show)
{
    if (!show)
        return;
    text_release(&show->text);
    free(show);
}

static void flush(struct watch_show *show)
{
    if (show->text.len)
        fwrite(show->text.data, 1, show->text.len, stdout);
    fflush(stdout);
    text_clear(&show->text);
}

/* Takes the table away, so that something can stand above it. */
static void wipe(struct watch_show *show)
{
    if (show->drawn)
        text_append_fmt(&show->text, "\033[%zuA\r\033[J", show->drawn);
    show->drawn = 0;
}

static void draw(struct watch_show *show, const struct watch_view *view, size_t max_lines)
{
    wipe(show);
    size_t before = show->text.len;
    watch_append_table(&show->text, view, terminal_columns(STDOUT_FILENO) - 1, max_lines, show->color);
    for (size_t i = before; i < show->text.len; i++)
        show->drawn += show->text.data[i] == '\n';
    flush(show);
}

/* On a terminal the table tells all but that it has started anew. */
static void on_event(void *ctx, const struct watch_view *view, const struct watch_event *event)
{
    struct watch_show *show = ctx;
    char when[TIME_TEXT_SIZE];
    if (show->form == WATCH_FORM_LINES) {
        watch_append_event(&show->text, view, event);
        flush(show);
    } else if (show->form == WATCH_FORM_TABLE && event->kind == WATCH_EVENT_CHANGE) {
        wipe(show);
        text_append_fmt(&show->text, "%s a newer change of %s: all start anew\n",
                        time_format(event->at_us, when), view->state->accounts[event->account].name);
        flush(show);
    }
}

static void on_tick(void *ctx, const struct watch_view *view)
{
    struct watch_show *show = ctx;
    if (show->form == WATCH_FORM_TABLE && view->state->open)
        draw(show, view, terminal_lines(STDOUT_FILENO) - 1);
}

static void append_end_line(struct text_buf *line, const struct watch_outcome *outcome)
{
    static const char *const words[] = {
        [WATCH_ALL_SHOW] = "all", [WATCH_TIME_UP] = "time-up", [WATCH_STOPPED] = "stopped"};
    char when[TIME_TEXT_SIZE];
    text_append_fmt(line, "%s end %s shows=%zu lacks=%zu unreachable=%zu\n", time_format(time_now_us(), when),
                    words[outcome->end], outcome->tally.shows, outcome->tally.lacks, outcome->tally.unasked);
}

static void append_end_words(struct text_buf *text, const struct watch_outcome *outcome)
{
    const struct watch_tally *tally = &outcome->tally;
    if (outcome->end == WATCH_ALL_SHOW)
        text_append_str(text, "every DC shows it\n");
    else
        text_append_fmt(text, "%s: %zu show it, %zu do not, %zu could not be asked\n",
                        outcome->end == WATCH_TIME_UP ? "the time is up" : "stopped", tally->shows,
                        tally->lacks, tally->unasked);
}

static void on_end(void *ctx, const struct watch_view *view, const struct watch_outcome *outcome)
{
    struct watch_show *show = ctx;
    if (show->form == WATCH_FORM_LINES) {
        append_end_line(&show->text, outcome);
    } else if (show->form == WATCH_FORM_TABLE) {
        draw(show, view, 0);
        append_end_words(&show->text, outcome);
    }
    flush(show);
}

struct watch_sink watch_show_sink(struct watch_show *show)
{
    return (struct watch_sink){show, on_event, on_tick, on_end};
}
