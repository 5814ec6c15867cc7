#include <check.h>

#include "tests/unit/verdict_case.h"

Suite *suite_verdict_value(void);

/* Origins: a wrote first, b later. Each case has its look-alike next to it. */
static const struct verdict_case lag[] = {
    {"all agree", "spn=x@1a5;spn=x@1a5;spn=x@1a5", ""},
    {"behind by one USN", "v:b7 spn=y@2b7;v:b6 spn=x@1a5", "lagging spn 1<0"},
    {"covered by just that USN", "v:b7 spn=y@2b7;v:b7 spn=x@1a5", "divergent spn 1<0"},
    {"no cursor at all", "v:b7 spn=y@2b7;v:a9 spn=x@1a5", "lagging spn 1<0"},
    {"an empty vector", "v:b7 spn=y@2b7;spn=x@1a5", "lagging spn 1<0"},
    {"a cursor of another origin does not count", "v:b7 spn=y@2b7;v:a99,c99 spn=x@1a5", "lagging spn 1<0"},
    {"vector not readable", "v:b7 spn=y@2b7;v:- spn=x@1a5", "unproved spn 1<0 [vector]"},
    {"vector not readable where it is not needed", "v:- spn=y@2b7;v:b6 spn=x@1a5", "lagging spn 1<0"},
    {"an unasked one may have that value from a newer write", "v:b7 spn=y@2b7;v:b7 spn=x@1a5;~0 v:b7",
     "ask 2 | divergent spn 1<0"},
    {"one value under two stamps", "v:b7 spn=x@2b7;v:b9 spn=x@1a5", ""},
    {"never written there", "v:b7 spn=y@1b7;v:b6 spn=-", "lagging spn 1<0"},
    {"never written there, yet covered", "v:b7 spn=y@1b7;v:b7 spn=-", "divergent spn 1<0"},
    {"cleared", "v:b7 spn=-@2b7;v:b6 spn=x@1a5", "lagging spn 1<0"},
    {"cleared, and covered", "v:b7 spn=-@2b7;v:b7 spn=x@1a5", "divergent spn 1<0"},
    {"the many lag, one DC has the newest write",
     "v:a9 spn=x@1a5;v:a9 spn=x@1a5;v:a9 spn=x@1a5;v:b7 spn=y@2b7",
     "lagging spn 0<3, lagging spn 1<3, lagging spn 2<3"},
    {"the many lag, unasked", "v:a9 spn=x@1a5;~0 v:a9;~0 v:b6;v:b7 spn=y@2b7",
     "lagging spn 0<3, lagging spn 1<3, lagging spn 2<3"},
    {"of the unasked many one has it by its vector", "v:a9 spn=x@1a5;~0 v:a9;~0 v:b7;v:b7 spn=y@2b7",
     "lagging spn 0<3, lagging spn 1<3, ask 2"
     " | lagging spn 0<3, lagging spn 1<3, unproved spn 2 [changed]"},
    {"unasked without a vector", "v:a9 spn=x@1a5;~0 v:-;v:b7 spn=y@2b7",
     "lagging spn 0<2, unproved spn 1<2 [vector]"},
    {"unasked, and shows the winner", "v:b7 spn=y@2b7;~0;v:b6 spn=x@1a5", "lagging spn 2<0"},
    {"a state of its own", "v:b7 spn=y@2b7;~? v:b6;spn=y@2b7",
     "ask 1"
     " | unproved c 1 [changed]"},
    {"one attribute lags, another diverges", "v:b7 spn=y@2b7 upn=p@2a3;v:a9 spn=x@1a5 upn=o@1a2",
     "lagging spn 1<0, divergent upn 1<0"},
    {"each has a newer write of another attribute", "v:a1,b7 spn=y@2b7 upn=o@1a2;v:a9,b1 spn=x@1a5 upn=p@2a9",
     "lagging spn 1<0, lagging upn 0<1"},
    {"versions count round", "v:b7 spn=y@0b7;v:b6 spn=x@4294967295a5", "lagging spn 1<0"},
    {"versions count round, the other way", "v:b7 spn=y@4294967295b7;v:a4,b9 spn=x@2147483648a5",
     "divergent spn 1<0"},
    {"one version: the later time wins", "v:a5 spn=x@2a5+9;v:b7 spn=y@2b7",
     "lagging spn 1<0, lost-update spn 1<0"},
    {"one write has gone all the way, the next has not",
     "v:a9,b9,c9 spn=z@3c9;v:a9,b9 spn=y@2b7;v:a9 spn=x@1a5", "lagging spn 1<0, lagging spn 2<0"},
};

