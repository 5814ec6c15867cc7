#include "scanner/command/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spnscan/text_buf.h"

/* Reports have tens of megabytes. */
#define WRITE_AT_ONCE 65536

static enum spn_code fail(const char *path, struct spn_error *reterr)
{
    return spn_error_set(reterr, SPN_CONFIG, errno, "cannot write '%s': %s", path, strerror(errno));
}

static enum spn_code already_there(const char *path, struct spn_error *reterr)
{
    return spn_error_set(reterr, SPN_CONFIG, EEXIST,
                         "'%s' is there already and is not written over: name another file", path);
}

enum spn_code outfile_open(struct outfile *o, const char *path, bool fresh, struct spn_error *reterr)
{
    struct stat st;
    struct text_buf temp = {0};
    *o = (struct outfile){.out = stdout, .fresh = fresh};
    if (!path || strcmp(path, "-") == 0)
        return SPN_OK;
    bool there = stat(path, &st) == 0;
    bool plain = !there || S_ISREG(st.st_mode);
    o->out = NULL;
    if (there && plain && fresh)
        return already_there(path, reterr);
    if (plain)
        text_append_fmt(&temp, "%s.%ld.tmp", path, (long)getpid());
    int fd = plain ? open(temp.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)
                   : open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || !(o->out = fdopen(fd, "w"))) {
        enum spn_code code = fail(path, reterr);
        if (fd >= 0)
            close(fd);
        text_release(&temp);
        return code;
    }
    /* Of its own: glibc takes no size without a buffer. */
    o->buffer = xmalloc(WRITE_AT_ONCE);
    setvbuf(o->out, o->buffer, _IOFBF, WRITE_AT_ONCE);
    o->path = xstrdup(path);
    o->temp = temp.data;
    return SPN_OK;
}

enum spn_code outfile_close(struct outfile *o, enum spn_code code, struct spn_error *reterr)
{
    if (!o->out)
        return code;
    int rc = o->path ? fclose(o->out) : fflush(stdout);
    if (rc != 0 && code == SPN_OK)
        code = fail(o->path ? o->path : "standard output", reterr);
    if (o->temp && code == SPN_OK && o->fresh && access(o->path, F_OK) == 0)
        code = already_there(o->path, reterr);
    if (o->temp && code == SPN_OK && rename(o->temp, o->path) != 0)
        code = fail(o->path, reterr);
    if (o->temp && code != SPN_OK)
        unlink(o->temp);
    free(o->buffer);
    free(o->path);
    free(o->temp);
    *o = (struct outfile){0};
    return code;
}
