# shellcheck shell=bash
# Changes to the directory, as its administrator makes them: over LDAP to one named
# DC. Everything a case makes lies in one OU, so that `restore` finds it again.

readonly BASE_DN=DC=corp,DC=example
readonly TEST_OU=OU=spnscan-test,$BASE_DN
readonly CONFIG_DN=CN=Configuration,$BASE_DN
readonly DCS='dc1.corp.example;dc2.corp.example;dc3.corp.example'
readonly LAB_DCS='1 2 3'
READER_CC=$LAB/client/suite-reader.cc
ADMIN_CC=$LAB/client/administrator.cc

dn_of() { printf 'CN=%s,%s' "$1" "$TEST_OU"; }
as_admin() { "$FOREST" exec "$LAB" client "$@"; }

# Tickets for the administrator (the forest's own) and for reader, who scans.
prepare_identity() {
  local home=$LAB/client
  as_admin kinit -k -t "$home/administrator.keytab" Administrator@CORP.EXAMPLE >>"$W/trace" 2>&1 &&
    KRB5CCNAME=FILE:$READER_CC as_admin kinit -k -t "$home/reader.keytab" reader@CORP.EXAMPLE >>"$W/trace" 2>&1
  TICKET=$READER_CC DB=$W/spnscan.db
}

# ldif K <<LDIF: applied to DC K, which must take it. At the end of a pipe it cannot
# end the test by itself: whoever pipes into it does.
ldif() {
  { echo "# ldapmodify at dc$1"; } >>"$W/trace"
  as_admin ldapmodify -Q -H "ldap://dc$1.corp.example" >>"$W/trace" 2>&1 || fail "dc$1 did not take the change"
}

# new_account K NAME [SPN...]: an enabled user, made at DC K.
new_account() {
  local k=$1 name=$2 spn; shift 2
  {
    printf 'dn: %s\nchangetype: add\nobjectClass: user\n' "$(dn_of "$name")"
    printf 'sAMAccountName: %s\nuserAccountControl: 512\n' "$name"
    printf 'unicodePwd:: %s\n' "$(printf '"Svc-%s-pw1"' "$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')" |
      iconv -t UTF-16LE | base64 -w0)"
    for spn in "$@"; do printf 'servicePrincipalName: %s\n' "$spn"; done
  } | ldif "$k" || exit 1
}
# change K NAME OPERATION ATTRIBUTE [VALUE...]: add, delete or replace.
change() {
  local k=$1 name=$2 how=$3 attribute=$4 value; shift 4
  {
    printf 'dn: %s\nchangetype: modify\n%s: %s\n' "$(dn_of "$name")" "$how" "$attribute"
    for value in "$@"; do printf '%s: %s\n' "$attribute" "$value"; done
  } | ldif "$k" || exit 1
}
add_spn() { local k=$1 name=$2; shift 2; change "$k" "$name" add servicePrincipalName "$@"; }

# look K BASE SCOPE FILTER ATTRIBUTE: its values at DC K, a line each, as reader.
look() {
  KRB5CCNAME=FILE:$READER_CC as_admin ldapsearch -Q -LLL -o ldif_wrap=no -E '!domainScope' -H "ldap://dc$1.corp.example" \
    -b "$2" -s "$3" "$4" "$5" 2>>"$W/trace" | sed -n "s/^$5: //p; s/^$5:: /base64 /p"
}
spns_at() { look "$1" "$(dn_of "$2")" base '(objectClass=*)' servicePrincipalName | sort | paste -sd';'; }
usn_of() { look "$1" '' base '(objectClass=*)' highestCommittedUSN; }
# A binary GUID as people write it.
guid_text() {
  /usr/bin/python3 -c 'import base64, sys, uuid; print(uuid.UUID(bytes_le=base64.b64decode(sys.argv[1])))' "${1#base64 }"
}
guid_of() { guid_text "$(look 1 "$(dn_of "$1")" base '(objectClass=*)' objectGUID)"; }
# sid_of ACCOUNT: as text.
sid_of() {
  /usr/bin/python3 -c 'import base64, sys
from samba.dcerpc.security import dom_sid
from samba.ndr import ndr_unpack
print(ndr_unpack(dom_sid, base64.b64decode(sys.argv[1].split()[-1])))' "$(look 1 "$BASE_DN" sub "(sAMAccountName=$1)" objectSid)"
}
invocation_of() {
  guid_text "$(look 1 "$CONFIG_DN" sub "(&(objectClass=nTDSDSA)(distinguishedName=CN=NTDS Settings,CN=DC$1,CN=Servers,CN=$2,CN=Sites,$CONFIG_DN))" invocationId)"
}

# clear_tests K: nothing in the test OU at DC K; 1: it did not let itself be emptied, 2: there is no such OU.
clear_tests() {
  local line
  as_admin ldapsearch -Q -LLL -o ldif_wrap=no -H "ldap://dc$1.corp.example" -b "$TEST_OU" -s one '(objectClass=*)' dn \
    >"$W/leftover" 2>/dev/null || return 2
  while read -r line; do
    case $line in
      'dn: '*) line=${line#dn: } ;;
      'dn:: '*) line=$(base64 -d <<<"${line#dn:: }") ;;
      *) continue ;;
    esac
    as_admin ldapdelete -Q -r -H "ldap://dc$1.corp.example" "$line" >>"$W/trace" 2>&1 || return 1
  done <"$W/leftover"
}

# The forest as it came up: everything on, no test objects, every DC of one mind.
restore() {
  local k
  if ! "$FOREST" mend "$LAB" >>"$W/trace" 2>&1; then
    # A case that ended early may leave objects on which replication alone never agrees.
    for k in $LAB_DCS; do clear_tests "$k"; done
    "$FOREST" mend "$LAB" >>"$W/trace" 2>&1 || return 1
  fi
  clear_tests 1
  case $? in
    0) grep -q '^dn:' "$W/leftover" || return 0 ;;
    1) return 1 ;;
    2)
      printf 'dn: %s\nchangetype: add\nobjectClass: organizationalUnit\n' "$TEST_OU" |
        as_admin ldapmodify -Q -H ldap://dc1.corp.example >>"$W/trace" 2>&1 || return 1
      ;;
  esac
  "$FOREST" sync "$LAB" >>"$W/trace" 2>&1
}
