# shellcheck shell=bash
# A load-balanced web service with a database behind it: three web hosts, a name for all of them, the account that they run as,
# a database account. Healthy; then broken in each way that its chain can break: hop names the broken link, and only that.

HOP_USERS='"CN=Users,DC=sim,DC=example"'
FRONT=HTTP/crm.sim.example BACK=MSSQLSvc/db1.sim.example:1433
# tell COMMAND...: to the forest, and waits until it is done. What it answered is in TOLD.
tell() {
	TOLD=$(answer_of "$@")
	[[ $TOLD == ok* ]] || echo "dcsim: $* -> $TOLD; "
}
everywhere() { tell "$@"; tell replicate all; }
# hop ARGS...: after a scan. Its links are in $work/hop as CSV.
hop() {
	new_db
	scan "${SCAN_OPTIONS[@]}"
	run -- hop --db "$DB" --no-dns --csv "$@"
	cp "$work/out" "$work/hop"
	cat "$work/out" >>"$work/err"
}
chain() { hop --user anna --front $FRONT --back $BACK; }
links() { /usr/bin/python3 "$top/tests/lab/lib/csvq.py" "$work/hop" count "$@" 2>&1; }
SCAN_OPTIONS=()

# holds: every link but what no scan knows of a plain user.
holds() {
	why exit "$RC" 0
	why 'links that fail' "$(links state=fail)" 0
	why 'links not known' "$(links 'state=not known')" 1
	why 'the user' "$(links 'state=not known' link=user-delegable)" 1
}
# breaks LINK DCS [CONDITION...]: this link fails, on these DCs, and no other.
breaks() {
	local link=$1 dcs=$2
	shift 2
	why exit "$RC" 1
	why 'links that fail' "$(links state=fail)" 1
	why "$link on $dcs" "$(links link="$link" state=fail "dcs%=$dcs" next!= "$@")" 1
}
ALL_DCS='dc1.sim.example;dc2.sim.example;dc3.sim.example'

sim_start --accounts 300 --dcs 3 --domains 1 --delegation 0 --enctypes 0
result=$(
	tell create dc1 "$HOP_USERS" user svc-crm $FRONT HTTP/crm
	tell create dc1 "$HOP_USERS" user svc-sql $BACK MSSQLSvc/db1.sim.example MSSQLSvc/db1:1433
	for n in 1 2 3; do tell create dc1 "$HOP_USERS" computer web$n HOST/web$n HOST/web$n.sim.example; done
	tell write dc1 svc-crm set msDS-AllowedToDelegateTo $BACK
	everywhere write dc1 svc-sql set msDS-SupportedEncryptionTypes 24
)
chain
verdict 'a healthy chain' "$result$(holds)"
run -- hop --db "$DB" --no-dns --user anna --front $FRONT --back $BACK
verdict 'a line a link, for the eye' "$(
	why exit "$RC" 0
	why 'lines that pass' "$(grep -cE '^pass       [a-z-]+ +[A-Za-z0-9]' "$work/out")" "$(links state=pass)"
	why 'escape characters' "$(grep -c $'\033' "$work/out")" 0
	grep -q '^pass       front-spn         HTTP/crm.sim.example is held by svc-crm on all 3 DCs$' "$work/out" || echo 'no line of front-spn; '
	grep -q '^Nothing fails; not known: user-delegable\.$' "$work/out" || echo 'no last line; '
)"
hop --user anna --front svc-crm --back $BACK
verdict 'the same by the name of the account' "$(holds)"
hop --user anna --front $FRONT
verdict 'the first half alone' "$(holds; why 'links of a back-end' "$(links 'link~^back-')" 0)"

# ---- the front ----

# break NAME LINK DCS COMMANDS...: each is told, the chain is looked at, and all is as before.
# As it was.
saved() { tell save '*'; }
again() { tell load '*'; }
broken() {
	local what=$1 link=$2 dcs=$3 result
	shift 3
	result=$(saved; for c in "$@"; do tell "$c"; done)
	chain
	verdict "$what" "$result$(breaks "$link" "$dcs"; again)"
}

