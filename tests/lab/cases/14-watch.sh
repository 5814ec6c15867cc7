# shellcheck shell=bash
# A change on its way between real DCs, watched: when it came where, made by whom, held by which account.

new_account 1 svc-watch HTTP/watch1
new_account 1 svc-taker
lab sync

WATCHED='account=CORP\\svc-watch'

# stamp_at K NAME: version, time and USN of the last write of servicePrincipalName as Samba's own library reads it.
stamp_at() {
  look "$1" "$(dn_of "$2")" base '(objectClass=*)' replPropertyMetaData | /usr/bin/python3 -c '
import base64, datetime, sys
from samba.dcerpc import drsblobs
from samba.ndr import ndr_unpack
blob = ndr_unpack(drsblobs.replPropertyMetaDataBlob, base64.b64decode(sys.stdin.read().split()[1]))
for c in blob.ctr.array:
    if c.attid == 0x90303:
        when = datetime.datetime(1601, 1, 1) + datetime.timedelta(microseconds=c.originating_change_time // 10)
        print("version=%d written=%sZ" % (c.version, when.isoformat()), "usn=%d" % c.originating_usn)
' 2>>"$W/trace"
}

# begin ARGS...: a watch in the background, its lines in $W/lines.
begin() {
  printf '$ spnscan watch %s &\n' "$*" >>"$W/trace"
  in_client timeout -k 5 "$BOUND" "$BINARY" watch "$@" "${FROM_DC1[@]}" --every 1s >"$W/lines" 2>"$W/err" </dev/null &
  WATCH=$!
}
has_line() { grep -Eq -- "$1" "$W/lines"; }
# wait_line ERE: until the watch has said so.
wait_line() {
  local end=$((SECONDS + 60))
  until has_line "$1"; do
    kill -0 $WATCH 2>/dev/null || { has_line "$1" && return; ended; fail "the watch ended ($RC) and never said: $1"; }
    [ $SECONDS -lt $end ] || { kill $WATCH; ended; fail "the watch does not say: $1"; }
    sleep 0.1
  done
}
ended() {
  wait $WATCH
  RC=$?
  { cat "$W/lines"; sed 's/^/stderr: /' "$W/err"; echo "exit $RC"; } >>"$W/trace"
}
watch() { spn watch "$@" "${FROM_DC1[@]}" --every 1s; cp "$W/out" "$W/lines"; }
want_lines() { want_equal "$(grep -Ec -- "$2" "$W/lines")" "$1" "number of lines like $2"; }

nothing_on_its_way() {
  local name stamp
  stamp=$(stamp_at 1 svc-watch) || fail 'no stamp to compare with'
  for name in HTTP/watch1 svc-watch 'CORP\svc-watch' "$(dn_of svc-watch)" "$(guid_of svc-watch)"; do
    watch "$name" --until 60s
    want_rc 0
    want_quiet
    want_lines 1 "watch $WATCHED ${stamp% *} origin=dc1\.corp\.example ${stamp##* } guid=$(guid_of svc-watch) dn="
    want_lines 3 "dc[123]\.corp\.example shows $WATCHED version=1 after=[0-9.]+ at_start=yes"
    want_lines 1 'end all shows=3 lacks=0 unreachable=0'
  done
}
arrives() {
  local stamp after lagged=4
  lab freeze dc2
  add_spn 1 svc-watch HTTP/watch2
  lab sync
  stamp=$(stamp_at 1 svc-watch)
  want_equal "$(stamp_at 3 svc-watch)" "$stamp" 'the lab: the stamp at dc3'
  begin HTTP/watch2
  wait_line "dc2\.corp\.example lacks $WATCHED version=1 holder=none"
  # Long enough to be told from nothing.
  sleep $lagged
  lab thaw dc2
  lab sync
  ended
  want_rc 0
  want_lines 1 "watch $WATCHED ${stamp% *} origin=dc1\.corp\.example ${stamp##* } "
  want_lines 2 "dc[13]\.corp\.example shows $WATCHED version=2 after=[0-9.]+ at_start=yes holder=CORP.svc-watch"
  want_lines 1 "dc2\.corp\.example shows $WATCHED version=2 after=[0-9.]+ holder=CORP.svc-watch"
  after=$(sed -n 's/.*dc2.* shows .* after=\([0-9]*\).*/\1/p' "$W/lines")
  { [ "$after" -ge $lagged ] && [ "$after" -lt 300 ]; } || fail "dc2 is said to have had it after $after s"
}
written_elsewhere() {
  # Made at dc3; while it is on its way, a newer one is made there.
  lab freeze dc2
  lab freeze dc1
  add_spn 3 svc-watch HTTP/watch3
  begin svc-watch
  wait_line "watch $WATCHED version=3 .*origin=dc3\.corp\.example"
  wait_line "dc1\.corp\.example lacks $WATCHED version=2"
  change 3 svc-watch delete servicePrincipalName HTTP/watch3
  wait_line "change $WATCHED version=4 .*origin=dc3\.corp\.example"
  lab thaw dc1
  lab thaw dc2
  lab sync
  ended
  want_rc 0
  want_lines 2 "dc[12]\.corp\.example shows $WATCHED version=4 after=[0-9.]+\$"
}
moves() {
  lab freeze dc2
  change 1 svc-watch delete servicePrincipalName HTTP/watch2
  add_spn 1 svc-taker HTTP/watch2
  lab sync
  begin HTTP/watch2
  wait_line "dc2\.corp\.example lacks $WATCHED .*holder=CORP.svc-watch"
  wait_line "dc2\.corp\.example lacks account=CORP.svc-taker .*holder=CORP.svc-watch"
  lab thaw dc2
  lab sync
  ended
  want_rc 0
  want_lines 1 "dc2\.corp\.example shows account=CORP.svc-taker version=1 .*holder=CORP.svc-taker"
}
time_is_up() {
  lab freeze dc2
  add_spn 1 svc-watch HTTP/watch4
  lab sync
  watch svc-watch --until 3s
  want_rc 1
  want_lines 1 'end time-up shows=2 lacks=1 unreachable=0'
  watch svc-watch --until 3s --exclude dc2
  want_rc 0
  lab thaw dc2
  lab sync
}
one_is_down() {
  lab stop dc3
  watch svc-watch --until 4s --timeout 3
  want_rc 2
  want_lines 1 'dc3\.corp\.example unreachable error="'
  want_lines 1 'end time-up shows=2 lacks=0 unreachable=1'
  begin svc-watch
  wait_line 'dc3\.corp\.example unreachable'
  lab start dc3
  ended
  want_rc 0
  want_lines 1 "dc3\.corp\.example shows $WATCHED"
}
nobody() {
  watch HTTP/watch-nobody
  want_rc 3
  want_one_error_line
  want_err "no account with SPN 'HTTP/watch-nobody' on any DC that answers \(3 of 3\)"
}
by_keytab() {
  TICKET=$W/no-such-cache
  watch svc-watch --until 60s --keytab "$LAB/client/reader.keytab" --principal reader@CORP.EXAMPLE
  want_rc 0
}
over_tls() {
  TICKET=$W/no-such-cache
  watch svc-watch --until 60s --bind simple --user reader@corp.example --password-file "$LAB/client/reader.password" \
    --tls ldaps --ca-file "$LAB/client/ca.pem"
  want_rc 0
}

check 'nothing on its way: every DC shows it, the stamp is the one that Samba reads' nothing_on_its_way
check 'a change that a DC gets late' arrives
check 'made at another DC, and a newer one meanwhile' written_elsewhere
check 'an SPN that moves to another account' moves
check 'the time is up' time_is_up
check 'a DC that is down, and comes back' one_is_down
check 'a name that nobody has' nobody
check 'with a keytab' by_keytab
check 'over LDAPS with a password' over_tls
