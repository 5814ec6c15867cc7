/* sid.h: security identifiers and self-relative descriptors (MS-DTYP 2.4.2.2, 2.4.6). Pure, bounded. */
#pragma once

#include "spnscan/ids.h"
#include "spnscan/text_buf.h"

#define SID_TEXT_SIZE 192 /* 15 sub-authorities (MS-DTYP 2.4.2.2) of ten digits, and the head */

#define SID_HEAD 8 /* revision, count, authority[6]; the numbers behind them have four bytes each */

/* "S-1-5-21-1-2-3-500". false: malformed; text is then empty. */
bool sid_format(struct bytes sid, char text[SID_TEXT_SIZE]);

#define SID_MAX_SIZE 68

/* Back from text: the bytes in ret, their count returned; 0: no such text. An identifier authority in
 * hexadecimal, which no account has, is not read. */
size_t sid_parse(const char *text, uint8_t ret[SID_MAX_SIZE]);

enum sd_result {
    SD_OK,
    SD_NULL_DACL, /* no DACL or a NULL one: everybody may act */
    SD_MALFORMED
};

/* An ACL's size has 16 bits (MS-DTYP 2.4.5) and an ACE with a SID takes 16 bytes: no DACL can name more. */
#define SD_MAX_TRUSTEES 4096

/* The trustees that the DACL of an msDS-AllowedToActOnBehalfOfOtherIdentity value allows (MS-SFU 3.2.5.2.3:
 * the KDC makes an access check against it). Calls found() with each distinct allowed SID in order of
 * appearance, and only when the whole descriptor could be read (SD_OK).
 *
 * The rules of MS-DTYP 2.5.3.2 for one SID by itself:
 * - what is asked for is the control-access right (0x100) alone; Samba's authors found so by testing Windows'
 *   KDC. An entry counts when its mask has that bit or GENERIC_ALL; a mask of 0 grants nothing.
 * - the first entry for a SID decides: allowed after denied stays denied, denied after allowed stays allowed.
 * - a deny by GENERIC_ALL alone is not believed: better a trustee too many in a report than one too few.
 * - inherit-only entries are skipped.
 * - an object entry counts when it names no object type; the KDC passes none to compare with.
 * - callback entries (types 9 to 12) are skipped: their condition on claims can't be evaluated here.
 *
 * Groups are not resolved: a SID is reported even where a deny for a group that it is in stands before it. */
enum sd_result sd_allowed_trustees(struct bytes sd, void (*found)(void *ctx, struct bytes sid), void *ctx);
