-- upgrade_3.sql: from schema 2 to 3, inside one transaction (store/upgrade.c). What the columns mean: schema.sql.
--
-- What partial indexes found by LIKE and instr() is a table, which the scanner fills; all else stays, and the next scan reads on.
DROP INDEX account_conflict;
DROP INDEX account_bare_upn;
DROP INDEX account_worth_a_look;
CREATE INDEX account_worth_a_look ON account_state (object) WHERE uac & 0x200202;

CREATE TABLE account_trait (
    state  INTEGER PRIMARY KEY REFERENCES account_state (id),
    object INTEGER NOT NULL REFERENCES object (id),
    traits INTEGER NOT NULL
);
CREATE TRIGGER account_trait_dropped AFTER DELETE ON account_state BEGIN
    DELETE FROM account_trait WHERE state = old.id;
END;
INSERT INTO account_trait
SELECT id, object, traits
FROM (SELECT id, object, (dn LIKE '%\0ACNF:%') + coalesce(sam NOT LIKE '%$' AND NOT coalesce(uac & 0x200202, 0), 0) * 2 +
                         coalesce(upn <> '' AND instr(upn, '@') = 0, 0) * 4 AS traits FROM account_state)
WHERE traits;
