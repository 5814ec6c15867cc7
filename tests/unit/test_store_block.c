/* Blocks of an index against a plain sorted array, and by the tables they lie in. */
#include <stdlib.h>

#include "store/block_index.h"
#include "tests/unit/store_case.h"

static struct store_case c;

static void setup(void)
{
    case_make(&c);
}

static void teardown(void)
{
    case_free(&c);
}

/* A set of entries held the simple way. */
struct plain {
    struct name_entry *entries;
    size_t count, size;
};

static void plain_edit(struct plain *p, struct name_entry entry, bool add)
{
    size_t at = 0;
    while (at < p->count && name_entry_compare(&p->entries[at], &entry) < 0)
        at++;
    bool there = at < p->count && name_entry_compare(&p->entries[at], &entry) == 0;
    if (there && !add) {
        memmove(p->entries + at, p->entries + at + 1, (--p->count - at) * sizeof entry);
    } else if (add && there) {
        p->entries[at] = entry;
    } else if (add) {
        p->entries = xgrow(p->entries, &p->size, p->count + 1, sizeof entry);
        memmove(p->entries + at + 1, p->entries + at, (p->count++ - at) * sizeof entry);
        p->entries[at] = entry;
    }
}

START_TEST(the_first_entry_of_a_key_is_found)
{
    struct name_entry e[] = {{1, 1, 1}, {3, 1, 1}, {3, 2, 1}, {UINT64_MAX, 9, 1}};
    block_swap(e, 4); /* as in the file */
    ck_assert_uint_eq(block_search(e, 4, 0), 0);
    ck_assert_uint_eq(block_search(e, 4, 1), 0);
    ck_assert_uint_eq(block_search(e, 4, 2), 1);
    ck_assert_uint_eq(block_search(e, 4, 3), 1);
    ck_assert_uint_eq(block_search(e, 4, 4), 3);
    ck_assert_uint_eq(block_search(e, 4, UINT64_MAX), 3);
    ck_assert_uint_eq(block_search(e, 3, UINT64_MAX), 3);
    ck_assert_uint_eq(block_search(e, 0, 1), 0);
    block_swap(e, 4);
    ck_assert(block_is_sound(e, 4));
    ck_assert(!block_is_sound(e, 0));
    const struct name_entry twice[] = {{1, 1, 1}, {1, 1, 2}};
    ck_assert(!block_is_sound(twice, 2));
}
END_TEST

START_TEST(edits_do_what_they_say)
{
    const struct name_entry e[] = {{1, 1, 1}, {3, 1, 1}, {3, 2, 1}};
    struct block_edit edits[] = {{{3, 2, 1}, false}, {{9, 1, 5}, true},  {{0, 4, 1}, true}, {{3, 1, 6}, true},
                                 {{2, 2, 1}, false}, {{1, 1, 0}, false}, {{9, 1, 5}, false}};
    struct name_entry made[10];
    size_t count = block_edits_sort(edits, 7); /* what is both added and removed is added */
    ck_assert_uint_eq(count, 6);
    count = block_merge(e, 3, edits, count, made);
    const struct name_entry want[] = {{0, 4, 1}, {3, 1, 6}, {9, 1, 5}}; /* of 3, 1 what it is now */
    ck_assert_uint_eq(count, 3);
    ck_assert_int_eq(memcmp(made, want, sizeof want), 0);
    ck_assert_uint_eq(block_merge(e, 0, edits, 0, made), 0);
}
END_TEST

START_TEST(pieces_never_part_a_key)
{
    enum { MOST = 5000 };
    static struct name_entry e[MOST];
    srand(5);
    for (int round = 0; round < 300; round++) {
        size_t count = 1 + (size_t)rand() % MOST, at = 0;
        unsigned runs = 1 + (unsigned)rand() % 2000;
        uint64_t key = 0;
        for (size_t i = 0; i < count; i++) {
            key += (unsigned)rand() % runs == 0;
            e[i] = (struct name_entry){key, (uint32_t)i, 1};
        }
        while (at < count) {
            size_t piece = block_piece(e + at, count - at);
            ck_assert_uint_gt(piece, 0);
            ck_assert_uint_le(piece, count - at);
            if (piece > BLOCK_ENTRIES)
                ck_assert_uint_eq(e[at].key, e[at + piece - 1].key);
            at += piece;
            if (at < count)
                ck_assert_uint_ne(e[at - 1].key, e[at].key);
        }
    }
}
END_TEST

