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
  lag_is_info
  rows 1 divergence
  lagging_at 2 svc-div servicePrincipalName 1 "account_dn=$(dn_of svc-div)" "account_guid=$(guid_of svc-div)" facet=spn \
    'value_here%=HTTP/div1;HTTP/div2' 'value_elsewhere%=HTTP/div1;HTTP/div2;HTTP/div3' only_here= only_elsewhere=HTTP/div3
  rows 1 findings kind=divergence
  rows 0 findings severity!=info
  rows 1 findings kind=divergence severity=info subject=svc-div dcs=dc2.corp.example 'detail~^servicePrincipalName: lagging'
  rows 1 spns spn=HTTP/div3 account=svc-div seen_by_all=no
  rows 1 spns spn=HTTP/div1 account=svc-div seen_by_all=yes
  rows 3 dcs status=ok complete=yes
}
seen_from_the_late_one() {
  # The server one starts from has no say in what is right.
  local first
  first=$(cell divergence first_seen account=svc-div) || exit 1
  scan 0 -s dc2.corp.example
  rows 1 divergence
  lagging_at 2 svc-div servicePrincipalName 1 only_elsewhere=HTTP/div3 "first_seen=$first"
}
older_than_the_limit() {
  local DB=$W/limit.db
  scan 1 "${FROM_DC1[@]}" --max-lag 0s
  rows 1 divergence
  SEVERITY=warning lagging_at 2 svc-div servicePrincipalName 1
  scan 0 "${FROM_DC1[@]}"
  lagging_at 2 svc-div servicePrincipalName 1
}
both_sides() {
  change 1 svc-div delete servicePrincipalName HTTP/div1
  lab sync
  lag_is_info
  rows 1 divergence
  lagging_at 2 svc-div servicePrincipalName 1 'value_here%=HTTP/div1;HTTP/div2' 'value_elsewhere%=HTTP/div2;HTTP/div3' \
    only_here=HTTP/div1 only_elsewhere=HTTP/div3
}
new_at_two() {
  new_account 1 svc-new HTTP/new1
  lab sync
  lag_is_info
  rows 1 divergence account=svc-new
  CAUSE=whenCreated lagging_at 2 svc-new objectGUID 1 "account_dn=$(dn_of svc-new)" "account_guid=$(guid_of svc-new)" \
    facet=account value_here= "value_elsewhere=$(dn_of svc-new)" only_here= only_elsewhere=
  rows 1 spns spn=HTTP/new1 account=svc-new seen_by_all=no
}
last_spn_cleared() {
  change 1 svc-last delete servicePrincipalName
  lab sync
  want_equal "$(spns_at 1 svc-last)" '' 'the lab: SPNs at dc1'
  want_equal "$(spns_at 2 svc-last)" HTTP/last-one 'the lab: SPNs at dc2'
  lag_is_info
  # Out of the stream of accounts with SPNs at dc1 and dc3, yet not missing there.
  rows 0 divergence account=svc-last attribute=objectGUID
  rows 1 divergence account=svc-last
  lagging_at 2 svc-last servicePrincipalName 1 facet=spn value_here=HTTP/last-one value_elsewhere= only_here=HTTP/last-one \
    only_elsewhere=
}
first_spn_added() {
  # The other way round: at dc2 the account is there, without its first SPN.
  new_account 2 svc-first
  lab sync
  add_spn 1 svc-first HTTP/first-one
  lab sync
  lag_is_info
  rows 0 divergence account=svc-first attribute=objectGUID
  rows 1 divergence account=svc-first
  lagging_at 2 svc-first servicePrincipalName 1 facet=spn value_here= value_elsewhere=HTTP/first-one
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
  local guid
  guid=$(guid_of svc-other)
  lab freeze dc2
  as_admin ldapdelete -Q -H ldap://dc1.corp.example "$(dn_of svc-other)" >>"$W/trace" 2>&1 || fail 'cannot delete svc-other'
  lab sync
  # reader may not see that it is deleted at dc1 and dc3, and the report says just that.
  # It may be under way, and is information for as long as lag is.
  scan 0 "${FROM_DC1[@]}"
  told() {
    rows 2 divergence
    rows 2 divergence account=svc-other "account_guid=$guid" facet=account attribute=objectGUID verdict=unproved severity=$1 \
      value_here= "value_elsewhere=$(dn_of svc-other)" 'note=needs the right to list Deleted Objects' winning_version= behind_usn=
  }
  told info
  scan 1 "${FROM_DC1[@]}" --max-lag 0s
  told warning
  rows 0 divergence dc=dc2.corp.example
  rows 1 spns spn=HTTP/other account=svc-other seen_by_all=no
  # An administrator may.
  DB=$W/deleted.db
  as_administrator lag_is_info
  rows 1 divergence
  WRITTEN=$(tombstone_stamp 1 "$guid") VERDICT=deletion-lagging lagging_at 2 svc-other isDeleted 1 "account_guid=$guid" \
    facet=account "value_here=$(dn_of svc-other)" value_elsewhere=
  DB=$W/spnscan.db
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
  lag_is_info
  rows 1 divergence
  lagging_at 2 svc-div userAccountControl 1 facet=account value_here=512 value_elsewhere=514 only_here= only_elsewhere=
  lab thaw dc2
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
}

check 'accounts that all DCs agree on are no finding' converged_is_clean
check 'an SPN added on one DC while another takes no changes' added_spn
check 'the same, started from the DC that is behind' seen_from_the_late_one
check 'lag beyond --max-lag is a warning, and exit status 1' older_than_the_limit
check 'one SPN more and one less' both_sides
check 'an account one DC has not got' new_at_two
check 'the last SPN cleared is a difference, not a missing account' last_spn_cleared
check 'a first SPN is a difference, not a missing account' first_spn_added
check 'all gone after replication, in the same and in a new database' gone_after_replication
check 'a deletion under way' deleted_account
check 'userAccountControl that differs' disabled_while_frozen
