# shellcheck shell=bash
# A load-balanced web service with SQL behind it: three web hosts, one name for them, the account that they run as, a
# database account. Healthy; then broken in each way that its chain can break: hop names the broken link, and only that,
# and the DCs on which it fails are those whose KDC does not give a real user the real tickets.

readonly FRONT=HTTP/crm.corp.example BACK=MSSQLSvc/db1.corp.example:1433
readonly REALM_SALT=CORP.EXAMPLE
readonly KEYTAB=$W/services.keytab SECRET=Chain-of-tickets-1
readonly LOAD_BALANCER=10.61.7.40 DATABASE=10.61.7.41 REVERSE=7.61.10.in-addr.arpa

# ---- the scenario ----

dns() {
  local verb=$1; shift
  as_admin samba-tool dns "$verb" dc1.corp.example "$@" --use-kerberos=required >>"$W/trace" 2>&1
}
clear_dns() {
  dns delete corp.example crm A $LOAD_BALANCER
  dns delete corp.example crm CNAME web1.corp.example
  dns delete corp.example web1 A $LOAD_BALANCER
  dns delete corp.example db1 A $DATABASE
  dns zonedelete $REVERSE
  return 0
}
password() { printf '"%s"' "$SECRET" | iconv -t UTF-16LE | base64 -w0; }
known_account() {
  local name=$1 uac=$2 spn; shift 2
  {
    printf 'dn: %s\nchangetype: add\nobjectClass: user\nsAMAccountName: %s\n' "$(dn_of "$name")" "$name"
    printf 'userPrincipalName: %s@corp.example\n' "$name"
    printf 'userAccountControl: %s\nunicodePwd:: %s\n' "$uac" "$(password)"
    for spn in "$@"; do printf 'servicePrincipalName: %s\n' "$spn"; done
  } | ldif 1 || exit 1
}
web_host() {
  printf 'dn: %s\nchangetype: add\nobjectClass: computer\nsAMAccountName: %s$\nuserAccountControl: 4096\n%s\n%s\n%s\n' \
    "$(dn_of "$1")" "$1" "dNSHostName: $1.corp.example" "servicePrincipalName: HOST/$1" \
    "servicePrincipalName: HOST/$1.corp.example" | ldif 1 || exit 1
}
# The keys of both accounts under the names that tickets are for.
make_keytab() {
  local name
  {
    for name in "svc-crm svc-crm" "$FRONT svc-crm" "$BACK svc-sql"; do
      printf 'add_entry -password -p %s@CORP.EXAMPLE -k 1 -e aes256-cts-hmac-sha1-96 -s %s%s\n%s\n' "${name% *}" \
        $REALM_SALT "${name#* }" "$SECRET"
    done
    printf 'wkt %s\nq\n' "$KEYTAB"
  } | as_admin ktutil >>"$W/trace" 2>&1
  [ -s "$KEYTAB" ] || fail 'no keytab'
}
# krb5.conf for one KDC alone.
for k in 1 2 3; do
  cat >"$W/krb5.$k" <<-END
	[libdefaults]
	 default_realm = CORP.EXAMPLE
	 dns_lookup_kdc = false
	 dns_canonicalize_hostname = false
	 rdns = false
	 udp_preference_limit = 1
	[realms]
	 CORP.EXAMPLE = {
	  kdc = 10.61.7.1$k
	 }
	END
done

clear_dns
for a in "crm $LOAD_BALANCER" "db1 $DATABASE"; do dns add corp.example "${a% *}" A "${a#* }" || fail "no DNS record $a"; done
dns zonecreate $REVERSE && dns add $REVERSE 41 PTR db1.corp.example && dns add $REVERSE 40 PTR lb.corp.example || fail 'no reverse zone'
for n in 1 2 3; do web_host web$n; done
known_account svc-crm 16777728 $FRONT HTTP/crm
known_account svc-sql 512 $BACK MSSQLSvc/db1.corp.example MSSQLSvc/db1:1433
known_account anna 512
known_account svc-other 512 HTTP/other
change 1 svc-crm add msDS-AllowedToDelegateTo $BACK
change 1 svc-crm add msDS-SupportedEncryptionTypes 24
change 1 svc-sql add msDS-SupportedEncryptionTypes 24
make_keytab
lab sync

