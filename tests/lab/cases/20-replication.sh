# shellcheck shell=bash
# Who is how far behind whom, as Samba's own tools tell it.

new_account 1 svc-repl HTTP/repl1
lab sync

drs() { as_admin samba-tool drs "$@" --json --use-kerberos=required 2>>"$W/trace"; }
showrepl() {
  local k
  for k in 1 2 3; do drs showrepl "dc$k.corp.example" | "$LIB/drs.py" showrepl "dc$k.corp.example"; done
}
uptodateness() { drs uptodateness -H ldap://dc1.corp.example --full --partition DOMAIN | "$LIB/drs.py" uptodateness; }
cells() {
  local name=$1; shift
  spn report "$name" --db "$DB"
  "$LIB/csvq.py" "$W/out" cells "$@" 2>>"$W/trace" || fail "report $name"
}
vectors() {
  local k of
  for k in 1 2 3; do for of in 1 2 3; do
    [ $k = $of ] || echo "dc$k.corp.example dc$of.corp.example $(cursor $k "$(invocation_of $of "$(site_of $of)")")"
  done; done
}

# between COMMAND RC: a scan between two moments at which Samba's own tools say the same; that in $W/told.
between() {
  local try
  for try in 1 2 3 4 5 6 7 8; do
    "$1" >"$W/told"
    scan "$2" "${FROM_DC1[@]}"
    "$1" >"$W/told.after"
    cmp -s "$W/told" "$W/told.after" && return
    diff "$W/told" "$W/told.after" >>"$W/trace"
    sleep 0.3
  done
  fail "the lab: $1 never stands still"
}
# around RC: a scan between two moments at which showrepl tells of the same neighbours, in $W/told and $W/told.after. A DC
# that works its topology out anew (samba_kcc) has one less for a moment. Pulls go on meanwhile.
around() {
  local try
  for try in 1 2 3 4 5 6 7 8; do
    showrepl >"$W/told"
    scan "$1" "${FROM_DC1[@]}"
    showrepl >"$W/told.after"
    [ "$(cut -d' ' -f1,2 "$W/told")" != "$(cut -d' ' -f1,2 "$W/told.after")" ] || return 0
    diff "$W/told" "$W/told.after" >>"$W/trace"
  done
  fail 'the lab: the topology never stands still'
}
# as_told RC: the reports say what they say.
as_told() {
  around "$1"
  [ "$(wc -l <"$W/told")" -ge 3 ] || fail 'the lab: showrepl tells of too few'
  cells replication dest_dc,source_dc,failures,last_result,last_sync failures!= >"$W/got"
  want_equal "$(cut -d' ' -f1,2 "$W/got")" "$(cut -d' ' -f1,2 "$W/told")" 'inbound neighbours'
  paste -d' ' "$W/told" "$W/got" "$W/told.after" | awk '
    $8 < $3 || $8 > $13 || $10 < $5 || $10 > $15 || ($9 != $4 && $9 != $14) { print; wrong = 1 } END { exit wrong }' >>"$W/trace" ||
    fail 'not between what showrepl tells before and after'
  rows 6 replication "nc=$BASE_DN"
  between uptodateness "$1"
  want_equal "$(wc -l <"$W/told")" 6 'the lab: pairs of DCs'
  cells replication dest_dc,source_dc,usn_gap >"$W/got"
  diff "$W/told" "$W/got" >>"$W/trace" || fail 'other gaps than uptodateness tells (<)'
  between vectors "$1"
  sqlite3 -readonly -separator ' ' "$DB" "SELECT d.name, o.name, c.usn FROM cursor c JOIN dc d ON d.id = c.dc
    JOIN origin o ON o.invocation_id = c.origin WHERE o.name <> d.name ORDER BY 1, 2" >"$W/got"
  diff <(grep -v ' 0$' "$W/told") "$W/got" >>"$W/trace" || fail 'other cursors than the DCs have (<)'
}
# The ldb file of a DC says what it says over LDAP: nobody in between made it up.
by_ldb() {
  local k
  scan 0 "${FROM_DC1[@]}" --full
  for k in 1 2 3; do
    /usr/bin/python3 - "$(raw $k)" <<'END' | "$LIB/replmeta.py" cursors | sort >"$W/ldb"
import base64, ldb, sys
found = ldb.Ldb(sys.argv[1], flags=ldb.FLG_RDONLY).search("DC=corp,DC=example", ldb.SCOPE_BASE, attrs=["replUpToDateVector"])
print(base64.b64encode(found[0]["replUpToDateVector"][0]).decode())
END
    [ "$(wc -l <"$W/ldb")" -ge 2 ] || fail "the lab: dc$k knows too few"
    sqlite3 -readonly -separator ' ' "$DB" "SELECT c.origin, c.usn FROM cursor c JOIN dc d ON d.id = c.dc
      WHERE d.name = 'dc$k.corp.example' AND c.origin <> '$(invocation_of $k "$(site_of $k)")' ORDER BY 1" >"$W/got"
    diff "$W/ldb" "$W/got" >>"$W/trace" || fail "dc$k: other cursors than its database has (<)"
  done
}

still() {
  as_told 0
  rows 6 replication pending_objects=0
  rows 0 replication 'failures~[1-9]'
  rows 0 health
}
frozen() {
  lab freeze dc2
  add_spn 1 svc-repl HTTP/repl2
  new_account 3 svc-repl3 HTTP/repl3
  lab sync
  as_told 0
  # 8457: WERR_DS_DRA_SINK_DISABLED
  rows 0 replication dest_dc=dc2.corp.example last_result=0
  [ "$(cells replication dest_dc last_result=8457 | sort -u)" = dc2.corp.example ] || fail "not dc2 alone is refused"
  rows 1 replication dest_dc=dc2.corp.example source_dc=dc1.corp.example pending_objects=1 'usn_gap~^[1-9]'
  rows 1 replication dest_dc=dc2.corp.example source_dc=dc3.corp.example pending_objects=1 'usn_gap~^[1-9]'
  rows 2 replication pending_objects!=0
  # Nothing has been stalled for an hour.
  rows 0 health
}
thawed() {
  lab thaw dc2
  lab sync
  as_told 0
  rows 6 replication pending_objects=0
  rows 0 health
}

check 'as showrepl, uptodateness and the vectors tell it' still
check 'as the databases of the DCs have it' by_ldb
check 'a DC that takes nothing: its failures, gaps and what is pending' frozen
check 'when it has caught up' thawed
