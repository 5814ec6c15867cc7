/* watch_table.c: where a watch stands, for the eye. */
#include <string.h>

#include "scanner/command/watch_show.h"
#include "spnscan/times.h"

#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

/* A line of a bounded number of columns; what goes beyond is dropped. */
struct row {
    struct text_buf *text;
    size_t left;
};

/* A column a character, as near as can be said without tables: bytes that continue one (10xxxxxx) take none.
 */
static void put(struct row *row, const char *text)
{
    for (const char *c = text; *c; c++) {
        bool starts = (*c & 0xC0) != 0x80;
        if (starts && !row->left)
            return;
        row->left -= starts;
        text_append_char(row->text, *c);
    }
}

static void put_padded(struct row *row, const char *text, size_t columns)
{
    put(row, text);
    for (size_t n = strlen(text); n < columns; n++)
        put(row, " ");
}

/* ---- accounts ---- */

static void append_account(struct row row, const struct watch_view *view, const struct watch_account *account)
{
    char when[TIME_TEXT_SIZE], guid[GUID_TEXT_SIZE];
    struct text_buf line = {0};
    const struct stamp *change = &account->change;
    text_append_str(&line, account->name);
    if (!account->has_change)
        text_append_str(
            &line,
            ": values are compared alone, times are not known (the metadata is hidden from this reader)");
    else if (!change->version)
        text_append_str(&line, ": SPNs were never written");
    else
        text_append_fmt(&line, ": version %u, written %s at %s", change->version,
                        time_format(change->time_us, when),
                        watch_origin(view->forest, &change->origin, guid));
    put(&row, line.data);
    text_append_char(row.text, '\n');
    text_release(&line);
}

/* ---- DCs ---- */

enum standing { STANDS_ASKED, STANDS_SHOWS, STANDS_LACKS, STANDS_DIFFERS, STANDS_UNREACHABLE, STANDS_OUT };

static const struct {
    const char *word, *color;
} standings[] = {
    [STANDS_ASKED] = {"asked", ""},
    [STANDS_SHOWS] = {"shows", GREEN},
    [STANDS_LACKS] = {"lacks", YELLOW},
    [STANDS_DIFFERS] = {"differs", RED},
    [STANDS_UNREACHABLE] = {"unreachable", RED},
};

#define WORD_COLUMNS  12
#define AFTER_COLUMNS 12

/* The worst of what it says of the accounts; *ret: that one. */
static enum standing standing_of(const struct watch_state *state, const struct watch_dc *dc, size_t *ret)
{
    static const enum standing of[] = {[WATCH_WAITING] = STANDS_ASKED,
                                       [WATCH_SHOWS] = STANDS_SHOWS,
                                       [WATCH_LACKS] = STANDS_LACKS,
                                       [WATCH_DIFFERS] = STANDS_DIFFERS};
    static const int rank[] = {
        [STANDS_SHOWS] = 1, [STANDS_ASKED] = 2, [STANDS_LACKS] = 3, [STANDS_DIFFERS] = 4};
    enum standing worst = STANDS_OUT;
    int worst_rank = 0;
    *ret = 0;
    for (size_t a = 0; a < state->account_count; a++) {
        if (dc->cells[a].say == WATCH_NO_COPY)
            continue;
        enum standing standing = of[dc->cells[a].say];
        if (rank[standing] > worst_rank) {
            worst = standing;
            worst_rank = rank[standing];
            *ret = a;
        }
    }
    if (dc->left_out)
        return STANDS_OUT;
    return dc->failing && worst != STANDS_OUT ? STANDS_UNREACHABLE : worst;
}

/* How long the slowest of its accounts took. */
static void append_after(struct row *row, const struct watch_state *state, const struct watch_dc *dc)
{
    char text[48] = "";
    double longest = 0;
    bool any = false;
    for (size_t a = 0; a < state->account_count; a++) {
        const struct watch_cell *cell = &dc->cells[a];
        const struct watch_account *account = &state->accounts[a];
        if (cell->say != WATCH_SHOWS || cell->at_start || !account->has_change || !account->change.version)
            continue;
        double after = (double)(cell->shown_us - account->change.time_us) / 1e6;
        longest = !any || after > longest ? after : longest;
        any = true;
    }
    if (any)
        snprintf(text, sizeof text, "%.1f s", longest);
    put_padded(row, text, AFTER_COLUMNS);
}

static void append_note(struct row *row, const struct watch_view *view, const struct watch_dc *dc,
                        enum standing standing, size_t account)
{
    const struct watch_cell *cell = &dc->cells[account];
    struct text_buf note = {0};
    if (standing == STANDS_UNREACHABLE)
        text_append_str(&note, dc->error);
    else if (standing == STANDS_LACKS && !cell->there)
        text_append_fmt(&note, "has no %s  ", view->state->accounts[account].name);
    else if (standing == STANDS_LACKS && cell->has_stamps)
        text_append_fmt(&note, "version %u  ", cell->own.version);
    if (view->target->kind == WATCH_SPN && standing != STANDS_UNREACHABLE && standing != STANDS_ASKED) {
        text_append_str(&note, dc->holders ? "held by" : "held by none");
        for (size_t a = 0; a < view->state->account_count; a++)
            if (dc->holders & (UINT64_C(1) << a))
                text_append_fmt(&note, " %s", view->state->accounts[a].name);
    }
    put(row, note.data ? note.data : "");
    text_release(&note);
}

static void append_dc(struct row row, const struct watch_view *view, size_t d, size_t name_columns,
                      bool color)
{
    const struct watch_dc *dc = &view->state->dcs[d];
    size_t account;
    enum standing standing = standing_of(view->state, dc, &account);
    const char *paint = color && row.left > name_columns + 4 ? standings[standing].color : "";
    put(&row, "  ");
    put_padded(&row, view->forest->dcs[d].name, name_columns + 2);
    text_append_str(row.text, paint);
    put_padded(&row, standings[standing].word, WORD_COLUMNS);
    text_append_str(row.text, *paint ? PLAIN : "");
    append_after(&row, view->state, dc);
    append_note(&row, view, dc, standing, account);
    while (row.text->len && row.text->data[row.text->len - 1] == ' ')
        row.text->data[--row.text->len] = 0;
    text_append_char(row.text, '\n');
}

void watch_append_table(struct text_buf *text, const struct watch_view *view, size_t columns,
                        size_t max_lines, bool color)
{
    const struct watch_state *state = view->state;
    struct row row = {text, columns};
    size_t names = 0, rows = 0, account;
    for (size_t a = 0; a < state->account_count; a++)
        append_account(row, view, &state->accounts[a]);
    for (size_t d = 0; d < state->dc_count; d++) {
        size_t len = strlen(view->forest->dcs[d].name);
        if (standing_of(state, &state->dcs[d], &account) == STANDS_OUT)
            continue;
        names = len > names ? len : names;
        rows++;
    }
    size_t room = !max_lines || max_lines >= state->account_count + rows ? rows
                  : max_lines > state->account_count + 1 ? max_lines - state->account_count - 1
                                                         : 0;
    size_t left = rows - room; /* lines too many: first of DCs that show it, then of any */
    size_t hidden = 0;
    for (size_t d = 0; d < state->dc_count; d++) {
        enum standing standing = standing_of(state, &state->dcs[d], &account);
        if (standing == STANDS_OUT)
            continue;
        if ((standing == STANDS_SHOWS && hidden < left) || !room) {
            hidden++;
            continue;
        }
        append_dc(row, view, d, names, color);
        room--;
    }
    if (hidden)
        text_append_fmt(text, "  and %zu more\n", hidden);
}
