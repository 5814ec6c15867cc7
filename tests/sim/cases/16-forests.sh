# shellcheck shell=bash
# Two forests, a database each: which SPNs accounts of both hold.

# forest NAME: scans it into $work/NAME.db, with names that it shares with the other, and one of its own.
forest() {
	local mine=HTTP/$1.example
	# The second is another spelling, as AD has it the same name.
	local portal=HTTP/portal.example
	[ "$1" = two ] && portal=http/Portal.Example
	printf '%s\n' "write dc1 svc1-0 add-spn $portal HTTP/portal $mine" 'replicate all' >"$work/script"
	sim_start --root "$1.example" --accounts 100 --dcs 2 --domains 1 --delegation 0 --enctypes 0 --big 0 --duplicates 1 --script "$work/script"
	DB=$work/$1.db
	scan
}
# across CONDITION...: how many rows of $work/both meet all (see csvq.py).
across() { /usr/bin/python3 "$top/tests/lab/lib/csvq.py" "$work/both" count class=cross-forest "$@" 2>&1; }
# ordinary FILE: the rows that a database has by itself, without the column that only several have.
ordinary() { grep -v ,cross-forest, "$1" | sed "s/,forest\r$/\r/; s/,$2.example\r$/\r/"; }

forest one
verdict 'the first forest is read' "$(why exit "$RC" 1)"
forest two
verdict 'the second forest is read' "$(why exit "$RC" 1)"

run -- report duplicates --db "$work/one.db" --db "$work/two.db"
cp "$work/out" "$work/both"
verdict 'SPNs that both forests have are told' "$(
	why exit "$RC" 0
	why stderr "$(cat "$work/err")" ''
	why 'the name of one host' "$(across severity=warning)" 2
	why 'in the first' "$(across spn=HTTP/portal.example account=svc1-0 forest=one.example 'seen_by=dc1.one.example;dc2.one.example' 'fix=setspn -D HTTP/portal.example ONE\svc1-0')" 1
	why 'in the second' "$(across spn=http/Portal.Example account=svc1-0 forest=two.example 'seen_by=dc1.two.example;dc2.two.example' 'fix=setspn -D http/Portal.Example TWO\svc1-0')" 1
	why 'the short name' "$(across spn=HTTP/portal severity=info fix=)" 2
	why 'names of computers of one name' "$(across spn=HOST/WS1000001 severity=info)" 2
	why 'a name of one forest' "$(across spn=HTTP/one.example)$(across spn=HTTP/two.example)" 00
	why 'what every forest has' "$(across spn=kadmin/changepw)" 0
)"

for n in one two; do
	run -- report duplicates --db "$work/$n.db"
	verdict "duplicates of forest $n stand there too" "$(
		why exit "$RC" 0
		[ "$(wc -l <"$work/out")" -ge 3 ] || echo 'there are none; '
		diff <(ordinary "$work/both" "$n" | grep -v -F ".example"$'\r') "$work/out" | head -5
	)"
done

run -- report duplicates --db "$work/two.db" --db "$work/one.db"
verdict 'the other way round the same names are told' "$(
	why exit "$RC" 0
	diff <(grep ,cross-forest, "$work/both" | sort) <(grep ,cross-forest, "$work/out" | sort) | head -5
)"

cp "$work/one.db" "$work/again.db"
run -- report duplicates --db "$work/one.db" --db "$work/two.db" --db "$work/again.db"
verdict 'a forest that is given twice is refused' "$(
	why exit "$RC" 3
	why lines "$(wc -l <"$work/err")" 1
	grep -q "one.db' and '.*again.db' are both of forest one.example" "$work/err" || echo 'it is not named; '
	[ -s "$work/out" ] && echo 'rows were written'
)"
