#include "scanner/command/plan_fix.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Character at text, well-formed UTF-8, and its length. */
static uint32_t next_char(const char *text, size_t *ret_len)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t more = p[0] >= 0xF0 ? 3 : p[0] >= 0xE0 ? 2 : p[0] >= 0xC0 ? 1 : 0;
    uint32_t c = more ? p[0] & (0x3Fu >> more) : p[0];
    *ret_len = 1;
    for (; *ret_len <= more && p[*ret_len]; ++*ret_len)
        c = c << 6 | (p[*ret_len] & 0x3Fu);
    return c;
}

/* Letters of the world's scripts, but none that Windows turns into an ASCII quote or dash when it converts to
 * a code page (modifier letters, punctuation, full width). */
static bool is_letter(uint32_t c)
{
    return (c >= 0xC0 && c <= 0x24F) || (c >= 0x370 && c <= 0x1FFF) || (c >= 0x3041 && c <= 0xD7FF);
}

static bool is_plain(const char *text)
{
    size_t step;
    if (!*text || *text == '-' || *text == '/')
        return false;
    for (const char *p = text; *p; p += step) {
        uint32_t c = next_char(p, &step);
        /* PowerShell puts a variable's value for "$x", in quotes too. */
        if (c == '$' && p[1] == 0)
            continue;
        if (c >= 0x80
                ? !is_letter(c)
                : !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/:\\ ", (int)c))
            return false;
    }
    return text[strlen(text) - 1] != '\\'; /* would take the closing quote with it */
}

static void append_word(struct text_buf *buf, const char *word)
{
    const char *quote = strchr(word, ' ') ? "\"" : "";
    text_append_fmt(buf, " %s%s%s", quote, word, quote);
}

bool fix_setspn(struct text_buf *buf, char letter, const char *spn, const char *account)
{
    if (!is_plain(spn) || !is_plain(account))
        return false;
    text_append_fmt(buf, "setspn -%c", letter);
    append_word(buf, spn);
    append_word(buf, account);
    return true;
}

/* A literal in single quotes, in which nothing but the quote has a meaning; PowerShell takes the typographic
 * ones for it too. */
static void append_literal(struct text_buf *buf, const char *text)
{
    size_t step;
    text_append_char(buf, '\'');
    for (const char *p = text; *p; p += step) {
        uint32_t c = next_char(p, &step);
        if (c == '\'' || (c >= 0x2018 && c <= 0x201B))
            text_append(buf, p, step);
        text_append(buf, p, step);
    }
    text_append_char(buf, '\'');
}

void fix_delegate(struct text_buf *buf, const char *dn, const char *server, const char *target)
{
    text_append_str(buf, "Set-ADObject -Identity ");
    append_literal(buf, dn);
    text_append_str(buf, " -Server ");
    append_literal(buf, server);
    text_append_str(buf, " -Add @{'msDS-AllowedToDelegateTo'=");
    append_literal(buf, target);
    text_append_str(buf, "}");
}

void fix_list_add(struct fix_list *list, const char *text)
{
    list->lines = xgrow(list->lines, &list->size, list->count + 1, sizeof *list->lines);
    list->lines[list->count] = (struct fix_line){xstrdup(text), list->count};
    list->count++;
}

static int by_text(const void *a, const void *b)
{
    const struct fix_line *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : x->place < y->place ? -1 : x->place > y->place;
}

static int by_place(const void *a, const void *b)
{
    const struct fix_line *x = a, *y = b;
    return x->place < y->place ? -1 : x->place > y->place;
}

void fix_list_unique(struct fix_list *list)
{
    size_t kept = 0;
    if (!list->count)
        return;
    qsort(list->lines, list->count, sizeof *list->lines, by_text);
    for (size_t i = 0; i < list->count; i++) {
        if (kept > 0 && strcmp(list->lines[kept - 1].text, list->lines[i].text) == 0)
            free(list->lines[i].text);
        else
            list->lines[kept++] = list->lines[i];
    }
    list->count = kept;
    qsort(list->lines, list->count, sizeof *list->lines, by_place);
}

void fix_list_release(struct fix_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->lines[i].text);
    free(list->lines);
    *list = (struct fix_list){0};
}
