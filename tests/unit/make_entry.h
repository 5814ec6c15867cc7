/* make_entry.h: entries and byte strings written down in a test. */
#pragma once

#include "scanner/decode/entry.h"

/* Text with its length, which may hold NULs: B("a\0b"). */
#define B(literal) ((struct bytes){(const uint8_t *)(literal), sizeof(literal) - 1})

/* ATTR("cn", B("one"), B("two")) */
#define ATTR(attr_name, ...)                                                                                 \
    {                                                                                                        \
        .name = B(attr_name), .values = (const struct bytes[]){__VA_ARGS__},                                 \
        .count = sizeof((const struct bytes[]){__VA_ARGS__}) / sizeof(struct bytes)                          \
    }

/* ENTRY(name, "CN=x,DC=y", ATTR(...), ATTR(...)): declares a struct entry called name. */
#define ENTRY(var, dn_text, ...)                                                                             \
    const struct attr var##_attrs[] = {__VA_ARGS__};                                                         \
    const struct entry var = {                                                                               \
        .dn = B(dn_text), .attrs = var##_attrs, .attr_count = sizeof var##_attrs / sizeof var##_attrs[0]}
