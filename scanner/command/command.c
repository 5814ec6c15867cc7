#include "scanner/command/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int command_fail(const struct spn_error *error)
{
    fprintf(stderr, "spnscan: %s\n", error->text);
    switch (error->code) {
    case SPN_UNREACHABLE:
    case SPN_DIRECTORY:
    case SPN_PROTOCOL:
    case SPN_CANCELLED:
        return EXIT_INCOMPLETE;
    default:
        return EXIT_FAILED;
    }
}

static enum spn_code make_folders(char *path, struct spn_error *reterr)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        int rc = mkdir(path, 0700);
        int saved = errno;
        if (rc != 0 && saved != EEXIST) {
            spn_error_set(reterr, SPN_DATABASE, saved,
                          "cannot make folder '%s' for the database: %s (choose another place with --db)",
                          path, strerror(saved));
            *slash = '/';
            return SPN_DATABASE;
        }
        *slash = '/';
    }
    return SPN_OK;
}

enum spn_code default_db_path(struct text_buf *path, bool make_dirs, struct spn_error *reterr)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    /* A relative XDG path is to be ignored (XDG Base Directory Specification). */
    if (state && state[0] == '/')
        text_append_fmt(path, "%s/spnscan/spnscan.db", state);
    else if (home && home[0] == '/')
        text_append_fmt(path, "%s/.local/state/spnscan/spnscan.db", home);
    else
        return spn_error_set(
            reterr, SPN_CONFIG, 0,
            "no place for the database: neither XDG_STATE_HOME nor HOME is set; give --db FILE");
    return make_dirs ? make_folders(path->data, reterr) : SPN_OK;
}

enum spn_code command_open_store(const char *db, enum store_mode mode, struct store **ret,
                                 struct spn_error *reterr)
{
    struct text_buf usual = {0};
    enum spn_code code = db ? SPN_OK : default_db_path(&usual, false, reterr);
    if (code == SPN_OK)
        code = store_open(db ? db : usual.data, mode, ret, reterr);
    text_release(&usual);
    return code;
}
