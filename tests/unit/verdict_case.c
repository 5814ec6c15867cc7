/* verdict_case.c: see verdict_case.h. */
#include "tests/unit/verdict_case.h"

#include <check.h>
#include <stdlib.h>

#include "spnscan/text_buf.h"

#define MAX_WITNESSES 24
#define SECOND_US     INT64_C(1000000)
#define DAY_US        (86400 * SECOND_US)

static const char *const names[JUDGED_COUNT] = {
    [JUDGED_OBJECT] = "c", [JUDGED_DELETED] = "del",  [JUDGED_SPN] = "spn",   [JUDGED_SAM] = "sam",
    [JUDGED_UAC] = "uac",  [JUDGED_DNS_HOST] = "dns", [JUDGED_UPN] = "upn",   [JUDGED_SID] = "sid",
    [JUDGED_DN] = "dn",    [JUDGED_TARGETS] = "tgt",  [JUDGED_RBCD] = "rbcd", [JUDGED_ENCTYPES] = "enc",
};

static uint64_t hash_of(const char *text, size_t len)
{
    uint64_t h = 1469598103934665603u; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        h = (h ^ (uint8_t)text[i]) * 1099511628211u;
    return h;
}

static struct guid origin_of(char letter)
{
    struct guid g;
    memset(g.b, letter, sizeof g.b);
    return g;
}

/* "2a7+5" */
static struct stamp stamp_of(const char *text)
{
    char *at;
    struct stamp s = {.version = (uint32_t)strtoul(text, &at, 10), .time_us = TEST_NOW_US - DAY_US};
    s.origin = origin_of(*at);
    s.usn = strtoul(at + 1, &at, 10);
    if (*at == '+')
        s.time_us += strtol(at, &at, 10) * SECOND_US;
    else if (*at == '-')
        s.time_us += strtol(at, &at, 10) * DAY_US;
    ck_assert_msg(*at == 0, "stamp '%s'", text);
    return s;
}

static void add_vector(struct witness *w, char *text)
{
    struct utd_vector *vector = calloc(1, sizeof *vector);
    char *save;
    for (char *c = strtok_r(text, ",", &save); c; c = strtok_r(NULL, ",", &save))
        vector_set(vector, &(struct utd_cursor){
                               .origin = origin_of(*c), .usn = strtoul(c + 1, NULL, 10), .synced_us = 5});
    w->vector = vector;
}

static bool add_value(struct witness *w, char *word)
{
    char *stamp = strchr(word, '@'), *value = strchr(word, '=');
    if (stamp)
        *stamp++ = 0;
    if (value)
        *value++ = 0;
    for (int what = 0; what < JUDGED_COUNT; what++) {
        struct judged_value *v = &w->values[what];
        if (strcmp(word, names[what]) != 0)
            continue;
        v->has_stamp = stamp && *stamp != '-' && w->has_metadata;
        if (v->has_stamp)
            v->stamp = stamp_of(stamp);
        if (value && strcmp(value, "-") != 0) {
            v->present = true;
            v->hash = (struct hash128){hash_of(value, strlen(value)), 7};
            v->rdn = hash_of(value, strcspn(value, "."));
        }
        return true;
    }
    return false;
}

static void add_word(struct witness *w, char *word)
{
    if (word[0] == '~') {
        w->fresh = false;
        w->like = word[1] == '?' ? SIZE_MAX : strtoul(word + 1, NULL, 10);
    } else if (strcmp(word, "dead") == 0) {
        w->presence = SHOWS_DELETED;
    } else if (strcmp(word, "none") == 0) {
        w->presence = SHOWS_NOTHING;
    } else if (strcmp(word, "gc") == 0) {
        w->full = false;
    } else if (strcmp(word, "blind") == 0) {
        w->tombstones = false;
    } else if (strcmp(word, "nometa") == 0) {
        w->has_metadata = false;
        w->values[JUDGED_OBJECT].has_stamp = false;
    } else if (strncmp(word, "v:", 2) == 0) {
        free((void *)(uintptr_t)w->vector);
        w->vector = NULL;
        if (word[2] != '-')
            add_vector(w, word + 2);
    } else if (strncmp(word, "sd:", 3) == 0) {
        w->sd = strtoul(word + 3, NULL, 10);
    } else {
        ck_assert_msg(add_value(w, word), "word '%s'", word);
    }
}

size_t witnesses_of(const char *text, struct witness *ret, size_t size)
{
    char *copy = strdup(text), *of_witnesses, *of_words;
    size_t count = 0;
    for (char *one = strtok_r(copy, ";", &of_witnesses); one; one = strtok_r(NULL, ";", &of_witnesses)) {
        ck_assert_uint_lt(count, size);
        struct witness *w = &ret[count++];
        *w = (struct witness){.fresh = true,
                              .full = true,
                              .tombstones = true,
                              .has_metadata = true,
                              .vector = calloc(1, sizeof *w->vector)};
        w->values[JUDGED_OBJECT] = (struct judged_value){.has_stamp = true, .stamp = stamp_of("1a1")};
        for (char *word = strtok_r(one, " ", &of_words); word; word = strtok_r(NULL, " ", &of_words))
            add_word(w, word);
    }
    free(copy);
    return count;
}

