/* value.c: see value.h. */
#include "scanner/decode/value.h"

bool bytes_equal_fold(struct bytes a, struct bytes b)
{
    if (a.len != b.len)
        return false;
    if (a.len == 0 || memcmp(a.data, b.data, a.len) == 0) /* nearly always where they are equal at all */
        return true;
    for (size_t i = 0; i < a.len; i++)
        if (a.data[i] != b.data[i] && fold_byte(a.data[i]) != fold_byte(b.data[i]))
            return false;
    return true;
}

int bytes_compare_fold(struct bytes a, struct bytes b)
{
    size_t common = a.len < b.len ? a.len : b.len, i = 0;
    for (uint64_t x, y; i + sizeof x <= common; i += sizeof x) {
        memcpy(&x, a.data + i, sizeof x);
        memcpy(&y, b.data + i, sizeof y);
        if (x != y && fold_word(x) != fold_word(y))
            break;
    }
    for (; i < common; i++) {
        int diff = fold_byte(a.data[i]) - fold_byte(b.data[i]);
        if (diff)
            return diff;
    }
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return common ? memcmp(a.data, b.data, common) : 0;
}

bool value_uint(struct bytes v, uint64_t *ret)
{
    if (v.len == 0 || (v.data[0] == '0' && v.len > 1))
        return false;
    uint64_t n = 0;
    for (size_t i = 0; i < v.len; i++) {
        unsigned digit = (unsigned)v.data[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, digit, &n))
            return false;
    }
    *ret = n;
    return true;
}

bool value_int(struct bytes v, int64_t *ret)
{
    uint64_t n;
    bool minus = v.len > 0 && v.data[0] == '-';
    if (minus)
        v = (struct bytes){v.data + 1, v.len - 1};
    if (!value_uint(v, &n) || (minus && n == 0) || n > (uint64_t)INT64_MAX + minus)
        return false;
    *ret = minus ? -(int64_t)(n - 1) - 1 : (int64_t)n;
    return true;
}

bool value_u32(struct bytes v, uint32_t *ret)
{
    int64_t n;
    if (!value_int(v, &n) || n < INT32_MIN || n > UINT32_MAX)
        return false;
    *ret = (uint32_t)n;
    return true;
}
