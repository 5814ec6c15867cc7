#include "scanner/ldap/later.h"

#include <string.h>

#include "scanner/ldap/range_follow.h"

#define MAX_NAMES ((size_t)16 * 1024 * 1024) /* bytes */

/* By its GUID, which stays when it is renamed or moved, or by its DN. */
enum spn_code later_add(struct later *later, const struct entry *entry, const char *what,
                        struct spn_error *reterr)
{
    struct text_buf *names = &later->names;
    struct guid guid;
    char text[GUID_TEXT_SIZE];

    if (entry_guid(entry, "objectGUID", &guid)) {
        text_append_fmt(names, "<GUID=%s>", guid_format(&guid, text));
    } else {
        if (entry->dn.len == 0 || memchr(entry->dn.data, 0, entry->dn.len))
            return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: an entry's name is empty or holds a NUL",
                                 what);
        text_append(names, (const char *)entry->dn.data, entry->dn.len);
    }
    text_append_char(names, 0);
    if (names->len > MAX_NAMES)
        return spn_error_set(reterr, SPN_PROTOCOL, 0,
                             "%s: more objects come with ranges of values than any directory holds", what);
    return SPN_OK;
}

static enum spn_code read_one(const char *name, const struct request *of, search_entry_fn found, void *ctx,
                              struct spn_error *reterr)
{
    const char *attrs[RANGE_ATTRS];
    const struct search search = {.base = name,
                                  .scope = SCOPE_BASE,
                                  .filter = "(objectClass=*)",
                                  .attrs = range_attrs(of->attrs, attrs) ? attrs : of->attrs,
                                  .show_deleted = of->show_deleted,
                                  .sd_flags = of->sd_flags};
    struct spn_error error = {0};
    enum spn_code code = search_run(of->conn, &search, found, ctx, NULL, &error);
    /* Deleted. Of a DN it says less: the object may have moved, and would be lost. */
    if (code == SPN_DIRECTORY && error.native == SEARCH_NO_SUCH_OBJECT && *name == '<')
        return SPN_OK;
    if (code != SPN_OK && reterr)
        *reterr = error;
    return code;
}

enum spn_code later_read(struct later *later, const struct request *of, search_entry_fn found, void *ctx,
                         struct spn_error *reterr)
{
    const struct text_buf *names = &later->names;
    enum spn_code code = SPN_OK;
    for (size_t at = 0; code == SPN_OK && at < names->len; at += strlen(names->data + at) + 1)
        code = read_one(names->data + at, of, found, ctx, reterr);
    text_clear(&later->names);
    return code;
}

void later_release(struct later *later)
{
    text_release(&later->names);
}
