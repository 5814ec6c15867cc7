# shellcheck shell=bash
# --ask-dc: DCs that compare by sort keys are asked whether look-alikes are one name, and what they say is told and kept.

requests() { answer_of info "$1" | grep -oE 'requests [0-9]+' | cut -d' ' -f2; }
# alike NAME SEVERITY ACCOUNT REGEX: its row says so.
alike() { why "$1" "$(rows hygiene kind=lookalike-spn "severity=$2" "account=$3" "detail~$4")" 1; }
answers() { query "SELECT group_concat(n, ' ') FROM (SELECT answer || ' ' || count(*) AS n FROM lookalike_answer GROUP BY answer ORDER BY answer)"; }

new_db
sim_start --accounts 400 --dcs 3 --domains 2 --no-gc 1 --delegation 0 --enctypes 0 --invisible 0 --big 0
answer_of set sort-keys 1 >/dev/null
answer_of write dc1 svc1-5 set-spn HTTP/cafe HTTP/web2 HTTP/plain >/dev/null
answer_of write dc1 svc1-6 set-spn HTTP/café HTTP/web² >/dev/null
answer_of write dc2 svc2-5 set-spn HTTP/ｃafe HTTP/zero >/dev/null
answer_of write dc2 svc2-6 set-spn HTTP/zero$'\u200b' >/dev/null
answer_of replicate all >/dev/null

scan
verdict 'without --ask-dc nobody is asked' "$(
	why exit "$RC" 1
	why answers "$(answers)" ''
	why 'look-alikes' "$(rows hygiene kind=lookalike-spn severity=critical)" 7
	alike cafe critical svc1-5 '^AD may take it for one name, held by svc1-5;svc1-6;svc2-5$'
	sound
)"

scan --ask-dc
cp "$work/err" "$work/asked"
verdict 'a DC takes names for one, and keeps others apart' "$(
	why exit "$RC" 1
	why answers "$(answers)" 'apart 2 one 3'
	alike cafe critical svc1-5 '^dc1.sim.example takes it for one name with HTTP/café of svc1-6; dc1.sim.example takes it for one name with HTTP/ｃafe of svc2-5$'
	why 'the accent goes' "$(rows hygiene kind=lookalike-spn account=svc1-6 subject=HTTP/café 'fix~setspn -D')" 1
	why 'the plain one stays' "$(rows hygiene kind=lookalike-spn account=svc1-5 subject=HTTP/cafe fix=)" 1
	alike web2 info svc1-5 '^dc1.sim.example keeps them apart, held by svc1-5;svc1-6$'
	alike 'web²' info svc1-6 '^dc1.sim.example keeps them apart'
	# Two accounts of one domain that all DCs have: the first DC by name that does.
	alike zero info svc2-5 '^dc1.sim.example keeps them apart'
	why 'what is counted' "$(rows findings kind=lookalike-spn severity=critical)" 3
	why 'said on stderr' "$(grep -c warning "$work/asked")" 0
	sound
)"

before=$(requests dc1)
scan
plain=$(($(requests dc1) - before)) before=$(requests dc1)
scan --ask-dc
verdict 'what is known is kept, and not asked again' "$(
	why exit "$RC" 1
	why answers "$(answers)" 'apart 2 one 3'
	why 'of which scan' "$(query 'SELECT group_concat(DISTINCT scan) FROM lookalike_answer')" 2
	why 'requests to dc1' "$(($(requests dc1) - before))" "$plain"
	sound
)"
answer_of set sort-keys 0 >/dev/null
scan --ask-dc --full
verdict '--full asks again, and hears what has changed' "$(
	why exit "$RC" 1 # the invisible one
	why answers "$(answers)" 'apart 5'
	why critical "$(rows hygiene kind=lookalike-spn severity=critical)" 0
	why cafe "$(rows hygiene kind=lookalike-spn severity=info account=svc1-5 subject=HTTP/cafe 'detail~^dc1.sim.example keeps them apart')" 1
	sound
)"
answer_of set sort-keys 1 >/dev/null

answer_of write dc1 svc1-6 set-spn HTTP/caffè >/dev/null
answer_of write dc2 svc2-5 set-spn HTTP/caffe >/dev/null
answer_of write dc1 svc1-5 set-spn HTTP/plain >/dev/null
answer_of write dc2 svc2-6 set-spn HTTP/plain2 >/dev/null
answer_of replicate all >/dev/null
scan
verdict 'answers go with the names' "$(
	why exit "$RC" 1
	why answers "$(answers)" ''
	alike caffe critical svc2-5 '^AD may take it for one name'
	sound
)"

# No USN tells of the right that is taken away: the view still has what dc1 showed. Every filter is false there, which is no answer.
answer_of hide dc1 user servicePrincipalName >/dev/null
scan --ask-dc --no-sweep
cp "$work/err" "$work/asked"
verdict 'a DC that hides the attribute tells nothing' "$(
	why exit "$RC" 1
	why answers "$(answers)" 'unknown 1'
	alike caffe critical svc2-5 '^AD may take it for one name, held by svc1-6;svc2-5 .dc1.sim.example: an account is not found by its own name'
	why 'said on stderr' "$(grep -c 'warning: --ask-dc: of 1 pairs of look-alikes 1 could not be told: dc1.sim.example: an account' "$work/asked")" 1
	sound
)"
scan --ask-dc --no-sweep
verdict 'and the next scan asks another' "$(
	why answers "$(answers)" 'one 1'
	why 'by whom' "$(query 'SELECT d.name FROM lookalike_answer a JOIN dc d ON d.id = a.dc')" dc2.d2.sim.example
	sound
)"
answer_of show dc1 user servicePrincipalName >/dev/null

