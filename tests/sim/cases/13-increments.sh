# shellcheck shell=bash
# A later scan reads what changed: what it costs, what it knows of deletions, and that it says what a scan of everything says.

trips() { answer_of info "$1" | grep -oE 'trips [0-9]+' | cut -d' ' -f2; }
mode_of() { query "SELECT r.mode || ' ' || r.deletions || ' ' || r.changed FROM reading r JOIN dc d ON d.id = r.dc WHERE d.name LIKE '$1.%' ORDER BY r.scan DESC LIMIT 1"; }
# What reports say of now, without what only history knows.
said() { for r in spns divergence delegation; do "$binary" report $r --db "$1" 2>/dev/null | sed -E 's/20[0-9]{2}-[0-9T:-]+Z//g' | cut -d, -f1-8; done; }

new_db
sim_start --accounts 10000 --dcs 4 --domains 2 --delegation 0 --enctypes 0
for d in 1 2; do # a deleted object in each domain, seen everywhere
	base='DC=sim,DC=example'
	[ $d = 1 ] || base="DC=d2,$base"
	answer_of create dc$d "\"CN=Users,$base\"" user tmp$d HTTP/tmp$d >/dev/null
	answer_of replicate all >/dev/null
	answer_of delete dc$d tmp$d >/dev/null
done
answer_of replicate all >/dev/null
answer_of deleted '*' readable >/dev/null
for d in 1 2 3 4; do answer_of fault dc$d latency:20 >/dev/null; done
scan
verdict 'the first scan reads everything' "$(why exit "$RC" 0; why dc2 "$(mode_of dc2)" 'full seen 0'; sound)"
answer_of trips reset >/dev/null
scan
verdict 'nothing changed: at most 5 round trips a DC, in two domains of 10,000 accounts' "$(
	why exit "$RC" 0
	# Three that find the forest, and then no bind again.
	[ "$(trips dc1)" -le 7 ] || echo "dc1, which is started from, was waited for $(trips dc1) times; "
	for d in 2 3 4; do
		why "dc$d" "$(mode_of dc$d)" 'increment seen 0'
		[ "$(trips dc$d)" -le 5 ] || echo "dc$d was waited for $(trips dc$d) times; "
	done
	sound
)"
for d in 1 2 3 4; do answer_of fault dc$d none >/dev/null; done

answer_of write dc3 svc1-5 add-spn HTTP/new1.sim.example >/dev/null
answer_of write dc1 svc1-6 set-spn >/dev/null # its last SPN is gone
scan
verdict 'what changed is read, and in flight is no alarm' "$(
	why exit "$RC" 0
	why dc3 "$(mode_of dc3)" 'increment seen 1'
	why lagging "$(rows divergence verdict=lagging attribute=servicePrincipalName severity=info account=svc1-5)" 3
	why 'the cleared one' "$(rows divergence verdict=lagging account=svc1-6)" 3
	sound
)"
answer_of replicate all >/dev/null
answer_of delete dc1 svc1-7 >/dev/null
answer_of replicate all >/dev/null
scan
history=$DB
new_db
scan
verdict 'an increment says what a scan of everything says' "$(
	why exit "$RC" 0
	said "$history" >"$work/said.history"
	said "$DB" >"$work/said.new"
	[ -s "$work/said.new" ] || echo 'nothing was said; '
	cmp "$work/said.history" "$work/said.new" 2>&1
	why 'the deleted one' "$(rows spns account=svc1-7)" 0
	sound
)"
DB=$history

answer_of deleted '*' hidden >/dev/null
answer_of delete dc1 svc1-8 >/dev/null
answer_of replicate all >/dev/null
scan --no-sweep
verdict 'deletions that nobody looks for are not known' "$(why dc1 "$(mode_of dc1 | cut -d' ' -f1,2)" 'increment unknown'; why 'still told' "$(query "SELECT count(*) FROM account WHERE account = 'svc1-8'")" 1; sound)"
scan
verdict 'a sweep finds what is gone' "$(why dc1 "$(mode_of dc1 | cut -d' ' -f1,2)" 'increment swept'; why gone "$(query "SELECT count(*) FROM account WHERE account = 'svc1-8'")" 0; sound)"
answer_of restored dc2 >/dev/null
scan
verdict 'a restored DC is read anew' "$(why dc2 "$(mode_of dc2 | cut -d' ' -f1)" full; why dc3 "$(mode_of dc3 | cut -d' ' -f1)" increment; why restored "$(rows health kind=restored dc=dc2.d2.sim.example)" 1; sound)"
scan --full
verdict 'everything on request' "$(why dc3 "$(mode_of dc3 | cut -d' ' -f1)" full; sound)"
