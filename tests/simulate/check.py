"""The comparisons. Each returns lines, one a fault; none: all is well."""
from expect import Verdicts, View
from forest import ATTRIBUTES, fold

WORDS = {"lagging", "divergent", "corrupt", "hidden", "lingering", "deletion-lagging", "lost-update", "conflict",
         "unproved"}
# Verdicts that replication will not mend.
LASTING = {"divergent", "corrupt", "lingering"}


def state(view, shown, objects, scope, without):
    """The accounts that are stored, and what each DC shows of them, against the truth. without: {(guid, dc)} of which
    nothing is known that no USN tells of."""
    forest = view.forest
    blind = {guid for guid, _ in without}
    due = {(dc, forest.domain_dns[domain], full) for dc, domains in view.dc_scope.items()
           for domain, full in domains.items()}
    ret = [f"scope: {row} should be there" for row in sorted(due - scope)]
    ret += [f"scope: {row} should not be there" for row in sorted(scope - due)]
    for guid in sorted((objects ^ set(view.rows)) - blind):
        ret.append(f"account {guid}: " + ("not stored" if guid in view.rows else "stored, and nobody shows it"))
    for guid in sorted(objects & set(view.rows)):
        here, truth = shown.get(guid, {}), view.rows[guid]
        for dc in sorted(set(here) | set(truth)):
            if (guid, dc) in without:
                continue
            if dc not in here or dc not in truth:
                ret.append(f"account {guid} at {dc}: " + ("shown there, and not stored so" if dc in truth
                                                           else "stored as shown there, and it is not"))
                continue
            for name, field, pas, _ in ATTRIBUTES:
                was, is_ = getattr(here[dc], field), getattr(truth[dc], field)
                if was != is_ and (pas or truth[dc].full):
                    ret.append(f"account {guid} at {dc}: {name} is stored as {was!r}, and is {is_!r}")
            if here[dc].full != truth[dc].full:
                ret.append(f"account {guid} at {dc}: the replica is full: {truth[dc].full}")
    return ret


def duplicates(view, rows):
    """Names that several accounts hold: which, who, seen where."""
    due = {(spn, guid, ";".join(dcs)) for spn, holders in view.duplicates().items() for guid, dcs in holders.items()}
    got = {(fold(row["spn"]), row["account_guid"], row["seen_by"]) for row in rows
           if "shadow" not in row["class"] and "alias" not in row["class"]}
    return ([f"duplicate: {row} is not reported" for row in sorted(due - got)] +
            [f"duplicate: {row} is reported, and is none" for row in sorted(got - due)])


# What tells which row it is.
NAMING = ("account", "account_guid", "attribute", "dc", "verdict", "spn", "type", "target", "0", "1")


def _beside(row, other, names):
    """Two rows that differ little: which they are, and what differs."""
    def cells(row):
        return [cell if isinstance(cell, tuple) and len(cell) == 2 else (str(i), cell) for i, cell in enumerate(row)]
    return ", ".join(f"{name}: {names[0]} {mine!r}, {names[1]} {theirs[1]!r}" if (name, mine) != theirs else f"{name}={mine!r}"
                     for (name, mine), theirs in zip(cells(row), cells(other)) if name in NAMING or (name, mine) != theirs)


def same(a, b, names):
    """Two dumps of Database.dump."""
    ret = []
    for section in a:
        mine, theirs = a[section] - b[section], b[section] - a[section]
        for row in sorted(mine, key=str):
            def alike(other, row=row):
                return sum(x == y for x, y in zip(row, other))
            best = max(sorted(theirs, key=str), key=alike, default=None)
            if best and alike(best) * 2 > len(row):
                theirs.discard(best)
                ret.append(f"{section}: {_beside(row, best, names)}")
            else:
                ret.append(f"{section}: only in {names[0]}: {row}")
        ret += [f"{section}: only in {names[1]}: {row}" for row in sorted(theirs, key=str)]
    return ret


def _stamp_faults(where, row, stamps, invocations):
    """invocations: that DCs have now. One of before a restore may have no name."""
    got = str(row["winning_version"]), str(row["winning_usn"]), row["winning_dc"]
    due = {(str(s.version), str(s.usn), s.origin) for s in stamps}
    due |= {(str(s.version), str(s.usn), s.invocation) for s in stamps if s.invocation not in invocations}
    return [] if got in due else [f"{where}: its winning stamp is {got}, and should be one of {sorted(due)}"]


def names_of(row):
    return " or ".join(sorted(verdict or "nothing" for verdict in row.allowed))


