#include "scanner/decode/spn.h"

#include <utf8proc.h>

#include "scanner/decode/value.h"

/* ---- form ---- */

static struct bytes part(struct bytes raw, size_t from, size_t to)
{
    return (struct bytes){raw.data + from, to - from};
}

static size_t find(struct bytes b, uint8_t c)
{
    const uint8_t *at = b.len ? memchr(b.data, c, b.len) : NULL;
    return at ? (size_t)(at - b.data) : b.len;
}

static bool all_digits(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] < '0' || b.data[i] > '9')
            return false;
    return b.len > 0;
}

/* The host, and what stands behind its colon. The colons of an IPv6 address in brackets are its own. */
static void parse_host(struct bytes b, struct spn_parts *ret)
{
    size_t from = b.len && b.data[0] == '[' ? find(b, ']') : 0;
    size_t colon = from + find(part(b, from, b.len), ':');
    ret->host = part(b, 0, colon);
    if (colon == b.len)
        return;
    struct bytes tail = part(b, colon + 1, b.len);
    *(all_digits(tail) ? &ret->port : &ret->instance) = tail;
}

void spn_parse(struct bytes raw, struct spn_parts *ret)
{
    *ret = (struct spn_parts){0};
    if (!raw.data)
        raw = (struct bytes){(const uint8_t *)"", 0};
    size_t first = find(raw, '/');
    ret->class = part(raw, 0, first);
    if (first == raw.len) {
        ret->form = SPN_NO_SLASH;
        return;
    }
    struct bytes rest = part(raw, first + 1, raw.len);
    size_t second = find(rest, '/');
    parse_host(part(rest, 0, second), ret);
    if (second < rest.len)
        ret->service = part(rest, second + 1, rest.len);
    if (ret->service.data && find(ret->service, '/') < ret->service.len)
        ret->form = SPN_MANY_PARTS;
    else if (!ret->class.len || !ret->host.len || (ret->instance.data && !ret->instance.len) ||
             (ret->service.data && !ret->service.len))
        ret->form = SPN_EMPTY_PART;
}

static void append_folded(struct text_buf *buf, const char *before, struct bytes b)
{
    if (!b.data)
        return;
    text_append_str(buf, before);
    for (size_t i = 0; i < b.len; i++)
        text_append_char(buf, (char)(b.data[i] >= 'A' && b.data[i] <= 'Z' ? b.data[i] | 0x20 : b.data[i]));
}

void spn_append_normal(const struct spn_parts *parts, struct text_buf *buf)
{
    append_folded(buf, "", parts->class);
    append_folded(buf, "/", parts->host);
    append_folded(buf, ":", parts->port);
    append_folded(buf, ":", parts->instance);
    append_folded(buf, "/", parts->service);
}

/* ---- characters ---- */

static const struct range {
    utf8proc_int32_t first, last;
} invisible_ranges[] = {
    /* Beside the properties below: blocks that are or may be made of characters without a glyph, whatever the
     * tables of this utf8proc know of them. */
    {0x2060, 0x206F},   /* word joiner to nominal digit shapes */
    {0xFE00, 0xFE0F},   /* variation selectors */
    {0xFFF0, 0xFFFB},   /* specials, but for the replacement characters */
    {0xE0000, 0xE0FFF}, /* tags, variation selectors supplement */
};

/* Without a glyph, or without weight in the tables of some Windows: the characters of CVE-2026-25177.
 * Unassigned ones are among them, private ones are not. */
static bool is_invisible(utf8proc_int32_t c)
{
    for (size_t i = 0; i < sizeof invisible_ranges / sizeof invisible_ranges[0]; i++)
        if (c >= invisible_ranges[i].first && c <= invisible_ranges[i].last)
            return true;
    const utf8proc_property_t *p = utf8proc_get_property(c);
    switch (p->category) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return p->ignorable;
    }
}

/* The next character of raw; 0 used: the byte there begins none. */
static size_t next_char(struct bytes raw, size_t at, utf8proc_int32_t *ret)
{
    size_t left = raw.len - at;
    utf8proc_ssize_t used = utf8proc_iterate(raw.data + at, left < 4 ? (utf8proc_ssize_t)left : 4, ret);
    return used > 0 ? (size_t)used : 0;
}

static __attribute__((noinline)) unsigned rare_kinds(struct bytes raw)
{
    unsigned kinds = 0;
    for (size_t at = 0; at < raw.len;) {
        utf8proc_int32_t c;
        size_t used = next_char(raw, at, &c);
        at += used ? used : 1;
        if (!used || c >= 0x80)
            kinds |= SPN_NON_ASCII;
        if (!used)
            continue;
        if (is_invisible(c))
            kinds |= SPN_INVISIBLE;
        else if (utf8proc_category(c) == UTF8PROC_CATEGORY_ZS)
            kinds |= SPN_SPACES;
    }
    return kinds;
}

/* What a byte alone tells; RARE: look at the characters. */
enum { RARE = 1 << 6, SLASH = 1 << 7, COLON = 1 << 8 };

static inline unsigned byte_kind(uint8_t c)
{
    if (c == '/')
        return SLASH;
    if (c == ':')
        return COLON;
    if (c == '@')
        return SPN_UPN_LIKE;
    return c <= 0x20 || c >= 0x7F ? RARE : 0;
}

