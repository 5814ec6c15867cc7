# shellcheck shell=bash
# shellcheck disable=SC2046
# One SPN on two accounts, written on two DCs that did not know of each other.

new_account 1 svca HTTP/svca
new_account 1 svcb HTTP/svcb
lab sync

# written K NAME: the conditions on when and where the account's SPNs were written last, as DC K, which wrote them, has it.
# Neither has a blank in it.
written() {
  local version time invocation usn
  read -r version time invocation usn <<<"$(stamp "$1" "$2" servicePrincipalName)"
  echo "written_at=${time:-unknown} written_on=$(writer "$invocation")"
}

seen_by_two_and_three() {
  lab freeze dc2
  add_spn 1 svca HTTP/dup1
  add_spn 2 svcb http/DUP1
  lab sync
  want_equal "$(spns_at 1 svca) $(spns_at 1 svcb)" 'HTTP/dup1;HTTP/svca HTTP/svcb;http/DUP1' 'the lab: dc1'
  want_equal "$(spns_at 2 svca) $(spns_at 2 svcb)" 'HTTP/svca HTTP/svcb;http/DUP1' 'the lab: dc2'
  scan 1 "${FROM_DC1[@]}"
  rows 2 duplicates
  rows 2 duplicates class=view-duplicate severity=critical
  rows 1 duplicates account=svca spn=HTTP/dup1 "account_dn=$(dn_of svca)" "account_guid=$(guid_of svca)" \
    'seen_by%=dc1.corp.example;dc3.corp.example' 'fix=setspn -D HTTP/dup1 svca' $(written 1 svca)
  rows 1 duplicates account=svcb spn=http/DUP1 "account_dn=$(dn_of svcb)" "account_guid=$(guid_of svcb)" \
    "seen_by%=$DCS" 'fix=setspn -D http/DUP1 svcb' $(written 2 svcb)
  rows 1 findings kind=duplicate
  # Where they are seen together.
  rows 1 findings kind=duplicate severity=critical 'dcs%=dc1.corp.example;dc3.corp.example'
  rows 1 divergence
  lagging_at 2 svca servicePrincipalName 1 only_here= only_elsewhere=HTTP/dup1
}
converged() {
  lab thaw dc2
  lab sync
  lab agree
  scan 1 "${FROM_DC1[@]}"
  rows 2 duplicates
  rows 2 duplicates class=converged-duplicate severity=critical
  rows 1 duplicates account=svca spn=HTTP/dup1 "seen_by%=$DCS" $(written 1 svca)
  rows 1 duplicates account=svcb spn=http/DUP1 "seen_by%=$DCS" $(written 2 svcb)
  rows 0 divergence
  rows 1 spns account=svcb spn=http/DUP1 seen_by_all=yes
}
mended() {
  # Written as a whole: Samba refuses to take the duplicate value away by itself.
  change 1 svcb replace servicePrincipalName HTTP/svcb
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
}
never_together() {
  # Each DC shows one owner; no DC shows both.
  local k
  for k in 1 2 3; do lab freeze dc$k; done
  add_spn 1 svca HTTP/apart
  add_spn 2 svcb http/Apart
  scan 1 "${FROM_DC1[@]}"
  # Both writes will come everywhere.
  rows 2 duplicates
  rows 2 duplicates class=pending-duplicate severity=warning
  rows 1 duplicates account=svca spn=HTTP/apart seen_by=dc1.corp.example $(written 1 svca)
  rows 1 duplicates account=svcb spn=http/Apart seen_by=dc2.corp.example $(written 2 svcb)
  rows 4 divergence
  rows 4 divergence verdict=lagging severity=info
  for k in 2 3; do rows 1 divergence account=svca dc=dc$k.corp.example only_elsewhere=HTTP/apart winning_dc=dc1.corp.example; done
  for k in 1 3; do rows 1 divergence account=svcb dc=dc$k.corp.example only_elsewhere=http/Apart winning_dc=dc2.corp.example; done
  rows 0 spns 'spn~(?i)apart' seen_by_all!=no
  rows 2 spns 'spn~(?i)apart' seen_by_all=no
  for k in 1 2 3; do lab thaw dc$k; done
  change 1 svca replace servicePrincipalName HTTP/svca
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
}
moves() {
  # From one account to the other, at a DC that lets go of it first: nobody ever shows both.
  lab freeze dc2
  change 1 svca replace servicePrincipalName HTTP/svca-left
  add_spn 1 svcb HTTP/svca
  lab sync
  scan 0 "${FROM_DC1[@]}"
  rows 2 duplicates
  rows 2 duplicates spn=HTTP/svca class=in-flight severity=info fix=
  rows 1 duplicates account=svca seen_by=dc2.corp.example
  rows 1 duplicates account=svcb 'seen_by%=dc1.corp.example;dc3.corp.example'
  rows 2 divergence
  lagging_at 2 svca servicePrincipalName 1 only_here=HTTP/svca only_elsewhere=HTTP/svca-left
  lagging_at 2 svcb servicePrincipalName 1 only_here= only_elsewhere=HTTP/svca
  lab thaw dc2
  change 1 svcb delete servicePrincipalName HTTP/svca
  change 1 svca replace servicePrincipalName HTTP/svca
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
}
one_owner_two_spellings() {
  # On one account, spellings, ports and classes of one name are nobody's duplicate.
  add_spn 1 svca MSSQLSvc/db1:1433 mssqlsvc/DB1:1433 HTTP/db1 MSSQLSvc/db1
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
  rows 2 spns account=svca 'spn~(?i)^mssqlsvc/db1:1433$'
}

check 'a case-differing duplicate, one DC behind' seen_by_two_and_three
check 'a case-differing duplicate, replicated' converged
check 'gone when one owner gives it up' mended
check 'two owners that no DC shows together' never_together
check 'an SPN that moves to another account' moves
check 'two spellings on one account are no duplicate' one_owner_two_spellings
