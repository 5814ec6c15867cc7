# shellcheck shell=bash
# A DC that is down or silent: said, counted, and never taken for evidence.

new_account 1 svc-up HTTP/up1
lab sync

others_whole() {
  rows 3 dcs
  rows 2 dcs dc!="$1" status=ok complete=yes error= 'highest_usn~^[1-9]'
  rows 1 dcs dc="$1" status!=ok status!= error!= complete=no
  clean_views
  rows 1 spns spn=HTTP/up1 account=svc-up
  [ -z "$(sqlite3 -readonly "$DB" "SELECT 1 FROM dc_spns WHERE dc = '$1' LIMIT 1")" ] ||
    fail "SPNs are told of $1, which was not read"
}
stopped() {
  lab stop dc3
  scan 2 "${FROM_DC1[@]}"
  others_whole dc3.corp.example
  rows 1 dcs dc=dc3.corp.example site=Branch domain=corp.example 'error~(?i)connect|refused|contact|reach'
}
stopped_known_before() {
  # It was whole in the last scan; that scan is no excuse for this one.
  lab start dc3
  scan 0 "${FROM_DC1[@]}"
  lab stop dc3
  scan 2 "${FROM_DC1[@]}"
  others_whole dc3.corp.example
}
stopped_with_findings() {
  add_spn 1 svc-up HTTP/up2
  lab sync
  scan 2 "${FROM_DC1[@]}"
  others_whole dc3.corp.example
  rows 1 spns spn=HTTP/up2
}
start_is_down() {
  # Resolvable, and a DC: an incomplete scan, not a mistake of whoever typed the name.
  spn scan -s dc3.corp.example --db "$W/none.db"
  want_rc 2
  want_one_error_line
  want_err 'dc3\.corp\.example'
}
domain_finds_the_others() {
  scan 2 -d corp.example
  others_whole dc3.corp.example
}
back_again() {
  lab start dc3
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
  rows 3 dcs status=ok complete=yes
}
silent() {
  local began=$SECONDS
  lab cut dc2
  scan 2 "${FROM_DC1[@]}" --timeout 3
  [ $((SECONDS - began)) -le 30 ] || fail "took $((SECONDS - began)) s with --timeout 3"
  others_whole dc2.corp.example
  rows 1 dcs dc=dc2.corp.example 'error~(?i)time|connect|contact|reach|answer'
}
silent_twice() {
  local began=$SECONDS
  lab stop dc3
  scan 2 "${FROM_DC1[@]}" --timeout 3
  [ $((SECONDS - began)) -le 30 ] || fail "took $((SECONDS - began)) s with --timeout 3"
  rows 3 dcs
  rows 1 dcs complete=yes
  clean_views
  lab start dc3
}
healed() {
  lab heal dc2
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
  rows 3 dcs status=ok complete=yes
}
excluded_on_purpose() {
  lab stop dc3
  scan 0 "${FROM_DC1[@]}" --exclude dc3.corp.example
  rows 2 dcs status=ok complete=yes
  lab start dc3
}

check 'a stopped DC' stopped
check 'a stopped DC that an earlier scan knew' stopped_known_before
check 'a stopped DC, with a change meanwhile' stopped_with_findings
check 'the server to start from is down' start_is_down
check 'from the domain, with a DC down' domain_finds_the_others
check 'the DC is back' back_again
check 'a silent DC takes no longer than --timeout says' silent
check 'a silent and a stopped DC' silent_twice
check 'the link is back' healed
check 'a DC left out on purpose is not an incomplete scan' excluded_on_purpose
