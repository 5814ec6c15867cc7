/* verdict.h: why do DCs differ on one object? Pure: no I/O, no clock (DESIGN section 4; MS-DRSR 5.11, 5.202).
 *
 * In: what each DC in scope shows of the object, attribute by attribute, with the stamp of the write the
 * value came from, and each DC's up-to-dateness vector of the object's NC, read before the values. Out: a row
 * where a DC is wrong or behind, or a DC that has to be asked before anything can be said.
 *
 * An attribute is judged among the DCs that show the object alive. W is its greatest stamp over those that
 * told theirs. A DC that does not show W's value:
 *   its vector does not cover W                      lagging
 *   it covers W, and was asked afresh                divergent
 *   it has W itself, with another value              corrupt, at the minority (of a tie: at each)
 *   it has W itself, and no value where others have  hidden if the security descriptors differ (sd), else
 *                                                    corrupt
 * userAccountControl always has a value: where it is absent it is hidden, whatever the stamps. A DN is
 * stamped by the object's name alone: with one stamp and one RDN it is a container above that differs.
 *
 * The object itself, by the stamps of its creation (whenCreated) and of its deletion or return (isDeleted):
 *   absent at d, creation not covered                lagging, at d
 *   absent at d, covered, no tombstone there         lingering, at each DC that still shows it
 *   absent at d, covered, tombstones not readable    unproved, at d; lagging if it is alive again and that is
 *                                                    not covered
 *   tombstone, deletion not covered by e             deletion-lagging, at each e that shows it alive
 *   tombstone, deletion covered by e                 divergent, at e
 *   (e are asked first where they are few: one may have it alive again, by a newer write)
 *   alive again, isDeleted of the living is newer    lagging, at each d with the tombstone
 *   the same, covered by d                           divergent, at d
 *
 * An absent DC has nothing to explain while a deletion is under way: it shows what all will show.
 *
 * Two writes with one version from two DCs and different values: lost-update, at the DC that shows the loser,
 * beside its row as lagging or divergent. Whatever cannot be proved because something cannot be read:
 * unproved, at the DC where it cannot be read, with the right that is missing.
 */
#pragma once

#include "scanner/decode/replica.h"

enum verdict {
    VERDICT_NONE,
    VERDICT_LAGGING,
    VERDICT_DIVERGENT,
    VERDICT_CORRUPT,
    VERDICT_HIDDEN,
    VERDICT_LINGERING,
    VERDICT_DELETION_LAGGING,
    VERDICT_LOST_UPDATE,
    VERDICT_CONFLICT,
    VERDICT_UNPROVED,
    VERDICT_COUNT
};
const char *verdict_name(enum verdict verdict); /* "deletion-lagging" */

/* What is judged one by one. The first is the object itself. */
enum judged {
    JUDGED_OBJECT,  /* objectGUID: is it there? stamps: whenCreated */
    JUDGED_DELETED, /* isDeleted: only its stamp counts */
    JUDGED_SPN,
    JUDGED_SAM,
    JUDGED_UAC,
    JUDGED_DNS_HOST,
    JUDGED_UPN,
    JUDGED_SID,
    JUDGED_DN, /* stamp of name */
    JUDGED_TARGETS,
    JUDGED_RBCD,
    JUDGED_ENCTYPES,
    JUDGED_COUNT
};
const char *judged_attribute(enum judged what); /* LDAP name: "servicePrincipalName"; of JUDGED_OBJECT
                                                   "objectGUID", of JUDGED_DN "distinguishedName" */
bool judged_is_pas(enum judged what);           /* false: a partial replica can't tell */

struct judged_value {
    bool has_stamp, present;
    struct stamp stamp;
    struct hash128 hash; /* of the values, order-free, ASCII case folded as for the facets; {0} when absent */
    uint64_t rdn;        /* JUDGED_DN: hash of the first RDN, ASCII case folded */
};

enum presence { SHOWS_LIVE, SHOWS_DELETED, SHOWS_NOTHING };

/* One DC's word. */
struct witness {
    bool fresh;  /* asked with its stamps in this round; else it is known to show what `like` shows */
    size_t like; /* not fresh: index of a fresh witness that shows the same, of a full replica if this is one;
                    SIZE_MAX: its state is another's than any fresh one's */
    enum presence presence;
    bool full;         /* holds a full replica: can tell all attributes */
    bool tombstones;   /* deleted objects can be read there */
    bool has_metadata; /* replPropertyMetaData was there (of a fresh one that shows something); an attribute
                          without a stamp in it was never written there */
    const struct utd_vector *vector; /* own row included, read before the values; NULL: not readable */
    uint64_t sd;                     /* hash of nTSecurityDescriptor; 0: not read */
    struct judged_value values[JUDGED_COUNT];
};

struct finding {
    enum verdict verdict;
    enum judged what; /* missing, lingering: JUDGED_OBJECT; a deletion or a return: JUDGED_DELETED */
    size_t at;        /* witness: where the row stands */
    size_t winner; /* a witness that shows the winning value (lingering: one that lacks the object); SIZE_MAX:
                      unknown */
    bool has_stamp;
    struct stamp winning; /* of the winning value (lingering: of the creation, which the winner covers) */
    uint64_t behind_usn;  /* lagging: USNs of the origin that are still to come, up to that write */
    int64_t synced_us;    /* lagging: when `at` last heard of that origin, by its own clock; 0 unknown */
    const char *note;     /* "" or plain words: the missing right, how certain; static */
};

/* Findings hold once nothing is unsettled and no sd is needed; before that they may still change. In order of
 * attribute; they do not depend on the order of the witnesses, but for winner (the first one). */
struct judgement {
    struct finding *findings; /* owned */
    size_t count, size;
    bool *ask; /* owned; per witness: needs a fresh word (with stamps and vector) before more can be said */
    bool need_sd; /* hidden and corrupt can't be told apart without the security descriptors of the fresh ones
                   */
    bool unsettled; /* any ask */
};

/* Fills *ret, whatever was in it; release it after. final: nobody can be asked any more; what would need
 * asking becomes unproved. now_us and tombstone_days (0: 60, AD's default) only choose the note of a
 * lingering object. */
void judge(const struct witness *witnesses, size_t count, bool final, int64_t now_us, int tombstone_days,
           struct judgement *ret);
void judgement_release(struct judgement *judgement);
