-- object_guid: objectGUID as people write it.
-- Columns: object (id), guid (text).
CREATE VIEW object_guid AS
SELECT o.id AS object,
       lower(substr(hex(o.guid), 7, 2) || substr(hex(o.guid), 5, 2) || substr(hex(o.guid), 3, 2) || substr(hex(o.guid), 1, 2) || '-' ||
             substr(hex(o.guid), 11, 2) || substr(hex(o.guid), 9, 2) || '-' || substr(hex(o.guid), 15, 2) || substr(hex(o.guid), 13, 2) || '-' ||
             substr(hex(o.guid), 17, 4) || '-' || substr(hex(o.guid), 21, 12)) AS guid
FROM object o;
