# shellcheck shell=bash
# What is done to a DC behind replication's back: to its database while it is stopped.

# raw K: its copy of the domain, without the modules that keep stamps and USNs.
raw() { echo "$LAB/dc$1/private/sam.ldb.d/DC=CORP,DC=EXAMPLE.ldb"; }
# raw_value K NAME ATTRIBUTE: its values, base64, a line each.
raw_value() { "$LIB/rawldb.py" "$(raw "$1")" get "$(dn_of "$2")" "$3" 2>>"$W/trace"; }
# raw_write K NAME ATTRIBUTE VALUE_BASE64...: replaces it.
raw_write() {
  local k=$1 name=$2; shift 2
  "$LIB/rawldb.py" "$(raw "$k")" set "$(dn_of "$name")" "$@" >>"$W/trace" 2>&1 ||
    fail "the database of dc$k did not take the change"
}
base64_of() { printf %s "$1" | base64 -w0; }

# pull K FROM: all that dc FROM has and may flow, where they will not agree afterwards.
pull() {
  as_admin samba-tool drs replicate "dc$1.corp.example" "dc$2.corp.example" "$BASE_DN" --use-kerberos=required \
    >>"$W/trace" 2>&1 || fail "dc$1 cannot pull from dc$2"
}
# forget_deletions K: no tombstones of the domain any more, as if tombstoneLifetime were over.
forget_deletions() {
  lab exec "dc$1" samba-tool domain tombstones expunge "$BASE_DN" "--current-time=$(date -u -d '+2 days' +%F)" \
    --tombstone-lifetime=0 -H "$LAB/dc$1/private/sam.ldb"
}

# A copy of a stopped DC's databases, and back to it.
keep_copy() { rm -rf "$LAB/dc$1/$2" && cp -a "$LAB/dc$1/private" "$LAB/dc$1/$2" || fail "dc$1 can't be copied"; }
put_copy() {
  rm -rf "$LAB/dc$1/private" && mv "$LAB/dc$1/$2" "$LAB/dc$1/private" || fail "dc$1 can't be put back"
}
