/* entry.c: looking into one entry; see entry.h. */
#include "scanner/decode/entry.h"

#include "scanner/decode/clean.h"
#include "scanner/decode/value.h"

bool bytes_equal_nocase(struct bytes a, const char *text)
{
    return bytes_equal_fold(a, bytes_of(text));
}

const struct attr *entry_attr(const struct entry *entry, const char *name)
{
    /* A DC that answers in ranges sends the plain name too, without values (MS-ADTS 3.1.1.3.1.3.3): one that
     * has some wins over one that has none. */
    const struct attr *empty = NULL;
    struct bytes wanted = bytes_of(name);
    for (size_t i = 0; i < entry->attr_count; i++) {
        const struct attr *a = &entry->attrs[i];
        if (!bytes_equal_fold(a->name, wanted))
            continue;
        if (a->count > 0)
            return a;
        if (!empty)
            empty = a;
    }
    return empty;
}

struct bytes entry_value(const struct entry *entry, const char *name)
{
    const struct attr *a = entry_attr(entry, name);
    return a && a->count > 0 ? a->values[0] : (struct bytes){NULL, 0};
}

bool entry_int(const struct entry *entry, const char *name, int64_t *ret)
{
    return value_int(entry_value(entry, name), ret);
}

bool entry_uint(const struct entry *entry, const char *name, uint64_t *ret)
{
    return value_uint(entry_value(entry, name), ret);
}

bool entry_bool(const struct entry *entry, const char *name, bool *ret)
{
    struct bytes v = entry_value(entry, name);
    bool yes = bytes_equal(v, bytes_of("TRUE"));
    if (!yes && !bytes_equal(v, bytes_of("FALSE")))
        return false;
    *ret = yes;
    return true;
}

bool entry_guid(const struct entry *entry, const char *name, struct guid *ret)
{
    struct bytes v = entry_value(entry, name);
    if (v.len != sizeof ret->b)
        return false;
    memcpy(ret->b, v.data, sizeof ret->b);
    return true;
}

bool entry_text(const struct entry *entry, const char *name, char *text, size_t size)
{
    const struct attr *a = entry_attr(entry, name);
    if (!a || a->count == 0)
        return false;
    if (size == 0)
        return true;
    struct text_buf clean = {0};
    struct bytes raw = a->values[0];
    /* Cleaning never shortens, so that more than this can't matter, however long the value is. */
    if (raw.len > size + 4)
        raw.len = size + 4;
    clean_append(&clean, raw);
    size_t len = clean.len;
    if (len >= size) {
        len = size - 1;
        while (len > 0 && ((uint8_t)clean.data[len] & 0xC0) == 0x80) /* don't cut a character in two */
            len--;
    }
    if (len)
        memcpy(text, clean.data, len);
    text[len] = 0;
    text_release(&clean);
    return true;
}
