#include "tests/dcsim/search.h"

#include "tests/dcsim/walk.h"

#define COOKIE_LEN   32
#define COOKIE_MAGIC 0x64637369u

/* ---- pages ---- */

static uint64_t question_hash(const struct question *q)
{
    return mix2(fold_hash(q->base.data, q->base.len) + (uint64_t)q->scope, q->filter_hash);
}

static bool read_cookie(struct walk *w)
{
    const struct controls *c = &w->q->controls;
    uint32_t magic = COOKIE_MAGIC;
    uint64_t parts[3];
    if (c->cookie_len != COOKIE_LEN || memcmp(c->cookie, &magic, 4) != 0)
        return false;
    memcpy(parts, c->cookie + 8, sizeof parts);
    w->position = parts[2];
    return parts[0] == w->asker->connection && parts[1] == question_hash(w->q);
}

static void write_cookie(const struct walk *w, uint64_t position, uint8_t ret[COOKIE_LEN])
{
    const uint32_t magic[2] = {COOKIE_MAGIC, 0};
    const uint64_t parts[3] = {w->asker->connection, question_hash(w->q), position};
    memcpy(ret, magic, 8);
    memcpy(ret + 8, parts, sizeof parts);
}

static void put_references(struct walk *w)
{
    char url[500];
    if (w->asker->gc || w->q->controls.domain_scope || w->q->scope != 2)
        return;
    for (int n = 0; n < forest.nc_count; n++) {
        struct bytes dn = text_bytes(forest.ncs[n].dn), parent = dn_parent(dn);
        int above = parent.len ? nc_of_dn(parent) : -1;
        if (above < 0 || w->included[n] || !w->included[above] || !dn_under(dn, w->base))
            continue;
        const char *dns =
            forest.ncs[n].kind == NC_DOMAIN ? forest.domains[forest.ncs[n].domain].dns : forest.plan.root;
        snprintf(url, sizeof url, "ldap://%s/%s", dns, forest.ncs[n].dn);
        put_reference(w->out, w->q->id, url);
    }
}

static void end_page(struct walk *w, const struct strike *strike)
{
    uint8_t cookie[COOKIE_LEN];
    struct question *q = w->q;
    struct paging paging = {.there = q->controls.paged && strike->kind != FAULT_NO_PAGING};
    int code = SUCCESS;
    if (strike->kind == FAULT_RESULT)
        code = (int)strike->value;
    else if (w->more && (!q->controls.paged || (q->size_limit && q->size_limit <= w->found)))
        code = SIZE_LIMIT;
    else if (w->more || strike->kind == FAULT_NO_END) {
        const bool again = strike->kind == FAULT_SAME_PAGE || !w->more;
        write_cookie(w, again ? w->position : w->next, cookie);
        paging.cookie = (struct bytes){cookie, sizeof cookie};
    } else
        put_references(w);
    put_result(w->out, q->id, DONE, code, NULL, code ? "injected, or at its limit" : "", NULL, &paging);
}

static void set_limit(struct walk *w)
{
    const struct question *q = w->q;
    w->limit = (int)world.max_page;
    if (q->controls.paged && q->controls.page_size < w->limit)
        w->limit = q->controls.page_size;
    if (q->size_limit && q->size_limit < w->limit)
        w->limit = q->size_limit;
}

static bool empty_page(struct walk *w, const struct strike *strike)
{
    uint8_t cookie[COOKIE_LEN];
    struct paging paging = {true, {cookie, sizeof cookie}};
    if (strike->kind != FAULT_EMPTY_PAGES || w->asker->empty_pages >= strike->value || !w->q->controls.paged)
        return false;
    w->asker->empty_pages++;
    write_cookie(w, w->position, cookie);
    put_result(w->out, w->q->id, DONE, SUCCESS, NULL, "", NULL, &paging);
    return true;
}

/* ---- one search ---- */

static void read_one(struct walk *w, const struct view *base)
{
    w->limit = 1;
    if (filter_holds(&w->q->filter, &w->asker->sight, base) == TRUE_)
        put_entry(w->out, w->q, &w->asker->sight, base);
    put_result(w->out, w->q->id, DONE, SUCCESS, NULL, "", NULL,
               &(struct paging){.there = w->q->controls.paged});
}

