/* range.c: see range.h. */
#include "scanner/decode/range.h"

#include "scanner/decode/value.h"

/* Digits up to stop; moves *at past them. Leading zeros are let through, more than 32 bits are not. */
static bool take_number(struct bytes text, size_t *at, uint32_t *ret)
{
    uint32_t n = 0;
    size_t from = *at;
    while (*at < text.len && (uint8_t)(text.data[*at] - '0') <= 9) {
        unsigned digit = (unsigned)text.data[*at] - '0';
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, digit, &n))
            return false;
        (*at)++;
    }
    *ret = n;
    return *at > from;
}

bool attr_range_parse(struct bytes name, struct attr_range *ret)
{
    static const char keyword[] = "range=";
    const size_t keyword_len = sizeof keyword - 1;
    struct attr_range range = {0};

    /* A DC writes the range as the last option; a name with the range amid others is none that we asked for.
     */
    size_t option = name.len;
    while (option > 0 && name.data[option - 1] != ';')
        option--;
    if (option < 2 || name.len - option < keyword_len)
        return false;
    struct bytes head = {name.data + option, keyword_len};
    if (!bytes_equal_fold(head, bytes_of(keyword)))
        return false;

    size_t at = option + keyword_len;
    if (!take_number(name, &at, &range.first) || at >= name.len || name.data[at++] != '-')
        return false;
    if (at + 1 == name.len && name.data[at] == '*') {
        range.final = true;
        range.last = UINT32_MAX;
    } else if (!take_number(name, &at, &range.last) || at != name.len || range.last < range.first) {
        return false;
    }
    range.name = (struct bytes){name.data, option - 1};
    *ret = range;
    return true;
}
