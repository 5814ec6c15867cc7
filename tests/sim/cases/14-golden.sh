# shellcheck shell=bash
# The golden forest: at least one of everything that spnscan finds, and what looks like it and is none. What the reports say is held
# against a file that can be read and argued with: every finding found, nothing else; by a later scan that reads what changed and by one
# that reads everything into a new database. And no kind of finding that the program knows may be missing there.

golden=$top/tests/sim/golden

# say COMMAND...: to the simulator, and its answer awaited; told unless it is ok.
say() { answer_of "$@" | grep -v '^ok' | sed "s|^|$* -> |"; }

# forest_to NAME: carries out the lines of forest.commands up to "scan NAME", from where it ended last. What was refused is in $work/refused.
read_to=0
forest_to() {
	sed -n "$((read_to + 1)),\$p" "$golden/forest.commands" | sed "/^scan $1\$/q" >"$work/part"
	read_to=$((read_to + $(wc -l <"$work/part")))
	sed -E -e '/^(scan .*|#.*|)$/d' -e 's/ COMPUTERS / "CN=Computers,DC=sim,DC=example" /' -e 's/ SERVICES / "OU=Service Accounts,DC=sim,DC=example" /' \
		-e 's/ GMSAS / "CN=Managed Service Accounts,DC=sim,DC=example" /' -e 's/ COMPUTERS2 / "CN=Computers,DC=d2,DC=sim,DC=example" /' \
		-e 's/ SERVICES2 / "OU=Service Accounts,DC=d2,DC=sim,DC=example" /' "$work/part" >"$work/commands"
	# -r: backslashes are part of names.
	while read -r line; do say "$line"; done <"$work/commands" >"$work/refused"
}
refused() { [ ! -s "$work/refused" ] || echo "the simulator: $(cat "$work/refused"); "; }

# section NAME...: their lines of expected.txt, sorted, without remarks.
section() {
	local name
	for name; do
		grep -qxF "[$name]" "$golden/expected.txt" || echo "no section $name"
		awk -v name="[$name]" '/^\[/ { within = $0 == name; next } within && NF && !/^#/' "$golden/expected.txt"
	done | sort
}

# said REPORT [without-dcs]: what the program says, in the form of expected.txt.
said() {
	"$binary" report "$1" --db "$DB" >"$work/report" 2>"$work/err" || echo "report $1 failed: $(cat "$work/err")"
	/usr/bin/python3 "$golden/canon.py" "$@" <"$work/report" 2>&1 | sort
}

# differs FILE FILE: the lines that one of them lacks, with - and + before them.
differs() { diff -U0 "$1" "$2" | tail -n +3 | grep -v '^@@'; }

# as_expected REPORT SECTION...: nothing, or the difference.
as_expected() {
	said "$1" >"$work/said"
	section "${@:2}" >"$work/wanted"
	differs "$work/wanted" "$work/said"
}

# The kinds of findings that the SQL and C can tell, from their text: the words that stand where a kind is named.
kinds_known() {
	sed -nE "s/^(UNION ALL )?SELECT '([a-z]+)'.*/report \2/p" "$top"/sql/finding_*.sql
	sed -nE "s/^ *SELECT ([a-z]\.)?object, ([a-z]\.)?dc, '([a-z-]+)'.*/hygiene \3/p" "$top/sql/name_fault.sql"
	sed -nE "s/^ *\(([0-9]+), '([^']+)', .*/hygiene \2/p" "$top/sql/account_check.sql"
	sed -n '/^shared AS/,/ END AS class/p' "$top/sql/name_holder.sql" | sed -nE "s/.*(THEN|ELSE) '([a-z-]+)'.*/duplicates \2/p"
	sed -n '/^ *CASE WHEN p.dcs = /,/ END AS reason/p' "$top/sql/report_aliases.sql" | sed -nE "s/.*(THEN|ELSE) '([^']+)'.*/aliases \2/p"
	sed -nE "s/^ *\(([0-9]+), '([^']+)', .*/delegation \2/p" "$top/sql/delegation_check.sql"
	sed -nE 's/.*\[VERDICT_[A-Z_]+\] = "([a-z-]+)".*/divergence \1/p' "$top/scanner/run/verdict.c" | grep -v ' none$'
	cat "$top"/scanner/run/health*.c | tr '\n' ' ' | grep -oE 'health_tell\([^"]*"[a-z-]+"' | sed -E 's/.*"([a-z-]+)"/health \1/'
}
# What the reports had of it.
kinds_met() {
	query "SELECT DISTINCT 'report ' || report FROM finding
		UNION SELECT 'hygiene ' || kind FROM report_hygiene UNION SELECT 'duplicates ' || class FROM report_duplicates
		UNION SELECT 'aliases ' || reason FROM report_aliases UNION SELECT 'divergence ' || verdict FROM report_divergence
		UNION SELECT 'delegation ' || c.finding FROM delegation_found f JOIN delegation_check c ON f.checks >> c.bit & 1
		UNION SELECT 'health ' || kind FROM report_health"
}
mode_of() { query "SELECT r.mode FROM reading r JOIN dc d ON d.id = r.dc WHERE d.name LIKE '$1.%' ORDER BY r.scan DESC LIMIT 1"; }

