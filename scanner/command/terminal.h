/* terminal.h: what a stream's terminal can show. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* true: colours may be used on that stream (a terminal, and NO_COLOR is not set). */
bool color_wanted(int fd);

/* Columns and lines; 80 and 24 where it does not say. */
size_t terminal_columns(int fd);
size_t terminal_lines(int fd);
