# shellcheck shell=bash
# Odd names: what is put in is stored beside its state and told by report hygiene; a forest without any has none.

new_db
sim_start --accounts 600 --dcs 3 --domains 2 --delegation 0 --enctypes 0 --invisible 0
scan
verdict 'a forest of plain names has nothing to tell' "$(
	why exit "$RC" 0
	why 'odd SPNs' "$(query 'SELECT count(*) FROM odd_spn')" 0
	why aliases "$(rows aliases)" 0
	why 'hygiene that counts' "$(rows hygiene severity!=info)" 0
	sound
)"

new_db
sim_start --accounts 600 --dcs 3 --domains 2 --delegation 0 --enctypes 0 --invisible 2 --expected "$work/expected"
scan
verdict 'SPNs with an invisible letter are found, and nothing else' "$(
	n=$(grep -c ^invisible "$work/expected")
	[ "$n" -ge 2 ] || echo "the simulator put in $n; "
	why 'odd SPNs' "$(query "SELECT count(*) FROM odd_spn WHERE kind = 'non-ascii,invisible' AND skeleton = 'http/web.example'")" "$n"
	why 'all odd SPNs' "$(query 'SELECT count(*) FROM odd_spn')" "$n"
	while IFS=$'\t' read -r _ account; do
		why "rows of ${account#*\\}" "$(rows hygiene kind=invisible-spn severity=critical "account=${account#*\\}" 'detail~U[+]200B' "dcs~dc1.*;dc2.*;dc3")" 1
	done < <(grep ^invisible "$work/expected")
	why 'hygiene that counts' "$(rows hygiene severity!=info)" "$n"
	sound
)"

scan
verdict 'a second scan stores no name again' "$(
	why 'all odd SPNs' "$(query 'SELECT count(*) FROM odd_spn')" "$(grep -c ^invisible "$work/expected")"
	sound
)"