new_db
sim_start --domains 2 --dcs 7 --rodcs 1 --no-gc 1 --accounts 0 --delegation 0 --enctypes 0 --big 0
forest_to sound
scan
verdict 'what looks like a finding and is none' "$(
	refused
	why exit "$RC" 0
	as_expected findings 'sound: findings'
	as_expected delegation 'sound: delegation'
	sound
)"

new_db
forest_to before
scan
verdict 'the scan before' "$(refused; why exit "$RC" 1; why 'whole DCs' "$(rows dcs complete=yes)" 7; sound)"
query "UPDATE scan SET started = strftime('%Y-%m-%dT%H:%M:%SZ', started, '-4 hours') WHERE id = (SELECT max(id) FROM scan)"

forest_to golden
scan
verdict 'every finding is found, and nothing else' "$(
	refused
	why exit "$RC" 1
	for n in 1 3 6 7; do why "how dc$n was read" "$(mode_of dc$n)" increment; done
	as_expected findings 'golden: findings' 'golden: findings that take a scan before'
	as_expected duplicates 'golden: duplicates'
	as_expected divergence 'golden: divergence'
	as_expected delegation 'golden: delegation'
	sound
)"
kinds_met >"$work/met"
said findings without-dcs >"$work/before"

"$binary" report -o "$work/all" --db "$DB" 2>"$work/err"
verdict 'all reports at once are what each is alone' "$(
	cat "$work/err"
	for name in dcs duplicates divergence replication health delegation aliases hygiene changes findings spns; do
		"$binary" report "$name" --db "$DB" 2>&1 | cmp - "$work/all/$name.csv" 2>&1
	done
)"
verdict 'so are some of those that have something in common' "$(
	for names in 'delegation hygiene' 'delegation findings' 'hygiene findings'; do
		"$binary" report $names -o "$work/some" --db "$DB" 2>&1
		for name in $names; do
			cmp "$work/all/$name.csv" "$work/some/$name.csv" 2>&1
		done
	done
)"

# Nearly all rows of these two are put together apart from the rest, and by C.
verdict 'and what the views say, in their order' "$(
	known=$(query "SELECT id FROM report_findings WHERE kind = 'weak-encryption' LIMIT 1")
	"$binary" accept "$known" --until 2099-12-31 --why 'an old printer' --db "$DB" >/dev/null 2>"$work/err" || cat "$work/err"
	"$binary" report -o "$work/all" --db "$DB" 2>&1
	grep -q "^$known,.*,2099-12-31" "$work/all/findings.csv" || echo "$known is not shown as accepted; "
	for name in hygiene findings delegation; do
		/usr/bin/python3 "$golden/as_view.py" "$DB" "$name" "$work/all/$name.csv" 2>&1
	done
	query "DELETE FROM accepted"
)"

history=$DB
new_db
scan --full
verdict 'a scan of everything into a new database says the same' "$(
	why exit "$RC" 1
	# A first scan knows of a rollback only if another DC told its vector before that one was asked: either is right.
	as_expected findings 'golden: findings' | grep -v '^+usn-rollback '
	as_expected duplicates 'golden: duplicates'
	as_expected divergence 'golden: divergence'
	sound
)"
DB=$history

forest_to silent
scan
verdict 'what is another where one DC does not answer' "$(
	refused
	why exit "$RC" 2
	said findings without-dcs >"$work/said"
	differs "$work/before" "$work/said" | sed 's/^./& /' | sort >"$work/changed"
	section 'silent: findings' >"$work/wanted"
	differs "$work/wanted" "$work/changed"
	sound
)"
kinds_met >>"$work/met"

said findings >"$work/before"
forest_to unnamed
scan
verdict 'a trustee that nobody could be asked about is not called unknown' "$(
	refused
	why exit "$RC" 2
	said findings >"$work/said"
	differs "$work/before" "$work/said" | sed 's/^./& /' | sort >"$work/changed"
	section 'unnamed: findings' >"$work/wanted"
	differs "$work/wanted" "$work/changed"
	sound
)"
kinds_met >>"$work/met"
verdict 'no kind of finding that the program knows is missing' "$(
	kinds_known | sort -u >"$work/known"
	sort -u -o "$work/met" "$work/met"
	for report in report hygiene duplicates aliases delegation divergence health; do
		grep -q "^$report " "$work/known" || echo "no kinds of $report were found in the code; "
	done
	comm -23 "$work/known" "$work/met" | sed 's/^/not in the golden forest: /'
	comm -13 "$work/known" "$work/met" | sed 's/^/not found in the code: /'
)"
