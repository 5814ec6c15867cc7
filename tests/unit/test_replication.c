#include <check.h>

#include "scanner/run/replication.h"
#include "tests/unit/make_blob.h"

Suite *suite_replication(void);

/* The domain corp with dc1 (invocationId 1) and what a test adds; emea, held in part. */
static struct dc_info dcs[3];
static struct domain_info domains[2];
static struct forest_info forest;
static enum replica_kind replicas[2];
static struct dc_replication replication;
static struct replication_reading reading;
static struct question question;
static struct guid own;

static void add_dc(uint8_t invocation, int domain, bool is_rodc)
{
    dcs[forest.dc_count++] = (struct dc_info){.located = true,
                                              .domain = domain,
                                              .is_gc = true,
                                              .is_rodc = is_rodc,
                                              .invocation_id = guid_of(invocation)};
}

static void begin(enum replica_kind kind)
{
    dc_replication_release(&replication);
    dc_replication_init(&replication, 2);
    replication_reading_init(&reading, &forest, replicas, kind, &replication);
    question = replication_question(&reading, kind == REPLICA_FULL ? 0 : -1, false);
}

static void setup(void)
{
    own = guid_of(1);
    forest = (struct forest_info){.domains = domains, .domain_count = 2, .dcs = dcs};
    snprintf(domains[0].dn, sizeof domains[0].dn, "DC=corp");
    snprintf(domains[1].dn, sizeof domains[1].dn, "DC=emea");
    replicas[0] = REPLICA_FULL;
    replicas[1] = REPLICA_PARTIAL;
    add_dc(1, 0, false);
    begin(REPLICA_FULL);
}

static void teardown(void)
{
    dc_replication_release(&replication);
}

static void tell(const struct entry *entry)
{
    struct spn_error error = {0};
    ck_assert_int_eq(question.found(question.ctx, entry, &error), SPN_OK);
}

static void end(uint64_t usn)
{
    struct spn_error error = {0};
    ck_assert_int_eq(replication_end(&reading, NULL, &own, usn, NULL, &error), SPN_OK);
    ck_assert_ptr_null(reading.heads);
}

/* replUpToDateVector of one cursor, in version 2. */
static struct bytes vector_of(struct blob *blob, uint8_t origin, uint64_t usn)
{
    blob->len = 0;
    put32(blob, 2);
    put32(blob, 0);
    put32(blob, 1);
    put32(blob, 0);
    put_guid(blob, origin);
    put64(blob, usn);
    put64(blob, TEST_SECONDS);
    return blob_bytes(blob);
}

/* A value of repsFrom in version 1 without an address. */
static struct bytes neighbour_of(struct blob *blob, uint8_t invocation, uint64_t success)
{
    *blob = (struct blob){.len = 0};
    put32(blob, 1);
    put32(blob, 0);
    put32(blob, 216);
    put32(blob, 3);
    put64(blob, success);
    put64(blob, TEST_SECONDS);
    put32(blob, 1722);
    put32(blob, 0);
    put32(blob, 0);
    put32(blob, 0);
    blob->len += 84 + 4 + 16;
    put64(blob, 700);
    put_guid(blob, 0x21);
    put_guid(blob, invocation);
    blob->len += 24;
    return blob_bytes(blob);
}

static uint64_t usn_of(size_t domain, uint8_t origin)
{
    const struct guid guid = guid_of(origin);
    const struct utd_cursor *cursor = vector_find(&replication.vectors[domain], &guid);
    return cursor ? cursor->usn : 0;
}

START_TEST(a_vector_is_taken_with_the_dcs_own_row)
{
    struct blob vector, reps;
    ENTRY(head, "dc=CORP", ATTR("replUpToDateVector", vector_of(&vector, 2, 500)),
          ATTR("repsFrom", neighbour_of(&reps, 2, TEST_SECONDS)));
    tell(&head);
    end(900);
    ck_assert(replication.readable[0] && !replication.readable[1]);
    ck_assert_uint_eq(usn_of(0, 2), 500);
    ck_assert_uint_eq(usn_of(0, 1), 900);
    ck_assert(replication.neighbours_readable);
    ck_assert_uint_eq(replication.neighbour_count, 1);
    ck_assert_int_eq(replication.neighbours[0].domain, 0);
    ck_assert_uint_eq(replication.neighbours[0].neighbour.failures, 3);
}
END_TEST

START_TEST(partial_heads_come_in_one_answer_and_full_ones_are_passed_over)
{
    struct blob full, partial;
    ENTRY(corp, "DC=corp", ATTR("replUpToDateVector", vector_of(&full, 2, 500)));
    ENTRY(emea, "DC=emea", ATTR("replUpToDateVector", vector_of(&partial, 3, 600)));
    ENTRY(other, "DC=DomainDnsZones,DC=corp", ATTR("replUpToDateVector", vector_of(&full, 2, 500)));
    end(900);
    begin(REPLICA_PARTIAL);
    ck_assert_str_eq(question.search.base, "");
    tell(&corp);
    tell(&emea);
    tell(&other);
    end(900);
    ck_assert(!replication.readable[0] && replication.readable[1]);
    ck_assert_uint_eq(usn_of(1, 3), 600);
    ck_assert_uint_eq(usn_of(1, 1), 900);
}
END_TEST

START_TEST(the_only_dc_of_a_domain_has_its_own_row)
{
    ENTRY(head, "DC=corp", ATTR("replPropertyMetaData", B("stamps")));
    add_dc(2, 1, false); /* a GC of another domain */
    add_dc(3, 0, true);  /* an RODC: pulls, and is never pulled from */
    tell(&head);
    end(900);
    ck_assert(replication.readable[0]);
    ck_assert_uint_eq(replication.vectors[0].count, 1);
    ck_assert_uint_eq(usn_of(0, 1), 900);
}
END_TEST

