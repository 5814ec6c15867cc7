#include "tests/dcsim/command.h"

#include <stdlib.h>

#include "tests/dcsim/account.h"
#include "tests/dcsim/command_inside.h"
#include "tests/dcsim/replicate.h"
#include "tests/dcsim/server.h"
#include "tests/dcsim/write.h"

/* ---- changes ---- */

/* write DC ACCOUNT (add-spn|del-spn|set-spn VALUE... | add|del|set ATTRIBUTE VALUE...); raw: the same without
 * a trace */
static void run_write(struct command *c)
{
    static const struct {
        const char *name;
        enum how how;
        bool spn;
    } ways[] = {{"add-spn", VALUES_ADD, true}, {"del-spn", VALUES_DROP, true}, {"set-spn", VALUES_SET, true},
                {"add", VALUES_ADD, false},    {"del", VALUES_DROP, false},    {"set", VALUES_SET, false}};
    static struct bytes values[MAX_WORDS];
    size_t w = 0;
    while (w < sizeof ways / sizeof *ways && strcmp(c->words[3], ways[w].name) != 0)
        w++;
    if (w == sizeof ways / sizeof *ways || (!ways[w].spn && c->count < 5)) {
        report(c, "what is to be done with which attribute?");
        return;
    }
    enum attr attr = ways[w].spn ? A_SPN : attr_by_name(text_bytes(c->words[4]));
    int count = values_of(c, ways[w].spn ? 4 : 5, values);
    bool drop_all = ways[w].how == VALUES_DROP && !count;
    report(c, write_values(c->dc, c->object, attr, drop_all ? VALUES_SET : ways[w].how, values, count,
                           strcmp(c->words[0], "raw") == 0));
}

/* create DC PARENT-DN CLASS NAME SPN... */
static void run_create(struct command *c)
{
    static struct bytes spns[MAX_WORDS];
    enum object_class cls = class_by_name(c->words[3]);
    uint32_t object;
    uint8_t guid[16];
    char text[37];
    if (cls == OC_COUNT) {
        report(c, "no class that can be made here");
        return;
    }
    int count = values_of(c, 5, spns);
    const char *error = write_create(c->dc, c->words[2], cls, c->words[4], spns, count, &object);
    if (error) {
        report(c, error);
        return;
    }
    guid_of(object, guid);
    guid_text(guid, text);
    say(c, "ok %s", text);
}

static void run_delete(struct command *c)
{
    report(c, write_delete(c->dc, c->object));
}

static void run_restore(struct command *c)
{
    report(c, write_restore(c->dc, c->object));
}

static void run_move(struct command *c)
{
    report(c, write_rename(c->dc, c->object, c->words[3], NULL));
}

static void run_rename(struct command *c)
{
    report(c, write_rename(c->dc, c->object, NULL, c->words[3]));
}

static void run_forget(struct command *c)
{
    report(c, write_forget(c->dc, c->object));
}

/* bulk DC COUNT: an SPN for each of so many workstations of its domain */
static void run_bulk(struct command *c)
{
    char text[100];
    const char *error = NULL;
    int domain = c->dc->facts->domain, done = 0;
    for (int i = 0; !error && i < atoi(c->words[2]); i++) {
        uint32_t object = workstation(domain, (uint32_t)i);
        struct bytes value;
        snprintf(text, sizeof text, "HTTP/bulk%d.%s", i, forest.domains[domain].dns);
        value = text_bytes(text);
        error = object == NO_OBJECT ? "there are not so many"
                                    : write_values(c->dc, object, A_SPN, VALUES_ADD, &value, 1, false);
        done += !error;
    }
    say(c, "%s %d written%s%s", error ? "error" : "ok", done, error ? ", " : "", error ? error : "");
}

/* ---- replication ---- */

static void say_pulled(struct command *c, const struct pulled *pulled)
{
    if (pulled->refused)
        say(c, "error 8606: %u objects changed, %u partners refused for a lingering object", pulled->objects,
            pulled->refused);
    else
        say(c, "ok %u", pulled->objects);
}

/* replicate all | replicate DC from DC [NC] */
static void run_replicate(struct command *c)
{
    struct pulled pulled;
    if (c->count == 2 && strcmp(c->words[1], "all") == 0) {
        pulled = replicate_all(NULL);
        say_pulled(c, &pulled);
        return;
    }
    struct dc *to = dc_by_name(c->words[1]);
    const struct dc *from = c->count > 3 && strcmp(c->words[2], "from") == 0 ? dc_by_name(c->words[3]) : NULL;
    int nc = c->count > 4 ? nc_of_dn(text_bytes(c->words[4])) : -1;
    if (!to || !from || (c->count > 4 && nc < 0)) {
        report(c, "replicate all, or replicate DC from DC [NC]");
        return;
    }
    const char *error = replicate(to, from, nc, &pulled);
    if (error)
        report(c, error);
    else
        say_pulled(c, &pulled);
}

static void run_freeze(struct command *c)
{
    c->dc->frozen = strcmp(c->words[0], "freeze") == 0;
    report(c, NULL);
}

