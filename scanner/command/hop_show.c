#include "scanner/command/hop_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scanner/decode/clean.h"
#include "spnscan/report.h"

#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

#define STATE_WIDTH 9  /* "not known" */
#define LINK_WIDTH  16 /* "front-delegation" */

static void append_clean(struct text_buf *text, const char *from)
{
    clean_append(text, bytes_of(from));
}

static void append_state(struct text_buf *text, enum hop_state state, bool color)
{
    static const char *const colors[] = {[HOP_PASS] = GREEN, [HOP_FAIL] = RED, [HOP_NOT_KNOWN] = YELLOW};
    if (color)
        text_append_str(text, colors[state]);
    text_append_fmt(text, "%-*s", STATE_WIDTH, hop_state_name(state));
    if (color)
        text_append_str(text, PLAIN);
}

static void append_link(struct text_buf *text, const struct hop_link *link, bool color)
{
    append_state(text, link->state, color);
    text_append_fmt(text, "  %-*s  ", LINK_WIDTH, link->id);
    append_clean(text, link->detail);
    text_append_char(text, '\n');
    if (link->state == HOP_PASS || !link->next[0])
        return;
    text_append_fmt(text, "%*snext: ", STATE_WIDTH + LINK_WIDTH + 4, "");
    append_clean(text, link->next);
    text_append_char(text, '\n');
}

static void append_ids(struct text_buf *text, const struct hop_chain *chain, enum hop_state state)
{
    const char *last = "";
    for (size_t i = 0, said = 0; i < chain->count; i++)
        if (chain->links[i].state == state && strcmp(chain->links[i].id, last) != 0) {
            text_append_fmt(text, "%s%s", said++ ? ", " : "", chain->links[i].id);
            last = chain->links[i].id;
        }
}

static size_t count_of(const struct hop_chain *chain, enum hop_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < chain->count; i++)
        count += chain->links[i].state == state;
    return count;
}

void hop_append_text(struct text_buf *text, const struct hop_question *question,
                     const struct hop_chain *chain, const char *scan, bool color)
{
    append_clean(text, question->user);
    text_append_str(text, " -> ");
    append_clean(text, question->front);
    for (size_t i = 0; i < question->back_count; i++) {
        text_append_str(text, i ? ", " : " -> ");
        append_clean(text, question->backs[i]);
    }
    text_append_str(text, ", as of the scan of ");
    append_clean(text, scan);
    text_append_str(text, "\n\n");
    for (size_t i = 0; i < chain->count; i++)
        append_link(text, &chain->links[i], color);
    text_append_char(text, '\n');
    if (count_of(chain, HOP_FAIL)) {
        text_append_str(text, "The chain breaks at ");
        append_ids(text, chain, HOP_FAIL);
    } else if (count_of(chain, HOP_NOT_KNOWN)) {
        text_append_str(text, "Nothing fails; not known: ");
        append_ids(text, chain, HOP_NOT_KNOWN);
    } else {
        text_append_str(text, "Every link holds");
    }
    text_append_str(text, ".\n");
}

enum spn_code hop_print_csv(const struct hop_chain *chain, struct spn_error *reterr)
{
    static const char *const header[] = {"link", "state", "dcs", "detail", "next"};
    enum { COLUMNS = sizeof header / sizeof header[0] };
    size_t rows = chain->count + 1;
    const char **cells = xcalloc(rows * COLUMNS, sizeof *cells);
    struct text_buf *clean = xcalloc(chain->count * 2, sizeof *clean);
    memcpy(cells, header, sizeof header);
    for (size_t i = 0; i < chain->count; i++) {
        const struct hop_link *link = &chain->links[i];
        const char **row = cells + (i + 1) * COLUMNS;
        append_clean(&clean[2 * i], link->detail);
        append_clean(&clean[2 * i + 1], link->next);
        row[0] = link->id;
        row[1] = hop_state_name(link->state);
        row[2] = link->dcs[0] ? link->dcs : NULL;
        row[3] = clean[2 * i].data;
        row[4] = link->next[0] ? clean[2 * i + 1].data : NULL;
    }
    enum spn_code code = report_csv_cells(cells, COLUMNS, rows, stdout, reterr);
    for (size_t i = 0; i < chain->count * 2; i++)
        text_release(&clean[i]);
    free(clean);
    free(cells);
    return code;
}
