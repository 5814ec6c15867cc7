/* replica.c: repsFrom (MS-DRSR 5.170), the constructed attributes' ";binary" (MS-ADTS 2.2:
 * DS_REPL_ATTR_META_DATA_BLOB, DS_REPL_CURSOR_BLOB, DS_REPL_NEIGHBORW_BLOB) and their XML. Little-endian;
 * strings UTF-16, at offsets from the blob's start, 0 where there is none. */
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "tests/dcsim/replica.h"

/* DRS_WRIT_REP | DRS_INIT_SYNC | DRS_PER_SYNC */
enum { LINK_SIZE = 216, REPLICA_FLAGS = 0x70, SCHEDULE_SIZE = 84 };

static const uint8_t zeros[SCHEDULE_SIZE];

/* What was appended since start becomes an OCTET STRING. */
static void wrap(struct buf *buf, size_t start)
{
    struct buf value = {0};
    buf_put(&value, buf->data + start, buf->len - start);
    buf->len = start;
    ber_octets(buf, BER_OCTETS, value.data, value.len);
    buf_free(&value);
}

static void set_le32(struct buf *buf, size_t at, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        buf->data[at + (size_t)i] = (uint8_t)(n >> (8 * i));
}

static void put_dstime(struct buf *ret, int64_t seconds)
{
    put_le64(ret, (uint64_t)(seconds + SECONDS_1601));
}

static void put_filetime(struct buf *ret, int64_t seconds)
{
    put_le64(ret, (uint64_t)(seconds + SECONDS_1601) * 10000000u);
}

static void put_wide(struct buf *ret, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) /* names of this forest are ASCII */
        put_le16(ret, text.data[i]);
    put_le16(ret, 0);
}

/* A string behind the blob's fixed part; its offset goes to at. Empty: none. */
static void put_far_text(struct buf *ret, size_t start, size_t at, struct bytes text)
{
    if (!text.len)
        return;
    set_le32(ret, start + at, (uint32_t)(ret->len - start));
    put_wide(ret, text);
}

static __attribute__((format(printf, 2, 3))) void put_format(struct buf *ret, const char *format, ...)
{
    char text[700];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_text(ret, text);
}

static void xml_time(struct buf *ret, const char *name, int64_t seconds)
{
    struct tm tm;
    time_t t = seconds;
    gmtime_r(&t, &tm);
    put_format(ret, "\t<%s>%04d-%02d-%02dT%02d:%02d:%02dZ</%s>\n", name, tm.tm_year + 1900, tm.tm_mon + 1,
               tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, name);
}

static void xml_guid(struct buf *ret, const char *name, const uint8_t guid[16])
{
    char text[37];
    guid_text(guid, text);
    put_format(ret, "\t<%s>%s</%s>\n", name, text, name);
}

static void xml_number(struct buf *ret, const char *name, uint64_t n)
{
    put_format(ret, "\t<%s>%llu</%s>\n", name, (unsigned long long)n, name);
}

static void xml_text(struct buf *ret, const char *name, struct bytes text)
{
    put_format(ret, "\t<%s>%.*s</%s>\n", name, (int)text.len, (const char *)text.data, name);
}

static struct bytes dsa_dn(int dc)
{
    return version_dn(&forest.objects[world.dcs[dc].facts->dsa].version);
}

/* NTDS Settings of the DC that has this invocationId; none any more for one that was given up. */
static struct bytes invocation_dn(int invocation)
{
    int dc = forest.invocations[invocation].dc;
    return world.dcs[dc].invocation == invocation ? dsa_dn(dc) : (struct bytes){0};
}

/* ---- stamps ---- */

static void put_stamp(const struct stamp *s, bool binary, struct buf *ret)
{
    const struct attr_info *info = &attr_table[s->attr];
    const uint8_t *guid = forest.invocations[s->invocation].guid;
    size_t start = ret->len;
    if (binary) {
        put_le32(ret, 0);
        put_le32(ret, s->version);
        put_filetime(ret, s->time);
        buf_put(ret, guid, 16);
        put_le64(ret, s->usn);
        put_le64(ret, s->local);
        put_le32(ret, 0);
        put_far_text(ret, start, 0, text_bytes(info->name));
        put_far_text(ret, start, 48, invocation_dn(s->invocation));
    } else {
        buf_text(ret, "<DS_REPL_ATTR_META_DATA>\n");
        xml_text(ret, "pszAttributeName", text_bytes(info->name));
        xml_number(ret, "dwVersion", s->version);
        xml_time(ret, "ftimeLastOriginatingChange", s->time);
        xml_guid(ret, "uuidLastOriginatingDsaInvocationID", guid);
        xml_number(ret, "usnOriginatingChange", s->usn);
        xml_number(ret, "usnLocalChange", s->local);
        xml_text(ret, "pszLastOriginatingDsaDN", invocation_dn(s->invocation));
        buf_text(ret, "</DS_REPL_ATTR_META_DATA>\n");
        buf_byte(ret, 0);
    }
    wrap(ret, start);
}