/* For millions of names a scan: true of an ordinary one. Of what it is not true of, spn_kinds() may still
 * find nothing. */
static bool is_ordinary(struct bytes raw)
{
    size_t first = find(raw, '/');
    if (first == 0 || first + 1 >= raw.len || !bytes_printable(raw, ' ', '@'))
        return false;
    struct bytes rest = part(raw, first + 1, raw.len);
    size_t second = find(rest, '/');
    if (second == 0 || rest.data[0] == ':' || rest.data[second - 1] == ':')
        return false;
    if (second == rest.len)
        return true;
    struct bytes service = part(rest, second + 1, rest.len);
    return service.len && find(service, '/') == service.len;
}

unsigned spn_kinds(struct bytes raw)
{
    if (is_ordinary(raw))
        return 0;

    unsigned seen = 0;
    struct spn_parts parts;
    for (size_t i = 0; i < raw.len; i++)
        seen |= byte_kind(raw.data[i]);
    unsigned kinds = seen & SPN_UPN_LIKE;
    if (seen & RARE)
        kinds |= rare_kinds(raw);
    if (seen & COLON && memmem(raw.data, raw.len, "://", 3))
        kinds |= SPN_URL;
    spn_parse(raw, &parts);
    return parts.form == SPN_WELL_FORMED ? kinds : kinds | SPN_MALFORMED;
}

void spn_append_kinds(unsigned kinds, struct text_buf *buf)
{
    static const char *const names[] = {"non-ascii", "invisible", "spaces", "url", "upn-like", "malformed"};
    const char *before = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(kinds & 1u << i))
            continue;
        text_append_fmt(buf, "%s%s", before, names[i]);
        before = ",";
    }
}

/* ---- skeleton ---- */

/* Letters that Unicode does not decompose and Windows sorts as their base with a mark (o with stroke: Samba
 * bug 14847), or as two letters, or that another table may; lower case. That they are one to AD is certain of
 * the first alone. */
static const struct {
    utf8proc_int32_t c;
    const char *base;
} base_letters[] = {
    {0x00F8, "o"}, {0x00E6, "ae"}, {0x00F0, "d"}, {0x00FE, "th"}, {0x0111, "d"}, {0x0127, "h"}, {0x0131, "i"},
    {0x0142, "l"}, {0x0153, "oe"}, {0x0167, "t"}, {0x0180, "b"},  {0x0188, "c"}, {0x0192, "f"}, {0x0199, "k"},
    {0x019A, "l"}, {0x01A5, "p"},  {0x01AD, "t"}, {0x01B4, "y"},  {0x01B6, "z"}, {0x01E5, "g"}, {0x0221, "d"},
    {0x0225, "z"}, {0x0237, "j"},  {0x023C, "c"}, {0x023F, "s"},  {0x0240, "z"}, {0x0247, "e"}, {0x0249, "j"},
    {0x024D, "r"}, {0x024F, "y"},  {0x0253, "b"}, {0x0256, "d"},  {0x0257, "d"}, {0x0260, "g"}, {0x0268, "i"},
    {0x026B, "l"}, {0x0271, "m"},  {0x0272, "n"}, {0x0289, "u"},  {0x2C65, "a"}, {0x2C66, "t"},
};

static bool append_base(struct text_buf *buf, utf8proc_int32_t c)
{
    for (size_t i = 0; i < sizeof base_letters / sizeof base_letters[0]; i++)
        if (base_letters[i].c == c) {
            text_append_str(buf, base_letters[i].base);
            return true;
        }
    return false;
}

static utf8proc_int32_t as_katakana(utf8proc_int32_t c)
{
    bool hiragana = (c >= 0x3041 && c <= 0x3096) || c == 0x309D || c == 0x309E;
    return hiragana ? c + 0x60 : c;
}

/* c has been decomposed and case folded. */
static void append_folded_char(struct text_buf *buf, utf8proc_int32_t c)
{
    uint8_t bytes[4];
    if (is_invisible(c) || append_base(buf, c))
        return;
    utf8proc_ssize_t len = utf8proc_encode_char(as_katakana(c), bytes);
    text_append(buf, (const char *)bytes, (size_t)len);
}

/* The longest compatibility decomposition has 18 characters (U+FDFA), each of which may fold to three. */
#define MAX_DECOMPOSED 64

static void append_char(struct text_buf *buf, utf8proc_int32_t c)
{
    static const utf8proc_option_t options =
        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK;
    utf8proc_int32_t chars[MAX_DECOMPOSED];
    int last_class = 0;
    if (is_invisible(c))
        return;
    utf8proc_ssize_t count = utf8proc_decompose_char(c, chars, MAX_DECOMPOSED, options, &last_class);
    for (utf8proc_ssize_t i = 0; i < count && i < MAX_DECOMPOSED; i++)
        append_folded_char(buf, chars[i]);
}

void spn_append_skeleton(struct bytes raw, struct text_buf *buf)
{
    for (size_t at = 0; at < raw.len;) {
        utf8proc_int32_t c;
        size_t used = next_char(raw, at, &c);
        if (used)
            append_char(buf, c);
        else
            text_append_fmt(buf, "\\%02x", raw.data[at]);
        at += used ? used : 1;
    }
}
