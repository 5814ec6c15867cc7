#include <check.h>
#include <stdlib.h>
#include <strings.h>
#include <utf8proc.h>

#include "scanner/decode/spn.h"

Suite *suite_spn(void);

static void part_is(struct bytes part, const char *want)
{
    if (!want) {
        ck_assert_ptr_null(part.data);
        return;
    }
    ck_assert_ptr_nonnull(part.data);
    ck_assert_uint_eq(part.len, strlen(want));
    ck_assert_mem_eq(part.data, want, part.len);
}

/* NULL: absent. */
static const struct parse_case {
    const char *spn;
    enum spn_form form;
    const char *class, *host, *port, *instance, *service, *normal;
} parse_cases[] = {
    {"HTTP/Web", SPN_WELL_FORMED, "HTTP", "Web", NULL, NULL, NULL, "http/web"},
    {"HTTP/web:8080", SPN_WELL_FORMED, "HTTP", "web", "8080", NULL, NULL, "http/web:8080"},
    {"MSSQLSvc/sql:INST1", SPN_WELL_FORMED, "MSSQLSvc", "sql", NULL, "INST1", NULL, "mssqlsvc/sql:inst1"},
    {"a/h:80/Svc.X", SPN_WELL_FORMED, "a", "h", "80", NULL, "Svc.X", "a/h:80/svc.x"},
    {"ldap/dc1.x/x", SPN_WELL_FORMED, "ldap", "dc1.x", NULL, NULL, "x", "ldap/dc1.x/x"},
    {"a/h:80:x", SPN_WELL_FORMED, "a", "h", NULL, "80:x", NULL, "a/h:80:x"},
    {"a/[fe80::1]:80", SPN_WELL_FORMED, "a", "[fe80::1]", "80", NULL, NULL, "a/[fe80::1]:80"},
    {"a/[fe80", SPN_WELL_FORMED, "a", "[fe80", NULL, NULL, NULL, "a/[fe80"},
    {"MSSQLSvc/h\\i", SPN_WELL_FORMED, "MSSQLSvc", "h\\i", NULL, NULL, NULL, "mssqlsvc/h\\i"},
    /* Windows counts the slash behind a backslash too. */
    {"a/b\\/c/d", SPN_MANY_PARTS, "a", "b\\", NULL, NULL, "c/d", "a/b\\/c/d"},
    {"a/b/c/d", SPN_MANY_PARTS, "a", "b", NULL, NULL, "c/d", "a/b/c/d"},
    {"https://test", SPN_EMPTY_PART, "https:", "", NULL, NULL, "test", "https://test"},
    {"/h", SPN_EMPTY_PART, "", "h", NULL, NULL, NULL, "/h"},
    {"a/", SPN_EMPTY_PART, "a", "", NULL, NULL, NULL, "a/"},
    {"a/h/", SPN_EMPTY_PART, "a", "h", NULL, NULL, "", "a/h/"},
    {"a/h:", SPN_EMPTY_PART, "a", "h", NULL, "", NULL, "a/h:"},
    {"a/:80", SPN_EMPTY_PART, "a", "", "80", NULL, NULL, "a/:80"},
    {"Web", SPN_NO_SLASH, "Web", NULL, NULL, NULL, NULL, "web"},
    {"", SPN_NO_SLASH, "", NULL, NULL, NULL, NULL, ""},
};

START_TEST(takes_a_name_apart_and_joins_it_again)
{
    const struct parse_case *c = &parse_cases[_i];
    struct spn_parts parts;
    struct text_buf normal = {0};
    spn_parse(bytes_of(c->spn), &parts);
    ck_assert_int_eq(parts.form, c->form);
    part_is(parts.class, c->class);
    part_is(parts.host, c->host);
    part_is(parts.port, c->port);
    part_is(parts.instance, c->instance);
    part_is(parts.service, c->service);
    spn_append_normal(&parts, &normal);
    ck_assert_str_eq(normal.data ? normal.data : "", c->normal);
    text_release(&normal);
}
END_TEST

