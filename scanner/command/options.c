#include "scanner/command/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OPTIONS 64
#define HELP_COLUMN 32
#define LONG_BASE   1000 /* getopt's value of the option with index i: above every letter */

static void print_option(const struct option_def *o)
{
    char left[96];
    const char *line = o->help;
    snprintf(left, sizeof left, "  %c%c%s --%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
             o->letter ? "," : " ", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
    printf("%-*s", HELP_COLUMN - 1, left);
    if (strlen(left) >= HELP_COLUMN - 1)
        printf("\n%*s", HELP_COLUMN - 1, "");
    while (line) {
        size_t len = strcspn(line, "\n");
        printf(" %.*s\n", (int)len, line);
        line = line[len] ? line + len + 1 : NULL;
        if (line)
            printf("%*s", HELP_COLUMN - 1, "");
    }
}

void options_help(const struct command_def *command)
{
    printf("usage: spnscan %s %s\n\n%s", command->name, command->usage, command->help_head);
    for (size_t i = 0; i < command->option_count; i++) {
        if (command->options[i].name)
            print_option(&command->options[i]);
        else
            printf("\n%s:\n", command->options[i].help);
    }
    if (command->help_tail)
        printf("\n%s", command->help_tail);
}

static size_t build_tables(const struct command_def *command, struct option *longs, char *shorts)
{
    size_t count = 0;
    *shorts++ = ':';
    for (size_t i = 0; i < command->option_count && count < MAX_OPTIONS - 1; i++) {
        const struct option_def *o = &command->options[i];
        if (!o->name)
            continue;
        longs[count++] =
            (struct option){o->name, o->arg ? required_argument : no_argument, NULL, LONG_BASE + (int)i};
        if (o->letter) {
            *shorts++ = o->letter;
            if (o->arg)
                *shorts++ = ':';
        }
    }
    *shorts = 0;
    longs[count] = (struct option){0};
    return count;
}

static const struct option_def *find_option(const struct command_def *command, int c)
{
    if (c >= LONG_BASE)
        return &command->options[c - LONG_BASE];
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].name && command->options[i].letter == c)
            return &command->options[i];
    return NULL;
}

static enum spn_code bad_option(const struct command_def *command, int c, char **argv,
                                struct spn_error *reterr)
{
    char letter[3] = {'-', (char)optopt, 0};
    /* getopt tells a letter in optopt, a long name by its place in argv. */
    bool is_letter = optopt > 0 && optopt < LONG_BASE;
    const char *name = is_letter ? letter : argv[optind - 1];
    if (c == ':')
        return spn_error_set(reterr, SPN_USAGE, 0, "option '%s' needs a value: see spnscan %s --help", name,
                             command->name);
    if (optopt >= LONG_BASE)
        return spn_error_set(reterr, SPN_USAGE, 0, "option '%s' takes no value: see spnscan %s --help", name,
                             command->name);
    return spn_error_set(reterr, SPN_USAGE, 0, "unknown option '%s': see spnscan %s --help", name,
                         command->name);
}

enum spn_code options_parse(const struct command_def *command, int argc, char **argv, option_fn set,
                            void *ctx, char ***ret_args, int *ret_arg_count, bool *ret_help,
                            struct spn_error *reterr)
{
    struct option longs[MAX_OPTIONS];
    char shorts[2 * MAX_OPTIONS + 2];
    int c;
    build_tables(command, longs, shorts);
    opterr = 0;
    optind = 1;
    *ret_help = false;
    while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        const struct option_def *o = c == '?' || c == ':' ? NULL : find_option(command, c);
        if (!o)
            return bad_option(command, c, argv, reterr);
        if (strcmp(o->name, "help") == 0) {
            options_help(command);
            *ret_help = true;
            return SPN_OK;
        }
        enum spn_code code = set(ctx, o->name, o->arg ? optarg : NULL, reterr);
        if (code != SPN_OK)
            return code;
    }
    *ret_args = argv + optind;
    *ret_arg_count = argc - optind;
    return SPN_OK;
}

enum spn_code option_number(const char *name, const char *value, int min, int max, int *ret,
                            struct spn_error *reterr)
{
    char *end;
    errno = 0;
    long v = strtol(value, &end, 10);
    if (errno || end == value || *end || v < min || v > max)
        return spn_error_set(reterr, SPN_USAGE, 0, "--%s '%s' is not a number from %d to %d", name, value,
                             min, max);
    *ret = (int)v;
    return SPN_OK;
}

enum spn_code option_text(const char *name, const char *value, struct spn_error *reterr)
{
    if (*value)
        return SPN_OK;
    return spn_error_set(reterr, SPN_USAGE, 0, "--%s needs a value that is not empty", name);
}
