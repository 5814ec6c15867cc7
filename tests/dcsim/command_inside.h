/* command_inside.h: a command being carried out, for command.c and command_words.c alone. */
#pragma once

#include "tests/dcsim/command.h"
#include "tests/dcsim/dc.h"

#define MAX_WORDS 4000

struct command {
    char *words[MAX_WORDS]; /* the command's name first */
    int count;
    struct dc *dc; /* of the first argument */
    uint32_t object;
    struct buf *ret;
    struct buf decoded; /* values given as hex */
};

void say(struct command *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void report(struct command *c, const char *error); /* NULL: ok */

/* Words are parted by spaces; "..." holds spaces, \" and \\ within. # starts a remark. false: a quote is not
 * closed, or too many. */
bool command_split(struct command *c, char *line);
/* The words from on as values: "hex:0a0b" is bytes, "sd:NAME,NAME" a security descriptor (trustees.h), all
 * else text. Returns how many; -1: a trustee is not known. */
int values_of(struct command *c, int from, struct bytes *ret);

/* "DC|*": the DCs that it names, one after the other. NULL: no more. *next: 0 at the start. */
struct dc *next_named(const char *name, int *next);

/* The commands, as README.md tells them. */
void run_write(struct command *c); /* and raw */
void run_create(struct command *c);
void run_delete(struct command *c);
void run_restore(struct command *c);
void run_move(struct command *c);
void run_rename(struct command *c);
void run_forget(struct command *c);
void run_bulk(struct command *c);
void run_replicate(struct command *c);
void run_freeze(struct command *c); /* and thaw */
void run_neighbour(struct command *c);
void run_vector(struct command *c);
void run_usn(struct command *c);
void run_save(struct command *c);
void run_load(struct command *c);
void run_restored(struct command *c);
void run_fault(struct command *c);
void run_hide(struct command *c); /* and show */
void run_offer(struct command *c);
void run_deleted(struct command *c);
void run_ready(struct command *c);
void run_cut(struct command *c);
void run_set(struct command *c);
void run_info(struct command *c);
void run_trips(struct command *c);
void run_truth(struct command *c); /* and stamps */
void run_quit(struct command *c);
