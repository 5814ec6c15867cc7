#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "scanner/decode/plan.h"

Suite *suite_plan(void);

#define HEADER "account,class,host,port,delegate_to\n"

static struct plan_reader reader;
static struct plan_row row;
static struct spn_error why;

static enum spn_code begin(const char *text, size_t len)
{
    size_t line;
    return plan_begin(&reader, (struct bytes){(const uint8_t *)text, len}, &line, &why);
}

static void begin_ok(const char *text)
{
    ck_assert_msg(begin(text, strlen(text)) == SPN_OK, "%s", why.text);
}

/* "account|class|host|port|target|target", with a dot again where the host is exact. */
static void next_is(size_t line, const char *want)
{
    struct text_buf got = {0};
    enum plan_step step = plan_next(&reader, &row, &why);
    ck_assert_msg(step == PLAN_ROW, "%s: %s", want, step == PLAN_BAD ? why.text : "no more rows");
    text_append_fmt(&got, "%s|%s|%s%s|%s", row.account, row.class, row.host, row.exact ? "." : "", row.port);
    for (size_t i = 0; i < row.target_count; i++)
        text_append_fmt(&got, "|%s", row.targets[i]);
    ck_assert_str_eq(got.data, want);
    ck_assert_uint_eq(row.line, line);
    text_release(&got);
}

static void next_is_bad(size_t line, const char *words)
{
    ck_assert_int_eq(plan_next(&reader, &row, &why), PLAN_BAD);
    ck_assert_msg(strstr(why.text, words), "'%s' does not tell of '%s'", why.text, words);
    ck_assert_uint_eq(row.line, line);
}

static void ends(void)
{
    ck_assert_int_eq(plan_next(&reader, &row, &why), PLAN_END);
    plan_end(&reader);
}

static void header_is_bad(const char *text, size_t len, const char *words)
{
    ck_assert_int_eq(begin(text, len), SPN_CONFIG);
    ck_assert_msg(strstr(why.text, words), "'%s' does not tell of '%s'", why.text, words);
    plan_end(&reader);
}

START_TEST(reads_rows)
{
    begin_ok(HEADER "svc-crm,HTTP,crm,,\r\nCORP\\SQL1$,MSSQLSvc,sql1.corp.example,1433,cifs/fs1\n"
                    "a@corp.example,HTTP,b,INST\n\na,HTTP,c");
    next_is(2, "svc-crm|HTTP|crm|");
    next_is(3, "CORP\\SQL1$|MSSQLSvc|sql1.corp.example|1433|cifs/fs1");
    next_is(4, "a@corp.example|HTTP|b|INST");
    next_is(6, "a|HTTP|c|");
    ends();
}
END_TEST

START_TEST(finds_columns_by_name)
{
    begin_ok("\xEF\xBB\xBFnote,Host,PORT,Delegate To,Account,x,Class\nan \"odd "
             "note,h,1,http/t,a,,HTTP\n,h,1,http/t,a,,HTTP\n");
    next_is_bad(2, "quote");
    next_is(3, "a|HTTP|h|1|http/t");
    ends();
    begin_ok("ACCOUNT,class,host,port,delegate-to\na,b,c,,\n");
    next_is(2, "a|b|c|");
    ends();
}
END_TEST

START_TEST(tells_the_separator_from_the_header)
{
    begin_ok("account;class;host;port;delegate_to\na;HTTP;b,c;;\nd;HTTP;e;1;\"cifs/f;cifs/g\"\n");
    next_is(2, "a|HTTP|b,c|");
    next_is(3, "d|HTTP|e|1|cifs/f|cifs/g");
    ends();
    begin_ok("account\tclass\thost\tport\tdelegate_to\na\tHTTP\tb\t\t\n");
    next_is(2, "a|HTTP|b|");
    ends();
    begin_ok("sep=;\r\naccount;class;host;port;delegate_to\r\na;HTTP;b;;\r\n");
    next_is(3, "a|HTTP|b|");
    ends();
    /* A title in front has more commas than the header has semicolons. */
    begin_ok("# a, b, c, d, e, f\naccount;class;host;port;delegate_to\na;HTTP;b;;\n");
    next_is(3, "a|HTTP|b|");
    ends();
}
END_TEST