# What the tests change, as it was.
afresh() {
  local k
  for k in 1 2 3; do "$FOREST" thaw "$LAB" dc$k >>"$W/trace" 2>&1; done
  lab sync
  change 1 svc-other replace servicePrincipalName HTTP/other
  change 1 web1 replace servicePrincipalName HOST/web1 HOST/web1.corp.example
  change 1 anna replace servicePrincipalName
  change 1 anna replace userAccountControl 512
  change 1 svc-crm replace servicePrincipalName $FRONT HTTP/crm
  change 1 svc-crm replace userAccountControl 16777728
  change 1 svc-crm replace msDS-AllowedToDelegateTo $BACK
  change 1 svc-crm replace msDS-SupportedEncryptionTypes 24
  change 1 svc-sql replace servicePrincipalName $BACK MSSQLSvc/db1.corp.example MSSQLSvc/db1:1433
  change 1 svc-sql replace userAccountControl 512
  change 1 svc-sql replace msDS-SupportedEncryptionTypes 24
  lab sync
  lab agree
  : >"$W/trace"
}

# ---- what is said, and what is so ----

hop() {
  spn scan "${FROM_DC1[@]}" --db "$DB" --quiet
  spn hop --db "$DB" --user anna --front "${HOP_FRONT:-$FRONT}" --back "${HOP_BACK:-$BACK}" --csv "$@"
}
links() {
  local count=$1 got; shift
  got=$("$LIB/csvq.py" "$W/out" count "$@" 2>>"$W/trace") || fail 'the links cannot be read as CSV'
  [ "$got" = "$count" ] || fail "$got links with: $* (expected $count)"
}
# tickets K: a ticket of anna's for the front, and the front's own for the back-end on her behalf, from the KDC of DC K.
tickets() {
  as_admin env KRB5_CONFIG="$W/krb5.$1" KRB5CCNAME="FILE:$W/anna.cc" sh -c \
    "echo $SECRET | kinit anna && kvno -k $KEYTAB $FRONT" >>"$W/trace" 2>&1 &&
    as_admin env KRB5_CONFIG="$W/krb5.$1" KRB5CCNAME="FILE:$W/front.cc" sh -c \
      "kinit -f -k -t $KEYTAB svc-crm && kvno -k $KEYTAB -U anna -P $BACK" >>"$W/trace" 2>&1
}
# failing_kdcs: names, ';' between.
failing_kdcs() {
  local k list=
  for k in 1 2 3; do tickets "$k" || list+=${list:+;}dc$k.corp.example; done
  echo "$list"
}
holds() {
  hop "$@"
  want_rc 0
  links 0 state=fail
  links 1 'state=not known'
  links 1 'state=not known' link=user-delegable
}
# breaks LINK DCS: no other, and on these DCs.
breaks() {
  local link=$1 dcs=$2; shift 2
  hop "$@"
  want_rc 1
  links 1 state=fail
  links 1 state=fail "link=$link" "dcs%=$dcs" detail!= next!=
}
# The same, and real tickets fail there and nowhere else.
breaks_for_real() {
  breaks "$@"
  want_equal "$(failing_kdcs)" "$2" 'KDCs that refuse'
}