broken 'no such SPN' front-spn "$ALL_DCS" "write dc1 svc-crm del-spn $FRONT" 'replicate all'
broken 'an SPN that one DC has not got yet' front-spn dc3.sim.example "raw dc3 svc-crm del-spn $FRONT"
broken 'an SPN on two accounts' front-unique "$ALL_DCS" "write dc1 svc1-1 add-spn $FRONT" 'replicate all'
broken 'a second holder on one DC' front-unique dc2.sim.example "raw dc2 svc1-1 add-spn $FRONT"
broken 'another account on one DC' front-account dc2.sim.example "raw dc2 svc-crm del-spn $FRONT" "raw dc2 svc1-1 add-spn $FRONT"
broken 'the short name on a web host' front-forms "$ALL_DCS" 'write dc1 svc-crm del-spn HTTP/crm' \
	'write dc1 web1$ add-spn HTTP/crm' 'replicate all'
broken 'the front is disabled' front-enabled "$ALL_DCS" 'write dc1 svc-crm set userAccountControl 514' 'replicate all'
broken 'the front is disabled on one DC' front-enabled dc3.sim.example 'raw dc3 svc-crm set userAccountControl 514'
broken 'the front may not delegate' front-delegation "$ALL_DCS" 'write dc1 svc-crm set msDS-AllowedToDelegateTo' 'replicate all'

# ---- the back-end ----

broken 'no SPN of the database' back-spn "$ALL_DCS" "write dc1 svc-sql del-spn $BACK" 'replicate all'
broken 'the database on two accounts' back-unique "$ALL_DCS" "write dc1 svc1-1 add-spn $BACK" 'replicate all'
broken 'the database on another account at one DC' back-account dc2.sim.example "raw dc2 svc-sql del-spn $BACK" \
	"raw dc2 svc1-1 add-spn $BACK"
broken 'the database account is disabled' back-enabled "$ALL_DCS" 'write dc1 svc-sql set userAccountControl 514' 'replicate all'
broken 'another back-end in the list' back-target "$ALL_DCS" \
	'write dc1 svc-crm set msDS-AllowedToDelegateTo cifs/files.sim.example' 'replicate all'
broken 'another name of the back-end in the list' back-target "$ALL_DCS" \
	'write dc1 svc-crm set msDS-AllowedToDelegateTo MSSQLSvc/db1:1433' 'replicate all'
broken 'the list on one DC alone' back-target dc3.sim.example \
	'raw dc3 svc-crm set msDS-AllowedToDelegateTo cifs/files.sim.example'
result=$(saved; tell write dc1 svc-crm add msDS-AllowedToDelegateTo MSSQLSvc/db1.sim.example; tell replicate all)
hop --user anna --front $FRONT --back MSSQLSvc/db1.sim.example
verdict 'an SQL name without its port' "$result$(breaks port-rule "$ALL_DCS" next~$BACK; again)"
result=$(saved; tell write dc1 svc-crm set-spn $FRONT:8443 HTTP/crm:8443; tell replicate all)
hop --user anna --front $FRONT:8443 --back $BACK
verdict 'a web name with a port alone' "$result$(breaks port-rule "$ALL_DCS" next~setspn; again)"

# ---- the user, keys, clocks, replication ----

broken 'encryption types that do not meet' encryption "$ALL_DCS" 'write dc1 svc-crm set msDS-SupportedEncryptionTypes 4' 'replicate all'
broken 'an account of DES alone' encryption "$ALL_DCS" 'write dc1 svc-sql set userAccountControl 2097664' 'replicate all'
result=$(saved; tell write dc1 svc-crm del-spn HTTP/crm; tell create dc1 "$HOP_USERS" user anna HOST/anna-has-one
	tell write dc1 anna set userAccountControl 1049088; tell write dc1 svc-crm add-spn HTTP/crm; tell replicate all)
