/* health_case.h: a forest that the tests of health spoil. What fails, fails the test. */
#pragma once

#include <check.h>

#include "scanner/run/health.h"
#include "spnscan/text_buf.h"
#include "tests/unit/make_blob.h"

/* A healthy forest of one domain, dc1 to dc4 in site Hub, dc5 in Branch, which the tests spoil. DC n has the
 * invocationId of sixteen bytes n, was at USN 1000 in the scan before, 100 minutes ago, and is at 1100; all
 * had all of it then, but the last ten, and now. */
#define DCS     5
#define NOW     TEST_US
#define DAY_US  INT64_C(86400000000)
#define HOUR_US INT64_C(3600000000)

struct world {
    struct forest_info forest;
    struct domain_info domains[2];
    struct dc_info infos[DCS];
    struct dc_result results[DCS];
    struct known_mark marks[DCS];
    struct utd_vector vectors[DCS][2];
    bool readable[DCS][2];
    struct told_neighbour neighbours[DCS];
    struct health_dc dcs[DCS];
    struct known_cursor cursors[DCS * DCS];
    struct health_facts facts;
    struct text_buf said;
};
extern struct world w;
void make_world(void);
void free_world(void);

void set_cursor(size_t dc, size_t domain, uint8_t origin, uint64_t usn, int64_t synced_us);
/* The same; what was set before goes, also where it was more. */
void put_back(size_t dc, uint8_t origin, uint64_t usn, int64_t synced_us);
/* A cursor of the scan before. */
struct known_cursor *before(size_t dc, uint8_t origin);

/* All findings, a line each. */
const char *judged(void);
/* One finding, that begins so and has these words in it. */
void ck_one(const char *start, const char *words);
void ck_none(void);
