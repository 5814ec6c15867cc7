-- schema_1.sql: sql/schema.sql as it was in schema 1, for the test of the upgrade.
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
-- are replaced in one transaction at its end. State rows that nothing refers to are left-overs of a scan that was
-- ended; the next scan uses or removes them.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value NOT NULL              -- hash_seed: INTEGER, the key of all state hashes in this database
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

CREATE TABLE object (
    id     INTEGER PRIMARY KEY,
    guid   BLOB NOT NULL,           -- objectGUID; unique, held so by the scanner that loads them all
    domain INTEGER NOT NULL REFERENCES domain (id)
);

-- State 0 of spn_state and delegation_state is "none"; it belongs to no object.
CREATE TABLE spn_state (
    id     INTEGER PRIMARY KEY,
    object INTEGER REFERENCES object (id),
    hash   BLOB NOT NULL,           -- 16 bytes, keyed, independent of order and ASCII case
    spns   TEXT NOT NULL            -- JSON array of strings as written in the directory, sorted without case
);

CREATE TABLE account_state (
    id       INTEGER PRIMARY KEY,
    object   INTEGER NOT NULL REFERENCES object (id),
    hash     BLOB NOT NULL,
    dn       TEXT NOT NULL,
    sam      TEXT,                  -- sAMAccountName
    uac      INTEGER,               -- userAccountControl bits (MS-ADTS 2.2.16); NULL: hidden from the reader
    dns_host TEXT,                  -- dNSHostName
    upn      TEXT,                  -- userPrincipalName
    sid      TEXT                   -- objectSid, "S-1-5-..."
);

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

INSERT INTO spn_state VALUES (0, NULL, zeroblob(16), '[]');
INSERT INTO delegation_state VALUES (0, NULL, zeroblob(16), '[]', '[]', NULL, NULL, NULL);

-- What most complete DCs in scope show. shown = 0: most do not have the object; the states are then those of
-- the most among the DCs that do. delegation NULL: not known, no full replica of its domain was read.
CREATE TABLE consensus (
    object     INTEGER PRIMARY KEY REFERENCES object (id),
    shown      INTEGER NOT NULL,
    spn        INTEGER NOT NULL REFERENCES spn_state (id),
    account    INTEGER NOT NULL REFERENCES account_state (id),
    delegation INTEGER REFERENCES delegation_state (id)
);

-- Where one DC departs. A state that is NULL agrees with the consensus.
CREATE TABLE departure (
    object     INTEGER NOT NULL REFERENCES object (id),
    dc         INTEGER NOT NULL REFERENCES dc (id),
    shown      INTEGER NOT NULL,    -- 0: the DC was asked and does not have the object
    spn        INTEGER REFERENCES spn_state (id),
    account    INTEGER REFERENCES account_state (id),
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
