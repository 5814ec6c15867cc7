/* plan_cells.c: see plan_cells.h. */
#include "scanner/decode/plan_cells.h"

#include <stdlib.h>

#include "store/base/formula.h"

static enum plan_step bad(struct spn_error *reterr, const char *why)
{
    spn_error_set(reterr, SPN_CONFIG, 0, "%s", why);
    return PLAN_BAD;
}

static int byte_at(const struct plan_cells *c, size_t at)
{
    return at < c->text.len ? c->text.data[at] : -1;
}

static bool ends_with_blank(const char *data, size_t len, size_t *ret)
{
    static const char *const ends[] = {" ", "\t", "\r", "\n", "\xC2\xA0", NULL};
    for (const char *const *e = ends; *e; e++) {
        *ret = strlen(*e);
        if (*ret <= len && memcmp(data + len - *ret, *e, *ret) == 0)
            return true;
    }
    return false;
}

static void trim(const char **data, size_t *len)
{
    static const char *const blanks[] = {" ", "\t", "\r", "\n", "\xC2\xA0", NULL};
    size_t step;
    while (formula_begins_with(*data, *len, blanks, &step)) {
        *data += step;
        *len -= step;
    }
    while (ends_with_blank(*data, *len, &step))
        *len -= step;
}

/* What the cell says, without what spreadsheets need around it. */
static void bare(const char **data, size_t *len)
{
    trim(data, len);
    while (*len > 1 && **data == '\'' && formula_is(*data + 1, *len - 1)) {
        ++*data;
        --*len;
        trim(data, len);
    }
}

bool plan_cell_comes_back(const char *text)
{
    const char *data = text;
    size_t len = strlen(text);
    bare(&data, &len);
    return data == text && len == strlen(text) && len <= PLAN_CELL_MAX;
}

/* Ends the cell that begins at from in buf. */
static void end_cell(struct plan_cells *c, size_t from)
{
    const char *data = c->buf.data + from;
    size_t len = c->buf.len - from;
    bare(&data, &len);
    size_t start = (size_t)(data - c->buf.data);
    c->buf.data[start + len] = 0;
    c->buf.len = start + len + 1;
    c->cells = xgrow(c->cells, &c->size, c->count + 1, sizeof *c->cells);
    c->cells[c->count++] = (struct text_ref){(uint32_t)start, (uint32_t)len};
}

/* c->at stands behind the opening quote; afterwards behind the closing one. */
static enum plan_step read_quoted(struct plan_cells *c, struct spn_error *reterr)
{
    size_t from = c->buf.len;
    for (;; c->at++) {
        int b = byte_at(c, c->at);
        if (b < 0)
            return bad(reterr, "a quote (\") is opened here and not closed");
        if (b == '"' && byte_at(c, ++c->at) != '"')
            return PLAN_ROW;
        c->line += b == '\n';
        if (c->buf.len - from >= PLAN_CELL_MAX)
            return bad(reterr, "a cell has over 32767 bytes; is there a quote (\") that is not closed?");
        text_append_char(&c->buf, (char)b);
    }
}

static bool ends_cell(const struct plan_cells *c, int b)
{
    return b < 0 || b == '\n' || b == (unsigned char)c->separator;
}

/* One cell, and what ends it is left at c->at. */
static enum plan_step read_cell(struct plan_cells *c, struct spn_error *reterr)
{
    size_t from = c->buf.len;
    size_t at = c->at;
    text_append(&c->buf, "", 0); /* even the first cell, when empty, has a place */
    while (byte_at(c, at) == ' ')
        at++;
    if (byte_at(c, at) == '"') {
        c->at = at + 1;
        if (read_quoted(c, reterr) == PLAN_BAD)
            return PLAN_BAD;
        while (byte_at(c, c->at) == ' ' || byte_at(c, c->at) == '\r')
            c->at++;
        if (!ends_cell(c, byte_at(c, c->at)))
            return bad(reterr, "something follows the closing quote (\") of a cell");
    }
    for (; !ends_cell(c, byte_at(c, c->at)); c->at++) {
        int b = byte_at(c, c->at);
        if (b == '"')
            return bad(reterr, "a quote (\") stands in a cell that does not begin with one");
        if (c->buf.len - from >= PLAN_CELL_MAX)
            return bad(reterr, "a cell has over 32767 bytes");
        text_append_char(&c->buf, (char)b);
    }
    end_cell(c, from);
    return PLAN_ROW;
}

static void skip_line(struct plan_cells *c)
{
    while (c->at < c->text.len && c->text.data[c->at] != '\n')
        c->at++;
    if (c->at < c->text.len) {
        c->at++;
        c->line++;
    }
}

static enum plan_step read_row(struct plan_cells *c, struct spn_error *reterr)
{
    size_t start = c->at;
    c->row_line = c->line;
    c->count = 0;
    text_clear(&c->buf);
    for (;;) {
        if (read_cell(c, reterr) == PLAN_BAD) {
            c->at = start;
            c->line = c->row_line;
            skip_line(c);
            return PLAN_BAD;
        }
        int b = byte_at(c, c->at);
        if (b >= 0)
            c->at++;
        if (b == '\n')
            c->line++;
        if (b < 0 || b == '\n')
            return PLAN_ROW;
    }
}

static bool is_remark(const struct plan_cells *c)
{
    size_t at = c->at;
    while (byte_at(c, at) == ' ')
        at++;
    return byte_at(c, at) == '#';
}

/* Nothing in it, or a remark that a spreadsheet has put in quotes. */
static bool is_idle(const struct plan_cells *c)
{
    if (c->cells[0].len > 0 && c->buf.data[c->cells[0].off] == '#')
        return true;
    for (size_t i = 0; i < c->count; i++)
        if (c->cells[i].len > 0)
            return false;
    return true;
}

enum plan_step plan_cells_next(struct plan_cells *c, struct spn_error *reterr)
{
    while (c->at < c->text.len) {
        if (is_remark(c)) {
            skip_line(c);
            continue;
        }
        enum plan_step step = read_row(c, reterr);
        if (step == PLAN_BAD || !is_idle(c))
            return step;
    }
    c->row_line = c->line;
    return PLAN_END;
}

void plan_cells_release(struct plan_cells *c)
{
    text_release(&c->buf);
    free(c->cells);
    c->cells = NULL;
    c->count = c->size = 0;
}
