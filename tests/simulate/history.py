"""A seed's forest and what happens in it: steps by chance, all from one random.Random."""
import time

from forest import Forest

SPNS = [f"HTTP/app{n}.sim.example" for n in range(8)] + ["cifs/app1.sim.example", "MSSQLSvc/db1.sim.example:1433",
                                                        "MSSQLSvc/db1.sim.example", "HOST/app2", "http/APP3"]
# For a schedule of replication, an administrator, an accident.
EVERYDAY = (("spn", 24), ("attribute", 12), ("delegation", 8), ("create", 5), ("delete", 5), ("restore", 4), ("move", 5),
            ("rename", 3), ("ou", 7), ("replicate", 26), ("partly", 4), ("all", 3), ("freeze", 3), ("rights", 2),
            ("ready", 1))
DAMAGE = (("raw", 4), ("forget", 3), ("cursor", 3), ("save", 4), ("load", 6))
HIDEABLE = ("dNSHostName", "servicePrincipalName", "userAccountControl", "userPrincipalName",
            "msDS-SupportedEncryptionTypes", "msDS-AllowedToDelegateTo")
OFFERS = ("raw", "binary", "xml")
UACS = (0x1000, 0x1000 | 0x80000, 0x1000 | 0x1000000, 0x200, 0x202, 0x200 | 0x1000000)
SLOTS = 4


def pick(random, weighted):
    return random.choices([name for name, _ in weighted], [weight for _, weight in weighted])[0]


class Plan:
    """The options of a seed."""

    def __init__(self, random, seed):
        self.domains = random.choice((1, 1, 1, 2))
        self.dcs = random.randint(self.domains + (self.domains == 1), 4)
        spare = self.dcs - self.domains
        self.rodcs = int(spare > 0 and random.random() < 0.2)
        self.no_gc = int(spare > self.rodcs and random.random() < 0.2)
        # Without it nothing is done that replication would not mend.
        self.damage = random.random() < 0.45
        self.deleted_hidden = random.random() < 0.3
        self.hides = random.random() < 0.2
        self.options = ["--seed", str(seed), "--domains", str(self.domains), "--dcs", str(self.dcs),
                        "--accounts", str(random.randint(20, 60)), "--enctypes", "300", "--delegation",
                        str(random.choice((50, 200))), "--rodcs", str(self.rodcs), "--no-gc", str(self.no_gc),
                        "--big", str(int(random.random() < 0.03)), "--duplicates", str(random.choice((0, 0, 2))),
                        "--shadows", str(random.choice((0, 1)))]
        if random.random() < 0.4:
            self.options.append("--recycle-bin")
        if random.random() < 0.25:
            self.options += ["--max-page-size", str(random.choice((3, 7, 20)))]
        if random.random() < 0.15:
            self.options += ["--max-val-range", str(random.choice((2, 5)))]


