"""What a database of spnscan says, by value: GUIDs and text, never its own ids."""
import functools
import json
import sqlite3
import uuid

from forest import FACTS, fold


def text(value):
    return "" if value is None else fold(str(value))


@functools.lru_cache(maxsize=5000)
def values(array):
    return tuple(sorted(fold(value) for value in json.loads(array)))


# dc_object, but for one thing: of an account that holds an SPN at few DCs it leaves out the partial replicas that show it
# without; they were asked, and are to be right.
SHOWN = """
SELECT x.object, x.dc_name, s.spns, a.dn, a.sam, a.uac, a.dns_host, a.upn, a.sid, t.targets, t.rbcd, t.enctypes, x.is_full
FROM (SELECT c.object, z.name AS dc_name, z.is_full, coalesce(d.spn, c.spn) AS spn, coalesce(d.account, c.account) AS account,
             CASE WHEN z.is_full THEN coalesce(d.delegation, c.delegation) END AS delegation
      FROM consensus c JOIN object o ON o.id = c.object JOIN dc_scope z ON z.domain = o.domain
           LEFT JOIN departure d ON d.object = c.object AND d.dc = z.dc
      WHERE coalesce(d.shown, c.shown) = 1 AND
            (z.is_full OR c.spn > 0 OR EXISTS (SELECT 1 FROM departure e WHERE e.object = c.object AND e.spn > 0))) x
     JOIN spn_state s ON s.id = x.spn JOIN account_state a ON a.id = x.account
     LEFT JOIN delegation_state t ON t.id = x.delegation"""


