# shellcheck shell=bash
# What every part of the lab agrees on: the forest's names and addresses, where
# a lab keeps its things, messages, bounded waits. Sourced, never run.

export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C PYTHONWARNINGS=ignore

readonly REALM=CORP.EXAMPLE
readonly DNS_DOMAIN=corp.example
readonly NETBIOS=CORP
readonly BASE_DN=DC=corp,DC=example
readonly SUBNET=10.61.7       # lives in the lab's own namespaces only
readonly CLIENT_IP=$SUBNET.1
readonly BRANCH_SITE=Branch
readonly FIRST_SITE=Default-First-Site-Name

say() { printf 'lab: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Every DIR has names of its own, so that labs in two directories can be up at once.
open_lab() {
  LAB=$(realpath -m -- "$1") || die "cannot resolve $1"
  [ "$LAB" != / ] || die "/ is no place for a lab"
  # ncalrpc sockets live below, and a socket's path ends at 107 bytes.
  [ ${#LAB} -le 56 ] || die "the path $LAB is too long for Samba's sockets (56 bytes at most)"
  LAB_ID=spnlab-$(printf %s "$LAB" | sha256sum | cut -c1-8)
  CLIENT_NS=$LAB_ID-client
  LOG=$LAB/lab.log
}

# A lab is known by its marker, so that `down` never empties some other directory.
is_lab() { [ -f "$LAB/.spnscan-lab" ]; }
need_lab() { is_lab || die "no lab in $LAB"; }

dc_number() {
  local n=${1#dc}
  case $n in [1-9]) ;; *) die "not a DC's name: $1 (dc1 ... dc9)" ;; esac
  [ -d "$LAB/dc$n" ] || die "no $1 in $LAB"
  printf '%s\n' "$n"
}
dc_numbers() {
  local d
  for d in "$LAB"/dc[1-9]; do [ -d "$d" ] && printf '%s\n' "${d##*/dc}"; done
}
ip_of() { printf '%s.1%s\n' "$SUBNET" "$1"; }
fqdn_of() { printf 'dc%s.%s\n' "$1" "$DNS_DOMAIN"; }
ns_of() { printf '%s-dc%s\n' "$LAB_ID" "$1"; }
# Two sites from three DCs on: every third DC stands in the branch.
site_of() { if [ $(($1 % 3)) = 0 ]; then echo $BRANCH_SITE; else echo $FIRST_SITE; fi; }

# logged CMD...: output to the log, a bound on its time, its status.
logged() {
  printf '+ %s\n' "$*" >>"$LOG"
  timeout -k 5 "${BOUND:-120}" "$@" >>"$LOG" 2>&1 </dev/null
}

# wait_for SECONDS CMD...: until CMD succeeds; fails when the time is over.
wait_for() {
  local end=$((SECONDS + $1 + 1)); shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

# The start time tells a process from a later one with the same number. Nothing for
# one that has ended, waited for by its parent or not.
started_at() {
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 !~ /[ZX]/ { print $20 }'
}

# One line, with the packages that would help, and no half-made lab.
check_tools() {
  local spec tool pkg missing_tools='' missing_pkgs=''
  for spec in ip:iproute2 unshare:util-linux setsid:util-linux samba:samba samba-tool:samba-common-bin \
    samba_kcc:samba-common-bin samba_spnupdate:samba ldapsearch:ldap-utils kinit:krb5-user openssl:openssl \
    python3:python3; do
    tool=${spec%%:*} pkg=${spec##*:}
    command -v "$tool" >/dev/null || { missing_tools+=" $tool" missing_pkgs+=" $pkg"; }
  done
  [ -r /usr/share/samba/setup/provision.ldif ] ||
    { missing_tools+=' provision.ldif' missing_pkgs+=' samba-ad-provision'; }
  compgen -G '/usr/lib/*/sasl2/libgssapiv2.so*' >/dev/null ||
    { missing_tools+=' libgssapiv2.so' missing_pkgs+=' libsasl2-modules-gssapi-mit'; }
  if [ -n "$missing_tools" ]; then
    # shellcheck disable=SC2086  # a list of words
    missing_pkgs=$(printf '%s\n' $missing_pkgs | sort -u | tr '\n' ' ')
    die "missing:$missing_tools; install with: apt-get install ${missing_pkgs% }"
  fi
}
need_root() { [ "$(id -u)" = 0 ] || die "must be root (network namespaces); try: sudo $0 ..."; }
