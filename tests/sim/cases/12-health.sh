# shellcheck shell=bash
# What DCs tell of replication, and what is wrong with them: set back, restored, out of step, silent; since when; and nothing in a healthy
# forest, whichever of its forms replication is told in.

# say COMMAND...: to the simulator, and its answer awaited.
say() { answer_of "$@" | grep -v '^ok' && echo "not done: $*"; }

new_db
sim_start --accounts 300 --dcs 5 --domains 2 --rodcs 1 --delegation 0 --enctypes 0
scan
cursors=$(query 'SELECT count(*) FROM cursor') neighbours=$(query 'SELECT count(*) FROM neighbour')
verdict 'a healthy forest: no finding, and every DC has all of every other' "$(
	why health "$(rows health)" 0
	why 'rows without a direct neighbour' "$(rows replication failures= dest_dc!=dc5.sim.example)" 0
	why 'gaps' "$(query 'SELECT count(*) FROM report_replication WHERE usn_gap > 0 OR pending_objects > 0 OR failures > 0 OR last_result > 0')" 0
	[ "$(rows replication)" -ge "$neighbours" ] || echo 'fewer rows than neighbours; '
	why 'DCs without a vector' "$(query 'SELECT count(*) FROM scan_dc WHERE dc NOT IN (SELECT dc FROM cursor)')" 0
	sound
)"

for form in binary xml; do
	say offer '*' $form
	scan --full
	verdict "the same of DCs that tell of replication as $form alone" "$(
		why cursors "$(query 'SELECT count(*) FROM cursor')" "$cursors"
		why neighbours "$(query 'SELECT count(*) FROM neighbour')" "$neighbours"
		why health "$(rows health)" 0
		sound
	)"
done

say offer '*' raw
say hide dc1 '*' replUpToDateVector
scan
verdict 'a vector that is hidden is no empty one' "$(
	why "cursors of dc1" "$(query "SELECT count(*) FROM cursor c JOIN dc d ON d.id = c.dc WHERE d.name = '$FIRST'")" 0
	why 'its neighbours' "$(rows replication "dest_dc=$FIRST" usn_gap=)" "$(rows replication "dest_dc=$FIRST")"
	[ "$(rows replication "dest_dc=$FIRST")" -gt 0 ] || echo 'none; '
	sound
)"
say show dc1 '*' replUpToDateVector

say save dc3
say write dc3 svc1-5 add-spn HTTP/lost.sim.example
say replicate all
say freeze dc4
say write dc2 svc2-5 add-spn HTTP/new.sim.example
scan
verdict 'what is still to come is counted at its pair' "$(
	why 'objects that dc4 waits for' "$(rows replication dest_dc=dc4.d2.sim.example source_dc=dc2.d2.sim.example pending_objects=1)" 1
	why health "$(rows health)" 0
	sound
)"

say load dc3
say fault dc4 skew:400
say fault dc5 refuse
say ready dc2 no
say neighbour dc1 from dc3 failures 9 result 1722 age 17280000
scan
since=$(query 'SELECT started FROM scan ORDER BY id DESC LIMIT 1')
verdict 'a DC each that was set back, is out of step, silent, not ready, unheard for 200 days' "$(
	why rollback "$(rows health dc=dc3.sim.example kind=usn-rollback severity=critical 'detail~same invocationId')" 1
	why clock "$(rows health dc=dc4.d2.sim.example kind=clock-skew severity=critical 'detail~400 s ahead')" 1
	why silent "$(rows health dc=dc5.sim.example kind=not-answering severity=warning)" 1
	why 'not ready' "$(rows health dc=dc2.d2.sim.example kind=gc-not-ready severity=warning)" 1
	why old "$(rows health dc=dc1.sim.example kind=replication-too-old severity=critical 'detail~dc3.*200 days')" 1
	why all "$(rows health)" 5
	sound
)"

say fault dc5 none
say ready dc2 yes
say neighbour dc1 from dc3 failures 0 result 0 age 5
say restored dc3
query "UPDATE scan SET started = '2026-01-01T00:00:00Z' WHERE started = '$since'"
scan
verdict 'what is mended goes, what stays keeps its date, and a restore is no rollback' "$(
	why restored "$(rows health dc=dc3.sim.example kind=restored severity=warning)" 1
	why 'clock since then' "$(rows health kind=clock-skew first_seen=2026-01-01T00:00:00Z)" 1
	why all "$(rows health)" 2
	sound
)"

say fault dc4 none
say write dc1 svc1-5 add-spn HTTP/one.sim.example # only dc3, which pulls it, has it
say replicate dc3 from dc1
scan
query "UPDATE scan SET started = strftime('%Y-%m-%dT%H:%M:%SZ', started, '-4 hours') WHERE id = (SELECT max(id) FROM scan)"
say write dc1 svc1-5 add-spn HTTP/two.sim.example
say replicate dc3 from dc1
scan
verdict 'vectors that were behind four hours ago and have not moved' "$(
	for dc in dc2.d2 dc4.d2 dc5; do
		why "stalled at $dc" "$(rows health dc=$dc.sim.example kind=vector-stalled severity=warning 'detail~dc1.sim.example')" 1
	done
	why 'stalled at all' "$(rows health kind=vector-stalled)" 3
	sound
)"
say thaw dc4
say replicate all
query "UPDATE scan SET started = strftime('%Y-%m-%dT%H:%M:%SZ', started, '-4 hours') WHERE id = (SELECT max(id) FROM scan)"
scan
verdict 'are no finding once they move' "$(why health "$(rows health)" 0)"