START_TEST(passes_over_remarks_and_empty_rows)
{
    begin_ok("# the plan\n\n" HEADER
             "#a,HTTP,b,,\n  # \"open\n,,,,\n \"\" , ,,,\n\"# with, comma\",,,,\na,HTTP,b,,\n");
    next_is(9, "a|HTTP|b|");
    ends();
}
END_TEST

START_TEST(reads_quotes)
{
    begin_ok(HEADER "\"a\",\"HT\"\"TP\", \"b\" ,\"\",\"cifs/x\ncifs/y\"\nc,HTTP,d,,\n");
    next_is(2, "a|HT\"TP|b||cifs/x|cifs/y");
    next_is(4, "c|HTTP|d|");
    ends();
}
END_TEST

START_TEST(goes_on_behind_a_fault_in_quotes)
{
    begin_ok(HEADER "\"a,HTTP,b,,\nc,HTTP,d,,\ne,HT\"TP,f,,\ng,\"HTTP\"x,h,,\ni,HTTP,j,,\n\"k,HTTP,l,,");
    /* The quote of line 2 would close in line 4. */
    next_is_bad(2, "closing quote");
    next_is(3, "c|HTTP|d|");
    next_is_bad(4, "does not begin with one");
    next_is_bad(5, "follows the closing quote");
    next_is(6, "i|HTTP|j|");
    next_is_bad(7, "not closed");
    ends();
}
END_TEST

START_TEST(bounds_a_cell)
{
    struct text_buf text = {0};
    text_append_str(&text, HEADER "\"");
    for (size_t i = 0; i < PLAN_CELL_MAX + 1; i++)
        text_append_char(&text, '\n');
    text_append_str(&text, "\",HTTP,a,,\nb,HTTP,c,,\n");
    begin_ok(text.data);
    next_is_bad(2, "over 32767 bytes");
    next_is_bad(PLAN_CELL_MAX + 3, "closed"); /* its closing quote opens one of its own */
    next_is(PLAN_CELL_MAX + 4, "b|HTTP|c|");
    ends();
    text_release(&text);
}
END_TEST

START_TEST(trims_and_undoes_the_apostrophe)
{
    begin_ok(
        HEADER
        " a ,\tHTTP\xC2\xA0,b ,, cifs/x  \n'=a,'@HTTP,'+b,'-1,'=cifs/x\n'a,HTTP,b,,\n\"' =a\",HTTP,b,,\n");
    next_is(2, "a|HTTP|b||cifs/x");
    next_is(3, "=a|@HTTP|+b|-1|=cifs/x");
    next_is(4, "'a|HTTP|b|");
    next_is(5, "=a|HTTP|b|");
    ends();
    ck_assert(plan_cell_comes_back("=a"));
    ck_assert(plan_cell_comes_back("'a"));
    ck_assert(!plan_cell_comes_back("'=a"));
    ck_assert(!plan_cell_comes_back("a "));
}
END_TEST

START_TEST(takes_targets_apart)
{
    begin_ok(HEADER "a,,,,http/x  HTTP/X;cifs/y:1/z ;;\n"
                    "a,,,,Microsoft Virtual System  Migration Service/hv1 cifs/hv1\n"
                    "a,,,,cifs\na,,,,cifs/\na,,,,cifs/x y\na,,,,/x\n");
    next_is(2, "a||||http/x|cifs/y:1/z");
    next_is(3, "a||||Microsoft Virtual System Migration Service/hv1|cifs/hv1");
    next_is_bad(4, "'cifs' is not an SPN");
    next_is_bad(5, "'cifs/' is not an SPN");
    next_is_bad(6, "'y' is not an SPN");
    next_is_bad(7, "'/x' is not an SPN");
    ends();
    ck_assert(plan_target_comes_back("Microsoft Virtual System Migration Service/hv1"));
    ck_assert(plan_target_comes_back("=a/b"));
    ck_assert(!plan_target_comes_back("cifs/a b"));
    ck_assert(!plan_target_comes_back("a;b/c"));
    ck_assert(!plan_target_comes_back("cifs"));
    ck_assert(!plan_target_comes_back("a  b/c"));
}
END_TEST

