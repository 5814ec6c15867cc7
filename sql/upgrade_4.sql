-- upgrade_4.sql: from schema 3 to 4, inside one transaction and without views (store/upgrade.c). What the columns mean: schema.sql.
--
-- SPN sets may be told by a template. Those that are there stay as they are, names written out.
DROP TRIGGER odd_spn_dropped;
ALTER TABLE spn_state RENAME TO spn_set;
ALTER TABLE spn_set RENAME COLUMN spns TO text;
CREATE TABLE spn_template (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
);
ALTER TABLE spn_set ADD COLUMN template INTEGER REFERENCES spn_template (id);
CREATE TRIGGER odd_spn_dropped AFTER DELETE ON spn_set BEGIN
    DELETE FROM odd_spn WHERE state = old.id;
END;
