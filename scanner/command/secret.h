/* secret.h: a password from a file, a descriptor (/dev/fd/N, or "-" for standard input) or a prompt; never
 * from argv. */
#pragma once

#include "spnscan/error.h"

#define SECRET_SIZE 512

/* file NULL: asks on the terminal, SPN_USAGE where there is none. The first line counts, without its end. The
 * caller wipes with secret_wipe. */
enum spn_code secret_read(const char *file, const char *user, char secret[SECRET_SIZE],
                          struct spn_error *reterr);
void secret_wipe(char secret[SECRET_SIZE]);
