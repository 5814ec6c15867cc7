#include <check.h>

#include "tests/unit/verdict_case.h"

Suite *suite_verdict_object(void);

/* Objects are created by c@1a1 unless it is said otherwise. */
static const struct verdict_case missing[] = {
    {"not created there yet", "c@1a5;v:a4 none", "lagging c 1<0"},
    {"no word of the creator at all", "c@1a5;none", "lagging c 1<0"},
    {"created, and gone without a tombstone", "c@1a5;v:a5 none", "lingering c 0<1 [unsure]"},
    {"the same, long ago", "c@1a5-90;v:a5 none", "lingering c 0<1 [certain]"},
    {"old, but written to of late", "c@1a5-90 spn=x@2a9;v:a9 none", "lingering c 0<1 [unsure]"},
    {"60 days are not enough", "c@1a5-59;v:a5 none", "lingering c 0<1 [unsure]"},
    {"lingers at each that shows it", "c@1a5-90;~0 v:-;v:a5 none;c@1a5-90;v:a5 none",
     "lingering c 0<2 [certain], lingering c 1<2 [certain], lingering c 3<2 [certain]"},
    {"tombstones not readable", "c@1a5;v:a5 none blind", "unproved c 1 [tombstones]"},
    {"tombstones not readable, but not created there yet", "c@1a5;v:a4 none blind", "lagging c 1<0"},
    {"one can't tell, the other can", "c@1a5-90;v:a5 none blind;v:a5 none",
     "unproved c 1 [tombstones], lingering c 0<2 [certain]"},
    {"one is behind, the other lacks it", "c@1a5;v:a4 none;v:a5 none",
     "lagging c 1<0, lingering c 0<2 [unsure]"},
    {"vector not readable", "c@1a5;v:- none", "unproved c 1<0 [vector]"},
    {"creation not readable", "nometa;v:a5 none", "unproved c 1 [metadata]"},
    {"creation readable at one", "nometa;v:a5 none;c@1a5",
     "lingering c 0<1 [unsure], lingering c 2<1 [unsure]"},
    {"absent by older word, covered", "c@1a5;v:a4 none;~1 v:a5",
     "lagging c 1<0, ask 2"
     " | lagging c 1<0, unproved c 2 [changed]"},
    {"absent by older word, behind", "c@1a5;v:a4 none;~1 v:a3", "lagging c 1<0, lagging c 2<0"},
    {"its state is not known", "c@1a5;~? v:a5",
     "ask 1"
     " | unproved c 1 [changed]"},
    {"nobody shows it", "none v:a5;none v:a5;none", ""},
    {"a tombstone, and gone elsewhere", "dead del@1b7;none v:a5,b9;none", ""},
    {"tombstones alone", "dead del@1b7;dead del@1b7", ""},
    {"an absent DC takes no part in values", "c@1a5-90 v:b7 spn=y@2b7;c@1a5-90 v:b6 spn=x@1a6;v:a5,b7 none",
     "lingering c 0<2 [unsure], lingering c 1<2 [unsure], lagging spn 1<0"},
    {"a partial replica lacks it", "c@1a5;v:a4 none gc", "lagging c 1<0"},
};

START_TEST(missing_objects)
{
    check_verdict_cases(missing, sizeof missing / sizeof *missing);
}
END_TEST

static const struct verdict_case deleted[] = {
    {"deletion not there yet", "dead v:b7 del@1b7;v:b6", "deletion-lagging del 1<0"},
    {"deletion covered", "dead v:b7 del@1b7;v:b7", "divergent del 1<0"},
    {"covered, by older word", "dead v:b7 del@1b7;v:b6;~1 v:b7",
     "ask 2"
     " | deletion-lagging del 1<0, unproved del 2 [changed]"},
    {"behind, by older word", "dead v:b7 del@1b7;v:b6;~1 v:b5",
     "ask 2"
     " | deletion-lagging del 1<0, deletion-lagging del 2<0"},
    {"by older word, vector not readable: it may be alive again", "dead v:b7 del@1b7;v:b6;~1 v:-",
     "ask 2"
     " | deletion-lagging del 1<0, unproved del 2<0 [vector]"},
    {"behind, by the older word of many",
     "dead v:b7 del@1b7;v:b6;~1;~1;~1;~1;~1;~1;~1;~1;~1;~1;~1;~1;~1;~1;~1;~1;~1 v:-",
     "deletion-lagging del 1<0, deletion-lagging del 2<0, deletion-lagging del 3<0, "
     "deletion-lagging del 4<0, deletion-lagging del 5<0, deletion-lagging del 6<0, "
     "deletion-lagging del 7<0, deletion-lagging del 8<0, deletion-lagging del 9<0, "
     "deletion-lagging del 10<0, deletion-lagging del 11<0, deletion-lagging del 12<0, "
     "deletion-lagging del 13<0, deletion-lagging del 14<0, deletion-lagging del 15<0, "
     "deletion-lagging del 16<0, deletion-lagging del 17<0, unproved del 18<0 [vector]"},
    {"vector not readable", "dead v:b7 del@1b7;v:-", "unproved del 1<0 [vector]"},
    {"stamp of the deletion not readable", "dead nometa;v:b6;v:b7", "unproved del 0 [metadata]"},
    {"readable at one of two", "dead nometa;v:b6;dead del@1b7", "deletion-lagging del 1<2"},
    {"living one's stamps not readable, behind", "dead del@1b7;v:b6 nometa", "deletion-lagging del 1<0"},
    {"living one's stamps not readable, covered: it may be a return", "dead del@1b7;v:b7 nometa",
     "unproved del 1 [metadata]"},
    {"values of the living are judged too", "dead del@1b7;v:b6 upn=x@2b5;v:b4 upn=w@1a5",
     "deletion-lagging del 1<0, deletion-lagging del 2<0, lagging upn 2<1"},
    {"a DC that never had it has nothing to explain", "dead del@1b7;v:b6;none", "deletion-lagging del 1<0"},
    {"nor one that has forgotten the tombstone", "dead del@1b7;v:b7;v:a5,b7 none;v:a5,b7 none blind",
     "divergent del 1<0"},
    {"nor one whose word is older", "dead del@1b7;v:b6;v:a5,b9 none;~2 v:a9", "deletion-lagging del 1<0"},
};