static const struct kind_case {
    const char *spn, *kinds;
} kind_cases[] = {
    {"HTTP/web.corp.example:8080", ""},
    {"E3514235-4B06-11D1-AB04-00C04FC2DCD2/6f1c0a52-0000-0000-0000-000000000000/corp.example", ""},
    {"kadmin/changepw", ""},
    {"Microsoft Virtual Console Service/HOST", "spaces"},
    {"HTTP/web ", "spaces"},
    {"https://test", "url,malformed"},
    {"HTTP/http://web", "url,malformed"},
    {"http:/web", ""},
    {"svc@corp.example", "upn-like,malformed"},
    {"HTTP/web@CORP", "upn-like"},
    {"web", "malformed"},
    {"", "malformed"},
    {"a/b/c/d", "malformed"},
    {"HTTP/caf\u00e9", "non-ascii"},
    {"HTTP/w\u0430b", "non-ascii"},
    {"HTTP/\ue000", "non-ascii"}, /* private: has a weight, and perhaps a glyph */
    {"HTTP/a\u00a0b", "non-ascii,spaces"},
    {"HTTP/web\u200b", "non-ascii,invisible"},
    {"HTTP/w\u00adeb", "non-ascii,invisible"},
    {"HOST/S\U000e0154erverA", "non-ascii,invisible"},
    {"HOST/S\U000e0041erverA", "non-ascii,invisible"},
    {"HTTP/web\ufe0f", "non-ascii,invisible"},
    {"HTTP/web\u0378", "non-ascii,invisible"}, /* unassigned */
    {"HTTP/\u200e web@x", "non-ascii,invisible,spaces,upn-like"},
    {"HTTP/w\teb", "invisible"},
    {"HTTP/web\x7f", "invisible"},
    {"HTTP/\xff", "non-ascii"},
    {"HTTP/\xc3", "non-ascii"},
};

START_TEST(names_what_is_odd)
{
    const struct kind_case *c = &kind_cases[_i];
    struct text_buf names = {0};
    spn_append_kinds(spn_kinds(bytes_of(c->spn)), &names);
    ck_assert_msg(strcmp(names.data ? names.data : "", c->kinds) == 0, "'%s' is '%s', not '%s'", c->spn,
                  names.data ? names.data : "", c->kinds);
    text_release(&names);
}
END_TEST

START_TEST(sees_a_zero_byte)
{
    struct bytes raw = {(const uint8_t *)"HTTP/w\0b", 8};
    struct text_buf skeleton = {0};
    ck_assert_uint_eq(spn_kinds(raw), SPN_INVISIBLE);
    spn_append_skeleton(raw, &skeleton);
    ck_assert_str_eq(skeleton.data, "http/wb");
    text_release(&skeleton);
}
END_TEST

/* ---- the table of docs/unicode.md ---- */

enum ad { ONE, TWO, ASK };
static const char *const ad_words[] = {"one name", "two names", "not certain: ask the DC"};

