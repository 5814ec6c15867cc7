#include "scanner/run/watch_state.h"

#include <stdlib.h>
#include <string.h>

#include "spnscan/text_buf.h"

void watch_answer_release(struct watch_answer *answer)
{
    free(answer->sights);
    *answer = (struct watch_answer){0};
}

void watch_state_init(struct watch_state *state, size_t dc_count, watch_event_fn event, void *ctx)
{
    *state = (struct watch_state){.dc_count = dc_count, .event = event, .ctx = ctx};
    state->dcs = xcalloc(dc_count + 1, sizeof *state->dcs);
}

void watch_state_release(struct watch_state *state)
{
    free(state->dcs);
    state->dcs = NULL;
}

/* ---- taking an answer in ---- */

static size_t account_of(struct watch_state *state, const struct watch_sight *sight)
{
    for (size_t i = 0; i < state->account_count; i++)
        if (guid_equal(&state->accounts[i].guid, &sight->guid))
            return i;
    if (state->account_count == WATCH_MAX_ACCOUNTS) {
        state->too_many = true;
        return WATCH_MAX_ACCOUNTS;
    }
    struct watch_account *account = &state->accounts[state->account_count];
    *account = (struct watch_account){.guid = sight->guid, .domain = sight->domain};
    memcpy(account->name, sight->name, sizeof account->name);
    memcpy(account->dn, sight->dn, sizeof account->dn);
    return state->account_count++;
}

static void take_absence(struct watch_cell *cell, bool copy)
{
    cell->there = cell->has_stamps = false;
    cell->say = copy ? WATCH_LACKS : WATCH_NO_COPY;
    cell->answers++;
}

static void take_sight(struct watch_cell *cell, const struct watch_sight *sight)
{
    cell->there = true;
    cell->has_stamps = sight->has_stamps;
    cell->own = sight->stamp;
    cell->values = sight->values;
    cell->answers++;
    if (cell->say == WATCH_WAITING || cell->say == WATCH_NO_COPY)
        cell->say = WATCH_LACKS; /* until it is compared */
}

/* ---- comparing ---- */

/* The greatest stamp; false: no DC shows any. */
static bool find_change(const struct watch_state *state, size_t account, struct stamp *ret)
{
    bool found = false;
    for (size_t d = 0; d < state->dc_count; d++) {
        const struct watch_cell *cell = &state->dcs[d].cells[account];
        if (!cell->there || !cell->has_stamps || (found && stamp_compare(&cell->own, ret) <= 0))
            continue;
        *ret = cell->own;
        found = true;
    }
    return found;
}

/* Whether the values of a cell are among those that decide what the others should be. */
static bool decides(const struct watch_account *account, const struct watch_cell *cell)
{
    return cell->there &&
           (!account->has_change || (cell->has_stamps && stamp_compare(&cell->own, &account->change) == 0));
}

/* The values of the most of those that decide; of a tie, those of the first by name. */
static bool find_values(const struct watch_state *state, size_t account, struct hash128 *ret)
{
    const struct watch_account *a = &state->accounts[account];
    size_t best = 0;
    for (size_t d = 0; d < state->dc_count; d++) {
        const struct watch_cell *cell = &state->dcs[d].cells[account];
        size_t same = 0;
        if (!decides(a, cell) || (best && hash128_equal(cell->values, *ret)))
            continue;
        for (size_t e = d; e < state->dc_count; e++) {
            const struct watch_cell *other = &state->dcs[e].cells[account];
            same += decides(a, other) && hash128_equal(other->values, cell->values);
        }
        if (same > best) {
            *ret = cell->values;
            best = same;
        }
    }
    return best > 0;
}

static enum watch_say judge_cell(const struct watch_account *account, const struct watch_cell *cell,
                                 bool has_values, struct hash128 values)
{
    if (cell->say == WATCH_WAITING || cell->say == WATCH_NO_COPY)
        return cell->say;
    if (!cell->there)
        return WATCH_LACKS;
    bool same = has_values && hash128_equal(cell->values, values);
    if (!account->has_change)
        return same ? WATCH_SHOWS : WATCH_DIFFERS;
    if (cell->has_stamps && stamp_compare(&cell->own, &account->change) != 0)
        return WATCH_LACKS;
    if (same)
        return WATCH_SHOWS;
    return cell->has_stamps ? WATCH_DIFFERS : WATCH_LACKS;
}

/* ---- telling ---- */

static void tell(struct watch_state *state, enum watch_event_kind kind, size_t dc, size_t account,
                 int64_t now_us)
{
    const struct watch_event event = {kind, dc, account, now_us};
    if (state->event)
        state->event(state->ctx, state, &event);
}

static void start_anew(struct watch_state *state, size_t account)
{
    for (size_t d = 0; d < state->dc_count; d++) {
        struct watch_cell *cell = &state->dcs[d].cells[account];
        if (cell->say == WATCH_SHOWS)
            cell->say = WATCH_LACKS;
        cell->told = WATCH_WAITING;
    }
}

