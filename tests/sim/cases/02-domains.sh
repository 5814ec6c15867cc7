# shellcheck shell=bash
# Several domains: partial replicas, DCs that are no global catalog, read-only ones.

new_db
sim_start --accounts 6000 --dcs 9 --domains 3 --rodcs 1 --no-gc 2 --delegation 30 --enctypes 800 --big 2
scan
# Delegation is itself a finding (unconstrained), so that this forest is not clean.
verdict 'nine DCs of three domains agree' "$(
	why exit "$RC" 1
	why 'whole DCs' "$(rows dcs status=ok complete=yes)" 9
	why 'no global catalogs' "$(rows dcs is_gc=no)" 2
	why 'read-only ones' "$(rows dcs is_rodc=yes)" 1
	why divergence "$(rows divergence)" 0
	sound
)"
verdict 'delegation comes from each domain' "$(
	for d in 'DC=sim,DC=example' 'DC=d2,DC=sim,DC=example' 'DC=d3,DC=sim,DC=example'; do
		n=$(query "SELECT count(*) FROM consensus c JOIN object o ON o.id = c.object JOIN domain d ON d.id = o.domain WHERE d.dn = '$d' AND c.delegation > 0")
		[ "$n" -gt 100 ] 2>/dev/null || echo "only '$n' accounts of $d with delegation facts; "
	done
	why 'accounts whose delegation is not known' "$(query 'SELECT count(*) FROM consensus WHERE delegation IS NULL')" 0
)"
verdict 'accounts with over 1500 SPNs are whole' "$(
	n=$(query 'SELECT count(*) FROM spn_state WHERE json_array_length(spns) > 1500')
	[ "$n" -ge 2 ] || echo "$n accounts have over 1500 SPNs"
)"

# Only one domain's DCs are left: its own delegation is known, the others' is not, and not said to be absent.
new_db
scan --exclude dc2 --exclude dc3 --exclude dc5 --exclude dc6 --exclude dc8 --exclude dc9
verdict 'delegation of a domain of which no DC was read is not known' "$(
	why 'whole DCs' "$(rows dcs complete=yes)" 3
	n=$(query "SELECT count(*) FROM consensus c JOIN object o ON o.id = c.object JOIN domain d ON d.id = o.domain WHERE d.dn <> 'DC=sim,DC=example' AND c.delegation IS NOT NULL")
	why 'accounts elsewhere with delegation facts' "$n" 0
	why divergence "$(rows divergence)" 0
	sound
)"

# What was put in, told by the simulator, is found; nothing else is.
new_db
put_in=(--accounts 6000 --dcs 6 --domains 2 --rodcs 2 --delegation 0 --duplicates 3 --shadows 2 --lagging 4 --missing 3 --lingering 2)
sim_start "${put_in[@]}" --expected "$work/expected"
scan
told() { awk -F '\t' -v kind="$1" '$1 == kind' "$work/expected"; }
sam() { cut -f3 | sed 's/^[^\\]*\\//'; }
verdict 'what was put in is found, and nothing else' "$(
	why exit "$RC" 1
	[ -s "$work/expected" ] || echo 'the simulator told nothing; '
	while IFS=$'\t' read -r _ dc account _; do
		why "missing ${account#*\\} at $dc" "$(rows divergence verdict=unproved attribute=objectGUID 'note~Deleted Objects' "dc=$dc" "account=${account#*\\}")" 1
	done < <(told missing)
	while IFS=$'\t' read -r _ dc account _; do
		# Lingering at one DC: not there at all the others. Nothing was ever deleted, so that no right to see it could show.
		why "rows of ${account#*\\}" "$(rows divergence verdict=unproved "dc!=$dc" "account=${account#*\\}")" 5
	done < <(told lingering)
	while IFS=$'\t' read -r _ dc account spn; do
		why "$spn lagging at $dc" "$(rows divergence verdict=lagging facet=spn "dc=$dc" "account=${account#*\\}" "only_elsewhere=$spn")" 1
	done < <(told lagging)
	why 'not there in all' "$(rows divergence verdict=unproved)" $(($(told missing | wc -l) + 5 * $(told lingering | wc -l)))
	why 'differences at DCs where nothing was put in' "$(rows divergence verdict!=unproved 'dc~^dc[1-4][.]')" 0
	while IFS=$'\t' read -r _ account other spn; do
		why "holders of $spn" "$(rows duplicates "spn~(?i)^$spn\$")" 2
	done < <(told duplicate)
	why 'rows of duplicates' "$(rows duplicates)" $((2 * $(told duplicate | wc -l)))
	sound
)"

# Rights are missing on one DC: hidden is not different, and told as what it is.
new_db
echo 'hide dc2 user userAccountControl' >"$work/script"
sim_start --accounts 6000 --dcs 6 --domains 2 --rodcs 2 --delegation 0 --script "$work/script"
scan
verdict 'hidden is neither different nor missing, and is told' "$(
	why exit "$RC" 1
	why 'whole DCs' "$(rows dcs complete=yes)" 6
	why 'DCs that hide' "$(rows dcs 'error~userAccountControl of [0-9]+ accounts is hidden')" 1
	[ "$(rows divergence verdict=hidden)" -gt 0 ] || echo 'nothing is told to be hidden; '
	why 'rows that are not that' "$(($(rows divergence) - $(rows divergence verdict=hidden attribute=userAccountControl dc=dc2.d2.sim.example value_here=)))" 0
	sound
)"
