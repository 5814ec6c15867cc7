/* replica_xml.c: the XML form of the constructed attributes: one element named as the structure of MS-DRSR
 * 4.1.13.1 it stands for, in it one element without attributes for each field, in these text. That much is
 * read and nothing else of XML: comments, attributes, nesting and declarations make it malformed.
 *
 * DCs leave the NULs of C strings within the text; they are dropped first. */
#include "scanner/decode/replica.h"

#include <stdlib.h>

#include "scanner/decode/gentime.h"
#include "scanner/decode/replica_inside.h"
#include "scanner/decode/value.h"
#include "spnscan/text_buf.h"

#define XML_MAX 262144 /* a neighbour holds four DNs */

struct field {
    const char *tag;
    bool seen;
    struct bytes text; /* as it stands, entities included */
};

struct document {
    uint8_t *text; /* owned; without NULs */
    size_t len, at;
};

static bool document_open(struct bytes value, struct document *ret)
{
    if (value.len == 0 || value.len > XML_MAX)
        return false;
    *ret = (struct document){.text = xmalloc(value.len)};
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] != 0)
            ret->text[ret->len++] = value.data[i];
    return true;
}

static void skip_space(struct document *d)
{
    while (d->at < d->len && memchr(" \t\r\n", d->text[d->at], 4))
        d->at++;
}

static bool is_name_byte(uint8_t c)
{
    return (uint8_t)(fold_byte(c) - 'a') < 26 || (uint8_t)(c - '0') < 10 || c == '_' || c == '-';
}

enum tag { TAG_NONE, TAG_OPEN, TAG_CLOSE, TAG_EMPTY };

/* The tag at d->at: "<x>", "</x>" or "<x/>", white space behind the name allowed. */
static enum tag take_tag(struct document *d, struct bytes *ret_name)
{
    if (d->at >= d->len || d->text[d->at] != '<')
        return TAG_NONE;
    d->at++;
    enum tag kind = TAG_OPEN;
    if (d->at < d->len && d->text[d->at] == '/') {
        kind = TAG_CLOSE;
        d->at++;
    }
    size_t from = d->at;
    while (d->at < d->len && is_name_byte(d->text[d->at]))
        d->at++;
    *ret_name = (struct bytes){d->text + from, d->at - from};
    skip_space(d);
    if (kind == TAG_OPEN && d->at < d->len && d->text[d->at] == '/') {
        kind = TAG_EMPTY;
        d->at++;
    }
    if (ret_name->len == 0 || d->at >= d->len || d->text[d->at] != '>')
        return TAG_NONE;
    d->at++;
    return kind;
}

/* "<tag>text</tag>" or "<tag/>" at d->at, after its opening tag. */
static bool take_element(struct document *d, enum tag kind, struct bytes name, struct bytes *ret_text)
{
    struct bytes closing;
    size_t from = d->at;
    *ret_text = (struct bytes){d->text + from, 0};
    if (kind == TAG_EMPTY)
        return true;
    while (d->at < d->len && d->text[d->at] != '<')
        d->at++;
    ret_text->len = d->at - from;
    return take_tag(d, &closing) == TAG_CLOSE && bytes_equal(closing, name);
}

/* Is name one of "A B C"? */
static bool is_one_of(struct bytes name, const char *names)
{
    while (*names) {
        size_t len = strcspn(names, " ");
        if (bytes_equal(name, (struct bytes){(const uint8_t *)names, len}))
            return true;
        names += len + (names[len] == ' ');
    }
    return false;
}

/* Reads the whole document. Elements that are not asked for are skipped; one that comes twice is malformed.
 */
static bool read_fields(struct document *d, const char *roots, struct field *fields, size_t count)
{
    struct bytes root, name, text;
    enum tag kind;
    skip_space(d);
    if (take_tag(d, &root) != TAG_OPEN || !is_one_of(root, roots))
        return false;
    for (;;) {
        skip_space(d);
        kind = take_tag(d, &name);
        if (kind == TAG_CLOSE)
            break;
        if (kind == TAG_NONE || !take_element(d, kind, name, &text))
            return false;
        for (size_t i = 0; i < count; i++) {
            if (!bytes_equal(name, bytes_of(fields[i].tag)))
                continue;
            if (fields[i].seen)
                return false;
            fields[i].seen = true;
            fields[i].text = text;
        }
    }
    skip_space(d);
    return bytes_equal(name, root) && d->at == d->len;
}

static bool hex_digit(uint8_t c, uint8_t *ret)
{
    if ((uint8_t)(c - '0') < 10)
        *ret = (uint8_t)(c - '0');
    else if ((uint8_t)(fold_byte(c) - 'a') < 6)
        *ret = (uint8_t)(fold_byte(c) - 'a' + 10);
    else
        return false;
    return true;
}

