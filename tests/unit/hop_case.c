#include "tests/unit/hop_case.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "spnscan/text_buf.h"

struct hop_case hop_case;

/* Stays until the process ends, which runs one test, and is not lost. */
char *hop_case_keep(const char *text)
{
    static char *kept[1024];
    static size_t count;
    ck_assert_uint_lt(count, 1024);
    return kept[count++] = xstrdup(text);
}

static void set_texts(struct hop_texts *texts, const char *list)
{
    static char *lines[512];
    static size_t used;
    texts->items = &lines[used];
    texts->count = 0;
    for (char *line = strtok(hop_case_keep(list), " "); line; line = strtok(NULL, " ")) {
        ck_assert_uint_lt(used, 512);
        lines[used++] = line;
        texts->count++;
    }
}

void hop_case_spns(int object, int dc, const char *list)
{
    for (int i = 0; i < DCS; i++)
        if (dc == ALL || dc == i)
            set_texts(&hop_case.spns[object][i], list);
}

void hop_case_targets(int object, int dc, const char *list)
{
    for (int i = 0; i < DCS; i++)
        if (dc == ALL || dc == i)
            set_texts(&hop_case.delegations[object][i].targets, list);
}

void hop_case_trustees(int object, int dc, const char *list)
{
    for (int i = 0; i < DCS; i++)
        if (dc == ALL || dc == i)
            set_texts(&hop_case.delegations[object][i].trustees, list);
}

void hop_case_uac(int object, int dc, uint32_t bits)
{
    for (int i = 0; i < DCS; i++)
        if (dc == ALL || dc == i)
            hop_case.accounts[object][i].uac = bits;
}

void hop_case_hide_uac(int object)
{
    for (int i = 0; i < DCS; i++)
        hop_case.accounts[object][i].has_uac = false;
}

void hop_case_enctypes(int object, int dc, uint32_t bits)
{
    for (int i = 0; i < DCS; i++)
        if (dc == ALL || dc == i) {
            hop_case.delegations[object][i].has_enctypes = true;
            hop_case.delegations[object][i].enctypes = bits;
        }
}

/* The DC does not have it. */
void hop_case_gone(int object, int dc)
{
    hop_case.sights[object][dc] = (struct hop_sight){.shows = HOP_ABSENT, .full = true};
}

/* The DC holds a partial copy: no delegation. */
void hop_case_partial(int dc)
{
    for (int o = 0; o < OBJECTS; o++) {
        hop_case.sights[o][dc].full = false;
        hop_case.sights[o][dc].delegation = NULL;
    }
}

void hop_case_unread(int dc)
{
    hop_case.dcs[dc].complete = false;
    hop_case.dcs[dc].has_skew = false;
    for (int o = 0; o < OBJECTS; o++)
        hop_case.sights[o][dc] = (struct hop_sight){.shows = HOP_NO_COPY};
}

void hop_case_differs(int object, int dc, const char *attribute, const char *verdict, const char *severity)
{
    hop_case.differences[hop_case.facts.difference_count++] =
        (struct hop_difference){.object = (size_t)object,
                                .dc = (size_t)dc,
                                .attribute = hop_case_keep(attribute),
                                .verdict = verdict ? hop_case_keep(verdict) : NULL,
                                .severity = severity ? hop_case_keep(severity) : NULL,
                                .note = hop_case_keep("")};
}

static void set_object(int o, const char *name, const char *sid)
{
    char dn[128];
    snprintf(dn, sizeof dn, "CN=%s,DC=corp,DC=example", name);
    hop_case.objects[o] = (struct hop_object){.id = o + 1,
                                              .name = hop_case_keep(name),
                                              .dn = hop_case_keep(dn),
                                              .sid = hop_case_keep(sid),
                                              .sight = hop_case.sights[o]};
    for (int dc = 0; dc < DCS; dc++) {
        hop_case.accounts[o][dc] = (struct hop_account){.has_uac = true, .uac = 0x200};
        hop_case.sights[o][dc] = (struct hop_sight){HOP_SHOWN, true, &hop_case.spns[o][dc],
                                                    &hop_case.accounts[o][dc], &hop_case.delegations[o][dc]};
    }
}

