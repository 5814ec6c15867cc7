/* csv.c: see csv.h. */
#include "store/report/csv.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "store/base/formula.h"

static void put(struct csv *c, const char *data, size_t len)
{
    /* Unlocked: the FILE is this writer's alone, and a report has millions of cells. */
    if (!c->failed && len > 0 && fwrite_unlocked(data, 1, len, c->out) != len)
        c->failed = true;
}

static void begin_cell(struct csv *c)
{
    if (c->column++ > 0)
        put(c, ",", 1);
}

/* The semicolon parts cells where the comma is the decimal sign (Excel in half of Europe). */
static bool needs_quotes(const char *data, size_t len)
{
    if (len == 0 || data[0] == ' ' || data[len - 1] == ' ')
        return true;
    static const bool special[256] = {[0 ... 0x1F] = true, [','] = true, ['"'] = true, [';'] = true};
    bool any = false;
    for (size_t i = 0; i < len; i++)
        any |= special[(unsigned char)data[i]];
    return any;
}

void csv_text(struct csv *c, const char *data, size_t len)
{
    if (!data)
        data = "";
    bool quoted = needs_quotes(data, len);
    begin_cell(c);
    if (quoted)
        put(c, "\"", 1);
    if (formula_is(data, len))
        put(c, "'", 1);
    size_t run = 0;
    for (size_t i = 0; quoted && i < len; i++) {
        if (data[i] != '"')
            continue;
        put(c, data + run, i + 1 - run);
        run = i; /* the quote goes out again with what follows it */
    }
    if (len > run)
        put(c, data + run, len - run);
    if (quoted)
        put(c, "\"", 1);
}

void csv_int(struct csv *c, int64_t v)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%" PRId64, v);
    begin_cell(c);
    put(c, text, (size_t)len);
}

void csv_real(struct csv *c, double v)
{
    char text[40];
    if (!isfinite(v)) {
        csv_null(c);
        return;
    }
    int len = snprintf(text, sizeof text, "%.15g", v);
    /* The decimal sign is the locale's; a table is for machines first. */
    for (int i = 0; i < len; i++)
        if (!strchr("0123456789+-e", text[i]))
            text[i] = '.';
    begin_cell(c);
    put(c, text, (size_t)len);
}

void csv_null(struct csv *c)
{
    begin_cell(c);
}

void csv_end_row(struct csv *c)
{
    put(c, "\r\n", 2);
    c->column = 0;
}