def verdicts(expected, rows, without):
    """rows: of the report divergence. without: GUIDs of which the database need not know enough."""
    ret, seen = [], set()
    truth, vague = expected.view.truth, set(expected.vague)
    for row in rows:
        guid, attribute, dc, verdict = (row[c] for c in ("account_guid", "attribute", "dc", "verdict"))
        key = guid, attribute, dc
        where = f"divergence: {guid} {attribute} at {dc}: {verdict}"
        if verdict not in WORDS:
            ret.append(f"{where}: no such verdict")
        if guid in without or (guid, attribute) in expected.loose:
            continue
        # By an older write of the same value it is hidden there, by the newest it is on its way.
        hidden = verdict == "hidden" and attribute in expected.view.forest.dcs[dc].hides
        if (guid, attribute) in expected.vague and (verdict in ("lagging", "lost-update", "unproved") or hidden):
            vague.discard((guid, attribute))
            if dc not in expected.vague[guid, attribute]:
                ret.append(f"{where}: it is not there")
            continue
        if (key, verdict) in seen:
            ret.append(f"{where}: twice")
        seen.add((key, verdict))
        if verdict == "conflict":
            if not any("\\0acnf:" in facts.dn for facts in truth.get(guid, {}).values()):
                ret.append(f"{where}: its name was in no conflict")
        elif verdict == "lost-update":
            if key not in expected.lost:
                ret.append(f"{where}: nothing was lost")
            else:
                ret += _stamp_faults(where, row, expected.lost[key], expected.invocations)
        elif key not in expected.rows:
            ret.append(f"{where}: there is no difference to explain there")
        elif verdict not in expected.rows[key].allowed:
            ret.append(f"{where}: it is {names_of(expected.rows[key])}")
        elif expected.rows[key].stamps and verdict != "unproved":
            ret += _stamp_faults(where, row, expected.rows[key].stamps, expected.invocations)
    said = {key for key, verdict in seen if verdict not in ("lost-update", "conflict")}
    ret += [f"divergence: {guid} {attribute}: no row" for guid, attribute in sorted(vague - expected.loose)
            if guid not in without and not {key for key, _ in seen if key[:2] == (guid, attribute)}]
    for key in sorted(set(expected.rows) - said):
        if key[:2] in expected.vague and not expected.rows[key].allowed <= LASTING:
            continue
        if key[0] not in without and key[:2] not in expected.loose and None not in expected.rows[key].allowed:
            ret.append(f"divergence: {' '.join(key)}: no row, and it is {names_of(expected.rows[key])}")
    # Of DCs that show the same losing value one is asked for its stamp, which tells; so one row is enough. None is needed where
    # some of them have it from another write, which nothing came in between of.
    told = {(guid, attribute, expected.values[guid, attribute, dc]) for (guid, attribute, dc), verdict in seen
            if verdict == "lost-update" and (guid, attribute, dc) in expected.lost}
    for guid, attribute, dc in sorted(expected.lost):
        value = expected.values[guid, attribute, dc]
        if guid not in without and (guid, attribute) not in expected.vague.keys() | expected.loose and \
                (guid, attribute, value) not in told and \
                expected.must_tell(guid, attribute, value):
            ret.append(f"divergence: {guid} {attribute} {dc}: no row of verdict lost-update where {value} is shown")
    return ret


def oracle(expected, healed, damaged):
    """The expectation itself, against a second look into the future, of another kind: in a forest in which nobody has done
    damage below replication, all that differs goes away with it, but for what is hidden or can't be read."""
    ret = []
    if damaged:
        return ret
    for (guid, attribute, dc), row in expected.rows.items():
        if row.allowed <= LASTING:
            ret.append(f"oracle: {guid} {attribute} at {dc}: {sorted(row.allowed)} in a forest that is sound")
    view = View(expected.view.forest, healed, expected.view.complete)
    for guid, rows in view.rows.items():
        told = healed[guid]
        if len(rows) != len(view.scope[guid]):
            ret.append(f"oracle: {guid} does not come everywhere: {sorted(set(view.scope[guid]) - set(rows))}, "
                       f"{ {dc: facts.live for dc, facts in told.items()} }")
        for name, field, pas, _ in ATTRIBUTES:
            shown = {getattr(facts, field) for dc, facts in rows.items()
                     if (pas or facts.full) and name not in view.forest.dcs[dc].hides}
            if len(shown) > 1:
                ret.append(f"oracle: {guid} {name} never becomes the same: {sorted(map(str, shown))}")
    return ret


def nothing_lasting(rows, without):
    """After a scan while writes went on, in a forest that is sound."""
    return [f"divergence: {row['account_guid']} {row['attribute']} at {row['dc']}: {row['verdict']}, and it heals"
            for row in rows if row["verdict"] in LASTING and row["account_guid"] not in without]


def expectation(view, stamps, future, tainted):
    return Verdicts(view, stamps, future, tainted)