START_TEST(lagging_or_divergent)
{
    check_verdict_cases(lag, sizeof lag / sizeof *lag);
}
END_TEST

static const struct verdict_case corrupt[] = {
    {"one write, two values, a minority", "spn=x@1a5;spn=y@1a5;spn=x@1a5", "corrupt spn 1<0"},
    {"a tie", "spn=x@1a5;spn=y@1a5", "corrupt spn 0, corrupt spn 1"},
    {"a tie of three", "spn=x@1a5;spn=y@1a5;spn=z@1a5", "corrupt spn 0, corrupt spn 1, corrupt spn 2"},
    {"two of three ways tie", "spn=x@1a5;spn=y@1a5;spn=z@1a5;spn=x@1a5;spn=y@1a5",
     "corrupt spn 0, corrupt spn 1, corrupt spn 2, corrupt spn 3, corrupt spn 4"},
    {"the unasked that have that write settle it", "v:a5 spn=x@1a5;v:a5 spn=y@1a5;~0 v:a5;~0 v:a5",
     "ask 2, ask 3 | corrupt spn 1<0"},
    {"the unasked that lack that write do not", "v:a5 spn=x@1a5;v:a5 spn=y@1a5;~0 v:a4",
     "corrupt spn 0, corrupt spn 1, ask 2"
     " | corrupt spn 0, corrupt spn 1, unproved spn 2 [changed]"},
    {"the unasked minority is asked", "v:a5 spn=x@1a5;v:a5 spn=y@1a5;~0 v:a5;~0 v:a5;~1 v:a5",
     "ask 2, ask 3, ask 4"
     " | corrupt spn 1<0, unproved spn 4 [changed]"},
    {"corrupt here, behind there", "v:b7 spn=y@2b7;v:b7 spn=z@2b7;v:b7 spn=y@2b7;v:a5 spn=x@1a5",
     "corrupt spn 1<0, lagging spn 3<0"},
    {"in a tie the older value is behind both", "v:b7 spn=y@2b7;v:b7 spn=z@2b7;v:b7 spn=x@1a5",
     "corrupt spn 0, corrupt spn 1, divergent spn 2<0"},
    {"two origins in one second are two writes", "v:b7 upn=y@1b7;v:b7 upn=x@1a5;upn=y@1b7",
     "divergent upn 1<0"},
};

START_TEST(corrupt_values)
{
    check_verdict_cases(corrupt, sizeof corrupt / sizeof *corrupt);
}
END_TEST

