# shellcheck shell=bash
# What the verdicts hang on, read with Samba's own library: stamps, up-to-dateness vectors, inbound neighbours.

meta_of() { "$LIB/replmeta.py" "$@" 2>>"$W/trace"; }

# stamp K NAME ATTRIBUTE: VERSION TIME INVOCATION_ID USN of its last write, as dc K has it. whenCreated is that of the object.
stamp() { look "$1" "$(dn_of "$2")" base '(objectClass=*)' replPropertyMetaData | meta_of stamp "$3"; }
# cursor K INVOCATION_ID: up to which USN of that origin dc K has everything; 0 nothing.
cursor() {
  look "$1" "$BASE_DN" base '(objectClass=*)' replUpToDateVector | meta_of cursors |
    awk -v of="$2" '$1 == of { usn = $2 } END { print usn + 0 }'
}
site_of() { if [ "$1" = 3 ]; then echo Branch; else echo Default-First-Site-Name; fi; }
# writer INVOCATION_ID: the DC whose it is, by name.
writer() {
  local k
  for k in $LAB_DCS; do [ "$(invocation_of "$k" "$(site_of "$k")")" != "$1" ] || { echo "dc$k.corp.example"; return; }; done
  fail "no DC is $1"
}

# won STAMP: the conditions on a row's winning stamp, in WON.
won() {
  local version time invocation usn
  read -r version time invocation usn <<<"$1"
  [ -n "$usn" ] || fail 'the lab: no stamp to compare with'
  WON=("winning_version=$version" "winning_time=$time" "winning_dc=$(writer "$invocation")" "winning_usn=$usn")
}

# lagging_at K NAME ATTRIBUTE RIGHT CONDITION...: the one row of that attribute; the write is the one that dc RIGHT has.
# CAUSE names another attribute whose stamp it is; VERDICT another verdict; WRITTEN the stamp itself.
lagging_at() {
  local k=$1 name=$2 attribute=$3 right=$4 written version time invocation usn had; shift 4
  written=${WRITTEN:-$(stamp "$right" "$name" "${CAUSE:-$attribute}")}
  read -r version time invocation usn <<<"$written"
  had=$(cursor "$k" "$invocation")
  [ "$had" -lt "$usn" ] || fail "the lab: dc$k has $invocation up to $had, the write is $usn"
  won "$written"
  rows 1 divergence account="$name" attribute="$attribute"
  # Samba's vectors have no times, so that nobody knows for how long.
  rows 1 divergence account="$name" attribute="$attribute" dc="dc$k.corp.example" verdict="${VERDICT:-lagging}" "${WON[@]}" \
    behind_usn=$((usn - had)) behind_s= note= 'first_seen~^20.*Z$' "severity=${SEVERITY:-info}" "$@"
}
# tombstone_stamp K GUID: the stamp of its deletion, which only administrators may read.
tombstone_stamp() {
  as_admin ldapsearch -Q -LLL -o ldif_wrap=no -E '!showDeleted' -H "ldap://dc$1.corp.example" -b "<GUID=$2>" -s base \
    '(isDeleted=TRUE)' replPropertyMetaData 2>>"$W/trace" | sed -n 's/^replPropertyMetaData:: //p' | meta_of stamp isDeleted
}
# A scan that finds lag alone, younger than --max-lag: information.
lag_is_info() {
  scan 0 "${FROM_DC1[@]}" "$@"
  rows 0 divergence severity!=info
}

# As an administrator, who may list deleted objects.
as_administrator() { local TICKET=$ADMIN_CC; "$@"; }
