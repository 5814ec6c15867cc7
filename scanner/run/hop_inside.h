/* hop_inside.h: what the files of hop_judge share. Pure. */
#pragma once

#include "scanner/run/hop.h"
#include "scanner/run/hop_spn.h"
#include "spnscan/text_buf.h"

#define HOP_MAX_NAMES 16

#define UAC_DISABLED      0x2u
#define UAC_WORKSTATION   0x1000u
#define UAC_UNCONSTRAINED 0x80000u
#define UAC_NOT_DELEGATED 0x100000u
#define UAC_DES_ONLY      0x200000u
#define UAC_TRANSITION    0x1000000u /* MS-ADTS 2.2.16 */

/* DCs, by index into the facts; zero-terminated is nothing here. */
struct hop_set {
    bool *in;
    size_t count, size; /* how many are in it; of how many */
};

enum hop_held_at {
    HELD_NO_COPY, /* it cannot say */
    HELD_UNASKED, /* it holds a copy of which this was not read */
    HELD_BY_NONE,
    HELD_BY_ONE,
    HELD_BY_SEVERAL
};

/* Who holds a name, on each DC. The exact name goes before what stands for it (MS-DRSR 4.1.4.2.14). */
struct hop_held {
    struct hop_spn spn;
    bool by_alias;           /* nobody holds it as it is, on any DC: what stands for its class counts */
    char alias[HOP_SPN_MAX]; /* the name that is held then */
    long owner;              /* the account that holds it on most DCs; -1: nobody on any */
    bool tie;                /* as many DCs show another */
    bool unclear;            /* several hold it at once, and which is right cannot be told */
    enum hop_held_at *at;    /* one a DC */
    size_t *holder;          /* where HELD_BY_ONE */
    size_t copies;           /* DCs that can say */
};

/* One side of the chain: the front, or a back-end. */
struct hop_side {
    const char *prefix; /* "front", "back" */
    const char *text;   /* as typed */
    struct hop_held *names;
    size_t name_count;
    long owner;         /* -1 not known */
    bool broken;        /* its SPN or account failed everywhere: what rests on it is not checked */
    bool no_delegation; /* of the front: it may not delegate at all, on any DC */
    const char *broken_by;
};

struct hop_work {
    const struct hop_question *q;
    const struct hop_facts *f;
    struct hop_chain *chain;
    bool *told; /* one a difference: a failing link has named it */
    struct hop_side front;
    struct hop_side *backs;
};

/* ---- sets ---- */
struct hop_set hop_set_new(const struct hop_work *w);
void hop_set_add(struct hop_set *set, size_t dc);
void hop_set_release(struct hop_set *set);
/* DCs that were not read and may hold (a full replica of) the domain; domain >= count: any. */
void hop_set_unread(const struct hop_work *w, struct hop_set *set, size_t domain, bool full);

/* ---- words ---- */
/* "dc1, dc2 and 7 more". */
void hop_say_dcs(const struct hop_work *w, struct text_buf *text, const struct hop_set *set);
/* "all 3 DCs", "the 2 DCs that were read". */
void hop_say_count(struct text_buf *text, size_t count, const struct hop_set *unread);
const char *hop_name_of(const struct hop_work *w, long object); /* "svc-crm" */

/* Commands for the next step; object -1: whichever account it is. */
void hop_say_setspn(const struct hop_work *w, struct text_buf *text, char how, const char *spn, long object);
void hop_say_add_target(const struct hop_work *w, struct text_buf *text, long object, const char *spn);

/* ---- links ---- */
struct hop_draft {
    struct text_buf detail, next;
    struct hop_set bad, unread;
};
struct hop_draft hop_draft_new(const struct hop_work *w);
/* fail where a DC is in bad, else not known (and incomplete) where one is in unread, else pass. The draft is
 * used up. */
struct hop_link *hop_conclude(struct hop_work *w, const char *id, struct hop_draft *draft);
/* The same with a state that is known otherwise. */
struct hop_link *hop_put(struct hop_work *w, const char *id, enum hop_state state, struct hop_draft *draft);
/* Not known: not checked, because another link has to be mended first. */
void hop_skip(struct hop_work *w, const char *id, const char *because);

/* Why the bad DCs differ on the object in one of these attributes (NULL ends the list), and what to do; those
 * differences are told then. Appends to the detail and, where nothing stands there yet, to the next step. */
void hop_explain(struct hop_work *w, struct hop_draft *draft, long object, const char *const *attributes);
extern const char *const hop_spn_attributes[],
    *const hop_uac_attributes[], *const hop_delegation_attributes[], *const hop_enctype_attributes[];
/* The next step for a verdict. */
void hop_say_step(const struct hop_work *w, struct text_buf *text, const struct hop_difference *difference);

/* ---- parts of the chain ---- */
void hop_hold(const struct hop_work *w, const char *spn, struct hop_held *ret);
bool hop_holds(const struct hop_texts *spns, const char *key);
/* Whether some DC shows it on that account. */
bool hop_held_by(const struct hop_object *object, const char *key, size_t dc_count);
/* May the front act towards that back-end by the back-end's own descriptor? *ret_group: which group may; else
 * left as it is. */
enum rbcd { RBCD_NO, RBCD_YES, RBCD_GROUP /* a group may, and who is in it is not stored */, RBCD_NOT_KNOWN };
enum rbcd hop_rbcd_at(const struct hop_work *w, const struct hop_side *back, size_t dc,
                      const char **ret_group);
/* Any DC that shows it open, else what else one says. */
enum rbcd hop_rbcd_anywhere(const struct hop_work *w, const struct hop_side *back, const char **ret_group);
void hop_judge_holders(struct hop_work *w, struct hop_side *side); /* ...-spn, -unique, -account, -enabled */
void hop_judge_forms(struct hop_work *w);                          /* front-forms */
void hop_judge_ports(struct hop_work *w);                          /* port-rule; when all sides are judged */
void hop_judge_front_delegation(struct hop_work *w);               /* front-delegation */
void hop_judge_target(struct hop_work *w, const struct hop_side *back); /* back-target */
void hop_judge_user(struct hop_work *w);                                /* user-delegable */
void hop_judge_encryption(struct hop_work *w);
void hop_judge_clocks(struct hop_work *w);
void hop_judge_replication(struct hop_work *w);
void hop_judge_coverage(struct hop_work *w);
void hop_judge_dns(struct hop_work *w);
