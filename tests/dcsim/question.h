/* question.h: a search request as it came, read by liblber. */
#pragma once

#include "tests/dcsim/filter.h"

#define MAX_RANGES 8
#define MAX_NAMES  64

struct wanted_range {
    enum attr attr;
    uint32_t low, high; /* high UINT32_MAX: * */
};

struct selection {
    attr_mask want, want_binary; /* want_binary: of mask_many, as ";binary" */
    bool types_only;
    int range_count;
    struct wanted_range ranges[MAX_RANGES];
};

struct controls {
    bool paged, show_deleted, domain_scope, phantom_root;
    int page_size;
    unsigned sd_parts; /* of nTSecurityDescriptor; descriptor.h */
    uint8_t cookie[64];
    size_t cookie_len;
    bool unknown_critical, malformed;
};

struct question {
    int id;
    struct bytes base;
    int scope; /* 0 base, 1 one, 2 subtree */
    int size_limit;
    struct selection selection;
    struct bytes names[MAX_NAMES]; /* the attributes as asked for, for the rootDSE */
    int name_count;
    bool all_names;
    struct filter filter;
    uint64_t filter_hash;
    struct controls controls;
};

/* What it points to belongs to ber. It stands before the operation; controls behind it are read too. false:
 * not to be decoded. */
bool question_read(struct question *q, BerElement *ber);
/* What may follow any operation. */
void controls_read(struct controls *controls, BerElement *ber);
