"""One dcsim: commands, and what it tells of itself (tests/dcsim/README.md)."""
import json
import subprocess
import threading
from collections import namedtuple

FACTS = namedtuple("FACTS", "live dn spns sam uac dns upn sid targets rbcd enctypes full")

# Attributes that are compared: LDAP name, field of FACTS, whether a partial replica has it, attribute of its stamp.
ATTRIBUTES = (
    ("servicePrincipalName", "spns", True, "servicePrincipalName"),
    ("sAMAccountName", "sam", True, "sAMAccountName"),
    ("userAccountControl", "uac", True, "userAccountControl"),
    ("dNSHostName", "dns", True, "dNSHostName"),
    ("userPrincipalName", "upn", True, "userPrincipalName"),
    ("objectSid", "sid", True, "objectSid"),
    ("distinguishedName", "dn", True, "name"),
    ("msDS-AllowedToDelegateTo", "targets", False, "msDS-AllowedToDelegateTo"),
    ("msDS-AllowedToActOnBehalfOfOtherIdentity", "rbcd", False, "msDS-AllowedToActOnBehalfOfOtherIdentity"),
    ("msDS-SupportedEncryptionTypes", "enctypes", False, "msDS-SupportedEncryptionTypes"),
)
BITS = 0x80000 | 0x1000000


def fold(text):
    """ASCII case alone, as a directory compares."""
    return text.encode().lower().decode()


class Stamp(namedtuple("Stamp", "version seconds invocation usn origin")):
    """invocation: text; origin: the DC's name."""
    __slots__ = ()

    def rank(self):
        return self.version, self.seconds, self.invocation


def is_of_interest(facts, full):
    """Would it be read from a DC that shows this?"""
    if not facts or not facts.live:
        return False
    if facts.spns:
        return True
    bits = int(facts.uac or 0) & BITS
    return bool(full and facts.sam and (facts.targets or facts.rbcd or facts.enctypes or bits))


class Dc:
    def __init__(self, name, domain, rodc, gc):
        self.name, self.domain, self.rodc, self.gc = name, domain, rodc, gc
        self.short = name.split(".")[0]
        self.refuses = False
        # What a `load` brings back.
        self.ready = True
        self.tombstones_hidden = False
        self.hides = frozenset()

    def put_aside(self):
        return self.ready, self.tombstones_hidden, self.hides

    def bring_back(self, kept):
        self.ready, self.tombstones_hidden, self.hides = kept

    @property
    def metadata_hidden(self):
        return "replPropertyMetaData" in self.hides

    @property
    def vector_hidden(self):
        return "replUpToDateVector" in self.hides


