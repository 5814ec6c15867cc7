-- report_divergence: on which DC does an account look different from the rest, and how?
-- Columns: account, account_dn (as most DCs name it), account_guid, facet (spn, account, delegation), attribute, dc,
--          verdict: differs  that DC shows another value than most
--                   missing  that DC was read to its end, holds a copy of the domain, and does not have the object
--                            (facet account, attribute objectGUID, value_elsewhere the DN)
--          value_here, value_elsewhere (at that DC, at the most; several values with ';' between, as stored; empty: absent
--          or hidden), only_here, only_elsewhere (of multi-valued attributes: the values the other side lacks, compared
--          without ASCII case; NULL for single-valued). Ordered by account, facet, attribute, dc.
-- Who is the odd one out: the DCs that do not show what most show of that attribute. Where as many show one other value,
-- nobody is: then the DCs that agree with the stored consensus have rows too, against the most frequent other value.
-- False positives: a change still under way (stamps, which would prove it late, are not read yet); an attribute that one
-- DC hides from the reader (but userAccountControl, where hidden is told apart).
-- Says nothing of DCs that were not read to their end; nor, on global catalogs of other domains, of delegation and of accounts
-- without SPN.
-- CROSS JOIN only fixes the order of the loops: the planner would begin with the DCs, and look at all of them for each row.
CREATE VIEW report_divergence AS
WITH scope AS MATERIALIZED (SELECT dc, name, domain, is_full FROM dc_scope),
size AS MATERIALIZED (SELECT domain, count(*) AS dcs, sum(is_full) AS full FROM scope GROUP BY domain),
-- Accounts in question on which no DC shows an SPN: partial replicas were read for holders of SPNs, and tell nothing of these.
spnless AS MATERIALIZED (
    SELECT object FROM consensus
    WHERE spn = 0 AND object IN (SELECT object FROM departure UNION SELECT object FROM consensus WHERE shown = 0) AND
          object NOT IN (SELECT object FROM departure WHERE spn > 0)),
differs AS MATERIALIZED (
    SELECT v.object, o.domain, v.facet, v.attribute, v.many, s.dc, s.name, v.here, v.elsewhere
    FROM departing_value v CROSS JOIN object o ON o.id = v.object CROSS JOIN scope s ON s.dc = v.dc AND s.domain = o.domain
    WHERE v.facet <> 'delegation' OR s.is_full),
-- The most frequent departing value of each attribute.
rival AS MATERIALIZED (
    SELECT object, domain, facet, attribute, many, here, elsewhere, dcs, departing
    FROM (SELECT object, domain, facet, attribute, many, min(here) AS here, elsewhere, count(*) AS dcs,
                 sum(count(*)) OVER (PARTITION BY object, attribute) AS departing,
                 row_number() OVER (PARTITION BY object, attribute ORDER BY count(*) DESC, lower(here)) AS place
          FROM differs GROUP BY object, attribute, lower(here))
    WHERE place = 1),
-- Attributes of which no more DCs show the consensus than the rival. Those are counted by what is left of the scope: the DCs
-- that show the object, less the departing, less those that hide the value.
tied AS MATERIALIZED (
    SELECT r.object, r.domain, r.facet, r.attribute, r.many, r.here, r.elsewhere, c.shown, r.full_only
    FROM (SELECT *, facet = 'delegation' OR object IN (SELECT object FROM spnless) AS full_only FROM rival) r
         JOIN consensus c ON c.object = r.object JOIN size z ON z.domain = r.domain
    WHERE r.dcs >= c.shown * CASE WHEN r.full_only THEN z.full ELSE z.dcs END - r.departing +
                   (SELECT total(d.shown - c.shown) - total(r.attribute = 'userAccountControl' AND d.shown AND h.id IS NOT NULL AND h.uac IS NULL)
                    FROM departure d CROSS JOIN scope s ON s.dc = d.dc AND s.domain = r.domain AND (s.is_full OR r.facet <> 'delegation')
                         LEFT JOIN account_state h ON h.id = d.account
                    WHERE d.object = r.object)),
line AS (
    SELECT object, facet, attribute, name AS dc, 'differs' AS verdict, many, here, elsewhere FROM differs
    UNION ALL
    SELECT t.object, t.facet, t.attribute, s.name, 'differs', t.many, t.elsewhere, t.here
    FROM tied t JOIN scope s ON s.domain = t.domain AND (s.is_full OR NOT t.full_only)
         LEFT JOIN departure d ON d.object = t.object AND d.dc = s.dc LEFT JOIN account_state h ON h.id = d.account
         LEFT JOIN differs x ON x.object = t.object AND x.attribute = t.attribute AND x.dc = s.dc
    WHERE coalesce(d.shown, t.shown) AND NOT (t.attribute = 'userAccountControl' AND h.id IS NOT NULL AND h.uac IS NULL) AND
          x.dc IS NULL
    UNION ALL
    SELECT d.object, 'account', 'objectGUID', s.name, 'missing', 0, NULL, a.dn
    FROM departure d JOIN consensus c ON c.object = d.object AND c.shown JOIN account_state a ON a.id = c.account
         JOIN object o ON o.id = d.object JOIN scope s ON s.dc = d.dc AND s.domain = o.domain
    WHERE d.shown = 0
    UNION ALL
    SELECT c.object, 'account', 'objectGUID', s.name, 'missing', 0, NULL, a.dn
    FROM consensus c JOIN account_state a ON a.id = c.account JOIN object o ON o.id = c.object JOIN scope s ON s.domain = o.domain
         LEFT JOIN departure d ON d.object = c.object AND d.dc = s.dc
    WHERE c.shown = 0 AND coalesce(d.shown, 0) = 0 AND (s.is_full OR c.object NOT IN (SELECT object FROM spnless)))
SELECT a.account, a.account_dn, a.guid AS account_guid, l.facet, l.attribute, l.dc, l.verdict,
       CASE WHEN l.many THEN coalesce((SELECT group_concat(value, ';') FROM json_each(l.here)), '') ELSE l.here END AS value_here,
       CASE WHEN l.many THEN coalesce((SELECT group_concat(value, ';') FROM json_each(l.elsewhere)), '') ELSE l.elsewhere END AS value_elsewhere,
       -- By grouping, since a value looked up in the other array by itself would cost the square of their lengths.
       CASE WHEN l.many THEN coalesce((
            SELECT group_concat(value, ';')
            FROM (SELECT min(value) AS value
                  FROM (SELECT value, 0 AS there FROM json_each(l.here) UNION ALL SELECT value, 1 FROM json_each(l.elsewhere))
                  GROUP BY lower(value) HAVING NOT max(there))), '') END AS only_here,
       CASE WHEN l.many THEN coalesce((
            SELECT group_concat(value, ';')
            FROM (SELECT min(value) AS value
                  FROM (SELECT value, 0 AS there FROM json_each(l.elsewhere) UNION ALL SELECT value, 1 FROM json_each(l.here))
                  GROUP BY lower(value) HAVING NOT max(there))), '') END AS only_elsewhere
FROM line l JOIN account a ON a.object = l.object
ORDER BY a.account, l.facet, l.attribute, l.dc, a.guid;
