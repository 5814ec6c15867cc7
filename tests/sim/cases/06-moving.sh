# shellcheck shell=bash
# A far-away DC is read by slices of uSNChanged: the same as page by page, also while accounts change and move from slice to slice.

spns() { "$binary" report spns --db "$DB" 2>/dev/null | sort; }
accounts() { query 'SELECT count(*) FROM consensus'; }

forest=(--accounts 8000 --dcs 1 --domains 1 --delegation 0 --big 2)
sim_start --enctypes 0 "${forest[@]}"
new_db
scan
spns >"$work/near"
count=$(accounts)
pages=$(query 'SELECT pages FROM scan_dc')
sim_start --enctypes 0 "${forest[@]}" --fault dc1=latency:30
new_db
scan
verdict 'slices show what pages show' "$(
	why exit "$RC" 0
	[ "$count" -gt 5000 ] || echo "only $count accounts; "
	why accounts "$(accounts)" "$count"
	why 'lines that differ' "$(spns | comm -3 "$work/near" - | wc -l)" 0
	[ "$(query 'SELECT pages FROM scan_dc')" -gt "$pages" ] || echo 'it was not read by slices; '
	sound
)"

# Hundreds of accounts get a new uSNChanged at every moment of the read.
new_db
"$binary" scan -s "$FIRST" "${DC_OPTIONS[@]}" --bind anonymous --db "$DB" >"$work/out" 2>"$work/err" &
pid=$!
for ((i = 0; i < 200; i++)); do
	kill -0 $pid 2>/dev/null || break
	echo 'bulk dc1 100' >&7
	sleep 0.02
done
wait $pid
RC=$? MS=0 RAN="spnscan scan, with $i times 100 changes meanwhile"
verdict 'nothing is lost of accounts that change while they are read' "$(
	why exit "$RC" 0
	[ "$i" -gt 5 ] || echo "only $i rounds of changes; "
	why accounts "$(accounts)" "$count"
	why 'names that were there before and are not now' "$(spns | comm -23 "$work/near" - | wc -l)" 0
	sound
)"
