/* Sets of SPNs that are known by those of another account: what is told of them is what it would have been.
 */
#include <check.h>
#include <stdlib.h>

#include "scanner/decode/facet.h"
#include "scanner/decode/spn_kin.h"
#include "scanner/decode/value.h"
#include "store/base/spn_template.h"
#include "tests/unit/make_entry.h"

#define SEED 42

static struct spn_kins kins;

static void setup(void)
{
    kins = (struct spn_kins){0};
}

static void teardown(void)
{
    spn_kins_release(&kins);
}

/* A set of SPNs out of a text with ';' between; name takes the place of %, its lower case that of #. */
struct set {
    struct text_buf text;
    struct bytes values[40];
    struct attr attr;
    struct entry entry;
};

static void set_make(struct set *s, const char *pattern, const char *name)
{
    size_t ends[40], count = 0;
    *s = (struct set){.attr = {.name = bytes_of("servicePrincipalName")}};
    for (const char *at = pattern;; at++) {
        if (*at == ';' || !*at)
            ends[count++] = s->text.len;
        else if (*at == '%' || *at == '#')
            for (const char *n = name; *n; n++)
                text_append_char(&s->text, *at == '#' && *n >= 'A' && *n <= 'Z' ? (char)(*n | 0x20) : *n);
        else
            text_append_char(&s->text, *at);
        if (!*at)
            break;
    }
    for (size_t i = 0, from = 0; i < count; from = ends[i++])
        s->values[i] = (struct bytes){(const uint8_t *)s->text.data + from, ends[i] - from};
    s->attr.values = s->values;
    s->attr.count = count;
    s->entry = (struct entry){.attrs = &s->attr, .attr_count = 1};
}

/* As the sink does it. */
static int learn(const struct set *s)
{
    struct text_buf json = {0};
    struct spn_state state;
    facet_spn_text(&s->entry, &json, &state);
    int kind = spn_kins_learn(&kins, &s->attr, (struct bytes){(const uint8_t *)json.data, json.len}, SEED);
    text_release(&json);
    return kind;
}

static int learn_text(const char *pattern, const char *name)
{
    struct set s;
    set_make(&s, pattern, name);
    int kind = learn(&s);
    text_release(&s.text);
    return kind;
}

/* Its text and its keys are those that are made of it name by name. */
static void check_told(const struct set *s, int kind, struct bytes name)
{
    const struct spn_kin *kin = &kins.kinds[kind];
    struct text_buf want = {0}, told = {0};
    struct spn_state state;
    uint32_t names = 0;
    facet_spn_text(&s->entry, &want, &state);
    template_write((struct bytes){(const uint8_t *)kin->like.data, kin->like.len}, name, &told);
    ck_assert_str_eq(told.data, want.data);
    for (size_t i = 0; i < s->attr.count; i++) {
        const struct spn_key key = facet_spn_key(s->values[i], SEED);
        ck_assert_uint_eq(key.host, spn_kin_key(name, SEED));
        names |= spn_key_bit(key);
    }
    ck_assert_uint_eq(names, kin->names);
    text_release(&want);
    text_release(&told);
}

static int find(const char *pattern, const char *name)
{
    struct set s;
    struct bytes found = {NULL, 0};
    set_make(&s, pattern, name);
    int kind = spn_kins_find(&kins, &s.attr, &found);
    if (kind >= 0) {
        /* "srv1-" may be the name with a dash behind it, or a name. */
        ck_assert_uint_ge(found.len, strlen(name));
        ck_assert(bytes_equal_fold((struct bytes){found.data, strlen(name)}, bytes_of(name)));
        check_told(&s, kind, found);
    }
    text_release(&s.text);
    return kind;
}

#define COMPUTER                                                                                             \
    "WSMAN/%.corp.example;WSMAN/%;TERMSRV/%;TERMSRV/#.corp.example;HOST/%;HOST/#.corp.example:80;gc/%/"      \
    "corp.example"

START_TEST(another_computer_is_of_the_kind)
{
    ck_assert_int_eq(find(COMPUTER, "SRV1"), -1);
    int kind = learn_text(COMPUTER, "SRV1");
    ck_assert_int_ge(kind, 0);
    ck_assert_int_eq(find(COMPUTER, "SRV1"), kind);
    ck_assert_int_eq(find(COMPUTER, "WS-20001"), kind);
    ck_assert_int_eq(find(COMPUTER, "a_b"), kind);
    ck_assert_int_eq(find(COMPUTER, "007x"), kind);
}
END_TEST