class Database:
    """Stays open from scan to scan: SQLite looks at the text of each view but once then. look_again() after each scan."""

    def __init__(self, path):
        self.path = path
        # No transaction around a statement: a scan would find the database locked.
        self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.look_again()

    def look_again(self):
        self.guids = {row["id"]: str(uuid.UUID(bytes_le=row["guid"]))
                      for row in self.db.execute("SELECT id, guid FROM object")}

    def close(self):
        self.db.close()

    def rows(self, sql, *arguments):
        return [dict(row) for row in self.db.execute(sql, arguments)]

    def has(self, name):
        return bool(self.rows("SELECT 1 FROM sqlite_schema WHERE name = ?", name))

    def newest_scan(self):
        return self.rows("SELECT * FROM scan ORDER BY id DESC LIMIT 1")[0]

    def scan_dcs(self, scan):
        """{dc: row of scan_dc}"""
        return {row["name"]: row for row in self.rows(
            "SELECT d.name, x.* FROM scan_dc x JOIN dc d ON d.id = x.dc WHERE x.scan = ?", scan)}

    def readings(self, scan):
        return {row["name"]: row for row in self.rows(
            "SELECT d.name, r.* FROM reading r JOIN dc d ON d.id = r.dc WHERE r.scan = ?", scan)}

    def marks(self):
        return {row["name"]: row for row in self.rows("SELECT d.name, m.* FROM mark m JOIN dc d ON d.id = m.dc")}

    def health(self):
        return self.rows("SELECT coalesce(d.name, '') AS dc, h.kind, h.severity FROM health h "
                         "LEFT JOIN dc d ON d.id = h.dc")

    def scope(self):
        """{(dc, domain's DN, full?)}"""
        return {(row["name"], fold(row["dn"]), bool(row["is_full"])) for row in self.rows(
            "SELECT s.name, d.dn, s.is_full FROM dc_scope s JOIN domain d ON d.id = s.domain")}

    def shown(self):
        """{guid: {dc: FACTS}} as truth has it."""
        ret = {}
        for row in self.db.execute(SHOWN):
            ret.setdefault(self.guids[row["object"]], {})[row["dc_name"]] = FACTS(
                True, text(row["dn"]), values(row["spns"]), text(row["sam"]), text(row["uac"]), text(row["dns_host"]),
                text(row["upn"]), text(row["sid"]), values(row["targets"] or "[]"), text(row["rbcd"]),
                text(row["enctypes"]), bool(row["is_full"]))
        return ret

    def objects(self):
        """{guid} of the current view"""
        return {self.guids[row["object"]] for row in self.db.execute("SELECT object FROM consensus")}

    def counts(self):
        """Is there a finding that is more than information? Of what faults() has worked out."""
        return bool(self.rows("SELECT 1 FROM temp.found WHERE severity <> 'info' LIMIT 1"))

    def divergence(self):
        return self.rows("SELECT * FROM report_divergence")

    def since(self):
        """{(guid, attribute, dc): the scan that first saw it}"""
        return {(self.guids[row["object"]], row["attribute"], row["name"]): row["first_scan"] for row in self.db.execute(
            "SELECT x.object, x.attribute, d.name, x.first_scan FROM difference x JOIN dc d ON d.id = x.dc")}

    def duplicates(self):
        return self.rows("SELECT * FROM report_duplicates")

    def faults(self, invariants):
        """What must never be: rows of tests/views/invariants.sql, and what SQLite finds."""
        ret = [str(tuple(row)) for row in self.db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        for statement in invariants:
            ret += [str(tuple(row)) for row in self.db.execute(statement)]
        return ret

    @staticmethod
    def _of_now(row):
        """That a target has another owner than before is for the history alone to tell."""
        def cell(name, value):
            if name == "finding":
                return name, "; ".join(word for word in value.split("; ") if word != "target owner changed")
            return name, value
        return tuple(cell(*pair) for pair in row)

    @staticmethod
    def _of_any_age(row):
        """What may be a deletion under way is a warning from the first scan on, and from a later one on only in time."""
        may_pass = (dict(row)["note"] or "").lower() == "needs the right to list deleted objects"
        return tuple(pair for pair in row if pair[0] != "severity" or not may_pass)

    def dump(self, without, nameless=False):
        """Current state, row by row, order left out: {section: {rows}}. without: GUIDs that are passed over; where there are
        any, reports that name other accounts beside an account are too. nameless: a DC wrote under another invocationId once, of
        which only a database that saw it then knows the name."""
        def report(name, *left_out):
            if not self.has(name):
                return set()
            return {tuple((column, text(row[column])) for column in row if column not in left_out)
                    for row in self.rows(f"SELECT * FROM {name}")}

        ret = {
            "shown": {(guid, dc, facts) for guid, dcs in self.shown().items() for dc, facts in dcs.items()
                      if guid not in without},
            "consensus": {(self.guids[row[0]], *map(text, row[1:4]), *(values(row[i] or "[]") for i in (4, 5)),
                           row[6] is None) for row in self.db.execute(
                "SELECT c.object, c.shown, a.dn, a.sam, s.spns, t.targets, c.delegation FROM consensus c "
                "JOIN account_state a ON a.id = c.account JOIN spn_state s ON s.id = c.spn "
                "LEFT JOIN delegation_state t ON t.id = c.delegation") if self.guids[row[0]] not in without},
            "departure": {(self.guids[row[0]], *map(text, row[1:])) for row in self.db.execute(
                "SELECT p.object, d.name, p.shown, p.spn IS NULL, p.account IS NULL, p.delegation IS NULL "
                "FROM departure p JOIN dc d ON d.id = p.dc") if self.guids[row[0]] not in without},
            "scope": self.scope(),
        }
        divergence = report("report_divergence", "first_seen", "behind_s", *(("winning_dc",) if nameless else ()))
        ret["divergence"] = {self._of_any_age(row) for row in divergence if dict(row)["account_guid"] not in without}
        if not without:
            ret["duplicates"] = report("report_duplicates", "since", "written_at", "written_on")
            ret["delegation"] = {self._of_now(row) for row in report("report_delegation", "severity", "reason")}
            ret["dc_spns"] = report("dc_spns")
        return ret
