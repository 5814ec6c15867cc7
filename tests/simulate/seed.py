"""One seed: its history, the scans, and what is checked of each."""
import csv
import io
import os
import random
import shutil
import sqlite3
import subprocess
import threading
import time

import check
import history
from database import Database
from expect import View
from forest import Future

SCAN_BOUND_S = 60
# Steps that may come from a thread while a scan runs.
MEANWHILE = tuple(row for row in history.EVERYDAY if row[0] not in ("rights", "ready"))


class Wrong(Exception):
    """lines: what differs."""

    def __init__(self, what, lines):
        super().__init__(what)
        self.what, self.lines = what, lines


def load_invariants(path):
    """The statements of a file."""
    ret, statement = [], ""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("--"):
                continue
            statement += line
            if sqlite3.complete_statement(statement):
                ret.append(statement)
                statement = ""
    return ret


class Seed:
    def __init__(self, number, options, net, work):
        self.number, self.options, self.work = number, options, work
        self.random = random.Random(number)
        began = history.begin_at()
        self.forest = history.start(options.dcsim, net, self.random, number, work)
        try:
            self.history = history.History(self.random, self.forest, began)
        except BaseException:
            self.forest.close()
            raise
        self.db = os.path.join(work, "history.db")
        self.opened = None     # a Database of it, once it is there
        self.stale = set()     # DCs of which deletions were not looked for
        self.scans = 0
        self.damaged = False   # something was done that replication does not mend
        self.overlooked = {}  # per DC: a scan before did not look for deletions
        self.unsound = False   # and it is not only some accounts
        self.counts = {}
        self.since = {}, False  # of what the scan before saw, and whether it saw all DCs
        self.seen_up_to = {}   # dc: the USN when it was read last

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    # ---- running spnscan ----

    def command(self, start, db, extra):
        return [self.options.spnscan, "scan", "-s", start.name, *self.forest.dc_options, "--bind", "anonymous", "--db", db,
                *extra]

    def spnscan(self, start, db, extra, name):
        command = self.command(start, db, extra)
        self.forest.log.append(f"# {' '.join(command)}")
        log = os.path.join(self.work, name)
        with open(log, "w", encoding="utf-8") as out:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
            # wait(timeout) would sleep longer than a scan takes.
            watchdog = threading.Timer(SCAN_BOUND_S, process.kill)
            watchdog.start()
            code = process.wait()
            watchdog.cancel()
        self.forest.log.append(f"#   exit {code}")
        if code not in (0, 1, 2):
            with open(log, encoding="utf-8") as lines:
                raise Wrong(f"{name}: exit {code}", lines.read().splitlines())
        return code

    def database(self):
        """Of the history; None before its first scan."""
        if self.opened:
            self.opened.look_again()
        elif os.path.exists(self.db):
            self.opened = Database(self.db)
        return self.opened

    # ---- before a scan: what it must find out ----

    def marks(self):
        db = self.database()
        return db.marks() if db else {}

    def look_back(self, marks):
        """(must be read in full by hand, {dc: kinds of health of which one must be reported})"""
        by_hand, due = False, {}
        for name, (usn_then, _) in self.history.rolled_back.items():
            mark = marks.get(name)
            if not mark:
                continue
            usn, invocation = self.forest.info(name)
            if invocation != mark["invocation_id"]:
                due[name] = {"restored"} if usn >= mark["usn"] else {"restored", "usn-rollback"}
            elif usn < mark["usn"]:
                due[name] = {"usn-rollback"}
            elif usn_then < self.seen_up_to.get(name, mark["usn"]):
                by_hand = True  # it has given out more USNs than it lost, or lost what came while it was read: they can't tell
        return by_hand, due

    def scan_options(self, full):
        extra = []
        if self.random.random() < 0.2:
            extra += ["--page-size", str(self.random.choice((2, 5)))]
        if self.random.random() < 0.15:
            extra.append("--plain")
        if self.random.random() < 0.1:
            extra += ["--jobs", "1"]
        no_sweep = self.history.plan.deleted_hidden and self.random.random() < 0.2
        return extra + ["--full"] * full + ["--no-sweep"] * no_sweep, no_sweep

    def faults(self):
        """Now and then a DC that refuses, or is cut off. Gives the names, and a DC to start from."""
        dcs = list(self.forest.dcs.values())
        bad = {}
        if self.random.random() < 0.2:
            bad[self.random.choice(dcs).short] = self.random.choice(("refuse", "refuse", "close@1", "close@2", "busy@1"))
        good = [dc for dc in dcs if dc.short not in bad]
        return bad, self.random.choice(good)

    # ---- a scan, and what is checked ----

    def scan(self, quiet, last=False):
        """quiet: nothing is written meanwhile, and all is checked."""
        hist = self.history
        bad, start = ({}, self.random.choice(list(self.forest.dcs.values()))) if last else self.faults()
        marks = self.marks()
        by_hand, due = self.look_back(marks)
        blind = any(hist.blind.values())
        full = by_hand or hist.rights_changed or (blind and self.random.random() < 0.8) or self.random.random() < 0.1
        if last and blind:
            full = True
        extra, no_sweep = self.scan_options(full)
        for dc, fault in bad.items():
            hist.do(f"fault {dc} {fault}")
        self.scans += 1
        name = f"scan-{self.scans}.log"
        if quiet:
            code = self.spnscan(start, self.db, extra, name)
        else:
            code = self.scan_meanwhile(start, extra, name)
        try:
            self.after(self.database(), code, bad, full, no_sweep, marks, due, quiet, name, start, extra)
        finally:
            for dc in bad:
                hist.do(f"fault {dc} none")

    def scan_meanwhile(self, start, extra, name):
        """A thread writes while the scan runs. Which writes is of the seed, when each falls is not."""
        hist = self.history
        slow = self.random.random() < 0.3
        commands, pauses = [], []
        for _ in range(self.random.randint(5, 25)):
            for command in hist.commands(MEANWHILE):
                commands.append(command)
                pauses.append(self.random.random() * (0.012 if slow else 0.004))
        if slow:
            for dc in self.forest.dcs.values():
                self.forest.do(f"fault {dc.short} latency:{self.random.choice((2, 12))}")

        def write():
            for command, pause in zip(commands, pauses):
                time.sleep(pause)
                hist.learn(command, self.forest.do(command))

        thread = threading.Thread(target=write)
        thread.start()
        try:
            return self.spnscan(start, self.db, extra, name)
        finally:
            thread.join()
            for dc in self.forest.dcs.values() if slow else ():
                self.forest.do(f"fault {dc.short} none")

    def after(self, db, code, bad, full, no_sweep, marks, due, quiet, name, start, extra):
        hist, forest = self.history, self.forest
        scan = db.newest_scan()
        dcs = db.scan_dcs(scan["id"])
        complete = {dc for dc, row in dcs.items() if row["complete"]}
        faults = db.faults(self.options.invariants)
        if set(dcs) != set(forest.dcs):
            faults.append(f"DCs: {sorted(dcs)}")
        for dc in forest.dcs.values():
            if dc.name not in complete and dc.short not in bad:
                faults.append(f"{dc.name} was not read whole: {dcs[dc.name]['status']}: {dcs[dc.name]['error']}")
            elif dc.name in complete and bad.get(dc.short) == "refuse":
                faults.append(f"{dc.name} refused, and counts as read whole")
        if faults:
            raise Wrong(f"{name}: the database", faults)
        read_full = self.check_reading(db, scan["id"], complete, marks, due, full, no_sweep, name, quiet)
        self.seen_up_to.update({dc: forest.info(dc)[0] for dc in complete})
        for dc in read_full & complete:
            hist.blind[dc] = set()
            hist.rolled_back.pop(dc, None)
        for dc in complete & set(hist.rolled_back):
            hist.rolled_back.pop(dc)  # there was nothing to find out, or it was found out
        if full and complete == set(forest.dcs):
            hist.rights_changed = False
        if not scan["stored"] or not complete:
            return
        self.check_since(db, scan["id"], complete, name)
        if not quiet:
            self.count("meanwhile")
            if not self.unsound:
                without = {guid for guids in hist.touched.values() for guid in guids}
                self.must(f"{name}: while writes went on", check.nothing_lasting(db.divergence(), without))
            return
        self.check_quiet(db, code, dcs, complete, name, start, extra)

    def must(self, what, lines):
        if lines:
            raise Wrong(what, lines)

    def check_reading(self, db, scan, complete, marks, due, full, no_sweep, name, quiet):
        """How each DC was read, and what its health says. Gives the DCs that were read in full."""
        hist, ret, faults = self.history, set(), []
        view = View(self.forest, self.forest.truth(), complete)
        readings, health = db.readings(scan), db.health()
        for dc in sorted(complete):
            row = readings.get(dc, {"mode": "nothing", "deletions": "nothing"})
            mode = row["mode"]
            if mode == "full":
                ret.add(dc)
            if mode != "full" and (full or dc not in marks or dc in due):
                faults.append(f"{dc} was read by {mode}, and everything had to be read")
            if mode == "full" and not (full or dc not in marks or dc in due or dc in hist.rolled_back):
                # Another scope needs more than what changed.
                self.count("full of itself")
            unknown = row["deletions"] == "unknown"
            if (unknown and not no_sweep) or (unknown and quiet and not self.overlooked.get(dc) and all(view.sees_tombstones(dc, domain) for domain in view.dc_scope[dc])):
                faults.append(f"{dc}: deletions are not known, and could be")
            # What was deleted before no tombstone tells of any more: that takes a sweep.
            self.overlooked[dc] = unknown
            (self.stale.add if unknown else self.stale.discard)(dc)
        for row in health:
            if row["kind"] in ("usn-rollback", "restored") and row["dc"] not in hist.doubted:
                faults.append(f"health: {row['kind']} of {row['dc']}, which nobody set back")
            # A long history is ahead of this machine, which is told of in time.
            if row["kind"] == "clock-skew" and (row["dc"] or hist.clock - time.time() < 100):
                faults.append(f"health: {row}")
        for dc in sorted(set(due) & complete):
            kinds = {row["kind"] for row in health if row["dc"] == dc}
            self.count("/".join(sorted(due[dc])))
            if not kinds & due[dc]:
                faults.append(f"health of {dc}: {sorted(kinds)}, without {' or '.join(sorted(due[dc]))}")
        self.must(f"{name}: how the DCs were read", faults)
        return ret

    def check_quiet(self, db, code, dcs, complete, name, start, extra):
        forest, hist = self.forest, self.history
        truth, stamps = forest.truth(), forest.stamps()
        view = View(forest, truth, complete)
        blind = {(guid, dc) for dc, guids in hist.blind.items() for guid in guids}
        if self.stale:
            blind |= {(guid, dc) for guid in view.rows for dc in self.stale if dc not in view.rows[guid]}
        gone = {guid for guid, _ in blind}
        if self.stale:  # accounts that nobody shows any more
            gone |= {guid for guid, told in truth.items() if any(dc not in told or not told[dc].live for dc in self.stale)}
        # Alive below Deleted Objects: what becomes of a return that met a deletion; who sees it is not for here.
        strange = {guid for guid, told in truth.items() if any(f.live and ",cn=deleted objects," in f.dn for f in told.values())}
        gone |= strange
        self.counts["strange"] = self.counts.get("strange", 0) + len(strange)
        self.count("quiet")
        self.must(f"{name}: state", check.state(view, db.shown(), db.objects(), db.scope(),
                                                blind | {(guid, dc) for guid in gone for dc in forest.dcs}))
        if not gone:
            self.must(f"{name}: duplicates", check.duplicates(view, db.duplicates()))
        future = Future(forest, truth, stamps)
        expected = check.expectation(view, stamps, future, hist.tainted)
        self.must(f"{name}: the oracle", check.oracle(expected, future.healed(), self.damaged))
        for row in expected.rows.values():
            self.count("expected " + check.names_of(row))
        self.counts["expected lost-update"] = self.counts.get("expected lost-update", 0) + len(expected.lost)
        self.must(f"{name}: verdicts", check.verdicts(expected, db.divergence(), gone))
        self.check_code(db, code, dcs, complete, name)
        if self.random.random() < 0.2:
            self.check_report(db)
        if self.random.random() < self.options.fresh:
            self.check_fresh(db, gone, start, extra, complete, name)

    def check_since(self, db, scan, complete, name):
        """Differences that the scan before saw are as old as it said; others begin now, if that one could have seen them."""
        before, whole = self.since
        self.since = db.since(), complete == set(self.forest.dcs)
        self.must(f"{name}: since when", [
            f"{' '.join(key)}: since scan {first}, and should be {before.get(key, scan)}" for key, first in self.since[0].items()
            if first != before.get(key, scan) and (key in before or whole)])

    def check_report(self, db):
        """The report that is written is the view that all else was held against."""
        out = subprocess.run([self.options.spnscan, "report", "divergence", "--db", self.db], capture_output=True, text=True,
                             check=False)
        columns = ("account_guid", "attribute", "dc", "verdict", "winning_version", "winning_dc")
        got = [tuple(row.get(column) for column in columns) for row in csv.DictReader(io.StringIO(out.stdout))]
        due = [tuple("" if row[column] is None else str(row[column]) for column in columns) for row in db.divergence()]
        self.must("report divergence", [f"exit {out.returncode}, {len(got)} rows, and should be {len(due)}: {out.stderr}"]
                  if out.returncode or got != due else [])

    def check_code(self, db, code, dcs, complete, name):
        due = 2 if len(complete) < len(dcs) else int(db.counts())
        self.must(f"{name}: exit code", [] if code == due else [f"{code}, and should be {due}"])

    def check_fresh(self, db, gone, start, extra, complete, name):
        path = os.path.join(self.work, "fresh.db")
        for suffix in ("", "-journal", ".lock"):
            if os.path.exists(path + suffix):
                os.unlink(path + suffix)
        self.spnscan(start, path, [word for word in extra if word not in ("--full", "--no-sweep")], "fresh.log")
        fresh = Database(path)
        try:
            whole = {dc for dc, row in fresh.scan_dcs(fresh.newest_scan()["id"]).items() if row["complete"]}
            if whole != complete:  # a DC that is cut off at a certain page need not meet that both times
                return
            self.count("fresh")
            self.must(f"{name}: beside a scan into a new database",
                      check.same(db.dump(gone, self.history.restored), fresh.dump(gone, self.history.restored),
                                 ("the history", "the new one")))
        finally:
            fresh.close()

    # ---- all of it ----

    def run(self):
        hist, rand = self.history, self.random
        steps = self.options.steps or rand.randint(8, 50)
        hist.set_up()
        before = rand.randint(0, steps // 3)
        next_scan = before
        for step in range(steps):
            if step == before:
                hist.clock = max(hist.clock, int(time.time()))
                hist.do(f"set time {hist.clock}")
                hist.back_up()
            if step == next_scan:
                next_scan += rand.randint(2, 12)
                # A DC that was set back is not left to give out more USNs than it lost while it is read.
                self.scan(quiet=rand.random() < 0.7 or bool(hist.rolled_back))
            if hist.plan.hides and rand.random() < 0.02:
                hist.hide(hist.dc())
            before_step = len(self.forest.log)
            hist.step(hist.plan.damage and rand.random() < 0.8)
            did = {line.split()[0] for line in self.forest.log[before_step:]}
            self.damaged |= bool(did & {"raw", "forget", "vector", "load"})
            self.unsound |= bool(did & {"vector", "load"})
            if "load" in did and step >= before and rand.random() < 0.7:  # before its USNs are given out anew
                next_scan = step + 1
        self.scan(quiet=True, last=True)
        if not self.damaged:
            self.come_to_rest()

    def come_to_rest(self):
        """A sound forest, all replicated: there is nothing to report of differences, but what is hidden."""
        for dc in self.forest.dcs.values():
            self.history.do(f"thaw {dc.short}")
        self.history.do("replicate all")
        self.scan(quiet=True, last=True)

    def close(self):
        if self.opened:
            self.opened.close()
        self.forest.close()

    def keep(self, folder, wrong, replay):
        os.makedirs(folder, exist_ok=True)
        self.forest.truth()  # of now, not of the future
        self.forest.stamps()
        for name in os.listdir(self.work):
            shutil.copy2(os.path.join(self.work, name), folder)
        with open(os.path.join(folder, "steps"), "w", encoding="utf-8") as out:
            out.write(f"# {replay}\n# {self.forest.command_line}\n" + "\n".join(self.forest.log) + "\n")
        with open(os.path.join(folder, "why"), "w", encoding="utf-8") as out:
            out.write(f"{wrong.what}\n" + "\n".join(wrong.lines) + "\n")
