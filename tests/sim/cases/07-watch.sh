# shellcheck shell=bash
# A change on its way, watched: each DC has its line when it shows it, and the exit status says how it ended.

WATCH=()
# forest OPTIONS...: three DCs of one domain unless said otherwise; all but the first take no changes.
watched_forest() {
	sim_start --accounts 300 --delegation 0 "$@"
	WATCH=(-s "$FIRST" "${DC_OPTIONS[@]}" --bind anonymous --every 1s)
}
# tell COMMAND...: to the forest, and waits until it is done.
tell() { [ -n "$(answer_of "$@")" ] || echo "dcsim did not answer: $*"; }
# begin NAME ARGS...: a watch in the background, its lines in $work/out.
begin() {
	RAN="spnscan watch $*"
	: >"$work/out"
	# shellcheck disable=SC2086
	env $SANITIZERS timeout -k 5 60 "$binary" watch "$@" "${WATCH[@]}" >"$work/out" 2>"$work/err" </dev/null &
	PID=$!
	BEGAN=$(now_ms)
}
# line ERE: waits until the watch has said so.
line() {
	for _ in $(seq 400); do
		grep -qE -- "$1" "$work/out" && return
		kill -0 $PID 2>/dev/null || break
		sleep 0.05
	done
	grep -qE -- "$1" "$work/out" || echo "no line like '$1'; "
}
ended() {
	wait $PID
	RC=$? MS=$(($(now_ms) - BEGAN))
	cp "$work/out" "$work/lines"
	cat "$work/out" >>"$work/err"
}
# nth N ERE: the Nth line of the watch is so.
nth() { sed -n "$1p" "$work/lines" | grep -qE -- "$2" || echo "line $1 is not like '$2': $(sed -n "$1p" "$work/lines"); "; }
lines() { grep -cE -- "$1" "$work/lines"; }
watch() { run -- watch "$@" "${WATCH[@]}"; cp "$work/out" "$work/lines"; cat "$work/out" >>"$work/err"; }
stamp='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z'

watched_forest --dcs 3 --domains 1
result=$(tell freeze dc2; tell freeze dc3; tell write dc1 svc1-5 add-spn HTTP/new)
begin HTTP/new
result+=$(line "dc1.* shows"; line "dc2.* lacks"; line "dc3.* lacks"
	tell thaw dc2; tell replicate dc2 from dc1; line "dc2.* shows"
	tell thaw dc3; tell replicate dc3 from dc2)
ended
verdict 'lines come in the order of arrival' "$result$(
	why exit $RC 0
	nth 1 "^$stamp watch account=SIM\\\\svc1-5 version=2 written=$stamp origin=dc1\.sim\.example usn=[0-9]+ guid=[0-9a-f-]{36} dn=\"CN=svc1-5,.*\"\$"
	nth 2 "^$stamp dc1\.sim\.example shows account=SIM\\\\svc1-5 version=2 after=[0-9.]+ at_start=yes holder=SIM\\\\svc1-5\$"
	nth 3 "^$stamp dc2\.sim\.example lacks account=SIM\\\\svc1-5 version=1 holder=none\$"
	nth 4 "^$stamp dc3\.sim\.example lacks"
	nth 5 "^$stamp dc2\.sim\.example shows account=SIM\\\\svc1-5 version=2 after=[0-9.]+ holder=SIM\\\\svc1-5\$"
	nth 6 "^$stamp dc3\.sim\.example shows"
	nth 7 "^$stamp end all shows=3 lacks=0 unreachable=0\$"
	why lines "$(lines .)" 7
	why 'a wait of at least 0 s' "$(awk '/after=/ { sub(/.*after=/, ""); if ($1 < 0 || $1 > 60) print }' "$work/lines")" ''
)"

for typed in HTTP/NEW svc1-5 'sim\SVC1-5' 'sim.example\svc1-5' 'cn=svc1-5,ou=service accounts,dc=sim,dc=example' \
	"$(grep -oE 'guid=[^ ]+' "$work/lines" | head -1 | cut -d= -f2)"; do
	watch "$typed" --until 20s
	verdict "nothing is on its way: $typed" "$(
		why exit "$RC" 0
		nth 1 'watch account=SIM.svc1-5 version=2'
		why 'DCs that show it' "$(lines 'dc[123]\..* shows account=.* at_start=yes')" 3
		why lines "$(lines .)" 5
	)"
done
watch WS1000007 --until 20s
verdict 'a computer without its dollar' "$(why exit "$RC" 0; nth 1 'watch account=SIM.WS1000007\$ ')"
watch svc1-5 --quiet
verdict '--quiet says nothing' "$(why exit "$RC" 0; why output "$(cat "$work/out")" '')"

