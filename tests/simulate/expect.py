"""What a scan must say, from the forest's own word: tests/dcsim's truth, stamps, and what would become of it."""
from collections import namedtuple

from forest import ATTRIBUTES, is_of_interest

# allowed: the verdicts that are right there, with None among them there may be no row; stamps: the winning one, or those that
# are as good; empty: not to be looked at.
Row = namedtuple("Row", "allowed stamps")


def in_scope(forest, complete):
    """{dc: {domain: full?}} of the complete DCs."""
    ret = {}
    for name in complete:
        dc = forest.dcs[name]
        ret[name] = {dc.domain: True}
        if dc.gc and dc.ready:
            for domain in range(len(forest.domain_dns)):
                ret[name].setdefault(domain, False)
    return ret


class View:
    """What the complete DCs show. rows: {guid: {dc: FACTS}} of the accounts of interest, of DCs that show them alive
    and can tell; scope: {guid: [dc]}, those that were to tell."""

    def __init__(self, forest, truth, complete):
        self.forest, self.truth, self.complete = forest, truth, complete
        self.dc_scope = in_scope(forest, complete)
        self.rows, self.scope, self.domain, self._tombstones = {}, {}, {}, {}
        for guid, told in truth.items():
            domain = forest.domain_of(next(iter(told.values())).dn)
            self._tombstones.update({(dc, domain): True for dc in told if not told[dc].live})
            dcs = [dc for dc in sorted(complete) if domain in self.dc_scope[dc]]
            full = {dc: self.dc_scope[dc][domain] for dc in dcs}
            if not any(is_of_interest(told.get(dc), full[dc]) for dc in dcs):
                continue
            spn = any(dc in told and told[dc].live and told[dc].spns for dc in dcs)
            dcs = [dc for dc in dcs if full[dc] or spn]
            self.scope[guid] = dcs
            self.domain[guid] = domain
            self.rows[guid] = {dc: told[dc] for dc in dcs if dc in told and told[dc].live}

    def sees_tombstones(self, dc, domain):
        """Can a reader of deleted objects know that it is one? Only by seeing one. None: truth does not tell of all there are."""
        if self.forest.dcs[dc].tombstones_hidden:
            return False
        return self._tombstones.get((dc, domain))

    def duplicates(self):
        """{spn: {guid: [dc]}} of names that several accounts hold."""
        held = {}
        for guid, rows in self.rows.items():
            for dc, facts in rows.items():
                for spn in facts.spns:
                    held.setdefault(spn, {}).setdefault(guid, set()).add(dc)
        ret = {}
        for spn, holders in held.items():
            if len(holders) < 2:
                continue
            names = {next(iter(self.rows[guid].values())).sam for guid in holders}
            if spn == "kadmin/changepw" and all(name.startswith("krbtgt") for name in names):
                continue
            ret[spn] = {guid: sorted(dcs) for guid, dcs in holders.items()}
        return ret


def first_rdn(dn):
    at = 0
    while True:
        at = dn.find(",", at)
        if at < 0 or dn[at - 1] != "\\":
            return dn if at < 0 else dn[:at]
        at += 1