chain
verdict 'a user that may not be delegated' "$result$(breaks user-delegable "$ALL_DCS"; again)"
result=$(tell fault dc2 skew:400)
chain
verdict 'a clock that is off' "$result$(breaks clocks dc2.sim.example; tell fault dc2 none)"
result=$(tell fault dc2 skew:-200)
chain
verdict 'a clock that is a little off' "$result$(holds; why 'it is said' "$(links link=clocks 'detail~^the clock of dc2.sim.example is (19|20)')" 1; tell fault dc2 none)"
broken 'another copy of the front on one DC' replication dc2.sim.example 'raw dc2 svc-crm add-spn HTTP/nothing-to-do-with-it'

result=$(tell fault dc3 refuse)
chain
verdict 'a DC that was not read: nothing fails, and nothing is sure' "$result$(
	why exit "$RC" 2
	why 'links that fail' "$(links state=fail)" 0
	why 'links that pass' "$(links state=pass)" 0
	why coverage "$(links link=coverage 'state=not known' dcs=dc3.sim.example)" 1
	why 'links that want that DC' "$(links 'state=not known' dcs=dc3.sim.example)" "$(links link!=user-delegable)"
	tell fault dc3 none
)"
SCAN_OPTIONS=(--exclude dc3.sim.example)
chain
verdict 'a DC that was left out on request' "$(holds; why 'it is said' "$(links link=coverage detail~dc3)" 1)"
SCAN_OPTIONS=()

# ---- resource-based, by alias, look-alikes ----

hop --user anna --front $FRONT --back HTTP/web1.sim.example
verdict 'a back-end by alias, not in the list' "$(breaks back-target "$ALL_DCS"; why 'the alias' "$(links link=back-spn state=pass 'detail~HOST/web1|host/web1')" 1)"
# A descriptor of one ACE that lets an account in (MS-DTYP 2.4.6), in hex.
trusts() {
	/usr/bin/python3 - "$(query "SELECT sid FROM account_state WHERE sam = '$1' LIMIT 1")" <<-'END'
		import struct, sys
		parts = sys.argv[1].split('-')[1:]
		sid = bytes([1, len(parts) - 2]) + int(parts[1]).to_bytes(6, 'big') + b''.join(struct.pack('<I', int(p)) for p in parts[2:])
		ace = struct.pack('<BBHI', 0, 0, 8 + len(sid), 0xf01ff) + sid
		acl = struct.pack('<BBHHH', 2, 0, 8 + len(ace), 1, 0) + ace
		print((struct.pack('<BBHIIII', 1, 0, 0x8004, 0, 0, 0, 20) + acl).hex())
	END
}
rbcd=$(trusts svc-crm) other=$(trusts svc1-1)
result=$(saved; tell write dc1 svc-crm set msDS-AllowedToDelegateTo; tell write dc1 svc-sql set msDS-AllowedToActOnBehalfOfOtherIdentity "hex:$rbcd"
	tell replicate all)
chain
verdict 'resource-based: the database trusts the front' "$result$(holds; why 'it is said' "$(links link=back-target detail~trusts)" 1)"
result=$(tell raw dc2 svc-sql set msDS-AllowedToActOnBehalfOfOtherIdentity "hex:$other")
chain
verdict 'resource-based: on one DC it trusts another' "$result$(breaks back-target dc2.sim.example)"
result=$(tell write dc1 svc-sql set msDS-AllowedToActOnBehalfOfOtherIdentity "hex:$other"; tell replicate all)
chain
verdict 'resource-based: the database trusts another' "$result$(breaks front-delegation "$ALL_DCS"; again)"
result=$(saved; tell write dc1 svc-crm set msDS-AllowedToDelegateTo; tell write dc1 svc-crm set userAccountControl 524800; tell replicate all)
chain
verdict 'unconstrained delegation leads everywhere' "$result$(holds; why 'it is said' "$(links link=front-delegation detail~unconstrained)" 1; again)"

# ---- the user, asked of the DCs now ----

