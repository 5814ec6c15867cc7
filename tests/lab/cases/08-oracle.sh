# shellcheck shell=bash
# What ldapsearch reads on each DC is what the database says of it: no row more or less.

new_account 1 svc-one HTTP/one1 HTTP/one2
new_account 1 svc-two 'HTTP/with space' 'HTTP/a|b;c' 'HTTP/"quoted",x' HTTP/bücher 'MSSQLSvc/db1:1433' 'mssqlsvc/DB1:1433'
new_account 1 "svc o'hara" 'HTTP/apostrophe' '=cmd/x' '@SUM/x'
new_account 2 svc-bare
lab sync
lab freeze dc2
# Overwritten by a later write at dc1, as dc2 does not know yet. dc1 must not know of dc2's write either, else its own
# would build on it; stamps have whole seconds.
lab freeze dc1
add_spn 2 svc-two http/ONLY2
sleep 1.1
add_spn 1 svc-one HTTP/one3
add_spn 1 svc-bare HTTP/bare
change 1 svc-two delete servicePrincipalName HTTP/bücher
lab thaw dc1
new_account 1 svc-late HTTP/late
lab sync

oracle_rows() {
  KRB5CCNAME=FILE:$READER_CC as_admin "${FOREST%/*}/oracle" "$@" 2>>"$W/trace" || fail 'the oracle failed'
}
database_rows() {
  sqlite3 -readonly -separator $'\t' "$DB" 'SELECT dc, account, spn FROM dc_spns' 2>>"$W/trace" | LC_ALL=C sort
}
same_rows() {
  oracle_rows dc1.corp.example dc2.corp.example dc3.corp.example >"$W/expected"
  database_rows >"$W/got"
  if ! cmp -s "$W/expected" "$W/got"; then
    diff "$W/expected" "$W/got" | head -40 >>"$W/trace"
    fail '< read by ldapsearch, > said by the database'
  fi
  [ "$(wc -l <"$W/expected")" -gt 60 ] || fail 'too few rows to mean anything'
}
diverged() {
  scan 1 "${FROM_DC1[@]}"
  rows 1 divergence verdict=lost-update
  rows 1 divergence verdict=lost-update account=svc-two dc=dc2.corp.example only_here~ONLY2
  same_rows
  [ "$(grep -c ^dc1 "$W/expected")" != "$(grep -c ^dc2 "$W/expected")" ] || fail 'the lab: dc1 and dc2 do not differ'
}
scanned_again() {
  # On top of an earlier scan, after changes of every kind.
  change 1 svc-one delete servicePrincipalName HTTP/one1
  change 1 svc-late replace servicePrincipalName HTTP/late2 HTTP/late3
  change 2 svc-two delete servicePrincipalName http/ONLY2
  lab sync
  scan 0 "${FROM_DC1[@]}"
  same_rows
}
other_start() {
  rm -f "$DB"
  scan 0 -s dc2.corp.example --page-size 2 --jobs 1
  same_rows
}
list_agrees() {
  # What people are shown: every SPN of the account, and none of another.
  local spn
  spn list svc-two --db "$DB"
  want_rc 0
  while IFS= read -r spn; do grep -Fq -- "$spn" "$W/out" || fail "list svc-two lacks $spn"; done \
    < <(grep -P '\tsvc-two\t' "$W/expected2" | cut -f3 | sort -u)
  want_no_out 'HTTP/one2'
}
caught_up() {
  lab thaw dc2
  lab sync
  lab agree
  scan 0 "${FROM_DC1[@]}"
  same_rows
  clean_views
}
keep_expected() { oracle_rows dc1.corp.example dc2.corp.example dc3.corp.example >"$W/expected2"; list_agrees; }

check 'row for row while DCs differ' diverged
check 'row for row on top of an earlier scan' scanned_again
check 'row for row from another DC, small pages, one thread' other_start
check 'list shows what ldapsearch reads' keep_expected
check 'row for row when all have caught up' caught_up
