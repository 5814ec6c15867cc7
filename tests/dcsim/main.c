/* main.c: a forest of simulated DCs in one process. README.md tells its options and commands. */
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tests/dcsim/control.h"
#include "tests/dcsim/options.h"
#include "tests/dcsim/server.h"

static void on_signal(int number)
{
    (void)number;
    server_stop();
}

static void print_options(void)
{
    for (int n = 0; n < world.count; n++) {
        const struct dc *dc = &world.dcs[n];
        printf("--dc %s=%s:%u:%u%c", dc->facts->host, dc->address, (unsigned)dc->ports[0],
               (unsigned)dc->ports[1], n + 1 < world.count ? ' ' : '\n');
    }
}

static void print_dcs(void)
{
    for (int n = 0; n < world.count; n++) {
        const struct dc *dc = &world.dcs[n];
        printf("%s %s %u %u\n", dc->facts->host, dc->address, (unsigned)dc->ports[0], (unsigned)dc->ports[1]);
    }
    puts("ready");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct options options;
    if (!options_read(&options, argc, argv))
        return 3;
    forest_make(&options.plan);
    world_make(options.fixed_time ? options.fixed_time : time(NULL));
    if (!options_apply(&options))
        return 3;
    if (options.print_options) {
        print_options();
        return 0;
    }
    struct sigaction stop = {.sa_handler = on_signal};
    signal(SIGPIPE, SIG_IGN);
    if (!server_open())
        return 2;
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    if (!control_prepare(&options))
        return 2;
    print_dcs();
    if (!control_start())
        return 2;
    server_run();
    control_end(&options);
    /* Threads that read commands may still wait for one. */
    fflush(stdout);
    _exit(0);
}
