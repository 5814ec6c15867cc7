# shellcheck shell=bash
# The fast reader and libldap's read the same, whatever protects the connection; a page size or none changes nothing.

new_account 1 svc-many HTTP/many1 HTTP/many2 MSSQLSvc/many:1433
new_account 1 svc-deleg HTTP/deleg
change 1 svc-deleg add msDS-AllowedToDelegateTo HTTP/many1
add_spn 1 svc-many "$(printf 'HTTP/long-%0300d' 7)"
lab sync

# What the database says of each DC, in an order of its own.
contents() {
  spn report spns --db "$DB"
  [ "$RC" = 0 ] || fail 'report spns failed'
  sort "$W/out"
  spn report delegation --db "$DB"
  [ "$RC" = 0 ] || fail 'report delegation failed'
  sort "$W/out"
}
# same_both_ways ARGS...
same_both_ways() {
  local fast plain
  DB=$W/fast.db
  spn scan "${FROM_DC1[@]}" --db "$DB" "$@"
  [ "$RC" -le 1 ] || fail "exit $RC"
  fast=$(contents)
  DB=$W/plain.db
  spn scan "${FROM_DC1[@]}" --db "$DB" --plain "$@"
  [ "$RC" -le 1 ] || fail "exit $RC with --plain"
  plain=$(contents)
  [ "$(wc -l <<<"$fast")" -gt 40 ] || fail 'too little was read'
  [ "$fast" = "$plain" ] || fail "they differ: $(diff <(echo "$fast") <(echo "$plain"))"
}
SIMPLE=(--bind simple --user reader@corp.example --password-file "$LAB/client/reader.password" --ca-file "$LAB/client/ca.pem")
sealed() { same_both_ways; }
spnego() { same_both_ways --bind gss-spnego; }
ldaps() { same_both_ways "${SIMPLE[@]}" --tls ldaps; }
starttls() { same_both_ways "${SIMPLE[@]}" --tls starttls; }

check 'sealed by Kerberos' sealed
check 'sealed by GSS-SPNEGO' spnego
check 'in LDAPS' ldaps
check 'in StartTLS' starttls