ask=(-s "$FIRST" "${DC_OPTIONS[@]}" --bind anonymous --timeout 3)
result=$(saved; tell create dc1 "$HOP_USERS" user anna; tell replicate all)
hop --user anna --front $FRONT --back $BACK "${ask[@]}"
verdict 'asked now: its groups are not shown here' "$result$(
	why exit "$RC" 2
	why 'links that fail' "$(links state=fail)" 0
	why 'the user' "$(links link=user-delegable 'state=not known' "dcs%=$ALL_DCS")" 1
)"
result=$(tell raw dc3 anna set userAccountControl 1049088)
hop --user 'SIM\anna' --front $FRONT --back $BACK "${ask[@]}"
verdict 'asked now: marked on one DC' "$result$(breaks user-delegable dc3.sim.example detail~NOT_DELEGATED)"
result=$(tell raw dc3 anna set userAccountControl 514)
hop --user anna --front $FRONT "${ask[@]}"
verdict 'asked now: disabled on one DC' "$result$(breaks user-delegable dc3.sim.example detail~disabled)"
result=$(tell forget dc2 anna; tell raw dc3 anna set userAccountControl 512)
hop --user anna --front $FRONT "${ask[@]}"
verdict 'asked now: not there on one DC' "$result$(breaks user-delegable dc2.sim.example 'detail~not there'; again)"
hop --user anna --front $FRONT --back $BACK "${ask[@]}"
verdict 'asked now: nobody of that name' "$(breaks user-delegable "$ALL_DCS" 'detail~not there')"
result=$(saved; tell create dc1 "$HOP_USERS" user anna; tell create dc1 "$HOP_USERS" user bea; tell write dc1 bea set userPrincipalName anna; tell replicate all)
hop --user anna --front $FRONT --back $BACK "${ask[@]}"
verdict 'asked now: two of that name' "$result$(why exit "$RC" 3; grep -q '2 accounts are named' "$work/err" || echo 'not told; '; again)"
new_db
scan
result=$(tell fault dc1 refuse)
run -- hop --db "$DB" --no-dns --csv --user anna --front $FRONT --back $BACK "${ask[@]}"
cp "$work/out" "$work/hop"
verdict 'asked now: the start does not answer' "$result$(
	why exit "$RC" 2
	why 'the user' "$(links link=user-delegable 'state=not known' detail~refused)" 1
	tell fault dc1 none
)"

hop --user anna --front HTTP/crm.sim.example.org --back $BACK
verdict 'a look-alike of the front' "$(breaks front-spn "$ALL_DCS")"
hop --user anna --front nobody
verdict 'no such account' "$(breaks front-spn "$ALL_DCS")"
hop --user anna --front svc-sql
verdict 'an account without a web name' "$(breaks front-account "$ALL_DCS")"
hop --user anna --front $'HTTP/\033[31mred' --back $BACK
verdict 'what is typed does not reach the terminal' "$(breaks front-spn "$ALL_DCS"; why 'escape characters' "$(grep -c $'\033' "$work/out")" 0)"

# Two domains: partial copies know of SPNs, not of delegation; constrained delegation stays within a domain.
sim_start --accounts 300 --dcs 5 --domains 2 --no-gc 1 --delegation 0 --enctypes 0
result=$(
	tell create dc1 "$HOP_USERS" user svc-crm $FRONT HTTP/crm
	tell create dc2 '"CN=Users,DC=d2,DC=sim,DC=example"' user svc-sql $BACK
	everywhere write dc1 svc-crm set msDS-AllowedToDelegateTo $BACK
)
# dc1, dc3, dc5 are of the first domain, dc2 and dc4 of the second; dc5 is no global catalog.
chain
verdict 'a list does not lead to another domain' "$result$(breaks back-target 'dc2.d2.sim.example;dc4.d2.sim.example')"
rbcd=$(trusts svc-crm)
result=$(everywhere write dc2 svc-sql set msDS-AllowedToActOnBehalfOfOtherIdentity "hex:$rbcd")
chain
verdict 'trust of the back-end does' "$result$(
	holds
	why 'DCs that hold the front' "$(links link=front-spn 'detail~on all 5 DCs')" 1
	why 'DCs that hold the back-end' "$(links link=back-spn 'detail~on all 4 DCs')" 1
)"
result=$(tell raw dc4 svc-crm del-spn $FRONT)
chain
verdict 'a partial copy lacks the SPN' "$result$(breaks front-spn dc4.d2.sim.example)"