static const struct verdict_case hidden[] = {
    {"a value is missing, descriptors not read", "upn=x@1a5;upn=x@1a5;upn=-@1a5",
     "sd"
     " | unproved upn 2<0 [sd]"},
    {"descriptors differ", "sd:1 upn=x@1a5;sd:1 upn=x@1a5;sd:2 upn=-@1a5", "hidden upn 2<0"},
    {"descriptors are the same", "sd:1 upn=x@1a5;sd:1 upn=x@1a5;sd:1 upn=-@1a5", "corrupt upn 2<0"},
    {"one of two descriptors not read", "upn=x@1a5;sd:2 upn=-@1a5",
     "sd"
     " | unproved upn 1<0 [sd]"},
    {"the other one not read", "sd:2 upn=x@1a5;upn=-@1a5",
     "sd"
     " | unproved upn 1<0 [sd]"},
    {"hidden at the most", "sd:2 upn=-@1a5;sd:2 upn=-@1a5;sd:1 upn=x@1a5", "hidden upn 0<2, hidden upn 1<2"},
    {"lost at the most", "sd:1 upn=-@1a5;sd:1 upn=-@1a5;sd:1 upn=x@1a5", "corrupt upn 2<0"},
    {"lost at one of two", "sd:1 upn=-@1a5;sd:1 upn=x@1a5", "corrupt upn 0, corrupt upn 1"},
    {"hidden at one, lost at another", "sd:1 upn=x@1a5;sd:1 upn=x@1a5;sd:2 upn=-@1a5;sd:1 upn=-@1a5",
     "hidden upn 2<0, corrupt upn 3<0"},
    {"another value needs no descriptor", "upn=x@1a5;upn=x@1a5;upn=y@1a5", "corrupt upn 2<0"},
    {"none, of an older write: no question of rights", "v:b7 upn=x@2b7;v:b6 upn=-@1a5", "lagging upn 1<0"},
    {"an unasked one may prove it lost", "sd:1 v:a5 upn=x@1a5;sd:2 v:a5 upn=-@1a5;~0 v:a5",
     "ask 2 | hidden upn 1<0"},
    {"an asked one may, by its descriptor", "sd:1 upn=x@1a5;sd:2 upn=-@1a5;upn=x@1a5", "sd | hidden upn 1<0"},
    {"hidden where the unasked one is like that", "sd:1 v:a5 upn=x@1a5;sd:2 v:a5 upn=-@1a5;~1 v:a5",
     "hidden upn 1<0, ask 2"
     " | hidden upn 1<0, unproved upn 2 [changed]"},
    {"flags are never absent", "uac=512@1a5;uac=-@1a5;uac=512@1a5", "hidden uac 1<0"},
    {"flags hidden, whatever the stamps", "v:b7 uac=512@2b7;v:b1 uac=-@1a5;v:b7 uac=- nometa;v:- uac=-@3a8",
     "hidden uac 1<0, hidden uac 2<0, hidden uac 3<0"},
    {"flags hidden, unasked", "uac=512@1a5;uac=-@1a5;~1", "hidden uac 1<0, hidden uac 2<0"},
    {"flags hidden everywhere", "uac=-@1a5;uac=-@1a5", ""},
    {"flags hidden here, behind there", "v:b7 uac=514@2b7;uac=-@2b7;v:b6 uac=512@1a5",
     "hidden uac 1<0, lagging uac 2<0"},
    {"stamps not readable at the other one", "v:b7 spn=y@2b7;v:b6 spn=x nometa", "unproved spn 1 [metadata]"},
    {"stamps not readable, same value", "v:b7 spn=y@2b7;v:b6 spn=y nometa", ""},
    {"like one whose stamps can't be read", "v:b7 spn=y@2b7;v:b6 spn=x nometa;~1 v:b6",
     "unproved spn 1 [metadata], ask 2"
     " | unproved spn 1 [metadata], unproved spn 2 [metadata]"},
    {"stamps readable nowhere", "spn=y nometa;spn=x nometa",
     "unproved spn 0 [metadata], unproved spn 1 [metadata]"},
    {"stamps readable only where there is none", "spn=y nometa;spn=-", "unproved spn 0 [metadata]"},
    {"no stamps anywhere, and all is readable", "spn=y;spn=x",
     "unproved spn 0 [no stamp], unproved spn 1 [no stamp]"},
};

START_TEST(hidden_values)
{
    check_verdict_cases(hidden, sizeof hidden / sizeof *hidden);
}
END_TEST

