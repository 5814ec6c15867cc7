# shellcheck shell=bash
# An object that outlived its own deletion: dc2 slept while it was deleted, and the others have forgotten that it was.

new_account 1 svc-ghost HTTP/ghost1
new_account 1 svc-gone HTTP/gone1
lab sync
GHOST=$(guid_of svc-ghost)

delete_at() { as_admin ldapdelete -Q -H "ldap://dc$1.corp.example" "$(dn_of "$2")" >>"$W/trace" 2>&1 || fail "cannot delete $2"; }
# deleted_at K: how many tombstones an administrator sees there.
deleted_at() {
  as_admin ldapsearch -Q -LLL -o ldif_wrap=no -E '!showDeleted' -H "ldap://dc$1.corp.example" -b "CN=Deleted Objects,$BASE_DN" \
    -s one '(isDeleted=TRUE)' dn 2>>"$W/trace" | grep -c '^dn:'
}
with_db() { local DB=$W/$1.db; "${@:2}"; }

sleeps() {
  local k
  scan 0 "${FROM_DC1[@]}"
  lab freeze dc2
  CREATION=$(stamp 2 svc-ghost whenCreated)
  delete_at 1 svc-ghost
  lab sync
  for k in 1 3; do forget_deletions $k; done
  lab thaw dc2
  pull 2 1
  pull 1 2
  for k in 1 3; do
    want_equal "$(spns_at $k svc-ghost)" '' "the lab: dc$k"
    want_equal "$(deleted_at $k)" 0 "the lab: tombstones at dc$k"
  done
  want_equal "$(spns_at 2 svc-ghost)" HTTP/ghost1 'the lab: dc2 after all replication'
  echo "$CREATION" >"$W/creation"
}

# At the two without the object, with the right that is missing.
unproved() {
  rows 2 divergence
  rows 2 divergence account=svc-ghost "account_guid=$GHOST" verdict=unproved severity=warning attribute=objectGUID value_here= \
    "value_elsewhere=$(dn_of svc-ghost)" 'note=needs the right to list Deleted Objects' dc!=dc2.corp.example
}
as_user() {
  # An increment: the sweep finds what is gone without any word of it. A deletion that is under way looks the same, for as
  # long as --max-lag says.
  scan 1 "${FROM_DC1[@]}" --max-lag 0s
  unproved
  scan 1 "${FROM_DC1[@]}" --full --max-lag 0s
  unproved
}
no_tombstone_anywhere() {
  # Nothing that is deleted is there to be seen: also of an administrator nobody knows whether she may.
  with_db admin as_administrator scan 1 "${FROM_DC1[@]}" --max-lag 0s
  with_db admin unproved
}
proof() {
  rows 1 divergence
  rows 1 divergence account=svc-ghost "account_guid=$GHOST" verdict=lingering severity=critical attribute=objectGUID \
    dc=dc2.corp.example "value_here=$(dn_of svc-ghost)" value_elsewhere= "${WON[@]}" behind_usn= \
    'note~its tombstone should still be there: .* do not remove it before that is checked'
}
as_admin_proved() {
  local k
  delete_at 1 svc-gone
  pull 3 1
  pull 2 1
  # dc2 has older ones too.
  for k in 1 3; do want_equal "$(deleted_at $k)" 1 "the lab: tombstones at dc$k"; done
  won "$(cat "$W/creation")"
  with_db admin as_administrator scan 1 "${FROM_DC1[@]}"
  with_db admin proof
  with_db fresh as_administrator scan 1 -s dc2.corp.example
  with_db fresh proof
  # It is nobody's by what the others show, and stands in the SPNs as what one DC shows.
  with_db fresh rows 1 spns spn=HTTP/ghost1 account=svc-ghost seen_by_all=no
  # A user who may not list deleted objects knows no more than before.
  scan 1 "${FROM_DC1[@]}" --max-lag 0s
  unproved
}
rises() {
  # While it lingers, another account takes its name elsewhere: the fix is its removal, and not a write to it.
  local k
  new_account 1 svc-heir HTTP/ghost1
  pull 3 1
  pull 2 1
  for k in 1 2 3; do want_equal "$(spns_at $k svc-heir)" HTTP/ghost1 "the lab: dc$k"; done
  with_db admin as_administrator scan 1 "${FROM_DC1[@]}"
  with_db admin rows 2 duplicates spn=HTTP/ghost1 class=view-duplicate severity=critical
  with_db admin rows 1 duplicates account=svc-ghost seen_by=dc2.corp.example \
    "fix=repadmin /removelingeringobjects dc2.corp.example SOURCE_DSA_GUID \"$BASE_DN\" /advisory_mode"
  with_db admin rows 1 duplicates account=svc-heir "seen_by%=$DCS"
}
removed() {
  # As repadmin /removelingeringobjects does it: at dc2 alone, and no tombstone is left for others to choke on (Samba can't
  # take the deletion of an object that it does not know).
  lab freeze dc1
  lab freeze dc3
  delete_at 2 svc-ghost
  forget_deletions 2
  lab thaw dc1
  lab thaw dc3
  lab sync
  with_db admin as_administrator scan 0 "${FROM_DC1[@]}"
  with_db admin clean_views
  scan 0 "${FROM_DC1[@]}"
  clean_views
}

check 'a DC slept through a deletion that nobody remembers' sleeps
check 'a user who may not list deleted objects: unproved, and why' as_user
check 'nothing deleted to be seen: unproved for an administrator too' no_tombstone_anywhere
check 'lingering, proved' as_admin_proved
check 'a duplicate with a lingering object' rises
check 'gone when it is removed' removed
