# shellcheck shell=bash
# query and list: what each DC shows, while they differ.

new_account 1 svc-q HTTP/query1 HTTP/query2
new_account 1 svc-r HTTP/rest1
lab sync
lab freeze dc2
add_spn 1 svc-q HTTP/query3
lab sync

scanned() {
  lag_is_info
  rows 1 divergence
  lagging_at 2 svc-q servicePrincipalName 1 only_elsewhere=HTTP/query3
}
query_one() {
  spn query http/QUERY1 --db "$DB"
  want_rc 0
  want_out 'HTTP/query1'
  want_out 'svc-q'
  want_no_out 'query2|rest1'
}
query_pattern() {
  spn query '*/query*' --db "$DB"
  want_rc 0
  for n in 1 2 3; do want_out "HTTP/query$n"; done
  want_no_out 'rest1'
}
query_none() { spn query HTTP/nobody --db "$DB"; want_rc 1; want_no_out svc-; }
query_per_dc() {
  # dc2 does not show it: the answer must not look like that of one that all show.
  spn query HTTP/query3 --db "$DB"
  want_rc 0
  want_out 'svc-q'
  want_out 'dc[123]'
  sed 's/query3/query1/g' "$W/out" >"$W/three"
  spn query HTTP/query1 --db "$DB"
  ! cmp -s "$W/out" "$W/three" || fail 'an SPN that dc2 lacks is shown like one that all DCs show'
}
list_account() {
  spn list SVC-Q --db "$DB"
  want_rc 0
  for n in 1 2 3; do want_out "HTTP/query$n"; done
  want_out 'dc[123]'
  want_no_out 'rest1'
}
list_none() { spn list nobody-of-that-name --db "$DB"; want_rc 1; want_no_out HTTP/; }
after_replication() {
  lab thaw dc2
  lab sync
  scan 0 "${FROM_DC1[@]}"
  spn query HTTP/query3 --db "$DB"
  want_rc 0
  sed 's/query3/query1/g' "$W/out" >"$W/three"
  spn query HTTP/query1 --db "$DB"
  cmp -s "$W/out" "$W/three" || fail 'an SPN that all DCs show is shown otherwise than another such'
}

check 'a scan while DCs differ' scanned
check 'query one SPN, in other case' query_one
check 'query a pattern' query_pattern
check 'query finds nothing' query_none
check 'query tells which DC lacks it' query_per_dc
check 'list an account' list_account
check 'list finds nothing' list_none
check 'no difference after replication' after_replication
