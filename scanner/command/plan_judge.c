#include "scanner/command/plan_judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spnscan/report.h"

#define MAX_HOLDERS (sizeof((struct dc_sight *)0)->holders / sizeof(struct text_ref))

/* States stand in users' tables: never rename one. */
static const char present[] = "present", missing[] = "missing", elsewhere[] = "elsewhere",
                  duplicate[] = "duplicate", not_delegated[] = "not-delegated", unknown[] = "unknown";

static struct store_cell cell_of(const char *text)
{
    return (struct store_cell){.text = text, .len = text ? strlen(text) : 0};
}

static enum spn_code put_row(const struct judge *j, const struct want *want, const char *dc,
                             const char *state, const char *detail, const char *fix, struct spn_error *reterr)
{
    struct store_cell cells[7] = {
        {0}, cell_of(NULL), cell_of(NULL), cell_of(dc), cell_of(state), cell_of(detail), cell_of(fix)};
    if (!j->out)
        return SPN_OK;
    if (want) {
        cells[0] = (struct store_cell){.is_int = true, .value = (int64_t)want->row->line};
        cells[1] = cell_of(want->row->account);
        cells[2] = cell_of(want->name);
    }
    return report_row(j->out, cells, sizeof cells / sizeof cells[0], reterr);
}

enum spn_code judge_header(struct judge *j, struct spn_error *reterr)
{
    static const char *const names[] = {"line", "account", "spn", "dc", "state", "detail", "fix"};
    struct store_cell cells[sizeof names / sizeof names[0]];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        cells[i] = cell_of(names[i]);
    return j->out ? report_row(j->out, cells, sizeof names / sizeof names[0], reterr) : SPN_OK;
}

static struct text_ref keep(struct judge *j, const char *text)
{
    struct text_ref ref = {(uint32_t)j->text.len, (uint32_t)strlen(text)};
    text_append(&j->text, text, ref.len + 1);
    return ref;
}

static const char *kept(const struct judge *j, struct text_ref ref)
{
    return j->text.data + ref.off;
}

/* dc, has, shown, hidden, holder. */
void judge_see(struct judge *j, const struct store_cell *cells)
{
    struct dc_sight *last = j->count ? &j->dcs[j->count - 1] : NULL;
    if (!last || strcmp(kept(j, last->dc), cells[0].text) != 0) {
        j->dcs = xgrow(j->dcs, &j->size, j->count + 1, sizeof *j->dcs);
        last = &j->dcs[j->count++];
        *last = (struct dc_sight){.dc = keep(j, cells[0].text),
                                  .has = cells[1].value != 0,
                                  .shown = cells[2].is_int ? (int)cells[2].value : -1,
                                  .hidden = cells[3].value != 0};
    }
    if (!cells[4].text)
        return;
    if (last->holder_count < MAX_HOLDERS)
        last->holders[last->holder_count] = keep(j, cells[4].text);
    last->holder_count++;
}

static void list_holders(const struct judge *j, const struct dc_sight *dc, const char *words,
                         struct text_buf *ret)
{
    text_append_str(ret, words);
    for (size_t i = 0; i < dc->holder_count && i < MAX_HOLDERS; i++)
        text_append_fmt(ret, "%s%s", i ? ", " : "", kept(j, dc->holders[i]));
    if (dc->holder_count > MAX_HOLDERS)
        text_append_fmt(ret, " and %zu more", dc->holder_count - MAX_HOLDERS);
}

static const char not_found[] =
    "account not found in the last scan: it holds no SPN and no delegation, or is not there";