static void put_stamps(const struct dc *dc, const struct view *view, bool binary, struct buf *ret)
{
    struct stamp stamps[A_COUNT];
    int count = view_stamps(dc, view, stamps);
    for (int i = 0; i < count; i++)
        put_stamp(&stamps[i], binary, ret);
}

/* ---- cursors ---- */

static void put_cursor(const struct cursor *c, int invocation, bool binary, struct buf *ret)
{
    const uint8_t *guid = forest.invocations[invocation].guid;
    size_t start = ret->len;
    if (binary) {
        buf_put(ret, guid, 16);
        put_le64(ret, c->usn);
        put_filetime(ret, c->time);
        put_le32(ret, 0);
        put_far_text(ret, start, 32, invocation_dn(invocation));
    } else {
        buf_text(ret, "<DS_REPL_CURSOR>\n");
        xml_guid(ret, "uuidSourceDsaInvocationID", guid);
        xml_number(ret, "usnAttributeFilter", c->usn);
        xml_time(ret, "ftimeLastSyncSuccess", c->time);
        xml_text(ret, "pszSourceDsaDN", invocation_dn(invocation));
        buf_text(ret, "</DS_REPL_CURSOR>\n");
        buf_byte(ret, 0);
    }
    wrap(ret, start);
}

/* The DC's own row is among them (MS-DRSR 4.1.13.2.4), which it is not in replUpToDateVector. */
static void put_cursors(const struct dc *dc, int nc, bool binary, struct buf *ret)
{
    for (int i = 0; i < forest.invocation_count; i++) {
        struct cursor c = dc_cursor(dc, nc, i);
        if (c.usn)
            put_cursor(&c, i, binary, ret);
    }
}

/* ---- neighbours ---- */

static void source_name(const struct neighbour *n, char *ret, size_t size)
{
    uint8_t guid[16];
    char text[37];
    guid_of(world.dcs[n->source].facts->dsa, guid);
    guid_text(guid, text);
    snprintf(ret, size, "%s._msdcs.%s", text, forest.plan.root);
}

/* DSA_RPC_INST (MS-DRSR 5.48). */
static void put_instance(struct buf *ret, const char *name, const uint8_t dsa[16])
{
    enum { CB = 0, SERVER = 4, INSTANCE = 12, GUID = 16, SIZE = 20 };
    size_t start = ret->len;
    buf_put(ret, zeros, SIZE);
    put_far_text(ret, start, SERVER, text_bytes(name));
    put_far_text(ret, start, INSTANCE, text_bytes(name));
    set_le32(ret, start + GUID, (uint32_t)(ret->len - start));
    buf_put(ret, dsa, 16);
    set_le32(ret, start + CB, (uint32_t)(ret->len - start));
}

static void put_link(const struct dc *dc, const struct neighbour *n, struct buf *ret)
{
    char name[200];
    uint8_t dsa[16];
    size_t start = ret->len;
    guid_of(world.dcs[n->source].facts->dsa, dsa);
    source_name(n, name, sizeof name);
    put_le32(ret, dc->faults.reps_from_2 ? 2 : 1);
    put_le32(ret, 0);
    put_le32(ret, 0); /* its size, later */
    put_le32(ret, n->failures);
    put_dstime(ret, n->success);
    put_dstime(ret, n->attempt);
    put_le32(ret, n->result);
    put_le32(ret, LINK_SIZE);
    put_le32(ret, 0); /* size of what follows, later */
    put_le32(ret, REPLICA_FLAGS);
    buf_put(ret, zeros, SCHEDULE_SIZE);
    put_le32(ret, 0);
    put_le64(ret, n->usn);
    put_le64(ret, 0);
    put_le64(ret, n->usn);
    buf_put(ret, dsa, 16);
    buf_put(ret, forest.invocations[n->invocation].guid, 16);
    buf_put(ret, zeros, 16);
    put_le32(ret, 0);
    put_le32(ret, 0);
    if (dc->faults.reps_from_2) {
        put_instance(ret, name, dsa);
    } else { /* MTX_ADDR: the length, then the name in ASCII */
        put_le32(ret, (uint32_t)strlen(name) + 1);
        buf_put(ret, name, strlen(name) + 1);
    }
    set_le32(ret, start + 8, (uint32_t)(ret->len - start));
    set_le32(ret, start + 40, (uint32_t)(ret->len - start - LINK_SIZE));
    wrap(ret, start);
}

