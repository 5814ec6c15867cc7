"""Do the comparisons notice? A check that can't fail is worth nothing: each is given what is right, which it must pass, and
then the same with one thing wrong, which it must not."""
import os
import shutil
import sqlite3
import tempfile

import check
import seed as seeds
from database import Database
from expect import View
from forest import Future


def perfect(expected):
    """The report that is expected."""
    rows = []
    for (guid, attribute, dc), row in sorted(expected.rows.items()):
        if None not in row.allowed:
            rows.append(report_row(guid, attribute, dc, sorted(row.allowed)[0], min(row.stamps, default=None)))
    for (guid, attribute, dc), stamps in sorted(expected.lost.items()):
        rows.append(report_row(guid, attribute, dc, "lost-update", sorted(stamps)[0]))
    return rows


def report_row(guid, attribute, dc, verdict, stamp):
    return {"account_guid": guid, "attribute": attribute, "dc": dc, "verdict": verdict,
            "winning_version": stamp.version if stamp else None, "winning_usn": stamp.usn if stamp else None,
            "winning_dc": stamp.origin if stamp else None}


def changed(rows, choose, **values):
    """The rows, the first that choose() takes changed."""
    at = next(i for i, row in enumerate(rows) if choose(row))
    return [dict(row, **values) if i == at else row for i, row in enumerate(rows)]


class SelfTest:
    def __init__(self):
        self.passed = self.failed = 0

    def tell(self, what, ok):
        self.passed += ok
        self.failed += not ok
        if not ok:
            print(f"not ok - self-test: {what}")

    def right(self, what, lines):
        for line in lines[:5]:
            print(f"    {line}")
        self.tell(f"{what} that is right is taken for wrong", not lines)

    def wrong(self, what, lines):
        self.tell(f"{what} is not noticed", bool(lines))

    # ---- verdicts ----

    def verdicts(self, expected):
        rows = perfect(expected)
        met = {row["verdict"] for row in rows}
        self.tell(f"this forest has too few verdicts to tell: {sorted(met)}",
                  met >= {"lagging", "divergent", "corrupt", "lingering", "deletion-lagging", "lost-update"})
        self.right("a report of divergence", check.verdicts(expected, rows, set()))
        for verdict, other in (("lagging", "divergent"), ("divergent", "lagging"), ("corrupt", "lagging"),
                               ("lingering", "lagging"), ("deletion-lagging", "divergent"), ("lagging", "unproved"),
                               ("lost-update", "lagging"), ("lagging", "differs"), ("lagging", "conflict")):
            def is_it(row, verdict=verdict):
                return row["verdict"] == verdict
            if any(map(is_it, rows)):
                self.wrong(f"{verdict} called {other}", check.verdicts(expected, changed(rows, is_it, verdict=other), set()))
                at = next(i for i, row in enumerate(rows) if is_it(row))
                self.wrong(f"a row of {verdict} that is missing", check.verdicts(expected, rows[:at] + rows[at + 1:], set()))
        for column in ("winning_version", "winning_usn", "winning_dc"):
            self.wrong(f"another {column}", check.verdicts(
                expected, changed(rows, lambda row: row["verdict"] == "lagging", **{column: 0}), set()))
        self.wrong("a row twice", check.verdicts(expected, rows + rows[:1], set()))
        guid, rows_of = next((guid, dcs) for guid, dcs in sorted(expected.view.rows.items())
                             if not any(key[0] == guid for key in expected.rows))
        self.wrong("a row where nothing differs", check.verdicts(
            expected, rows + [report_row(guid, "servicePrincipalName", next(iter(rows_of)), "lagging", None)], set()))
        self.wrong("a lasting verdict in a sound forest", check.nothing_lasting(rows, set()))
        self.wrong("damage in a forest that counts as sound", check.oracle(expected, expected.view.truth, False))

    # ---- what is stored ----

    def stored(self, view, path, work):
        def look(what, *statements):
            """All comparisons of a database after these statements: (state, duplicates, same, faults)"""
            other = os.path.join(work, "other.db")
            shutil.copy(path, other)
            with sqlite3.connect(other) as db:
                done = sum(db.execute(statement).rowcount for statement in statements)
            db.close()
            if statements:
                self.tell(f"{what}: nothing to change", done > 0)
            one, two = Database(path), Database(other)
            try:
                return (check.state(view, two.shown(), two.objects(), two.scope(), set()),
                        check.duplicates(view, two.duplicates()),
                        check.same(one.dump(set()), two.dump(set()), ("one", "other")), two.faults(self.invariants))
            finally:
                one.close()
                two.close()

        for what, lines in zip(("a state", "duplicates", "a database", "a database's inside"), look("as it is")):
            self.right(what, lines)
        state, same = 0, 2

        def text(place, value):
            return (f"template = NULL, rest = (SELECT json_set(json_array(s.dns_host, s.upn, s.sid), '$[{place}]', '{value}') "
                    "FROM account_state s WHERE s.id = account_fact.id)")

        for column, change in (("dn", "dn = 'CN=x'"), ("sam", "sam = 'x'"), ("uac", "uac = 7"), ("dns_host", text(0, "x")),
                               ("upn", text(1, "x")), ("sid", text(2, "S-1-2"))):
            lines = look(column, f"UPDATE account_fact SET {change} WHERE id = (SELECT max(account) FROM consensus)")
            self.wrong(f"state: another {column}", lines[state])
        for column, value in (("targets", "'[\"a/b\"]'"), ("rbcd", "'00'"), ("enctypes", "77")):
            lines = look(column, f"UPDATE delegation_state SET {column} = {value} WHERE id = (SELECT max(delegation) FROM consensus)")
            self.wrong(f"state: another {column}", lines[state])
        lines = look("SPNs", "UPDATE spn_set SET template = NULL, text = '[\"a/b\"]' WHERE id = (SELECT max(spn) FROM consensus)")
        self.wrong("state: other SPNs", lines[state])
        self.wrong("a new database with other SPNs", lines[same])
        lines = look("departure", "DELETE FROM departure WHERE object = (SELECT max(object) FROM departure WHERE spn IS NOT NULL)")
        self.wrong("state: a departure that is missing", lines[state])
        self.wrong("a departure that the new database lacks", lines[same])
        lines = look("presence", "DELETE FROM departure WHERE object = (SELECT max(object) FROM departure WHERE shown = 0)")
        self.wrong("state: a DC that lacks an account", lines[state])
        lines = look("account", "DELETE FROM departure WHERE object = (SELECT max(object) FROM consensus)",
                     "UPDATE object SET shown = NULL, spn = NULL, account = NULL, delegation = NULL WHERE id = (SELECT max(object) FROM consensus)")
        self.wrong("state: an account that is missing", lines[state])
        lines = look("scope", "UPDATE replica SET is_full = 0 WHERE dc = 1")
        self.wrong("state: another scope", lines[state])
        self.wrong("invariants", look("invariants", "UPDATE departure SET shown = 1 - shown")[3])
        self.wrong("duplicates", look("duplicates", "DELETE FROM shared_spn WHERE key = (SELECT max(key) FROM shared_spn)")[1])

    def exit_code(self, seed, path):
        db = Database(path)
        try:
            dcs = db.scan_dcs(db.newest_scan()["id"])
            db.faults(self.invariants)
            codes = []
            for code in (0, 1, 2):
                try:
                    seed.check_code(db, code, dcs, set(dcs), "self-test")
                    codes.append(code)
                except seeds.Wrong:
                    pass
            self.tell(f"exit codes {codes} are right with findings", codes == [1])
        finally:
            db.close()


