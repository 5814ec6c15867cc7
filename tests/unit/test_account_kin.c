/* Accounts that are known by another: what is told of them is what it would have been. */
#include <check.h>
#include <stdlib.h>

#include "scanner/decode/account_kin.h"
#include "scanner/decode/facet.h"
#include "store/base/account_template.h"
#include "tests/unit/make_entry.h"

static struct account_kins kins;

static void setup(void)
{
    kins = (struct account_kins){.clock = 0};
}

static void teardown(void)
{
    account_kins_release(&kins);
}

/* Texts; NULL: absent. */
struct who {
    const char *sam, *dns_host, *upn;
    uint8_t domain; /* of its SID; 0: it has none */
    uint32_t rid;
};

struct made {
    struct attr attrs[4];
    struct bytes values[4];
    uint8_t sid[28];
    struct entry entry;
};

static void add(struct made *m, const char *name, struct bytes value)
{
    const size_t i = m->entry.attr_count++;
    m->values[i] = value;
    m->attrs[i] = (struct attr){.name = bytes_of(name), .values = &m->values[i], .count = 1};
}

static void make(struct made *m, struct who who)
{
    static const uint8_t head[] = {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0};
    m->entry = (struct entry){.dn = bytes_of("CN=x,DC=y"), .attrs = m->attrs};
    if (who.sam)
        add(m, "sAMAccountName", bytes_of(who.sam));
    if (who.dns_host)
        add(m, "dNSHostName", bytes_of(who.dns_host));
    if (who.upn)
        add(m, "userPrincipalName", bytes_of(who.upn));
    memset(m->sid, who.domain, sizeof m->sid);
    memcpy(m->sid, head, sizeof head);
    for (int i = 0; i < 4; i++)
        m->sid[24 + i] = (uint8_t)(who.rid >> 8 * i);
    if (who.domain)
        add(m, "objectSid", (struct bytes){m->sid, sizeof m->sid});
}

static int learn(struct who who)
{
    struct made m;
    struct text_buf text = {0};
    struct account_state state;
    make(&m, who);
    facet_account_text(&m.entry, &text, &state);
    int kind = account_kins_learn(&kins, &m.entry, &state, &text);
    text_release(&text);
    return kind;
}

static int find(struct who who)
{
    struct made m;
    struct text_buf text = {0}, want = {0}, told = {0};
    struct account_state state;
    uint32_t rid = 0;
    make(&m, who);
    int kind = account_kins_find(&kins, &m.entry, &rid);
    if (kind >= 0) {
        const struct text_buf *like = &kins.kinds[kind].like;
        ck_assert_uint_eq(rid, who.rid);
        facet_account_text(&m.entry, &text, &state);
        account_texts(&state, &text, &want);
        account_template_write((struct bytes){(const uint8_t *)like->data, like->len}, bytes_of(who.sam), rid,
                               &told);
        ck_assert_str_eq(told.data, want.data);
    }
    text_release(&told);
    text_release(&want);
    text_release(&text);
    return kind;
}

START_TEST(another_of_the_kind_is_known)
{
    ck_assert_int_eq(find((struct who){"SRV1$", "srv1.a.example", NULL, 1, 1104}), -1);
    int kind = learn((struct who){"SRV1$", "srv1.a.example", NULL, 1, 1104});
    int user = learn((struct who){"jo", NULL, "jo@a.example", 1, 1105});
    int bare = learn((struct who){"guest", NULL, NULL, 1, 501});
    ck_assert_int_ge(kind, 0);
    ck_assert_int_ge(user, 0);
    ck_assert_int_ge(bare, 0);
    ck_assert_int_eq(find((struct who){"WS-2$", "ws-2.a.example", NULL, 1, 4294967295}), kind);
    ck_assert_int_eq(find((struct who){"ws-3$", "ws-3.a.example", NULL, 1, 0}), kind);
    ck_assert_int_eq(find((struct who){"ann", NULL, "ann@a.example", 1, 77}), user);
    ck_assert_int_eq(find((struct who){"krbtgt", NULL, NULL, 1, 502}), bare);
}
END_TEST

