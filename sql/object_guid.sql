-- object_guid: objectGUID as people write it.
-- Columns: object (id), guid (text), domain, and of the consensus (NULL where there is none) shown, spn, account, delegation.
-- The first three parts are numbers, least byte first (MS-DTYP 2.3.4.2).
CREATE VIEW object_guid AS
SELECT o.id AS object,
       lower(hex(substr(o.guid, 4, 1) || substr(o.guid, 3, 1) || substr(o.guid, 2, 1) || substr(o.guid, 1, 1)) || '-' ||
             hex(substr(o.guid, 6, 1) || substr(o.guid, 5, 1)) || '-' || hex(substr(o.guid, 8, 1) || substr(o.guid, 7, 1)) || '-' ||
             hex(substr(o.guid, 9, 2)) || '-' || hex(substr(o.guid, 11, 6))) AS guid, o.domain,
       o.shown, o.spn, o.account, o.delegation
FROM object o;
