/* plan.c: see plan.h. */
#include "scanner/decode/plan.h"

#include <stdlib.h>

#include "scanner/decode/plan_inside.h"

static const char *const column_names[PLAN_COLUMN_COUNT] = {
    [PLAN_ACCOUNT] = "account",         [PLAN_CLASS] = "class", [PLAN_HOST] = "host", [PLAN_PORT] = "port",
    [PLAN_DELEGATE_TO] = "delegate_to",
};

static const char *cell_text(const struct plan_cells *c, size_t i)
{
    return c->buf.data + c->cells[i].off;
}

/* "Delegate To" and "delegate-to" are delegate_to. */
static bool is_column(const char *cell, size_t len, const char *name)
{
    if (len != strlen(name))
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = cell[i];
        if (c >= 'A' && c <= 'Z')
            c |= 0x20;
        if (c == ' ' || c == '-')
            c = '_';
        if (c != name[i])
            return false;
    }
    return true;
}

/* How many cells of the current row are names of ours; where the first of each is in place. */
static size_t find_columns(struct plan_reader *r, const char **ret_twice)
{
    const struct plan_cells *c = &r->cells;
    size_t found = 0;
    for (size_t k = 0; k < PLAN_COLUMN_COUNT; k++) {
        r->place[k] = SIZE_MAX;
        for (size_t i = 0; i < c->count; i++) {
            if (!is_column(cell_text(c, i), c->cells[i].len, column_names[k]))
                continue;
            if (r->place[k] == SIZE_MAX)
                r->place[k] = i;
            else
                *ret_twice = column_names[k];
        }
        found += r->place[k] != SIZE_MAX;
    }
    return found;
}

/* Reads the first row as if separator were the one; the reader stays where it was. */
static size_t try_separator(struct plan_reader *r, char separator)
{
    const char *twice = NULL;
    struct spn_error why;
    size_t at = r->cells.at, line = r->cells.line, found = 0;
    r->cells.separator = separator;
    if (plan_cells_next(&r->cells, &why) == PLAN_ROW)
        found = find_columns(r, &twice);
    r->cells.at = at;
    r->cells.line = line;
    return found;
}

/* "sep=;" in the first line: Excel's own word. */
static bool take_sep_line(struct plan_reader *r)
{
    struct bytes left = {r->cells.text.data + r->cells.at, r->cells.text.len - r->cells.at};
    if (left.len < 5 || memcmp(left.data, "sep=", 4) != 0 || !strchr(",;\t", left.data[4]) || !left.data[4])
        return false;
    size_t end = 5 + (left.len > 5 && left.data[5] == '\r');
    if (end < left.len && left.data[end] != '\n')
        return false;
    r->cells.separator = (char)left.data[4];
    r->cells.at += end < left.len ? end + 1 : end;
    r->cells.line++;
    return true;
}

static void find_separator(struct plan_reader *r)
{
    static const char separators[] = ",;\t";
    char best = ',';
    size_t most = 0;
    for (const char *s = separators; *s; s++) {
        size_t found = try_separator(r, *s);
        if (found > most) {
            most = found;
            best = *s;
        }
    }
    r->cells.separator = best;
}

static bool begins_with(struct bytes text, const char *what, size_t len)
{
    return text.len >= len && memcmp(text.data, what, len) == 0;
}

enum spn_code plan_begin(struct plan_reader *r, struct bytes text, size_t *ret_line, struct spn_error *reterr)
{
    const char *twice = NULL;
    *r = (struct plan_reader){.cells = {.text = text, .line = 1}};
    *ret_line = 1;
    if (begins_with(text, "\xFF\xFE", 2) || begins_with(text, "\xFE\xFF", 2))
        return spn_error_set(reterr, SPN_CONFIG, 0, "this is UTF-16: save the plan as \"CSV UTF-8\"");
    if (begins_with(text, "\xEF\xBB\xBF", 3))
        r->cells.at = 3;
    if (!take_sep_line(r))
        find_separator(r);
    enum plan_step step = plan_cells_next(&r->cells, reterr);
    *ret_line = r->cells.row_line;
    if (step == PLAN_END)
        return spn_error_set(
            reterr, SPN_CONFIG, 0,
            "the plan is empty: its first line is to be account,class,host,port,delegate_to");
    if (step == PLAN_BAD)
        return SPN_CONFIG;
    find_columns(r, &twice);
    for (size_t k = 0; k < PLAN_COLUMN_COUNT; k++)
        if (r->place[k] == SIZE_MAX)
            return spn_error_set(
                reterr, SPN_CONFIG, 0,
                "the header has no column '%s': account, class, host, port and delegate_to have to be there",
                column_names[k]);
    if (twice)
        return spn_error_set(reterr, SPN_CONFIG, 0, "the header has column '%s' twice", twice);
    r->width = r->cells.count;
    return SPN_OK;
}

