#include "tests/dcsim/sort_key.h"

/* The next character; bytes that are no UTF-8 stand for themselves, out of the way of all others. */
static uint32_t next_code(struct bytes *v)
{
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0}; /* by length */
    const uint8_t first = v->data[0];
    size_t len = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    uint32_t code = first < 0x80 ? first : first - lead[len];
    bool good = first < 0x80 || (first >= 0xc0 && first < 0xf8 && len <= v->len);
    for (size_t i = 1; good && i < len; i++) {
        good = (v->data[i] & 0xc0) == 0x80;
        code = code << 6 | (v->data[i] & 0x3f);
    }
    if (!good) {
        len = 1;
        code = 0x80000000u | first;
    }
    v->data += len;
    v->len -= len;
    return code;
}

static bool has_no_weight(uint32_t code)
{
    return (code >= 0x0300 && code <= 0x036f) || (code >= 0xe0100 && code <= 0xe01ef);
}

/* U+00C0 to U+00FF and U+0100 to U+0148, each by its letter; '.': as it is. */
static uint32_t base_letter(uint32_t code)
{
    static const char latin1[] = "aaaaaa.ceeeeiiii.nooooo.ouuuuy..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y";
    static const char extended[] =
        "aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiii....jjkk.llllll....nnnnnn";
    const char letter = code >= 0xc0 && code <= 0xff     ? latin1[code - 0xc0]
                        : code >= 0x100 && code <= 0x148 ? extended[code - 0x100]
                                                         : '.';
    return letter == '.' ? code : (uint32_t)letter;
}

static uint32_t weight(uint32_t code)
{
    if (code >= 0xff01 && code <= 0xff5e) /* fullwidth */
        code -= 0xff01 - '!';
    if (code < 0x80)
        return fold((uint8_t)code);
    if (code >= 0x3041 && code <= 0x3096) /* hiragana */
        return code + 0x60;
    if ((code >= 0x0391 && code <= 0x03a9) || (code >= 0x0410 && code <= 0x042f))
        return code + 0x20;
    return base_letter(code);
}

/* 0: there is no more. */
static uint32_t next_weight(struct bytes *v)
{
    while (v->len) {
        const uint32_t code = next_code(v);
        if (!has_no_weight(code))
            return weight(code) + 1;
    }
    return 0;
}

bool same_sort_key(struct bytes a, struct bytes b)
{
    uint32_t one, other;
    do {
        one = next_weight(&a);
        other = next_weight(&b);
    } while (one == other && one);
    return one == other;
}
