# shellcheck shell=bash
# One DC does wrong, in each way it can: its row tells so, the exit status is 2, the time is bounded, nothing is
# held against it, and the others are whole. Then it behaves again, and the next scan is clean of it.

# faulty FAULT STATUS_PATTERN [ERROR_PATTERN]
faulty() {
	local fault=$1 status=$2 error=${3:-.} bad result
	sim_start --accounts 3000 --dcs 4 --domains 2 --delegation 0 --fault "dc3=$fault"
	bad=${DCS[2]}
	new_db
	# A machine that is busy makes a DC look far away, which is then read by slices: another second answer.
	scan --timeout 2 --serial
	result=$(why exit "$RC" 2)
	[ $MS -lt 15000 ] || result+="took $MS ms; "
	result+=$(why 'its row' "$(rows dcs "dc=$bad" "status~^($status)\$" "error~$error" complete=no)" 1)
	result+=$(why 'others whole' "$(rows dcs "dc!=$bad" status=ok complete=yes)" 3)
	result+=$(why 'rows of divergence' "$(rows divergence)" 0)
	result+=$(why 'lines on stderr about it' "$(grep -c "^spnscan: $bad: " "$work/err")" 1)
	result+=$(sound)
	verdict "$fault" "$result"
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
faulty access-denied@1 'refused'
faulty unavailable@1 'refused'
faulty strong-auth 'bind-failed'

# Nothing but --dc to start from: the next one is asked where the first does not answer.
sim_start --accounts 300 --dcs 3 --domains 1 --delegation 0 --fault dc1=refuse
new_db
run -- scan "${DC_OPTIONS[@]}" --bind anonymous --db "$DB" --timeout 2
verdict 'a start that does not answer is not the end' "$(
	why exit "$RC" 2
	why 'its row' "$(rows dcs dc="$FIRST" status=unreachable complete=no)" 1
	why 'others whole' "$(rows dcs "dc!=$FIRST" complete=yes)" 2
)"
