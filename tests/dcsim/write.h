/* write.h: changes made at one DC, as an administrator makes them: a new USN, a new stamp. Also what only an
 * accident can do: values and objects changed behind replication's back. world.lock is held for writing.
 *
 * All return NULL, or why it could not be done.
 */
#pragma once

#include "tests/dcsim/dc.h"

enum how { VALUES_SET, VALUES_ADD, VALUES_DROP };

/* silently: no stamp, no USN: the copy on this DC goes wrong. VALUES_SET without values clears the attribute.
 */
const char *write_values(struct dc *dc, uint32_t object, enum attr attr, enum how how,
                         const struct bytes *values, int count, bool silently);
const char *write_create(struct dc *dc, const char *parent_dn, enum object_class cls, const char *name,
                         const struct bytes *spns, int count, uint32_t *ret);
const char *write_delete(struct dc *dc, uint32_t object);
const char *write_restore(struct dc *dc, uint32_t object); /* undelete */
/* parent or name NULL: as before. */
const char *write_rename(struct dc *dc, uint32_t object, const char *parent_dn, const char *name);
/* The object goes without a tombstone. */
const char *write_forget(struct dc *dc, uint32_t object);

/* The name of a tombstone or of a conflict: the old one with letters (DEL, CNF) and the GUID. */
void mangled_rdn(struct bytes dn, uint32_t object, const char *letters, struct buf *ret);
