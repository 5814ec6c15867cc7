#include <check.h>
#include <stdlib.h>

#include "scanner/decode/sid.h"
#include "tests/unit/make_entry.h"
#include "tests/unit/make_sd.h"

Suite *suite_sid(void);

static const char *sid_text(struct bytes sid)
{
    static char text[SID_TEXT_SIZE];
    return sid_format(sid, text) ? text : "malformed";
}

START_TEST(formats_sids)
{
    ck_assert_str_eq(sid_text(SID_WORLD), "S-1-1-0");
    ck_assert_str_eq(sid_text(SID_USER), "S-1-5-21-1-2-3-500");
    ck_assert_str_eq(sid_text(B("\x01\x01\0\0\0\0\0\x05\xff\xff\xff\xff")), "S-1-5-4294967295");
    ck_assert_str_eq(sid_text(B("\x01\0\0\0\0\0\0\x05")), "S-1-5");
}
END_TEST

/* MS-DTYP 2.4.2.1: an authority of 2^32 or more stands in hex. */
START_TEST(formats_big_authorities)
{
    ck_assert_str_eq(sid_text(B("\x01\x01\0\0\xff\xff\xff\xff\x01\0\0\0")), "S-1-4294967295-1");
    ck_assert_str_eq(sid_text(B("\x01\x01\0\x01\0\0\0\0\x01\0\0\0")), "S-1-0x000100000000-1");
}
END_TEST

