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
/* The words from on as values: "hex:0a0b" is bytes, all else text. */
int values_of(struct command *c, int from, struct bytes *ret);