# The name goes from one account to another; then a newer change while the first is on its way.
result=$(tell freeze dc2; tell freeze dc3; tell write dc1 svc1-5 del-spn HTTP/new; tell write dc1 svc1-11 add-spn HTTP/new)
begin HTTP/new
result+=$(line 'dc1.* shows account=SIM.svc1-5 .*holder=SIM.svc1-11'; line 'dc1.* shows account=SIM.svc1-11 .*holder=SIM.svc1-11'
	line 'dc2.* lacks account=SIM.svc1-5 version=2 holder=SIM.svc1-5'; line 'dc3.* lacks account=SIM.svc1-11 version=1 holder=SIM.svc1-5'
	tell write dc1 svc1-11 add-spn HTTP/newer
	line 'change account=SIM.svc1-11 version=3 .*origin=dc1.sim.example'
	tell thaw dc2; tell thaw dc3; tell replicate all)
ended
verdict 'a name that moves, and a newer change on the way' "$result$(
	why exit $RC 0
	why 'accounts watched' "$(lines ' watch account=SIM.svc1-(5|11) version=[23] .*origin=dc1')" 2
	why 'newer changes' "$(lines ' change ')" 1
	why 'DCs that held it at the old account' "$(lines 'dc[23].* lacks account=SIM.svc1-11 version=1 holder=SIM.svc1-5')" 4
	why 'DCs that got the newer one' "$(lines 'dc[23].* shows account=SIM.svc1-11 version=3 .*holder=SIM.svc1-11')" 2
	nth "$(lines .)" 'end all shows=3 lacks=0 unreachable=0'
)"

# Two admins at two DCs: the later write wins, and with it the name is on no account any more.
result=$(tell freeze dc2; tell write dc1 svc1-11 add-spn HTTP/lost)
begin HTTP/lost
result+=$(line 'dc2.* lacks account=SIM.svc1-11 version=3 holder=none'
	tell write dc2 svc1-11 add-spn HTTP/one; tell write dc2 svc1-11 add-spn HTTP/two
	line 'change account=SIM.svc1-11 version=5 .*origin=dc2.sim.example'
	line 'dc1.* lacks account=SIM.svc1-11 version=4 holder=SIM.svc1-11'
	tell thaw dc2; tell replicate all)
ended
verdict 'a name that is lost on the way is on none in the end' "$result$(
	why exit $RC 0
	why 'DCs where nobody holds it' "$(lines 'dc[123].* shows account=SIM.svc1-11 version=5 .*holder=none')" 3
)"

result=$(tell freeze dc2; tell write dc1 svc1-5 add-spn HTTP/late; tell replicate dc3 from dc1)
watch svc1-5 --until 2s
verdict '--until ends it with 1 while a DC lags' "$result$(
	why exit "$RC" 1
	{ [ $MS -ge 1900 ] && [ $MS -lt 15000 ]; } || echo "took $MS ms; "
	why 'DCs that lack it' "$(lines 'dc2.* lacks')" 1
	nth "$(lines .)" 'end time-up shows=2 lacks=1 unreachable=0'
)"

begin svc1-5
result=$(line 'dc2.* lacks'; kill -INT $(pgrep -P $PID) 2>/dev/null)
ended
verdict 'Ctrl-C ends it with what is known' "$result$(
	why exit $RC 1
	[ $MS -lt 15000 ] || echo "took $MS ms; "
	nth "$(lines .)" 'end stopped shows=2 lacks=1 unreachable=0'
)"

watch nobody
verdict 'a name that nobody has' "$(why exit "$RC" 3; why lines "$(lines .)" 0; grep -q "no account 'nobody' on any DC that answers (3 of 3)" "$work/err" || echo 'no reason told; ')"
watch HTTP/nobody
verdict 'an SPN that nobody has' "$(why exit "$RC" 3; grep -q "no account with SPN 'HTTP/nobody'" "$work/err" || echo 'no reason told; ')"
watch 'ELSEWHERE\svc'
verdict 'a domain that is not there' "$(why exit "$RC" 3; grep -q "no domain 'ELSEWHERE'" "$work/err" || echo 'no reason told; ')"

