# shellcheck shell=bash
# DCs that differ: at the DC that is behind, with the values, and gone when it has caught up.

new_account 1 svc-div HTTP/div1 HTTP/div2
new_account 1 svc-last HTTP/last-one
new_account 1 svc-other HTTP/other
lab sync

converged_is_clean() {
  scan 0 "${FROM_DC1[@]}"
  clean_views
  rows 2 spns account=svc-div seen_by_all=yes
}

added_spn() {
  lab freeze dc2
  add_spn 1 svc-div HTTP/div3
  lab sync
  want_equal "$(spns_at 1 svc-div)" 'HTTP/div1;HTTP/div2;HTTP/div3' 'the lab: SPNs at dc1'
  want_equal "$(spns_at 2 svc-div)" 'HTTP/div1;HTTP/div2' 'the lab: SPNs at dc2'
  want_equal "$(spns_at 3 svc-div)" 'HTTP/div1;HTTP/div2;HTTP/div3' 'the lab: SPNs at dc3'
  scan 1 "${FROM_DC1[@]}"
  rows 1 divergence
  rows 1 divergence account=svc-div "account_dn=$(dn_of svc-div)" "account_guid=$(guid_of svc-div)" facet=spn \
    attribute=servicePrincipalName dc=dc2.corp.example verdict=differs 'value_here%=HTTP/div1;HTTP/div2' \
    'value_elsewhere%=HTTP/div1;HTTP/div2;HTTP/div3' only_here= only_elsewhere=HTTP/div3
  rows 1 spns spn=HTTP/div3 account=svc-div seen_by_all=no
  rows 1 spns spn=HTTP/div1 account=svc-div seen_by_all=yes
  rows 3 dcs status=ok complete=yes
}
seen_from_the_late_one() {
  # The server one starts from has no say in what is right.
  scan 1 -s dc2.corp.example
  rows 1 divergence
  rows 1 divergence account=svc-div dc=dc2.corp.example verdict=differs only_elsewhere=HTTP/div3
}
both_sides() {
  change 1 svc-div delete servicePrincipalName HTTP/div1
  lab sync
  scan 1 "${FROM_DC1[@]}"
  rows 1 divergence
  rows 1 divergence account=svc-div dc=dc2.corp.example verdict=differs 'value_here%=HTTP/div1;HTTP/div2' \
    'value_elsewhere%=HTTP/div2;HTTP/div3' only_here=HTTP/div1 only_elsewhere=HTTP/div3
}
new_at_two() {
  new_account 1 svc-new HTTP/new1
  lab sync
  scan 1 "${FROM_DC1[@]}"
  rows 1 divergence account=svc-new
  rows 1 divergence account=svc-new "account_dn=$(dn_of svc-new)" "account_guid=$(guid_of svc-new)" \
    dc=dc2.corp.example verdict=missing value_here= value_elsewhere!=
  rows 1 spns spn=HTTP/new1 account=svc-new seen_by_all=no
}
last_spn_cleared() {
  change 1 svc-last delete servicePrincipalName
  lab sync
  want_equal "$(spns_at 1 svc-last)" '' 'the lab: SPNs at dc1'
  want_equal "$(spns_at 2 svc-last)" HTTP/last-one 'the lab: SPNs at dc2'
  scan 1 "${FROM_DC1[@]}"
  # Out of the stream of accounts with SPNs at dc1 and dc3, yet not missing there.
  rows 0 divergence account=svc-last verdict=missing
  rows 1 divergence account=svc-last
  rows 1 divergence account=svc-last facet=spn attribute=servicePrincipalName dc=dc2.corp.example verdict=differs \
    value_here=HTTP/last-one value_elsewhere= only_here=HTTP/last-one only_elsewhere=
}
first_spn_added() {
  # The other way round: at dc2 the account is there, without its first SPN.
  new_account 2 svc-first
  lab sync
  add_spn 1 svc-first HTTP/first-one
  lab sync
  scan 1 "${FROM_DC1[@]}"
  rows 0 divergence account=svc-first verdict=missing
  rows 1 divergence account=svc-first facet=spn dc=dc2.corp.example verdict=differs value_here= \
    value_elsewhere=HTTP/first-one
}
gone_after_replication() {
  lab thaw dc2
  lab sync
  lab agree
  scan 0 "${FROM_DC1[@]}"
  clean_views
  rows 0 spns seen_by_all!=yes
  rows 1 spns spn=HTTP/new1 account=svc-new seen_by_all=yes
  rows 0 spns account=svc-last
  rows 0 spns spn=HTTP/div1
  spn scan "${FROM_DC1[@]}" --db "$W/fresh.db"
  want_rc 0
}
deleted_account() {
  # A deletion that dc2 has not taken yet: it alone still shows the account.
  lab freeze dc2
  as_admin ldapdelete -Q -H ldap://dc1.corp.example "$(dn_of svc-other)" >>"$W/trace" 2>&1 || fail 'cannot delete svc-other'
  lab sync
  scan 1 "${FROM_DC1[@]}"
  rows 0 divergence account!=svc-other
  [ -n "$("$LIB/csvq.py" "$W/out" header)" ] || fail 'no report'
  rows 1 spns spn=HTTP/other account=svc-other seen_by_all=no
  lab thaw dc2
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
  rows 0 spns spn=HTTP/other
}
disabled_while_frozen() {
  lab freeze dc2
  change 1 svc-div replace userAccountControl 514
  lab sync
  scan 1 "${FROM_DC1[@]}"
  rows 1 divergence
  rows 1 divergence account=svc-div facet=account attribute=userAccountControl dc=dc2.corp.example verdict=differs \
    value_here=512 value_elsewhere=514
  lab thaw dc2
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
}

check 'accounts that all DCs agree on are no finding' converged_is_clean
check 'an SPN added on one DC while another takes no changes' added_spn
check 'the same, started from the DC that is behind' seen_from_the_late_one
check 'one SPN more and one less' both_sides
check 'an account one DC has not got' new_at_two
check 'the last SPN cleared is a difference, not a missing account' last_spn_cleared
check 'a first SPN is a difference, not a missing account' first_spn_added
check 'all gone after replication, in the same and in a new database' gone_after_replication
check 'a deletion under way' deleted_account
check 'userAccountControl that differs' disabled_while_frozen