/* any: some complete DC has it as planned. */
static const char *state_of(const struct judge *j, const struct want *want, const struct dc_sight *dc,
                            bool any, struct text_buf *detail)
{
    bool absent = want->row->fate == ACCOUNT_ABSENT;
    if (dc->has && dc->holder_count) {
        list_holders(j, dc, "also held by ", detail);
        return duplicate;
    }
    if (dc->has)
        return present;
    if (dc->holder_count) {
        list_holders(j, dc, "held by ", detail);
        if (absent)
            text_append_fmt(detail, "; %s", not_found);
        return elsewhere;
    }
    if (absent) {
        text_append_str(detail, not_found);
        return unknown;
    }
    if (want->delegates && dc->hidden) {
        text_append_str(detail, "hidden from the reader");
        return unknown;
    }
    if (dc->shown == 0)
        text_append_str(detail, "the DC does not have the account");
    else if (any)
        text_append_str(detail, "other DCs show it: see spnscan report divergence");
    return want->delegates ? not_delegated : missing;
}

static void judge_dcs(struct judge *j, const struct want *want, bool any)
{
    struct text_buf detail = {0};
    for (size_t i = 0; i < j->count; i++) {
        struct dc_sight *dc = &j->dcs[i];
        text_clear(&detail);
        text_append_str(&detail, want->delegates && dc->has ? "may delegate to it" : "");
        dc->state = state_of(j, want, dc, any, &detail);
        dc->detail = keep(j, detail.data);
        if (dc->state == unknown && want->row->fate != ACCOUNT_ABSENT)
            j->unsure = true;
        else if (dc->state != present)
            j->wrong = true;
    }
    text_release(&detail);
}

/* true: the line is among those from `from` on, which are of the want at hand. */
static bool has_line(const struct fix_list *list, size_t from, const char *line)
{
    for (size_t i = from; i < list->count; i++)
        if (strcmp(list->lines[i].text, line) == 0)
            return true;
    return false;
}

/* Adds a line to what is to be done, and to the cell. */
static void add_fix(struct judge *j, struct fix_list *list, const char *line)
{
    text_append_fmt(&j->fix, "%s%s", j->fix.len ? " && " : "", line);
    fix_list_add(list, line);
}

/* An account that is in no scan may be a slip of the pen: it gets a name that nobody holds, and takes none
 * from anybody. */
static bool may_take(const struct judge *j, const struct want *want)
{
    if (want->row->fate != ACCOUNT_ABSENT)
        return true;
    for (size_t i = 0; i < j->count; i++)
        if (j->dcs[i].holder_count)
            return false;
    return true;
}

/* false: a line could not be made. */
static bool add_setspn(struct judge *j, struct fix_list *list, size_t from, const char *spn,
                       const char *account)
{
    struct text_buf line = {0};
    bool made = account && fix_setspn(&line, list == &j->remove ? 'D' : 'S', spn, account);
    if (made && !has_line(list, from, line.data))
        add_fix(j, list, line.data);
    text_release(&line);
    return made;
}

static bool fix_spn(struct judge *j, const struct want *want, bool any)
{
    size_t from = j->remove.count;
    bool made = true;
    for (size_t i = 0; i < j->count; i++)
        for (size_t k = 0; k < j->dcs[i].holder_count && k < MAX_HOLDERS; k++)
            made = add_setspn(j, &j->remove, from, want->name, kept(j, j->dcs[i].holders[k])) && made;
    if (!any)
        made = add_setspn(j, &j->add, j->add.count, want->name, want->row->name) && made;
    return made;
}

static void fix_target(struct judge *j, const struct want *want)
{
    struct text_buf line = {0};
    for (size_t i = 0; i < j->count; i++)
        if (j->dcs[i].state == unknown)
            return;
    if (want->row->dn && want->row->dns) {
        fix_delegate(&line, want->row->dn, want->row->dns, want->name);
        add_fix(j, &j->delegate, line.data);
    }
    text_release(&line);
}

/* What would make it true, whichever DC it is done at. Where some DC has it already, it is for replication to
 * carry, and to add it again would only be refused. *ret_by_hand: a line could not be made. */
