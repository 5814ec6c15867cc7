# shellcheck shell=bash
# Hundreds of DCs at once: descriptors, threads and memory stay bounded. Sanitized builds, many times slower, take fewer.

# watched LIMIT_THREADS LIMIT_FDS LIMIT_MIB ARGS...: the scan with its highest figures.
watched() {
	local threads=$1 fds=$2 mib=$3 pid t f m max_t=0 max_f=0 max_m=0 began
	shift 3
	new_db
	began=$(now_ms)
	"$binary" scan -s "$FIRST" "${DC_OPTIONS[@]}" --bind anonymous --db "$DB" "$@" >"$work/out" 2>"$work/err" &
	pid=$!
	while t=$(awk '/^Threads/ {print $2}' /proc/$pid/status 2>/dev/null) && [ -n "$t" ]; do
		f=$(ls /proc/$pid/fd 2>/dev/null | wc -l)
		m=$(awk '/^VmHWM/ {print int($2 / 1024)}' /proc/$pid/status 2>/dev/null)
		((t > max_t)) && max_t=$t
		((f > max_f)) && max_f=$f
		((${m:-0} > max_m)) && max_m=$m
		sleep 0.02
	done
	wait $pid
	RC=$? MS=$(($(now_ms) - began)) RAN="spnscan scan $*"
	verdict "$dcs DCs ${*:-with the default of jobs}: $max_t threads, $max_f descriptors, $max_m MiB" "$(
		why exit $RC 0
		why 'whole DCs' "$(rows dcs complete=yes)" $dcs
		why divergence "$(rows divergence)" 0
		((max_t <= threads)) || echo "over $threads threads; "
		((max_f <= fds)) || echo "over $fds descriptors; "
		case $binary in *-address* | *-thread*) ;; *) ((max_m <= mib)) || echo "over $mib MiB; " ;; esac
		sound
	)"
}
dcs=500
case $binary in *-address* | *-thread*) dcs=150 ;; esac
sim_start --enctypes 0 --accounts 2000 --dcs $dcs --domains 3 --sites 20 --delegation 0
# Two a job: one of them for the second port of a DC that answers late, as some do here.
watched 35 80 100 --jobs 16
watched 259 400 200