static const struct pair {
    const char *what, *a, *b;
    enum ad ad;
    const char *rule;
    bool same; /* one skeleton */
} pairs[] = {
    {"case", "HTTP/Web", "http/web", ONE, "NORM_IGNORECASE", true},
    {"case, Cyrillic", "http/\u0412\u0415\u0411", "http/\u0432\u0435\u0431", ONE, "NORM_IGNORECASE", true},
    {"case, Greek capital sigma", "http/\u03a3", "http/\u03c3", ONE, "NORM_IGNORECASE", true},
    {"Greek final sigma", "http/\u03c2", "http/\u03c3", ASK, "the weight tables", true},
    {"Turkish dotless i", "http/\u0131", "http/i", ASK, "the weight tables; LCID 0x0409 is not Turkish",
     true},
    {"Turkish capital I with dot", "http/\u0130", "http/i", ASK, "the weight tables", true},
    {"accent, one character", "http/caf\u00e9", "http/cafe", ONE, "NORM_IGNORENONSPACE", true},
    {"accent, combining", "http/cafe\u0301", "http/cafe", ONE, "NORM_IGNORENONSPACE", true},
    {"macron, diaeresis, stroke", "c\u012bfs/\u00ebxampl\u0113.c\u00f8m", "cifs/example.com", ONE,
     "Samba bug 14847", true},
    {"other strokes", "http/\u0142\u0111", "http/ld", ASK, "the weight tables", true},
    {"sharp s", "http/stra\u00dfe", "http/strasse", ASK, "the weight tables", true},
    {"letters that stand for two", "http/\u00e6\u00fe", "http/aeth", ASK, "the weight tables", true},
    {"ligature", "http/\ufb01n", "http/fin", ASK, "the weight tables", true},
    {"fullwidth letters", "\uff28\uff34\uff34\uff30/\uff57\uff45\uff42", "http/web", ONE, "NORM_IGNOREWIDTH",
     true},
    {"fullwidth at sign", "http/a\uff20b", "http/a@b", ONE, "Samba bug 14847", true},
    {"halfwidth katakana", "http/\uff76", "http/\u30ab", ONE, "NORM_IGNOREWIDTH", true},
    {"hiragana and katakana", "http/\u304b", "http/\u30ab", ONE, "NORM_IGNOREKANATYPE", true},
    {"voiced kana", "http/\u304c", "http/\u304b", ASK, "is the sound mark a nonspacing one?", true},
    {"small kana", "http/\u30a1", "http/\u30a2", ASK, "the weight tables", false},
    {"superscript", "http/web\u00b2", "http/web2", ASK, "AD does not do NFKD", true},
    {"circled digit", "http/web\u2460", "http/web1", ASK, "AD does not do NFKD", true},
    {"no-break space", "http/a\u00a0b", "http/a b", ASK, "the weight tables", true},
    {"hyphen of its own", "http/a\u2010b", "http/a-b", ASK, "the weight tables", false},
    {"variation selector U+E0154", "http/w\U000e0154eb", "http/web", ONE, "CVE-2026-25177", true},
    {"variation selector U+FE0F", "http/web\ufe0f", "http/web", ASK,
     "CVE-2026-25177: not all of its characters match alike", true},
    {"zero-width space U+200B", "http/w\u200beb", "http/web", ASK, "the same", true},
    {"zero-width joiner U+200D", "http/w\u200deb", "http/web", ASK, "the same", true},
    {"word joiner U+2060", "http/w\u2060eb", "http/web", ASK, "the same", true},
    {"left-to-right mark U+200E", "http/w\u200eeb", "http/web", ASK, "the same", true},
    {"language tag U+E0001", "http/w\U000e0001eb", "http/web", ASK, "the same", true},
    {"tag letter U+E0041", "http/w\U000e0041eb", "http/web", ASK, "the same", true},
    {"soft hyphen U+00AD", "http/w\u00adeb", "http/web", ASK, "the same", true},
    {"unassigned U+0378", "http/w\u0378eb", "http/web", ASK, "does this Windows give it a weight?", true},
    {"private use U+E000", "http/w\ue000eb", "http/web", ASK, "the weight tables", false},
    {"Cyrillic a for Latin a", "http/\u0430", "http/a", TWO, "no flag folds one script to another", false},
    {"Greek omicron for Latin o", "http/\u03bf", "http/o", TWO, "no flag folds one script to another", false},
};

static char *skeleton(const char *spn)
{
    struct text_buf buf = {0};
    spn_append_skeleton(bytes_of(spn), &buf);
    return buf.data ? buf.data : xstrdup("");
}

START_TEST(one_skeleton_where_ad_may_see_one_name)
{
    const struct pair *p = &pairs[_i];
    char *a = skeleton(p->a), *b = skeleton(p->b);
    ck_assert_msg((strcmp(a, b) == 0) == p->same, "%s: '%s' and '%s'", p->what, a, b);
    /* Nothing that AD takes for one name is missed, and nothing that it does not is said to be one. */
    ck_assert_msg(p->ad == ASK || p->same == (p->ad == ONE), "%s", p->what);
    free(a);
    free(b);
}
END_TEST

static void append_points(struct text_buf *buf, const char *text)
{
    utf8proc_int32_t c;
    for (size_t at = 0; text[at];) {
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text + at, -1, &c);
        ck_assert_int_gt((int)used, 0);
        if (c < 0x80)
            text_append_char(buf, (char)c);
        else
            text_append_fmt(buf, "<%04X>", (unsigned)c);
        at += (size_t)used;
    }
}

