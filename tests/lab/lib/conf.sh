# shellcheck shell=bash
# The files a forest needs before its processes: Kerberos, Samba, certificates.

# krb_conf FILE K...: the KDCs by address, so that no lookup can pick another one.
krb_conf() {
  local file=$1 k; shift
  {
    cat <<-END
	[libdefaults]
	    default_realm = $REALM
	    dns_lookup_realm = false
	    dns_lookup_kdc = false
	    dns_canonicalize_hostname = false
	    rdns = false
	    udp_preference_limit = 1
	[domain_realm]
	    $DNS_DOMAIN = $REALM
	    .$DNS_DOMAIN = $REALM
	[realms]
	    $REALM = {
	END
    for k in "$@"; do printf '        kdc = %s\n' "$(ip_of "$k")"; done
    printf '    }\n'
  } >"$file"
}

# Only the services a directory needs; `settle` does dnsupdate's work. Each DC has every path for itself: the
# defaults under /run and /var would make two DCs share sockets.
dc_conf() {
  local k=$1 home=$LAB/dc$1
  mkdir -p "$home/etc" "$home/run/ncalrpc"
  (umask 027 && mkdir -p "$home/run/winbindd" "$home/run/ntp_signd")
  krb_conf "$home/krb5.conf" "$k"
  cat >"$home/etc/smb.conf" <<-END
	[global]
	  netbios name = DC$k
	  workgroup = $NETBIOS
	  realm = $REALM
	  server role = active directory domain controller
	  server services = rpc, ldap, cldap, kdc, drepl, kcc, dns
	  interfaces = lo $(ip_of "$k")/24
	  bind interfaces only = yes
	  dns forwarder =
	  private dir = $home/private
	  state directory = $home/state
	  cache directory = $home/cache
	  lock directory = $home
	  binddns dir = $home/bind-dns
	  pid directory = $home/run
	  ncalrpc dir = $home/run/ncalrpc
	  winbindd socket directory = $home/run/winbindd
	  ntp signd socket directory = $home/run/ntp_signd
	  log file = $home/samba.log
	  log level = 0
	  max log size = 0
	  panic action = /bin/true
	  load printers = no
	  tls dh params file = $LAB/client/dh.pem
	  prefork children = 1
	  prefork children:ldap = 3
	  kccsrv:samba_kcc = yes
	  kccsrv:periodic_startup_interval = 2
	  kccsrv:periodic_interval = 60
	  drepl:notify_interval = 1
	  dreplsrv:periodic_startup_interval = 1
	  dreplsrv:periodic_interval = 5
	[sysvol]
	  path = $home/state/sysvol
	  read only = no
	[netlogon]
	  path = $home/state/sysvol/$DNS_DOMAIN/scripts
	  read only = no
	END
}

client_conf() {
  local home=$LAB/client
  krb_conf "$home/krb5.conf" "$@"
  cat >"$home/smb.conf" <<-END
	[global]
	  realm = $REALM
	  workgroup = $NETBIOS
	  netbios name = CLIENT
	  private dir = $home/smb
	  state directory = $home/smb
	  cache directory = $home/smb
	  lock directory = $home/smb
	END
  mkdir -p "$home/smb"
}

new_password() { printf 'Lab-%s-Pw' "$(openssl rand -hex 8)"; }

# One CA for the lab, another that nobody should trust, and the DH group: without
# the latter each DC makes its own at every start, which costs seconds.
make_ca() {
  local dir=$LAB/client who
  for who in ca other-ca; do
    logged openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=spnscan lab $who" \
      -keyout "$dir/$who.key" -out "$dir/$who.pem" || return 1
  done
  logged openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out "$dir/dh.pem"
}

# Samba's own certificates carry no subjectAltName, so a strict client refuses them.
make_certificate() {
  local k=$1 ca=$LAB/client dir=$LAB/dc$1/private/tls
  mkdir -p "$dir" && cp "$ca/ca.pem" "$dir/ca.pem" &&
    printf 'subjectAltName=DNS:%s,IP:%s\nextendedKeyUsage=serverAuth\n' "$(fqdn_of "$k")" "$(ip_of "$k")" \
      >"$dir/extensions" &&
    logged openssl req -newkey rsa:2048 -nodes -subj "/CN=$(fqdn_of "$k")" \
      -keyout "$dir/key.pem" -out "$dir/request.pem" &&
    logged openssl x509 -req -in "$dir/request.pem" -days 3650 -CA "$ca/ca.pem" -CAkey "$ca/ca.key" \
      -set_serial "$((1000 + k))" -extfile "$dir/extensions" -out "$dir/cert.pem" &&
    chmod 600 "$dir/key.pem"
}
