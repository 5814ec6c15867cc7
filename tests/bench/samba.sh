# shellcheck shell=bash
# Two Samba DCs of the lab with 5,000 accounts, over Kerberos, signed and sealed. Sourced by run. Needs root.
# BENCH_LAB: a lab that is up ('tests/lab/forest up 2 DIR') and loaded already.

samba_users() {
	local n
	for n in $(seq "$1"); do
		printf 'dn: CN=bench%d,CN=Users,DC=corp,DC=example\nobjectClass: user\nsAMAccountName: bench%d\n' "$n" "$n"
		printf 'servicePrincipalName: HTTP/web%d.corp.example\nservicePrincipalName: HTTP/web%d\n\n' "$n" "$n"
	done
}

samba_lab() {
	local forest=$top/tests/lab/forest
	if [ -n "${BENCH_LAB:-}" ]; then
		"$forest" status "$BENCH_LAB" >/dev/null
		return
	fi
	[ "$(id -u)" = 0 ] || { echo 'samba: needs root' >&2; return 1; }
	LAB=$(mktemp -d "${TMPDIR:-/tmp}/spnlab.XXXXXX")
	"$forest" up 2 "$LAB" --owner $$ &&
		samba_users "$1" >"$work/users.ldif" &&
		"$forest" exec "$LAB" client ldapadd -Q -Y GSSAPI -H ldap://dc1.corp.example -f "$work/users.ldif" >"$work/ldapadd.log" 2>&1 &&
		"$forest" sync "$LAB" >/dev/null
}

samba_case() {
	local lab rc
	samba_lab "$(number "${1##* }")" || return
	lab=${BENCH_LAB:-$LAB}
	# Inside, so that neither the way into the namespace nor a shell is measured with it.
	samba_jobs | "$top/tests/lab/forest" exec "$lab" client "$here/measure" "$1" "${repeat:-3}" - "$results"
	rc=$?
	[ -z "$LAB" ] || "$top/tests/lab/forest" down "$LAB" >/dev/null 2>&1
	LAB=
	return $rc
}

samba_jobs() {
	local k all='' db=$work/samba.db search="${PEER/-x/-Q -Y GSSAPI}"
	for k in 1 2; do
		all+="$search -H ldap://dc$k.corp.example:3268 -b '' $(quoted "$GC_FILTER") $PAS && "
		all+="$search -H ldap://dc$k.corp.example -b DC=corp,DC=example $(quoted "$LDAP_FILTER") $REST && "
	done
	job '+spnscan scan' "$db" "exec $binary scan -s dc1.corp.example --db $db 2>$work/scan.err"
	job 'spnscan scan, nothing changed' "$db" "exec $binary scan -s dc1.corp.example --db $db 2>$work/scan.err"
	job ldapsearch - "$all true"
	# The attributes that are no difference: of the moment, and two that ldapcmp of Samba 4.17 stumbles over.
	job 'samba-tool ldapcmp' - "exec samba-tool ldapcmp ldap://dc1.corp.example ldap://dc2.corp.example domain --use-kerberos=required --filter=whenChanged,serverReferenceBL,msDS-KrbTgtLinkBl"
}
