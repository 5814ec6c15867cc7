/* plan_judge.h: what became of one want, DC by DC, and the rows of CSV and lines of setspn that tell it. */
#pragma once

#include "scanner/command/plan_fix.h"
#include "scanner/command/plan_wants.h"

/* What one DC shows of it. Texts are offsets into judge.text. */
struct dc_sight {
    struct text_ref dc;
    bool has, hidden;
    int shown;                  /* -1 not known */
    struct text_ref holders[8]; /* other accounts; more are counted */
    size_t holder_count;
    const char *state; /* present, missing, ... */
    struct text_ref detail;
};

struct judge {
    FILE *out;   /* rows go there; NULL: none */
    bool wrong;  /* something is not as planned */
    bool unsure; /* something can't be known */
    struct fix_list remove, add, delegate;
    /* of the want at hand */
    struct text_buf text, fix;
    struct dc_sight *dcs;
    size_t count, size;
};

enum spn_code judge_header(struct judge *j, struct spn_error *reterr);

/* A row of store_plan_look for the want at hand, without its index (cells from dc on). */
void judge_see(struct judge *j, const struct store_cell *cells);
/* All was seen: judges, writes, and is ready for the next want. */
enum spn_code judge_want(struct judge *j, const struct want *want, struct spn_error *reterr);

/* A DC that was not read to its end (a row of store_unread_dcs): nothing is known of it, for all rows. */
enum spn_code judge_unread(struct judge *j, const struct store_cell *cells, struct spn_error *reterr);

/* What would make it true, a line each: what is to be removed first. */
enum spn_code judge_fixes(struct judge *j, FILE *out, struct spn_error *reterr);

void judge_release(struct judge *j);
