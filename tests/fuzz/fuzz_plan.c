/* Rows of a plan: lines go up, texts are fit, each SPN that a row stands for splits back into the row, and a
 * row that the CSV writer writes is read as the same. */
#include "scanner/decode/plan.h"

#include <string.h>
#include <strings.h>

#include "store/base/utf8.h"
#include "store/report/csv.h"
#include "tests/fuzz/require.h"

static void check_text(const char *text)
{
    size_t len = strlen(text), step;
    for (size_t at = 0; at < len; at += step) {
        step = utf8_safe_char((const uint8_t *)text + at, len - at);
        REQUIRE(step > 0);
    }
}

static void check_spns(const struct plan_row *row, const char *domain)
{
    struct text_buf names = {0}, parts = {0};
    struct plan_row back;
    size_t count = plan_row_spns(row, domain, &names);
    REQUIRE(count <= 2 && (count == 0) == (row->host[0] == 0) && !(row->exact && count == 2));
    const char *name = names.data;
    for (size_t i = 0; i < count; i++, name += strlen(name) + 1) {
        REQUIRE(plan_split_spn(name, &parts, &back));
        REQUIRE(strcmp(back.class, row->class) == 0 && strcmp(back.port, row->port) == 0);
        REQUIRE(strncasecmp(back.host, row->host, strcspn(row->host, ".")) == 0);
    }
    text_release(&parts);
    text_release(&names);
}

static void put(struct csv *csv, const char *text, const char *end)
{
    struct text_buf cell = {0};
    text_append_fmt(&cell, "%s%s", text, end);
    csv_text(csv, cell.data, cell.len);
    text_release(&cell);
}

/* As spnscan plan init writes it. */
static void write_row(struct csv *csv, const struct plan_row *row)
{
    struct text_buf targets = {0};
    text_append_str(&targets, "");
    for (size_t i = 0; i < row->target_count; i++)
        text_append_fmt(&targets, "%s%s", i ? ";" : "", row->targets[i]);
    put(csv, row->account, "");
    put(csv, row->class, "");
    put(csv, row->host, row->exact ? "." : "");
    put(csv, row->port, "");
    put(csv, targets.data, "");
    csv_end_row(csv);
    text_release(&targets);
}

static void check_again(const struct plan_row *row)
{
    static const char header[] = "account,class,host,port,delegate_to\r\n";
    struct plan_reader reader;
    struct plan_row again;
    struct spn_error why;
    char *out = NULL;
    size_t len = 0, line;
    struct csv csv = {.out = open_memstream(&out, &len)};
    REQUIRE(csv.out && fputs(header, csv.out) >= 0);
    write_row(&csv, row);
    REQUIRE(fclose(csv.out) == 0);
    REQUIRE(plan_begin(&reader, (struct bytes){(uint8_t *)out, len}, &line, &why) == SPN_OK);
    REQUIRE(plan_next(&reader, &again, &why) == PLAN_ROW && again.line == 2);
    REQUIRE(strcmp(again.account, row->account) == 0 && strcmp(again.class, row->class) == 0);
    REQUIRE(strcmp(again.host, row->host) == 0 && strcmp(again.port, row->port) == 0);
    REQUIRE(again.exact == row->exact && again.target_count == row->target_count);
    for (size_t i = 0; i < row->target_count; i++)
        REQUIRE(strcmp(again.targets[i], row->targets[i]) == 0);
    REQUIRE(plan_next(&reader, &again, &why) == PLAN_END);
    plan_end(&reader);
    free(out);
}

static void check_row(const struct plan_row *row)
{
    bool back = plan_account_comes_back(row->account);
    check_text(row->account);
    check_text(row->class);
    check_text(row->host);
    check_text(row->port);
    REQUIRE(row->account[0] && (row->class[0] != 0) == (row->host[0] != 0));
    for (size_t i = 0; i < row->target_count; i++) {
        check_text(row->targets[i]);
        REQUIRE(strchr(row->targets[i], '/'));
        /* One that could be taken for a formula after an apostrophe is no name to write. */
        back = back && plan_target_comes_back(row->targets[i]);
    }
    check_spns(row, "corp.example");
    check_spns(row, NULL);
    if (back)
        check_again(row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plan_reader reader;
    struct plan_row row;
    struct spn_error why;
    enum plan_step step;
    size_t line = 0;
    if (plan_begin(&reader, (struct bytes){data, size}, &line, &why) == SPN_OK)
        while ((step = plan_next(&reader, &row, &why)) != PLAN_END) {
            REQUIRE(row.line > line);
            line = row.line;
            if (step == PLAN_ROW)
                check_row(&row);
        }
    plan_end(&reader);

    /* The same bytes as a name from a directory: what a plan can say of it is just it. */
    char *spn = malloc(size + 1);
    struct text_buf parts = {0}, names = {0};
    REQUIRE(spn);
    memcpy(spn, data, size);
    spn[size] = 0;
    if (plan_split_spn(spn, &parts, &row)) {
        row.account = "a";
        row.exact = true;
        REQUIRE(plan_row_spns(&row, "corp.example", &names) == 1 && strcmp(names.data, spn) == 0);
        check_again(&row);
    }
    if (plan_target_comes_back(spn))
        REQUIRE(strlen(spn) > 2 && strchr(spn, '/'));
    text_release(&names);
    text_release(&parts);
    free(spn);
    return 0;
}