void hop_case_healthy(void)
{
    memset(&hop_case, 0, sizeof hop_case);
    for (int dc = 0; dc < DCS; dc++) {
        hop_case.dcs[dc] = (struct hop_dc){
            .id = dc + 1, .domain = "corp.example", .is_gc = 1, .complete = true, .has_skew = true};
        snprintf(hop_case.dcs[dc].name, sizeof hop_case.dcs[dc].name, "dc%d", dc + 1);
    }
    hop_case.domains[0] = (struct hop_domain){1, "DC=corp,DC=example", "corp.example", "CORP"};
    hop_case.domains[1] = (struct hop_domain){2, "DC=eu,DC=corp,DC=example", "eu.corp.example", "EU"};
    hop_case.mappings[0] = (struct hop_mapping){"cifs", "host"};
    hop_case.mappings[1] = (struct hop_mapping){"http", "host"};
    set_object(CRM, "svc-crm", "S-1-5-21-1-2-3-1101");
    set_object(SQL, "svc-sql", "S-1-5-21-1-2-3-1102");
    set_object(WEB1, "WEB1$", "S-1-5-21-1-2-3-1103");
    set_object(OTHER, "svc-other", "S-1-5-21-1-2-3-1104");
    set_object(ANNA, "anna", "S-1-5-21-1-2-3-1105");
    hop_case_uac(WEB1, ALL, 0x1000);
    hop_case_spns(CRM, ALL, FRONT " HTTP/crm");
    hop_case_spns(SQL, ALL, BACK " MSSQLSvc/db1.corp.example");
    hop_case_spns(WEB1, ALL, "HOST/web1 HOST/web1.corp.example");
    hop_case_targets(CRM, ALL, BACK);
    hop_case.backs[0] = BACK;
    hop_case.facts = (struct hop_facts){.dcs = hop_case.dcs,
                                        .domains = hop_case.domains,
                                        .mappings = hop_case.mappings,
                                        .objects = hop_case.objects,
                                        .differences = hop_case.differences,
                                        .principals = hop_case.principals,
                                        .dc_count = DCS,
                                        .domain_count = 2,
                                        .mapping_count = 2,
                                        .object_count = OBJECTS};
    hop_case.question = (struct hop_question){.user = "anna",
                                              .front = FRONT,
                                              .backs = hop_case.backs,
                                              .back_count = 1,
                                              .front_object = -1,
                                              .user_object = -1,
                                              .dns = hop_case.dns};
}

void hop_case_over(void)
{
    hop_chain_release(&hop_case.chain);
}

const struct hop_link *hop_case_link_of(const char *id)
{
    for (size_t i = 0; i < hop_case.chain.count; i++)
        if (strcmp(hop_case.chain.links[i].id, id) == 0)
            return &hop_case.chain.links[i];
    ck_abort_msg("no link %s", id);
    return NULL;
}

void hop_case_judge(void)
{
    hop_chain_release(&hop_case.chain);
    hop_judge(&hop_case.question, &hop_case.facts, &hop_case.chain);
}

void hop_case_is_in(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "'%s' has no '%s'", text, part);
}

/* Nothing fails; known: whether all but the user is known. */
void hop_case_holds(void)
{
    hop_case_judge();
    for (size_t i = 0; i < hop_case.chain.count; i++) {
        const struct hop_link *l = &hop_case.chain.links[i];
        bool is_user = strcmp(l->id, "user-delegable") == 0;
        ck_assert_msg(is_user || l->state == HOP_PASS, "%s: %s: %s", l->id, hop_state_name(l->state),
                      l->detail);
        ck_assert_str_eq(is_user ? "" : l->dcs, "");
        ck_assert_msg(l->detail[0] != 0, "%s says nothing", l->id);
    }
    ck_assert_int_eq(hop_chain_status(&hop_case.chain), 0);
}

/* One link fails, on these DCs, and no other. */
const struct hop_link *hop_case_breaks(const char *id, const char *dcs)
{
    hop_case_judge();
    for (size_t i = 0; i < hop_case.chain.count; i++) {
        const struct hop_link *l = &hop_case.chain.links[i];
        ck_assert_msg((l->state == HOP_FAIL) == (strcmp(l->id, id) == 0), "%s: %s: %s", l->id,
                      hop_state_name(l->state), l->detail);
    }
    const struct hop_link *link = hop_case_link_of(id);
    ck_assert_str_eq(link->dcs, dcs);
    ck_assert_msg(link->next[0] != 0, "%s: no next step", id);
    ck_assert_int_eq(hop_chain_status(&hop_case.chain), 1);
    return link;
}

const struct hop_link *hop_case_not_known(const char *id)
{
    hop_case_judge();
    for (size_t i = 0; i < hop_case.chain.count; i++)
        ck_assert_msg(hop_case.chain.links[i].state != HOP_FAIL, "%s: %s", hop_case.chain.links[i].id,
                      hop_case.chain.links[i].detail);
    const struct hop_link *link = hop_case_link_of(id);
    ck_assert_int_eq(link->state, HOP_NOT_KNOWN);
    return link;
}
