-- schema.sql: the tables of a spnscan database.
--
-- What is stored is states, not rows per DC: a state is the value of one facet (SPN set, account facts,
-- delegation facts) of one object, stored once; per object the consensus says which state most DCs show, and
-- departure says, per DC, only what differs from it. A DC without a departure row for an object in its scope
-- (view dc_scope) shows the consensus.
--
-- Times are TEXT, ISO 8601 UTC ("2026-11-22T13:09:51Z"). Ids are this database's own. GUIDs are BLOBs of 16
-- bytes as on the wire (MS-DTYP 2.3.4.2); the view account has their text. Text from the directory is valid UTF-8 without
-- control characters; bytes that are not stand as backslash and two hex digits.
--
-- consensus, departure, shared_spn and target_holder describe one scan, the newest with stored = 1 (view current_scan), and
-- are brought up to date in one transaction at its end: a scan that reads what changed writes what changed.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value NOT NULL              -- hash_seed: INTEGER, the key of all state hashes in this database; object_end, spn_end,
                                -- account_end, delegation_end: rows with this id or above are left-overs of a scan that was ended;
                                -- findings_scan: whose findings are in finding_seen; findings_frame: under which circumstances (findings.c);
                                -- trustees_unasked: there while some SIDs that have no row in principal could not be looked up
) WITHOUT ROWID;

CREATE TABLE scan (
    id           INTEGER PRIMARY KEY,
    started      TEXT NOT NULL,
    ended        TEXT,             -- NULL: running, or killed
    asked        TEXT NOT NULL,    -- what the user started from: a server or a domain
    forest       TEXT NOT NULL,    -- DNS name of the forest root domain; '' when no DC told
    version      TEXT NOT NULL,    -- of spnscan
    dcs          INTEGER NOT NULL, -- DCs that were to be read (excluded ones not counted)
    dcs_complete INTEGER NOT NULL,
    stored       INTEGER NOT NULL  -- 1: its view of the accounts is, or was, consensus and departure
);

CREATE TABLE domain (
    id      INTEGER PRIMARY KEY,
    dn      TEXT NOT NULL UNIQUE,  -- nCName of its crossRef
    dns     TEXT NOT NULL,
    netbios TEXT NOT NULL
);

-- Service classes that stand for another: a ticket for http/x is served by the holder of host/x unless
-- somebody holds http/x itself (MS-DRSR 4.1.4.2.19). As read from sPNMappings of this forest, lower case.
CREATE TABLE spn_mapping (
    class TEXT NOT NULL,           -- "http"
    stands_for TEXT NOT NULL,      -- "host"
    PRIMARY KEY (class, stands_for)
) WITHOUT ROWID;

