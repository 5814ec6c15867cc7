# shellcheck shell=bash
# What cannot be done: one line that says why, exit 3, and the database as it was.

GOOD=$W/good.db
CA=(--ca-file "$LAB/client/ca.pem")
SIMPLE=(--bind simple --user reader@corp.example --tls ldaps)
PASSWORD=(--password-file "$LAB/client/reader.password")

# The directory's content too: no journal, no half-made file beside the database.
picture() { (cd "$1" && find . -mindepth 1 -printf '%P %s %m %T@\n' | sort && find . -type f -exec sha256sum {} + | sort) 2>&1; }

refuses_with() {
  local dir=$1 reason=$2 before; shift 2
  before=$(picture "$dir")
  spn "$@"
  want_rc 3
  want_one_error_line
  want_err "$reason"
  want_equal "$(picture "$dir")" "$before" "$dir"
}
# refuses REASON ARGS...: with a good database there, and with none.
refuses() {
  local dir reason=$1; shift
  dir=$(mktemp -d "$W/refuse.XXXX")
  refuses_with "$dir" "$reason" "$@" --db "$dir/none.db"
  cp --preserve=timestamps "$GOOD" "$dir/spnscan.db"
  refuses_with "$dir" "$reason" "$@" --db "$dir/spnscan.db"
}

first_scan() { spn scan "${FROM_DC1[@]}" --db "$GOOD"; want_rc 0; }
unknown_option() { refuses '--frobnicate' scan "${FROM_DC1[@]}" --frobnicate; }
unknown_command() { spn frobnicate; want_rc 3; want_one_error_line; want_err frobnicate; }
no_start() { refuses 'server|domain' scan; }
bad_number() { refuses 'timeout' scan "${FROM_DC1[@]}" --timeout soon; refuses 'page' scan "${FROM_DC1[@]}" --page-size -1; }
bad_bind() { refuses 'bind' scan "${FROM_DC1[@]}" --bind carrier-pigeon; }
no_such_host() { refuses 'nosuch\.corp\.example' scan -s nosuch.corp.example; }
no_such_domain() { refuses 'nosuch\.example' scan -d nosuch.example; }
wrong_password() {
  echo not-the-password >"$W/bad.password"
  refuses 'password|credential' scan "${FROM_DC1[@]}" "${SIMPLE[@]}" "${CA[@]}" --password-file "$W/bad.password"
}
no_password_file() { refuses 'no-such-file' scan "${FROM_DC1[@]}" "${SIMPLE[@]}" "${CA[@]}" --password-file "$W/no-such-file"; }
expired_ticket() {
  TICKET=$W/expired.cc
  KRB5CCNAME=FILE:$TICKET as_admin kinit -l 1s -k -t "$LAB/client/reader.keytab" reader@CORP.EXAMPLE >>"$W/trace" 2>&1 ||
    fail 'no short ticket'
  local end=$((SECONDS + 10))
  while KRB5CCNAME=FILE:$TICKET as_admin klist -s; do [ $SECONDS -lt $end ] || fail 'the lab: the ticket lives on'; sleep 0.2; done
  refuses 'expired' scan "${FROM_DC1[@]}"
}
no_ticket() { TICKET=$W/no-such-cache; refuses 'ticket|credential' scan "${FROM_DC1[@]}"; }
no_keytab() {
  TICKET=$W/no-such-cache
  refuses 'no-such.keytab|keytab' scan "${FROM_DC1[@]}" --keytab "$W/no-such.keytab" --principal reader@CORP.EXAMPLE
}
other_principal() {
  TICKET=$W/no-such-cache
  refuses 'keytab|principal|key' scan "${FROM_DC1[@]}" --keytab "$LAB/client/reader.keytab" --principal writer@CORP.EXAMPLE
}
wrong_ca() {
  refuses 'certificate|\bCA\b|issuer|trust' scan "${FROM_DC1[@]}" "${SIMPLE[@]}" "${PASSWORD[@]}" --ca-file "$LAB/client/other-ca.pem"
}
wrong_ca_starttls() {
  refuses 'certificate|\bCA\b|issuer|trust' scan "${FROM_DC1[@]}" --bind simple --user reader@corp.example "${PASSWORD[@]}" \
    --tls starttls --ca-file "$LAB/client/other-ca.pem"
}
no_ca_file() { refuses 'no-such-ca|CA' scan "${FROM_DC1[@]}" "${SIMPLE[@]}" "${PASSWORD[@]}" --ca-file "$W/no-such-ca.pem"; }
system_cas() {
  # None of the machine's own CAs signed the lab's certificates.
  refuses 'certificate|\bCA\b|issuer|trust' scan "${FROM_DC1[@]}" "${SIMPLE[@]}" "${PASSWORD[@]}"
}
simple_in_clear() { refuses 'clear|TLS|encrypt' scan "${FROM_DC1[@]}" --bind simple --user reader@corp.example "${PASSWORD[@]}" --tls off; }
anonymous() { refuses 'anonymous|authenticat' scan "${FROM_DC1[@]}" --bind anonymous; }

