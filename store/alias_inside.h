/* alias_inside.h: what alias.c and alias_all.c share. */
#pragma once

#include "store/alias.h"

struct alias_mapping {
    char *class, *stands_for;
};

#define LONGEST_CLASS 63

struct alias_work {
    struct store *store;
    const struct name_holders *holders;
    struct alias_mapping *mappings; /* sorted by class */
    size_t mapping_count, mapping_size;
    uint64_t
        lengths[256]; /* by first byte: the lengths of classes that begin so; spares nearly every search */
    struct holder_list found; /* of one look-up */
    struct text_buf name;     /* that was looked up */
    struct text_buf rest;     /* of a name: all but its class */
    sqlite3_stmt *live;       /* SPNs of an object in lower case */
    sqlite3_stmt *shadow;
};

/* Reads the mappings. store and holders are set, all else is zero; alias_finish releases it, also after an
 * error. */
enum spn_code alias_start(struct alias_work *w, struct spn_error *reterr);
void alias_finish(struct alias_work *w);

/* The first mapping of the class, and the next of the same; NULL: there is none. */
const struct alias_mapping *alias_find_class(const struct alias_work *w, const char *class, size_t len);
const struct alias_mapping *alias_next(const struct alias_work *w, const struct alias_mapping *mapping);

/* The objects that may hold class and the rest of the name ("/x"), into w->found; w->name is that name then.
 */
enum spn_code alias_look_up(struct alias_work *w, const char *class, const char *rest,
                            struct spn_error *reterr);

/* The rows of an object's explicit names; both: also of its names that stand for others. */
enum spn_code alias_add_object(struct alias_work *w, int64_t object, bool both, struct spn_error *reterr);

/* By id, each once. */
void holder_list_sort(struct holder_list *list);
