/* command_change.c: what administrators do, and accidents. */
#include <stdlib.h>

#include "tests/dcsim/account.h"
#include "tests/dcsim/command_inside.h"
#include "tests/dcsim/write.h"

/* write DC ACCOUNT (add-spn|del-spn|set-spn VALUE... | add|del|set ATTRIBUTE VALUE...); raw: the same without
 * a trace */
void run_write(struct command *c)
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
    if (count < 0) {
        report(c, "no such trustee");
        return;
    }
    report(c, write_values(c->dc, c->object, attr, drop_all ? VALUES_SET : ways[w].how, values, count,
                           strcmp(c->words[0], "raw") == 0));
}

/* Where something is to stand: a DN, or a GUID for the DN that this DC has of it. */
static char *parent_of(const struct command *c, const char *word)
{
    struct view view;
    uint32_t object = strchr(word, '=') ? NO_OBJECT : account_find(c->dc, word);
    if (object == NO_OBJECT || !dc_view(c->dc, object, &view))
        return copy_text(word);
    struct bytes dn = version_dn(view.version);
    char *text = zalloc(dn.len + 1, 1);
    memcpy(text, dn.data, dn.len);
    return text;
}

/* create DC PARENT CLASS NAME SPN... */
void run_create(struct command *c)
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
    if (count < 0) {
        report(c, "no such trustee");
        return;
    }
    char *parent = parent_of(c, c->words[2]);
    const char *error = write_create(c->dc, parent, cls, c->words[4], spns, count, &object);
    free(parent);
    if (error) {
        report(c, error);
        return;
    }
    guid_of(object, guid);
    guid_text(guid, text);
    say(c, "ok %s", text);
}

void run_delete(struct command *c)
{
    report(c, write_delete(c->dc, c->object));
}

void run_restore(struct command *c)
{
    report(c, write_restore(c->dc, c->object));
}

void run_move(struct command *c)
{
    char *parent = parent_of(c, c->words[3]);
    report(c, write_rename(c->dc, c->object, parent, NULL));
    free(parent);
}

void run_rename(struct command *c)
{
    report(c, write_rename(c->dc, c->object, NULL, c->words[3]));
}

void run_forget(struct command *c)
{
    report(c, write_forget(c->dc, c->object));
}

/* bulk DC COUNT: an SPN for each of so many workstations of its domain */
void run_bulk(struct command *c)
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
