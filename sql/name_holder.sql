-- name_holder: which accounts hold the names of shared_spn, at which DCs, since when, and will they go on holding them?
-- Columns: key (the SPN in lower case), spn (as written on that account), object, account, account_dn (as most DCs name it), account_guid,
--          seen_by (the complete DCs that show the SPN on that account), together (those that show two holders of it at once, NULL
--          none; both sorted, ';' between), since, written_at, written_on (see report_duplicates),
--          holders (accounts that hold the name), by_design (1: every domain has it on that account), all_by_design (no other account has it),
--          class (what it means that they share it, see report_duplicates; of no meaning with one holder),
--          stays (0: all DCs will show the account without the name when replication is done; else 1), goes (1: should anybody give the name
--          up, it is this one), stay, go (so many of the holders stay; stay and should give it up), lingers (1: a deleted object),
--          removal (the line that would take the name from it, whoever is right; NULL: a name or account with a character
--          that a shell could take for more than a name), removal_abroad (the same, for whoever is not of that forest).
--          A row a name and account that holds it at one complete DC at least, in no order.
-- A temporary table shared_spn stands in the place of the database's own: store/across.c asks so for names that are shared with another forest.
-- The winning value, which all DCs will show when replication is done: of an account on which the DCs differ that of
-- difference.winner, else what they all show; where they differ and it was not judged who is right, it is not known.
-- CROSS JOIN only fixes the order of the loops: the planner would begin with the DCs.
CREATE VIEW name_holder AS
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
    FROM held h CROSS JOIN object c ON c.id = h.object CROSS JOIN scope s ON s.domain = c.domain
         LEFT JOIN departure d ON d.object = h.object AND d.dc = s.dc
    WHERE coalesce(d.shown, c.shown) AND coalesce(d.spn, c.spn) = h.state),
holder AS MATERIALIZED (
    SELECT key, object, group_concat(name, ';') AS seen_by, count(*) AS dcs
    FROM (SELECT key, object, name FROM seen ORDER BY key, object, name) GROUP BY key, object),
together AS MATERIALIZED (
    SELECT key, group_concat(name, ';') AS names
    FROM (SELECT key, name FROM seen GROUP BY key, dc HAVING count(*) > 1 ORDER BY key, name) GROUP BY key),
