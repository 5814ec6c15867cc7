-- upgrade_2.sql: from schema 1 to 2, inside one transaction (store/upgrade.c). What the columns mean: schema.sql.
--
-- Nothing of schema 1 changes. Rows that a scan which was ended has left behind go first: from schema 2 on they are known by
-- their ids alone. There are no marks, so the next scan reads everything. It writes only states that it does not know by their
-- hashes: those with an SPN that may be odd are made unknown, so that they come again, with what is odd about them.
DELETE FROM spn_state WHERE id > 0 AND id NOT IN (SELECT spn FROM consensus) AND
    id NOT IN (SELECT spn FROM departure WHERE spn IS NOT NULL);
DELETE FROM account_state WHERE id NOT IN (SELECT account FROM consensus) AND
    id NOT IN (SELECT account FROM departure WHERE account IS NOT NULL);
DELETE FROM delegation_state WHERE id > 0 AND id NOT IN (SELECT delegation FROM consensus WHERE delegation IS NOT NULL) AND
    id NOT IN (SELECT delegation FROM departure WHERE delegation IS NOT NULL);
DELETE FROM object WHERE id NOT IN (SELECT object FROM consensus);

CREATE INDEX account_conflict ON account_state (object) WHERE dn LIKE '%\0ACNF:%';
CREATE INDEX delegation_targets ON delegation_state (object) WHERE targets <> '[]';
CREATE INDEX delegation_trustees ON delegation_state (object) WHERE trustees <> '[]';
CREATE INDEX consensus_unshown ON consensus (object) WHERE shown = 0;

