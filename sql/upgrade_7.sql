-- upgrade_7.sql: from schema 6 to 7, inside one transaction and without views (store/upgrade.c). What the columns mean: schema.sql.
--
-- Entries of the two indexes are longer, and names stand under their host: they are made anew from the objects (store/upgrade.c too).
DELETE FROM name_index;
DELETE FROM guid_index;