named AS MATERIALIZED (
    SELECT h.key, h.object, h.seen_by, h.dcs = z.dcs AS everywhere, a.domain, a.account, a.account_dn, a.guid, a.uac,
           iif((SELECT count(*) FROM domain) > 1, m.netbios || '\', '') || f.sam AS who, m.netbios || '\' || f.sam AS who_abroad,
           m.dn AS domain_dn,
           -- Every domain has it on its krbtgt, and on one more for each RODC, by design.
           h.key = 'kadmin/changepw' AND
           (lower(a.account) = 'krbtgt' OR (lower(a.account) GLOB 'krbtgt_?*' AND substr(a.account, 8) NOT GLOB '*[^0-9]*')) AS by_design
    FROM holder h JOIN account a ON a.object = h.object JOIN size z ON z.domain = a.domain
         JOIN consensus c ON c.object = h.object JOIN account_fact f ON f.id = c.account JOIN domain m ON m.id = a.domain),
-- Will the account be there, and with which SPNs? NULL: not known.
winning AS MATERIALIZED (
    SELECT n.key, n.object,
           coalesce((SELECT min(coalesce(w.shown, c.shown))
                     FROM difference x LEFT JOIN departure w ON w.object = x.object AND w.dc = x.winner
                     WHERE x.object = n.object AND x.attribute IN ('objectGUID', 'isDeleted') AND x.winner IS NOT NULL AND
                           x.verdict IN ('lagging', 'divergent', 'lingering', 'deletion-lagging')),
                    iif(EXISTS (SELECT 1 FROM departure d WHERE d.object = n.object AND d.shown <> c.shown), NULL, c.shown)) AS shown,
           coalesce((SELECT coalesce(w.spn, c.spn)
                     FROM difference x LEFT JOIN departure w ON w.object = x.object AND w.dc = x.winner
                     WHERE x.object = n.object AND x.attribute = 'servicePrincipalName' AND x.winner IS NOT NULL AND
                           x.verdict IN ('lagging', 'divergent', 'lost-update')
                     ORDER BY x.verdict = 'lost-update', x.version DESC LIMIT 1),
                    iif(EXISTS (SELECT 1 FROM departure d WHERE d.object = n.object AND d.spn IS NOT NULL), NULL, c.spn)) AS state
    FROM named n JOIN consensus c ON c.object = n.object),
-- holds: 1 yes, 0 no, NULL not known.
judged AS MATERIALIZED (
    SELECT n.*,
           w.shown AND CASE WHEN w.state IS NOT NULL THEN
               EXISTS (SELECT 1 FROM spn_state t, json_each(t.spns) j WHERE t.id = w.state AND lower(j.value) = n.key) END AS holds,
           NOT n.by_design AND (n.key = 'kadmin/changepw' OR coalesce(n.uac & 2, 0) <> 0 OR n.account_dn LIKE '%\0ACNF:%') AS goes,
           EXISTS (SELECT 1 FROM difference x WHERE x.object = n.object AND x.verdict = 'lingering') AS lingers
    FROM named n JOIN winning w ON w.key = n.key AND w.object = n.object),
shared AS MATERIALIZED (
    SELECT key,
           CASE WHEN min(everywhere) AND (SELECT whole FROM scan_whole) THEN 'converged-duplicate'
                WHEN key IN (SELECT key FROM together) THEN 'view-duplicate'
                WHEN total(holds) > 1 THEN 'pending-duplicate'
                WHEN total(holds IS NOT 0) < 2 THEN 'in-flight'
                ELSE 'cross-view' END AS class,
           count(*) AS holders, min(by_design) AS all_by_design,
           total(holds IS NOT 0) AS stay, total(holds IS NOT 0 AND goes) AS go
    FROM judged GROUP BY key),
arrived AS MATERIALIZED (
    SELECT key, object, iif(count(scan) = count(*), min(scan), NULL) AS scan
    FROM (SELECT v.key, v.object,
                 (SELECT max(g.scan) FROM change g
                  WHERE g.object = v.object AND g.facet = 'spn' AND g.dc = v.dc AND
                        EXISTS (SELECT 1 FROM spn_state t, json_each(t.spns) j WHERE t.id = g.to_state AND lower(j.value) = v.key) AND
                        NOT EXISTS (SELECT 1 FROM spn_state t, json_each(t.spns) j WHERE t.id = g.from_state AND lower(j.value) = v.key)) AS scan
          FROM seen v)
    GROUP BY key, object),
line AS (
    SELECT w.class, w.holders, w.all_by_design, w.stay, w.go, h.*,
           (SELECT j.value FROM held g JOIN spn_state t ON t.id = g.state, json_each(t.spns) j
            WHERE g.key = h.key AND g.object = h.object AND lower(j.value) = h.key
            ORDER BY g.by_most DESC, j.value LIMIT 1) AS spn
    FROM shared w JOIN judged h ON h.key = w.key),
-- Nothing that a shell could take for more than a name. setspn would write to what lingers, and what is written to replicates: it
-- would rise from the dead.
removal AS (
    SELECT l.*,
           l.spn GLOB '[A-Za-z0-9]*' AND l.spn NOT GLOB '*[^A-Za-z0-9_.:/ -]*' AS plain_spn,
           CASE WHEN l.lingers THEN
               (SELECT group_concat(format('repadmin /removelingeringobjects %s SOURCE_DSA_GUID "%s" /advisory_mode', n.name, l.domain_dn), '; ')
                FROM difference x JOIN dc n ON n.id = x.dc
                WHERE x.object = l.object AND x.verdict = 'lingering' AND l.domain_dn NOT GLOB '*[^A-Za-z0-9=,.-]*') END AS of_lingering
    FROM line l)
SELECT l.key, l.spn, l.object, l.account, l.account_dn, l.guid AS account_guid, l.seen_by, t.names AS together,
       (SELECT f.started FROM scan f WHERE f.id = r.scan) AS since,
       p.written_at, coalesce(i.name, p.origin) AS written_on,
       l.holders, l.by_design, l.all_by_design, l.class, l.holds IS NOT 0 AS stays, l.goes, l.stay, l.go, l.lingers,
       CASE WHEN l.lingers THEN l.of_lingering
            WHEN l.plain_spn AND l.who GLOB '[A-Za-z0-9_]*' AND rtrim(l.who, '$') NOT GLOB '*[^A-Za-z0-9_.\ -]*'
            THEN format(iif(instr(l.spn || l.who, ' '), 'setspn -D "%s" "%s"', 'setspn -D %s %s'), l.spn, l.who) END AS removal,
       CASE WHEN l.lingers THEN l.of_lingering
            WHEN l.plain_spn AND l.who_abroad GLOB '[A-Za-z0-9_]*' AND rtrim(l.who_abroad, '$') NOT GLOB '*[^A-Za-z0-9_.\ -]*'
            THEN format(iif(instr(l.spn || l.who_abroad, ' '), 'setspn -D "%s" "%s"', 'setspn -D %s %s'), l.spn, l.who_abroad) END AS removal_abroad
FROM removal l LEFT JOIN together t ON t.key = l.key LEFT JOIN arrived r ON r.key = l.key AND r.object = l.object
     LEFT JOIN stamp p ON p.object = l.object AND p.attribute = 'servicePrincipalName' LEFT JOIN origin i ON i.invocation_id = p.origin;
