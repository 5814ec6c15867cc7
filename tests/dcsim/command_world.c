/* command_world.c: what readers meet: faults, rights, limits; and what is told of it. */
#include <stdlib.h>

#include "tests/dcsim/command_inside.h"
#include "tests/dcsim/server.h"
#include "tests/dcsim/truth.h"

/* fault DC FAULT... */
void run_fault(struct command *c)
{
    bool ok = true;
    for (int i = 2; i < c->count && ok; i++)
        ok = fault_parse(&c->dc->faults, c->words[i]);
    if (ok)
        ok = server_update(c->dc);
    report(c, ok ? NULL : "no such fault, or its address is taken");
}

/* hide DC|* CLASS|* ATTRIBUTE; show takes it back. What is made from a hidden attribute is hidden too. */
void run_hide(struct command *c)
{
    static const struct {
        enum attr from, attr;
    } made[] = {{A_META, A_ATTR_META}, {A_VECTOR, A_CURSORS}, {A_REPS_FROM, A_NEIGHBOURS}};
    enum attr attr = attr_by_name(text_bytes(c->words[3]));
    bool hide = strcmp(c->words[0], "hide") == 0, any = false;
    int next = 0;
    attr_mask mask = BIT(attr);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        if (attr == made[i].from)
            mask |= BIT(made[i].attr);
    for (struct dc *dc; attr != A_NONE && (dc = next_named(c->words[1], &next));)
        for (int cls = 0; cls < OC_COUNT; cls++)
            if (strcmp(c->words[2], "*") == 0 || same_text(c->words[2], class_table[cls].name)) {
                any = true;
                if (hide)
                    dc->hidden[cls] |= mask;
                else
                    dc->hidden[cls] &= ~mask;
            }
    report(c, any ? NULL : "no such DC, class or attribute");
}

/* offer DC|* raw|binary|xml: which attributes tell of replication: all of them, as on Windows; the
 * constructed ones alone; these in XML alone */
void run_offer(struct command *c)
{
    static const char *const names[] = {"raw", "binary", "xml"};
    int next = 0, count = 0, offer = 0;
    while (offer <= OFFER_XML && strcmp(names[offer], c->words[2]) != 0)
        offer++;
    for (struct dc *dc; offer <= OFFER_XML && (dc = next_named(c->words[1], &next)); count++)
        dc->offer = (enum offer)offer;
    report(c, count ? NULL : "no such DC, or none of raw, binary, xml");
}

/* deleted DC|* readable|hidden: CN=Deleted Objects and what is in it */
void run_deleted(struct command *c)
{
    int next = 0, count = 0;
    bool hidden = strcmp(c->words[2], "hidden") == 0;
    for (struct dc *dc; (dc = next_named(c->words[1], &next)); count++)
        dc->deleted_hidden = hidden;
    report(c, count ? NULL : "no such DC");
}

/* ready DC yes|no: isGlobalCatalogReady */
void run_ready(struct command *c)
{
    c->dc->not_ready = strcmp(c->words[2], "no") == 0;
    report(c, NULL);
}

void run_cut(struct command *c)
{
    server_cut(c->dc);
    report(c, NULL);
}

/* set page-size|value-range|recycle-bin|loose|need-bind|sort-keys|time N */
void run_set(struct command *c)
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
        world.consistency = n == 2 ? PASS_OVER : n ? LOOSE : STRICT;
    else if (strcmp(what, "need-bind") == 0)
        world.need_bind = n != 0;
    else if (strcmp(what, "sort-keys") == 0)
        world.sort_keys = n != 0;
    else if (strcmp(what, "time") == 0)
        world.fixed_time = n;
    else {
        report(c, "nothing of that name to set");
        return;
    }
    report(c, NULL);
}

/* info DC */
void run_info(struct command *c)
{
    char guid[37];
    const struct dc *dc = c->dc;
    guid_text(forest.invocations[dc->invocation].guid, guid);
    say(c, "ok usn %llu invocation %s changed %u requests %llu entries %llu bytes %llu trips %llu",
        (unsigned long long)dc->highest_usn, guid, dc->table_count, (unsigned long long)dc->requests,
        (unsigned long long)dc->entries, (unsigned long long)dc->sent, (unsigned long long)dc->trips);
}

/* trips reset */
void run_trips(struct command *c)
{
    bool reset = strcmp(c->words[1], "reset") == 0;
    for (int n = 0; reset && n < world.count; n++)
        world.dcs[n].trips = 0;
    report(c, reset ? NULL : "trips reset");
}

/* truth FILE; stamps FILE */
void run_truth(struct command *c)
{
    bool stamps = strcmp(c->words[0], "stamps") == 0;
    bool ok = stamps ? truth_write_stamps(c->words[1]) : truth_write(c->words[1]);
    report(c, ok ? NULL : "the file can't be written");
}

void run_quit(struct command *c)
{
    report(c, NULL);
    server_stop();
}