START_TEST(whatever_differs_in_more_is_not)
{
    static const char *const others[] = {
        "HOST/%;HOST/%.corp.example",              /* fewer */
        "HOST/%.corp.example;HOST/%;RPC/%",        /* another order */
        "HOST/%;HOST/%.corp.example;RPC/%:1",      /* another end */
        "HOST/%;HOST/%.corp.examplf;RPC/%",        /* another domain */
        "HOST/%;HOST/other.corp.example;RPC/%",    /* another host */
        "HOST/%;HOST/#.corp.example;RPC/%",        /* other letters */
        "host/%;HOST/%.corp.example;RPC/%",        /* another spelling of a class */
        "HOST/%;HOST/%.corp.example;RPC/%;HTTP/%", /* more */
        "HOST/%;HOST/%.x.corp.example;RPC/%",      /* another label */
        "HOST/%.;HOST/%..corp.example;RPC/%.",     /* a name that is none */
        "HOST/%\xc3\xa4;HOST/%\xc3\xa4.corp.example;RPC/%\xc3\xa4",
    };
    ck_assert_int_ge(learn_text("HOST/%;HOST/%.corp.example;RPC/%", "SRV1"), 0);
    ck_assert_int_ge(find("HOST/%;HOST/%.corp.example;RPC/%", "SRV2"), 0);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_msg(find(others[i], "SRV2") == -1, "%s", others[i]);
    /* Too short, too long, and what may be an address. */
    static const char *const names[] = {"S", "", "12", "2008",
                                        "a123456789012345678901234567890123456789012345678901234567890123"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_msg(find("HOST/%;HOST/%.corp.example;RPC/%", names[i]) == -1, "%s", names[i]);
}
END_TEST

START_TEST(some_sets_make_no_kind)
{
    static const char *const sets[] = {
        "",                      /* nothing to tell them by */
        "HOST",                  /* no class */
        "HOST/%;HTTP/other",     /* two hosts: their order hangs on the name */
        "HOST/% ;HTTP/%",        /* odd */
        "HOST/%;HTTP/%@x",       /* odd too */
        "HOST/%;HTTP/%/a/b",     /* and this */
        "HOST/%;ldap/%.x/%",     /* the name twice in one */
        "HOST/%;HTTP/%\"x",      /* a quote behind it */
        "HOST/%.;HTTP/#\"A/#",   /* and one that is not looked at, since JSON has a backslash there */
        "HOST/%;HTTP/%x",        /* the name begins another's */
        "HOST/%;HTTP/\xc3\xa4%", /* beyond ASCII */
        "HOST/%;A/%;B/%;C/%;D/%;E/%;F/%;G/%;H/%;I/%;J/%;K/%;L/%;M/%;N/%;O/%;P/%;Q/%;R/%;S/%;T/%;U/%;V/%;W/"
        "%;X/%;"
        "Y/%;Z/%;A1/%;B1/%;C1/%;D1/%;E1/%;F1/%",
    };
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        ck_assert_msg(learn_text(sets[i], "SRV1") == -1, "%s", sets[i]);
    ck_assert_int_eq(learn_text("HOST/%", "1"), -1);
    ck_assert_int_eq(learn_text("HOST/%", "12345"), -1);
    /* What the store cuts. */
    char *longest = malloc(70000);
    memset(longest, 'a', 69999);
    memcpy(longest, "HOST/%.", 7);
    longest[69999] = 0;
    ck_assert_int_eq(learn_text(longest, "SRV1"), -1);
    free(longest);
    for (size_t i = 0; i < SPN_KINDS_MAX; i++)
        ck_assert_ptr_null(kins.kinds[i].values);
}
END_TEST

/* A name in lower case stands for itself where the other's had two cases, and not the other way round. */
START_TEST(cases_are_those_of_the_set)
{
    int mixed = learn_text("HOST/#.x;HOST/%", "SRV1"), lower = learn_text("RPC/%.x;RPC/%", "srv1");
    ck_assert_int_eq(find("HOST/#.x;HOST/%", "srv2"), mixed);
    ck_assert_int_eq(find("HOST/%.x;HOST/%", "SRV2"), -1);
    ck_assert_int_eq(find("RPC/%.x;RPC/%", "SRV2"), lower);
    ck_assert_int_eq(find("RPC/#.x;RPC/%", "SRV2"), -1);
}
END_TEST

START_TEST(the_one_longest_not_found_makes_room)
{
    char pattern[40];
    int common = learn_text("HOST/%;RPC/%", "SRV1");
    for (int i = 0; i < 100; i++) {
        snprintf(pattern, sizeof pattern, "A/%%:%d", i);
        ck_assert_int_ge(learn_text(pattern, "once"), 0);
        ck_assert_int_ge(find(pattern, "again"), 0);
        ck_assert_int_eq(find("HOST/%;RPC/%", "SRV2"), common);
    }
    ck_assert_int_eq(find("A/%:0", "again"), -1);
    ck_assert_int_ge(find("A/%:99", "again"), 0);
}
END_TEST

/* Sets made at random of few pieces, so that one is often of the kind of another. */
START_TEST(what_is_found_is_told_right)
{
    static const char *const classes[] = {"HOST", "host", "H", "HOSTX", "a b", "x\"y", "http"};
    static const char *const tails[] = {"", ".a", ".A", ":1", ".a/b", "/%", ".a:x", "-"};
    static const char *const names[] = {"SRV1", "srv1", "b-2", "Zz", "1a"};
    unsigned found = 0;
    srand(7);
    for (int round = 0; round < 60000; round++) {
        struct text_buf pattern = {0};
        for (int n = 1 + rand() % 3; n > 0; n--)
            text_append_fmt(&pattern, "%s%s/%c%s", pattern.len ? ";" : "", classes[rand() % 7],
                            rand() % 4 ? '%' : '#', tails[rand() % 8]);
        const char *name = names[rand() % 5];
        if (find(pattern.data, name) >= 0)
            found++;
        else
            learn_text(pattern.data, names[rand() % 5]);
        text_release(&pattern);
    }
    ck_assert_uint_gt(found, 300);
}
END_TEST

Suite *suite_spn_kin(void);
Suite *suite_spn_kin(void)
{
    Suite *suite = suite_create("spn_kin");
    TCase *tc = tcase_create("kinds");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, another_computer_is_of_the_kind);
    tcase_add_test(tc, whatever_differs_in_more_is_not);
    tcase_add_test(tc, some_sets_make_no_kind);
    tcase_add_test(tc, cases_are_those_of_the_set);
    tcase_add_test(tc, the_one_longest_not_found_makes_room);
    tcase_add_test(tc, what_is_found_is_told_right);
    suite_add_tcase(suite, tc);
    return suite;
}
