/* options.h: the command line. */
#pragma once

#include "tests/dcsim/dc.h"

#define MAX_FAULTS 2000

struct options {
    struct plan plan;
    const char *net, *one_address, *script, *control, *expected, *password;
    unsigned ldap_port, gc_port, first_port;
    unsigned max_page, max_values;
    uint32_t lagging, divergent, missing, lingering;
    bool print_options, recycle_bin, need_bind, exit_with_stdin, no_deleted_rights;
    int64_t fixed_time;
    const char *faults[MAX_FAULTS]; /* DC=FAULT */
    int fault_count;
};

bool options_read(struct options *options, int argc, char **argv); /* false: said on stderr */
/* After world_make: addresses, limits, faults. */
bool options_apply(const struct options *options);
