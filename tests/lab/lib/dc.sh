# shellcheck shell=bash
# One DC's processes, and replication between them.

dc_pid() { cat "$LAB/dc$1/run/samba.pid" 2>/dev/null; }

dc_runs() {
  local pid
  pid=$(dc_pid "$1") && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null &&
    [ "$(ip netns identify "$pid" 2>/dev/null)" = "$(ns_of "$1")" ]
}
dc_linked() { ! ip -n "$CLIENT_NS" link show "to-dc$1" 2>/dev/null | grep -q 'state DOWN'; }

# DC processes in the foreground of a session of their own: no init system needed.
# One process a service (prefork): a single process would wait for itself when its
# own KDC and DNS are asked.
dc_launch() {
  local home=$LAB/dc$1
  dc_runs "$1" && return 0
  rm -f "$home/run/samba.pid"
  setsid ip netns exec "$(ns_of "$1")" unshare -u sh -c 'hostname "$0" && exec "$@"' "dc$1" \
    env KRB5_CONFIG="$home/krb5.conf" samba -F --no-process-group -M prefork -s "$home/etc/smb.conf" \
    >>"$home/output.log" 2>&1 </dev/null &
  disown
}

dc_answers() {
  timeout 5 ip netns exec "$CLIENT_NS" ldapsearch -x -LLL -o nettimeout=2 -H "ldap://$(ip_of "$1"):3268" \
    -s base -b '' isSynchronized 2>/dev/null | grep -q 'isSynchronized: TRUE'
}

# A bind as an administrator: LDAP, KDC and this DC's own SPN all work.
dc_serves() {
  in_client timeout 10 ldapsearch -Q -Y GSSAPI -LLL -o nettimeout=3 -H "ldap://$(fqdn_of "$1"):3268" \
    -s base -b "$BASE_DN" dn >/dev/null 2>&1
}

admin_ticket() {
  in_client timeout 20 kinit Administrator <"$LAB/client/administrator.password" >>"$LOG" 2>&1
}

dc_start() { dc_launch "$1" && dc_wait "$1"; }
dc_wait() {
  wait_for 40 dc_answers "$1" || die "dc$1 does not answer; see $LAB/dc$1/samba.log and output.log"
  wait_for 10 admin_ticket || die "no ticket for Administrator; see $LOG"
  wait_for 30 dc_serves "$1" || die "dc$1 answers, but takes no Kerberos bind"
}

dc_stop() {
  local ns pid pids
  ns=$(ns_of "$1")
  pid=$(dc_pid "$1") && dc_runs "$1" && kill -TERM "$pid" 2>/dev/null
  wait_for 4 ns_is_empty "$ns" && return 0
  pids=$(ip netns pids "$ns" 2>/dev/null)
  # shellcheck disable=SC2086  # a list of numbers
  [ -z "$pids" ] || kill -KILL $pids 2>/dev/null
  wait_for 5 ns_is_empty "$ns"
}
ns_is_empty() { [ -z "$(ip netns pids "$1" 2>/dev/null)" ]; }

# The DCs that can be asked now, by host name.
reachable_dcs() {
  local k
  for k in $(dc_numbers); do dc_runs "$k" && dc_linked "$k" && fqdn_of "$k"; done
}

replication() {
  in_client timeout 150 "$LAB_LIB/replication.py" "$LAB/client/administrator.password" "$@"
}
dc_freeze() {
  local host
  host=$(fqdn_of "$1")
  # shellcheck disable=SC2046  # a list of names
  replication freeze "$host" $(reachable_dcs | grep -vx "$host")
}
dc_thaw() { replication thaw "$(fqdn_of "$1")"; }
# shellcheck disable=SC2046
lab_sync() { replication sync $(reachable_dcs); }
# Every link, every DC and all replication on again, and all of one mind.
lab_mend() {
  local k
  for k in $(dc_numbers); do link_heal "$k" && dc_launch "$k"; done
  for k in $(dc_numbers); do dc_wait "$k"; done
  # shellcheck disable=SC2046
  replication mend $(reachable_dcs)
}
# shellcheck disable=SC2046
lab_agree() { replication agree $(reachable_dcs); }

samba_tool_on() {
  local k=$1; shift
  logged "$LAB_FOREST" exec "$LAB" "dc$k" samba-tool "$@"
}
