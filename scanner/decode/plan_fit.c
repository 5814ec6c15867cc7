/* plan_fit.c: is a cell fit for its column? See plan_inside.h. */
#include "scanner/decode/plan_inside.h"

#include <stdlib.h>
#include <strings.h>
#include <utf8proc.h>

#include "store/base/utf8.h"

#define HIGHEST_PORT 65535

static bool unfit(struct spn_error *reterr, const char *why, const char *what, const char *text)
{
    spn_error_set(reterr, SPN_CONFIG, 0, why, what, text);
    return false;
}

/* A name that nobody can tell from another by looking: pasted from a web page, or put there to deceive. */
static bool is_invisible(utf8proc_int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CS:
        return true;
    case UTF8PROC_CATEGORY_ZS:
        return c != ' ';
    default:
        return c == 0x034F || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
    }
}

bool plan_check_text(const char *what, const char *text, size_t len, struct spn_error *reterr)
{
    for (size_t at = 0, step; at < len; at += step) {
        const uint8_t *data = (const uint8_t *)text + at;
        utf8proc_int32_t c = data[0];
        step = 1;
        if (c >= 0x20 && c < 0x7F)
            continue;
        if (c == '\n' || c == '\r')
            return unfit(reterr, "%s holds a line end", what, NULL);
        if (c < 0x20 || c == 0x7F)
            return unfit(reterr, "%s holds a control character", what, NULL);
        step = utf8_safe_char(data, len - at);
        if (step == 0 && utf8proc_iterate(data, len - at < 4 ? (utf8proc_ssize_t)(len - at) : 4, &c) <= 0)
            return unfit(reterr, "%s is not UTF-8: save the plan as \"CSV UTF-8\"", what, NULL);
        if (step > 0)
            utf8proc_iterate(data, (utf8proc_ssize_t)step, &c);
        if (step == 0 || is_invisible(c)) {
            spn_error_set(reterr, SPN_CONFIG, 0, "%s '%.80s' holds the invisible character U+%04X", what,
                          text, (unsigned)c);
            return false;
        }
    }
    return true;
}

static bool check_host(const char *host, struct spn_error *reterr)
{
    if (strpbrk(host, "/:"))
        return unfit(reterr, "%s '%.80s' has a slash or a colon: class, host and port have a column each",
                     "host", host);
    if (strpbrk(host, " *"))
        return unfit(reterr, "%s '%.80s' is not one name", "host", host);
    if (!host[0] || host[0] == '.' || strstr(host, "..") || host[strlen(host) - 1] == '.')
        return unfit(reterr, "%s '%.80s' has an empty label", "host", host);
    return true;
}

static bool check_port(const char *port, struct spn_error *reterr)
{
    size_t digits = strspn(port, "0123456789"), len = strlen(port);
    if (strpbrk(port, "/: "))
        return unfit(reterr, "%s '%.80s' is neither a number nor an instance name", "port", port);
    if (digits > 0 && digits < len && strspn(port, "0123456789.,") == len)
        return unfit(reterr, "%s '%.80s' is not a whole number", "port", port);
    if (digits == len && len > 0 && (port[0] == '0' || len > 5 || atoi(port) > HIGHEST_PORT))
        return unfit(reterr, "%s '%.80s' is not a number from 1 to 65535", "port", port);
    return true;
}

bool plan_check_service(const char *class, const char *host, const char *port, struct spn_error *reterr)
{
    if (strchr(class, '/'))
        return unfit(reterr, "%s '%.80s' has a slash: class, host and port have a column each", "class",
                     class);
    return check_host(host, reterr) && check_port(port, reterr);
}

static bool is_target(const char *name)
{
    const char *slash = strchr(name, '/');
    return slash && slash > name && slash[1] && slash[1] != '/';
}

static bool is_known(const char *const *targets, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(targets[i], name) == 0)
            return true;
    return false;
}

static bool is_gap(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next name of cell[*at..len): what stands between separators, or up to the first blank behind its slash:
 * service classes may have blanks, hosts not. Blanks within become one space each. false: no more. */
static bool next_target(const char *cell, size_t len, size_t *at, struct text_buf *text)
{
    bool slash = false, gap = false;
    size_t from = text->len;
    for (; *at < len; ++*at) {
        char c = cell[*at];
        if (c == ';' || (is_gap(c) && slash)) {
            ++*at;
            if (text->len > from)
                return true;
            continue;
        }
        if (is_gap(c)) {
            gap = true;
            continue;
        }
        if (gap && text->len > from)
            text_append_char(text, ' ');
        gap = false;
        slash = slash || c == '/';
        text_append_char(text, c);
    }
    return text->len > from;
}

bool plan_split_targets(const char *cell, size_t len, struct text_buf *text, const char ***targets,
                        size_t *ret_count, size_t *size, struct spn_error *reterr)
{
    /* Never moved: names are no longer than the cell, and a NUL each. */
    *ret_count = 0;
    text_clear(text);
    text->data = xgrow(text->data, &text->size, 2 * len + 2, 1);
    for (size_t at = 0;;) {
        size_t from = text->len;
        if (!next_target(cell, len, &at, text))
            return true;
        text_append_char(text, 0);
        const char *name = text->data + from;
        if (!plan_check_text("delegate_to", name, text->len - from - 1, reterr))
            return false;
        if (!is_target(name))
            return unfit(reterr, "%s '%.80s' is not an SPN: class/host, several with ';' between",
                         "delegate_to", name);
        if (is_known(*targets, *ret_count, name)) {
            text->len = from;
            continue;
        }
        *targets = xgrow(*targets, size, *ret_count + 1, sizeof **targets);
        (*targets)[(*ret_count)++] = name;
    }
}