/* The string form of MS-DTYP 2.3.4.3, with or without braces. */
static bool field_guid(const struct field *f, struct guid *ret)
{
    static const uint8_t order[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    struct bytes t = f->text;
    if (t.len == 38 && t.data[0] == '{' && t.data[37] == '}')
        t = (struct bytes){t.data + 1, 36};
    if (t.len != 36)
        return false;
    struct guid guid;
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        uint8_t high, low;
        if ((i == 4 || i == 6 || i == 8 || i == 10) && t.data[at++] != '-')
            return false;
        if (!hex_digit(t.data[at], &high) || !hex_digit(t.data[at + 1], &low))
            return false;
        guid.b[order[i]] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    *ret = guid;
    return true;
}

/* dateTime in UTC, "2026-11-22T13:09:51Z", as GeneralizedTime without the marks between. */
static bool field_time(const struct field *f, int64_t *ret_us)
{
    uint8_t text[32];
    size_t len = 0;
    if (f->text.len < 20 || f->text.len > sizeof text)
        return false;
    for (size_t i = 0; i < f->text.len; i++) {
        uint8_t c = f->text.data[i];
        bool mark = i == 4 || i == 7 || i == 10 || i == 13 || i == 16;
        if (!mark)
            text[len++] = c;
        else if (c != (i == 10 ? 'T' : i < 10 ? '-' : ':'))
            return false;
    }
    return gentime_parse((struct bytes){text, len}, ret_us);
}

/* Text with its entities resolved, in place: the five of XML 1.0 section 4.6; others stay as they are. */
static struct bytes field_text(const struct document *d, const struct field *f)
{
    static const struct {
        const char *name;
        char is;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    if (!f->seen)
        return (struct bytes){NULL, 0};
    uint8_t *text = d->text + (f->text.data - d->text);
    size_t len = 0;
    for (size_t i = 0; i < f->text.len;) {
        size_t taken = 1;
        uint8_t c = text[i];
        for (size_t e = 0; c == '&' && e < sizeof entities / sizeof *entities; e++) {
            size_t size = strlen(entities[e].name);
            if (size <= f->text.len - i && memcmp(text + i, entities[e].name, size) == 0) {
                c = (uint8_t)entities[e].is;
                taken = size;
                break;
            }
        }
        text[len++] = c;
        i += taken;
    }
    return (struct bytes){text, len};
}

bool metadata_xml(struct bytes value, struct attr_stamp *ret)
{
    struct document d;
    struct attr_stamp s;
    enum { NAME, VERSION, TIME, ORIGIN, USN, LOCAL, COUNT };
    struct field f[COUNT] = {[NAME] = {.tag = "pszAttributeName"},
                             [VERSION] = {.tag = "dwVersion"},
                             [TIME] = {.tag = "ftimeLastOriginatingChange"},
                             [ORIGIN] = {.tag = "uuidLastOriginatingDsaInvocationID"},
                             [USN] = {.tag = "usnOriginatingChange"},
                             [LOCAL] = {.tag = "usnLocalChange"}};
    if (!document_open(value, &d))
        return false;
    bool fine = read_fields(&d, "DS_REPL_ATTR_META_DATA DS_REPL_ATTR_META_DATA_2", f, COUNT) &&
                f[NAME].text.len > 0 && value_u32(f[VERSION].text, &s.stamp.version) &&
                field_time(&f[TIME], &s.stamp.time_us) && field_guid(&f[ORIGIN], &s.stamp.origin) &&
                value_uint(f[USN].text, &s.stamp.usn) && value_uint(f[LOCAL].text, &s.local_usn);
    if (fine) {
        s.attid = replica_attid(f[NAME].text);
        *ret = s;
    }
    free(d.text);
    return fine;
}

bool cursor_xml(struct bytes value, struct utd_cursor *ret)
{
    struct document d;
    struct utd_cursor c = {.synced_us = 0};
    enum { ORIGIN, USN, SYNCED, COUNT };
    struct field f[COUNT] = {[ORIGIN] = {.tag = "uuidSourceDsaInvocationID"},
                             [USN] = {.tag = "usnAttributeFilter"},
                             [SYNCED] = {.tag = "ftimeLastSyncSuccess"}};
    if (!document_open(value, &d))
        return false;
    bool fine = read_fields(&d, "DS_REPL_CURSOR DS_REPL_CURSOR_2 DS_REPL_CURSOR_3", f, COUNT) &&
                field_guid(&f[ORIGIN], &c.origin) && value_uint(f[USN].text, &c.usn) &&
                (!f[SYNCED].seen || field_time(&f[SYNCED], &c.synced_us));
    if (fine) {
        c.synced_us = replica_plausible(c.synced_us);
        *ret = c;
    }
    free(d.text);
    return fine;
}

bool neighbour_xml(struct bytes value, struct neighbour *ret)
{
    struct document d;
    struct neighbour n = {.usn = 0};
    enum { ADDRESS, DN, DSA, INVOCATION, USN, SUCCESS, ATTEMPT, RESULT, FAILURES, COUNT };
    struct field f[COUNT] = {[ADDRESS] = {.tag = "pszSourceDsaAddress"},
                             [DN] = {.tag = "pszSourceDsaDN"},
                             [DSA] = {.tag = "uuidSourceDsaObjGuid"},
                             [INVOCATION] = {.tag = "uuidSourceDsaInvocationID"},
                             [USN] = {.tag = "usnAttributeFilter"},
                             [SUCCESS] = {.tag = "ftimeLastSyncSuccess"},
                             [ATTEMPT] = {.tag = "ftimeLastSyncAttempt"},
                             [RESULT] = {.tag = "dwLastSyncResult"},
                             [FAILURES] = {.tag = "cNumConsecutiveSyncFailures"}};
    if (!document_open(value, &d))
        return false;
    bool fine = read_fields(&d, "DS_REPL_NEIGHBOR DS_REPL_NEIGHBORW", f, COUNT) &&
                field_guid(&f[DSA], &n.dsa) && field_guid(&f[INVOCATION], &n.invocation) &&
                value_uint(f[USN].text, &n.usn) && field_time(&f[SUCCESS], &n.success_us) &&
                field_time(&f[ATTEMPT], &n.attempt_us) && value_u32(f[RESULT].text, &n.result) &&
                value_u32(f[FAILURES].text, &n.failures);
    if (fine) {
        n.success_us = replica_plausible(n.success_us);
        n.attempt_us = replica_plausible(n.attempt_us);
        replica_source(field_text(&d, &f[f[ADDRESS].text.len > 0 ? ADDRESS : DN]), &n);
        *ret = n;
    }
    free(d.text);
    return fine;
}
