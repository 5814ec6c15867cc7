# shellcheck shell=bash
# A scan that goes on from the last one: it reads what changed and nothing else, and knows as much as one that reads all.

new_account 1 svc-one HTTP/one1
new_account 1 svc-clear HTTP/clear1
new_account 1 svc-drop HTTP/drop1
new_account 1 svc-moved HTTP/moved1
new_account 1 svc-any HTTP/any1
change 1 svc-any replace userAccountControl 524800
new_account 1 svc-some HTTP/some1
change 1 svc-some add msDS-AllowedToDelegateTo HTTP/one1
printf 'dn: OU=inner,%s\nchangetype: add\nobjectClass: organizationalUnit\n' "$TEST_OU" | ldif 1
lab sync
ADMIN_DB=$W/admin.db
with_db() { local DB=$1; "${@:2}"; }

# facts DIR: all that the reports say of accounts, without since when.
facts() {
  mkdir -p "$1"
  spn report spns delegation divergence duplicates hygiene aliases --db "$DB" -o "$1"
  want_rc 0
  "$LIB/csvq.py" "$1/divergence.csv" without first_seen >"$1/divergence" || fail 'divergence'
  "$LIB/csvq.py" "$1/duplicates.csv" without since >"$1/duplicates" || fail 'duplicates'
  rm "$1/divergence.csv" "$1/duplicates.csv"
  sqlite3 -readonly "$DB" 'SELECT dc, account, spn FROM dc_spns ORDER BY 1, 2, 3' >"$1/dc_spns"
}
# same_as_new RC: the database says what one that was just made says.
same_as_new() {
  facts "$W/these"
  rm -f "$W/new.db"
  with_db "$W/new.db" scan "$1" "${FROM_DC1[@]}"
  with_db "$W/new.db" facts "$W/those"
  diff -r "$W/these" "$W/those" >>"$W/trace" || fail 'an increment knows something else than a scan of everything'
  [ "$(wc -l <"$W/those/dc_spns")" -gt 60 ] || fail 'too few SPNs to mean anything'
  rm -r "$W/these" "$W/those"
}
# changed_since K: accounts at dc K with a change that the database does not have, counted by ldapsearch.
changed_since() {
  local usn
  usn=$(sqlite3 -readonly "$DB" "SELECT m.usn FROM mark m JOIN dc d ON d.id = m.dc WHERE d.name = 'dc$1.corp.example'")
  [ -n "$usn" ] || fail "no mark of dc$1"
  look "$1" "$BASE_DN" sub "(&(sAMAccountName=*)(uSNChanged>=$((usn + 1))))" objectGUID | wc -l
}
reading() { sqlite3 -readonly "$DB" "SELECT r.$2 FROM reading r JOIN dc d ON d.id = r.dc
  WHERE r.scan = (SELECT max(id) FROM scan) AND d.name = 'dc$1.corp.example'"; }
# increment RC DELETIONS [LEAST]: and each DC named just as many entries as ldapsearch counts, LEAST of them or more, and not many.
increment() {
  local k expected=()
  for k in 1 2 3; do expected[k]=$(changed_since $k); done
  scan "$1" "${FROM_DC1[@]}"
  for k in 1 2 3; do
    want_equal "$(reading $k mode) $(reading $k deletions)" "increment $2" "how dc$k was read"
    [ "$2" = seen ] || want_equal "$(reading $k changed)" "${expected[k]}" "entries read at dc$k"
    { [ "$(reading $k changed)" -ge "${3:-0}" ] && [ "$(reading $k changed)" -le 8 ]; } || fail "dc$k: $(reading $k changed) entries read"
  done
}

first() {
  local k
  scan 1 "${FROM_DC1[@]}"
  with_db "$ADMIN_DB" as_administrator scan 1 "${FROM_DC1[@]}"
  for k in 1 2 3; do want_equal "$(reading $k mode)" full "how dc$k was read"; done
  rows 2 delegation 'account~^svc-'
}
nothing() { increment 1 swept; same_as_new 1; }
one_change() {
  add_spn 1 svc-one HTTP/one2
  lab sync
  increment 1 swept 1
  rows 1 spns spn=HTTP/one2 account=svc-one seen_by_all=yes
  clean_views
  same_as_new 1
}
cleared() {
  change 1 svc-clear delete servicePrincipalName
  change 1 svc-some delete msDS-AllowedToDelegateTo
  change 1 svc-any replace userAccountControl 512
  lab sync
  increment 0 swept 3
  rows 0 spns account=svc-clear
  rows 0 delegation
  clean_views
  same_as_new 0
}
while_one_is_behind() {
  lab freeze dc2
  change 1 svc-one replace servicePrincipalName HTTP/one3
  new_account 3 svc-young HTTP/young1
  lab sync
  increment 0 swept
  lagging_at 2 svc-one servicePrincipalName 1 value_here='HTTP/one1;HTTP/one2' value_elsewhere=HTTP/one3
  CAUSE=whenCreated lagging_at 2 svc-young objectGUID 3 winning_dc=dc3.corp.example
  same_as_new 0
  # And on from there, at what differs, with nothing new.
  increment 0 swept
  rows 2 divergence verdict=lagging dc=dc2.corp.example
  same_as_new 0
  lab thaw dc2
  lab sync
  increment 0 swept
  clean_views
  same_as_new 0
}
renamed() {
  # What lies below a container that is renamed gets no USN of its own.
  as_admin ldapmodrdn -Q -r -H ldap://dc1.corp.example -s "OU=inner,$TEST_OU" "$(dn_of svc-moved)" CN=svc-moved >>"$W/trace" 2>&1 ||
    fail 'the lab: not moved'
  lab sync
  increment 0 swept 1
  rows 1 spns spn=HTTP/moved1 "account_dn=CN=svc-moved,OU=inner,$TEST_OU"
  as_admin ldapmodrdn -Q -r -H ldap://dc1.corp.example "OU=inner,$TEST_OU" OU=outer >>"$W/trace" 2>&1 || fail 'the lab: not renamed'
  lab sync
  scan 0 "${FROM_DC1[@]}"
  rows 1 spns spn=HTTP/moved1 "account_dn=CN=svc-moved,OU=outer,$TEST_OU" seen_by_all=yes
  clean_views
  same_as_new 0
}
deleted() {
  as_admin ldapdelete -Q -H ldap://dc1.corp.example "$(dn_of svc-drop)" >>"$W/trace" 2>&1 || fail 'cannot delete svc-drop'
  lab sync
  # By what is left, for one who may not see what is deleted; by its tombstone, for one who may.
  increment 0 swept
  rows 0 spns account=svc-drop
  clean_views
  same_as_new 0
  DB=$ADMIN_DB
  as_administrator increment 0 seen 1
  rows 0 spns account=svc-drop
  clean_views
  as_administrator same_as_new 0
  # Nothing is left of it, or of what it showed.
  want_equal "$(sqlite3 -readonly "$DB" "SELECT count(*) FROM account_state WHERE sam = 'svc-drop' AND object IN (SELECT object FROM consensus)")" 0
}
not_swept() {
  local k
  as_admin ldapdelete -Q -H ldap://dc1.corp.example "$(dn_of svc-young)" >>"$W/trace" 2>&1 || fail 'cannot delete svc-young'
  lab sync
  scan 0 "${FROM_DC1[@]}" --no-sweep
  for k in 1 2 3; do want_equal "$(reading $k mode) $(reading $k deletions)" 'increment unknown' "how dc$k was read"; done
  scan 0 "${FROM_DC1[@]}"
  rows 0 spns account=svc-young
  same_as_new 0
}
asked_for_all() {
  local k
  scan 0 "${FROM_DC1[@]}" --full
  for k in 1 2 3; do want_equal "$(reading $k mode) $(reading $k deletions)" 'full seen' "how dc$k was read"; done
  scan 0 "${FROM_DC1[@]}"
  want_equal "$(reading 1 mode)" increment 'how dc1 was read'
  sleep 1.1
  scan 0 "${FROM_DC1[@]}" --full-every 1s
  want_equal "$(reading 1 mode)" full 'how dc1 was read'
}
one_was_down() {
  # A DC that was down at the scan before is read on from its own mark.
  lab stop dc3
  add_spn 1 svc-one HTTP/one4
  scan 2 "${FROM_DC1[@]}"
  rows 1 dcs dc=dc3.corp.example complete=no
  lab start dc3
  lab sync
  increment 0 swept
  rows 1 spns spn=HTTP/one4 seen_by_all=yes
  clean_views
  same_as_new 0
}

check 'everything is read first' first
check 'nothing changed' nothing
check 'one SPN added: that is read, as ldapsearch counts' one_change
check 'a last SPN, a delegation list and a flag taken away' cleared
check 'increments while a DC is behind, and when it is not any more' while_one_is_behind
check 'an account moved, and its container renamed' renamed
check 'a deleted account: swept as a user, seen as an administrator' deleted
check '--no-sweep does not look for it, the next scan does' not_swept
check '--full and --full-every read everything' asked_for_all
check 'on from the mark of a DC that was down' one_was_down
