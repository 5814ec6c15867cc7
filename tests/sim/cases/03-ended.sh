# shellcheck shell=bash
# A scan that is ended: by a signal it keeps what is complete; by kill -9 it leaves the view before it.

# ended SIGNAL
ended() {
	local began pid
	new_db
	sim_start --accounts 4000 --dcs 4 --domains 2 --fault "dc3=latency:5000" --fault 'dc4=stall@2'
	"$binary" scan -s "$FIRST" "${DC_OPTIONS[@]}" --bind anonymous --db "$DB" --timeout 60 >"$work/out" 2>"$work/err" &
	pid=$!
	sleep 2
	began=$(now_ms)
	kill -"$1" $pid
	wait $pid
	RC=$? MS=$(($(now_ms) - began)) RAN="spnscan scan, ended by SIG$1"
	# A tenth of a second here; the bound only tells an end from waiting for the --timeout, also on a busy machine.
	verdict "SIG$1 ends a scan soon, and keeps what is whole" "$(
		[ $MS -lt 10000 ] || echo "took $MS ms; "
		why exit $RC 2
		why 'whole DCs' "$(rows dcs status=ok complete=yes)" 2
		why 'cancelled DCs' "$(rows dcs status=cancelled complete=no)" 2
		why 'missing accounts' "$(rows divergence)" 0
		sound
	)"
}
ended INT
ended TERM

# Two scopes by turns, so that each scan has much to write and to remove; KILLS of them are killed.
new_db
sim_start --accounts 3000 --dcs 4 --domains 2 --no-gc 2 --delegation 100
wide=(scan -s "$FIRST" "${DC_OPTIONS[@]}" --bind anonymous --db "$DB")
narrow=(scan -s "${DCS[2]}" --no-locate "${DC_OPTIONS[@]:4:2}" --bind anonymous --db "$DB")
run -- "${narrow[@]}"
few=$(query 'SELECT count(*) FROM consensus') narrow_ms=$MS
run -- "${wide[@]}"
all=$(query 'SELECT count(*) FROM consensus')
wide_ms=$MS result=
[ "$few" -gt 100 ] && [ "$all" -gt "$few" ] || result="scopes are of $few and $all accounts; "
kills=${KILLS:-200} killed=0
for ((i = 0; i < kills; i++)); do
	# Within the time that such a scan takes here, so that it is killed at any of its steps.
	if ((i % 2)); then args=("${wide[@]}") ms=$wide_ms; else args=("${narrow[@]}") ms=$narrow_ms; fi
	"$binary" "${args[@]}" >/dev/null 2>&1 &
	pid=$!
	sleep "$(printf '%d.%03d' $((ms = RANDOM % ms, ms / 1000)) $((ms % 1000)))"
	kill -9 $pid 2>/dev/null && killed=$((killed + 1))
	wait $pid 2>/dev/null
	n=$(query 'SELECT count(*) FROM consensus')
	[ "$n" = "$few" ] || [ "$n" = "$all" ] || { result+="after kill $i there are $n accounts; "; break; }
	"$binary" report dcs --db "$DB" >/dev/null 2>"$work/err" || { result+="after kill $i no report; "; break; }
	((i % 20)) || result+=$(sound)
done
run -- "${wide[@]}"
RAN="$kills scans killed, then one more"
verdict "kill -9 at any moment, $kills times" "$result$(
	[ "$killed" -gt $((kills / 10)) ] || echo "only $killed were still running; "
	why exit $RC 1
	why accounts "$(query 'SELECT count(*) FROM consensus')" "$all"
	why 'locks left behind' "$(find "$DB.lock" 2>/dev/null)" ''
	sound
)"
