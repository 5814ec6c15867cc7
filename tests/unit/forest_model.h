/* forest_model.h: a small model of replication as MS-DRSR tells it, of one object, and damage done below it.
 */
#pragma once

#include "scanner/run/verdict.h"

#define MAX_DCS 5

/* isDeleted, and two ordinary attributes; whenCreated comes first. */
enum { CREATED, DELETED, SPN, UPN, ATTRS };

struct value {
    bool written;
    struct stamp stamp;
    uint64_t value; /* of isDeleted: 1 deleted */
};

struct dc {
    bool there;
    struct value attrs[ATTRS];
    uint64_t vector[MAX_DCS]; /* the own row is the own USN */
    bool broken; /* has lost what its vector says it has: its vector may not be handed on in the model, since
                    whoever pulls from it would be as wrong as it is */
};

struct forest {
    struct dc dcs[MAX_DCS];
    size_t count;
    uint64_t values, seed;
    int64_t clock;
};

/* Below n, of the forest's own random numbers. */
uint64_t forest_below(struct forest *f, uint64_t n);
struct guid forest_invocation(size_t dc);
size_t forest_origin(const struct stamp *stamp);
bool dc_is_alive(const struct dc *dc);

/* A forest in the midst of its life: the same for the same seed. */
struct forest forest_make(uint64_t seed);
/* Replicates until nothing moves any more. */
void forest_converge(struct forest *f);
