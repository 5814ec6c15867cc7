/* watch_show.h: what a watch shows on standard output: lines, one an event, or on a terminal a table that is
 * redrawn in place. */
#pragma once

#include "scanner/run/watch.h"
#include "spnscan/text_buf.h"

enum watch_form {
    WATCH_FORM_NONE,
    WATCH_FORM_LINES, /* stable, to be parsed: TIME SUBJECT WORD KEY=VALUE ... */
    WATCH_FORM_TABLE
};

struct watch_show;

struct watch_show *watch_show_new(enum watch_form form);
/* The table's last state is left standing. NULL is fine. */
void watch_show_free(struct watch_show *show);

/* For watch_run. */
struct watch_sink watch_show_sink(struct watch_show *show);

/* ---- inside ---- */

/* Appends " KEY=VALUE"; a value with blanks, quotes or nothing in it stands in double quotes, with
 * backslashes before quotes and backslashes. */
void watch_append_field(struct text_buf *line, const char *key, const char *value);

/* Appends the line of an event, with its line feed. */
void watch_append_event(struct text_buf *line, const struct watch_view *view,
                        const struct watch_event *event);

/* Appends the table: a line an account, a line a DC, cut at columns; of more than max_lines lines (0: no
 * limit) those of DCs that show the change are left out first, and counted. */
void watch_append_table(struct text_buf *text, const struct watch_view *view, size_t columns,
                        size_t max_lines, bool color);
