#include "scanner/run/ask_dc.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "scanner/ldap/questions.h"
#include "scanner/run/dc_reach.h"

/* Pairs in one batch: some thirty questions, of which each is a look at one object. */
#define PAIRS_AT_ONCE 4
#define QUESTIONS     (2 * LOOKALIKE_QUESTIONS) /* of a pair */

/* ---- a few pairs, asked together ---- */

struct pair_asking {
    struct answer {
        unsigned *matched;
        unsigned bit;
    } answers[QUESTIONS];
    unsigned matched[2];
    char base[2][GUID_TEXT_SIZE + 8];
    struct text_buf filter[QUESTIONS];
};

static enum spn_code on_match(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    const struct answer *answer = ctx;
    (void)entry;
    (void)reterr;
    *answer->matched |= answer->bit;
    return SPN_OK;
}

static void make_questions(struct pair_asking *a, const struct lookalike_pair *pair, bool plain,
                           struct question *questions)
{
    static const char *const attrs[] = {"objectGUID", NULL};
    char guid[GUID_TEXT_SIZE];
    for (int q = 0; q < QUESTIONS; q++) {
        const int side = q / LOOKALIKE_QUESTIONS;
        const unsigned bit = 1u << q % LOOKALIKE_QUESTIONS;
        snprintf(a->base[side], sizeof a->base[side], "<GUID=%s>", guid_format(&pair->side[side].guid, guid));
        lookalike_filter(&a->filter[q], (enum lookalike_question)bit, pair->side[side].key,
                         pair->side[1 - side].key);
        a->answers[q] = (struct answer){&a->matched[side], bit};
        questions[q] = (struct question){.search = {.base = a->base[side],
                                                    .scope = SCOPE_BASE,
                                                    .filter = a->filter[q].data,
                                                    .attrs = attrs,
                                                    .absent_is_empty = true,
                                                    .plain = plain},
                                         .found = on_match,
                                         .ctx = &a->answers[q]};
    }
}

static enum spn_code ask_batch(struct conn *conn, bool plain, struct asked_pair *const *pairs, size_t count,
                               struct spn_error *reterr)
{
    struct pair_asking asking[PAIRS_AT_ONCE] = {0};
    struct question questions[PAIRS_AT_ONCE * QUESTIONS];
    for (size_t i = 0; i < count; i++)
        make_questions(&asking[i], &pairs[i]->pair, plain, questions + i * QUESTIONS);
    enum spn_code code = questions_run(conn, questions, count * QUESTIONS, NULL, reterr);
    for (size_t i = 0; i < count; i++) {
        const struct lookalike_side *side = pairs[i]->pair.side;
        const bool sole[2] = {side[0].sole, side[1].sole};
        const char *why = "";
        if (code == SPN_OK) {
            pairs[i]->answer = lookalike_judge(asking[i].matched, sole, &why);
            pairs[i]->told = true;
            snprintf(pairs[i]->why, sizeof pairs[i]->why, "%s", why);
        }
        for (int q = 0; q < QUESTIONS; q++)
            text_release(&asking[i].filter[q]);
    }
    return code;
}

/* ---- all of a port ---- */

static void not_told(struct asked_pair *pair, const struct spn_error *error)
{
    if (error->code == SPN_CANCELLED)
        return;
    pair->told = true;
    pair->answer = LOOKALIKE_UNKNOWN;
    snprintf(pair->why, sizeof pair->why, "%.250s", error->text);
}

/* An error that is one question's ends all that were sent with it: so each pair again by itself. */
static enum spn_code ask_singly(struct conn *conn, bool plain, struct asked_pair *const *pairs, size_t count,
                                struct spn_error *reterr)
{
    for (size_t i = 0; i < count; i++) {
        enum spn_code code = ask_batch(conn, plain, pairs + i, 1, reterr);
        if (code == SPN_OK)
            continue;
        not_told(pairs[i], reterr);
        if (code != SPN_DIRECTORY)
            return code;
    }
    return SPN_OK;
}

static void ask_port(const struct scan_context *scan, const struct dc_info *dc, bool gc,
                     struct asked_pair *const *pairs, size_t count)
{
    const bool plain = scan->config->plain;
    struct conn *conn = NULL;
    struct spn_error error = {0};
    enum spn_code code = dc_open(scan->config, dc, gc, NULL, &conn, &error);
    for (size_t at = 0; code == SPN_OK && at < count; at += PAIRS_AT_ONCE) {
        const size_t n = count - at < PAIRS_AT_ONCE ? count - at : PAIRS_AT_ONCE;
        code = ask_batch(conn, plain, pairs + at, n, &error);
        if (code == SPN_DIRECTORY)
            code = ask_singly(conn, plain, pairs + at, n, &error);
    }
    for (size_t i = 0; code != SPN_OK && i < count; i++)
        if (!pairs[i]->told)
            not_told(pairs[i], &error);
    conn_close(conn);
}

void ask_dc(const struct scan_context *scan, size_t index, const enum replica_kind *replicas,
            struct asked_pair *pairs, size_t count)
{
    struct asked_pair **port = xcalloc(count + 1, sizeof(struct asked_pair *));
    for (int gc = 0; gc < 2; gc++) {
        size_t n = 0;
        for (size_t i = 0; i < count; i++) {
            const struct lookalike_side *side = pairs[i].pair.side;
            /* What is not for this DC is another thread's: not even looked at. */
            if (pairs[i].pair.dc != index || pairs[i].told)
                continue;
            const bool full =
                replicas[side[0].domain] == REPLICA_FULL && replicas[side[1].domain] == REPLICA_FULL;
            if (full != gc)
                port[n++] = &pairs[i];
        }
        if (n && !atomic_load(scan->config->login.cancel))
            ask_port(scan, &scan->forest->dcs[index], gc, port, n);
    }
    free(port);
}
