#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The lock is a file of its own: closing any descriptor of the database would drop SQLite's POSIX locks on
 * it. */

static void read_holder(int fd, char *text, size_t size)
{
    ssize_t n = pread(fd, text, size - 1, 0);
    text[n > 0 ? n : 0] = 0;
    text[strspn(text, "0123456789")] = 0;
    if (!text[0])
        snprintf(text, size, "unknown");
}

/* The holder removes the file before it lets go: a lock on a file that isn't at that path any more is worth
 * nothing. */
static bool still_there(int fd, const char *path)
{
    struct stat mine, there;
    return fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino &&
           mine.st_dev == there.st_dev;
}

enum spn_code store_lock(struct store *store, struct spn_error *reterr)
{
    char holder[24];
    for (;;) {
        int fd = open(store->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            return spn_error_set(reterr, SPN_DATABASE, errno,
                                 "cannot write beside database '%s': %s (choose another place with --db)",
                                 store->path, strerror(errno));
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            int saved = errno;
            read_holder(fd, holder, sizeof holder);
            close(fd);
            if (saved == EWOULDBLOCK)
                return spn_error_set(
                    reterr, SPN_DATABASE, saved,
                    "database '%s' is in use by another scan (process %s): wait for it, or use another --db",
                    store->path, holder);
            return spn_error_set(reterr, SPN_DATABASE, saved, "cannot lock '%s': %s", store->lock_path,
                                 strerror(saved));
        }
        if (!still_there(fd, store->lock_path)) {
            close(fd);
            continue;
        }
        int len = snprintf(holder, sizeof holder, "%ld\n", (long)getpid());
        if (ftruncate(fd, 0) != 0 || pwrite(fd, holder, (size_t)len, 0) != len) {
            spn_error_set(reterr, SPN_DATABASE, errno, "cannot write '%s': %s", store->lock_path,
                          strerror(errno));
            unlink(store->lock_path);
            close(fd);
            return SPN_DATABASE;
        }
        store->lock_fd = fd;
        return SPN_OK;
    }
}

void store_unlock(struct store *store)
{
    if (store->lock_fd < 0)
        return;
    unlink(store->lock_path);
    close(store->lock_fd);
    store->lock_fd = -1;
}
