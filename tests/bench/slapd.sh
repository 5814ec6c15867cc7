# shellcheck shell=bash
# The entries of the simulated forest in a real slapd with as much of AD's schema as a reader needs. Sourced by run.

# slapd has no attribute of a DC's rootDSE, but takes any that its schema knows from a file (slapd.conf(5), rootDSE).
slapd_conf() {
	cat <<END
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include $here/slapd.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile $work/slapd/pid
rootDSE $work/slapd/rootdse.ldif
defaultsearchbase $BASE
sizelimit unlimited
timelimit unlimited
threads 4
database mdb
suffix $BASE
directory $work/slapd/db
maxsize 2147483648
index objectClass,sAMAccountName,servicePrincipalName,userAccountControl,msDS-SupportedEncryptionTypes pres,eq
index msDS-AllowedToDelegateTo,msDS-AllowedToActOnBehalfOfOtherIdentity pres
index uSNChanged,objectGUID eq
END
}

slapd_load() {
	local a=${ADDRESSES[0]} every="-x -LLL -o ldif-wrap=no -E pr=1000/noprompt -H ldap://${ADDRESSES[0]}:10389"
	mkdir -p "$work/slapd/db"
	slapd_conf >"$work/slapd/conf"
	# shellcheck disable=SC2086
	ldapsearch $every -b '' -s base >"$work/slapd/rootdse.all" &&
		{ ldapsearch $every -b $BASE; ldapsearch $every -b CN=Configuration,$BASE; } |
		/usr/bin/python3 "$here/slapd-ldif" "$here/slapd.schema" "$work/slapd/rootdse.all" "$work/slapd/rootdse.ldif" >"$work/slapd/all.ldif" &&
		/usr/sbin/slapadd -q -f "$work/slapd/conf" -l "$work/slapd/all.ldif" >"$work/slapd/log" 2>&1 || { tail -5 "$work/slapd/log" >&2; return 1; }
	rm "$work/slapd/all.ldif"
	stop_sim
	/usr/sbin/slapd -d 0 -f "$work/slapd/conf" -h "ldap://$a:10389 ldap://$a:13268" >>"$work/slapd/log" 2>&1 &
	SLAPD_PID=$!
	for _ in $(seq 100); do
		ldapsearch -x -H "ldap://$a:10389" -b '' -s base >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	cat "$work/slapd/log" >&2
	return 1
}

slapd_case() {
	local rc
	start_sim --accounts "$(number "${1##* }")" --dcs 1 --duplicates 50 --big 0
	slapd_load || return
	same_entries "$1" 0 # it keeps no vector
	SIM_PID=$SLAPD_PID
	{
		job_scan
		job_rescan
		job_ldapsearch
		job_reader
		job_reader plain
		job_pipe
		job_setspn
	} | take "$1" 3
	rc=$?
	kill "$SLAPD_PID" && wait "$SLAPD_PID"
	SLAPD_PID='' SIM_PID=-
	rm -rf "$work/slapd"
	return $rc
}
