# shellcheck shell=bash
# Why DCs differ, proved on differences that were made on purpose, each by what Samba's own stamps and vectors say.

new_account 1 svc-lag HTTP/lag1
new_account 1 svc-rot HTTP/rot1
new_account 1 svc-back HTTP/back1
new_account 1 svc-two HTTP/two1
new_account 1 svc-veil HTTP/veil1
lab sync
# Read whole: what is done behind replication's back has no USN that an increment could find it by.
full() { local rc=$1; shift; scan "$rc" "${FROM_DC1[@]}" --full "$@"; }

# one_row ACCOUNT VERDICT SEVERITY CONDITION...: that and no other of any account.
one_row() {
  rows 1 divergence
  rows 1 divergence account="$1" verdict="$2" severity="$3" "${@:4}"
}

from_the_branch() {
  # Written at dc3; dc1, where the scan starts, is the one that is behind.
  lab freeze dc1
  add_spn 3 svc-lag HTTP/lag2
  lab sync
  want_equal "$(spns_at 1 svc-lag) $(spns_at 2 svc-lag)" 'HTTP/lag1 HTTP/lag1;HTTP/lag2' 'the lab: dc1 and dc2'
  full 0
  rows 1 divergence
  lagging_at 1 svc-lag servicePrincipalName 3 winning_dc=dc3.corp.example winning_version=2 only_elsewhere=HTTP/lag2
  # As dc1 has not heard of it, so says replication: one object, of dc3.
  rows 1 replication dest_dc=dc1.corp.example source_dc=dc3.corp.example "nc=$BASE_DN" pending_objects=1
  rows 1 replication pending_objects!=0
  lab thaw dc1
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
}

# The value alone: the same write by its stamp, another content.
rotten() {
  local before
  before=$(stamp 3 svc-rot servicePrincipalName)
  lab stop dc3
  raw_write 3 svc-rot servicePrincipalName "$(base64_of HTTP/rotten)"
  lab start dc3
  want_equal "$(spns_at 3 svc-rot)" HTTP/rotten 'the lab: dc3'
  want_equal "$(stamp 3 svc-rot servicePrincipalName)" "$before" 'the lab: its stamp'
  pull 3 1
  # No USN tells of it.
  scan 0 "${FROM_DC1[@]}"
  full 1
  won "$(stamp 1 svc-rot servicePrincipalName)"
  one_row svc-rot corrupt critical dc=dc3.corp.example facet=spn attribute=servicePrincipalName value_here=HTTP/rotten \
    value_elsewhere=HTTP/rot1 only_here=HTTP/rotten only_elsewhere=HTTP/rot1 "${WON[@]}" behind_usn= behind_s= note=
  # It stays so, whoever is asked first, until somebody writes.
  scan 1 -s dc3.corp.example
  one_row svc-rot corrupt critical dc=dc3.corp.example
  change 1 svc-rot replace servicePrincipalName HTTP/rot2
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
}

# An object set back, under a vector that says it has the newer write.
set_back() {
  local old_spn old_stamps
  lab stop dc3
  old_spn=$(raw_value 3 svc-back servicePrincipalName) old_stamps=$(raw_value 3 svc-back replPropertyMetaData)
  lab start dc3
  change 1 svc-back replace servicePrincipalName HTTP/back2
  lab sync
  lab stop dc3
  raw_write 3 svc-back servicePrincipalName "$old_spn"
  raw_write 3 svc-back replPropertyMetaData "$old_stamps"
  lab start dc3
  pull 3 1
  want_equal "$(spns_at 3 svc-back)" HTTP/back1 'the lab: dc3 after all replication'
  full 1
  won "$(stamp 1 svc-back servicePrincipalName)"
  [ "${WON[0]}" = winning_version=2 ] || fail 'the lab: not the second write'
  one_row svc-back divergent critical dc=dc3.corp.example attribute=servicePrincipalName value_here=HTTP/back1 \
    value_elsewhere=HTTP/back2 "${WON[@]}" behind_usn= note=
  change 1 svc-back replace servicePrincipalName HTTP/back3
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
}