class Verdicts:
    """rows: {(guid, attribute, dc): Row}; lost: {(guid, attribute, dc): {stamps}}; loose: {(guid, attribute)} of which
    only the judge's own rules could tell (a right is missing for what decides), with any rows or none.
    tainted: {invocation: usn}: what that one wrote beyond was taken back by a rollback, and the USNs are given out
    anew: nobody can say what becomes of such a write."""

    def __init__(self, view, stamps, future, tainted):
        self.view, self.stamps, self.future, self.tainted = view, stamps, future, tainted
        self.rows, self.lost, self.loose = {}, {}, set()
        self.invocations = {view.forest.info(dc)[1] for dc in view.forest.dcs}
        # {(guid, attribute): DCs} where several writes brought one value. One DC stands for all that show it, so that the rest
        # may be judged by an older write: which of two values is the newer one can be mistaken, not that both are on their way.
        self.vague = {}
        self.values = {}  # that the losing ones of lost show
        self.same = {}    # (guid, attribute, value): {was it overwritten?} of the DCs that show it
        for guid in view.rows:
            self._existence(guid)
            if len(view.rows[guid]) > 1:
                for attribute in ATTRIBUTES:
                    self._value(guid, attribute)
        # An object that is gone below replication has no word for its values.

    def _dc(self, name):
        return self.view.forest.dcs[name]

    def _put(self, guid, attribute, dc, allowed, *stamps):
        self.rows[guid, attribute, dc] = Row(frozenset(allowed), frozenset(stamps))

    def _is_tainted(self, stamp):
        return stamp.invocation in self.tainted and stamp.usn > self.tainted[stamp.invocation]

    def _behind(self, guid, attribute, stamp_of, dc, stamps, name):
        """A DC that does not show what these writes brought, all of them the same."""
        allowed = set()
        for stamp in stamps:
            reaches = None if self._is_tainted(stamp) else self.future.reaches(dc, guid, stamp_of, stamp)
            allowed |= {name, "divergent"} if reaches is None else {name} if reaches else {"divergent"}
        # What it shows may be known from another DC that shows the same: then its vector tells enough.
        if self._dc(dc).vector_hidden:
            # What it wrote itself and has not any more takes no vector to know; spnscan knows it of who writes its domain alone.
            own = self.view.forest.info(dc)[1]
            allowed = {"unproved"} | (allowed if any(stamp.invocation == own for stamp in stamps) else set())
        elif self._dc(dc).metadata_hidden:
            allowed = {"unproved"} | (allowed & {name})
        self._put(guid, attribute, dc, allowed, *stamps)

    def must_tell(self, guid, attribute, value):
        return self.same[guid, attribute, value] == {True}

    # ---- is it there? ----

    def _existence(self, guid):
        view = self.view
        told, live = view.truth[guid], view.rows[guid]
        scope = view.scope[guid]
        if len(live) == len(scope):
            return
        dead = [dc for dc in scope if dc in told and not told[dc].live and not self._dc(dc).tombstones_hidden]
        absent = [dc for dc in scope if dc not in live and dc not in dead]
        words = {dc: self.stamps.get((guid, dc), {}) for dc in [*live, *dead]}
        # One of those that do not show it alive stands for the others, and need not be the one with the tombstone, where that
        # one's vector can't be read.
        if any(self._dc(dc).metadata_hidden for dc in [*live, *dead]) or \
                (len(scope) - len(live) > 1 and any(self._dc(dc).vector_hidden for dc in [*dead, *absent])):
            self.loose |= {(guid, "objectGUID"), (guid, "isDeleted")}
            return
        creation = max((w["whenCreated"] for w in words.values() if "whenCreated" in w), key=lambda s: s.rank())
        turns = {dc: w["isDeleted"] for dc, w in words.items() if "isDeleted" in w}
        turn = max(turns.values(), key=lambda s: s.rank()) if turns else None
        made = [dc for dc in turns if turns[dc].rank() == turn.rank()]
        if self._is_tainted(creation) or (len({dc in live for dc in made}) > 1):
            self.loose |= {(guid, "objectGUID"), (guid, "isDeleted")}
            return
        deleted = any(dc in dead for dc in made)
        if dead and deleted:
            for dc in live:  # deleted twice, one tombstone tells as much as the other
                self._behind(guid, "isDeleted", "isDeleted", dc, {turns[other] for other in dead if other in turns},
                             "deletion-lagging")
            return
        for dc in dead:
            # Brought back twice: one return tells as much as the other, if it came after that deletion.
            self._behind(guid, "isDeleted", "isDeleted", dc,
                         {turns[other] for other in live if other in turns and
                          (dc not in turns or turns[other].rank() > turns[dc].rank())}, "lagging")
        lingers = False
        for dc in absent:
            lingers |= self._absence(guid, dc, creation, None if deleted else turn,
                                     {turns[other] for other in live if other in turns})
        for dc in live if lingers else ():
            self._put(guid, "objectGUID", dc, {"lingering"}, creation)

    def _absence(self, guid, dc, creation, back, backs):
        """back: of its return, if it was deleted once; backs: brought back twice, one return tells as much as the other, if it
        came after that deletion. True: it lingers elsewhere."""
        sees = self.view.sees_tombstones(dc, self.view.domain[guid])
        blind = not sees
        comes = self.future.reaches(dc, guid, "whenCreated", creation)
        if self._dc(dc).vector_hidden and creation.invocation == self.view.forest.info(dc)[1]:
            # That it had what it wrote itself takes no vector to know; spnscan knows it of who writes its domain alone.
            self.loose |= {(guid, "objectGUID"), (guid, "isDeleted")}
        elif self._dc(dc).vector_hidden:
            self._put(guid, "objectGUID", dc, {"unproved"})
        elif comes:
            self._put(guid, "objectGUID", dc, {"lagging"}, creation)
        elif sees is None or comes is None or (blind and back and self._is_unclear(guid, dc, back)):
            self.loose |= {(guid, "objectGUID"), (guid, "isDeleted")}
        elif blind and back and self.future.reaches(dc, guid, "isDeleted", back):
            mine = self.stamps.get((guid, dc), {}).get("isDeleted")
            backs = [s for s in backs if not mine or s.rank() > mine.rank()]
            # One that shows it stands for all, and may be one that never heard of that deletion.
            known = all(self.stamps.get((guid, other), {}).get("isDeleted") in backs for other in self.view.rows[guid])
            self._put(guid, "isDeleted", dc, {"lagging"} if known else {"lagging", None}, *backs)
            if not known:
                self._put(guid, "objectGUID", dc, {"unproved", None})
        elif blind and back and dc not in self.view.truth[guid]:
            # Gone below replication, which looks like a tombstone that can't be seen, until the DC should have the return.
            self._put(guid, "isDeleted", dc, {"lagging", None}, back)
            self._put(guid, "objectGUID", dc, {"unproved", None})
        elif blind:
            self._put(guid, "objectGUID", dc, {"unproved"})
        else:
            return True
        return False

    def _is_unclear(self, guid, dc, back):
        """A return that may lose against a deletion which nobody can see."""
        mine = self.stamps.get((guid, dc), {}).get("isDeleted")
        return self._is_tainted(back) or (mine and mine.rank() > back.rank()) or \
            self.future.reaches(dc, guid, "isDeleted", back) is None

    # ---- what does it look like? ----

    def _value(self, guid, attribute):
        name, field, pas, stamp_of = attribute
        rows = self.view.rows[guid]
        values = {dc: getattr(facts, field) for dc, facts in rows.items() if facts.full or pas}
        if field == "uac":
            hiding = [dc for dc in values if not values[dc]]
            values = {dc: value for dc, value in values.items() if value}
            for dc in hiding if values else ():
                self._put(guid, name, dc, {"hidden"})
        if len(set(values.values())) < 2:
            return
        told = {dc: self.stamps[guid, dc][stamp_of] for dc in values
                if not self._dc(dc).metadata_hidden and stamp_of in self.stamps.get((guid, dc), {})}
        if not told:
            for dc in values:  # of those that show one value one was asked
                self._put(guid, name, dc, {"unproved", None})
            return
        writes = {}
        for dc in values:
            if not self._dc(dc).metadata_hidden:
                writes.setdefault(values[dc], set()).add(told[dc].rank() if dc in told else None)
        if any(len(ranks) > 1 for ranks in writes.values()):
            self.vague[guid, name] = set(values)
        best = max(told.values(), key=lambda s: s.rank())
        holders = [dc for dc in told if told[dc].rank() == best.rank()]
        right = self._elect(guid, name, values, holders)
        if right is None:
            self.loose.add((guid, name))
            return
        self._holders(guid, name, values, holders, right, best)
        for dc in values:
            if dc in holders:
                continue
            if values[dc] in right:
                # Where one stands for all that show the same, it may be this one.
                if self._dc(dc).metadata_hidden:
                    self._put(guid, name, dc, {"unproved", None})
                continue
            self._behind(guid, name, stamp_of, dc, {best}, "lagging")
            self._overwritten(guid, name, dc, values, told)

    def _elect(self, guid, name, values, holders):
        """The values that may be right among those of the greatest stamp: one, or several of equal weight. None: only
        the security descriptors could tell what is hidden and what is lost."""
        weighed = self._weighed(name, values, holders)
        # Of those that are known to show what another shows their vector has to tell that it is from the same write; so one whose
        # vector is hidden may not be counted, and one whose metadata are may be.
        if weighed is None or (len({values[dc] for dc in holders}) > 1 and
                               any(self._dc(dc).vector_hidden or self._dc(dc).metadata_hidden for dc in values)):
            return None
        votes = {}
        for dc in weighed:
            votes[values[dc]] = votes.get(values[dc], 0) + 1
        return {value for value in votes if votes[value] == max(votes.values())}

    def _weighed(self, name, values, holders):
        present = [dc for dc in holders if values[dc]]
        if not present or len(present) == len(holders):
            return holders
        weighed = list(present)
        for dc in holders:
            if values[dc]:
                continue
            if not self._dc(dc).hides and any(not self._dc(other).hides for other in present):
                weighed.append(dc)  # lost: nothing is hidden there
            elif name not in self._dc(dc).hides:
                return None
        return weighed

    def _holders(self, guid, name, values, holders, right, best):
        weighed = self._weighed(name, values, holders)
        tie = len(right) > 1
        rdns = {first_rdn(values[dc]) for dc in holders} if name == "distinguishedName" else set()
        for dc in holders:
            if dc not in weighed:
                self._put(guid, name, dc, {"hidden"}, best)
            elif not tie and values[dc] in right:
                continue
            elif rdns and (len(rdns) == 1 if tie else first_rdn(values[dc]) == first_rdn(next(iter(right)))):
                # A container above has another name. A tie is not one where the vector of one that was not asked does not tell
                # yet that it has that write.
                self._put(guid, name, dc, {"unproved", None} if tie else {"unproved"})
            else:
                self._put(guid, name, dc, {"corrupt"}, best)

    def _overwritten(self, guid, name, dc, values, told):
        if name not in ("servicePrincipalName", "msDS-AllowedToDelegateTo"):
            return
        if dc not in told:
            self.same.setdefault((guid, name, values[dc]), set()).add(False)
            return
        mine = told[dc]
        by = {s for other, s in told.items()
              if s.version == mine.version and s.invocation != mine.invocation and s.rank() > mine.rank() and
              values[other] != values[dc]}
        self.same.setdefault((guid, name, values[dc]), set()).add(bool(by))
        if by:
            self.lost[guid, name, dc] = by
            self.values[guid, name, dc] = values[dc]
