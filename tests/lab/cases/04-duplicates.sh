# shellcheck shell=bash
# One SPN on two accounts, written on two DCs that did not know of each other.

new_account 1 svca HTTP/svca
new_account 1 svcb HTTP/svcb
lab sync

seen_by_two_and_three() {
  lab freeze dc2
  add_spn 1 svca HTTP/dup1
  add_spn 2 svcb http/DUP1
  lab sync
  want_equal "$(spns_at 1 svca) $(spns_at 1 svcb)" 'HTTP/dup1;HTTP/svca HTTP/svcb;http/DUP1' 'the lab: dc1'
  want_equal "$(spns_at 2 svca) $(spns_at 2 svcb)" 'HTTP/svca HTTP/svcb;http/DUP1' 'the lab: dc2'
  scan 1 "${FROM_DC1[@]}"
  rows 2 duplicates
  rows 1 duplicates account=svca 'spn~(?i)^http/dup1$' "account_dn=$(dn_of svca)" "account_guid=$(guid_of svca)" \
    'seen_by%=dc1.corp.example;dc3.corp.example'
  rows 1 duplicates account=svcb 'spn~(?i)^http/dup1$' "account_dn=$(dn_of svcb)" "account_guid=$(guid_of svcb)" \
    "seen_by%=$DCS"
  rows 1 divergence
  rows 1 divergence account=svca dc=dc2.corp.example verdict=differs only_elsewhere=HTTP/dup1
}
converged() {
  lab thaw dc2
  lab sync
  lab agree
  scan 1 "${FROM_DC1[@]}"
  rows 2 duplicates
  rows 1 duplicates account=svca 'spn~(?i)^http/dup1$' "seen_by%=$DCS"
  rows 1 duplicates account=svcb 'spn~(?i)^http/dup1$' "seen_by%=$DCS"
  rows 2 duplicates class!=
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
  rows 2 duplicates
  rows 1 duplicates account=svca 'spn~(?i)^http/apart$' seen_by=dc1.corp.example
  rows 1 duplicates account=svcb 'spn~(?i)^http/apart$' seen_by=dc2.corp.example
  rows 0 divergence 'account!=svca' 'account!=svcb'
  rows 0 divergence verdict!=differs
  rows 0 spns 'spn~apart' seen_by_all=yes
  for k in 1 2 3; do lab thaw dc$k; done
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
check 'two spellings on one account are no duplicate' one_owner_two_spellings
