/* outfile.h: what a command writes, to standard output or to a file. A file (0600) is made beside its place
 * and renamed when it is whole, so that nobody reads half of one. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "spnscan/error.h"

struct outfile {
    FILE *out;
    char *path;   /* NULL: standard output */
    char *temp;   /* NULL: path is written itself (a device, a pipe) */
    char *buffer; /* of out; NULL: standard output */
    bool fresh;
};

/* path NULL or "-": standard output. fresh: a file that is there already is not written over. SPN_CONFIG. */
enum spn_code outfile_open(struct outfile *o, const char *path, bool fresh, struct spn_error *reterr);

/* Ends it and returns code; with SPN_OK, or what writing it to its end came to (SPN_CONFIG), the file takes
 * its place, else it is gone. Of an outfile that was not opened, code. */
enum spn_code outfile_close(struct outfile *o, enum spn_code code, struct spn_error *reterr);
