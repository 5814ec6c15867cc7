#include "scanner/command/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void secret_wipe(char secret[SECRET_SIZE])
{
    explicit_bzero(secret, SECRET_SIZE);
}

/* Unbuffered: nothing of it stays behind in a stdio buffer. */
static enum spn_code read_line(int fd, const char *what, char secret[SECRET_SIZE], struct spn_error *reterr)
{
    size_t len = 0;
    for (;;) {
        char c;
        ssize_t n = read(fd, &c, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return spn_error_set(reterr, SPN_CONFIG, errno, "cannot read the password from %s: %s", what,
                                 strerror(errno));
        if (n == 0 || c == '\n')
            break;
        if (len + 1 >= SECRET_SIZE || c == 0)
            return spn_error_set(reterr, SPN_CONFIG, 0, "the password in %s is too long or holds a NUL",
                                 what);
        secret[len++] = c;
    }
    if (len && secret[len - 1] == '\r')
        len--;
    secret[len] = 0;
    if (!len)
        return spn_error_set(reterr, SPN_CREDENTIALS, 0, "the password in %s is empty", what);
    return SPN_OK;
}

static enum spn_code prompt(const char *user, char secret[SECRET_SIZE], struct spn_error *reterr)
{
    struct termios old, silent;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || tcgetattr(fd, &old) != 0) {
        if (fd >= 0)
            close(fd);
        return spn_error_set(reterr, SPN_USAGE, 0,
                             "no password for '%s' and no terminal to ask on: give --password-file FILE",
                             user);
    }
    silent = old;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(fd, TCSAFLUSH, &silent);
    dprintf(fd, "Password of %s: ", user);
    enum spn_code code = read_line(fd, "the terminal", secret, reterr);
    tcsetattr(fd, TCSAFLUSH, &old);
    dprintf(fd, "\n");
    close(fd);
    return code;
}

enum spn_code secret_read(const char *file, const char *user, char secret[SECRET_SIZE],
                          struct spn_error *reterr)
{
    char what[300];
    if (!file)
        return prompt(user, secret, reterr);
    snprintf(what, sizeof what, "'%s'", file);
    if (strcmp(file, "-") == 0)
        return read_line(STDIN_FILENO, "standard input", secret, reterr);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return spn_error_set(reterr, SPN_CONFIG, errno, "cannot read the password from '%s': %s", file,
                             strerror(errno));
    enum spn_code code = read_line(fd, what, secret, reterr);
    close(fd);
    return code;
}