static enum plan_step bad(struct spn_error *reterr, const char *why)
{
    spn_error_set(reterr, SPN_CONFIG, 0, "%s", why);
    return PLAN_BAD;
}

/* What stands in the row, each cell fit by itself. Cells that are left out at its end are empty. */
static bool take_cells(struct plan_reader *r, struct plan_row *ret, struct spn_error *reterr)
{
    const struct plan_cells *c = &r->cells;
    const char *text[PLAN_COLUMN_COUNT];
    for (size_t k = 0; k < PLAN_COLUMN_COUNT; k++) {
        bool there = r->place[k] < c->count;
        text[k] = there ? cell_text(c, r->place[k]) : "";
        /* The parts of delegate_to are looked at one by one: line ends may part them. */
        if (there && k != PLAN_DELEGATE_TO &&
            !plan_check_text(column_names[k], text[k], c->cells[r->place[k]].len, reterr))
            return false;
    }
    ret->account = text[PLAN_ACCOUNT];
    ret->class = text[PLAN_CLASS];
    ret->host = text[PLAN_HOST];
    ret->port = text[PLAN_PORT];
    size_t place = r->place[PLAN_DELEGATE_TO];
    size_t len = place < c->count ? c->cells[place].len : 0;
    if (!plan_split_targets(text[PLAN_DELEGATE_TO], len, &r->target_text, &r->targets, &r->target_count,
                            &r->target_size, reterr))
        return false;
    ret->targets = r->targets;
    ret->target_count = r->target_count;
    return true;
}

static void take_dot(struct plan_reader *r, struct plan_row *row)
{
    size_t len = strlen(row->host);
    row->exact = len > 0 && row->host[len - 1] == '.';
    if (row->exact)
        r->cells.buf.data[r->cells.cells[r->place[PLAN_HOST]].off + len - 1] = 0;
}

enum plan_step plan_next(struct plan_reader *r, struct plan_row *ret, struct spn_error *reterr)
{
    enum plan_step step = plan_cells_next(&r->cells, reterr);
    *ret = (struct plan_row){.line = r->cells.row_line};
    if (step != PLAN_ROW)
        return step;
    /* Also where what is too much is empty: a comma in an unquoted DN would move each cell by one. */
    if (r->cells.count > r->width) {
        spn_error_set(reterr, SPN_CONFIG, 0,
                      "the row has %zu cells, the header %zu: a cell with a separator in it needs quotes",
                      r->cells.count, r->width);
        return PLAN_BAD;
    }
    if (!take_cells(r, ret, reterr))
        return PLAN_BAD;
    if (!ret->account[0])
        return bad(reterr, "no account");
    if (!ret->class[0] && !ret->host[0])
        return ret->port[0] ? bad(reterr, "a port, but no class and no host")
               : ret->target_count > 0
                   ? PLAN_ROW
                   : bad(reterr, "nothing but an account: class and host, or delegate_to, are needed");
    if (!ret->class[0] || !ret->host[0])
        return bad(reterr, ret->class[0] ? "a class, but no host" : "a host, but no class");
    take_dot(r, ret);
    return plan_check_service(ret->class, ret->host, ret->port, reterr) ? PLAN_ROW : PLAN_BAD;
}

void plan_end(struct plan_reader *r)
{
    plan_cells_release(&r->cells);
    text_release(&r->target_text);
    free(r->targets);
    *r = (struct plan_reader){0};
}