static const struct verdict_case partial[] = {
    {"a partial replica has no word on what it does not hold", "tgt=x@1a5;gc v:a9;tgt=x@1a5", ""},
    {"nor is its vector used for that", "v:b7 tgt=y@2b7;gc v:a9;v:b6 tgt=x@1a5", "lagging tgt 2<0"},
    {"two of them and one full", "gc;gc;tgt=x@1a5 rbcd=r@1a5 enc=24@1a5", ""},
    {"it has one on the others", "v:b7 spn=y@2b7 tgt=x@1a5;gc v:b7 spn=x@1a5", "divergent spn 1<0"},
    {"and may be the winner", "v:b6 spn=x@1a5;gc v:b7 spn=y@2b7", "lagging spn 0<1"},
    {"like a full one", "v:b7 spn=y@2b7 tgt=y@2b7;spn=x@1a5 tgt=x@1a5;~1 gc",
     "lagging spn 1<0, lagging spn 2<0, lagging tgt 1<0"},
    {"a full one like a partial one is not known", "gc spn=x@1a5;~0;spn=x@1a5 tgt=x@1a5",
     "ask 1"
     " | unproved c 1 [changed]"},
    {"all that only full replicas hold",
     "v:b9 tgt=x@2b7 rbcd=r@2b8 enc=24@2b9;v:b7 tgt=-@1a1 rbcd=-@1a2 enc=4@1a3;gc v:b9",
     "divergent tgt 1<0, lagging rbcd 1<0, lagging enc 1<0"},
};

START_TEST(partial_replicas)
{
    check_verdict_cases(partial, sizeof partial / sizeof *partial);
}
END_TEST

static const struct verdict_case dn[] = {
    {"moved, not there yet", "v:b7 dn=q.s@2b7;v:b6 dn=q.r@1a5", "lagging dn 1<0"},
    {"moved, and covered", "v:b7 dn=q.s@2b7;v:b7 dn=q.r@1a5", "divergent dn 1<0"},
    {"a container above was renamed", "v:b7 dn=q.s@1a5;v:b6 dn=q.r@1a5;dn=q.s@1a5",
     "unproved dn 1<0 [container]"},
    {"one of two", "dn=q.s@1a5;dn=q.r@1a5", "unproved dn 0 [container], unproved dn 1 [container]"},
    {"one name stamp, two RDNs", "dn=q.s@1a5;dn=p.s@1a5;dn=q.s@1a5", "corrupt dn 1<0"},
    {"a tie of two RDNs", "dn=q.s@1a5;dn=p.s@1a5", "corrupt dn 0, corrupt dn 1"},
    {"both at once", "dn=q.s@1a5;dn=p.s@1a5;dn=q.r@1a5;dn=q.s@1a5",
     "corrupt dn 1<0, unproved dn 2<0 [container]"},
    {"the unasked below that container", "v:a5 dn=q.s@1a5;v:a5 dn=q.r@1a5;~0 v:a5;~1 v:a5;~0 v:a5",
     "unproved dn 1<0 [container], unproved dn 3<0 [container]"},
    {"the unasked that lack that write may break a tie", "v:a5 dn=q.s@1a5;v:a5 dn=q.r@1a5;~0 v:a4",
     "unproved dn 0 [container], unproved dn 1 [container], ask 2"
     " | unproved dn 0 [container], unproved dn 1 [container], unproved dn 2 [container]"},
};

START_TEST(names)
{
    check_verdict_cases(dn, sizeof dn / sizeof *dn);
}
END_TEST

static const struct verdict_case lost[] = {
    {"two wrote at once, not there yet", "v:a5 spn=x@2a5;v:b7 spn=y@2b7",
     "lagging spn 0<1, lost-update spn 0<1"},
    {"two wrote at once, and covered", "v:b7 spn=x@2a5;v:b7 spn=y@2b7",
     "divergent spn 0<1, lost-update spn 0<1"},
    {"one origin wrote both versions", "v:b7 spn=y@3b7;v:b6 spn=x@2b6", "lagging spn 1<0"},
    {"one origin with one version twice, by its clock set back", "v:b7 spn=y@2a6+1;v:a5 spn=x@2a5",
     "lagging spn 1<0"},
    {"the same was written twice, and another since", "v:a5 spn=x@2a5;v:b7 spn=x@2b7;v:c9 spn=z@3c9",
     "lagging spn 0<2, lagging spn 1<2"},
    {"the same was written twice", "v:a5 spn=x@2a5;v:b7 spn=x@2b7", ""},
    {"written over since", "v:a5 spn=x@2a5;v:b9 spn=z@3b9;v:b7 spn=y@2b7",
     "lagging spn 0<1, lost-update spn 0<2, lagging spn 2<1"},
    {"only where values are sets", "v:a5 upn=x@2a5;v:b7 upn=y@2b7", "lagging upn 0<1"},
    {"delegation lists are", "v:a5 tgt=x@2a5;v:b7 tgt=y@2b7", "lagging tgt 0<1, lost-update tgt 0<1"},
    {"three at once", "v:a5 spn=x@2a5;v:b7 spn=y@2b7;v:c9 spn=z@2c9",
     "lagging spn 0<2, lost-update spn 0<1, lagging spn 1<2, lost-update spn 1<2"},
    {"one second of one clock: the origin decides", "v:b7 spn=y@2b7;v:a5 spn=x@2a5",
     "lagging spn 1<0, lost-update spn 1<0"},
    {"the unasked have no stamp to lose", "v:a5 spn=x@2a5;~0 v:a5;v:b7 spn=y@2b7",
     "lagging spn 0<2, lost-update spn 0<2, lagging spn 1<2"},
};