CREATE TABLE forest_setting (
    name  TEXT PRIMARY KEY,        -- dSHeuristics, tombstoneLifetime (days)
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE dc (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE      -- dNSHostName, lower case
);

-- One row a DC and scan, whatever became of it.
CREATE TABLE scan_dc (
    scan          INTEGER NOT NULL REFERENCES scan (id) ON DELETE CASCADE,
    dc            INTEGER NOT NULL REFERENCES dc (id),
    site          TEXT NOT NULL,
    domain        TEXT NOT NULL,    -- DNS name of its own domain; '' unknown
    is_gc         INTEGER,          -- 0, 1, NULL unknown
    is_rodc       INTEGER,
    address       TEXT NOT NULL,
    status        TEXT NOT NULL,    -- ok, unresolved, unreachable, tls-failed, bind-failed, wrong-dc, cut-off, refused, excluded, cancelled
    phase         TEXT NOT NULL,    -- the furthest reached: resolve, connect, tls, bind, rootdse, gc-read, ldap-read, ask, done
    error         TEXT NOT NULL,    -- plain words; also set, as a warning, where status is ok and something was hidden
    ldap_code     INTEGER NOT NULL, -- 0 none
    bind          TEXT NOT NULL,
    clock_skew_ms INTEGER,          -- server minus scanner; rootDSE tells whole seconds, so +-0.5 s
    highest_usn   INTEGER,          -- highestCommittedUSN before the first read
    invocation_id TEXT,             -- text form; NULL unknown
    objects       INTEGER NOT NULL, -- entries received
    pages         INTEGER NOT NULL,
    bytes         INTEGER NOT NULL, -- BER bytes received
    hidden_uac    INTEGER NOT NULL, -- accounts whose userAccountControl the reader may not see
    complete      INTEGER NOT NULL, -- 1: everything asked for was read to its end; else never evidence of absence
    started       TEXT,
    ended         TEXT,
    seconds       REAL NOT NULL,
    PRIMARY KEY (scan, dc)
) WITHOUT ROWID;

-- Which domains a complete DC was read for, and how much of their objects it holds.
CREATE TABLE replica (
    scan   INTEGER NOT NULL,
    dc     INTEGER NOT NULL,
    domain INTEGER NOT NULL REFERENCES domain (id),
    is_full INTEGER NOT NULL,          -- 1: full replica (all facets); 0: partial (facets spn and account only)
    PRIMARY KEY (scan, dc, domain),
    FOREIGN KEY (scan, dc) REFERENCES scan_dc (scan, dc) ON DELETE CASCADE
) WITHOUT ROWID;

-- And what most complete DCs in scope show of it, which the view consensus reads. Few are not shown by most: who asks for these says so in the
-- words of index object_apart, and what it wants of them. shown NULL: nobody speaks of the object in the current
-- view, history or a kept row alone; shown = 0: most do not have it, and the states are those of the most among the DCs that do.
CREATE TABLE object (
    id         INTEGER PRIMARY KEY,
    guid       BLOB NOT NULL,       -- objectGUID; unique, held so by the scanner that loads them all
    domain     INTEGER NOT NULL REFERENCES domain (id),
    shown      INTEGER,
    spn        INTEGER REFERENCES spn_set (id),          -- NULL where shown is NULL only
    account    INTEGER REFERENCES account_fact (id),     -- the same
    delegation INTEGER REFERENCES delegation_state (id)  -- NULL also: not known, no full replica of its domain was read
);
CREATE INDEX object_apart ON object (shown) WHERE shown IS NOT 1;

-- What is alike but for a name: "[\"HOST/\1\",\"HOST/\2.corp.example\"]" of SPN sets, where the characters U+0001 and U+0002, which no JSON
-- text has in it, stand for the name as it is and in lower case; of accounts [dNSHostName, userPrincipalName, objectSid up to its RID], where
-- they stand for sAMAccountName without its $. A few thousand tell of nearly all computers; there are never more than 65536
-- (store/template.h). One that nothing is told by any more stays.
CREATE TABLE template (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
);

-- State 0 of spn_set and delegation_state is "none"; it belongs to no object. Nor do delegation states below: of most accounts encryption
-- types are all that there is, and -2 - n is the value n alone (include/spnscan/records.h: TYPES_STATES). The view spn_state has the names written out.
CREATE TABLE spn_set (
    id       INTEGER PRIMARY KEY,
    object   INTEGER REFERENCES object (id),
    hash     BLOB NOT NULL,         -- 16 bytes, keyed, independent of order and ASCII case
    text     TEXT NOT NULL,         -- template NULL: JSON array of strings, sorted without case; else the name that its template leaves open
    template INTEGER REFERENCES template (id)
);

-- The view account_state has the texts that rest tells of.
CREATE TABLE account_fact (
    id       INTEGER PRIMARY KEY,
    object   INTEGER NOT NULL REFERENCES object (id),
    hash     BLOB NOT NULL,
    dn       TEXT NOT NULL,
    sam      TEXT,                  -- sAMAccountName
    uac      INTEGER,               -- userAccountControl bits (MS-ADTS 2.2.16); NULL: hidden from the reader
    template INTEGER REFERENCES template (id),
    rest                            -- template NULL: JSON array of dNSHostName, userPrincipalName and objectSid ("S-1-5-..."), null where
                                    -- absent; else the RID, NULL where the SID is absent
);
-- The few among them of which the texts tell something worth a look, as bits. 1: dn has \0ACNF:, of an object or a container that a DC
-- renamed since another had its name (MS-DRSR 4.1.10.6.13). 2: a user account by its name alone: sam does not end in $, and uac has none
-- of 0x200202 (index account_worth_a_look). 4: upn has no @. A table and no partial indexes: store/traits.h.
CREATE TABLE account_trait (
    state  INTEGER PRIMARY KEY REFERENCES account_fact (id),
    object INTEGER NOT NULL REFERENCES object (id),
    traits INTEGER NOT NULL
);
CREATE TRIGGER account_trait_dropped AFTER DELETE ON account_fact BEGIN
    DELETE FROM account_trait WHERE state = old.id;
END;

CREATE TABLE delegation_state (
    id        INTEGER PRIMARY KEY,
    object    INTEGER REFERENCES object (id),
    hash      BLOB NOT NULL,
    targets   TEXT NOT NULL,        -- msDS-AllowedToDelegateTo: JSON array of SPNs
    trustees  TEXT NOT NULL,        -- who may act by msDS-AllowedToActOnBehalfOfOtherIdentity: JSON array of SIDs
    rbcd      TEXT,                 -- that descriptor, hex; NULL: absent
    rbcd_note TEXT,                 -- "null DACL", "malformed security descriptor"; NULL: plain
    enctypes  INTEGER               -- msDS-SupportedEncryptionTypes bits (MS-KILE 2.2.7); NULL: absent
);

-- The few that point to anybody, among the many that only name encryption types.
CREATE INDEX delegation_targets ON delegation_state (object) WHERE targets <> '[]';
CREATE INDEX delegation_trustees ON delegation_state (object) WHERE trustees <> '[]';

INSERT INTO spn_set VALUES (0, NULL, zeroblob(16), '[]', NULL);
INSERT INTO delegation_state VALUES (0, NULL, zeroblob(16), '[]', '[]', NULL, NULL, NULL);
INSERT INTO delegation_state
WITH RECURSIVE n (types) AS (SELECT 0 UNION ALL SELECT types + 1 FROM n WHERE types < 63)
SELECT -2 - types, NULL, zeroblob(16), '[]', '[]', NULL, NULL, types FROM n WHERE NOT types & 7 OR types & 0x18;

-- Where one DC departs. A state that is NULL agrees with the consensus.
CREATE TABLE departure (
    object     INTEGER NOT NULL REFERENCES object (id),
    dc         INTEGER NOT NULL REFERENCES dc (id),
    shown      INTEGER NOT NULL,    -- 0: the DC was asked and does not have the object
    spn        INTEGER REFERENCES spn_set (id),
    account    INTEGER REFERENCES account_fact (id),
    delegation INTEGER REFERENCES delegation_state (id),
    PRIMARY KEY (object, dc)
) WITHOUT ROWID;

-- Names that more than one object holds in some state, found by the scanner: key is the SPN in lower case.
CREATE TABLE shared_spn (
    key    TEXT NOT NULL,
    object INTEGER NOT NULL REFERENCES object (id),
    PRIMARY KEY (key, object)
) WITHOUT ROWID;

-- Who holds the names that delegation points to (msDS-AllowedToDelegateTo), found by the scanner: key is the target, or the
-- target with the class that stands for its own (spn_mapping), in lower case.
CREATE TABLE target_holder (
    key    TEXT NOT NULL,
    object INTEGER NOT NULL REFERENCES object (id),
    PRIMARY KEY (key, object)
) WITHOUT ROWID;

-- Names of the SIDs that delegation_state.trustees mentions and that are no scanned account (groups, accounts
-- without SPN), as one DC told them. A SID without a row could not be resolved.
CREATE TABLE principal (
    sid TEXT PRIMARY KEY,
    sam TEXT NOT NULL,
    dn  TEXT NOT NULL
) WITHOUT ROWID;

-- ---- what lets the next scan begin where this one ended ----

-- How each DC was read, beside scan_dc. A row for each that answered.
CREATE TABLE reading (
    scan      INTEGER NOT NULL,
    dc        INTEGER NOT NULL,
    mode      TEXT NOT NULL,         -- full: everything; increment: what changed since its mark
    deletions TEXT NOT NULL,         -- seen: deleted objects can be read there, or everything was read; swept: told by what is left;
                                     -- unknown: not looked for since mark.deletions_at
    changed   INTEGER NOT NULL,      -- entries that changed since the mark (full: during the read)
    asked     INTEGER NOT NULL,      -- single objects asked for by GUID
    PRIMARY KEY (scan, dc),
    FOREIGN KEY (scan, dc) REFERENCES scan_dc (scan, dc) ON DELETE CASCADE
) WITHOUT ROWID;

-- Up to where the stored view knows a DC. USNs are one DC's own, and only as long as its invocationId stays (MS-ADTS 3.1.1.1.9).
CREATE TABLE mark (
    dc            INTEGER PRIMARY KEY REFERENCES dc (id),
    scan          INTEGER NOT NULL REFERENCES scan (id), -- that read it last to its end; its replica rows say of what
    invocation_id TEXT NOT NULL,
    usn           INTEGER NOT NULL,  -- every change up to this USN is in the view
    seen_usn      INTEGER NOT NULL,  -- of the newest change that is in the view; a DC below that was set back
    full_at       TEXT NOT NULL,     -- when everything was read last
    deletions_at  TEXT NOT NULL      -- up to when deletions are known
);

-- What a DC showed when it was read last, where that is not the consensus of now, of DCs that have a mark and were not read to
-- their end in the current scan (those have departures). No evidence of anything: kept so that it can be read on from its mark.
CREATE TABLE kept (
    object     INTEGER NOT NULL REFERENCES object (id),
    dc         INTEGER NOT NULL REFERENCES dc (id),
    shown      INTEGER NOT NULL,
    spn        INTEGER REFERENCES spn_set (id),        -- NULL only where not shown
    account    INTEGER REFERENCES account_fact (id),    -- the same
    delegation INTEGER REFERENCES delegation_state (id), -- NULL: not shown, or a partial replica
    PRIMARY KEY (object, dc)
) WITHOUT ROWID;

-- Where to find an object by GUID and by the names it holds, without an index row for each of millions: blocks of sorted entries of
-- 16 bytes, little-endian (u64 key, u32 object id, u32 names), one of each key and object, at most 768 a block; entries of one key are
-- never parted, so a block that holds but one key may be larger. first: key of the block's first entry, as a signed integer
-- with the top bit turned over, so that the order is that of unsigned keys. name_index: the key is the hash of the host's first label,
-- which most names of an object share, and names has a bit for the rest of each (XXH3 in lower case with
-- hash_seed, store/base/spn_key.c); guid_index: the first 8 bytes of the GUID, and 1. Keys and bits meet, and a name in the index may be
-- one that no DC shows any more; the rows they lead to decide.
CREATE TABLE name_index (
    first   INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
);
CREATE TABLE guid_index (
    first   INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
);

-- ---- why DCs differ ----

-- What was judged of the current view (docs/verdicts.md). A row where a DC is wrong or behind.
CREATE TABLE difference (
    object     INTEGER NOT NULL REFERENCES object (id),
    dc         INTEGER NOT NULL REFERENCES dc (id),
    attribute  TEXT NOT NULL,        -- LDAP name; objectGUID: the object itself; isDeleted: its deletion or return
    verdict    TEXT NOT NULL,        -- lagging, divergent, corrupt, hidden, lingering, deletion-lagging, lost-update, conflict, unproved
    severity   TEXT NOT NULL,        -- info, warning, critical
    winner     INTEGER REFERENCES dc (id), -- a DC that shows the winning value; NULL unknown
    version    INTEGER,              -- the winning stamp; NULL: not known
    written_at TEXT,
    origin     TEXT,                 -- invocationId of the DC that wrote it (table origin has its name)
    usn        INTEGER,              -- there
    behind_usn INTEGER,              -- lagging: USNs of that origin still to come, up to the write
    behind_s   INTEGER,              -- lagging: seconds since the DC heard last of that origin, directly or not
    note       TEXT NOT NULL,        -- the right that is missing, how certain; ''
    first_scan INTEGER NOT NULL,     -- the scan that first saw this DC differ in this attribute
    PRIMARY KEY (object, dc, attribute, verdict)
) WITHOUT ROWID;

-- Winning stamps of what was judged, and of servicePrincipalName on accounts that share a name.
CREATE TABLE stamp (
    object     INTEGER NOT NULL REFERENCES object (id),
    attribute  TEXT NOT NULL,
    version    INTEGER NOT NULL,
    written_at TEXT NOT NULL,
    origin     TEXT NOT NULL,
    usn        INTEGER NOT NULL,
    PRIMARY KEY (object, attribute)
) WITHOUT ROWID;

-- Which DC an invocationId is, or was before a restore.
CREATE TABLE origin (
    invocation_id TEXT PRIMARY KEY,
    name          TEXT NOT NULL
) WITHOUT ROWID;

-- What changed from scan to scan, DC by DC; state ids, NULL: not there (or, of delegation, not known). The first word about an
-- object or a DC is no change. Pruned by --keep, with the states that only it needs.
CREATE TABLE change (
    scan       INTEGER NOT NULL REFERENCES scan (id),
    object     INTEGER NOT NULL REFERENCES object (id),
    dc         INTEGER NOT NULL REFERENCES dc (id),
    facet      TEXT NOT NULL,        -- object (to and from are 0 or 1: there or not), spn, account, delegation
    from_state INTEGER,
    to_state   INTEGER,
    PRIMARY KEY (object, facet, dc, scan)
) WITHOUT ROWID;

-- ---- replication and health ----

-- Up-to-dateness vectors as read in the current scan: dc has everything that origin wrote in that domain up to usn.
CREATE TABLE cursor (
    dc     INTEGER NOT NULL REFERENCES dc (id),
    domain INTEGER NOT NULL REFERENCES domain (id),
    origin TEXT NOT NULL,            -- invocationId
    usn    INTEGER NOT NULL,
    synced TEXT,                     -- NULL unknown
    PRIMARY KEY (dc, domain, origin)
) WITHOUT ROWID;

-- Inbound neighbours (repsFrom): from whom a DC pulls directly. Of the current scan.
CREATE TABLE neighbour (
    dc           INTEGER NOT NULL REFERENCES dc (id),
    domain       INTEGER NOT NULL REFERENCES domain (id),
    source       TEXT NOT NULL,      -- DNS name of the source where known, else what repsFrom says
    usn          INTEGER,            -- of the source, up to which the last cycle got
    last_success TEXT,               -- NULL never
    last_attempt TEXT,
    failures     INTEGER NOT NULL,   -- consecutive
    result       INTEGER NOT NULL,   -- Win32 error of the last attempt, 0 fine
    PRIMARY KEY (dc, domain, source)
) WITHOUT ROWID;

-- What is wrong with a DC or the forest itself. Of the current scan.
CREATE TABLE health (
    dc         INTEGER REFERENCES dc (id), -- NULL: the forest
    kind       TEXT NOT NULL,        -- usn-rollback, restored, replication-too-old, vector-stalled, clock-skew, not-answering, gc-not-ready,
                                     -- uniqueness-off
    severity   TEXT NOT NULL,
    detail     TEXT NOT NULL,
    first_scan INTEGER NOT NULL,     -- since when, without a scan between that did not find it
    UNIQUE (dc, kind)
);

-- ---- findings and what is known of them ----

-- Findings that somebody has accepted (spnscan accept): out of exit codes and counts until that day.
CREATE TABLE accepted (
    id    TEXT PRIMARY KEY,          -- of report_findings
    until TEXT NOT NULL,             -- day, YYYY-MM-DD; through its end, UTC
    why   TEXT NOT NULL,
    at    TEXT NOT NULL
) WITHOUT ROWID;

-- When a finding of warning or above was met first and last; written at the end of each scan.
CREATE TABLE finding_seen (
    id         TEXT PRIMARY KEY,
    report     TEXT NOT NULL,           -- whose it is: duplicates, divergence, ...
    first_scan INTEGER NOT NULL,
    last_scan  INTEGER NOT NULL,
    account    TEXT                     -- objectGUID, where it stays as long as nothing of this account changes (view finding); else NULL
) WITHOUT ROWID;

-- What delegation_fact says, worked out at the end of each scan for the objects of which something changed: reports only read it. Columns as there.
CREATE TABLE delegation_found (
    object       INTEGER NOT NULL REFERENCES object (id),
    domain       INTEGER NOT NULL REFERENCES domain (id),
    account      TEXT,
    account_dn   TEXT,
    account_guid TEXT,
    type         TEXT NOT NULL,
    target       TEXT,
    target_owner TEXT,
    dcs          TEXT,
    trustee      TEXT,
    checks       INTEGER NOT NULL
);
CREATE INDEX delegation_found_object ON delegation_found (object);

-- Objects to which finding is narrowed while a scan brings finding_seen up to date; -1: all of them, but only what counts there.
-- Empty but in that transaction.
CREATE TABLE focus (
    object INTEGER PRIMARY KEY
);

-- ---- names ----

-- SPNs that are not plain printable ASCII in the form class/host[/service], of every SPN state that has one (docs/unicode.md).
-- spn is as in spn_state.spns. kind: what is odd, several with ',' between: non-ascii, invisible, spaces, url, upn-like, malformed.
-- skeleton: names that have one AD may take for one name; that of a plain name is the name in lower case.
CREATE TABLE odd_spn (
    state    INTEGER NOT NULL REFERENCES spn_set (id),
    spn      TEXT NOT NULL,
    kind     TEXT NOT NULL,
    skeleton TEXT NOT NULL,
    PRIMARY KEY (state, spn)
) WITHOUT ROWID;

-- A trigger, since nothing enforces foreign keys while a scan writes.
CREATE TRIGGER odd_spn_dropped AFTER DELETE ON spn_set BEGIN
    DELETE FROM odd_spn WHERE state = old.id;
END;

-- Who holds the skeleton of an odd SPN as a name, found by the scanner: key is an odd_spn.skeleton that is not just its SPN in lower case.
CREATE TABLE lookalike (
    key    TEXT NOT NULL,
    object INTEGER NOT NULL REFERENCES object (id),
    PRIMARY KEY (key, object)
) WITHOUT ROWID;

-- What a DC said when it was asked whether it takes two look-alikes for one name (spnscan scan --ask-dc). object holds key, other
-- (an id above object's) other_key, both SPNs in lower case. Kept until one of the two does not hold its name any more.
CREATE TABLE lookalike_answer (
    object    INTEGER NOT NULL REFERENCES object (id),
    key       TEXT NOT NULL,
    other     INTEGER NOT NULL REFERENCES object (id),
    other_key TEXT NOT NULL,
    dc        INTEGER REFERENCES dc (id), -- NULL: no complete DC shows both
    answer    TEXT NOT NULL,           -- one: it takes them for one name; apart: it does not; unknown: it could not be told
    why       TEXT NOT NULL,           -- unknown: what was in the way; else ''
    scan      INTEGER NOT NULL,        -- in which it was asked; by now forgotten perhaps (--keep)
    PRIMARY KEY (object, key, other, other_key)
) WITHOUT ROWID;
CREATE INDEX lookalike_answer_other ON lookalike_answer (other, other_key);

-- Alias shadows, found by the scanner: object holds key (http/x), shadowed_object what stands for it by spn_mapping (host/x), each in a
-- state that a DC shows, not necessarily the same DC. Both keys in lower case.
CREATE TABLE alias_shadow (
    object          INTEGER NOT NULL REFERENCES object (id),
    key             TEXT NOT NULL,
    shadowed_object INTEGER NOT NULL REFERENCES object (id),
    shadowed_key    TEXT NOT NULL,
    PRIMARY KEY (object, key, shadowed_object, shadowed_key)
) WITHOUT ROWID;
CREATE INDEX alias_shadowed ON alias_shadow (shadowed_object);

CREATE TRIGGER shadow_dropped AFTER DELETE ON object BEGIN
    DELETE FROM lookalike WHERE object = old.id;
    DELETE FROM alias_shadow WHERE object = old.id OR shadowed_object = old.id;
    DELETE FROM lookalike_answer WHERE object = old.id OR other = old.id;
    DELETE FROM delegation_found WHERE object = old.id;
END;

-- Which accounts have, or had, the SIDs that delegation_state.trustees mention, and which SIDs were looked for; found by the scanner.
CREATE TABLE trustee_account (
    sid    TEXT NOT NULL,
    object INTEGER NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    PRIMARY KEY (sid, object)
) WITHOUT ROWID;
CREATE INDEX trustee_object ON trustee_account (object);
CREATE TABLE trustee_sid (
    sid TEXT PRIMARY KEY
) WITHOUT ROWID;

-- The few accounts and descriptors that the delegation report begins with: the views repeat these conditions to the letter.
CREATE INDEX account_flagged ON account_fact (object, uac) WHERE uac & 0x5082000;
CREATE INDEX delegation_told ON delegation_state (object) WHERE targets <> '[]' OR rbcd IS NOT NULL;

-- The same for the hygiene report.
CREATE INDEX account_worth_a_look ON account_fact (object) WHERE uac & 0x200202;
CREATE INDEX account_des ON account_fact (object) WHERE uac & 0x200000;
CREATE INDEX delegation_weak ON delegation_state (object) WHERE enctypes & 7 AND NOT enctypes & 0x18;
