#include "tests/dcsim/fault.h"

#include <stdlib.h>

struct name {
    const char *name;
    enum fault_kind kind;
    int64_t value;
    int place;
    bool partial;
};

static const struct name names[] = {
    {"refuse", FAULT_REFUSE, 0, 1, false},
    {"silent", FAULT_SILENT, 0, PLACE_BIND, false},
    {"stall", FAULT_STALL, 0, 1, false},
    {"stall-mid-page", FAULT_STALL_MID, 0, 1, false},
    {"trickle", FAULT_TRICKLE, 20, 1, false},
    {"close", FAULT_CLOSE, 0, 1, false},
    {"close-mid-message", FAULT_CLOSE_MID, 0, 1, false},
    {"reset", FAULT_RESET, 0, 1, false},
    {"result", FAULT_RESULT, 80, 1, false},
    {"operations-error", FAULT_RESULT, 1, 1, false},
    {"protocol-error", FAULT_RESULT, 2, 1, false},
    {"time-limit", FAULT_RESULT, 3, 1, true},
    {"size-limit", FAULT_RESULT, 4, 1, true},
    {"strong-auth", FAULT_RESULT, 8, PLACE_BIND, false},
    {"referral", FAULT_RESULT, 10, 1, false},
    {"admin-limit", FAULT_RESULT, 11, 1, true},
    {"bad-password", FAULT_RESULT, 49, PLACE_BIND, false},
    {"access-denied", FAULT_RESULT, 50, 1, false},
    {"busy", FAULT_RESULT, 51, 1, false},
    {"unavailable", FAULT_RESULT, 52, 1, false},
    {"bad-cookie", FAULT_RESULT, 53, 2, false},
    {"malformed", FAULT_MALFORMED, 1, 1, false},
    {"absurd-length", FAULT_LENGTH, 0, 1, false},
    {"no-paging", FAULT_NO_PAGING, 0, 2, false},
    {"empty-pages", FAULT_EMPTY_PAGES, 3, 1, false},
    {"same-page", FAULT_SAME_PAGE, 0, 1, false},
    {"no-end", FAULT_NO_END, 0, PLACE_PAGES, false},
    {"no-guid", FAULT_NO_GUID, 0, 1, false},
};

static bool read_place(const char *text, int *ret)
{
    char *end;
    if (strcmp(text, "bind") == 0)
        *ret = PLACE_BIND;
    else if (strcmp(text, "rootdse") == 0)
        *ret = PLACE_ROOTDSE;
    else if (strcmp(text, "config") == 0)
        *ret = PLACE_CONFIG;
    else if (strcmp(text, "guid") == 0)
        *ret = PLACE_GUID;
    else if (strcmp(text, "sid") == 0)
        *ret = PLACE_SID;
    else if (strcmp(text, "pages") == 0)
        *ret = PLACE_PAGES;
    else {
        *ret = (int)strtol(text, &end, 10);
        return *end == 0 && *ret > 0;
    }
    return true;
}

static bool simple(struct fault_set *set, const char *name, bool has_value, int64_t value)
{
    if (strcmp(name, "latency") == 0 && has_value)
        set->latency_ms = (int)value;
    else if (strcmp(name, "skew") == 0 && has_value)
        set->skew = value;
    else if (strcmp(name, "wrong-name") == 0)
        set->wrong_name = true;
    else if (strcmp(name, "reps-from-2") == 0)
        set->reps_from_2 = true;
    else if (strcmp(name, "none") == 0)
        *set = (struct fault_set){0};
    else
        return false;
    return true;
}

bool fault_parse(struct fault_set *set, const char *text)
{
    char copy[100];
    snprintf(copy, sizeof copy, "%s", text);
    char *place = strchr(copy, '@'), *times, *value, *end = NULL;
    if (place)
        *place++ = 0;
    if ((times = strchr(copy, '*')))
        *times++ = 0;
    if ((value = strchr(copy, ':')))
        *value++ = 0;
    int64_t number = value ? strtoll(value, &end, 10) : 0;
    if (value && (end == value || *end))
        return false;
    if (simple(set, copy, value != NULL, number))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int where = names[i].place;
        if (strcmp(copy, names[i].name) != 0)
            continue;
        if (place && !read_place(place, &where))
            return false;
        set->kind = names[i].kind;
        set->value = value ? number : names[i].value;
        set->place = where;
        set->partial = names[i].partial;
        set->left = times ? atoi(times) : -1;
        return true;
    }
    return false;
}

struct strike fault_strikes(struct fault_set *set, int place)
{
    const bool here = set->place == place || (set->place == PLACE_PAGES && place > 0);
    if (set->kind == FAULT_NONE || !here)
        return (struct strike){0};
    int left = atomic_load(&set->left);
    while (left > 0 && !atomic_compare_exchange_weak(&set->left, &left, left - 1)) {
    }
    return left ? (struct strike){set->kind, set->value, set->partial} : (struct strike){0};
}

/* ---- bytes ---- */

size_t message_start(const struct buf *out, size_t at)
{
    size_t start = 0;
    while (start + 6 <= out->len) {
        size_t next = start + 6 + get_be32(out->data + start + 2);
        if (next > at)
            break;
        start = next;
    }
    return start;
}

void fault_spoil(struct buf *out, enum fault_kind kind, int64_t how)
{
    size_t at = message_start(out, out->len / 2);
    if (at + 40 > out->len)
        return;
    uint8_t *m = out->data + at;
    size_t op = 8 + (size_t)m[7]; /* behind the message's number */
    if (kind == FAULT_LENGTH) {
        put_be32(m + (how ? op + 2 : 2), 0x7ffffff0);
        return;
    }
    switch (how) {
    case 2: /* an indefinite length */
        m[1] = 0x80;
        break;
    case 3: /* no LDAP message at all */
        memcpy(m, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
        break;
    case 4: /* attributes longer than the entry */
        put_be32(m + op + 8 + m[op + 7] + 2, get_be32(m + op + 2));
        break;
    case 5: /* message number of nobody */
        memset(m + 8, 0x55, m[7]);
        break;
    case 6: /* another operation */
        m[op] = 0x77;
        break;
    case 7: /* a length of five bytes */
        m[1] = 0x85;
        break;
    default: /* the entry's inside is longer than its message */
        put_be32(m + op + 2, get_be32(m + op + 2) + 1000);
    }
}
