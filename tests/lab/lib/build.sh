# shellcheck shell=bash
# A forest from nothing, and its end.

step() { [ -z "${LAB_VERBOSE:-}" ] || printf '%7.1f s  %s\n' "$(bc_elapsed)" "$*" >&2; }
bc_elapsed() { awk -v a="$BEGAN" -v b="$(date +%s.%N)" 'BEGIN { print b - a }'; }
must() { "$@" || die "failed: $* (see $LOG)"; }

provision_first() {
  local ip
  ip=$(ip_of 1)
  mkdir -p "$LAB/dc1"
  BOUND=180 must logged ip netns exec "$(ns_of 1)" samba-tool domain provision --realm="$REALM" --domain="$NETBIOS" \
    --server-role=dc --adminpass="$(cat "$LAB/client/administrator.password")" --dns-backend=SAMBA_INTERNAL \
    --targetdir="$LAB/dc1" --host-name=dc1 --host-ip="$ip" \
    --option="interfaces=lo $ip/24" --option="bind interfaces only=yes"
  dc_conf 1
  register_spns 1
}

# Accounts and sites go in before the others join, and so need no replication.
furnish() {
  local db=$LAB/dc1/private/sam.ldb
  must samba_tool_on 1 domain passwordsettings set --max-pwd-age=0 --min-pwd-age=0 --history-length=0 -H "$db"
  must samba_tool_on 1 user create reader "$(cat "$LAB/client/reader.password")" -H "$db"
  [ "$1" -lt 3 ] || must samba_tool_on 1 sites create "$BRANCH_SITE" -H "$db"
}

join_next() {
  local k=$1 ip
  ip=$(ip_of "$k")
  mkdir -p "$LAB/dc$k"
  krb_conf "$LAB/dc$k/krb5.conf" 1
  # The domain in the name matters: without winbindd an unqualified one is not found.
  BOUND=180 must logged ip netns exec "$(ns_of "$k")" env KRB5_CONFIG="$LAB/dc$k/krb5.conf" \
    samba-tool domain join "$REALM" DC --server="$(fqdn_of 1)" --site="$(site_of "$k")" \
    -U"$NETBIOS\\Administrator" --password="$(cat "$LAB/client/administrator.password")" \
    --targetdir="$LAB/dc$k" --dns-backend=SAMBA_INTERNAL --option="netbios name=DC$k" \
    --option="interfaces=lo $ip/24" --option="bind interfaces only=yes"
  dc_conf "$k"
  register_spns "$k"
}

# What a DC would do by itself within minutes of its first start, done now: register
# its SPNs (into its own database, before it starts) and its DNS records, and work
# out whom to replicate with.
register_spns() {
  must logged "$LAB_FOREST" exec "$LAB" "dc$1" samba_spnupdate -s "$LAB/dc$1/etc/smb.conf"
}

settle() {
  local count=$1 k
  for k in $(seq "$count"); do
    # All at dc1, which is everybody's resolver: the SRV records of one name are one object,
    # and of two additions made on two DCs replication keeps one.
    [ "$k" = 1 ] || must logged "$LAB_FOREST" exec "$LAB" "dc$k" samba_dnsupdate --use-samba-tool \
      --rpc-server-ip="$(ip_of 1)" -s "$LAB/dc$k/etc/smb.conf"
  done
  step 'DNS records'
  for k in $(seq "$count"); do
    must logged "$LAB_FOREST" exec "$LAB" "dc$k" samba_kcc -s "$LAB/dc$k/etc/smb.conf"
  done
  step 'replication topology'
}

export_keytabs() {
  local who
  for who in reader Administrator; do
    must samba_tool_on 1 domain exportkeytab "$LAB/client/${who,,}.keytab" --principal="$who"
  done
}

lab_up() {
  local count=$1 k all
  case $count in [1-9]) ;; *) die "the number of DCs is 1 to 9, not '$count'" ;; esac
  all=$(seq "$count")
  BEGAN=$(date +%s.%N)
  if is_lab; then
    for k in $(dc_numbers); do dc_runs "$k" && die "a lab is up in $LAB already"; done
    lab_down
  fi
  net_down # left by a lab whose DIR is gone
  mkdir -p "$LAB" && [ -z "$(ls -A "$LAB")" ] || die "$LAB cannot be made or is not empty"
  chmod 755 "$LAB" && mkdir "$LAB/client" && touch "$LAB/.spnscan-lab" && : >"$LOG" || die "cannot write to $LAB"
  printf '%s %s\n' $$ "$(started_at $$)" >"$LAB/builder"
  if [ -n "$LAB_OWNER" ]; then set_owner "$LAB_OWNER" "$OWNER_SINCE"; else set_owner $$ "$(started_at $$)"; fi
  guard_start
  trap 'up_failed' EXIT
  trap 'exit 130' INT TERM HUP

  (umask 077 && new_password >"$LAB/client/administrator.password" && new_password >"$LAB/client/reader.password") ||
    die "cannot write to $LAB"
  must net_up "$count"
  # shellcheck disable=SC2086  # a list of numbers
  client_conf $all
  must make_ca
  provision_first
  furnish "$count"
  for k in $all; do must make_certificate "$k"; done
  step 'first DC provisioned'
  dc_start 1
  step 'first DC serves'
  for k in $(seq 2 "$count"); do
    join_next "$k"
    dc_launch "$k"
    step "dc$k joined"
  done
  for k in $all; do wait_for 40 dc_answers "$k" || die "dc$k does not answer; see $LAB/dc$k/samba.log"; done
  settle "$count"
  export_keytabs
  must admin_ticket
  # shellcheck disable=SC2046  # a list of names
  must replication introduce $(reachable_dcs)
  for k in $all; do wait_for 30 dc_serves "$k" || die "dc$k takes no Kerberos bind"; done
  step 'all DCs serve'
  must lab_sync
  step 'all DCs agree'
  trap - EXIT INT TERM HUP
  rm -f "$LAB/builder"
  [ -n "$LAB_OWNER" ] || clear_owner
  step ready
}

up_failed() {
  trap '' INT TERM HUP
  local kept
  kept=$(mktemp "${TMPDIR:-/tmp}/spnlab-log.XXXXXX") && cp "$LOG" "$kept" && say "not up; log kept in $kept"
  lab_down
}

# Takes everything away, DIR's contents included; whatever state the lab was in.
lab_down() {
  local k
  for k in $(dc_numbers); do
    dc_runs "$k" && kill -TERM "$(dc_pid "$k")" 2>/dev/null
  done
  for k in $(dc_numbers); do wait_for 3 ns_is_empty "$(ns_of "$k")"; done
  net_down
  ! is_lab || rm -rf "$LAB"
}

lab_status() {
  local k status=0 usn
  for k in $(dc_numbers); do
    if ! dc_runs "$k"; then
      echo "dc$k stopped"; status=1
    elif ! dc_linked "$k"; then
      echo "dc$k cut off"; status=1
    else
      usn=$(timeout 5 ip netns exec "$CLIENT_NS" ldapsearch -x -LLL -o nettimeout=2 -H "ldap://$(ip_of "$k")" \
        -s base -b '' highestCommittedUSN 2>/dev/null | sed -n 's/^highestCommittedUSN: //p')
      echo "dc$k up host=$(fqdn_of "$k") address=$(ip_of "$k") site=$(site_of "$k") usn=${usn:-none} pid=$(dc_pid "$k")"
      [ -n "$usn" ] || status=1
    fi
  done
  echo "client address=$CLIENT_IP namespace=$CLIENT_NS"
  return $status
}
