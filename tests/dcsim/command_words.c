#include "tests/dcsim/command_inside.h"

#include <stdarg.h>

#include "tests/dcsim/trustees.h"

void say(struct command *c, const char *format, ...)
{
    char line[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    buf_text(c->ret, line);
    buf_byte(c->ret, '\n');
}

void report(struct command *c, const char *error)
{
    say(c, error ? "error %s" : "ok", error ? error : "");
}

bool command_split(struct command *c, char *line)
{
    for (char *at = line;;) {
        while (*at == ' ' || *at == '\t')
            at++;
        if (!*at || *at == '#')
            return true;
        if (c->count == MAX_WORDS)
            return false;
        char *to = at;
        bool quoted = *at == '"';
        c->words[c->count++] = at;
        for (at += quoted; *at && (quoted ? *at != '"' : *at != ' ' && *at != '\t'); at++) {
            if (quoted && *at == '\\' && (at[1] == '"' || at[1] == '\\'))
                at++;
            *to++ = *at;
        }
        bool end = !*at;
        if (quoted && end)
            return false;
        *to = 0;
        if (end)
            return true;
        at++;
    }
}

/* The memory of decoded may not move any more. false: a trustee that is not known. */
static bool value_of(struct command *c, const char *word, struct bytes *ret)
{
    size_t from = c->decoded.len;
    *ret = text_bytes(word);
    if (strncmp(word, "sd:", 3) == 0) {
        if (!trustees_descriptor(c->dc, word + 3, &c->decoded))
            return false;
    } else if (strncmp(word, "hex:", 4) == 0) {
        for (const char *at = word + 4; at[0] && at[1]; at += 2) {
            unsigned byte = 0;
            sscanf(at, "%2x", &byte);
            buf_byte(&c->decoded, (uint8_t)byte);
        }
    } else {
        return true;
    }
    *ret = (struct bytes){c->decoded.data + from, c->decoded.len - from};
    return true;
}

struct dc *next_named(const char *name, int *next)
{
    struct dc *one = strcmp(name, "*") == 0 ? NULL : dc_by_name(name);
    if (one)
        return (*next)++ ? NULL : one;
    return strcmp(name, "*") == 0 && *next < world.count ? &world.dcs[(*next)++] : NULL;
}

int values_of(struct command *c, int from, struct bytes *ret)
{
    size_t all = 0;
    for (int i = from; i < c->count; i++)
        all += strncmp(c->words[i], "sd:", 3) == 0 ? trustees_room(c->words[i]) : strlen(c->words[i]);
    buf_room(&c->decoded, all);
    for (int i = from; i < c->count; i++)
        if (!value_of(c, c->words[i], &ret[i - from]))
            return -1;
    return c->count > from ? c->count - from : 0;
}