class Forest:
    """options: dcsim's, without --net. names: of the DCs in order; domains: of the DCs, by number."""

    def __init__(self, dcsim, net, options, work, plan):
        self.work = work
        self.log = []  # commands with their answers
        self.plan = plan
        arguments = [dcsim, "--net", net, *options]
        self.command_line = " ".join(arguments)
        told = subprocess.run([*arguments, "--print-options"], capture_output=True, text=True, check=True)
        self.dc_options = told.stdout.split()
        self.process = subprocess.Popen([*arguments, "--exit-with-stdin"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)
        names = []
        for line in self.process.stdout:
            if line == "ready\n":
                break
            names.append(line.split()[0])
        else:
            raise OSError("dcsim: " + self.process.stderr.read().strip())
        self.dcs = {}
        for i, name in enumerate(names):
            rodc = i >= len(names) - plan.rodcs
            gc = rodc or i < len(names) - plan.rodcs - plan.no_gc
            self.dcs[name] = Dc(name, i % plan.domains, rodc, gc)
        self.domain_dns = ["dc=sim,dc=example"] + [f"dc=d{d},dc=sim,dc=example" for d in range(2, plan.domains + 1)]

    def close(self):
        if self.process.poll() is None:
            watchdog = threading.Timer(10, self.process.kill)
            watchdog.start()
            self.process.stdin.close()
            self.process.wait()
            watchdog.cancel()
        self.process.stdout.close()
        self.process.stderr.close()

    def ask(self, command):
        """The answer's line, not written into the log."""
        self.process.stdin.write(command + "\n")
        answer = self.process.stdout.readline()
        if not answer:
            raise OSError(f"dcsim ended at '{command}': {self.process.stderr.read().strip()}")
        return answer.rstrip("\n")

    def do(self, command):
        answer = self.ask(command)
        self.log.append(f"{command}    # {answer}")
        return answer

    def must(self, command):
        answer = self.ask(command)
        if not answer.startswith("ok"):
            raise OSError(f"dcsim: '{command}': {answer}")
        return answer

    def domain_of(self, dn):
        return max((d for d in range(len(self.domain_dns)) if dn.endswith(self.domain_dns[d])),
                   key=lambda d: len(self.domain_dns[d]))

    def truth(self):
        """{guid: {dc: FACTS}}"""
        path = f"{self.work}/truth"
        self.must(f"truth {path}")
        ret = {}
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                (dc, guid, state, dn, spns, sam, uac, dns, upn, sid, targets, rbcd, enctypes,
                 kind) = line.rstrip("\n").split("\t")
                ret.setdefault(guid, {})[dc] = FACTS(
                    state == "live", dn, tuple(sorted(json.loads(spns))), sam, uac, dns, upn, fold(sid),
                    tuple(sorted(json.loads(targets))), rbcd, enctypes, kind == "full")
        return ret

    def stamps(self, only=None):
        """{(guid, dc): {attribute: Stamp}}; only: of that DC"""
        path = f"{self.work}/stamps"
        self.must(f"stamps {path}")
        ret = {}
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if only and not line.startswith(only):
                    continue
                dc, guid, attribute, version, seconds, origin, invocation, usn = line.rstrip("\n").split("\t")
                ret.setdefault((guid, dc), {})[attribute] = Stamp(int(version), int(seconds), invocation, int(usn),
                                                                  origin)
        return ret

    def info(self, dc):
        """USN, invocationId"""
        words = self.must(f"info {dc}").split()
        return int(words[2]), words[4]


class Future:
    """What would come to a DC if it took now, directly, all that another one has: for each pair of DCs by itself,
    from this moment on, so that a third DC whose vector claims too much does not stand in the way. What comes to it
    from none of the others comes never."""

    SLOT = 9

    def __init__(self, forest, truth, stamps):
        self.forest, self.truth, self.now = forest, truth, stamps
        self.gets = {}

    def _of(self, dc):
        """{other DC: {(guid, dc): stamps}}, after all from there"""
        if dc not in self.gets:
            forest = self.forest
            forest.must(f"save * {self.SLOT}")
            forest.must("set loose 2")
            self.gets[dc] = {}
            for other in forest.dcs:
                if other == dc or forest.dcs[other].rodc:
                    continue
                forest.must(f"thaw {dc}")
                forest.ask(f"replicate {dc} from {other}")
                self.gets[dc][other] = forest.stamps(dc + "\t")
                forest.must(f"load * {self.SLOT}")
            forest.must("set loose 0")
        return self.gets[dc]

    def _rank(self, dc, guid, attribute):
        stamp = self.now.get((guid, dc), {}).get(attribute)
        return stamp and stamp.rank()

    def reaches(self, dc, guid, attribute, stamp):
        """Does that write come to the DC, which has it not? None: none of those that could give it shows it: some have a newer
        one (on what is deleted, or they were not read), or can't give it to a full replica."""
        mine = self._rank(dc, guid, attribute)
        if mine and mine >= stamp.rank():
            return False
        domain = self.forest.domain_of(next(iter(self.truth[guid].values())).dn)
        full = self.forest.dcs[dc].domain == domain
        known = False
        for other, got in self._of(dc).items():
            if self._rank(other, guid, attribute) != stamp.rank() or (full and self.forest.dcs[other].domain != domain):
                continue
            known = True
            arrived = got.get((guid, dc), {}).get(attribute)
            if arrived and arrived.rank() >= stamp.rank():
                return True
        return False if known else None

    def healed(self):
        """The truth when all is replicated, everything thawed."""
        forest = self.forest
        forest.must(f"save * {self.SLOT}")
        forest.must("set loose 2")
        for dc in forest.dcs:
            forest.must(f"thaw {dc}")
        forest.ask("replicate all")
        truth = forest.truth()
        forest.must(f"load * {self.SLOT}")
        forest.must("set loose 0")
        return truth
