/* plan_names.c: from a row of a plan to SPNs, and back; see plan.h. */
#include "scanner/decode/plan.h"

#include <stdlib.h>
#include <strings.h>

#include "scanner/decode/plan_inside.h"

static void append_spn(struct text_buf *ret, const struct plan_row *row, size_t host_len, const char *domain)
{
    text_append_fmt(ret, "%s/%.*s", row->class, (int)host_len, row->host);
    if (domain)
        text_append_fmt(ret, ".%s", domain);
    if (row->port[0])
        text_append_fmt(ret, ":%s", row->port);
    text_append_char(ret, 0);
}

bool plan_host_has_two_forms(const char *host, const char *domain, size_t *ret_short)
{
    const char *dot = strchr(host, '.');
    *ret_short = 0;
    if (!domain || !domain[0])
        return false;
    if (!dot)
        return true;
    if (strcasecmp(dot + 1, domain) != 0)
        return false;
    *ret_short = (size_t)(dot - host);
    return true;
}

size_t plan_row_spns(const struct plan_row *row, const char *domain, struct text_buf *ret)
{
    size_t short_len, len = strlen(row->host);
    if (!len)
        return 0;
    if (row->exact || !plan_host_has_two_forms(row->host, domain, &short_len)) {
        append_spn(ret, row, len, NULL);
        return 1;
    }
    append_spn(ret, row, len, short_len ? NULL : domain);
    append_spn(ret, row, short_len ? short_len : len, NULL);
    return 2;
}

bool plan_split_spn(const char *spn, struct text_buf *buf, struct plan_row *ret)
{
    const char *slash = strchr(spn, '/');
    struct spn_error why;
    if (!slash)
        return false;
    size_t host_len = strcspn(slash + 1, ":");
    const char *port = slash[1 + host_len] ? slash + 2 + host_len : "";
    /* "HTTP/web:" is a name too, and none of a plan. */
    if (slash[1 + host_len] && !*port)
        return false;
    text_clear(buf);
    text_append(buf, spn, (size_t)(slash - spn));
    text_append_char(buf, 0);
    text_append(buf, slash + 1, host_len);
    text_append_char(buf, 0);
    text_append_str(buf, port);
    const char *class = buf->data, *host = class + strlen(class) + 1;
    *ret = (struct plan_row){.account = "", .class = class, .host = host, .port = host + host_len + 1};
    return class[0] && plan_cell_comes_back(class) && plan_cell_comes_back(host) &&
           plan_cell_comes_back(ret->port) && plan_check_text("class", class, strlen(class), &why) &&
           plan_check_text("host", host, host_len, &why) &&
           plan_check_text("port", ret->port, strlen(ret->port), &why) &&
           plan_check_service(class, host, ret->port, &why);
}

bool plan_target_comes_back(const char *target)
{
    struct text_buf text = {0};
    const char **targets = NULL;
    size_t count = 0, size = 0;
    struct spn_error why;
    bool same = plan_cell_comes_back(target) &&
                plan_split_targets(target, strlen(target), &text, &targets, &count, &size, &why) &&
                count == 1 && strcmp(targets[0], target) == 0;
    free(targets);
    text_release(&text);
    return same;
}

bool plan_account_comes_back(const char *account)
{
    struct spn_error why;
    return account[0] && account[0] != '#' && plan_cell_comes_back(account) &&
           plan_check_text("account", account, strlen(account), &why);
}