new_db
scan
answer_of forget dc1 svc2-5 >/dev/null
answer_of forget dc1 svc1-6 >/dev/null
scan --ask-dc --no-sweep
verdict 'one that has the accounts no more tells nothing either' "$(
	why answers "$(answers)" 'unknown 1'
	alike caffe critical svc2-5 'dc1.sim.example: it does not show the account when asked'
	sound
)"
scan --ask-dc --full
verdict 'a DC that is known not to show both is not the one to ask' "$(
	why answers "$(answers)" 'one 1'
	why 'by whom' "$(query 'SELECT d.name FROM lookalike_answer a JOIN dc d ON d.id = a.dc')" dc2.d2.sim.example
	alike caffe critical svc2-5 '^dc2.d2.sim.example takes it for one name with HTTP/caffè of svc1-6$'
	sound
)"

# A DC that refuses the question, or breaks off: the scan is whole all the same.
for fault in result:53 close; do
	sim_start --accounts 400 --dcs 3 --domains 2 --no-gc 1 --delegation 0 --enctypes 0 --invisible 0 --big 0
	answer_of set sort-keys 1 >/dev/null
	answer_of write dc1 svc1-5 set-spn HTTP/cafe HTTP/web HTTP/mail >/dev/null
	answer_of write dc1 svc1-6 set-spn HTTP/café HTTP/wéb HTTP/maïl HTTP/máil HTTP/mäil >/dev/null
	answer_of replicate all >/dev/null
	answer_of fault dc1 "$fault*1@guid" >/dev/null
	new_db
	scan --ask-dc
	cp "$work/err" "$work/asked"
	want='one 5' warned=0 # one question alone was refused: each pair is asked again by itself
	[ $fault = result:53 ] || want='unknown 5' warned=1
	verdict "a DC that answers $fault" "$(
		why exit "$RC" 1
		why 'DCs read whole' "$(rows dcs complete=yes)" "$(rows dcs)"
		why answers "$(answers)" "$want"
		why 'said on stderr' "$(grep -c 'warning: --ask-dc: of 5 pairs of look-alikes 5 could not be told: dc1.sim.example: ' "$work/asked")" $warned
		sound
	)"
	answer_of fault dc1 "$fault@guid" >/dev/null
	new_db
	scan --ask-dc
	verdict "a DC that always answers $fault" "$(
		why exit "$RC" 1
		why answers "$(answers)" 'unknown 5'
		why 'said on stderr' "$(grep -c 'warning: --ask-dc: of 5 pairs of look-alikes 5 could not be told: dc1.sim.example: ' "$work/err")" 1
		sound
	)"
	answer_of fault dc1 none >/dev/null
	scan --ask-dc
	verdict "and answers then, through libldap alone too ($fault)" "$(
		why answers "$(answers)" 'one 5'
		scan --ask-dc --full --plain
		why 'answers, plain' "$(answers)" 'one 5'
		why 'of which scan' "$(query 'SELECT group_concat(DISTINCT scan) FROM lookalike_answer')" 3
		sound
	)"
done

# More than one scan asks about: said, and gone on with by the next. 40 and 40 names under one skeleton are 1600 pairs at least.
sim_start --accounts 12000 --dcs 2 --domains 1 --delegation 0 --enctypes 0 --invisible 0 --big 0
answer_of set sort-keys 1 >/dev/null
for i in $(seq 27); do
	answer_of create dc1 '"CN=Users,DC=sim,DC=example"' user "plain$i" "http/one" >/dev/null
	answer_of create dc1 '"CN=Users,DC=sim,DC=example"' user "odd$i" "http/öne" >/dev/null
	answer_of create dc1 '"CN=Users,DC=sim,DC=example"' user "super$i" "http/onᵉ" >/dev/null
done
answer_of replicate all >/dev/null
new_db
scan --ask-dc
cp "$work/err" "$work/asked"
verdict 'a bound that cuts off is told' "$(
	why asked "$(query 'SELECT count(*) FROM lookalike_answer')" 1000
	why 'said on stderr' "$(grep -c 'warning: --ask-dc: there are more pairs of look-alikes than the 1000 that one scan asks about; the next one goes on' "$work/asked")" 1
	sound
)"
for _ in 1 2; do scan --ask-dc; done
verdict 'and the next scans go on' "$(
	why answers "$(answers)" 'apart 1458 one 729'
	why 'said on stderr' "$(grep -c 'warning' "$work/err")" 0
	why 'a plain one' "$(rows hygiene kind=lookalike-spn account=plain1 severity=critical 'detail~^dc1.sim.example takes it for one name with http/öne of odd1; .*; [.][.][.]$')" 1
	why 'one that nobody takes for another' "$(rows hygiene kind=lookalike-spn account=super9 severity=info 'detail~^dc1.sim.example keeps them apart')" 1
	sound
)"
