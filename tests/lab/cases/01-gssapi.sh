# shellcheck shell=bash
# An ordinary user with a ticket and one name: every DC is found, an untouched forest is clean.

whole_forest_seen() {
  local k host site before after usn
  for k in 1 2 3; do usn_of $k >"$W/usn$k"; done
  scan 0 "$@"
  want_quiet
  rows 3 dcs
  for k in 1 2 3; do
    host=dc$k.corp.example
    site=Default-First-Site-Name; [ $k != 3 ] || site=Branch
    rows 1 dcs dc=$host site=$site domain=corp.example is_gc=yes is_rodc=no status=ok error= complete=yes bind~gssapi \
      'started~^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,}Z$' 'ended~^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,}Z$' \
      'objects~^[1-9][0-9]*$' 'clock_skew_s~^-?[01](\.[0-9]+)?$' "address~10\.61\.7\.1$k"
    want_equal "$(cell dcs invocation_id dc=$host)" "$(invocation_of $k $site)" "invocation_id of $host"
    usn=$(cell dcs highest_usn dc=$host) before=$(cat "$W/usn$k") after=$(usn_of $k)
    [ "$before" -le "$usn" ] && [ "$usn" -le "$after" ] ||
      fail "highest_usn of $host is $usn, not from $before to $after"
  done
  clean_views
  rows 0 delegation
  rows 0 health
  rows 0 findings
}
from_one_server() { whole_forest_seen -s dc1.corp.example; }
from_the_branch() { whole_forest_seen -s dc3.corp.example; }
from_the_domain() { whole_forest_seen -d corp.example; }

scan_again() {
  scan 0 "${FROM_DC1[@]}"
  all_spns >"$W/first"
  scan 0 "${FROM_DC1[@]}"
  all_spns >"$W/second"
  cmp -s "$W/first" "$W/second" || fail 'a second scan of the same forest reports other SPNs'
  clean_views
}

headers() {
  local name expected
  scan 0 "${FROM_DC1[@]}"
  while read -r name expected; do
    spn report "$name" --db "$DB"
    want_rc 0
    want_equal "$("$LIB/csvq.py" "$W/out" header)" "$expected" "header of $name"
  done <<'END'
dcs dc,site,domain,is_gc,is_rodc,address,status,error,bind,clock_skew_s,highest_usn,invocation_id,objects,complete,started,ended,read,deletions
duplicates spn,class,account,account_dn,account_guid,seen_by,since,written_at,written_on,fix,severity
divergence account,account_dn,account_guid,facet,attribute,dc,verdict,value_here,value_elsewhere,only_here,only_elsewhere,winning_version,winning_time,winning_dc,winning_usn,behind_usn,behind_s,first_seen,severity,note
replication dest_dc,source_dc,nc,usn_gap,last_sync,behind_s,pending_objects,failures,last_result
health dc,kind,severity,detail,first_seen
delegation account,account_dn,type,target,target_owner,finding,severity,reason,dcs,account_guid
aliases spn,account,account_dn,account_guid,shadowed_spn,shadowed_account,shadowed_dn,severity,reason,dcs
hygiene kind,severity,account,account_dn,account_guid,subject,detail,dcs,fix
changes seen_at,account,account_dn,account_guid,facet,dc,before,after,added,removed,first_at,everywhere_at,took_s
findings id,severity,kind,subject,dcs,detail,fix,first_seen,last_seen,scan,accepted
spns spn,account,account_dn,seen_by_all
END
}

known_spns() {
  scan 0 "${FROM_DC1[@]}"
  rows 1 spns spn=kadmin/changepw account=krbtgt seen_by_all=yes
  rows 1 spns spn=ldap/dc3.corp.example 'account=DC3$' seen_by_all=yes "account_dn=CN=DC3,OU=Domain Controllers,$BASE_DN"
  rows 0 spns seen_by_all!=yes
}

to_a_directory() {
  local name
  scan 0 "${FROM_DC1[@]}"
  mkdir "$W/reports"
  spn report dcs spns --db "$DB" -o "$W/reports"
  want_rc 0
  for name in dcs spns; do [ -s "$W/reports/$name.csv" ] || fail "no $name.csv in the directory given"; done
  [ -z "$(find "$W/reports" "$DB" -type f -perm /077)" ] || fail 'a report or the database can be read by others'
}

default_database() {
  spn scan "${FROM_DC1[@]}"
  want_rc 0
  [ -s "$W/state/spnscan/spnscan.db" ] || fail 'no database under XDG_STATE_HOME'
  spn report dcs
  want_rc 0
}

check 'all DCs from one server, and a clean forest' from_one_server
check 'all DCs from a server in another site' from_the_branch
check 'all DCs from the name of the domain (SRV)' from_the_domain
check 'a second scan into the same database' scan_again
check 'header lines' headers
check 'SPNs every forest has' known_spns
check 'reports into a directory, readable by their owner only' to_a_directory
check 'the default database' default_database
