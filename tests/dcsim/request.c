#include "tests/dcsim/request.h"

enum {
    OP_BIND = 0x60,
    OP_UNBIND = 0x42,
    OP_SEARCH = 0x63,
    OP_MODIFY = 0x66,
    OP_ADD = 0x68,
    OP_DELETE = 0x4a,
    OP_RENAME = 0x6c,
    OP_COMPARE = 0x6e,
    OP_ABANDON = 0x50,
    OP_EXTENDED = 0x77,
    SUCCESS = 0,
    PROTOCOL_ERROR = 2,
    NO_SUCH_METHOD = 7,
    BAD_PASSWORD = 49,
    UNAVAILABLE = 52,
    UNWILLING = 53
};

static struct strike strike_at_bind(struct asker *asker)
{
    pthread_rwlock_rdlock(&world.lock);
    struct strike strike = fault_strikes(&asker->dc->faults, PLACE_BIND);
    pthread_rwlock_unlock(&world.lock);
    return strike;
}

static bool answer_bind(struct asker *asker, int id, BerElement *ber, struct buf *out,
                        struct strike *ret_strike)
{
    struct berval name, password = {0};
    ber_len_t len;
    ber_int_t version;
    if (ber_scanf(ber, "{im", &version, &name) == LBER_ERROR)
        return false;
    ber_tag_t method = ber_peek_tag(ber, &len);
    if (method == 0x80 && ber_scanf(ber, "m", &password) == LBER_ERROR)
        return false;
    int code = SUCCESS;
    const char *text = "";
    *ret_strike = strike_at_bind(asker);
    if (ret_strike->kind == FAULT_RESULT)
        code = (int)ret_strike->value;
    else if (method != 0x80)
        code = NO_SUCH_METHOD;
    else if (name.bv_len &&
             (!password.bv_len ||
              (world.password && (password.bv_len != strlen(world.password) ||
                                  memcmp(password.bv_val, world.password, password.bv_len) != 0))))
        code = BAD_PASSWORD;
    if (code == BAD_PASSWORD)
        text = "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 52e, v4563";
    asker->bound = code == SUCCESS && name.bv_len;
    put_result(out, id, 0x61, code, NULL, text, NULL, NULL);
    return true;
}

static void answer_extended(int id, BerElement *ber, struct buf *out)
{
    static const char start_tls[] = "1.3.6.1.4.1.1466.20037", who_am_i[] = "1.3.6.1.4.1.4203.1.11.3";
    struct berval oid = {0};
    if (ber_scanf(ber, "{m", &oid) == LBER_ERROR)
        oid = (struct berval){0};
    bool tls = oid.bv_len == sizeof start_tls - 1 && memcmp(oid.bv_val, start_tls, oid.bv_len) == 0;
    bool who = oid.bv_len == sizeof who_am_i - 1 && memcmp(oid.bv_val, who_am_i, oid.bv_len) == 0;
    put_result(out, id, 0x78,
               tls   ? UNAVAILABLE
               : who ? SUCCESS
                     : PROTOCOL_ERROR,
               NULL, tls ? "no TLS here" : "", NULL, NULL);
}

static bool answer_search(struct asker *asker, int id, BerElement *ber, struct buf *out,
                          struct strike *ret_strike)
{
    struct question q = {.id = id, .filter = asker->filter};
    bool ok = question_read(&q, ber);
    if (ok)
        search_answer(asker, &q, out, ret_strike);
    asker->filter = q.filter;
    return ok;
}

static uint8_t answer_tag(ber_tag_t op)
{
    switch (op) {
    case OP_MODIFY:
        return 0x67;
    case OP_ADD:
        return 0x69;
    case OP_DELETE:
        return 0x6b;
    case OP_RENAME:
        return 0x6d;
    case OP_COMPARE:
        return 0x6f;
    default:
        return 0;
    }
}

/* Notice of disconnection (RFC 4511 section 4.4.1). */
static enum request_end give_up(struct buf *out)
{
    put_result(out, 0, 0x78, PROTOCOL_ERROR, NULL, "that was no LDAP message", NULL, NULL);
    return REQUEST_CLOSE;
}

static enum request_end answer_operation(struct asker *asker, int id, BerElement *ber, struct buf *out,
                                         struct strike *ret_strike)
{
    bool ok = true;
    ber_len_t len;
    ber_tag_t op = ber_peek_tag(ber, &len);
    switch (op) {
    case OP_UNBIND:
        return REQUEST_CLOSE;
    case OP_ABANDON:
        return REQUEST_ANSWERED;
    case OP_BIND:
        ok = answer_bind(asker, id, ber, out, ret_strike);
        break;
    case OP_SEARCH:
        ok = answer_search(asker, id, ber, out, ret_strike);
        break;
    case OP_EXTENDED:
        answer_extended(id, ber, out);
        break;
    default:
        ok = answer_tag(op) != 0;
        if (ok)
            put_result(out, id, answer_tag(op), UNWILLING, NULL,
                       "read only: changes are made by the control channel", NULL, NULL);
    }
    return ok ? REQUEST_ANSWERED : give_up(out);
}

/* liblber reads a copy of its own; NULL: too short for any message. */
static BerElement *start_reading(const uint8_t *data, size_t len, int *ret_id)
{
    struct berval all = {.bv_len = len};
    ber_int_t id;
    memcpy(&all.bv_val, &data, sizeof data);
    BerElement *ber = ber_init(&all);
    if (ber && ber_scanf(ber, "{i", &id) == LBER_ERROR) {
        ber_free(ber, 1);
        return NULL;
    }
    *ret_id = id;
    return ber;
}

enum request_end request_answer(struct asker *asker, const uint8_t *data, size_t len, struct buf *out,
                                int *ret_id, struct strike *ret_strike)
{
    *ret_strike = (struct strike){0};
    *ret_id = 0;
    BerElement *ber = start_reading(data, len, ret_id);
    if (!ber)
        return give_up(out);
    atomic_fetch_add_explicit(&asker->dc->requests, 1, memory_order_relaxed);
    enum request_end end = answer_operation(asker, *ret_id, ber, out, ret_strike);
    ber_free(ber, 1);
    return end;
}

bool request_wants_answer(const uint8_t *data, size_t len)
{
    ber_len_t op_len;
    int id;
    BerElement *ber = start_reading(data, len, &id);
    ber_tag_t op = ber ? ber_peek_tag(ber, &op_len) : OP_UNBIND;
    if (ber)
        ber_free(ber, 1);
    return op != OP_UNBIND && op != OP_ABANDON;
}

int request_abandons(const uint8_t *data, size_t len)
{
    struct berval which;
    ber_len_t op_len;
    int id, named = 0;
    BerElement *ber = start_reading(data, len, &id);
    if (!ber)
        return 0;
    if (ber_peek_tag(ber, &op_len) == OP_ABANDON && ber_peek_element(ber, &which) != LBER_DEFAULT &&
        which.bv_len <= 4)
        for (ber_len_t i = 0; i < which.bv_len; i++)
            named = named << 8 | (uint8_t)which.bv_val[i];
    ber_free(ber, 1);
    return named;
}
