/* An entry made of the input: hashes do not depend on order, texts are clean and lie inside the buffer, and a
 * set of SPNs told by a template, or as one of a kind, is what it was, and so are the texts of an account; so
 * is a delegation that is a state of all objects.
 *
 * Input: the DN up to a newline, then lines of one attribute each: a character that picks the name, then the
 * values, with commas between. */
#include <utf8proc.h>

#include "scanner/decode/account_kin.h"
#include "scanner/decode/facet.h"
#include "scanner/decode/spn.h"
#include "scanner/decode/spn_kin.h"
#include "store/base/account_template.h"
#include "store/base/spn_template.h"
#include "tests/fuzz/require.h"

#define MOST_ATTRS  16
#define MOST_VALUES 80
#define SEED        42

struct made {
    struct attr attrs[MOST_ATTRS];
    struct bytes values[MOST_ATTRS][MOST_VALUES];
    size_t count;
};

static struct bytes take(struct bytes *rest, uint8_t stop)
{
    const uint8_t *end = rest->len ? memchr(rest->data, stop, rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->data) : rest->len, step = len + (end != NULL);
    struct bytes taken = {rest->data, len};
    if (step > 0)
        *rest = (struct bytes){rest->data + step, rest->len - step};
    return taken;
}

static void make_attr(struct made *m, struct bytes line)
{
    struct attr *a = &m->attrs[m->count];
    struct bytes *values = m->values[m->count++];
    *a = (struct attr){.name = bytes_of(facet_all_attrs[line.data[0] % 10]), .values = values};
    line = (struct bytes){line.data + 1, line.len - 1};
    while (line.len > 0 && a->count < MOST_VALUES)
        values[a->count++] = take(&line, ',');
}

static void check_ref(const struct text_buf *buf, struct text_ref ref)
{
    if (ref.off == NO_TEXT)
        return;
    REQUIRE((size_t)ref.off + ref.len <= buf->len);
    utf8proc_int32_t c;
    utf8proc_ssize_t step;
    for (size_t at = 0; at < ref.len; at += (size_t)step) {
        step =
            utf8proc_iterate((const uint8_t *)buf->data + ref.off + at, (utf8proc_ssize_t)(ref.len - at), &c);
        REQUIRE(step > 0 && c >= 0x20 && c != 0x7F);
    }
}

static void check_template(const char *text, size_t len)
{
    struct text_buf told = {0}, back = {0};
    const struct bytes name = spn_template_split((struct bytes){(const uint8_t *)text, len}, &told);
    template_write((struct bytes){(const uint8_t *)told.data, told.len}, name, &back);
    REQUIRE((told.len == 0) == (name.len == 0));
    REQUIRE(!name.len || (back.len == len && memcmp(back.data, text, len) == 0));
    text_release(&told);
    text_release(&back);
}

/* A set that makes a kind is of it, and told so it is what it was; and so are its keys. */
static void check_kin(const struct attr *spns, struct bytes json)
{
    struct spn_kins kins = {.clock = 0};
    struct text_buf back = {0};
    struct bytes name = {NULL, 0};
    const int kind = spn_kins_learn(&kins, spns, json, SEED);
    uint32_t names = 0;
    REQUIRE(spn_kins_find(&kins, spns, &name) == kind);
    for (size_t i = 0; kind >= 0 && i < spns->count; i++) {
        const struct spn_key key = facet_spn_key(spns->values[i], SEED);
        REQUIRE(key.host == spn_kin_key(name, SEED) && !spn_kinds(spns->values[i]));
        names |= spn_key_bit(key);
    }
    if (kind >= 0) {
        const struct text_buf *like = &kins.kinds[kind].like;
        template_write((struct bytes){(const uint8_t *)like->data, like->len}, name, &back);
        REQUIRE(back.len == json.len && memcmp(back.data, json.data, json.len) == 0);
        REQUIRE(names == kins.kinds[kind].names);
    }
    text_release(&back);
    spn_kins_release(&kins);
}

static void check_account(const struct text_buf *text, const struct account_state *account)
{
    struct text_buf told = {0}, back = {0}, want = {0};
    int64_t rid = NO_RID;
    if (account_template_split(account, text, &told, &rid)) {
        const struct bytes sam = {(const uint8_t *)text->data + account->sam.off, account->sam.len};
        const struct bytes like = {(const uint8_t *)told.data, told.len};
        struct bytes name = sam;
        while (name.data[name.len - 1] == '$')
            name.len--;
        if (rid == NO_RID)
            template_write(like, name, &back);
        else
            account_template_write(like, sam, rid, &back);
        account_texts(account, text, &want);
        REQUIRE(back.len == want.len && memcmp(back.data, want.data, want.len) == 0);
    }
    text_release(&want);
    text_release(&back);
    text_release(&told);
}

