#include "tests/dcsim/control.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/dcsim/command.h"
#include "tests/dcsim/inject.h"
#include "tests/dcsim/server.h"

static int control_fd = -1;
static bool exit_with_stdin;

/* Commands from one stream, answers to another, until either ends. */
static void converse(FILE *in, FILE *out)
{
    char *line = NULL;
    size_t size = 0;
    struct buf ret = {0};
    bool more = true;
    while (more && getline(&line, &size, in) > 0) {
        ret.len = 0;
        more = command_run(line, &ret);
        if (fwrite(ret.data, 1, ret.len, out) != ret.len || fflush(out) != 0)
            break;
    }
    free(line);
    buf_free(&ret);
}

static void *read_stdin(void *arg)
{
    (void)arg;
    converse(stdin, stdout);
    if (exit_with_stdin)
        server_stop();
    return NULL;
}

static void *read_socket(void *arg)
{
    (void)arg;
    for (int fd; (fd = accept4(control_fd, NULL, NULL, SOCK_CLOEXEC)) >= 0 || errno == EINTR;) {
        FILE *in = fd < 0 ? NULL : fdopen(fd, "r"), *out = in ? fdopen(dup(fd), "w") : NULL;
        if (in && out)
            converse(in, out);
        if (out)
            fclose(out);
        if (in)
            fclose(in);
    }
    return NULL;
}

static bool run_script(const char *path)
{
    char *line = NULL;
    size_t size = 0;
    struct buf ret = {0};
    bool ok = true;
    FILE *in = fopen(path, "r");
    for (int number = 1; in && ok && getline(&line, &size, in) > 0; number++) {
        ret.len = 0;
        command_run(line, &ret);
        ok = ret.len < 5 || memcmp(ret.data, "error", 5) != 0;
        if (!ok)
            fprintf(stderr, "dcsim: %s:%d: %.*s", path, number, (int)ret.len, (const char *)ret.data);
    }
    if (!in)
        fprintf(stderr, "dcsim: cannot read '%s': %s\n", path, strerror(errno));
    else
        fclose(in);
    free(line);
    buf_free(&ret);
    return in && ok;
}

static bool open_socket(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof to.sun_path) {
        fprintf(stderr, "dcsim: the path '%s' is too long for a socket\n", path);
        return false;
    }
    memcpy(to.sun_path, path, strlen(path));
    unlink(path);
    control_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (control_fd < 0 || bind(control_fd, (struct sockaddr *)&to, sizeof to) < 0 ||
        listen(control_fd, 10) < 0) {
        fprintf(stderr, "dcsim: cannot listen at '%s': %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

static bool write_expected(const char *path)
{
    FILE *out = fopen(path, "w");
    bool ok = out && fwrite(forest.expected.data, 1, forest.expected.len, out) == forest.expected.len;
    if (out)
        ok &= fclose(out) == 0;
    if (!ok)
        fprintf(stderr, "dcsim: cannot write '%s': %s\n", path, strerror(errno));
    return ok;
}

static bool start_thread(void *(*run)(void *))
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, NULL) != 0)
        return false;
    pthread_detach(thread);
    return true;
}

bool control_prepare(const struct options *options)
{
    inject(options);
    exit_with_stdin = options->exit_with_stdin;
    if (options->script && !run_script(options->script))
        return false;
    if (options->expected && !write_expected(options->expected))
        return false;
    return !options->control || open_socket(options->control);
}

bool control_start(void)
{
    return (control_fd < 0 || start_thread(read_socket)) && start_thread(read_stdin);
}

void control_end(const struct options *options)
{
    if (options->control)
        unlink(options->control);
}
