-- report_duplicates: which SPNs are held by more than one account, and at which DCs does that hurt?
-- Columns: spn (as written on that account), class, account, account_dn (as most DCs name it), account_guid,
--          seen_by (the complete DCs that show the SPN on that account; sorted, ';' between).
--          A row an account that holds the SPN at one complete DC at least; ordered by folded SPN, then account.
-- class, of the SPN:
--          converged-duplicate  every complete DC shows every holder it has a copy of, and no DC that was to be read was
--                               incomplete: it will not go away by waiting
--          view-duplicate       some DC shows two of the holders at once: there, the KDC refuses the name today
--          cross-view           no DC shows two of them together: a move in flight, or two additions that will meet.
--                               The stamps of the attribute tell them apart; they are not read yet. Information only.
-- No duplicates: several spellings of one name on one account; kadmin/changepw on the krbtgt accounts, which every
-- domain and every RODC has by design (it is one as soon as another account holds it too). A disabled account still
-- blocks the name and counts. Cannot know: accounts that no complete DC shows; names that are equal to AD but not in ASCII
-- (MS-ADTS 3.1.1.2.2.4.13); alias shadows (HTTP/x here, HOST/x there), which are legal.
-- CROSS JOIN only fixes the order of the loops: the planner would begin with the DCs.
CREATE VIEW report_duplicates AS
WITH scope AS MATERIALIZED (SELECT dc, name, domain FROM dc_scope),
size AS MATERIALIZED (SELECT domain, count(*) AS dcs FROM scope GROUP BY domain),
-- Which states of the object have the name. shared_spn is small, so each is looked up, never searched for.
live AS MATERIALIZED (
    SELECT k.key, k.object, c.spn AS state, 1 AS by_most FROM shared_spn k JOIN consensus c ON c.object = k.object
    UNION
    SELECT k.key, k.object, d.spn, 0 FROM shared_spn k JOIN departure d ON d.object = k.object AND d.shown = 1 AND d.spn IS NOT NULL),
held AS MATERIALIZED (
    SELECT l.key, l.object, l.state, l.by_most
    FROM live l JOIN spn_state t ON t.id = l.state
    WHERE EXISTS (SELECT 1 FROM json_each(t.spns) j WHERE lower(j.value) = l.key)),
seen AS MATERIALIZED (
    SELECT h.key, h.object, s.dc, s.name
    FROM held h CROSS JOIN object o ON o.id = h.object CROSS JOIN consensus c ON c.object = h.object
         CROSS JOIN scope s ON s.domain = o.domain
         LEFT JOIN departure d ON d.object = h.object AND d.dc = s.dc
    WHERE coalesce(d.shown, c.shown) AND coalesce(d.spn, c.spn) = h.state),
holder AS MATERIALIZED (
    SELECT key, object, group_concat(name, ';') AS seen_by, count(*) AS dcs
    FROM (SELECT key, object, name FROM seen ORDER BY key, object, name) GROUP BY key, object),
together AS MATERIALIZED (SELECT DISTINCT key FROM (SELECT key FROM seen GROUP BY key, dc HAVING count(*) > 1)),
shared AS MATERIALIZED (
    SELECT h.key, min(h.dcs = z.dcs) AS everywhere
    FROM holder h JOIN account a ON a.object = h.object JOIN size z ON z.domain = a.domain
    GROUP BY h.key
    HAVING count(*) > 1 AND
           NOT (h.key = 'kadmin/changepw' AND
                min(lower(a.account) = 'krbtgt' OR (lower(a.account) GLOB 'krbtgt_?*' AND substr(a.account, 8) NOT GLOB '*[^0-9]*'))))
SELECT (SELECT j.value FROM held g JOIN spn_state t ON t.id = g.state, json_each(t.spns) j
        WHERE g.key = h.key AND g.object = h.object AND lower(j.value) = h.key
        ORDER BY g.by_most DESC, j.value LIMIT 1) AS spn,
       CASE WHEN w.everywhere AND (SELECT whole FROM scan_whole) THEN 'converged-duplicate'
            WHEN h.key IN (SELECT key FROM together) THEN 'view-duplicate'
            ELSE 'cross-view' END AS class,
       a.account, a.account_dn, a.guid AS account_guid, h.seen_by
FROM shared w JOIN holder h ON h.key = w.key JOIN account a ON a.object = h.object
ORDER BY h.key, a.account, a.guid;