result=$(tell thaw dc2; tell replicate all; tell fault dc3 refuse)
watch svc1-5 --until 2s --timeout 2
verdict 'a DC that refuses: 2, and said once' "$result$(
	why exit "$RC" 2
	why 'lines of it' "$(lines 'dc3.* unreachable error=".*refused')" 1
	nth "$(lines .)" 'end time-up shows=2 lacks=0 unreachable=1'
)"
begin svc1-5
result=$(line 'dc3.* unreachable'; tell fault dc3 none)
ended
verdict 'and it answers again' "$result$(why exit $RC 0; why 'lines of it' "$(lines 'dc3.* shows')" 1; nth "$(lines .)" 'end all shows=3')"
result=$(tell freeze dc2; tell write dc1 svc1-5 add-spn HTTP/cut; tell replicate dc3 from dc1)
begin svc1-5
result+=$(line 'dc2.* lacks'; for dc in dc1 dc2 dc3; do tell cut $dc; done; tell thaw dc2; tell replicate all)
ended
verdict 'connections that were closed are made anew' "$result$(
	why exit $RC 0
	why 'DCs that were said to be unreachable' "$(lines ' unreachable error=')" 0
	nth "$(lines .)" 'end all shows=3'
)"
result=$(tell fault dc1 silent@rootdse)
watch svc1-5 --until 3s --timeout 1
verdict 'no DC to start from' "$result$(why exit "$RC" 3; why lines "$(lines .)" 0)"

# Metadata that the reader may not see.
result=$(tell fault dc1 none; tell replicate all; tell hide dc1 user replPropertyMetaData; tell hide dc2 user replPropertyMetaData; tell hide dc3 user replPropertyMetaData)
watch svc1-5 --until 20s
verdict 'hidden metadata: values are compared, times are not told' "$result$(
	why exit "$RC" 0
	nth 1 'watch account=SIM.svc1-5 metadata=hidden guid='
	why 'times told' "$(lines 'after=|version=')" 0
	why 'DCs that show it' "$(lines 'dc[123].* shows')" 3
)"
result=$(tell freeze dc2; tell write dc1 svc1-5 add-spn HTTP/unseen; tell replicate dc3 from dc1)
watch svc1-5 --until 2s
verdict 'hidden metadata, other values' "$result$(why exit "$RC" 1; why 'DCs that differ' "$(lines 'dc2.* differs account=SIM.svc1-5')" 1)"

# Two domains: partial copies on the GC port, a DC of the other domain that is no global catalog (dc4), a read-only one (dc6).
watched_forest --dcs 6 --domains 2 --rodcs 1 --no-gc 2
result=$(for dc in dc2 dc3 dc4 dc5 dc6; do tell freeze $dc; done; tell write dc1 svc1-5 add-spn HTTP/far)
begin HTTP/far
result+=$(line 'dc1.* shows'; line 'dc2.* lacks'; line 'dc6.* lacks'
	for dc in dc2 dc3 dc4 dc5 dc6; do tell thaw $dc; done; tell replicate all)
ended
verdict 'partial copies, read-only ones, and a DC without one' "$result$(
	why exit $RC 0
	why 'DCs that were behind' "$(lines 'dc[2356].* lacks account=SIM.svc1-5 .*holder=none')" 4
	why 'DCs that got it' "$(lines 'dc[2356].* shows account=SIM.svc1-5 .*after=[0-9.]+ holder=SIM.svc1-5')" 4
	why 'lines of the DC that holds no copy' "$(lines ' dc4')" 0
	nth "$(lines .)" 'end all shows=5 lacks=0 unreachable=0'
)"

# On a terminal: a table, redrawn; its last state stands.
watched_forest --dcs 3 --domains 1
result=$(tell freeze dc2; tell write dc1 svc1-5 add-spn HTTP/table; tell replicate dc3 from dc1)
on_terminal() {
	local args
	printf -v args '%q ' "$binary" watch svc1-5 "${WATCH[@]}" --until 2s
	RAN="spnscan watch on a terminal, $*"
	# shellcheck disable=SC2086
	env $SANITIZERS TERM=xterm "$@" script -qec "stty cols ${COLS:-100}; $args" /dev/null </dev/null 2>&1 | tr -d '\r' >"$work/lines"
	RC=${PIPESTATUS[0]}
	cp "$work/lines" "$work/err"
}
on_terminal NO_COLOR=
verdict 'a table on a terminal' "$result$(
	why exit "$RC" 1
	[ "$(lines $'^\x1b\\[4A\x1b\\[J')" -gt 0 ] || echo 'it is not redrawn; '
	[ "$(lines $'dc2.sim.example  \x1b\\[33mlacks')" -gt 1 ] || echo 'no coloured line; '
	nth "$(lines .)" '^the time is up: 2 show it, 1 do not, 0 could not be asked'
)"
COLS=30 on_terminal NO_COLOR=1
verdict 'a narrow one, without colour' "$(
	why 'coloured lines' "$(lines $'\x1b\\[3[0-9]m')" 0
	why 'lines that are too long' "$(sed $'s/\x1b\\[[0-9]*[A-Z]//g' "$work/lines" | grep -v '^the time' | grep -cE '.{30}')" 0
)"
