# shellcheck shell=bash
# A plan of what is there holds; then the forest is broken in each way, each is told where it is, and what plan check --fixes says
# mends it.

# tell COMMAND...: to the forest, and waits until it is done.
tell() { answer_of "$@" | grep -q '^ok' || echo "not done: $*; "; }
check() { run -- plan check "$work/plan.csv" --db "$DB" "$@"; }
# found CONDITION...: rows of the last check (csvq.py).
found() { /usr/bin/python3 "$top/tests/lab/lib/csvq.py" "$work/out" count "$@" 2>&1; }
off() { found state!=present; }

sim_start --accounts 400 --dcs 6 --domains 2 --rodcs 1 --no-gc 1 --delegation 12 --enctypes 0
new_db
scan
for all in '' --all; do
	# shellcheck disable=SC2086
	run -- plan init $all --db "$DB"
	cp "$work/out" "$work/plan.csv"
	rows=$(wc -l <"$work/plan.csv")
	check
	verdict "a plan of what is there holds on every DC${all:+, with $all}" "$(
		why exit "$RC" 0
		[ "$rows" -gt 300 ] || echo "only $rows rows; "
		[ "$(found state=present dc=*)" -ge "$rows" ] || echo 'fewer facts than rows; '
		why 'not as planned' "$(off)" 0
	)"
done
run -- plan init --db "$DB"
verdict 'what Windows keeps by itself is left out' "$(
	why exit "$RC" 0
	why stderr "$(cat "$work/err")" ''
	why 'names of workstations' "$(grep -c '\\WS[0-9]*[$],[^,]' "$work/out")" 0
	[ "$(grep -c . "$work/out")" -gt 100 ] || echo 'hardly a row; '
)"
cp "$work/out" "$work/plan.csv"

# Two names of domain 1, both forms of the first; two accounts of theirs; a target.
cat >>"$work/plan.csv" <<'END'
SIM\svc1-0,HTTP,planned,,
SIM\svc1-1,HTTP,other.planned.example,8443,
SIM\svc1-0,,,,cifs/planned.target
END
check
lines=$(wc -l <"$work/plan.csv")
verdict 'what is planned and not there yet' "$(
	why exit "$RC" 1
	why 'long form' "$(found line=$((lines - 2)) spn=HTTP/planned.sim.example dc=* state=missing)" 1
	why 'short form' "$(found spn=HTTP/planned dc=* state=missing 'fix=setspn -S HTTP/planned SIM\svc1-0')" 1
	why 'other zone' "$(found spn=HTTP/other.planned.example:8443 dc=* state=missing)" 1
	why target "$(found spn=cifs/planned.target dc=* state=not-delegated)" 1
	why 'not as planned' "$(off)" 4
)"

# carry_out: does at a DC of the account's domain what the lines say.
carry_out() {
	local words what
	while read -r line; do
		case $line in
		'setspn -S '* | 'setspn -D '*)
			read -r -a words <<<"$line"
			what=add-spn
			[ "${words[1]}" = -D ] && what=del-spn
			case ${words[3]} in SIM*) tell write dc1 "${words[3]}" $what "${words[2]}" ;; *) tell write dc2 "${words[3]}" $what "${words[2]}" ;; esac
			;;
		Set-ADObject*)
			local dn=${line#*-Identity \'} target=${line##*=\'}
			tell write dc1 "\"${dn%%\' -Server*}\"" add msDS-AllowedToDelegateTo "${target%\'\}}"
			;;
		*) echo "no line: $line; " ;;
		esac
	done <"$1"
}
check --fixes
cp "$work/out" "$work/lines"
verdict 'the lines make it true' "$(
	why 'exit of the lines' "$RC" 1
	why lines "$(wc -l <"$work/lines")" 4
	carry_out "$work/lines"
	tell replicate all
	scan
	check
	why exit "$RC" 0
	why 'not as planned' "$(off)" 0
)"

tell freeze dc3
tell write dc1 'SIM\svc1-0' add-spn HTTP/late.sim.example
tell replicate all
scan
echo 'SIM\svc1-0,HTTP,late.sim.example.,,' >>"$work/plan.csv"
check
verdict 'on its way: missing at the one DC, and no line for it' "$(
	why exit "$RC" 1
	why 'missing' "$(found spn=HTTP/late.sim.example state=missing fix=)" 1
	why 'at dc3' "$(found spn=HTTP/late.sim.example dc=dc3.sim.example state=missing)" 1
	why 'present elsewhere' "$(found spn=HTTP/late.sim.example state=present)" 5
	why 'not as planned' "$(off)" 1
	check --fixes
	why lines "$(wc -l <"$work/out")" 0
)"
tell thaw dc3
tell replicate all

# A name on the wrong account, across domains; another on both.
tell write dc1 'SIM\svc1-0' del-spn HTTP/planned HTTP/planned.sim.example
tell write dc2 'D2\svc2-0' add-spn http/PLANNED.sim.example
tell write dc1 'SIM\svc1-2' add-spn HTTP/other.planned.example:8443
tell write dc1 'SIM\svc1-0' del msDS-AllowedToDelegateTo cifs/planned.target
tell replicate all
scan
check
verdict 'elsewhere, twice, missing, not delegated' "$(
	why exit "$RC" 1
	# dc5 is no global catalog and knows nothing of the other domain: there it is missing, and nowhere else.
	why elsewhere "$(found spn=HTTP/planned.sim.example state=elsewhere 'detail=held by D2\svc2-0')" 5
	why 'a DC without the other domain' "$(found spn=HTTP/planned.sim.example state=missing dc=dc5.sim.example)" 1
	why 'its fix' "$(found spn=HTTP/planned.sim.example 'fix=setspn -D HTTP/planned.sim.example D2\svc2-0 && setspn -S HTTP/planned.sim.example SIM\svc1-0')" 6
	why missing "$(found spn=HTTP/planned state=missing dc=*)" 1
	why duplicate "$(found spn=HTTP/other.planned.example:8443 state=duplicate dc=* 'detail=also held by SIM\svc1-2' 'fix=setspn -D HTTP/other.planned.example:8443 SIM\svc1-2')" 1
	why 'not delegated' "$(found spn=cifs/planned.target state=not-delegated dc=*)" 1
	why 'not as planned' "$(off)" 9
)"
check --fixes
cp "$work/out" "$work/lines"
verdict 'the lines make it true again' "$(
	carry_out "$work/lines"
	tell replicate all
	scan
	check
	why exit "$RC" 0
	why 'not as planned' "$(off)" 0
)"

echo 'SIM\svc1-0,,,,cifs/hidden.target' >>"$work/plan.csv"
tell hide dc1 user userAccountControl
tell hide dc1 user msDS-AllowedToDelegateTo
scan --full
check
verdict 'a list that a DC hides is not known there, and not missing' "$(
	why exit "$RC" 2
	why 'at dc1' "$(found spn=cifs/hidden.target dc=dc1.sim.example state=unknown 'detail=hidden from the reader')" 1
	why 'at others' "$(found spn=cifs/hidden.target state=not-delegated)" "$(($(found spn=cifs/hidden.target) - 1))"
)"
tell show dc1 user userAccountControl
tell show dc1 user msDS-AllowedToDelegateTo
sed -i '$d' "$work/plan.csv"

tell fault dc4 refuse
scan --timeout 5
check
verdict 'a DC that is down is no evidence' "$(
	why exit "$RC" 2
	why 'rows of it' "$(found dc=dc4.d2.sim.example state=unknown spn=)" 1
	why 'not as planned' "$(off)" 1
)"