START_TEST(whatever_differs_in_more_is_not)
{
    ck_assert_int_ge(learn((struct who){"SRV1$", "srv1.a.example", "SRV1@a.example", 1, 1104}), 0);
    ck_assert_int_ge(find((struct who){"SRV2$", "srv2.a.example", "SRV2@a.example", 1, 1105}), 0);
    const struct who others[] = {
        {"SRV2$", "srv2.a.examplf", "SRV2@a.example", 1, 1105},
        {"SRV2$", "SRV2.a.example", "SRV2@a.example", 1, 1105},
        {"SRV2$", "srv2.a.example", "srv2@a.example", 1, 1105},
        {"SRV2$", "srv3.a.example", "SRV2@a.example", 1, 1105},
        {"SRV2$", NULL, "SRV2@a.example", 1, 1105},
        {"SRV2$", "srv2.a.example", NULL, 1, 1105},
        {"SRV2$", "srv2.a.example", "SRV2@a.example", 2, 1105},
        {"SRV2$", "srv2.a.example", "SRV2@a.example", 0, 1105},
        {NULL, "srv2.a.example", "SRV2@a.example", 1, 1105},
        {"$", ".a.example", "@a.example", 1, 1105},
        {"S\"V$", "s\"v.a.example", "S\"V@a.example", 1, 1105},
        {"S\\V$", "s\\v.a.example", "S\\V@a.example", 1, 1105},
        {"SRV2$", "srv2.a.example.", "SRV2@a.example", 1, 1105},
        {"SRV2$", "srv2", "SRV2@a.example", 1, 1105},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_msg(find(others[i]) == -1, "%zu", i);
}
END_TEST

/* "S-1-5" ends in the authority, which is another kind of number. */
START_TEST(a_sid_without_a_rid_makes_no_kind)
{
    static const uint8_t sid[] = {1, 0, 0, 0, 0, 0, 0, 5};
    struct made m;
    struct text_buf text = {0};
    struct account_state state;
    make(&m, (struct who){"a", NULL, NULL, 0, 0});
    add(&m, "objectSid", (struct bytes){sid, sizeof sid});
    facet_account_text(&m.entry, &text, &state);
    ck_assert_str_eq(text.data + state.sid.off, "S-1-5");
    ck_assert_int_eq(account_kins_learn(&kins, &m.entry, &state, &text), -1);
    text_release(&text);
}
END_TEST

START_TEST(some_accounts_make_no_kind)
{
    char longest[70000];
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = 0;
    const struct who made[] = {
        {NULL, NULL, NULL, 1, 5},   {"", NULL, NULL, 1, 5},          {"a", "b.x", NULL, 1, 5},
        {"a", NULL, "a", 1, 5},     {"a", NULL, "a.b", 1, 5}, /* bare names, which are looked at */
        {"a", NULL, "a@b\"", 1, 5}, {"a\xc3\xa4", NULL, NULL, 1, 5}, {"a", NULL, NULL, 0, 5},
        {"a", longest, NULL, 1, 5},
    };
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        ck_assert_msg(learn(made[i]) == -1, "%zu", i);
    for (size_t i = 0; i < ACCOUNT_KINDS_MAX; i++)
        ck_assert_uint_eq(kins.kinds[i].like.len, 0);
}
END_TEST

START_TEST(the_one_longest_not_found_makes_room)
{
    int common = learn((struct who){"SRV1$", "srv1.a.example", NULL, 1, 1104});
    for (unsigned i = 0; i < 30; i++) {
        char host[40];
        snprintf(host, sizeof host, "once.%u", i);
        ck_assert_int_ge(learn((struct who){"once$", host, NULL, 1, i}), 0);
        ck_assert_int_ge(find((struct who){"once$", host, NULL, 1, i}), 0);
        ck_assert_int_eq(find((struct who){"SRV2$", "srv2.a.example", NULL, 1, 1104}), common);
    }
    ck_assert_int_eq(find((struct who){"once$", "once.0", NULL, 1, 0}), -1);
}
END_TEST

Suite *suite_account_kin(void);
Suite *suite_account_kin(void)
{
    Suite *suite = suite_create("account_kin");
    TCase *tc = tcase_create("kinds");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, another_of_the_kind_is_known);
    tcase_add_test(tc, whatever_differs_in_more_is_not);
    tcase_add_test(tc, a_sid_without_a_rid_makes_no_kind);
    tcase_add_test(tc, some_accounts_make_no_kind);
    tcase_add_test(tc, the_one_longest_not_found_makes_room);
    suite_add_tcase(suite, tc);
    return suite;
}
