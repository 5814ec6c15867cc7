-- upgrade_6.sql: from schema 5 to 6, inside one transaction and without views (store/upgrade.c). What the columns mean: schema.sql.
--
-- Texts of accounts may be told by a template. Those that are there stay written out, and are written anew once: three columns less.
ALTER TABLE spn_template RENAME TO template;
ALTER TABLE account_state RENAME TO account_fact;
CREATE TABLE account_new (
    id       INTEGER PRIMARY KEY,
    object   INTEGER NOT NULL REFERENCES object (id),
    hash     BLOB NOT NULL,
    dn       TEXT NOT NULL,
    sam      TEXT,
    uac      INTEGER,
    template INTEGER REFERENCES template (id),
    rest
);
INSERT INTO account_new SELECT id, object, hash, dn, sam, uac, NULL, json_array(dns_host, upn, sid) FROM account_fact;
DROP TABLE account_fact;
ALTER TABLE account_new RENAME TO account_fact;
CREATE INDEX account_flagged ON account_fact (object) WHERE uac & 0x5082000;
CREATE INDEX account_worth_a_look ON account_fact (object) WHERE uac & 0x200202;
CREATE INDEX account_des ON account_fact (object) WHERE uac & 0x200000;
CREATE TRIGGER account_trait_dropped AFTER DELETE ON account_fact BEGIN
    DELETE FROM account_trait WHERE state = old.id;
END;
