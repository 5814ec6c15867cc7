# shellcheck shell=bash
# More SPNs on one account than Active Directory gives in one answer (1,500).

mapfile -t names < <(seq -f 'MSSQLSvc/host%04g.corp.example:1433' 1600)
new_account 1 svc-many
add_spn 1 svc-many "${names[@]}"
lab sync

whole() {
  scan 0 "${FROM_DC1[@]}" "$@"
  clean_views
  rows 1600 spns account=svc-many seen_by_all=yes
  printf '%s\n' "${names[@]}" | sort >"$W/expected"
  "$LIB/csvq.py" "$W/out" count account=svc-many 'spn~^MSSQLSvc/host[0-9]{4}\.corp\.example:1433$' >"$W/count"
  want_equal "$(cat "$W/count")" 1600 'SPNs of the right form'
  sqlite3 -readonly "$DB" "SELECT spn FROM dc_spns WHERE account = 'svc-many' AND dc = 'dc3.corp.example'" |
    sort >"$W/got"
  cmp -s "$W/expected" "$W/got" || fail "dc3: $(diff "$W/expected" "$W/got" | head -5)"
}
by_default() { whole --full; }
small_pages() { whole --full --page-size 3; }
one_of_many_differs() {
  lab freeze dc2
  change 1 svc-many delete servicePrincipalName "${names[777]}"
  lab sync
  lag_is_info
  rows 1 divergence
  lagging_at 2 svc-many servicePrincipalName 1 "only_here=${names[777]}" only_elsewhere=
  lab thaw dc2
  # Whole again, in an increment.
  add_spn 1 svc-many "${names[777]}"
  lab sync
  whole
  want_equal "$(sqlite3 -readonly "$DB" "SELECT DISTINCT mode FROM reading WHERE scan = (SELECT max(scan) FROM reading)")" increment
}

check '1,600 SPNs, whole on every DC' by_default
check '1,600 SPNs, pages of 3' small_pages
check 'one of 1,600 differs' one_of_many_differs