void witnesses_free(struct witness *witnesses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct utd_vector *vector = (struct utd_vector *)(uintptr_t)witnesses[i].vector;
        if (vector)
            vector_release(vector);
        free(vector);
    }
}

/* A word for each note: the right or the advice in it. */
static const char *tag_of(const char *note)
{
    static const char *const tags[][2] = {
        {"replPropertyMetaData", "metadata"}, {"replUpToDateVector", "vector"},
        {"Deleted Objects", "tombstones"},    {"READ_CONTROL", "sd"},
        {"changed while", "changed"},         {"container", "container"},
        {"tells which write", "no stamp"},    {"certain:", "certain"},
        {"do not remove", "unsure"}};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (strstr(note, tags[i][0]))
            return tags[i][1];
    ck_assert_msg(*note == 0, "note '%s'", note);
    return NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* At: where each witness stood in the case's text. Without winners, and in one order, when `as_set`. */
static char *text_of(const struct judgement *j, const size_t *at, size_t count, bool as_set)
{
    char *words[64];
    size_t n = 0;
    struct text_buf out = {0};
    for (size_t i = 0; i < j->count; i++) {
        const struct finding *f = &j->findings[i];
        struct text_buf word = {0};
        text_append_fmt(&word, "%s %s %zu", verdict_name(f->verdict), names[f->what], at[f->at]);
        if (f->winner != SIZE_MAX && !as_set)
            text_append_fmt(&word, "<%zu", at[f->winner]);
        if (tag_of(f->note))
            text_append_fmt(&word, " [%s]", tag_of(f->note));
        words[n++] = word.data;
    }
    for (size_t i = 0; i < count; i++) {
        size_t w = 0;
        while (at[w] != i)
            w++;
        if (j->ask[w] && asprintf(&words[n], "ask %zu", i) >= 0)
            n++;
    }
    if (as_set)
        qsort(words, n, sizeof *words, by_text);
    for (size_t i = 0; i < n; i++) {
        text_append_str(&out, i ? ", " : "");
        text_append_str(&out, words[i]);
        free(words[i]);
    }
    text_append_str(&out, j->need_sd ? n ? ", sd" : "sd" : "");
    return out.data;
}

static char *judge_text(const struct witness *w, const size_t *at, size_t count, bool final, bool as_set)
{
    struct judgement j;
    judge(w, count, final, TEST_NOW_US, 0, &j);
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any |= j.ask[i];
    ck_assert_int_eq(any, j.unsettled);
    ck_assert(!final || (!any && !j.need_sd));
    char *text = text_of(&j, at, count, as_set);
    judgement_release(&j);
    return text;
}

/* Every witness in its own place. */
static const size_t *straight(void)
{
    static size_t at[MAX_WITNESSES];
    for (size_t i = 0; i < MAX_WITNESSES; i++)
        at[i] = i;
    return at;
}

/* The same witnesses in every rotation, forwards and backwards: the same rows. */
static void check_order(const struct verdict_case *c, const struct witness *w, size_t count, bool final)
{
    char *wanted = judge_text(w, straight(), count, final, true);
    for (size_t turn = 0; turn < 2 * count; turn++) {
        struct witness turned[MAX_WITNESSES];
        size_t at[MAX_WITNESSES], place[MAX_WITNESSES];
        for (size_t i = 0; i < count; i++) {
            at[i] = turn < count ? (i + turn) % count : (2 * count - 1 - i + turn) % count;
            place[at[i]] = i;
        }
        for (size_t i = 0; i < count; i++) {
            turned[i] = w[at[i]];
            if (!turned[i].fresh && turned[i].like < count)
                turned[i].like = place[turned[i].like];
        }
        char *got = judge_text(turned, at, count, final, true);
        ck_assert_msg(strcmp(got, wanted) == 0, "%s, turned by %zu: '%s', not '%s'", c->name, turn, got,
                      wanted);
        free(got);
    }
    free(wanted);
}

void check_verdict_cases(const struct verdict_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct verdict_case *c = &cases[i];
        struct witness w[MAX_WITNESSES];
        size_t n = witnesses_of(c->witnesses, w, MAX_WITNESSES);
        for (int final = 0; final < 2; final++) {
            const char *bar = strstr(c->says, " | ");
            char *wanted = final && bar ? strdup(bar + 3)
                                        : strndup(c->says, bar ? (size_t)(bar - c->says) : strlen(c->says));
            char *got = judge_text(w, straight(), n, final, false);
            ck_assert_msg(strcmp(got, wanted) == 0, "%s%s: '%s', not '%s'", c->name, final ? " (final)" : "",
                          got, wanted);
            free(got);
            free(wanted);
            check_order(c, w, n, final);
        }
        witnesses_free(w, n);
    }
}