START_TEST(refuses_rows)
{
    static const struct {
        const char *line, *why;
    } cases[] = {
        {",HTTP,a,,", "no account"},
        {"a,HTTP,,,", "a class, but no host"},
        {"a,,b,,", "a host, but no class"},
        {"a,,,1,http/x", "a port, but no class"},
        {"a,,,,", "nothing but an account"},
        {"a", "nothing but an account"},
        {"a,HTTP/b,b,,", "class 'HTTP/b' has a slash"},
        {"a,HTTP,b:80,,", "host 'b:80' has a slash or a colon"},
        {"a,HTTP,b/c,,", "host 'b/c' has a slash or a colon"},
        {"a,HTTP,b c,,", "host 'b c' is not one name"},
        {"a,HTTP,*.b,,", "host '*.b' is not one name"},
        {"a,HTTP,b..c,,", "empty label"},
        {"a,HTTP,b..,,", "empty label"},
        {"a,HTTP,.,,", "empty label"},
        {"a,HTTP,b,0,", "not a number from 1 to 65535"},
        {"a,HTTP,b,080,", "not a number from 1 to 65535"},
        {"a,HTTP,b,65536,", "not a number from 1 to 65535"},
        {"a,HTTP,b,99999999999999999999,", "not a number from 1 to 65535"},
        {"a,HTTP,b,1.433,", "not a whole number"},
        {"a,HTTP,b,80 81,", "neither a number nor an instance name"},
        {"a,HTTP,b,,,c", "6 cells, the header 5"},
        {"CN=a,DC=b,HTTP,c,,", "6 cells, the header 5"},
        {"a,HTTP,b\xE2\x80\x8B,,", "host 'b\xE2\x80\x8B' holds the invisible character U+200B"},
        {"a,HTTP,b\xEE\x80\x80,,", "U+E000"},
        {"a,HT\xC2\xA0TP,b,,", "U+00A0"},
        {"a,HTTP,b,,c/\xC2\xAD"
         "d",
         "U+00AD"},
        {"M\xFCller,HTTP,b,,", "account is not UTF-8"},
        {"a\x01,HTTP,b,,", "account holds a control character"},
        {"\"a\nb\",HTTP,b,,", "account holds a line end"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text_buf text = {0};
        text_append_fmt(&text, "%s%s\nx,HTTP,y,,\n", HEADER, cases[i].line);
        begin_ok(text.data);
        next_is_bad(2, cases[i].why);
        next_is(cases[i].line[0] == '"' ? 4 : 3, "x|HTTP|y|");
        ends();
        text_release(&text);
    }
}
END_TEST

START_TEST(takes_what_is_odd_and_right)
{
    begin_ok(HEADER "a,HTTP,b,65535,\nM\xC3\xBCller,HTTP,b,INST1,\na,HTTP,b,1a,\na,HTTP,10.0.0.5,,\n");
    next_is(2, "a|HTTP|b|65535");
    next_is(3, "M\xC3\xBCller|HTTP|b|INST1");
    next_is(4, "a|HTTP|b|1a");
    next_is(5, "a|HTTP|10.0.0.5|");
    ends();
}
END_TEST

START_TEST(refuses_headers)
{
    header_is_bad("", 0, "is empty");
    header_is_bad("# nothing\n\n", 11, "is empty");
    header_is_bad("account,class,host,port\na,b,c,d\n", 32, "no column 'delegate_to'");
    header_is_bad("a,HTTP,b,,\n", 11, "no column 'account'");
    header_is_bad(HEADER, 10, "no column 'class'");
    header_is_bad("account,class,host,port,delegate_to,Host\n", 41, "column 'host' twice");
    header_is_bad("\xFF\xFE"
                  "a\0",
                  4, "UTF-16");
    header_is_bad("\"account,class\n", 15, "not closed");
}
END_TEST

START_TEST(a_nul_is_a_control_character)
{
    static const char text[] = HEADER "a\0b,HTTP,c,,\na,HTTP,c,,x/\0y\na,HTTP,c,,\n";
    ck_assert_int_eq(begin(text, sizeof text - 1), SPN_OK);
    next_is_bad(2, "control character");
    next_is_bad(3, "control character");
    next_is(4, "a|HTTP|c|");
    ends();
}
END_TEST

static void spns_are(const char *host, bool exact, const char *port, const char *domain, const char *want)
{
    struct plan_row r = {.class = "HTTP", .host = host, .port = port, .exact = exact};
    struct text_buf names = {0}, got = {0};
    size_t count = plan_row_spns(&r, domain, &names);
    const char *name = names.data;
    text_append_str(&got, "");
    for (size_t i = 0; i < count; i++, name += strlen(name) + 1)
        text_append_fmt(&got, "%s%s", i ? " " : "", name);
    ck_assert_str_eq(got.data, want);
    text_release(&got);
    text_release(&names);
}

START_TEST(completes_hosts)
{
    spns_are("crm", false, "", "corp.example", "HTTP/crm.corp.example HTTP/crm");
    spns_are("crm.Corp.example", false, "80", "corp.example", "HTTP/crm.Corp.example:80 HTTP/crm:80");
    spns_are("www.shop.example", false, "", "corp.example", "HTTP/www.shop.example");
    spns_are("crm.emea.corp.example", false, "", "corp.example", "HTTP/crm.emea.corp.example");
    spns_are("crm", true, "INST", "corp.example", "HTTP/crm:INST");
    spns_are("crm.corp.example", true, "", "corp.example", "HTTP/crm.corp.example");
    spns_are("crm", false, "", NULL, "HTTP/crm");
    spns_are("crm", false, "", "", "HTTP/crm");
    spns_are("", false, "", "corp.example", "");
}
END_TEST

static void splits(const char *spn, const char *want)
{
    struct text_buf parts = {0}, got = {0};
    struct plan_row r;
    if (plan_split_spn(spn, &parts, &r))
        text_append_fmt(&got, "%s|%s|%s", r.class, r.host, r.port);
    else
        text_append_str(&got, "no");
    ck_assert_str_eq(got.data, want);
    text_release(&got);
    text_release(&parts);
}

START_TEST(splits_spns)
{
    splits("HTTP/crm", "HTTP|crm|");
    splits("MSSQLSvc/a.b:INST", "MSSQLSvc|a.b|INST");
    splits("Microsoft Virtual Console Service/hv1", "Microsoft Virtual Console Service|hv1|");
    splits("HTTP", "no");
    splits("HTTP/", "no");
    splits("/crm", "no");
    splits("HTTP/crm:", "no");
    splits("HTTP/crm:080", "no");
    splits("HTTP/crm.", "no");
    splits("HTTP/a b", "no");
    splits("ldap/dc1.corp.example/corp.example", "no");
    splits("https://test", "no");
    splits("HTTP/a\xE2\x80\x8B", "no");
    splits("", "no");
}
END_TEST

START_TEST(knows_accounts_that_come_back)
{
    ck_assert(plan_account_comes_back("svc-crm"));
    ck_assert(plan_account_comes_back("CORP\\#x"));
    ck_assert(!plan_account_comes_back("#x"));
    ck_assert(!plan_account_comes_back(" x"));
    ck_assert(!plan_account_comes_back(""));
    ck_assert(!plan_account_comes_back("x\xE2\x80\x8B"));
}
END_TEST

Suite *suite_plan(void)
{
    Suite *s = suite_create("plan");
    TCase *tc = tcase_create("plan");
    tcase_add_test(tc, reads_rows);
    tcase_add_test(tc, finds_columns_by_name);
    tcase_add_test(tc, tells_the_separator_from_the_header);
    tcase_add_test(tc, passes_over_remarks_and_empty_rows);
    tcase_add_test(tc, reads_quotes);
    tcase_add_test(tc, goes_on_behind_a_fault_in_quotes);
    tcase_add_test(tc, bounds_a_cell);
    tcase_add_test(tc, trims_and_undoes_the_apostrophe);
    tcase_add_test(tc, takes_targets_apart);
    tcase_add_test(tc, refuses_rows);
    tcase_add_test(tc, takes_what_is_odd_and_right);
    tcase_add_test(tc, refuses_headers);
    tcase_add_test(tc, a_nul_is_a_control_character);
    tcase_add_test(tc, completes_hosts);
    tcase_add_test(tc, splits_spns);
    tcase_add_test(tc, knows_accounts_that_come_back);
    suite_add_tcase(s, tc);
    return s;
}
