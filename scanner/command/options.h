/* options.h: one table per command drives both the parsing and the help text. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "spnscan/error.h"

struct option_def {
    const char *name; /* "timeout"; NULL: a heading in the help text, in help */
    char letter;      /* 0: none */
    const char *arg;  /* name of its value in the help text; NULL: takes none */
    const char *help; /* one or more lines, separated by \n */
};

struct command_def {
    const char *name;      /* "scan" */
    const char *usage;     /* what follows the name */
    const char *summary;   /* one line */
    const char *help_head; /* below the usage line */
    const char *help_tail; /* below the options: examples, exit codes */
    const struct option_def *options;
    size_t option_count;
};

/* Called for each option, in order; name is the long name, value NULL where it takes none. */
typedef enum spn_code (*option_fn)(void *ctx, const char *name, const char *value, struct spn_error *reterr);

/* Walks argv (argv[0] is the command). Arguments that are no option are left in *ret_args (within argv).
 * --help prints to stdout and sets *ret_help: nothing more is to be done then. SPN_USAGE: unknown option,
 * missing value. */
enum spn_code options_parse(const struct command_def *command, int argc, char **argv, option_fn set,
                            void *ctx, char ***ret_args, int *ret_arg_count, bool *ret_help,
                            struct spn_error *reterr);

void options_help(const struct command_def *command);

/* A whole number within bounds. SPN_USAGE names the option and the bounds. */
enum spn_code option_number(const char *name, const char *value, int min, int max, int *ret,
                            struct spn_error *reterr);

/* SPN_USAGE: the value of a text option is empty. */
enum spn_code option_text(const char *name, const char *value, struct spn_error *reterr);