static void check_index(enum block_index which, const struct plain *p)
{
    struct plain found = {0};
    char sql[100];
    sqlite3_stmt *stmt;
    snprintf(sql, sizeof sql, "SELECT first, entries FROM %s ORDER BY first",
             which == INDEX_NAME ? "name_index" : "guid_index");
    ck_assert_int_eq(sqlite3_prepare_v2(c.store->db, sql, -1, &stmt, NULL), SQLITE_OK);
    uint64_t before = 0;
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        size_t count = (size_t)sqlite3_column_bytes(stmt, 1) / BLOCK_ENTRY_SIZE;
        found.entries = xgrow(found.entries, &found.size, found.count + count, sizeof *found.entries);
        struct name_entry *block = found.entries + found.count;
        memcpy(block, sqlite3_column_blob(stmt, 1), count * BLOCK_ENTRY_SIZE);
        block_swap(block, count);
        ck_assert(block_is_sound(block, count));
        ck_assert_int_eq(sqlite3_column_int64(stmt, 0), (int64_t)(block->key ^ UINT64_C(1) << 63));
        ck_assert(count <= BLOCK_ENTRIES || block->key == block[count - 1].key);
        ck_assert(found.count == 0 || before < block->key);
        before = block[count - 1].key;
        found.count += count;
    }
    sqlite3_finalize(stmt);
    ck_assert_uint_eq(found.count, p->count);
    for (size_t i = 0; i < p->count; i++)
        ck_assert_int_eq(memcmp(&found.entries[i], &p->entries[i], BLOCK_ENTRY_SIZE), 0);
    free(found.entries);
}

static void check_find(const struct plain *p, uint64_t key, uint32_t names)
{
    struct object_list list = {0};
    size_t found = 0;
    ok(&c, index_find(c.store, INDEX_NAME, key, names, &list, &c.error));
    for (size_t at = block_search(p->entries, p->count, key); at < p->count && p->entries[at].key == key;
         at++)
        if (p->entries[at].names & names) {
            ck_assert_uint_lt(found, list.count);
            ck_assert_uint_eq(p->entries[at].object, list.items[found++]);
        }
    ck_assert_uint_eq(found, list.count);
    free(list.items);
}

/* Keys over the whole range, so that the order of signed numbers would show; a narrow range gives keys of
 * many objects, and blocks larger than they should be. */
static uint64_t random_key(unsigned spread)
{
    uint64_t n = (uint64_t)rand() % spread;
    return n * (UINT64_MAX / spread);
}

static struct name_entry random_entry(unsigned spread)
{
    const uint32_t bits = 1u << rand() % 32 | 1u << rand() % 32;
    return (struct name_entry){random_key(spread), 1 + (uint32_t)rand() % 3000, bits};
}

static void random_edits(unsigned spread, unsigned batch, int rounds)
{
    struct plain p = {0};
    case_begin(&c);
    case_end_bulk(&c);
    for (int round = 0; round < rounds; round++) {
        struct index_edits edits = {0};
        unsigned add = round % 10 < 6 ? 80 : 15;
        for (unsigned i = 1 + (unsigned)rand() % batch; i > 0; i--) {
            struct name_entry entry = random_entry(spread);
            bool adds = (unsigned)rand() % 100 < add;
            if (!adds && p.count && rand() % 2) { /* mostly what is there */
                entry = p.entries[(size_t)rand() % p.count];
            }
            bool clash = false; /* one word about an entry and batch */
            for (size_t j = 0; j < edits.count; j++)
                clash |= name_entry_compare(&edits.items[j].entry, &entry) == 0;
            if (clash)
                continue;
            index_edit(&edits, entry, adds);
            plain_edit(&p, entry, adds);
        }
        ok(&c, index_apply(c.store, INDEX_NAME, &edits, &c.error));
        ck_assert_ptr_null(edits.items);
        check_index(INDEX_NAME, &p);
        for (int i = 0; i < 20; i++)
            check_find(&p, random_key(spread), 1u << rand() % 32);
    }
    /* And nothing is left of it. */
    struct index_edits edits = {0};
    for (size_t i = 0; i < p.count; i++)
        index_edit(&edits, p.entries[i], false);
    ok(&c, index_apply(c.store, INDEX_NAME, &edits, &c.error));
    p.count = 0;
    check_index(INDEX_NAME, &p);
    free(p.entries);
}

START_TEST(random_edits_of_many_keys)
{
    srand(1);
    random_edits(1000000, 900, ROUNDS(60));
}
END_TEST

START_TEST(random_edits_of_few_keys)
{
    srand(2);
    random_edits(4, 700, ROUNDS(60));
}
END_TEST

START_TEST(random_edits_one_by_one)
{
    srand(3);
    random_edits(300, 3, ROUNDS(400));
}
END_TEST

static enum spn_code count_shared(void *ctx, uint32_t object, struct spn_error *reterr)
{
    uint64_t *sum = ctx;
    (void)reterr;
    *sum += object;
    return SPN_OK;
}

