# shellcheck shell=bash
# The options decide, not what lies around on the workstation.

PASSWORD=(--bind simple --user reader@corp.example --password-file "$LAB/client/reader.password" --tls ldaps)

reference() { scan 0 "${FROM_DC1[@]}"; all_spns >"$W/reference"; }

hostile_files() {
  cat >"$W/home/.ldaprc" <<-'END'
	URI ldap://127.0.0.1:1
	BASE DC=wrong,DC=example
	BINDDN CN=wrong
	SASL_MECH DIGEST-MD5
	SASL_SECPROPS maxssf=0
	SASL_REALM WRONG.EXAMPLE
	SASL_AUTHZID u:wrong
	SASL_NOCANON off
	SIZELIMIT 1
	TIMELIMIT 1
	NETWORK_TIMEOUT 1
	DEREF always
	REFERRALS on
	TLS_REQCERT never
	TLS_CACERT /dev/null
	END
  cp "$W/home/.ldaprc" "$W/home/ldaprc"
  cp "$W/home/.ldaprc" "$W/ldap.conf"
  EXTRA_ENV=(LDAPRC=.ldaprc LDAPCONF="$W/ldap.conf" LDAPURI=ldap://127.0.0.1:1 LDAPBASE=DC=wrong
    LDAPSASL_MECH=PLAIN LDAPSASL_SECPROPS=maxssf=0 LDAPSASL_AUTHZID=u:wrong LDAPSIZELIMIT=1 LDAPTIMELIMIT=1
    LDAPTLS_REQCERT=never LDAPTLS_CACERT=/dev/null)
}
same_scan() {
  rm -f "$DB"
  scan 0 "${FROM_DC1[@]}" "$@"
  rows 3 dcs status=ok complete=yes
  all_spns >"$W/these"
  cmp -s "$W/reference" "$W/these" || fail 'other SPNs than without the settings'
}
hostile_gssapi() { hostile_files; same_scan; }
hostile_ldaps() { hostile_files; same_scan "${PASSWORD[@]}" --ca-file "$LAB/client/ca.pem"; }
never_is_not_never() {
  hostile_files
  spn scan "${FROM_DC1[@]}" --db "$W/none.db" "${PASSWORD[@]}" --ca-file "$LAB/client/other-ca.pem"
  want_rc 3
  want_one_error_line
  want_err 'certificate|\bCA\b|issuer|trust'
}
ca_of_the_environment() {
  # A CA that somebody's environment names is not a CA the administrator named.
  EXTRA_ENV=(LDAPTLS_CACERT="$LAB/client/ca.pem")
  spn scan "${FROM_DC1[@]}" --db "$W/none.db" "${PASSWORD[@]}"
  want_rc 3
  want_one_error_line
}

# A resolver that says for an address what suits it.
with_hosts() {
  printf '127.0.0.1 localhost\n' >"$W/hosts"
  cat >>"$W/hosts"
  WRAP=(unshare -m sh -c "mount --bind '$W/hosts' /etc/hosts && exec \"\$@\"" sh)
}
reverse_lies() {
  with_hosts <<-'END'
	10.61.7.11 web1.elsewhere.test
	10.61.7.12 web2.elsewhere.test
	10.61.7.13 web3.elsewhere.test
	10.61.7.11 dc1.corp.example
	10.61.7.12 dc2.corp.example
	10.61.7.13 dc3.corp.example
	END
  same_scan
  rows 1 dcs dc=dc2.corp.example
}
reverse_lies_canonical() {
  # The first name of the line is what a resolver calls the canonical one.
  with_hosts <<-'END'
	10.61.7.11 web1.elsewhere.test dc1.corp.example
	10.61.7.12 web2.elsewhere.test dc2.corp.example
	10.61.7.13 web3.elsewhere.test dc3.corp.example
	END
  same_scan
  rows 3 dcs 'dc~^dc[123]\.corp\.example$'
}
reverse_swapped() {
  with_hosts <<-'END'
	10.61.7.12 dc3.corp.example.wrong
	10.61.7.11 dc1.corp.example
	10.61.7.12 dc2.corp.example
	10.61.7.13 dc3.corp.example
	END
  same_scan --bind gss-spnego
  want_equal "$(cell dcs invocation_id dc=dc2.corp.example)" "$(invocation_of 2 Default-First-Site-Name)" 'invocation_id of dc2'
}
given_address() {
  # The resolver leads to where nothing is; --dc leads to the DC.
  with_hosts <<-'END'
	10.61.7.11 dc1.corp.example
	10.61.7.99 dc2.corp.example
	10.61.7.13 dc3.corp.example
	END
  rm -f "$DB"
  scan 0 "${FROM_DC1[@]}" --dc dc2.corp.example=10.61.7.12 --timeout 5
  rows 3 dcs status=ok complete=yes
  rows 1 dcs dc=dc2.corp.example address~10.61.7.12
}
given_start() {
  with_hosts <<-'END'
	10.61.7.99 dc1.corp.example
	10.61.7.12 dc2.corp.example
	10.61.7.13 dc3.corp.example
	END
  rm -f "$DB"
  scan 0 "${FROM_DC1[@]}" --dc dc1.corp.example=10.61.7.11:389:3268 --timeout 5
  rows 3 dcs status=ok complete=yes
}

check 'reference' reference
check 'hostile ldap.conf and LDAP* variables, GSSAPI' hostile_gssapi
check 'hostile ldap.conf and LDAP* variables, LDAPS' hostile_ldaps
check 'TLS_REQCERT never does not open a wrong CA' never_is_not_never
check 'a CA from the environment is not used' ca_of_the_environment
check 'reverse names that lie' reverse_lies
check 'canonical names that lie' reverse_lies_canonical
check 'reverse names that lie, GSS-SPNEGO' reverse_swapped
check '--dc gives an address the resolver has not' given_address
check '--dc gives the address of the server to start from' given_start
