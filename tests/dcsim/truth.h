/* truth.h: what each DC really shows, told past LDAP, for tests that compare. README.md has the columns.
 *
 * Told are the objects with a sAMAccountName that have, or had at any DC since the start, an SPN, an
 * attribute of delegation, or one of the two delegation bits of userAccountControl. */
#pragma once

#include "tests/dcsim/dc.h"

/* A version of the object came to be somewhere: world.had learns of it. */
void truth_note(uint32_t object, const struct version *v);
/* world.lock is held. false: the file can't be written. */
bool truth_write(const char *path);
bool truth_write_stamps(const char *path);
