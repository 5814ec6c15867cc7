# shellcheck shell=bash
# The service's own command line, out of the unit file that is installed, as systemd would run it: unattended, as a user
# without rights, with a keytab, and with nothing but what the unit gives it.

TOP=${LIB%/tests/lab/lib}
UNIT=$W/installed/usr/lib/systemd/system/spnscan.service
NOBODY=65534
TICKET=$W/no-such-cache
DB=$W/service-state/spnscan.db

install_units() {
  make -C "$TOP" -s install-units DESTDIR="$W/installed" PREFIX=/usr UNITDIR=/usr/lib/systemd/system SYSCONFDIR="$W/etc" >>"$W/trace" 2>&1 ||
    return 1
  mkdir -p "$W/etc/spnscan" "$W/credentials" "$W/service-state" "$W/runs"
  sed -e 's/^SPNSCAN_DOMAIN=.*/SPNSCAN_DOMAIN=corp.example/' -e 's/^SPNSCAN_PRINCIPAL=.*/SPNSCAN_PRINCIPAL=reader@CORP.EXAMPLE/' \
    "$W/installed/usr/share/doc/spnscan/spnscan.conf" >"$(setting EnvironmentFile | sed 's/^-//')"
  cp "$LAB/client/reader.keytab" "$W/etc/spnscan/spnscan.keytab"
  # LoadCredential=: a copy of the file for the service's user, in a folder of its own.
  cp "$(setting LoadCredential | cut -d: -f2)" "$W/credentials/$(setting LoadCredential | cut -d: -f1)"
  chmod 400 "$W"/credentials/* && chmod 500 "$W/credentials"
  # StateDirectory=, StateDirectoryMode=
  chmod "$(setting StateDirectoryMode)" "$W/service-state"
  chown -R $NOBODY:$NOBODY "$W/credentials" "$W/service-state"
}
# setting NAME: its value in the unit file.
setting() { sed -n "s/^$1=//p" "$UNIT" | tail -n 1; }
# conf NAME: a value of the environment file, as systemd reads it.
conf() { sed -n "s/^$1=//p" "$(setting EnvironmentFile | sed 's/^-//')" | sed 's/^"\(.*\)"$/\1/'; }

# The words of ExecStart: ${NAME} is one word whatever is in it, $NAME is split at blanks (systemd.service(5), COMMAND LINES).
service_words() {
  local word name
  local -A env=([STATE_DIRECTORY]=$W/service-state [CREDENTIALS_DIRECTORY]=$W/credentials)
  for name in SPNSCAN_DOMAIN SPNSCAN_PRINCIPAL SPNSCAN_OPTIONS; do env[$name]=$(conf $name); done
  WORDS=()
  for word in $(setting ExecStart); do
    if [[ $word =~ ^(.*)\$\{([A-Z_]+)\}(.*)$ ]]; then
      [ -n "${env[${BASH_REMATCH[2]}]+set}" ] || fail "ExecStart wants ${BASH_REMATCH[2]}, which nothing sets"
      WORDS+=("${BASH_REMATCH[1]}${env[${BASH_REMATCH[2]}]}${BASH_REMATCH[3]}")
    elif [[ $word =~ ^\$([A-Z_]+)$ ]]; then
      # shellcheck disable=SC2206
      WORDS+=(${env[${BASH_REMATCH[1]}]})
    else
      WORDS+=("$word")
    fi
  done
}

# service RC: one start of the unit, which must end so. What it may not have is taken away: rights, home, terminal, tickets.
service() {
  service_words
  want_equal "${WORDS[0]}" /usr/bin/spnscan 'the program of the unit'
  WRAP=(env -u HOME -u XDG_STATE_HOME -u KRB5CCNAME sh -c 'umask "$1"; cd /; shift; exec "$@"' sh "$(setting UMask)"
    setpriv --reuid=$NOBODY --regid=$NOBODY --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all)
  spn "${WORDS[@]:1}"
  WRAP=()
  want_rc "$1"
}
# whole SCANS: the database after so many of them: sound, the service's alone, and nothing beside it.
whole() {
  # SQLite's emptied journal may lie beside it.
  want_equal "$(find "$W/service-state" -type f -size +0 -printf '%f\n')" spnscan.db 'what lies in the state directory'
  want_equal "$(stat -c '%a %u' "$DB")" "600 $NOBODY" 'mode and owner of the database'
  want_equal "$(sqlite3 -readonly "$DB" 'PRAGMA integrity_check')" ok 'integrity'
  want_equal "$(sqlite3 -readonly "$DB" 'SELECT count(*) FROM pragma_foreign_key_check')" 0 'broken foreign keys'
  want_equal "$(sqlite3 -readonly "$DB" 'SELECT count(*) FROM scan')" "$1" 'scans'
  rows 3 dcs status=ok complete=yes 'bind~gssapi'
}

# read_by MODE DELETIONS: how the newest scan read each of the three DCs.
read_by() {
  want_equal "$(sqlite3 -readonly "$DB" "SELECT count(*) || ' ' || group_concat(DISTINCT mode || ' ' || deletions) FROM reading
    WHERE scan = (SELECT max(id) FROM scan)")" "3 $1 $2" 'how the DCs were read'
}

first() {
  service 0
  want_quiet
  whole 1
  read_by full seen
  all_spns >"$W/runs/first"
  [ "$(wc -l <"$W/runs/first")" -gt 20 ] || fail 'too few SPNs'
}
second() {
  service 0
  want_quiet
  whole 2
  # Read on from where the first one stopped; the service may not list deleted objects, and looks for what is gone.
  read_by increment swept
  all_spns >"$W/runs/second"
  cmp -s "$W/runs/first" "$W/runs/second" || fail "not the SPNs of the first: $(diff "$W/runs/first" "$W/runs/second" | head)"
}
findings() {
  lab freeze dc2
  new_account 1 svc-service HTTP/service1
  lab sync
  # Under way is no finding yet.
  service 0
  want_quiet
  CAUSE=whenCreated lagging_at 2 svc-service objectGUID 1
  change 1 svc-service replace userAccountControl 524800
  lab sync
  service 1
  want_err '0 differences.* 1 delegation finding'
  want_equal "$(setting SuccessExitStatus)" 1 'what the unit takes for a success'
  lab thaw dc2
  change 1 svc-service replace userAccountControl 512
  lab sync
}
options() {
  sed -i 's/^#SPNSCAN_OPTIONS=.*/SPNSCAN_OPTIONS="--exclude dc3 --timeout 20"/' "$(setting EnvironmentFile | sed 's/^-//')"
  service 0
  rows 1 dcs dc=dc3.corp.example status=excluded
  sed -i '/^SPNSCAN_OPTIONS=/d' "$(setting EnvironmentFile | sed 's/^-//')"
}
a_dc_is_down() {
  lab stop dc3
  service 2
  want_err 'dc3\.corp\.example'
  lab start dc3
  lab sync
}
no_conf() {
  mv "$W/etc/spnscan/spnscan.conf" "$W/etc/spnscan/away"
  : >"$W/etc/spnscan/spnscan.conf"
  service 3
  want_one_error_line
  want_err "--domain needs a value"
  mv "$W/etc/spnscan/away" "$W/etc/spnscan/spnscan.conf"
}
nothing_read_along() {
  # The key is a copy: the service's user can't read the file itself.
  chmod 600 "$W/etc/spnscan/spnscan.keytab"
  setpriv --reuid=$NOBODY --regid=$NOBODY --clear-groups cat "$W/etc/spnscan/spnscan.keytab" >/dev/null 2>&1 && fail 'the keytab is for anybody to read'
  service 0
}

if install_units; then
  check 'the first run of the unit' first
  check 'the second run leaves the same, whole' second
  check 'findings are 1, which the unit takes for a success' findings
  check 'more options from the configuration' options
  check 'a DC that is down is 2' a_dc_is_down
  check 'nothing configured is 3' no_conf
  check 'only the copy of the key is read' nothing_read_along
else
  echo 'the units cannot be installed' >>"$W/trace"
  exit 1
fi