START_TEST(reads_text_back)
{
    static const char *const good[] = {"S-1-1-0", "S-1-5", "S-1-5-21-1-2-3-500", "S-1-4294967295-1",
                                       "S-1-5-0-1-2-3-4-5-6-7-8-9-10-11-12-13-4294967295"};
    static const char *const bad[] = {"",
                                      "S-",
                                      "S-1-",
                                      "S-2-5-1",
                                      "S-1-5-",
                                      "S-1-5--1",
                                      "S-1-5-1 ",
                                      "s-1-5",
                                      "S-1-5-4294967296",
                                      "S-1-4294967296",
                                      "S-1-+5",
                                      "S-1-5-0x1a",
                                      "S-1-0x0100",
                                      "S-1-5-0-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15"};
    uint8_t sid[SID_MAX_SIZE];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_str_eq(sid_text((struct bytes){sid, sid_parse(good[i], sid)}), good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_uint_eq(sid_parse(bad[i], sid), 0);
}
END_TEST

START_TEST(formats_the_longest)
{
    uint8_t sid[8 + 15 * 4];
    memset(sid, 0xff, sizeof sid);
    sid[0] = 1;
    sid[1] = 15;
    const char *text = sid_text((struct bytes){sid, sizeof sid});
    ck_assert_uint_eq(strlen(text), strlen("S-1-0xffffffffffff") + 15 * strlen("-4294967295"));
    ck_assert_uint_lt(strlen(text), SID_TEXT_SIZE);
    uint8_t longer[8 + 16 * 4] = {1, 16};
    ck_assert_str_eq(sid_text((struct bytes){longer, sizeof longer}), "malformed");
}
END_TEST

START_TEST(refuses_other_lengths_and_revisions)
{
    struct bytes whole = SID_USER;
    for (size_t len = 0; len < whole.len; len++) {
        char text[SID_TEXT_SIZE] = "old";
        ck_assert(!sid_format((struct bytes){whole.data, len}, text));
        ck_assert_str_eq(text, "");
    }
    ck_assert_str_eq(sid_text(B("\x01\x01\0\0\0\0\0\x05\x12\0\0\0\0")), "malformed");
    ck_assert_str_eq(sid_text(B("\x02\x01\0\0\0\0\0\x05\x12\0\0\0")), "malformed");
    ck_assert_str_eq(sid_text((struct bytes){NULL, 0}), "malformed");
}
END_TEST

/* ---- security descriptors ---- */

struct found_list {
    size_t count;
    char text[4000]; /* the first ones */
};

static void add_found(void *ctx, struct bytes sid)
{
    struct found_list *f = ctx;
    f->count++;
    size_t len = strlen(f->text);
    snprintf(f->text + len, sizeof f->text - len, "%s ", sid_text(sid));
}

static void check_sd(struct bytes sd, enum sd_result want, const char *want_sids)
{
    struct found_list f = {0};
    /* A copy of the exact size, so that a sanitizer sees a step too far. */
    uint8_t *copy = malloc(sd.len ? sd.len : 1);
    if (sd.len)
        memcpy(copy, sd.data, sd.len);
    ck_assert_int_eq(sd_allowed_trustees((struct bytes){copy, sd.len}, add_found, &f), want);
    ck_assert_str_eq(f.text, want_sids);
    free(copy);
}

START_TEST(lists_the_allowed_once_in_order)
{
    struct sd sd = sd_begin();
    sd_ace(&sd, 0, 0, 0xF01FF, SID_USER);
    sd_ace(&sd, 0, 0, 0xF01FF, SID_WORLD);
    sd_ace(&sd, 0, 0, 0x100, SID_USER);
    check_sd(sd_end(&sd), SD_OK, "S-1-5-21-1-2-3-500 S-1-1-0 ");
}
END_TEST

START_TEST(an_empty_dacl_allows_nobody)
{
    struct sd sd = sd_begin();
    check_sd(sd_end(&sd), SD_OK, "");
}
END_TEST

START_TEST(first_word_on_a_sid_stands)
{
    struct sd sd = sd_begin();
    sd_ace(&sd, 1, 0, 0xF01FF, SID_USER);
    sd_ace(&sd, 0, 0, 0xF01FF, SID_USER);
    sd_ace(&sd, 0, 0, 0xF01FF, SID_WORLD);
    sd_ace(&sd, 1, 0, 0xF01FF, SID_WORLD);
    check_sd(sd_end(&sd), SD_OK, "S-1-1-0 ");
}
END_TEST

START_TEST(only_control_access_counts)
{
    struct sd sd = sd_begin();
    sd_ace(&sd, 1, 0, 0xFFFFFEFF & ~0x10000000u, SID_WORLD); /* denies all but what is asked for */
    sd_ace(&sd, 0, 0, 0x100, SID_WORLD);
    sd_ace(&sd, 0, 0, 0, SID_USER);
    sd_ace(&sd, 0, 0, 0x20, SID_USER);
    check_sd(sd_end(&sd), SD_OK, "S-1-1-0 ");
    sd = sd_begin();
    sd_ace(&sd, 1, 0, 0x10000000, SID_USER);
    sd_ace(&sd, 0, 0, 0x10000000, SID_USER); /* GENERIC_ALL */
    check_sd(sd_end(&sd), SD_OK, "S-1-5-21-1-2-3-500 ");
}
END_TEST

START_TEST(skips_inherit_only_and_other_types)
{
    struct sd sd = sd_begin();
    sd_ace(&sd, 0, 0x08, 0xF01FF, SID_USER);
    sd_ace(&sd, 1, 0x08 | 0x02, 0xF01FF, SID_WORLD);
    for (unsigned type = 2; type < 32; type++)
        if (type != 5 && type != 6)
            sd_ace(&sd, (uint8_t)type, 0, 0xF01FF, SID_USER);
    sd_ace(&sd, 0, 0x10, 0xF01FF, SID_WORLD); /* inherited, in force */
    check_sd(sd_end(&sd), SD_OK, "S-1-1-0 ");
}
END_TEST

START_TEST(reads_object_entries)
{
    struct sd sd = sd_begin();
    sd_object_ace(&sd, 5, 0xF01FF, 0, SID_USER);
    sd_object_ace(&sd, 5, 0xF01FF, 1, SID_WORLD); /* for one extended right only: no word on ours */
    sd_object_ace(&sd, 6, 0xF01FF, 2, SID_SYSTEM);
    sd_ace(&sd, 0, 0, 0xF01FF, SID_SYSTEM);
    sd_object_ace(&sd, 5, 0xF01FF, 3, SID_WORLD);
    check_sd(sd_end(&sd), SD_OK, "S-1-5-21-1-2-3-500 ");
}
END_TEST

START_TEST(no_dacl_is_said)
{
    struct sd sd = sd_begin();
    sd_end(&sd);
    sd.data[2] = 0; /* SE_DACL_PRESENT off */
    check_sd((struct bytes){sd.data, sd.len}, SD_NULL_DACL, "");
    sd = sd_begin();
    sd_end(&sd);
    memset(sd.data + 16, 0, 4); /* present, and NULL */
    check_sd((struct bytes){sd.data, sd.len}, SD_NULL_DACL, "");
}
END_TEST

START_TEST(refuses_every_truncation)
{
    struct sd sd = sd_begin();
    sd_ace(&sd, 0, 0, 0xF01FF, SID_USER);
    sd_object_ace(&sd, 5, 0xF01FF, 2, SID_WORLD);
    struct bytes whole = sd_end(&sd);
    for (size_t len = 0; len < whole.len; len++)
        check_sd((struct bytes){whole.data, len}, SD_MALFORMED, "");
    check_sd(whole, SD_OK, "S-1-5-21-1-2-3-500 S-1-1-0 ");
}
END_TEST

/* Byte `at` set to `value` spoils the descriptor, and nobody is named from the part that could be read. */
static void check_spoilt(size_t at, uint8_t value)
{
    struct sd sd = sd_begin();
    sd_ace(&sd, 0, 0, 0xF01FF, SID_USER);
    sd_ace(&sd, 0, 0, 0xF01FF, SID_WORLD);
    sd_end(&sd);
    sd.data[at] = value;
    check_sd((struct bytes){sd.data, sd.len}, SD_MALFORMED, "");
}

START_TEST(refuses_what_contradicts_itself)
{
    const size_t acl = 20, first = acl + 8, second = first + 8 + SID_USER.len;
    check_spoilt(0, 2);          /* descriptor revision */
    check_spoilt(3, 0);          /* not self-relative */
    check_spoilt(16, 19);        /* DACL inside the header */
    check_spoilt(19, 0x7f);      /* DACL far outside */
    check_spoilt(acl + 2, 7);    /* smaller than its head */
    check_spoilt(acl + 3, 0x7f); /* bigger than the descriptor */
    check_spoilt(acl + 4, 3);    /* an entry more than there is */
    check_spoilt(acl + 5, 0xff); /* 65,282 of them */
    check_spoilt(first + 2, 0);  /* an entry of no size: no endless loop */
    check_spoilt(first + 2, 3);
    check_spoilt(first + 2, 16);   /* too small for its SID */
    check_spoilt(second + 2, 255); /* out of the ACL */
    check_spoilt(second + 9, 200); /* more sub-authorities than any SID has */
    check_spoilt(second + 8, 9);   /* SID revision */
}
END_TEST

START_TEST(refuses_a_dacl_inside_the_header)
{
    struct sd sd = sd_begin();
    sd_end(&sd);
    const uint8_t empty_acl[8] = {2, 0, 8};
    memcpy(sd.data + 8, empty_acl, sizeof empty_acl); /* sound by itself, and where offsets stand */
    sd.data[16] = 8;
    check_sd((struct bytes){sd.data, sd.len}, SD_MALFORMED, "");
}
END_TEST

START_TEST(a_full_acl_names_every_trustee)
{
    /* The most entries that fit into 16 bits of size: 4095 of them, each with the shortest SID. */
    const size_t count = (65535 - 8) / 16;
    size_t acl_size = 8 + count * 16;
    uint8_t *data = calloc(1, 20 + acl_size);
    data[0] = 1;
    data[2] = 4;
    data[3] = 0x80;
    data[16] = 20;
    data[20] = 2;
    data[22] = (uint8_t)acl_size;
    data[23] = (uint8_t)(acl_size >> 8);
    data[24] = (uint8_t)count;
    data[25] = (uint8_t)(count >> 8);
    for (size_t i = 0; i < count; i++) {
        uint8_t *ace = data + 28 + i * 16;
        ace[2] = 16;
        ace[5] = 1; /* mask 0x100 */
        ace[8] = 1;
        ace[14] = (uint8_t)(i >> 8);
        ace[15] = (uint8_t)i;
    }
    struct found_list f = {0};
    ck_assert_int_eq(sd_allowed_trustees((struct bytes){data, 20 + acl_size}, add_found, &f), SD_OK);
    ck_assert_uint_lt(count, SD_MAX_TRUSTEES);
    ck_assert_uint_eq(f.count, count);
    ck_assert_ptr_nonnull(strstr(f.text, "S-1-0 S-1-1 S-1-2 "));
    free(data);
}
END_TEST

Suite *suite_sid(void)
{
    Suite *s = suite_create("sid");
    TCase *tc = tcase_create("sid");
    tcase_add_test(tc, formats_sids);
    tcase_add_test(tc, formats_big_authorities);
    tcase_add_test(tc, reads_text_back);
    tcase_add_test(tc, formats_the_longest);
    tcase_add_test(tc, refuses_other_lengths_and_revisions);
    suite_add_tcase(s, tc);
    tc = tcase_create("security descriptor");
    tcase_add_test(tc, lists_the_allowed_once_in_order);
    tcase_add_test(tc, an_empty_dacl_allows_nobody);
    tcase_add_test(tc, first_word_on_a_sid_stands);
    tcase_add_test(tc, only_control_access_counts);
    tcase_add_test(tc, skips_inherit_only_and_other_types);
    tcase_add_test(tc, reads_object_entries);
    tcase_add_test(tc, no_dacl_is_said);
    tcase_add_test(tc, refuses_every_truncation);
    tcase_add_test(tc, refuses_what_contradicts_itself);
    tcase_add_test(tc, refuses_a_dacl_inside_the_header);
    tcase_add_test(tc, a_full_acl_names_every_trustee);
    suite_add_tcase(s, tc);
    return s;
}