# Two administrators, two DCs, one attribute: the later write takes all.
lost() {
  local k first second
  for k in 1 2 3; do lab freeze dc$k; done
  add_spn 1 svc-two HTTP/two-early
  # Stamps have whole seconds.
  sleep 1.1
  add_spn 2 svc-two HTTP/two-late
  first=$(stamp 1 svc-two servicePrincipalName) second=$(stamp 2 svc-two servicePrincipalName)
  want_equal "${first%% *}" "${second%% *}" 'the lab: versions'
  scan 1 "${FROM_DC1[@]}"
  won "$second"
  rows 3 divergence
  rows 1 divergence account=svc-two verdict=lost-update severity=warning dc=dc1.corp.example only_here=HTTP/two-early \
    only_elsewhere=HTTP/two-late "${WON[@]}"
  rows 1 divergence account=svc-two verdict=lagging severity=info dc=dc1.corp.example "${WON[@]}"
  rows 1 divergence account=svc-two verdict=lagging severity=info dc=dc3.corp.example only_here= only_elsewhere=HTTP/two-late "${WON[@]}"
  for k in 1 2 3; do lab thaw dc$k; done
  lab sync
  want_equal "$(spns_at 1 svc-two)" 'HTTP/two-late;HTTP/two1' 'the lab: what is left'
  scan 0 "${FROM_DC1[@]}"
  clean_views
  rows 0 spns spn=HTTP/two-early
}

# Hidden is not missing: one DC has another list of who may read.
veiled() {
  lab freeze dc2
  as_admin samba-tool dsacl set --use-kerberos=required -H ldap://dc1.corp.example --objectdn="$(dn_of svc-veil)" \
    --sddl="(OD;;RP;f3a64788-5306-11d1-a9c5-0000f80367c1;;$(sid_of reader))" >>"$W/trace" 2>&1 || fail 'the lab: no such ACL'
  lab sync
  want_equal "$(spns_at 1 svc-veil):$(spns_at 2 svc-veil)" :HTTP/veil1 'the lab: dc1, dc2 for reader'
  scan 1 "${FROM_DC1[@]}"
  won "$(stamp 2 svc-veil servicePrincipalName)"
  rows 2 divergence
  rows 2 divergence account=svc-veil verdict=hidden severity=warning attribute=servicePrincipalName value_here= \
    value_elsewhere=HTTP/veil1 "${WON[@]}" dc!=dc2.corp.example
  # Who may read it sees no difference.
  DB=$W/veil.db
  as_administrator scan 0 "${FROM_DC1[@]}"
  clean_views
  DB=$W/spnscan.db
  lab thaw dc2
  lab sync
  as_admin ldapdelete -Q -H ldap://dc1.corp.example "$(dn_of svc-veil)" >>"$W/trace" 2>&1 || fail 'cannot delete svc-veil'
  lab sync
  scan 0 "${FROM_DC1[@]}"
  clean_views
}

# One name, made on two DCs that did not know of each other.
clash() {
  local k
  lab freeze dc1
  lab freeze dc2
  new_account 1 svc-clash HTTP/clash1
  new_account 2 svc-clash HTTP/clash2
  lab thaw dc1
  lab thaw dc2
  lab sync
  scan 1 "${FROM_DC1[@]}"
  rows 3 divergence
  for k in 1 2 3; do
    rows 1 divergence dc=dc$k.corp.example verdict=conflict severity=warning attribute=distinguishedName 'account_dn~^CN=svc-clash.0ACNF:'
  done
  rows 1 findings 'severity=warning' kind=divergence dcs=dc1.corp.example 'detail~^distinguishedName: conflict'
}

check 'lagging: what was made at dc3 has not come to dc1' from_the_branch
check 'corrupt: another value under the same stamp' rotten
check 'divergent: an old value under a vector that has the new one' set_back
check 'lost-update: two writes at once' lost
check 'hidden: an ACL of one DC, and not a lost value' veiled
check 'conflict: two objects with one name' clash
