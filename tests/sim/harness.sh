# shellcheck shell=bash
# What a case says its tests with. State: $work, $binary, $sim, $label, $name from the suite.

SIM_PID= FIRST= DCS=()
now_ms() { date +%s%3N; }

# sim_start OPTIONS...: a forest; FIRST is the name of its first DC, DC_OPTIONS how spnscan finds it, DCS the names of all.
sim_start() {
	local line fifo=$work/sim.in
	sim_stop
	rm -f "$fifo"
	mkfifo "$fifo"
	"$sim" --net "$net" --exit-with-stdin "$@" <"$fifo" >"$work/sim.out" 2>"$work/sim.err" &
	SIM_PID=$!
	exec 7>"$fifo"
	for _ in $(seq 600); do
		grep -qx ready "$work/sim.out" && break
		kill -0 $SIM_PID 2>/dev/null || { echo "dcsim: $(cat "$work/sim.err")"; exit 2; }
		sleep 0.05
	done
	mapfile -t DCS < <(grep -v -x ready "$work/sim.out" | cut -d' ' -f1)
	FIRST=${DCS[0]}
	read -r -a DC_OPTIONS <<<"$("$sim" --net "$net" "$@" --print-options)"
}

sim_stop() {
	[ -n "$SIM_PID" ] || return 0
	exec 7>&-
	kill $SIM_PID 2>/dev/null
	wait $SIM_PID 2>/dev/null
	SIM_PID=
}

# answer_of COMMAND...: to the simulator; its answer, waited for.
answer_of() {
	local before
	before=$(wc -l <"$work/sim.out")
	echo "$*" >&7
	for _ in $(seq 1000); do
		[ "$(wc -l <"$work/sim.out")" -gt "$before" ] && break
		sleep 0.01
	done
	tail -n +$((before + 1)) "$work/sim.out"
}

# run [BOUND_S] -- ARGS...: the binary; RC, MS, $work/out, $work/err.
SANITIZERS="ASAN_OPTIONS=${ASAN_OPTIONS:-}:exitcode=99 UBSAN_OPTIONS=${UBSAN_OPTIONS:-}:exitcode=99 TSAN_OPTIONS=${TSAN_OPTIONS:-}:exitcode=99"
run() {
	local bound=60 began
	[ "$1" = -- ] || { bound=$1; shift; }
	shift
	began=$(now_ms)
	# shellcheck disable=SC2086
	env $SANITIZERS timeout -k 5 "$bound" "$binary" "$@" >"$work/out" 2>"$work/err" </dev/null
	RC=$?
	MS=$(($(now_ms) - began))
	RAN="spnscan $*"
}

# scan ARGS...: the whole forest, from its first DC, into $DB.
DB=
new_db() { DB=$(mktemp -u "$work/XXXXXX.db"); }
scan() { run -- scan -s "$FIRST" "${DC_OPTIONS[@]}" --bind anonymous --db "$DB" "$@"; }

verdict() {
	if [ -z "$2" ]; then
		echo "ok - $label$name: $1"
		passed=$((passed + 1))
	else
		echo "not ok - $label$name: $1: $2"
		{ echo "$RAN"; echo "exit $RC after $MS ms"; head -30 "$work/err"; [ -s "$work/dcs" ] && cat "$work/dcs"; } | sed 's/^/    | /'
		failed=$((failed + 1))
	fi
}

# rows REPORT CONDITION...: how many rows of the report meet all (see csvq.py).
rows() {
	local report=$1
	shift
	"$binary" report "$report" --db "$DB" >"$work/$report" 2>/dev/null || { echo "report $report failed"; return; }
	/usr/bin/python3 "$top/tests/lab/lib/csvq.py" "$work/$report" count "$@" 2>&1
}

# why WHAT GOT WANTED: words for verdict, or nothing.
why() { [ "$2" = "$3" ] || echo "$1 is '$2', not '$3'; "; }
query() { sqlite3 -init /dev/null "$DB" "$1" 2>&1; }

# Whatever happened, a database of ours holds together.
sound() {
	[ -e "$DB" ] || return 0
	why integrity "$(query 'PRAGMA integrity_check')" ok
	why invariants "$(sqlite3 -init /dev/null "$DB" <"$top/tests/views/invariants.sql" 2>&1 | head -20)" ''
}