START_TEST(built_in_bulk_it_is_the_same)
{
    srand(4);
    case_begin(&c);
    case_end_bulk(&c);
    for (int round = 0; round < 30; round++) {
        struct plain p = {0}, sorted = {0};
        uint64_t shared = 0, want = 0;
        unsigned spread = round % 3 == 0 ? 3 : round % 3 == 1 ? 200 : 100000;
        for (unsigned i = (unsigned)rand() % 6000; i > 0; i--) {
            sorted.entries = xgrow(sorted.entries, &sorted.size, sorted.count + 1, sizeof *sorted.entries);
            sorted.entries[sorted.count++] = random_entry(spread);
        }
        sorted.count = name_entries_sort(sorted.entries, sorted.count);
        p = sorted;
        struct index_builder b = {.which = INDEX_NAME, .shared = count_shared, .ctx = &shared};
        ck_assert_int_eq(sqlite3_exec(c.store->db, "DELETE FROM name_index", NULL, NULL, NULL), SQLITE_OK);
        for (size_t at = 0; at < sorted.count;) {
            size_t piece = 1 + (size_t)rand() % 700;
            piece = piece < sorted.count - at ? piece : sorted.count - at;
            ok(&c, index_build(c.store, &b, sorted.entries + at, piece, &c.error));
            at += piece;
        }
        ok(&c, index_build_end(c.store, &b, &c.error));
        index_builder_release(&b);
        for (size_t i = 0; i < p.count; i++) {
            bool beside = false;
            for (size_t j = block_search(p.entries, p.count, p.entries[i].key);
                 j < p.count && p.entries[j].key == p.entries[i].key; j++)
                beside |= j != i && p.entries[j].names & p.entries[i].names;
            want += beside ? p.entries[i].object : 0;
        }
        ck_assert_uint_eq(shared, want);
        check_index(INDEX_NAME, &p);
        free(p.entries);
    }
}
END_TEST

/* It may take a name for one that is there, and never one that is there for none. */
START_TEST(a_filter_knows_what_is_there)
{
    struct index_filter filter = {0};
    struct plain p = {0};
    struct index_edits edits = {0};
    unsigned known = 0;
    srand(6);
    case_begin(&c);
    case_end_bulk(&c);
    ck_assert(index_filter_may_have(&filter, 7, 1));
    for (int i = 0; i < 3000; i++) {
        const struct name_entry entry = random_entry(UINT32_MAX);
        index_edit(&edits, entry, true);
        plain_edit(&p, entry, true);
    }
    ok(&c, index_apply(c.store, INDEX_NAME, &edits, &c.error));
    ok(&c, index_filter_make(c.store, INDEX_NAME, &filter, &c.error));
    for (size_t i = 0; i < p.count; i++)
        for (uint32_t bit = 1; bit; bit <<= 1)
            if (p.entries[i].names & bit)
                ck_assert(index_filter_may_have(&filter, p.entries[i].key, bit));
    for (int i = 0; i < 10000; i++)
        known += index_filter_may_have(&filter, random_key(UINT32_MAX), 1u << rand() % 32);
    ck_assert_uint_lt(known, 2000);
    index_filter_release(&filter);
    index_filter_init(&filter, 0);
    ck_assert(!index_filter_may_have(&filter, UINT64_MAX, 1));
    index_filter_release(&filter);
    free(p.entries);
}
END_TEST

START_TEST(what_comes_out_of_order_is_refused)
{
    const struct name_entry e[] = {{5, 1, 1}, {4, 1, 1}};
    struct index_builder b = {.which = INDEX_NAME};
    case_begin(&c);
    case_end_bulk(&c);
    ck_assert_int_eq(index_build(c.store, &b, e, 2, &c.error), SPN_INTERNAL);
    index_builder_release(&b);
}
END_TEST

START_TEST(a_damaged_block_is_an_error)
{
    struct object_list list = {0};
    /* The last but one has an entry twice, which is seen when it is written; the last is of another key. */
    static const char *const blobs[] = {"x'010203'", "x''", "zeroblob(32)",
                                        "x'07000000000000000100000001000000'"};
    case_begin(&c);
    case_end_bulk(&c);
    for (size_t i = 0; i < sizeof blobs / sizeof blobs[0]; i++) {
        struct index_edits edits = {0};
        char sql[120];
        snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO name_index VALUES (%lld, %s)", (long long)INT64_MIN,
                 blobs[i]);
        ck_assert_int_eq(sqlite3_exec(c.store->db, sql, NULL, NULL, NULL), SQLITE_OK);
        if (i != 2)
            ck_assert_int_eq(index_find(c.store, INDEX_NAME, 9, 1, &list, &c.error), SPN_DATABASE);
        index_edit(&edits, (struct name_entry){9, 1, 1}, true);
        ck_assert_int_eq(index_apply(c.store, INDEX_NAME, &edits, &c.error), SPN_DATABASE);
        ck_assert_uint_eq(list.count, 0);
    }
    free(list.items);
}
END_TEST

Suite *suite_store_block(void);
Suite *suite_store_block(void)
{
    Suite *suite = suite_create("store_block");
    TCase *tc = tcase_create("blocks");
    tcase_set_timeout(tc, 180);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_first_entry_of_a_key_is_found);
    tcase_add_test(tc, edits_do_what_they_say);
    tcase_add_test(tc, pieces_never_part_a_key);
    tcase_add_test(tc, random_edits_of_many_keys);
    tcase_add_test(tc, random_edits_of_few_keys);
    tcase_add_test(tc, random_edits_one_by_one);
    tcase_add_test(tc, built_in_bulk_it_is_the_same);
    tcase_add_test(tc, a_filter_knows_what_is_there);
    tcase_add_test(tc, what_comes_out_of_order_is_refused);
    tcase_add_test(tc, a_damaged_block_is_an_error);
    suite_add_tcase(suite, tc);
    return suite;
}