one_file_dir() { local dir; dir=$(mktemp -d "$W/db.XXXX"); cp "$1" "$dir/spnscan.db"; printf '%s\n' "$dir"; }
all_commands_refuse() {
  local dir=$1 reason=$2
  refuses_with "$dir" "$reason" scan "${FROM_DC1[@]}" --db "$dir/spnscan.db"
  refuses_with "$dir" "$reason" report dcs --db "$dir/spnscan.db"
  refuses_with "$dir" "$reason" query 'HTTP/*' --db "$dir/spnscan.db"
  refuses_with "$dir" "$reason" list krbtgt --db "$dir/spnscan.db"
}
text_file() {
  echo 'Some notes of mine, which no program should write over.' >"$W/notes"
  all_commands_refuse "$(one_file_dir "$W/notes")" 'database'
}
other_database() {
  sqlite3 "$W/other.sqlite" 'CREATE TABLE invoices (id INTEGER); INSERT INTO invoices VALUES (1); PRAGMA user_version = 3'
  all_commands_refuse "$(one_file_dir "$W/other.sqlite")" 'spnscan|database'
}
newer_schema() {
  cp "$GOOD" "$W/newer.db"
  sqlite3 "$W/newer.db" 'PRAGMA user_version = 9999' >/dev/null
  all_commands_refuse "$(one_file_dir "$W/newer.db")" 'newer|version|schema'
}
damaged_database() {
  head -c 3000 "$GOOD" >"$W/cut.db"
  all_commands_refuse "$(one_file_dir "$W/cut.db")" 'database'
}
no_database() {
  local dir
  dir=$(mktemp -d "$W/empty.XXXX")
  refuses_with "$dir" 'none\.db' report dcs --db "$dir/none.db"
  refuses_with "$dir" 'none\.db' query 'HTTP/*' --db "$dir/none.db"
}
unknown_report() {
  local dir
  dir=$(one_file_dir "$GOOD")
  refuses_with "$dir" 'frobs' report frobs --db "$dir/spnscan.db"
}

as_nobody() {
  WRAP=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  TICKET=$W/nobody.cc
  cp "$READER_CC" "$TICKET" && chown 65534 "$TICKET"
  # A copy where anybody may go: the checkout may lie in a closed folder.
  mkdir -p "$W/bin" && cp "$BINARY" "$W/bin/spnscan" && BINARY=$W/bin/spnscan
  in_client test -x "$BINARY" || fail "an ordinary user cannot run $BINARY: its directories are closed"
}
closed_directory() {
  local dir
  dir=$(mktemp -d "$W/closed.XXXX")
  chmod 555 "$dir"
  as_nobody
  refuses_with "$dir" 'spnscan\.db|permission|writ' scan "${FROM_DC1[@]}" --db "$dir/spnscan.db"
}
closed_file() {
  local dir
  dir=$(one_file_dir "$GOOD")
  chmod 444 "$dir/spnscan.db" && chmod 555 "$dir"
  as_nobody
  refuses_with "$dir" 'spnscan\.db|permission|writ|read-?only' scan "${FROM_DC1[@]}" --db "$dir/spnscan.db"
}
ordinary_user_scans() {
  # The same user where writing is allowed: what was refused was the directory.
  local dir
  dir=$(mktemp -d "$W/open.XXXX")
  chown 65534 "$dir"
  as_nobody
  spn scan "${FROM_DC1[@]}" --db "$dir/spnscan.db"
  want_rc 0
}

check 'a scan to keep' first_scan
check 'unknown option' unknown_option
check 'unknown command' unknown_command
check 'nothing to start from' no_start
check 'a number that is none' bad_number
check 'unknown bind' bad_bind
check 'a host that does not resolve' no_such_host
check 'a domain that does not resolve' no_such_domain
check 'wrong password' wrong_password
check 'no password file' no_password_file
check 'expired ticket' expired_ticket
check 'no ticket' no_ticket
check 'no keytab' no_keytab
check 'a principal that the keytab has not' other_principal
check 'wrong CA, LDAPS' wrong_ca
check 'wrong CA, StartTLS' wrong_ca_starttls
check 'no CA file' no_ca_file
check 'no CA named, and the system knows none' system_cas
check 'simple bind in clear' simple_in_clear
check 'anonymous, which Active Directory does not serve' anonymous
check 'a text file for a database' text_file
check 'a database of somebody else' other_database
check 'a newer schema' newer_schema
check 'a damaged database' damaged_database
check 'no database to report from' no_database
check 'unknown report' unknown_report
check 'a directory one may not write' closed_directory
check 'a database one may not write' closed_file
check 'an ordinary user, where writing is allowed' ordinary_user_scans
