# shellcheck shell=bash
# What a case file says its tests with. A test is a function run by `check` in a
# subshell: the first assertion that fails ends it, with everything that was run
# in it as evidence.

now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f", b - a }'; }

emit() { printf '%s\n' "$1" | tee -a "$WORK/results"; }
report_failure() {
  emit "not ok - $LABEL$1 ($(since "$2") s)"
  sed 's/^/    | /' "$W/trace"
}

# check NAME FUNCTION
check() {
  local began name="$CASE_NAME: $1"
  # The suite killed: the forest goes, and so do we.
  kill -0 "$SUITE" 2>/dev/null || exit 1
  began=$(now)
  : >"$W/trace"
  if ("$2") >>"$W/trace" 2>&1; then
    emit "ok - $LABEL$name ($(since "$began") s)"
  else
    report_failure "$name" "$began"
  fi
}

fail() { printf 'WRONG: %s\n' "$*" >>"$W/trace"; exit 1; }

# lab CMD...: the forest's state; a step that fails fails the test (or the case).
lab() {
  local verb=$1; shift
  printf '# forest %s %s\n' "$verb" "$*" >>"$W/trace"
  "$FOREST" "$verb" "$LAB" "$@" >>"$W/trace" 2>&1 || fail "forest $verb $* failed"
}

# Who runs the binary, and in what surroundings; a case may change these.
TICKET=
EXTRA_ENV=()
WRAP=()
BOUND=120

# A known environment: the tester's own ldap.conf, tickets and locale stay out.
# Sanitizers get a status of their own, apart from every status of spnscan.
in_client() {
  "$FOREST" exec "$LAB" client env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="$W/home" XDG_STATE_HOME="$W/state" \
    KRB5_CONFIG="$LAB/client/krb5.conf" KRB5CCNAME="FILE:$TICKET" \
    ASAN_OPTIONS="exitcode=99:${ASAN_OPTIONS:-}" LSAN_OPTIONS="exitcode=99:${LSAN_OPTIONS:-}" \
    UBSAN_OPTIONS="exitcode=99:halt_on_error=1:print_stacktrace=1:${UBSAN_OPTIONS:-}" \
    TSAN_OPTIONS="exitcode=99:${TSAN_OPTIONS:-}" "${EXTRA_ENV[@]}" "${WRAP[@]}" "$@"
}

# spn ARGS...: the binary under test. Its status in RC, its output in $W/out and $W/err.
spn() {
  in_client timeout -k 5 "$BOUND" "$BINARY" "$@" >"$W/out" 2>"$W/err" </dev/null
  RC=$?
  {
    printf '$ spnscan %s\n' "$*"
    head -n 40 "$W/out"
    [ "$(wc -l <"$W/out")" -le 40 ] || echo '... (cut here)'
    sed 's/^/stderr: /' "$W/err" | head -n 120
    echo "exit $RC"
  } >>"$W/trace"
  [ $RC != 124 ] && [ $RC != 137 ] || fail "spnscan had not ended after $BOUND s"
  [ $RC -lt 126 ] || fail "spnscan was ended by a signal or not started ($RC)"
  if [ $RC = 99 ] || grep -Eq 'ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:' "$W/err"; then
    fail 'a sanitizer spoke'
  fi
}

want_rc() { [ "$RC" = "$1" ] || fail "exit $RC, expected $1"; }
want_quiet() { [ ! -s "$W/err" ] || fail 'stderr is not empty'; }
want_out() { grep -Eq -- "$1" "$W/out" || fail "output has nothing like: $1"; }
want_no_out() { ! grep -Eq -- "$1" "$W/out" || fail "output should have nothing like: $1"; }
want_err() { grep -Eiq -- "$1" "$W/err" || fail "stderr has nothing like: $1"; }
want_one_error_line() {
  [ "$(wc -l <"$W/err")" = 1 ] || fail 'stderr is not exactly one line'
  grep -q '^spnscan: .' "$W/err" || fail "the line does not begin with 'spnscan: '"
}
want_equal() { [ "$1" = "$2" ] || fail "${3:-value} is '$1', expected '$2'"; }

# scan RC ARGS...: from dc1 into $DB, with the status it must have.
scan() {
  local rc=$1; shift
  spn scan --db "$DB" "$@"
  want_rc "$rc"
}
FROM_DC1=(-s dc1.corp.example)

# rows N REPORT CONDITION...: exactly N rows of the report meet all conditions
# (column=value, column!=value, column~regex, column%=a;b as a set).
rows() {
  local count=$1 name=$2 got; shift 2
  spn report "$name" --db "$DB"
  [ "$RC" = 0 ] || fail "report $name: exit $RC"
  got=$("$LIB/csvq.py" "$W/out" count "$@" 2>>"$W/trace") || fail "report $name cannot be read as CSV"
  [ "$got" = "$count" ] || fail "$name has $got rows with: $* (expected $count)"
}
# cell REPORT COLUMN CONDITION...: the one value, printed.
cell() {
  local name=$1; shift
  spn report "$name" --db "$DB"
  "$LIB/csvq.py" "$W/out" get "$@" 2>>"$W/trace" || fail "$name: not one row for: $*"
}
# All of `spns`, in an order of its own, as something to compare.
all_spns() { spn report spns --db "$DB"; [ "$RC" = 0 ] || fail 'report spns failed'; sort "$W/out"; }

clean_views() {
  rows 0 duplicates
  rows 0 divergence
}
