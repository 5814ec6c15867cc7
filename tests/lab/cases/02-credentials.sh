# shellcheck shell=bash
# The ways to prove who one is; each must show the same forest.

KEYTAB=(--keytab "$LAB/client/reader.keytab" --principal reader@CORP.EXAMPLE)
PASSWORD=(--user reader@corp.example --password-file "$LAB/client/reader.password")
CA=(--ca-file "$LAB/client/ca.pem")

same_forest() {
  local bind=$1; shift
  scan 0 "${FROM_DC1[@]}" "$@"
  want_quiet
  rows 3 dcs status=ok complete=yes is_gc=yes "bind~$bind"
  clean_views
  all_spns >"$W/these"
  cmp -s "$W/reference" "$W/these" || fail "not the SPNs that a scan with a ticket shows: $(diff "$W/reference" "$W/these" | head)"
}

reference() {
  scan 0 "${FROM_DC1[@]}"
  all_spns >"$W/reference"
  [ "$(wc -l <"$W/reference")" -gt 20 ] || fail 'too few SPNs to compare with'
}
from_keytab() {
  TICKET=$W/no-such-cache
  same_forest gssapi "${KEYTAB[@]}"
  [ ! -e "$W/no-such-cache" ] || fail 'a ticket was left in a file'
}
keytab_before_ticket() {
  # A ticket of somebody else is at hand: the keytab named is what counts.
  TICKET=$LAB/client/administrator.cc
  sum=$(sha256sum <"$TICKET")
  same_forest gssapi "${KEYTAB[@]}"
  want_equal "$(sha256sum <"$TICKET")" "$sum" "the other user's ticket file"
}
spnego() { same_forest spnego --bind gss-spnego; }
simple_ldaps() { TICKET=$W/no-such-cache; same_forest simple --bind simple "${PASSWORD[@]}" --tls ldaps "${CA[@]}"; }
simple_starttls() { TICKET=$W/no-such-cache; same_forest simple --bind simple "${PASSWORD[@]}" --tls starttls "${CA[@]}"; }
simple_by_dn() {
  TICKET=$W/no-such-cache
  same_forest simple --bind simple --user "CN=reader,CN=Users,$BASE_DN" --password-file "$LAB/client/reader.password" \
    --tls ldaps "${CA[@]}"
}
tls_ports_given() {
  same_forest simple --bind simple "${PASSWORD[@]}" --tls ldaps "${CA[@]}" --dc dc1.corp.example=10.61.7.11:636:3269
}
no_password_on_show() {
  # The words of the command line are for everybody on the machine to read.
  spn scan "${FROM_DC1[@]}" --db "$DB" --password secret
  want_rc 3
  want_one_error_line
}

check 'reference with a ticket' reference
check 'keytab, no ticket anywhere' from_keytab
check 'keytab, though another user has a ticket' keytab_before_ticket
check 'GSS-SPNEGO' spnego
check 'simple bind over LDAPS with the CA' simple_ldaps
check 'simple bind over StartTLS with the CA' simple_starttls
check 'simple bind by DN' simple_by_dn
check 'LDAPS with the ports of --dc' tls_ports_given
check 'no option takes a password itself' no_password_on_show