START_TEST(lost_updates)
{
    check_verdict_cases(lost, sizeof lost / sizeof *lost);
}
END_TEST

START_TEST(tells_how_far_behind)
{
    struct witness w[8];
    struct judgement j;
    size_t count = witnesses_of("v:b107 spn=y@2b107;v:b100 spn=x@1a5;v:a9 spn=x@1a5", w, 8);
    judge(w, count, false, TEST_NOW_US, 0, &j);
    ck_assert_uint_eq(j.count, 2);
    ck_assert_uint_eq(j.findings[0].behind_usn, 7);
    ck_assert_int_eq(j.findings[0].synced_us, 5);
    ck_assert(j.findings[0].has_stamp);
    ck_assert_uint_eq(j.findings[0].winning.version, 2);
    ck_assert_uint_eq(j.findings[0].winning.usn, 107);
    ck_assert_uint_eq(j.findings[1].behind_usn, 107);
    ck_assert_int_eq(j.findings[1].synced_us, 0);
    ck_assert_str_eq(j.findings[0].note, "");
    judgement_release(&j);
    ck_assert_ptr_null(j.ask);
    judge(w, 0, false, 0, 0, &j);
    ck_assert_uint_eq(j.count, 0);
    judgement_release(&j);
    judge(w, 1, false, 0, 0, &j);
    ck_assert_uint_eq(j.count, 0);
    judgement_release(&j);
    witnesses_free(w, count);
}
END_TEST

START_TEST(has_names)
{
    ck_assert_str_eq(verdict_name(VERDICT_DELETION_LAGGING), "deletion-lagging");
    ck_assert_str_eq(verdict_name(VERDICT_LOST_UPDATE), "lost-update");
    for (int v = 0; v < VERDICT_COUNT; v++)
        ck_assert_ptr_nonnull(verdict_name((enum verdict)v));
    for (int what = 0; what < JUDGED_COUNT; what++) {
        ck_assert_ptr_nonnull(judged_attribute((enum judged)what));
        ck_assert_int_eq(judged_is_pas((enum judged)what),
                         what != JUDGED_TARGETS && what != JUDGED_RBCD && what != JUDGED_ENCTYPES);
    }
    ck_assert_str_eq(judged_attribute(JUDGED_OBJECT), "objectGUID");
    ck_assert_str_eq(judged_attribute(JUDGED_DN), "distinguishedName");
    ck_assert_str_eq(judged_attribute(JUDGED_SPN), "servicePrincipalName");
}
END_TEST

Suite *suite_verdict_value(void)
{
    Suite *s = suite_create("verdict_value");
    TCase *tc = tcase_create("verdict_value");
    tcase_add_test(tc, lagging_or_divergent);
    tcase_add_test(tc, corrupt_values);
    tcase_add_test(tc, hidden_values);
    tcase_add_test(tc, partial_replicas);
    tcase_add_test(tc, names);
    tcase_add_test(tc, lost_updates);
    tcase_add_test(tc, tells_how_far_behind);
    tcase_add_test(tc, has_names);
    suite_add_tcase(s, tc);
    return s;
}