class History:
    def __init__(self, random, forest, began):
        self.random, self.forest, self.plan = random, forest, forest.plan
        self.clock = began
        self.made = 0
        self.accounts = {}    # guid: domain
        self.places = {}      # domain: where accounts may stand; guid or DN
        self.ous = {}         # guid: domain
        self.kept = {}        # (dc, slot): what is to be brought back with it
        self.touched = {name: set() for name in forest.dcs}  # by damage, ever
        # What no USN tells of; whoever scans takes it away when the DC was read in full.
        self.blind = {name: set() for name in forest.dcs}
        self.rights_changed = False
        self.restored = False  # a DC has, or had, another invocationId
        self.rolled_back = {}  # dc: (USN, invocationId) right after; "restored" or not
        self.tainted = {}      # invocationId: the USN that it was set back to
        self.doubted = set()       # DCs that were set back, or of which others claim more than they wrote
        self._look_around()

    def _look_around(self):
        truth = self.forest.truth()
        for domain in range(self.plan.domains):
            own = {}
            for guid, told in truth.items():
                facts = next(iter(told.values()))
                if self.forest.domain_of(facts.dn) == domain and "domain controllers" not in facts.dn and \
                        facts.sam != "krbtgt" and not facts.sam.startswith("krbtgt_"):
                    own[guid] = facts.dn
            # Few accounts, so that writes meet.
            for guid in self.random.sample(sorted(own), min(6, len(own))):
                self.accounts[guid] = domain
            self.places[domain] = sorted({dn.split(",", 1)[1] for dn in own.values()})
        self.descriptors = sorted({facts.rbcd for told in truth.values() for facts in told.values() if facts.rbcd})

    # ---- small choices ----

    def do(self, command):
        return self.forest.do(command)

    def writer(self, domain):
        return self.random.choice([dc for dc in self.forest.dcs.values() if dc.domain == domain and not dc.rodc]).short

    def account(self):
        guid = self.random.choice(sorted(self.accounts))
        return guid, self.writer(self.accounts[guid])

    def dc(self):
        return self.random.choice(list(self.forest.dcs.values()))

    def place(self, domain):
        place = self.random.choice(self.places[domain] + sorted(g for g, d in self.ous.items() if d == domain) * 2)
        return f'"{place}"' if " " in place else place

    def name(self, what):
        self.made += 1
        return f"{what}{self.made}"

    def some(self, pool, low, high):
        return " ".join(self.random.sample(pool, self.random.randint(low, high)))

    # ---- steps: each gives the commands, so that a thread may send them later ----

    def tick(self):
        self.clock += self.random.choice((0, 0, 1, 2))
        return f"set time {self.clock}"

    def step_spn(self):
        guid, dc = self.account()
        how = self.random.choice(("add-spn", "add-spn", "add-spn", "del-spn", "set-spn", "clear"))
        if how == "clear":
            return [f"write {dc} {guid} set-spn"]
        return [f"write {dc} {guid} {how} {self.some(SPNS, 1, 2 if how == 'add-spn' else 4)}"]

    def step_attribute(self):
        guid, dc = self.account()
        attribute = self.random.choice(("userPrincipalName", "dNSHostName", "sAMAccountName", "userAccountControl"))
        value = {"userPrincipalName": f"u{self.random.randint(1, 9)}@sim.example", "sAMAccountName": self.name("sam"),
                 "dNSHostName": f"h{self.random.randint(1, 9)}.sim.example",
                 "userAccountControl": str(self.random.choice(UACS))}[attribute]
        if attribute in ("userPrincipalName", "dNSHostName") and self.random.random() < 0.2:
            value = ""
        return [f"write {dc} {guid} set {attribute} {value}".rstrip()]

    def step_delegation(self):
        guid, dc = self.account()
        what = self.random.choice(("targets", "targets", "enctypes", "rbcd"))
        if what == "targets":
            return [f"write {dc} {guid} {self.random.choice(('set', 'add'))} msDS-AllowedToDelegateTo "
                    f"{self.some(SPNS, 0, 3)}".rstrip()]
        if what == "enctypes":
            return [f"write {dc} {guid} set msDS-SupportedEncryptionTypes {self.random.choice(('', '4', '24', '28'))}".rstrip()]
        value = f"hex:{self.random.choice(self.descriptors)}" if self.descriptors and self.random.random() < 0.7 else ""
        return [f"write {dc} {guid} set msDS-AllowedToActOnBehalfOfOtherIdentity {value}".rstrip()]

    def step_create(self):
        domain = self.random.randrange(self.plan.domains)
        # Now and then two of one name, made at two DCs.
        name = "twin" if self.random.random() < 0.3 else self.name("new")
        cls = self.random.choice(("user", "computer"))
        spns = self.some(SPNS, 0, 2) if self.random.random() < 0.8 else ""
        return [f"create {self.writer(domain)} {self.place(domain)} {cls} {name} {spns}".rstrip()]

    def step_delete(self):
        guid, dc = self.account()
        return [f"delete {dc} {guid}"]

    def step_restore(self):
        # Whoever is not deleted there is left alone; so several are tried.
        return [f"restore {dc} {guid}" for guid, dc in (self.account() for _ in range(4))]

    def step_move(self):
        guid, dc = self.account()
        return [f"move {dc} {guid} {self.place(self.accounts[guid])}"]

    def step_rename(self):
        guid, dc = self.account()
        return [f"rename {dc} {guid} {self.name('name')}"]

    def step_ou(self):
        domain = self.random.randrange(self.plan.domains)
        own = sorted(guid for guid in self.ous if self.ous[guid] == domain)
        if len(own) < 2:
            return [f"create {self.writer(domain)} {self.place(domain)} organizationalUnit {self.name('ou')}"]
        ou = self.random.choice(own)
        if self.random.random() < 0.5:
            return [f"rename {self.writer(domain)} {ou} {self.name('ou')}"]
        # Never below one that may be moved too: two such moves at two DCs could put each below the other.
        return [f'move {self.writer(domain)} {ou} "{self.random.choice(self.places[domain])}"']

    def step_replicate(self):
        to, source = self.random.sample(list(self.forest.dcs.values()), 2)
        return [f"replicate {to.short} from {source.short}"]

    def step_partly(self):
        to, source = self.random.sample(list(self.forest.dcs.values()), 2)
        return [f"replicate {to.short} from {source.short} {self.random.choice(self.forest.domain_dns)}"]

    def step_all(self):
        return ["replicate all"]

    def step_freeze(self):
        return [f"{self.random.choice(('freeze', 'thaw'))} {self.dc().short}"]

    def step_rights(self):
        if not self.plan.deleted_hidden:
            return []
        dc = self.dc()
        dc.tombstones_hidden = not dc.tombstones_hidden
        return [f"deleted {dc.short} {'hidden' if dc.tombstones_hidden else 'readable'}"]

    def step_ready(self):
        dc = self.dc()
        if not dc.gc:
            return []
        dc.ready = not dc.ready
        return [f"ready {dc.short} {'yes' if dc.ready else 'no'}"]

    # ---- damage ----

    def _touch(self, dc, guid):
        self.touched[dc.name].add(guid)
        self.blind[dc.name].add(guid)

    def step_raw(self):
        guid, _ = self.account()
        dc = self.dc()
        self._touch(dc, guid)
        return [f"raw {dc.short} {guid} " + self.random.choice((
            f"set-spn {self.some(SPNS, 0, 3)}", f"add-spn HTTP/{self.name('raw')}", "set userAccountControl 4128",
            f"set userPrincipalName {self.name('raw')}@sim.example", f"set msDS-AllowedToDelegateTo {self.some(SPNS, 1, 2)}"))]

    def step_forget(self):
        guid, _ = self.account()
        dc = self.dc()
        self._touch(dc, guid)
        return [f"forget {dc.short} {guid}"]

    def step_cursor(self):
        """The vector of one claims all that another has written, and a little more."""
        to, of = self.random.sample(list(self.forest.dcs.values()), 2)
        usn, _ = self.forest.info(of.short)
        more = self.random.randint(-3, 3)
        if more > 0:
            self.doubted.add(of.name)
        return [f"vector {to.short} of {of.short} {usn + more}"]

    def step_save(self):
        dc = self.dc()
        slot = self.random.randrange(SLOTS)
        self.kept[dc.name, slot] = dc.put_aside()
        return [f"save {dc.short} {slot}"]

    def back_up(self):
        """So that there is something to be set back to."""
        if self.plan.damage and self.random.random() < 0.7:
            for dc in self.forest.dcs.values():
                self.kept[dc.name, 0] = dc.put_aside()
                self.do(f"save {dc.short} 0")

    def step_load(self):
        if not self.kept:
            return []
        name, slot = self.random.choice(sorted(self.kept))
        dc = self.forest.dcs[name]
        before, invocation = self.forest.info(dc.short)
        self.rights_changed |= dc.hides != self.kept[name, slot][2]
        dc.bring_back(self.kept[name, slot])
        self.blind[name] |= self.touched[name]
        self.doubted.add(name)
        self.do(f"load {dc.short} {slot}")
        usn, was = self.forest.info(dc.short)
        # What it wrote, under this name or one that it had since, and has not any more.
        for one in {invocation, was}:
            self.tainted[one] = min(usn if one == was else 0, self.tainted.get(one, usn))
        restored = self.random.random() < 0.4
        self.rolled_back[name] = min(usn, self.rolled_back.get(name, (usn,))[0]), before
        if restored:
            self.restored = True
            self.do(f"restored {dc.short}")
        return []

    # ---- running them ----

    def learn(self, command, answer):
        """An account or OU that was made."""
        words = command.split()
        if words[0] == "create" and answer.startswith("ok"):
            domain = next(dc.domain for dc in self.forest.dcs.values() if dc.short == words[1])
            (self.ous if " organizationalUnit " in command else self.accounts)[answer.split()[1]] = domain

    def commands(self, table):
        return [self.tick(), *getattr(self, "step_" + pick(self.random, table))()]

    def run(self, commands):
        for command in commands:
            self.learn(command, self.do(command))

    def step(self, damage):
        table = EVERYDAY + (DAMAGE if damage else ())
        self.run(self.commands(table))

    def set_up(self):
        """Rights and OUs, before anything is read."""
        random = self.random
        for dc in self.forest.dcs.values():
            self.do(f"offer {dc.short} {random.choice(OFFERS)}")
            if self.plan.deleted_hidden and random.random() < 0.6:
                dc.tombstones_hidden = True
                self.do(f"deleted {dc.short} hidden")
        for _ in range(random.randint(1, 3) if self.plan.hides else 0):
            self.hide(self.dc())
        for domain in range(self.plan.domains):
            writer = self.writer(domain)
            for _ in range(2):
                self.run([f"create {writer} {self.place(domain)} organizationalUnit {self.name('ou')}"])
            ous = sorted(guid for guid in self.ous if self.ous[guid] == domain)
            for guid in sorted(guid for guid in self.accounts if self.accounts[guid] == domain)[:4] if ous else ():
                self.run([f"move {writer} {guid} {random.choice(ous)}"])
        self.run(["replicate all"])

    def hide(self, dc):
        attribute = self.random.choice(HIDEABLE + ("replPropertyMetaData", "replUpToDateVector") * 2)
        dc.hides |= {attribute}
        self.rights_changed = True
        # The names of the DCs themselves stay readable.
        for cls in ("*",) if attribute.startswith("repl") else ("user", "computer", "msDS-GroupManagedServiceAccount"):
            self.do(f"hide {dc.short} {cls} {attribute}")


def begin_at():
    """Five hours ago: replication that is late from before the first scan is late enough to count."""
    return int(time.time()) - 5 * 3600


def start(dcsim, net, random, seed, work):
    plan = Plan(random, seed)
    forest = Forest(dcsim, net, plan.options, work, plan)
    return forest
