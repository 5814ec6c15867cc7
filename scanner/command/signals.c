#include "scanner/command/signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

static atomic_bool cancelled;

atomic_bool *signals_flag(void)
{
    return &cancelled;
}

/* The first asks the command to end and to keep what is complete. A later one means it; but the same wish
 * often comes twice at once, from a wrapper that signals a process and its group. */
static void on_signal(int signo)
{
    static volatile sig_atomic_t first_s;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!atomic_exchange(&cancelled, true))
        first_s = (sig_atomic_t)now.tv_sec;
    else if (now.tv_sec - first_s >= 2)
        _exit(128 + signo);
}

void signals_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}