CREATE TABLE reading (
    scan      INTEGER NOT NULL,
    dc        INTEGER NOT NULL,
    mode      TEXT NOT NULL,
    deletions TEXT NOT NULL,
    changed   INTEGER NOT NULL,
    asked     INTEGER NOT NULL,
    PRIMARY KEY (scan, dc),
    FOREIGN KEY (scan, dc) REFERENCES scan_dc (scan, dc) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE mark (
    dc            INTEGER PRIMARY KEY REFERENCES dc (id),
    scan          INTEGER NOT NULL REFERENCES scan (id),
    invocation_id TEXT NOT NULL,
    usn           INTEGER NOT NULL,
    seen_usn      INTEGER NOT NULL,
    full_at       TEXT NOT NULL,
    deletions_at  TEXT NOT NULL
);

CREATE TABLE kept (
    object     INTEGER NOT NULL REFERENCES object (id),
    dc         INTEGER NOT NULL REFERENCES dc (id),
    shown      INTEGER NOT NULL,
    spn        INTEGER REFERENCES spn_state (id),
    account    INTEGER REFERENCES account_state (id),
    delegation INTEGER REFERENCES delegation_state (id),
    PRIMARY KEY (object, dc)
) WITHOUT ROWID;

CREATE TABLE name_index (
    first   INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
);

CREATE TABLE guid_index (
    first   INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
);

CREATE TABLE difference (
    object     INTEGER NOT NULL REFERENCES object (id),
    dc         INTEGER NOT NULL REFERENCES dc (id),
    attribute  TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    severity   TEXT NOT NULL,
    winner     INTEGER REFERENCES dc (id),
    version    INTEGER,
    written_at TEXT,
    origin     TEXT,
    usn        INTEGER,
    behind_usn INTEGER,
    behind_s   INTEGER,
    note       TEXT NOT NULL,
    first_scan INTEGER NOT NULL,
    PRIMARY KEY (object, dc, attribute, verdict)
) WITHOUT ROWID;

CREATE TABLE stamp (
    object     INTEGER NOT NULL REFERENCES object (id),
    attribute  TEXT NOT NULL,
    version    INTEGER NOT NULL,
    written_at TEXT NOT NULL,
    origin     TEXT NOT NULL,
    usn        INTEGER NOT NULL,
    PRIMARY KEY (object, attribute)
) WITHOUT ROWID;

CREATE TABLE origin (
    invocation_id TEXT PRIMARY KEY,
    name          TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE change (
    scan       INTEGER NOT NULL REFERENCES scan (id),
    object     INTEGER NOT NULL REFERENCES object (id),
    dc         INTEGER NOT NULL REFERENCES dc (id),
    facet      TEXT NOT NULL,
    from_state INTEGER,
    to_state   INTEGER,
    PRIMARY KEY (object, facet, dc, scan)
) WITHOUT ROWID;

CREATE TABLE cursor (
    dc     INTEGER NOT NULL REFERENCES dc (id),
    domain INTEGER NOT NULL REFERENCES domain (id),
    origin TEXT NOT NULL,
    usn    INTEGER NOT NULL,
    synced TEXT,
    PRIMARY KEY (dc, domain, origin)
) WITHOUT ROWID;

CREATE TABLE neighbour (
    dc           INTEGER NOT NULL REFERENCES dc (id),
    domain       INTEGER NOT NULL REFERENCES domain (id),
    source       TEXT NOT NULL,
    usn          INTEGER,
    last_success TEXT,
    last_attempt TEXT,
    failures     INTEGER NOT NULL,
    result       INTEGER NOT NULL,
    PRIMARY KEY (dc, domain, source)
) WITHOUT ROWID;

CREATE TABLE health (
    dc         INTEGER REFERENCES dc (id),
    kind       TEXT NOT NULL,
    severity   TEXT NOT NULL,
    detail     TEXT NOT NULL,
    first_scan INTEGER NOT NULL,
    UNIQUE (dc, kind)
);

CREATE TABLE accepted (
    id    TEXT PRIMARY KEY,
    until TEXT NOT NULL,
    why   TEXT NOT NULL,
    at    TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE finding_seen (
    id         TEXT PRIMARY KEY,
    report     TEXT NOT NULL,
    first_scan INTEGER NOT NULL,
    last_scan  INTEGER NOT NULL,
    account    TEXT
) WITHOUT ROWID;

CREATE TABLE focus (
    object INTEGER PRIMARY KEY
);

CREATE TABLE odd_spn (
    state    INTEGER NOT NULL REFERENCES spn_state (id),
    spn      TEXT NOT NULL,
    kind     TEXT NOT NULL,
    skeleton TEXT NOT NULL,
    PRIMARY KEY (state, spn)
) WITHOUT ROWID;

CREATE TRIGGER odd_spn_dropped AFTER DELETE ON spn_state BEGIN
    DELETE FROM odd_spn WHERE state = old.id;
END;

CREATE TABLE lookalike (
    key    TEXT NOT NULL,
    object INTEGER NOT NULL REFERENCES object (id),
    PRIMARY KEY (key, object)
) WITHOUT ROWID;

CREATE TABLE lookalike_answer (
    object    INTEGER NOT NULL REFERENCES object (id),
    key       TEXT NOT NULL,
    other     INTEGER NOT NULL REFERENCES object (id),
    other_key TEXT NOT NULL,
    dc        INTEGER REFERENCES dc (id),
    answer    TEXT NOT NULL,
    why       TEXT NOT NULL,
    scan      INTEGER NOT NULL,
    PRIMARY KEY (object, key, other, other_key)
) WITHOUT ROWID;
CREATE INDEX lookalike_answer_other ON lookalike_answer (other, other_key);

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
END;

UPDATE spn_state SET hash = CAST(substr(hash, 9) || substr(hash, 1, 8) AS BLOB)
WHERE id > 0 AND EXISTS (
    SELECT 1 FROM json_each(spns) j
    WHERE j.value GLOB '*[^!-~]*' OR j.value LIKE '%@%' OR j.value NOT GLOB '?*/?*' OR j.value GLOB '*/' OR j.value GLOB '*//*' OR
          j.value GLOB '*/*/*/*' OR j.value GLOB '*:' OR j.value GLOB '*:/*' OR j.value GLOB '*/:*');

CREATE TABLE trustee_account (
    sid    TEXT NOT NULL,
    object INTEGER NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    PRIMARY KEY (sid, object)
) WITHOUT ROWID;
CREATE INDEX trustee_object ON trustee_account (object);
CREATE TABLE trustee_sid (
    sid TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE INDEX account_flagged ON account_state (object) WHERE uac & 0x5082000;
CREATE INDEX delegation_told ON delegation_state (object) WHERE targets <> '[]' OR rbcd IS NOT NULL;
CREATE INDEX account_worth_a_look ON account_state (object) WHERE uac & 0x200202 OR sam NOT LIKE '%$';
CREATE INDEX account_des ON account_state (object) WHERE uac & 0x200000;
CREATE INDEX account_bare_upn ON account_state (object) WHERE upn <> '' AND instr(upn, '@') = 0;
CREATE INDEX delegation_weak ON delegation_state (object) WHERE enctypes & 7 AND NOT enctypes & 0x18;