static void put_neighbour_blob(const struct neighbour *n, struct buf *ret)
{
    char name[200];
    uint8_t guid[16];
    size_t start = ret->len;
    source_name(n, name, sizeof name);
    buf_put(ret, zeros, 16); /* four offsets */
    put_le32(ret, REPLICA_FLAGS);
    put_le32(ret, 0);
    guid_of(forest.ncs[n->nc].first, guid);
    buf_put(ret, guid, 16);
    guid_of(world.dcs[n->source].facts->dsa, guid);
    buf_put(ret, guid, 16);
    buf_put(ret, forest.invocations[n->invocation].guid, 16);
    buf_put(ret, zeros, 16);
    put_le64(ret, n->usn);
    put_le64(ret, n->usn);
    put_filetime(ret, n->success);
    put_filetime(ret, n->attempt);
    put_le32(ret, n->result);
    put_le32(ret, n->failures);
    put_far_text(ret, start, 0, text_bytes(forest.ncs[n->nc].dn));
    put_far_text(ret, start, 4, dsa_dn(n->source));
    put_far_text(ret, start, 8, text_bytes(name));
    wrap(ret, start);
}

static void put_neighbour_xml(const struct neighbour *n, struct buf *ret)
{
    char name[200];
    uint8_t nc[16], dsa[16];
    size_t start = ret->len;
    source_name(n, name, sizeof name);
    guid_of(forest.ncs[n->nc].first, nc);
    guid_of(world.dcs[n->source].facts->dsa, dsa);
    buf_text(ret, "<DS_REPL_NEIGHBOR>\n");
    xml_text(ret, "pszNamingContext", text_bytes(forest.ncs[n->nc].dn));
    xml_text(ret, "pszSourceDsaDN", dsa_dn(n->source));
    xml_text(ret, "pszSourceDsaAddress", text_bytes(name));
    xml_text(ret, "pszAsyncIntersiteTransportDN", text_bytes(""));
    xml_number(ret, "dwReplicaFlags", REPLICA_FLAGS);
    xml_number(ret, "dwReserved", 0);
    xml_guid(ret, "uuidNamingContextObjGuid", nc);
    xml_guid(ret, "uuidSourceDsaObjGuid", dsa);
    xml_guid(ret, "uuidSourceDsaInvocationID", forest.invocations[n->invocation].guid);
    xml_guid(ret, "uuidAsyncIntersiteTransportObjGuid", zeros);
    xml_number(ret, "usnLastObjChangeSynced", n->usn);
    xml_number(ret, "usnAttributeFilter", n->usn);
    xml_time(ret, "ftimeLastSyncSuccess", n->success);
    xml_time(ret, "ftimeLastSyncAttempt", n->attempt);
    xml_number(ret, "dwLastSyncResult", n->result);
    xml_number(ret, "cNumConsecutiveSyncFailures", n->failures);
    buf_text(ret, "</DS_REPL_NEIGHBOR>\n");
    buf_byte(ret, 0);
    wrap(ret, start);
}

void put_replica_values(const struct dc *dc, const struct view *view, enum attr attr, bool binary,
                        struct buf *ret)
{
    int nc = object_nc(view->object);
    if (attr == A_ATTR_META)
        put_stamps(dc, view, binary, ret);
    else if (attr == A_CURSORS)
        put_cursors(dc, nc, binary, ret);
    else
        for (int i = 0; i < dc->neighbour_count; i++) {
            const struct neighbour *n = &dc->neighbours[i];
            if (n->nc != nc)
                continue;
            if (attr == A_REPS_FROM)
                put_link(dc, n, ret);
            else if (binary)
                put_neighbour_blob(n, ret);
            else
                put_neighbour_xml(n, ret);
        }
}