/* Each one thing short of that. */
START_TEST(an_absent_vector_is_a_missing_right)
{
    ENTRY(head, "DC=corp", ATTR("replPropertyMetaData", B("stamps")));
    ENTRY(bare, "DC=corp", ATTR("objectGUID", B("0123456789abcdef")));
    tell(&bare); /* nothing of replication can be read there */
    end(900);
    ck_assert(!replication.readable[0]);

    begin(REPLICA_FULL); /* it did not come at all */
    end(900);
    ck_assert(!replication.readable[0]);

    dcs[0].invocation_id =
        guid_of(9); /* the DC that writes it is another one: this is an RODC, or was restored */
    begin(REPLICA_FULL);
    tell(&head);
    end(900);
    ck_assert(!replication.readable[0]);
    dcs[0].invocation_id = guid_of(1);

    add_dc(2, 0, false); /* it must have pulled from that one */
    begin(REPLICA_FULL);
    tell(&head);
    end(900);
    ck_assert(!replication.readable[0]);

    dcs[1] = (struct dc_info){.domain = -1}; /* given by hand: nobody knows what it holds */
    begin(REPLICA_FULL);
    tell(&head);
    end(900);
    ck_assert(!replication.readable[0]);
}
END_TEST

START_TEST(a_copy_is_never_without_a_vector)
{
    ENTRY(head, "DC=emea", ATTR("replPropertyMetaData", B("stamps")));
    end(900);
    begin(REPLICA_PARTIAL);
    tell(&head);
    end(900);
    ck_assert(!replication.readable[1]);
}
END_TEST

START_TEST(neighbours_that_never_succeeded_mean_that_nothing_has_come_yet)
{
    struct blob reps;
    add_dc(2, 0, false);
    ENTRY(never, "DC=corp", ATTR("repsFrom", neighbour_of(&reps, 2, 0)));
    tell(&never);
    end(900);
    ck_assert(replication.readable[0]);
    ck_assert_uint_eq(replication.vectors[0].count, 1);

    ENTRY(once, "DC=corp", ATTR("repsFrom", neighbour_of(&reps, 2, TEST_SECONDS)));
    begin(REPLICA_FULL);
    tell(&once); /* then there is a vector, and it is hidden */
    end(900);
    ck_assert(!replication.readable[0] && replication.neighbours_readable);
}
END_TEST

START_TEST(a_malformed_vector_is_not_an_absent_one)
{
    struct blob reps;
    ENTRY(head, "DC=corp", ATTR("replPropertyMetaData", B("stamps")), ATTR("replUpToDateVector", B("\2\0\0")),
          ATTR("repsFrom", neighbour_of(&reps, 2, 0)));
    tell(&head);
    end(900);
    ck_assert(!replication.readable[0]);
}
END_TEST

START_TEST(without_its_own_row_no_vector_is_of_use)
{
    struct blob vector;
    ENTRY(head, "DC=corp", ATTR("replUpToDateVector", vector_of(&vector, 2, 500)));
    tell(&head);
    end(0);
    ck_assert(!replication.readable[0]);
    begin(REPLICA_FULL);
    tell(&head);
    own = guid_of(0);
    end(900);
    ck_assert(!replication.readable[0]);
}
END_TEST

/* The raw form has told them; a second answer, as XML, tells the same ones. */
START_TEST(neighbours_are_taken_once)
{
    struct blob reps;
    ENTRY(head, "DC=corp", ATTR("repsFrom", neighbour_of(&reps, 2, TEST_SECONDS)));
    tell(&head);
    tell(&head);
    end(900);
    ck_assert_uint_eq(replication.neighbour_count, 1);
}
END_TEST

START_TEST(no_dc_has_more_neighbours_than_a_forest_has_dcs)
{
    static struct bytes values[MAX_DCS + 10];
    struct blob reps;
    const struct bytes one = neighbour_of(&reps, 2, TEST_SECONDS);
    for (size_t i = 0; i < MAX_DCS + 10; i++)
        values[i] = one;
    const struct attr attrs[] = {{.name = B("repsFrom"), .values = values, .count = MAX_DCS + 10}};
    const struct entry head = {.dn = B("DC=corp"), .attrs = attrs, .attr_count = 1};
    tell(&head);
    end(900);
    ck_assert_uint_eq(replication.neighbour_count, MAX_DCS);
}
END_TEST

Suite *suite_replication(void)
{
    Suite *s = suite_create("replication");
    TCase *t = tcase_create("heads");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_vector_is_taken_with_the_dcs_own_row);
    tcase_add_test(t, partial_heads_come_in_one_answer_and_full_ones_are_passed_over);
    tcase_add_test(t, the_only_dc_of_a_domain_has_its_own_row);
    tcase_add_test(t, an_absent_vector_is_a_missing_right);
    tcase_add_test(t, a_copy_is_never_without_a_vector);
    tcase_add_test(t, neighbours_that_never_succeeded_mean_that_nothing_has_come_yet);
    tcase_add_test(t, a_malformed_vector_is_not_an_absent_one);
    tcase_add_test(t, without_its_own_row_no_vector_is_of_use);
    tcase_add_test(t, neighbours_are_taken_once);
    tcase_add_test(t, no_dc_has_more_neighbours_than_a_forest_has_dcs);
    suite_add_tcase(s, t);
    return s;
}
