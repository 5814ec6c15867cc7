# shellcheck shell=bash
# What is wrong with a DC itself, made for real: set back, restored, away; and nothing said of healthy ones.

new_account 1 svc-well HTTP/well1
lab sync
DIRECTORY_SERVICE="CN=Directory Service,CN=Windows NT,CN=Services,$CONFIG_DN"

# No peer's vector may run ahead of what a DC says of itself: else a healthy forest would look set back.
busy() {
  local k n writer full
  scan 0 "${FROM_DC1[@]}"
  (
    while [ ! -e "$W/enough" ]; do
      for k in 1 2 3; do change $k svc-well replace description "$RANDOM"; done
    done
  ) &
  writer=$!
  for n in 1 2 3 4 5 6 7 8; do
    full=(); [ $((n % 4)) != 0 ] || full=(--full)
    scan 0 "${FROM_DC1[@]}" "${full[@]}"
    rows 0 health
  done
  : >"$W/enough"
  wait $writer || fail 'the lab: the writer failed'
  for k in 1 2 3; do
    for n in 1 2 3; do
      [ "$(cursor $n "$(invocation_of $k "$(site_of $k)")")" -le "$(usn_of $k)" ] || fail "dc$n knows more of dc$k than that has written"
    done
  done
  lab sync
}

# write_often K N: that gives out N USNs or more.
write_often() {
  local n
  for ((n = 0; n < $2; n++)); do
    printf 'dn: %s\nchangetype: modify\nreplace: description\ndescription: %s\n\n' "$(dn_of svc-well)" "$n $RANDOM"
  done | ldif "$1" || exit 1
}
# dc3's databases as they were before its newest writes, put back without telling it: a snapshot of a virtual machine.
set_back() {
  lab stop dc3
  keep_copy 3 old
  lab start dc3
  write_often 3 40
  add_spn 3 svc-well HTTP/well2
  lab sync
  scan 0 "${FROM_DC1[@]}"
  rows 0 health
  # From here on nothing of it is to stay: nobody takes anything from dc3 or from each other.
  lab freeze dc1
  lab freeze dc2
  lab stop dc3
  keep_copy 3 new
  put_copy 3 old
  lab start dc3
  lab freeze dc3
  [ "$(usn_of 3)" -lt "$(cursor 1 "$(invocation_of 3 Branch)")" ] || fail 'the lab: dc3 has written its way up already'
  scan 1 "${FROM_DC1[@]}"
  rows 1 health
  rows 1 health dc=dc3.corp.example kind=usn-rollback severity=critical 'detail~the other DCs never ask for what it writes up to USN [0-9]+'
  rows 1 findings severity=critical dcs=dc3.corp.example
  # All of it was read again, for a mark of the future is none.
  want_equal "$(sqlite3 -readonly "$DB" "SELECT r.mode FROM reading r JOIN dc d ON d.id = r.dc
    WHERE r.scan = (SELECT max(id) FROM scan) AND d.name = 'dc3.corp.example'")" full 'how dc3 was read'
  # Its own write: it does not know yet that it has given out that USN.
  rows 1 divergence account=svc-well attribute=servicePrincipalName dc=dc3.corp.example verdict=lagging \
    only_elsewhere=HTTP/well2 winning_dc=dc3.corp.example
  # Without a scan from before, by what the others knew of it when that was begun: the second one tells.
  spn scan "${FROM_DC1[@]}" --db "$W/new.db"
  spn scan "${FROM_DC1[@]}" --db "$W/new.db"
  want_rc 1
  DB=$W/new.db
  rows 1 health dc=dc3.corp.example kind=usn-rollback severity=critical 'detail~dc[12]\.corp\.example knows it up to'
  # Once it has given out those USNs again it will never ask for what it lost.
  write_often 3 60
  scan 1 "${FROM_DC1[@]}"
  rows 1 divergence account=svc-well attribute=servicePrincipalName dc=dc3.corp.example verdict=divergent severity=critical \
    only_elsewhere=HTTP/well2 winning_dc=dc3.corp.example
  DB=$W/spnscan.db
  lab stop dc3
  put_copy 3 new
  lab start dc3
  whole_again
}
whole_again() {
  local k
  for k in 1 2 3; do lab thaw dc$k; done
  lab sync
  scan 0 "${FROM_DC1[@]}"
  rows 0 health
  clean_views
}

# A restore in the right way gives the DC a new invocationId.
restored() {
  local k new was
  new=$(/usr/bin/python3 -c 'import uuid; print(uuid.uuid4())') was=$(invocation_of 3 Branch)
  scan 0 "${FROM_DC1[@]}"
  lab freeze dc1
  lab freeze dc2
  lab stop dc3
  keep_copy 3 new
  lab exec dc3 /usr/bin/python3 -c 'import sys, uuid, ldb
from samba.samdb import SamDB
from samba.auth import system_session
from samba.param import LoadParm
lp = LoadParm(); lp.load(sys.argv[2])
db = SamDB(url=sys.argv[3], session_info=system_session(), lp=lp)
change = ldb.Message(ldb.Dn(db, db.get_dsServiceName()))
change["invocationId"] = ldb.MessageElement(uuid.UUID(sys.argv[1]).bytes_le, ldb.FLAG_MOD_REPLACE, "invocationId")
db.modify(change)' "$new" "$LAB/dc3/etc/smb.conf" "$LAB/dc3/private/sam.ldb"
  lab start dc3
  scan 1 "${FROM_DC1[@]}"
  rows 1 health
  rows 1 health dc=dc3.corp.example kind=restored severity=warning "detail~is $new, and was $was"
  rows 1 dcs dc=dc3.corp.example "invocation_id=$new" status=ok complete=yes
  want_equal "$(sqlite3 -readonly "$DB" "SELECT group_concat(r.mode, ' ') FROM (SELECT r.mode FROM reading r JOIN dc d ON d.id = r.dc
    WHERE r.scan = (SELECT max(id) FROM scan) ORDER BY d.name) r")" 'increment increment full' 'how the three were read'
  clean_views
  # Told once.
  scan 0 "${FROM_DC1[@]}"
  rows 0 health
  lab stop dc3
  put_copy 3 new
  lab start dc3
  for k in 1 2; do lab thaw dc$k; done
  lab sync
  # Back again is another one once more.
  scan 1 "${FROM_DC1[@]}"
  rows 1 health dc=dc3.corp.example kind=restored severity=warning "detail~is $was, and was $new"
  whole_again
}

away() {
  lab stop dc3
  scan 2 "${FROM_DC1[@]}"
  rows 1 health
  rows 1 health dc=dc3.corp.example kind=not-answering severity=warning
  lab start dc3
  whole_again
}

unchecked() {
  printf 'dn: %s\nchangetype: modify\nreplace: dSHeuristics\ndSHeuristics: 000000000100000000022\n' "$DIRECTORY_SERVICE" | ldif 1
  spn scan "${FROM_DC1[@]}" --db "$DB"
  # At once, whatever comes of it: restore does not know of it.
  printf 'dn: %s\nchangetype: modify\ndelete: dSHeuristics\n' "$DIRECTORY_SERVICE" | ldif 1
  want_rc 1
  rows 1 health
  rows 1 health dc= kind=uniqueness-off severity=warning 'detail~check that an SPN is unique'
  whole_again
}

check 'a busy, healthy forest: nothing' busy
check 'usn-rollback: an old copy of the databases' set_back
check 'restored: a new invocationId' restored
check 'not-answering: a DC that is down' away
check 'uniqueness-off: dSHeuristics' unchecked
