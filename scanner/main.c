/* spnscan: wiring and exit status. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "scanner/command/command.h"
#include "spnscan/version.h"

static const struct {
    const struct command_def *def;
    int (*run)(int argc, char **argv);
} commands[] = {
    {&scan_command, command_scan}, {&report_command, command_report}, {&query_command, command_query},
    {&list_command, command_list}, {&watch_command, command_watch},   {&accept_command, command_accept},
    {&hop_command, command_hop},   {&plan_command, command_plan},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static void help(FILE *out)
{
    fputs("usage: spnscan COMMAND [OPTIONS]\n\n"
          "Reads the service principal names and the delegation settings of an Active Directory forest from "
          "every\n"
          "domain controller at once, and tells where they differ and what is held twice. It only reads.\n\n"
          "Commands:\n",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-8s %s\n", commands[i].def->name, commands[i].def->summary);
    fputs("\nFirst steps, with a Kerberos ticket at hand:\n"
          "  spnscan scan -d corp.example.com\n"
          "  spnscan report -o reports\n\n"
          "Exit status: 0 clean, 1 findings, 2 incomplete (a DC was not read whole), 3 could not run.\n"
          "spnscan COMMAND --help tells more; so does man spnscan.\n",
          out);
}

/* A thread a DC: with an arena each, glibc keeps a fifth more memory than is in use. Few of them allocate at
 * once. What is freed will be wanted again soon: giving it back to the system and taking it anew costs a
 * first scan 2 %. */
static void settle_malloc(void)
{
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
#endif
}

int main(int argc, char **argv)
{
    settle_malloc();
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        help(stdout);
        return EXIT_CLEAN;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        puts("spnscan " SPNSCAN_VERSION);
        return EXIT_CLEAN;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, commands[i].def->name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (argc < 2)
        help(stderr);
    else
        fprintf(stderr, "spnscan: unknown command '%s': see spnscan --help\n", name);
    return EXIT_FAILED;
}