static void append_row(struct text_buf *row, const struct pair *p)
{
    text_append_fmt(row, "| %s | `", p->what);
    append_points(row, p->a);
    text_append_str(row, "` | `");
    append_points(row, p->b);
    text_append_fmt(row, "` | %s | %s | %s |\n", ad_words[p->ad], p->rule,
                    strcasecmp(p->a, p->b) == 0 ? "one name"
                    : p->same                   ? "look-alikes"
                                                : "two names");
}

START_TEST(the_paper_has_the_same_table)
{
    struct text_buf row = {0}, paper = {0};
    char chunk[4096];
    size_t got;
    FILE *in = fopen("docs/unicode.md", "r");
    ck_assert_msg(in != NULL, "docs/unicode.md cannot be read: run this from the top of the tree");
    while ((got = fread(chunk, 1, sizeof chunk, in)) > 0)
        text_append(&paper, chunk, got);
    fclose(in);
    append_row(&row, &pairs[_i]);
    ck_assert_msg(strstr(paper.data, row.data) != NULL, "docs/unicode.md lacks this row:\n%s", row.data);
    text_release(&row);
    text_release(&paper);
}
END_TEST

START_TEST(a_plain_name_is_its_own_skeleton_in_lower_case)
{
    struct text_buf buf = {0};
    char plain[2] = {0};
    for (int c = 0x20; c < 0x7f; c++) {
        plain[0] = (char)c;
        text_clear(&buf);
        spn_append_skeleton(bytes_of(plain), &buf);
        text_lower(plain);
        ck_assert_str_eq(buf.data, plain);
    }
    text_release(&buf);
}
END_TEST

START_TEST(every_skeleton_is_its_own_skeleton)
{
    struct text_buf once = {0}, twice = {0};
    for (utf8proc_int32_t c = 0; c <= 0x10ffff; c++) {
        utf8proc_uint8_t raw[4];
        utf8proc_ssize_t len = utf8proc_codepoint_valid(c) ? utf8proc_encode_char(c, raw) : 0;
        text_clear(&once);
        text_clear(&twice);
        spn_append_skeleton((struct bytes){raw, (size_t)len}, &once);
        spn_append_skeleton((struct bytes){(const uint8_t *)once.data, once.len}, &twice);
        ck_assert_msg(once.len == twice.len && (!once.len || memcmp(once.data, twice.data, once.len) == 0),
                      "U+%04X: '%s' and '%s'", (unsigned)c, once.data, twice.data);
    }
    text_release(&once);
    text_release(&twice);
}
END_TEST

START_TEST(bytes_that_are_no_text_stay_visible)
{
    char *s = skeleton("HTTP/\xff\xc3Web");
    ck_assert_str_eq(s, "http/\\ff\\c3web");
    free(s);
}
END_TEST

Suite *suite_spn(void)
{
    Suite *s = suite_create("spn");
    TCase *form = tcase_create("form"), *odd = tcase_create("odd"), *skeletons = tcase_create("skeleton");
    tcase_add_loop_test(form, takes_a_name_apart_and_joins_it_again, 0,
                        sizeof parse_cases / sizeof parse_cases[0]);
    tcase_add_loop_test(odd, names_what_is_odd, 0, sizeof kind_cases / sizeof kind_cases[0]);
    tcase_add_test(odd, sees_a_zero_byte);
    tcase_add_loop_test(skeletons, one_skeleton_where_ad_may_see_one_name, 0, sizeof pairs / sizeof pairs[0]);
    tcase_add_loop_test(skeletons, the_paper_has_the_same_table, 0, sizeof pairs / sizeof pairs[0]);
    tcase_add_test(skeletons, a_plain_name_is_its_own_skeleton_in_lower_case);
    tcase_add_test(skeletons, every_skeleton_is_its_own_skeleton);
    tcase_add_test(skeletons, bytes_that_are_no_text_stay_visible);
    suite_add_tcase(s, form);
    suite_add_tcase(s, odd);
    suite_add_tcase(s, skeletons);
    return s;
}
