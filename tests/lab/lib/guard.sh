# shellcheck shell=bash
# A lab must not outlive who wanted it, not even when that one is killed -9 and no
# trap runs. A detached process watches the owner: its number and its start time,
# as they were when it asked for the lab.

set_owner() { printf '%s %s\n' "$1" "$2" >"$LAB/owner.new" && mv "$LAB/owner.new" "$LAB/owner"; }
clear_owner() { rm -f "$LAB/owner"; }
same_process() { [ -n "$2" ] && [ "$(started_at "$1")" = "$2" ]; }

guard_start() {
  setsid "$LAB_FOREST" guard "$LAB" >/dev/null 2>&1 </dev/null &
  disown
}

# Ends when the lab is given up (no owner file) or taken down by others.
guard_main() {
  local pid since
  while read -r pid since 2>/dev/null <"$LAB/owner"; do
    if ! same_process "$pid" "$since"; then
      # Whoever builds a lab for nobody in particular gives it up, and ends, between these two questions.
      [ -e "$LAB/owner" ] || break
      guard_strikes
      return
    fi
    sleep 0.5
  done
  # DIR swept away under a running lab: the namespaces are still ours to remove.
  is_lab || net_down
}

# A lab still being built: its builder must not go on behind our back.
guard_strikes() {
  local pid since
  if read -r pid since 2>/dev/null <"$LAB/builder" && same_process "$pid" "$since"; then kill -KILL "$pid"; fi
  lab_down
}
