# shellcheck shell=bash
# What stands on a terminal, and what does not stand anywhere else.

sim_start --enctypes 0 --accounts 3000 --dcs 4 --domains 1 --delegation 0 --fault dc3=refuse
new_db
# on_terminal ENV...: the scan with a terminal for stderr; what it showed, without carriage returns, in $work/tty
on_terminal() {
	local args
	printf -v args '%q ' "$binary" scan -s "$FIRST" "${DC_OPTIONS[@]}" --bind anonymous --db "$DB"
	RAN="spnscan scan on a terminal, $*"
	# shellcheck disable=SC2086
	env $SANITIZERS TERM=xterm "$@" script -qec "$args" /dev/null </dev/null 2>&1 | tr '\r' '\n' >"$work/tty"
	RC=${PIPESTATUS[0]}
	cp "$work/tty" "$work/err"
}
count() { grep -cE -- "$1" "$work/tty"; }
on_terminal NO_COLOR=
verdict 'a terminal shows progress, in colour' "$(
	why exit "$RC" 2
	[ "$(count '[0-9]/4 DCs +[0-9]+ objects')" -gt 0 ] || echo 'no line of progress; '
	why 'lines of DCs that are done' "$(count $'\x1b\\[32mok\x1b\\[0m +[0-9]+ objects')" 3
	why 'lines of DCs that failed' "$(count $'\x1b\\[31munreachable')" 1
	why 'summary' "$(count 'forest sim.example: 3 of 4 DCs read whole')" 1
)"
on_terminal NO_COLOR=1
verdict 'NO_COLOR is honoured' "$(why 'coloured lines' "$(count $'\x1b\\[3[0-9]m')" 0)"
scan --quiet
verdict '--quiet says nothing' "$(why exit "$RC" 2; why 'lines on stderr' "$(wc -l <"$work/err")" 0)"
sim_start --enctypes 0 --accounts 300 --dcs 2 --domains 1 --delegation 0
new_db
scan
verdict 'away from a terminal a clean scan is silent' "$(why exit "$RC" 0; why 'lines on stderr' "$(wc -l <"$work/err")" 0; why 'lines on stdout' "$(wc -l <"$work/out")" 0)"