static void find_fix(struct judge *j, const struct want *want, bool any, bool *ret_by_hand)
{
    text_clear(&j->fix);
    *ret_by_hand = false;
    if (want->delegates && !any)
        fix_target(j, want);
    if (!want->delegates && may_take(j, want))
        *ret_by_hand = !fix_spn(j, want, any);
}

static bool all_alike(const struct judge *j)
{
    for (size_t i = 1; i < j->count; i++)
        if (j->dcs[i].state != j->dcs[0].state ||
            strcmp(kept(j, j->dcs[i].detail), kept(j, j->dcs[0].detail)) != 0)
            return false;
    return true;
}

/* No complete DC can tell. */
static enum spn_code judge_unseen(struct judge *j, const struct want *want, struct spn_error *reterr)
{
    char detail[400];
    j->unsure = true;
    snprintf(detail, sizeof detail, "%s of %s was read whole", want->delegates ? "no full replica" : "no DC",
             want->row->dns ? want->row->dns : "the forest");
    return put_row(j, want, "*", unknown, detail, NULL, reterr);
}

static enum spn_code put_dc(struct judge *j, const struct want *want, const struct dc_sight *dc,
                            const char *name, bool by_hand, struct spn_error *reterr)
{
    const char *detail = kept(j, dc->detail);
    struct text_buf longer = {0};
    bool mend = dc->state != present;
    if (mend && by_hand) {
        text_append_fmt(
            &longer, "%s%sby hand: no line is given where a name holds what a shell could take for its own",
            detail, *detail ? "; " : "");
        detail = longer.data;
    }
    enum spn_code code = put_row(j, want, name, dc->state, *detail ? detail : NULL,
                                 mend && j->fix.len ? j->fix.data : NULL, reterr);
    text_release(&longer);
    return code;
}

enum spn_code judge_want(struct judge *j, const struct want *want, struct spn_error *reterr)
{
    bool any = false, by_hand, alike;
    enum spn_code code = SPN_OK;
    for (size_t i = 0; i < j->count; i++)
        any = any || j->dcs[i].has;
    judge_dcs(j, want, any);
    if (j->count == 0)
        return judge_unseen(j, want, reterr);
    find_fix(j, want, any, &by_hand);
    alike = all_alike(j);
    for (size_t i = 0; code == SPN_OK && i < j->count && !(alike && i); i++)
        code = put_dc(j, want, &j->dcs[i], alike ? "*" : kept(j, j->dcs[i].dc), by_hand, reterr);
    j->count = 0;
    text_clear(&j->text);
    return code;
}

enum spn_code judge_unread(struct judge *j, const struct store_cell *cells, struct spn_error *reterr)
{
    struct text_buf detail = {0};
    j->unsure = true;
    text_append_fmt(&detail, "not read to its end: %s", cells[1].text ? cells[1].text : "?");
    if (cells[2].text && cells[2].len)
        text_append_fmt(&detail, ": %s", cells[2].text);
    enum spn_code code = put_row(j, NULL, cells[0].text, unknown, detail.data, NULL, reterr);
    text_release(&detail);
    return code;
}

static void put_lines(struct fix_list *list, FILE *out)
{
    fix_list_unique(list);
    for (size_t i = 0; i < list->count; i++)
        fprintf(out, "%s\n", list->lines[i].text);
}

enum spn_code judge_fixes(struct judge *j, FILE *out, struct spn_error *reterr)
{
    put_lines(&j->remove, out);
    put_lines(&j->add, out);
    put_lines(&j->delegate, out);
    if (ferror(out))
        return spn_error_set(reterr, SPN_CONFIG, errno, "cannot write the lines: %s", strerror(errno));
    return SPN_OK;
}

void judge_release(struct judge *j)
{
    fix_list_release(&j->remove);
    fix_list_release(&j->add);
    fix_list_release(&j->delegate);
    text_release(&j->text);
    text_release(&j->fix);
    free(j->dcs);
    *j = (struct judge){0};
}
