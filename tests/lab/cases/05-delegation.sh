# shellcheck shell=bash
# Who may act for whom: four ways to be allowed to.

new_account 1 svc-front HTTP/front
new_account 1 svc-back HTTP/back cifs/back
new_account 1 svc-any HTTP/any
new_account 1 svc-some HTTP/some
new_account 1 svc-trans HTTP/trans
change 1 svc-any replace userAccountControl 524800
change 1 svc-some add msDS-AllowedToDelegateTo cifs/back cifs/nobody-has-it
change 1 svc-trans replace userAccountControl 16777728
change 1 svc-trans add msDS-AllowedToDelegateTo HTTP/back
# Only the system may write this attribute: done in dc1's own database.
lab exec dc1 samba-tool delegation add-principal svc-back svc-front
lab sync

all_four() {
  scan "$1" "${FROM_DC1[@]}"
  rows 1 delegation account=svc-any type=unconstrained "account_dn=$(dn_of svc-any)"
  rows 1 delegation account=svc-some type=constrained target=cifs/back target_owner=svc-back
  rows 1 delegation account=svc-trans type=protocol-transition target=HTTP/back target_owner=svc-back \
    "account_dn=$(dn_of svc-trans)"
  rows 1 delegation account=svc-front type=resource-based target=svc-back target_owner=svc-back
}
types() { all_four 1; }
unowned_target() {
  scan 1 "${FROM_DC1[@]}"
  rows 1 delegation account=svc-some type=constrained target=cifs/nobody-has-it target_owner= finding!=
}
nothing_else() {
  scan 1 "${FROM_DC1[@]}"
  rows 5 delegation
  rows 0 delegation 'account~(?i)^dc[123]\$'
  rows 0 divergence
}
types_over_tls() {
  spn scan "${FROM_DC1[@]}" --db "$DB" --bind simple --user reader@corp.example \
    --password-file "$LAB/client/reader.password" --tls ldaps --ca-file "$LAB/client/ca.pem"
  want_rc 1
  rows 5 delegation
}
differs_while_frozen() {
  lab freeze dc2
  change 1 svc-some delete msDS-AllowedToDelegateTo cifs/nobody-has-it
  change 1 svc-front replace userAccountControl 524800
  lab sync
  scan 1 "${FROM_DC1[@]}"
  rows 2 divergence
  lagging_at 2 svc-some msDS-AllowedToDelegateTo 1 facet=delegation 'value_here%=cifs/back;cifs/nobody-has-it' \
    value_elsewhere=cifs/back only_here=cifs/nobody-has-it only_elsewhere=
  lagging_at 2 svc-front userAccountControl 1 facet=account value_here=512 value_elsewhere=524800
  lab thaw dc2
  lab sync
  spn scan "${FROM_DC1[@]}" --db "$DB"
  rows 0 divergence
  rows 2 delegation type=unconstrained
  rows 0 delegation target=cifs/nobody-has-it
}

check 'all four types' types
check 'a target that no account owns' unowned_target
check 'no row more, no DC' nothing_else
check 'the same over LDAPS' types_over_tls
check 'delegation and account facts that differ' differs_while_frozen