/* An account that makes a kind is of it, and told so its texts are what they were. */
static void check_account_kin(const struct entry *entry, const struct text_buf *text,
                              const struct account_state *account)
{
    struct account_kins kins = {.clock = 0};
    struct text_buf back = {0}, want = {0};
    uint32_t rid = 0;
    const int kind = account_kins_learn(&kins, entry, account, text);
    REQUIRE(account_kins_find(&kins, entry, &rid) == kind);
    if (kind >= 0) {
        const struct text_buf *like = &kins.kinds[kind].like;
        account_template_write(
            (struct bytes){(const uint8_t *)like->data, like->len},
            (struct bytes){(const uint8_t *)text->data + account->sam.off, account->sam.len}, rid, &back);
        account_texts(account, text, &want);
        REQUIRE(back.len == want.len && memcmp(back.data, want.data, want.len) == 0);
    }
    text_release(&want);
    text_release(&back);
    account_kins_release(&kins);
}

/* A state that is one for all objects has no text of its own: what would have been written is what is there.
 */
static void check_shared(int state, const struct text_buf *buf, const struct delegation_state *text)
{
    const struct text_ref lists[] = {text->targets, text->trustees};
    REQUIRE(text->has_enctypes && types_are_shared(text->enctypes) && types_state(text->enctypes) == state);
    REQUIRE(text->rbcd.off == NO_TEXT && text->rbcd_note.off == NO_TEXT);
    for (size_t i = 0; i < 2; i++)
        REQUIRE(lists[i].len == 2 && memcmp(buf->data + lists[i].off, "[]", 2) == 0);
}

/* types_state: as facet_read() has it; 0: none. */
static void check_texts(const struct entry *entry, int types_state)
{
    struct text_buf buf = {0};
    struct spn_state spn;
    struct account_state account;
    struct delegation_state delegation;
    facet_spn_text(entry, &buf, &spn);
    facet_account_text(entry, &buf, &account);
    facet_delegation_text(entry, &buf, &delegation);
    const struct text_ref refs[] = {
        spn.spns,    account.dn,         account.sam,         account.dns_host,     account.upn,
        account.sid, delegation.targets, delegation.trustees, delegation.rbcd_note, delegation.rbcd};
    for (size_t i = 0; i < sizeof refs / sizeof *refs; i++)
        check_ref(&buf, refs[i]);
    if (types_state)
        check_shared(types_state, &buf, &delegation);
    if (spn.spns.off != NO_TEXT)
        check_template(buf.data + spn.spns.off, spn.spns.len);
    const struct attr *spns = entry_attr(entry, "servicePrincipalName");
    if (spns && spn.spns.off != NO_TEXT)
        check_kin(spns, (struct bytes){(const uint8_t *)buf.data + spn.spns.off, spn.spns.len});
    check_account(&buf, &account);
    check_account_kin(entry, &buf, &account);
    text_release(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct made m = {.count = 0};
    struct bytes rest = {data, size};
    struct entry entry = {.attrs = m.attrs};
    entry.dn = take(&rest, '\n');
    while (rest.len > 0 && m.count < MOST_ATTRS) {
        struct bytes line = take(&rest, '\n');
        if (line.len > 0)
            make_attr(&m, line);
    }
    entry.attr_count = m.count;

    struct facet_view view, turned;
    bool ok = facet_read(&entry, SEED, 7, &view);
    check_texts(&entry, ok ? view.types_state : 0);
    /* All values turned round, attribute by attribute; objectGUID alone is read in order. */
    for (size_t i = 0; i < m.count; i++)
        for (size_t j = 0; m.attrs[i].name.len != 10 && j < m.attrs[i].count / 2; j++) {
            struct bytes *a = &m.values[i][j], *b = &m.values[i][m.attrs[i].count - 1 - j], swap = *a;
            *a = *b;
            *b = swap;
        }
    REQUIRE(facet_read(&entry, SEED, 7, &turned) == ok);
    for (unsigned f = 0; ok && f < FACET_COUNT; f++)
        REQUIRE(hash128_equal(view.hash[f], turned.hash[f]));
    REQUIRE(!ok || view.types_state == turned.types_state);
    return 0;
}
