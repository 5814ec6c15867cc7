-- spn_sighting: which DCs show an SPN on an account, and which do not? One row per spelling and object (spn_holding).
-- Columns: key (the SPN in lower case), spn (as written), object (id),
--          account, account_dn (as most DCs name it), account_guid,
--          seen_by, not_seen_by (the complete DCs in scope that show it there and that do not; sorted, ';' between, NULL none),
--          seen_by_all (yes, no, unknown: see spn_holding, also for what cannot be known).
-- A DC of another domain that is no global catalog is in neither list: it holds no copy of the object.
-- Costs one pass over all SPNs whatever is asked for; single DCs are looked at only for the rows that come out, and of
-- those only where a DC departs at all. Of one object, dc_spns is faster.
CREATE VIEW spn_sighting AS
WITH everyone AS MATERIALIZED (
    SELECT domain, group_concat(name, ';') AS names FROM (SELECT domain, name FROM dc_scope ORDER BY domain, name) GROUP BY domain)
SELECT h.key, h.spn, h.object, h.account, h.account_dn, a.guid AS account_guid,
       CASE WHEN h.object NOT IN (SELECT object FROM departure) THEN x.names ELSE
            (SELECT group_concat(name, ';')
             FROM (SELECT s.name
                   FROM dc_scope s LEFT JOIN departure d ON d.object = h.object AND d.dc = s.dc
                   WHERE s.domain = a.domain AND coalesce(d.shown, a.shown) AND
                         CASE WHEN d.spn IS NULL THEN h.by_most
                              ELSE EXISTS (SELECT 1 FROM spn_state t, json_each(t.spns) j WHERE t.id = d.spn AND lower(j.value) = h.key) END
                   ORDER BY s.name)) END AS seen_by,
       CASE WHEN h.object IN (SELECT object FROM departure) THEN
            (SELECT group_concat(name, ';')
             FROM (SELECT s.name
                   FROM dc_scope s LEFT JOIN departure d ON d.object = h.object AND d.dc = s.dc
                   WHERE s.domain = a.domain AND NOT (coalesce(d.shown, a.shown) AND
                         CASE WHEN d.spn IS NULL THEN h.by_most
                              ELSE EXISTS (SELECT 1 FROM spn_state t, json_each(t.spns) j WHERE t.id = d.spn AND lower(j.value) = h.key) END)
                   ORDER BY s.name)) END AS not_seen_by,
       h.seen_by_all
FROM spn_holding h CROSS JOIN account a ON a.object = h.object LEFT JOIN everyone x ON x.domain = a.domain;
