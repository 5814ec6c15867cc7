/* plan_fix.h: the lines that an admin can run to make a plan true. spnscan itself never writes to a
 * directory.
 *
 * Names come from the directory and from a file: a line is only made of names that neither cmd.exe nor
 * PowerShell takes for anything but a name.
 */
#pragma once

#include <stdbool.h>

#include "spnscan/text_buf.h"

/* Appends "setspn -S SPN ACCOUNT" (letter 'S': add it, or 'D': remove it). account: "CORP\svc-crm" or
 * "svc-crm". false, and nothing appended: a name could mean more than itself. */
bool fix_setspn(struct text_buf *buf, char letter, const char *spn, const char *account);

/* Appends the PowerShell line that adds target to msDS-AllowedToDelegateTo of the object of any class;
 * server: DNS name of its domain. */
void fix_delegate(struct text_buf *buf, const char *dn, const char *server, const char *target);

/* Lines, each told once, in the order in which they came. {0} is an empty list. */
struct fix_list {
    struct fix_line {
        char *text;
        size_t place;
    } * lines;
    size_t count, size;
};

void fix_list_add(struct fix_list *list, const char *text);
void fix_list_unique(struct fix_list *list);
void fix_list_release(struct fix_list *list);
