# shellcheck shell=bash
# Two scans of one database: the second says who is at it and does nothing; the first is not disturbed.

sim_start --enctypes 0 --accounts 300 --dcs 2 --domains 1 --delegation 0 --fault dc2=latency:300
new_db
"$binary" scan -s "$FIRST" "${DC_OPTIONS[@]}" --bind anonymous --db "$DB" >"$work/first.out" 2>"$work/first.err" &
pid=$!
for _ in $(seq 200); do [ -s "$DB.lock" ] && break; sleep 0.02; done
scan
verdict 'a second scan says who is at it' "$(
	why exit "$RC" 3
	why 'what it says' "$(cat "$work/err")" "spnscan: database '$DB' is in use by another scan (process $pid): wait for it, or use another --db"
)"
wait $pid
RC=$? RAN='spnscan scan, while another one tried'
cp "$work/first.err" "$work/err"
verdict 'the first is not disturbed' "$(why exit $RC 0; why 'whole DCs' "$(rows dcs complete=yes)" 2; sound)"
scan
verdict 'and after it the next one goes on' "$(why exit "$RC" 0; why scans "$(query 'SELECT count(*) FROM scan')" 2)"

# A report that is left open reads the database as long as it is.
open_report() { # open_report SECONDS
	(printf 'BEGIN;\nSELECT 1 FROM scan;\n'; sleep "$1") | sqlite3 -init /dev/null "$DB" >/dev/null 2>&1 &
	reader=$!
	sleep 0.5
}
open_report 12
scan
verdict 'a scan waits for who reads the database' "$(
	why exit "$RC" 0
	grep -q "another program reads database '$DB'" "$work/err" || echo 'it does not say so; '
	why scans "$(query 'SELECT count(*) FROM scan')" 3
	sound
)"
wait $reader
open_report 8
run 20 -- scan -s "$FIRST" "${DC_OPTIONS[@]}" --bind anonymous --db "$DB" --quiet &
scanning=$!
sleep 2
pkill -INT -f "^$binary scan .*--db $DB"
began=$(now_ms)
wait $scanning
MS=$(($(now_ms) - began)) RC=0 RAN='spnscan scan, interrupted while it waited'
verdict 'SIGINT ends the waiting' "$([ "$MS" -lt 5000 ] || echo "after $MS ms; ")"
wait $reader
verdict 'and nothing is lost by it' "$(why scans "$(query 'SELECT count(*) FROM scan WHERE stored')" 3; sound)"