static void compare_account(struct watch_state *state, size_t account, int64_t now_us)
{
    struct watch_account *a = &state->accounts[account];
    struct stamp change = {0};
    struct hash128 values = {0};
    bool has_change = find_change(state, account, &change);
    if (has_change && (!a->has_change || stamp_compare(&change, &a->change) > 0)) {
        a->has_change = true;
        a->change = change;
        start_anew(state, account);
    }
    bool has_values = find_values(state, account, &values);
    for (size_t d = 0; d < state->dc_count; d++) {
        struct watch_cell *cell = &state->dcs[d].cells[account];
        enum watch_say say = judge_cell(a, cell, has_values, values);
        if (say == WATCH_SHOWS && cell->say != WATCH_SHOWS) {
            cell->shown_us = now_us;
            cell->at_start = cell->answers == 1;
        }
        cell->say = say;
    }
}

static void tell_account(struct watch_state *state, size_t account, int64_t now_us)
{
    struct watch_account *a = &state->accounts[account];
    bool newer = a->has_change && (!a->told_has_change || stamp_compare(&a->change, &a->told_change) != 0);
    if (!a->told || newer)
        tell(state, a->told ? WATCH_EVENT_CHANGE : WATCH_EVENT_ACCOUNT, 0, account, now_us);
    a->told = true;
    a->told_has_change = a->has_change;
    a->told_change = a->change;
}

static void tell_dc(struct watch_state *state, size_t d, int64_t now_us)
{
    struct watch_dc *dc = &state->dcs[d];
    bool again = dc->told_holders != dc->holders || dc->told_failing;
    if (dc->failing && !dc->told_failing)
        tell(state, WATCH_EVENT_FAILING, d, 0, now_us);
    dc->told_failing = dc->failing;
    if (dc->failing) /* nothing new is known of what it shows; all of it is told when it answers again */
        return;
    for (size_t a = 0; a < state->account_count; a++) {
        struct watch_cell *cell = &dc->cells[a];
        if (cell->say == WATCH_WAITING || cell->say == WATCH_NO_COPY)
            continue;
        if (cell->told != cell->say || again)
            tell(state, WATCH_EVENT_DC, d, a, now_us);
        cell->told = cell->say;
    }
    dc->told_holders = dc->holders;
}

static void judge(struct watch_state *state, int64_t now_us)
{
    for (size_t a = 0; a < state->account_count; a++)
        compare_account(state, a, now_us);
    for (size_t a = 0; state->open && a < state->account_count; a++)
        tell_account(state, a, now_us);
    for (size_t d = 0; state->open && d < state->dc_count; d++)
        tell_dc(state, d, now_us);
}

void watch_state_open(struct watch_state *state, int64_t now_us)
{
    if (state->open)
        return;
    state->open = true;
    judge(state, now_us);
}

void watch_state_answer(struct watch_state *state, size_t d, const struct watch_answer *answer,
                        int64_t now_us)
{
    struct watch_dc *dc = &state->dcs[d];
    uint64_t seen = 0;
    dc->holders = 0;
    for (size_t i = 0; i < answer->count; i++) {
        const struct watch_sight *sight = &answer->sights[i];
        size_t a = account_of(state, sight);
        if (a == WATCH_MAX_ACCOUNTS || seen & (UINT64_C(1) << a))
            continue;
        seen |= UINT64_C(1) << a;
        dc->holders |= sight->holds ? UINT64_C(1) << a : 0;
        take_sight(&dc->cells[a], sight);
    }
    for (size_t a = 0; a < answer->known && a < state->account_count; a++) {
        int domain = state->accounts[a].domain;
        if (!(seen & (UINT64_C(1) << a)))
            take_absence(&dc->cells[a], domain >= 0 && answer->replicas[domain] != REPLICA_NONE);
    }
    dc->answered = true;
    dc->failing = false;
    judge(state, now_us);
}

void watch_state_failure(struct watch_state *state, size_t d, const char *error, int64_t now_us)
{
    struct watch_dc *dc = &state->dcs[d];
    snprintf(dc->error, sizeof dc->error, "%s", error);
    dc->failing = true;
    judge(state, now_us);
}

/* ---- where it stands ---- */

struct watch_tally watch_state_tally(const struct watch_state *state)
{
    struct watch_tally tally = {0};
    for (size_t d = 0; d < state->dc_count; d++) {
        const struct watch_dc *dc = &state->dcs[d];
        size_t copies = 0, shows = 0, waiting = 0;
        for (size_t a = 0; a < state->account_count; a++) {
            copies += dc->cells[a].say != WATCH_NO_COPY;
            shows += dc->cells[a].say == WATCH_SHOWS;
            waiting += dc->cells[a].say == WATCH_WAITING;
        }
        if (dc->left_out || (state->account_count && !copies))
            continue;
        tally.pending += !dc->failing && (!dc->answered || waiting);
        if (copies && shows == copies)
            tally.shows++;
        else if (dc->answered && !dc->failing && shows + waiting < copies)
            tally.lacks++;
        else
            tally.unasked++;
    }
    return tally;
}

bool watch_state_done(const struct watch_state *state)
{
    struct watch_tally tally = watch_state_tally(state);
    return state->open && tally.shows && !tally.lacks && !tally.unasked;
}
