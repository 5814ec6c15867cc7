#!/usr/bin/python3
"""Replication of the lab's forest, driven and watched from the client namespace.

    replication.py PASSWORD_FILE introduce HOST NEW...   HOST pulls what NEW DCs wrote about themselves
    replication.py PASSWORD_FILE sync HOST...     pull everything that may flow, then wait until they agree
    replication.py PASSWORD_FILE mend HOST...     thaw all, then as sync
    replication.py PASSWORD_FILE agree HOST...    wait until the hosts agree; nothing is pulled
    replication.py PASSWORD_FILE freeze|thaw HOST PEER...

One process for many calls: samba-tool takes half a second for each.
"""
import sys
import time

import ldb
from samba import dsdb, drs_utils
from samba.auth import system_session
from samba.credentials import Credentials, MUST_USE_KERBEROS
from samba.dcerpc import drsuapi, misc
from samba.param import LoadParm
from samba.samdb import SamDB

BOUND = 60.0
WATCHED = [
    "sAMAccountName",
    "servicePrincipalName",
    "userAccountControl",
    "msDS-AllowedToDelegateTo",
    "msDS-AllowedToActOnBehalfOfOtherIdentity",
    "dNSHostName",
    "options",
    "invocationId",
    "member",
]
REFUSED = "WERR_DS_DRA_SINK_DISABLED"


class Host:
    """One DC: its directory over LDAP and its replication interface over RPC."""

    def __init__(self, name, lp, creds):
        self.name, self.lp, self.creds = name, lp, creds
        self.db = SamDB(url="ldap://" + name, session_info=system_session(), credentials=creds, lp=lp)
        self.settings = self.db.get_dsServiceName()
        self.guid = self.db.get_ntds_GUID()
        self.domain = self.db.domain_dn()
        self.config = str(self.db.get_config_basedn())
        self.rpc = None

    def options(self):
        found = self.db.search(self.settings, ldb.SCOPE_BASE, attrs=["options"])
        return int(str(found[0].get("options", [b"0"])[0]))

    def frozen(self):
        return bool(self.options() & dsdb.DS_NTDSDSA_OPT_DISABLE_INBOUND_REPL)

    def set_frozen(self, wanted):
        bit = dsdb.DS_NTDSDSA_OPT_DISABLE_INBOUND_REPL
        value = self.options() | bit if wanted else self.options() & ~bit
        change = ldb.Message(ldb.Dn(self.db, self.settings))
        change["options"] = ldb.MessageElement(str(value), ldb.FLAG_MOD_REPLACE, "options")
        self.db.modify(change)

    def pull(self, source_guid, nc):
        """None when done, else the reason."""
        if self.rpc is None:
            self.rpc = drs_utils.drsuapi_connect(self.name, self.lp, self.creds)
            self.rpc[0].request_timeout = 60
        try:
            drs_utils.sendDsReplicaSync(self.rpc[0], self.rpc[1], source_guid, nc, drsuapi.DRSUAPI_DRS_WRIT_REP)
        except drs_utils.drsException as problem:
            return problem.value
        return None

    def picture(self):
        """What this DC shows of every live object, comparable with another DC's."""
        found = {}
        for nc in (self.domain, self.config):
            expression = "(objectClass=*)" if nc == self.domain else "(objectClass=nTDSDSA)"
            for entry in self.db.search(nc, ldb.SCOPE_SUBTREE, expression, attrs=WATCHED):
                found[str(entry.dn)] = {
                    key: sorted(bytes(value) for value in entry[key]) for key in WATCHED if key in entry
                }
        return found


def first_difference(hosts):
    base, known = hosts[0], hosts[0].picture()
    for other in hosts[1:]:
        seen = other.picture()
        for dn in sorted(known.keys() | seen.keys()):
            if known.get(dn) != seen.get(dn):
                return "%s: %s shows %s, %s shows %s" % (
                    dn, base.name, known.get(dn), other.name, seen.get(dn))
    return None


def agree(hosts):
    end = time.monotonic() + BOUND
    while True:
        difference = first_difference(hosts)
        if difference is None:
            return 0
        if time.monotonic() > end:
            print("no agreement after %d s: %s" % (BOUND, difference), file=sys.stderr)
            return 1
        time.sleep(0.3)


def pull_until_done(target, source, nc):
    """A topology just made may not know its partner yet: asked again, for a bounded time."""
    end = time.monotonic() + BOUND
    while True:
        problem = target.pull(source, nc)
        if problem is None or time.monotonic() > end:
            return problem
        time.sleep(0.5)


def sync(hosts):
    """Into the first, then out of it; a frozen DC gives but does not take."""
    takers = [host for host in hosts if not host.frozen()]
    if not takers:
        return 0
    first = takers[0]
    ncs = (first.domain, first.config)
    flows = [(first, host) for host in hosts if host is not first]
    flows += [(host, first) for host in takers if host is not first]
    for target, source in flows:
        for nc in ncs:
            problem = pull_until_done(target, source.guid, nc)
            if problem is not None:
                print("%s cannot pull %s from %s: %s" % (target.name, nc, source.name, problem), file=sys.stderr)
                return 1
    return agree(takers)


def introduce(first, names):
    """A new DC wrote its SPNs into its own copy: no KDC knows them, and no LDAP bind to it
    works, until they are pulled. The call goes to the DC that pulls, so it works before that."""
    for name in names:
        server = first.db.search("CN=Sites," + first.config, ldb.SCOPE_SUBTREE,
                                 "(&(objectClass=server)(dNSHostName=%s))" % ldb.binary_encode(name))[0].dn
        found = first.db.search(server, ldb.SCOPE_ONELEVEL, "(objectClass=nTDSDSA)", attrs=["objectGUID"])
        guid = str(misc.GUID(found[0]["objectGUID"][0]))
        for nc in (first.config, first.domain):
            problem = pull_until_done(first, guid, nc)
            if problem is not None:
                print("%s cannot pull %s from %s: %s" % (first.name, nc, name, problem), file=sys.stderr)
                return 1
    return 0


def freeze(host, peers):
    """Returns when a pull is refused: what was under way before is then over."""
    host.set_frozen(True)
    for peer in peers:
        problem = host.pull(peer.guid, host.domain)
        if problem is None or REFUSED not in problem:
            print("%s still takes changes (%s)" % (host.name, problem), file=sys.stderr)
            return 1
    return 0


def main(args):
    with open(args[0], encoding="ascii") as password:
        secret = password.read().strip()
    lp = LoadParm()
    lp.load_default()
    creds = Credentials()
    creds.guess(lp)
    creds.set_username("Administrator")
    creds.set_domain(lp.get("workgroup"))
    creds.set_realm(lp.get("realm"))
    creds.set_password(secret)
    creds.set_kerberos_state(MUST_USE_KERBEROS)
    if args[1] == "introduce":
        return introduce(Host(args[2], lp, creds), args[3:])
    hosts = [Host(name, lp, creds) for name in args[2:]]
    if args[1] == "sync":
        return sync(hosts)
    if args[1] == "mend":
        for host in hosts:
            if host.frozen():
                host.set_frozen(False)
        return sync(hosts)
    if args[1] == "agree":
        return agree(hosts)
    if args[1] == "freeze":
        return freeze(hosts[0], hosts[1:])
    if args[1] == "thaw":
        hosts[0].set_frozen(False)
        return 0
    print("unknown command: " + args[1], file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (ldb.LdbError, drs_utils.drsException, OSError) as problem:
        print("replication: %s" % (problem,), file=sys.stderr)
        sys.exit(1)