static bool refuse_early(struct walk *w)
{
    const struct controls *c = &w->q->controls;
    if (c->unknown_critical)
        return !walk_answer(w, CRITICAL,
                            "00000057: LdapErr: DSID-0C090F4E, comment: Error processing control");
    if (c->malformed)
        return !walk_answer(w, 2, "00000057: LdapErr: DSID-0C090F4E, comment: Error processing control");
    if (w->q->base.len + (size_t)w->q->scope && world.need_bind && !w->asker->bound)
        return !walk_answer(
            w, OPERATIONS_ERROR,
            "000004DC: LdapErr: In order to perform this operation a successful bind must be completed");
    return false;
}

static void search_tree(struct walk *w, const struct view *base, struct strike *strike)
{
    struct question *q = w->q;
    if (q->controls.paged && q->controls.cookie_len && !read_cookie(w)) {
        walk_answer(
            w, UNWILLING,
            "00000057: LdapErr: DSID-0C09068F, comment: Error processing control: the cookie is unknown "
            "here");
        return;
    }
    walk_plan(w, base);
    set_limit(w);
    if (strike->kind == FAULT_NO_GUID)
        q->selection.want &= ~BIT(A_OBJECT_GUID);
    if (strike->kind == FAULT_RESULT && !strike->partial) {
        if (strike->value == REFERRAL)
            walk_refer(w, "elsewhere.example", q->base);
        else
            walk_answer(w, (int)strike->value, "injected");
        return;
    }
    if (empty_page(w, strike))
        return;
    w->asker->empty_pages = 0;
    if (strike->kind == FAULT_RESULT)
        w->limit = (w->limit + 1) / 2;
    walk_all(w);
    end_page(w, strike);
}

static int place_of(const struct walk *w, const struct view *base)
{
    if (!w->q->base.len && w->q->scope == 0)
        return PLACE_ROOTDSE;
    if (base && forest.ncs[object_nc(base->object)].kind != NC_DOMAIN)
        return PLACE_CONFIG;
    if (!w->q->scope && w->q->base.len && w->q->base.data[0] == '<')
        return PLACE_GUID;
    if (w->q->scope && filter_asks(&w->q->filter, A_OBJECT_SID))
        return PLACE_SID;
    return w->q->scope ? ++w->asker->pages : 0;
}

static void search_here(struct walk *w, struct strike *ret_strike)
{
    struct question *q = w->q;
    struct asker *asker = w->asker;
    uint8_t memory[1200];
    struct view base;
    if (refuse_early(w))
        return;
    w->base = walk_tidy_dn(q->base, memory, sizeof memory);
    if (w->base.len && !walk_find_base(w, w->base, &base))
        return;
    const int place = place_of(w, w->base.len ? &base : NULL);
    *ret_strike = fault_strikes(&asker->dc->faults, place);
    if (!w->base.len && q->scope == 0) {
        if (ret_strike->kind == FAULT_RESULT)
            walk_answer(w, (int)ret_strike->value, "injected");
        else {
            put_rootdse(w->out, q, asker->dc);
            walk_answer(w, SUCCESS, "");
        }
        return;
    }
    if (!w->base.len && !asker->gc && !q->controls.phantom_root) {
        walk_no_object(w);
        return;
    }
    if (w->base.len)
        w->base = version_dn(base.version);
    if ((place == PLACE_GUID || place == PLACE_SID) && ret_strike->kind == FAULT_RESULT)
        walk_answer(w, (int)ret_strike->value, "injected");
    else if (q->scope == 0)
        read_one(w, &base);
    else
        search_tree(w, w->base.len ? &base : NULL, ret_strike);
}

void search_answer(struct asker *asker, struct question *q, struct buf *out, struct strike *ret_strike)
{
    uint32_t named[MAX_NAMED];
    struct walk w = {.asker = asker, .q = q, .out = out, .named = named};
    *ret_strike = (struct strike){0};
    pthread_rwlock_rdlock(&world.lock);
    asker->sight.dc = asker->dc;
    asker->sight.known = asker->gc ? mask_pas : mask_all;
    search_here(&w, ret_strike);
    atomic_fetch_add_explicit(&asker->dc->entries, (uint64_t)w.found, memory_order_relaxed);
    pthread_rwlock_unlock(&world.lock);
}
