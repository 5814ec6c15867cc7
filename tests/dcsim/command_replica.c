/* command_replica.c: replication, and what upsets it. */
#include <stdlib.h>

#include "tests/dcsim/command_inside.h"
#include "tests/dcsim/keep.h"
#include "tests/dcsim/replica.h"
#include "tests/dcsim/replicate.h"
#include "tests/dcsim/write.h"

static void say_pulled(struct command *c, const struct pulled *pulled)
{
    if (pulled->refused)
        say(c, "error 8606: %u objects changed, %u partners refused for a lingering object", pulled->objects,
            pulled->refused);
    else
        say(c, "ok %u", pulled->objects);
}

/* replicate all | replicate DC from DC [NC] */
void run_replicate(struct command *c)
{
    struct pulled pulled;
    if (c->count == 2 && strcmp(c->words[1], "all") == 0) {
        pulled = replicate_all(NULL);
        say_pulled(c, &pulled);
        return;
    }
    struct dc *to = dc_by_name(c->words[1]);
    const struct dc *from = c->count > 3 && strcmp(c->words[2], "from") == 0 ? dc_by_name(c->words[3]) : NULL;
    int nc = c->count > 4 ? nc_of_dn(text_bytes(c->words[4])) : -1;
    if (!to || !from || (c->count > 4 && nc < 0)) {
        report(c, "replicate all, or replicate DC from DC [NC]");
        return;
    }
    const char *error = replicate(to, from, nc, &pulled);
    if (error)
        report(c, error);
    else
        say_pulled(c, &pulled);
}

void run_freeze(struct command *c)
{
    c->dc->frozen = strcmp(c->words[0], "freeze") == 0;
    report(c, NULL);
}

/* neighbour DC from DC [NC] failures N result N age S: what of it is told; all naming contexts that it takes
 * from there, or that one, of which it becomes a neighbour if it is none */
void run_neighbour(struct command *c)
{
    const struct dc *from = c->count > 3 && strcmp(c->words[2], "from") == 0 ? dc_by_name(c->words[3]) : NULL;
    int at = 4, only = c->count > 4 ? nc_of_dn(text_bytes(c->words[4])) : -1, found = 0;
    at += only >= 0;
    if (!from || (c->count - at) % 2) {
        report(c, "neighbour DC from DC [NC] failures N result N age S");
        return;
    }
    for (int nc = 0; nc < forest.nc_count; nc++) {
        struct neighbour *n = neighbour_find(c->dc, from->number, nc);
        if (!n && nc == only && dc_can_pull(c->dc, from, nc))
            n = neighbour_add(c->dc, from->number, nc);
        if (!n || (only >= 0 && nc != only))
            continue;
        found++;
        for (int i = at; i < c->count; i += 2) {
            long value = atol(c->words[i + 1]);
            if (strcmp(c->words[i], "failures") == 0)
                n->failures = (uint32_t)value;
            else if (strcmp(c->words[i], "result") == 0)
                n->result = (uint32_t)value;
            else if (strcmp(c->words[i], "age") == 0)
                n->success = dc_time(c->dc) - value;
            else
                found = -MAX_NCS;
        }
        n->attempt = n->result ? dc_time(c->dc) : n->success;
    }
    report(c, found > 0    ? NULL
              : found == 0 ? "it is no neighbour, and can't be"
                           : "failures, result or age?");
}

/* vector DC of DC USN|all: the cursor, in all naming contexts that both have; all: that the other has written
 * so far */
void run_vector(struct command *c)
{
    const struct dc *of = dc_by_name(c->words[3]);
    if (!of || of == c->dc) {
        report(c, "vector DC of DC USN|all");
        return;
    }
    uint64_t usn = strcmp(c->words[4], "all") == 0 ? of->highest_usn : strtoull(c->words[4], NULL, 10);
    for (int nc = 0; nc < forest.nc_count; nc++)
        if (c->dc->holds[nc] && of->holds[nc])
            dc_own_cursors(c->dc, nc)[of->invocation].usn = usn;
    report(c, NULL);
}

/* usn DC N: highestCommittedUSN goes back, as after a rollback, or on */
void run_usn(struct command *c)
{
    struct dc *dc = c->dc;
    dc->highest_usn = strtoull(c->words[2], NULL, 10);
    dc->log_mixed |= dc->log_len && dc->log[dc->log_len - 1].usn > dc->highest_usn;
    report(c, NULL);
}

/* The slot that a command names, 0 where it names none; -1: no such slot */
static int slot_of(const struct command *c)
{
    const char *word = c->count > 2 ? c->words[2] : "0";
    return word[0] >= '0' && word[0] < '0' + KEEP_SLOTS && !word[1] ? word[0] - '0' : -1;
}

/* save DC|* [SLOT]: its database is put aside */
void run_save(struct command *c)
{
    int next = 0, count = 0, slot = slot_of(c);
    for (const struct dc *dc; slot >= 0 && (dc = next_named(c->words[1], &next)); count++)
        keep_save(dc, slot);
    report(c, count ? NULL : "no such DC, or no slot of 0 to 9");
}

/* load DC|* [SLOT]: it has the database again that was put aside, invocationId and USNs too: a rollback */
void run_load(struct command *c)
{
    int next = 0, count = 0, slot = slot_of(c);
    const char *error = NULL;
    for (struct dc *dc; slot >= 0 && (dc = next_named(c->words[1], &next)); count++)
        if (!keep_load(dc, slot))
            error = "nothing was put aside";
    report(c, count ? error : "no such DC, or no slot of 0 to 9");
}

/* restored DC: a new invocationId, as after a restore from a backup */
void run_restored(struct command *c)
{
    struct bytes value;
    int old = c->dc->invocation, fresh = add_invocation(c->dc->number);
    uint8_t guid[16];
    for (int nc = 0; nc < forest.nc_count; nc++)
        if (c->dc->holds[nc]) {
            struct cursor *own = dc_own_cursors(c->dc, nc);
            own[old] = (struct cursor){c->dc->highest_usn, dc_time(c->dc)};
        }
    c->dc->invocation = fresh;
    memcpy(guid, forest.invocations[fresh].guid, sizeof guid);
    value = (struct bytes){guid, sizeof guid};
    report(c,
           write_values(c->dc, c->dc->facts->dsa, A_INVOCATION, VALUES_SET, &value, 1, c->dc->facts->rodc));
}
