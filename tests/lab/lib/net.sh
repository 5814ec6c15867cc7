# shellcheck shell=bash
# The lab's network: a namespace for each DC and one for the client, which holds
# the bridge. Nothing leaves it, and the machine's own namespace has no leg in it.

# in_dc K CMD...: as on DC K: its addresses, its /etc/hosts and resolver, its host name.
in_dc() {
  local k=$1; shift
  ip netns exec "$(ns_of "$k")" unshare -u sh -c 'hostname "$0" && exec "$@"' "dc$k" \
    env KRB5_CONFIG="$LAB/dc$k/krb5.conf" SMB_CONF_PATH="$LAB/dc$k/etc/smb.conf" "$@"
}

# in_client CMD...: as on an administrator's workstation.
in_client() {
  ip netns exec "$CLIENT_NS" env KRB5_CONFIG="$LAB/client/krb5.conf" \
    KRB5CCNAME="${KRB5CCNAME:-$LAB/client/administrator.cc}" \
    SMB_CONF_PATH="$LAB/client/smb.conf" LDAPTLS_CACERT="$LAB/client/ca.pem" "$@"
}

lab_namespaces() { ip netns list 2>/dev/null | awk -v id="$LAB_ID-" 'index($1, id) == 1 { print $1 }'; }

# ip netns exec lays the files of /etc/netns/NAME over /etc for what it runs.
write_etc() {
  local ns=$1 count=$2 k
  mkdir -p "/etc/netns/$ns" || return 1
  {
    echo '127.0.0.1 localhost'
    for k in $(seq "$count"); do echo "$(ip_of "$k") $(fqdn_of "$k") dc$k"; done
  } >"/etc/netns/$ns/hosts"
  printf 'nameserver %s\nsearch %s\noptions timeout:2 attempts:1\n' "$(ip_of 1)" "$DNS_DOMAIN" \
    >"/etc/netns/$ns/resolv.conf"
}

net_up() {
  local count=$1 k ns
  ip netns add "$CLIENT_NS" && write_etc "$CLIENT_NS" "$count" &&
    ip -n "$CLIENT_NS" link set lo up &&
    ip -n "$CLIENT_NS" link add hub type bridge &&
    ip -n "$CLIENT_NS" addr add "$CLIENT_IP/24" dev hub &&
    ip -n "$CLIENT_NS" link set hub up || return 1
  for k in $(seq "$count"); do
    ns=$(ns_of "$k")
    ip netns add "$ns" && write_etc "$ns" "$count" &&
      ip -n "$ns" link set lo up &&
      ip -n "$CLIENT_NS" link add "to-dc$k" type veth peer name eth0 netns "$ns" &&
      ip -n "$CLIENT_NS" link set "to-dc$k" master hub up &&
      ip -n "$ns" addr add "$(ip_of "$k")/24" dev eth0 &&
      ip -n "$ns" link set eth0 up || return 1
  done
}

# What still runs in a namespace of this lab is this lab's: it goes, by number.
net_down() {
  local ns pids round
  for ns in $(lab_namespaces); do
    for round in $(seq 50); do
      pids=$(ip netns pids "$ns" 2>/dev/null)
      [ -n "$pids" ] || break
      # shellcheck disable=SC2086  # a list of numbers
      kill -KILL $pids 2>/dev/null
      sleep 0.1
    done
  done
  for ns in $(lab_namespaces); do
    ip netns del "$ns"
    rm -rf "/etc/netns/${ns:?}"
  done
  rmdir /etc/netns 2>/dev/null
  return 0
}

# Packets to and from DC K vanish: neither refused nor answered.
link_cut() { ip -n "$CLIENT_NS" link set "to-dc$1" down; }
link_heal() { ip -n "$CLIENT_NS" link set "to-dc$1" up; }