/* vector DC of DC USN: the cursor, in all naming contexts that both have */
static void run_vector(struct command *c)
{
    const struct dc *of = dc_by_name(c->words[3]);
    if (!of || of == c->dc) {
        report(c, "vector DC of DC USN");
        return;
    }
    for (int nc = 0; nc < forest.nc_count; nc++)
        if (c->dc->holds[nc] && of->holds[nc])
            dc_own_cursors(c->dc, nc)[of->invocation].usn = strtoull(c->words[4], NULL, 10);
    report(c, NULL);
}

/* usn DC N: highestCommittedUSN goes back, as after a rollback, or on */
static void run_usn(struct command *c)
{
    c->dc->highest_usn = strtoull(c->words[2], NULL, 10);
    report(c, NULL);
}

/* restored DC: a new invocationId, as after a restore from a backup */
static void run_restored(struct command *c)
{
    struct bytes value;
    int old = c->dc->invocation, fresh = add_invocation(c->dc->number);
    uint8_t guid[16];
    for (int nc = 0; nc < forest.nc_count; nc++)
        if (c->dc->holds[nc]) {
            struct cursor *own = dc_own_cursors(c->dc, nc);
            own[old] = (struct cursor){c->dc->highest_usn, dc_time(c->dc)};
        }
    c->dc->invocation = fresh;
    memcpy(guid, forest.invocations[fresh].guid, sizeof guid);
    value = (struct bytes){guid, sizeof guid};
    report(c,
           write_values(c->dc, c->dc->facts->dsa, A_INVOCATION, VALUES_SET, &value, 1, c->dc->facts->rodc));
}

/* ---- what a DC does wrong ---- */

/* fault DC FAULT... */
static void run_fault(struct command *c)
{
    bool ok = true;
    for (int i = 2; i < c->count && ok; i++)
        ok = fault_parse(&c->dc->faults, c->words[i]);
    if (ok)
        ok = server_update(c->dc);
    report(c, ok ? NULL : "no such fault, or its address is taken");
}

/* hide DC CLASS|* ATTRIBUTE; show takes it back */
static void run_hide(struct command *c)
{
    enum attr attr = attr_by_name(text_bytes(c->words[3]));
    bool hide = strcmp(c->words[0], "hide") == 0, any = false;
    for (int cls = 0; cls < OC_COUNT && attr != A_NONE; cls++)
        if (strcmp(c->words[2], "*") == 0 || same_text(c->words[2], class_table[cls].name)) {
            any = true;
            if (hide)
                c->dc->hidden[cls] |= BIT(attr);
            else
                c->dc->hidden[cls] &= ~BIT(attr);
        }
    report(c, any ? NULL : "no such class, or no such attribute");
}

/* ready DC yes|no: isGlobalCatalogReady */
static void run_ready(struct command *c)
{
    c->dc->not_ready = strcmp(c->words[2], "no") == 0;
    report(c, NULL);
}

static void run_cut(struct command *c)
{
    server_cut(c->dc);
    report(c, NULL);
}

/* ---- the forest ---- */

/* set page-size|value-range|recycle-bin|loose|need-bind|time N */
static void run_set(struct command *c)
{
    long n = atol(c->words[2]);
    const char *what = c->words[1];
    if (strcmp(what, "page-size") == 0 && n > 0)
        world.max_page = (uint32_t)n;
    else if (strcmp(what, "value-range") == 0 && n > 0)
        world.max_values = (uint32_t)n;
    else if (strcmp(what, "recycle-bin") == 0)
        world.recycle_bin = n != 0;
    else if (strcmp(what, "loose") == 0)
        world.loose = n != 0;
    else if (strcmp(what, "need-bind") == 0)
        world.need_bind = n != 0;
    else if (strcmp(what, "time") == 0)
        world.fixed_time = n;
    else {
        report(c, "nothing of that name to set");
        return;
    }
    report(c, NULL);
}

/* info DC */
static void run_info(struct command *c)
{
    char guid[37];
    const struct dc *dc = c->dc;
    guid_text(forest.invocations[dc->invocation].guid, guid);
    say(c, "ok usn %llu invocation %s changed %u requests %llu entries %llu bytes %llu",
        (unsigned long long)dc->highest_usn, guid, dc->table_count, (unsigned long long)dc->requests,
        (unsigned long long)dc->entries, (unsigned long long)dc->sent);
}

static void run_quit(struct command *c)
{
    report(c, NULL);
    server_stop();
}

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
    {"vector", run_vector, NEEDS_DC, 5},
    {"usn", run_usn, NEEDS_DC, 3},
    {"restored", run_restored, NEEDS_DC, 2},
    {"fault", run_fault, NEEDS_DC, 3},
    {"hide", run_hide, NEEDS_DC, 4},
    {"show", run_hide, NEEDS_DC, 4},
    {"ready", run_ready, NEEDS_DC, 3},
    {"cut", run_cut, NEEDS_DC, 2},
    {"set", run_set, 0, 3},
    {"info", run_info, NEEDS_DC, 2},
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