def find_seed(options, net, work):
    """A forest with enough damage in it to have every verdict: steps, and some by hand."""
    one = seeds.Seed(5, options, net, work)
    hist, forest = one.history, one.forest
    hist.set_up()
    first, second = [dc for dc in forest.dcs.values() if dc.domain == 0 and not dc.rodc][:2]
    a, b, c, d, e, f = [guid for guid in sorted(hist.accounts) if hist.accounts[guid] == 0][:6]
    # So that it is known that deleted objects can be read.
    gone = forest.must(f"create {first.short} {hist.places[0][0]} user gone HTTP/gone").split()[1]
    hist.run([f"set time {hist.clock + 5}", f"delete {first.short} {gone}", f"write {first.short} {a} add-spn HTTP/one", "replicate all",
              # two writes that do not know of each other
              f"write {first.short} {a} add-spn HTTP/left", f"write {second.short} {a} add-spn HTTP/right",
              f"raw {first.short} {b} add-spn HTTP/raw", f"forget {first.short} {c}",
              f"write {first.short} {d} add-spn HTTP/missed", f"vector {second.short} of {first.short} 99999999",
              "replicate all", f"write {second.short} {e} add-spn HTTP/late HTTP/one", f"delete {second.short} {f}",
              f"write {second.short} {a} add-spn HTTP/again", f"write {first.short} {a} add-spn HTTP/as-well",
              f"create {second.short} {hist.places[0][0]} user newest HTTP/newest"])
    return one


def run(options, net):
    test = SelfTest()
    test.invariants = options.invariants
    work = tempfile.mkdtemp(prefix="simulate-")
    one = find_seed(options, net, work)
    try:
        start = next(iter(one.forest.dcs.values()))
        one.spnscan(start, one.db, [], "scan.log")
        truth, stamps = one.forest.truth(), one.forest.stamps()
        view = View(one.forest, truth, set(one.forest.dcs))
        test.verdicts(check.expectation(view, stamps, Future(one.forest, truth, stamps), {}))
        test.stored(view, one.db, work)
        test.exit_code(one, one.db)
    finally:
        one.close()
        shutil.rmtree(work, ignore_errors=True)
    print(f"self-test: {test.passed} passed, {test.failed} failed")
    return int(test.failed > 0)