START_TEST(deletions)
{
    check_verdict_cases(deleted, sizeof deleted / sizeof *deleted);
}
END_TEST

static const struct verdict_case returned[] = {
    {"return not there yet", "v:c3 del@2c3;dead v:b9 del@1b7", "lagging del 1<0"},
    {"return covered", "v:c3 del@2c3;dead v:b9,c3 del@1b7", "divergent del 1<0"},
    {"one that never saw either", "v:c3 del@2c3;dead v:b9 del@1b7;v:a5", "lagging del 1<0"},
    {"return not there yet, by older word", "v:c3 del@2c3;dead v:b9 del@1b7;~1 v:b9",
     "lagging del 1<0, ask 2 | lagging del 1<0, unproved del 2 [changed]"},
    {"deleted again", "dead v:b9 del@3b9;v:c3 del@2c3", "deletion-lagging del 1<0"},
    {"return, and its tombstone's stamp not readable, behind", "v:c3 del@2c3;dead v:b9 nometa",
     "lagging del 1<0"},
    {"return, and its tombstone's stamp not readable, covered", "v:c3 del@2c3;dead v:b9,c3 nometa",
     "unproved del 1 [metadata]"},
    {"return not there yet, tombstone not readable", "v:c3 del@2c3;v:a5,b9 none blind", "lagging del 1<0"},
    {"return not there yet, and no tombstone that waits for it", "v:c3 del@2c3;v:a5,b9 none",
     "lingering c 0<1 [unsure]"},
    {"return covered, tombstone not readable", "v:c3 del@2c3;v:a5,c3 none blind",
     "unproved c 1 [tombstones]"},
    {"return covered, nothing there", "v:c3 del@2c3;v:a5,c3 none", "lingering c 0<1 [unsure]"},
    {"return and creation not there yet", "v:c3 del@2c3;none", "lagging c 1<0"},
    {"returned everywhere", "del@2c3;del@2c3;del@2c3", ""},
    {"one write, deleted here and alive there", "dead del@1b7;del@1b7;dead del@1b7", "corrupt del 1<0"},
    {"the same, the other way round", "dead del@1b7;del@1b7;del@1b7;v:b6", "corrupt del 0<1"},
    {"the same, a tie", "dead del@1b7;del@1b7", "corrupt del 0, corrupt del 1"},
    {"the same, the unasked not having that write", "dead v:b7 del@1b7;v:b7 del@1b7;~0 v:b6",
     "corrupt del 0, corrupt del 1"},
    {"the same, told by the unasked", "dead v:b7 del@1b7;v:b7 del@1b7;~0 v:b7", "corrupt del 1<0"},
};

START_TEST(returns)
{
    check_verdict_cases(returned, sizeof returned / sizeof *returned);
}
END_TEST

START_TEST(a_forest_may_keep_tombstones_longer)
{
    struct witness w[8];
    size_t count = witnesses_of("c@1a5-90;v:a5 none", w, 8);
    static const int days[] = {0, 60, 90, 180};
    for (size_t i = 0; i < 4; i++) {
        struct judgement j;
        judge(w, count, true, TEST_NOW_US, days[i], &j);
        ck_assert_uint_eq(j.count, 1);
        ck_assert_int_eq(strncmp(j.findings[0].note, "certain", 7) == 0, days[i] < 180);
        ck_assert_uint_eq(j.findings[0].winning.usn, 5);
        judgement_release(&j);
    }
    witnesses_free(w, count);
}
END_TEST

Suite *suite_verdict_object(void)
{
    Suite *s = suite_create("verdict_object");
    TCase *tc = tcase_create("verdict_object");
    tcase_add_test(tc, missing_objects);
    tcase_add_test(tc, deletions);
    tcase_add_test(tc, returns);
    tcase_add_test(tc, a_forest_may_keep_tombstones_longer);
    suite_add_tcase(s, tc);
    return s;
}
