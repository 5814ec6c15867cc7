-- upgrade_7.sql: from schema 6 to 7, inside one transaction and without views (store/upgrade.c). What the columns mean: schema.sql.
--
-- Object and consensus are one row. Entries of the two indexes are longer, and names stand under their host: they are made anew from the
-- objects (store/upgrade.c too).
DELETE FROM name_index;
DELETE FROM guid_index;
CREATE TABLE object_new (
    id         INTEGER PRIMARY KEY,
    guid       BLOB NOT NULL,
    domain     INTEGER NOT NULL REFERENCES domain (id),
    shown      INTEGER,
    spn        INTEGER REFERENCES spn_set (id),
    account    INTEGER REFERENCES account_fact (id),
    delegation INTEGER REFERENCES delegation_state (id)
);
INSERT INTO object_new
SELECT o.id, o.guid, o.domain, c.shown, c.spn, c.account, c.delegation FROM object o LEFT JOIN consensus c ON c.object = o.id ORDER BY o.id;
DROP TABLE consensus;
DROP TABLE object;
ALTER TABLE object_new RENAME TO object;
CREATE INDEX object_apart ON object (shown) WHERE shown IS NOT 1;
CREATE TRIGGER shadow_dropped AFTER DELETE ON object BEGIN
    DELETE FROM lookalike WHERE object = old.id;
    DELETE FROM alias_shadow WHERE object = old.id OR shadowed_object = old.id;
    DELETE FROM lookalike_answer WHERE object = old.id OR other = old.id;
END;
DROP INDEX account_flagged;
CREATE INDEX account_flagged ON account_fact (object, uac) WHERE uac & 0x5082000;
