-- upgrade_8.sql: from schema 7 to 8, inside one transaction and without views (store/upgrade.c). What the columns mean: schema.sql.
--
-- What the delegation report says is kept; it is filled when the views are there (store/upgrade.c too).
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
DROP TRIGGER shadow_dropped;
CREATE TRIGGER shadow_dropped AFTER DELETE ON object BEGIN
    DELETE FROM lookalike WHERE object = old.id;
    DELETE FROM alias_shadow WHERE object = old.id OR shadowed_object = old.id;
    DELETE FROM lookalike_answer WHERE object = old.id OR other = old.id;
    DELETE FROM delegation_found WHERE object = old.id;
END;