healthy() {
  holds
  want_equal "$(failing_kdcs)" '' 'KDCs that refuse'
  links 1 link=front-spn "detail~$FRONT is held by svc-crm on all 3 DCs"
  links 1 link=front-delegation 'detail~protocol transition'
  links 1 link=dns-front state=pass "detail~$LOAD_BALANCER is lb.corp.example"
  links 1 link=dns-back state=pass "detail~db1.corp.example is $DATABASE\$"
  HOP_FRONT=svc-crm holds
}
no_front_spn() {
  change 1 svc-crm delete servicePrincipalName $FRONT
  lab sync
  breaks_for_real front-spn "$DCS"
}
late_front_spn() {
  change 1 svc-crm delete servicePrincipalName $FRONT
  lab sync
  lab freeze dc2
  add_spn 1 svc-crm $FRONT
  lab sync
  breaks_for_real front-spn dc2.corp.example
  lab thaw dc2
  lab sync
  holds
}
front_twice() {
  # Two DCs that do not know of each other: Samba, as AD, refuses the second holder otherwise.
  change 1 svc-crm delete servicePrincipalName $FRONT
  lab sync
  lab freeze dc2
  add_spn 1 svc-crm $FRONT
  add_spn 2 svc-other $FRONT
  lab sync
  # dc2 does not know of the right one yet; which of them that is, nobody can tell from here.
  breaks front-unique 'dc1.corp.example;dc3.corp.example'
  lab thaw dc2
  lab sync
  lab agree
  breaks front-unique "$DCS"
}
front_elsewhere() {
  lab freeze dc1
  lab freeze dc3
  change 2 svc-crm delete servicePrincipalName $FRONT
  add_spn 2 svc-other $FRONT
  breaks_for_real front-account dc2.corp.example
}
short_name_elsewhere() {
  change 1 svc-crm delete servicePrincipalName HTTP/crm
  add_spn 1 web1 HTTP/crm
  lab sync
  breaks front-forms "$DCS"
}
disabled() {
  change 1 svc-crm replace userAccountControl 16777730
  lab sync
  breaks_for_real front-enabled "$DCS"
  change 1 svc-crm replace userAccountControl 16777728
  change 1 svc-sql replace userAccountControl 514
  lab sync
  breaks back-enabled "$DCS"
}
no_delegation() {
  change 1 svc-crm delete msDS-AllowedToDelegateTo
  lab sync
  breaks_for_real front-delegation "$DCS"
  change 1 svc-crm add msDS-AllowedToDelegateTo cifs/files.corp.example
  lab sync
  breaks_for_real back-target "$DCS"
  # Another name of the same account is another string.
  change 1 svc-crm replace msDS-AllowedToDelegateTo MSSQLSvc/db1.corp.example
  lab sync
  breaks_for_real back-target "$DCS"
  links 1 link=back-target 'detail~another name of that account'
  # Case is none.
  change 1 svc-crm replace msDS-AllowedToDelegateTo mssqlsvc/DB1.corp.example:1433
  lab sync
  holds
  want_equal "$(failing_kdcs)" '' 'KDCs that refuse'
  for k in 1 2; do lab freeze dc$k; done
  change 3 svc-crm replace msDS-AllowedToDelegateTo cifs/files.corp.example
  breaks_for_real back-target dc3.corp.example
}
resource_based() {
  change 1 svc-crm delete msDS-AllowedToDelegateTo
  lab exec dc1 samba-tool delegation add-principal svc-sql svc-crm
  lab sync
  holds
  links 1 link=back-target 'detail~svc-sql trusts it'
  lab exec dc1 samba-tool delegation del-principal svc-sql svc-crm
}
no_back_spn() {
  change 1 svc-sql delete servicePrincipalName $BACK
  lab sync
  breaks_for_real back-spn "$DCS"
  links 1 link=back-spn 'detail~MSSQLSvc/db1'
  add_spn 1 svc-sql $BACK
  lab sync
  HOP_BACK=MSSQLSvc/db1.corp.example hop
  links 1 link=port-rule state=fail "next~$BACK"
}
the_user() {
  # Who holds no SPN is in no scan: not known, and said so.
  change 1 anna replace userAccountControl 1049088
  lab sync
  holds
  want_equal "$(failing_kdcs)" "$DCS" 'KDCs that refuse'
  add_spn 1 anna HOST/anna-has-one
  lab sync
  breaks_for_real user-delegable "$DCS"
}
the_user_asked_now() {
  hop "${FROM_DC1[@]}"
  want_rc 0
  links 0 state!=pass
  links 1 link=user-delegable 'detail~neither NOT_DELEGATED nor in Protected Users on all 3 DCs'
  as_admin samba-tool group addmembers 'Protected Users' anna -H ldap://dc1.corp.example --use-kerberos=required >>"$W/trace" 2>&1
  lab sync
  breaks user-delegable "$DCS" "${FROM_DC1[@]}"
  links 1 link=user-delegable 'detail~is in Protected Users'
  as_admin samba-tool group removemembers 'Protected Users' anna -H ldap://dc1.corp.example --use-kerberos=required >>"$W/trace" 2>&1
  lab sync
  lab freeze dc2
  lab freeze dc3
  change 1 anna replace userAccountControl 1049088
  breaks_for_real user-delegable dc1.corp.example "${FROM_DC1[@]}"
  lab stop dc3
  spn hop --db "$DB" --user anna@corp.example --front $FRONT --back $BACK --csv --exclude dc1 -s dc2.corp.example --timeout 5
  lab start dc3
  want_rc 2
  links 1 link=user-delegable 'state=not known' dcs=dc3.corp.example
  spn hop --db "$DB" --user nobody --front $FRONT --back $BACK --csv "${FROM_DC1[@]}"
  want_rc 1
  links 1 link=user-delegable state=fail 'detail~not there'
  spn hop --db "$DB" --user anna --front $FRONT --back $BACK --csv "${FROM_DC1[@]}" --bind simple --tls ldaps \
    --bind-user reader@corp.example --password-file "$LAB/client/reader.password" --ca-file "$LAB/client/ca.pem"
  links 1 link=user-delegable state=fail detail~NOT_DELEGATED
}
keys() {
  change 1 svc-sql replace msDS-SupportedEncryptionTypes 3
  lab sync
  breaks_for_real encryption "$DCS"
  change 1 svc-sql replace msDS-SupportedEncryptionTypes 4
  lab sync
  breaks encryption "$DCS"
}
not_replicated() {
  lab freeze dc2
  add_spn 1 svc-crm HTTP/of-no-matter
  lab sync
  hop
  links 1 link=replication 'detail~dc2\.corp\.example shows another servicePrincipalName on svc-crm'
  links 0 state=fail link!=replication
}
names() {
  dns delete corp.example crm A $LOAD_BALANCER
  breaks dns-front ''
  # The classical one: the load balancer's name is an alias of a host, and clients ask for the host's tickets.
  dns add corp.example web1 A $LOAD_BALANCER
  dns add corp.example crm CNAME web1.corp.example
  breaks dns-front ''
  links 1 link=dns-front 'detail~HTTP/web1\.corp\.example, which is on WEB1\$ by alias|on web1\$ by alias'
  holds --no-dns
  dns delete corp.example crm CNAME web1.corp.example
  dns delete corp.example web1 A $LOAD_BALANCER
  dns add corp.example crm A $LOAD_BALANCER
  dns delete corp.example db1 A $DATABASE
  breaks dns-back ''
  dns add corp.example db1 A $DATABASE
  holds
}
not_read() {
  lab stop dc3
  hop
  want_rc 2
  links 0 state=fail
  links 1 link=coverage 'state=not known' dcs=dc3.corp.example
  links 0 state=pass 'link~^(front|back|clocks|replication)'
  lab start dc3
  holds
}

check 'a healthy chain, and every KDC gives the tickets' healthy
afresh
check 'the SPN is nowhere' no_front_spn
afresh
check 'the SPN is on its way to one DC' late_front_spn
afresh
check 'the SPN on two accounts' front_twice
afresh
check 'the SPN on another account at one DC' front_elsewhere
afresh
check 'the short name on a web host' short_name_elsewhere
afresh
check 'an account that is disabled' disabled
afresh
check 'delegation: none, elsewhere, by another name, on some DCs' no_delegation
afresh
check 'resource-based delegation' resource_based
afresh
check 'no SPN of the database, or without its port' no_back_spn
afresh
check 'a user that may not be delegated' the_user
afresh
check 'the user, asked of the DCs now' the_user_asked_now
afresh
check 'encryption types' keys
afresh
check 'a change that the chain does not rest on' not_replicated
afresh
check 'DNS: no record, an alias of a host' names
afresh
check 'a DC that is down' not_read

clear_dns
