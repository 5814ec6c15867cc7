#include "tests/dcsim/command.h"

#include "tests/dcsim/account.h"
#include "tests/dcsim/command_inside.h"

/* ---- which ---- */

enum { NEEDS_DC = 1, NEEDS_OBJECT = 2 };

static const struct {
    const char *name;
    void (*run)(struct command *c);
    int needs, words; /* at least so many, the name counted */
} commands[] = {
    {"write", run_write, NEEDS_DC | NEEDS_OBJECT, 4},
    {"raw", run_write, NEEDS_DC | NEEDS_OBJECT, 4},
    {"create", run_create, NEEDS_DC, 5},
    {"delete", run_delete, NEEDS_DC | NEEDS_OBJECT, 3},
    {"restore", run_restore, NEEDS_DC | NEEDS_OBJECT, 3},
    {"move", run_move, NEEDS_DC | NEEDS_OBJECT, 4},
    {"rename", run_rename, NEEDS_DC | NEEDS_OBJECT, 4},
    {"forget", run_forget, NEEDS_DC | NEEDS_OBJECT, 3},
    {"bulk", run_bulk, NEEDS_DC, 3},
    {"replicate", run_replicate, 0, 2},
    {"freeze", run_freeze, NEEDS_DC, 2},
    {"thaw", run_freeze, NEEDS_DC, 2},
    {"neighbour", run_neighbour, NEEDS_DC, 4},
    {"vector", run_vector, NEEDS_DC, 5},
    {"usn", run_usn, NEEDS_DC, 3},
    {"save", run_save, 0, 2},
    {"load", run_load, 0, 2},
    {"restored", run_restored, NEEDS_DC, 2},
    {"fault", run_fault, NEEDS_DC, 3},
    {"hide", run_hide, 0, 4},
    {"show", run_hide, 0, 4},
    {"offer", run_offer, 0, 3},
    {"deleted", run_deleted, 0, 3},
    {"ready", run_ready, NEEDS_DC, 3},
    {"cut", run_cut, NEEDS_DC, 2},
    {"set", run_set, 0, 3},
    {"info", run_info, NEEDS_DC, 2},
    {"trips", run_trips, 0, 2},
    {"truth", run_truth, 0, 2},
    {"stamps", run_truth, 0, 2},
    {"quit", run_quit, 0, 1},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static void run_one(struct command *c)
{
    size_t i = 0;
    while (i < COMMANDS && strcmp(commands[i].name, c->words[0]) != 0)
        i++;
    if (i == COMMANDS || c->count < commands[i].words) {
        report(c, i == COMMANDS ? "no such command" : "that command needs more words");
        return;
    }
    c->dc = commands[i].needs & NEEDS_DC ? dc_by_name(c->words[1]) : NULL;
    if (commands[i].needs & NEEDS_DC && !c->dc) {
        report(c, "no such DC");
        return;
    }
    c->object = commands[i].needs & NEEDS_OBJECT ? account_find(c->dc, c->words[2]) : 0;
    if (c->object == NO_OBJECT)
        report(c, "no such account");
    else
        commands[i].run(c);
}

bool command_run(char *line, struct buf *ret)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    static struct command c; /* large; used under the lock */
    bool quit = false;
    pthread_mutex_lock(&one_at_a_time);
    pthread_rwlock_wrlock(&world.lock);
    c.count = 0;
    c.decoded.len = 0;
    c.ret = ret;
    line[strcspn(line, "\r\n")] = 0;
    if (!command_split(&c, line))
        report(&c, "a quote is not closed, or too many words");
    else if (c.count) {
        quit = strcmp(c.words[0], "quit") == 0;
        run_one(&c);
    }
    pthread_rwlock_unlock(&world.lock);
    pthread_mutex_unlock(&one_at_a_time);
    return !quit;
}
