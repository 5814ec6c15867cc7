# shellcheck shell=bash
# One DC does wrong, in each way it can: its row tells so, the exit status is 2, the time is bounded, nothing is
# held against it, and the others are whole. Then it behaves again, and the next scan is clean of it.

# faulty FAULT STATUS_PATTERN [ERROR_PATTERN [far]]: far: its answers take 40 ms.
faulty() {
	local fault=$1 status=$2 error=${3:-.} distance=${4-} bad result
	sim_start --accounts 3000 --dcs 4 --domains 2 --delegation 0 ${distance:+--fault dc3=latency:40} --fault "dc3=$fault"
	bad=${DCS[2]}
	new_db
	# A machine that is busy makes a DC look far away, which is then read by slices: another second answer.
	if [ -n "$distance" ]; then scan --timeout 2; else scan --timeout 2 --serial; fi
	result=$(why exit "$RC" 2)
	[ $MS -lt 15000 ] || result+="took $MS ms; "
	result+=$(why 'its row' "$(rows dcs "dc=$bad" "status~^($status)\$" "error~$error" complete=no)" 1)
	result+=$(why 'others whole' "$(rows dcs "dc!=$bad" status=ok complete=yes)" 3)
	result+=$(why 'rows of divergence' "$(rows divergence)" 0)
	result+=$(why 'lines on stderr about it' "$(grep -c "^spnscan: $bad: " "$work/err")" 1)
	result+=$(sound)
	verdict "$fault${distance:+, far away}" "$result"
}

faulty refuse 'unreachable' 'refused'
faulty silent 'cut-off|bind-failed' 'no answer|within'
faulty silent@rootdse 'cut-off'
faulty silent@1 'cut-off'
faulty stall@1 'cut-off'
faulty stall-mid-page@2 'cut-off'
faulty close@1 'cut-off'
faulty close-mid-message@1 'cut-off'
faulty reset@1 'cut-off'
faulty busy@1 'refused' 'busy'
faulty time-limit@1 'refused'
faulty size-limit@1 'refused'
faulty bad-cookie@2 'refused'
faulty malformed@1 'cut-off'
faulty absurd-length@1 'cut-off'
faulty referral@1 'refused'
faulty trickle:1@1 'cut-off'
# Each message comes in time, and all of them never would.
faulty trickle:2000@1 'cut-off'
faulty no-paging@2 'cut-off|refused'
faulty no-guid@1 'cut-off'
faulty no-end 'cut-off' 'again and again'
faulty access-denied@1 'refused'
faulty unavailable@1 'refused'
faulty strong-auth 'bind-failed'

# Of a DC that is far away both ports are read at once, in slices. *1 strikes the LDAP port alone, which is open first: what is told is
# what befell that one, not that the other was given up.
faulty stall@1 'cut-off' 'no answer' far
faulty stall-mid-page@2 'cut-off' 'no answer' far
faulty close-mid-message@1 'cut-off' 'closed' far
faulty malformed@1 'cut-off' . far
faulty time-limit@2 'refused' . far
faulty no-end 'cut-off' 'again and again|and no end|empty pages' far
faulty 'busy*1@1' 'refused' '10389.*busy' far
faulty 'close*1@1' 'cut-off' '10389.*closed' far
faulty 'silent*1@1' 'cut-off' '10389.*no answer' far

# Nothing but --dc to start from: the next one is asked where the first does not answer.
sim_start --accounts 300 --dcs 3 --domains 1 --delegation 0 --fault dc1=refuse
new_db
run -- scan "${DC_OPTIONS[@]}" --bind anonymous --db "$DB" --timeout 2
verdict 'a start that does not answer is not the end' "$(
	why exit "$RC" 2
	why 'its row' "$(rows dcs dc="$FIRST" status=unreachable complete=no)" 1
	why 'others whole' "$(rows dcs "dc!=$FIRST" complete=yes)" 2
)"
