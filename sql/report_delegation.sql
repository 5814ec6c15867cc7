-- report_delegation: which accounts may act for their users, towards what, and is that sound?
-- Columns: account, account_dn (who may delegate, as most DCs name it), type:
--            unconstrained        to any service (userAccountControl 0x80000); target is ''. DCs are not listed, AD sets it there
--            constrained          to the SPN in target, with a Kerberos ticket of the user (msDS-AllowedToDelegateTo)
--            protocol-transition  to the SPN in target, however the user came (also userAccountControl 0x1000000)
--            resource-based       to the account in target, which says so itself; account is the trustee
--                                 (its SID where that has no name, NULL where the descriptor is malformed), account_dn its DN, NULL unknown
--          target, target_owner (who holds the target: the exact SPN, else the class that stands for it, as http is served by
--          host; several with ';' between; resource-based: the target itself),
--          finding (NULL none; several with '; ' between):
--            unconstrained delegation | target owned by nobody | target owned by several accounts |
--            protocol transition allowed, but no target | userAccountControl hidden, protocol transition not known |
--            trustee unknown | everybody may act | trustee far too wide | descriptor malformed
-- What at least one complete DC shows counts, each fact once; ordered by account, type, target.
-- False positives: a target served by an account that no scan sees (without an SPN, or outside the forest);
-- 'trustee unknown' of a deleted account or of another forest. Cannot know: delegation of domains of which no full
-- replica was read; owners in domains that were not read at all, so 'nobody' is not said while there is one.
CREATE VIEW report_delegation AS
WITH scope AS MATERIALIZED (SELECT dc, domain, is_full FROM dc_scope),
size AS MATERIALIZED (SELECT domain, sum(is_full) AS full FROM scope GROUP BY domain),
-- Objects with something to say, found over the states: far fewer rows than objects x DCs.
suspect AS MATERIALIZED (
    SELECT object FROM delegation_state WHERE id > 0 AND (targets <> '[]' OR rbcd IS NOT NULL)
    UNION SELECT object FROM account_state WHERE uac & 0x1000000 AND NOT uac & 0x4002000), -- an RODC's own account has the bit by default
-- userAccountControl together with the delegation facts as one full replica shows the two.
pair AS MATERIALIZED (
    SELECT u.object, a.uac, c.delegation
    FROM suspect u JOIN consensus c ON c.object = u.object JOIN account_state a ON a.id = c.account
         JOIN object o ON o.id = u.object JOIN size z ON z.domain = o.domain
    WHERE c.shown AND z.full > (SELECT count(*) FROM departure d CROSS JOIN scope s ON s.dc = d.dc AND s.domain = o.domain AND s.is_full
                                WHERE d.object = u.object)
    UNION -- where a DC hides the bits, those that most DCs show stand for them
    SELECT u.object, coalesce(h.uac, e.uac), coalesce(d.delegation, c.delegation)
    FROM suspect u JOIN departure d ON d.object = u.object AND d.shown = 1 JOIN consensus c ON c.object = u.object
         JOIN object o ON o.id = u.object JOIN scope s ON s.dc = d.dc AND s.domain = o.domain AND s.is_full
         JOIN account_state h ON h.id = coalesce(d.account, c.account) JOIN account_state e ON e.id = c.account),
listed AS MATERIALIZED (
    SELECT object, type, min(target) AS target, lower(target) AS key, min(hidden) AS hidden
    FROM (SELECT p.object, j.value AS target, p.uac IS NULL AS hidden,
                 CASE WHEN p.uac & 0x1000000 THEN 'protocol-transition' ELSE 'constrained' END AS type
          FROM pair p JOIN delegation_state t ON t.id = p.delegation, json_each(t.targets) j)
    GROUP BY object, type, lower(target)),
-- Under which names a target may be held; the exact one goes first (MS-DRSR 4.1.4.2.14), and mappings are one level deep.
name AS MATERIALIZED (
    SELECT key AS target, key, 0 AS by_alias FROM listed
    UNION
    SELECT l.key, m.stands_for || substr(l.key, instr(l.key, '/')), 1
    FROM listed l JOIN spn_mapping m ON m.class = substr(l.key, 1, instr(l.key, '/') - 1)),
-- The scanner has looked them up: a pass over all SPNs costs more than all the rest.
held AS MATERIALIZED (SELECT key, object FROM target_holder WHERE key IN (SELECT key FROM name)),
owned AS MATERIALIZED (
    SELECT target, object, rank() OVER (PARTITION BY target ORDER BY by_alias) AS place
    FROM name n JOIN held h ON h.key = n.key),
owner AS MATERIALIZED (
    SELECT target, group_concat(account, ';') AS owners, count(*) AS count
    FROM (SELECT DISTINCT w.target, w.object, a.account FROM owned w JOIN account a ON a.object = w.object
          WHERE w.place = 1 ORDER BY w.target, a.account)
    GROUP BY target),
trusting AS MATERIALIZED (
    SELECT DISTINCT p.object, j.value AS sid, NULL AS note FROM pair p JOIN delegation_state t ON t.id = p.delegation, json_each(t.trustees) j
    UNION
    SELECT p.object, NULL, t.rbcd_note FROM pair p JOIN delegation_state t ON t.id = p.delegation WHERE t.rbcd_note IS NOT NULL),
known AS MATERIALIZED (
    SELECT w.sid, a.account, a.account_dn
    FROM (SELECT f.sid, min(f.object) AS object
          FROM account_state f
          WHERE f.sid IN (SELECT sid FROM trusting WHERE sid IS NOT NULL) AND
                (EXISTS (SELECT 1 FROM consensus c WHERE c.object = f.object AND c.account = f.id) OR
                 EXISTS (SELECT 1 FROM departure d WHERE d.object = f.object AND d.account = f.id AND d.shown = 1))
          GROUP BY f.sid) w
         CROSS JOIN account a ON a.object = w.object),
line AS (
    SELECT DISTINCT a.account, a.account_dn, 'unconstrained' AS type, '' AS target, NULL AS target_owner,
           'unconstrained delegation' AS finding
    FROM account_state f JOIN account a ON a.object = f.object
    WHERE f.uac & 0x80000 AND NOT f.uac & 0x4002000 AND
          (f.id = (SELECT c.account FROM consensus c WHERE c.object = f.object) OR
           EXISTS (SELECT 1 FROM departure d WHERE d.object = f.object AND d.account = f.id AND d.shown = 1))
    UNION ALL
    SELECT a.account, a.account_dn, l.type, l.target, w.owners,
           nullif(substr(CASE WHEN l.hidden THEN '; userAccountControl hidden, protocol transition not known' ELSE '' END ||
                         CASE WHEN w.count > 1 THEN '; target owned by several accounts'
                              WHEN w.count IS NULL AND NOT EXISTS (SELECT 1 FROM domain d WHERE d.id NOT IN (SELECT domain FROM scope))
                              THEN '; target owned by nobody' ELSE '' END, 3), '')
    FROM listed l JOIN account a ON a.object = l.object LEFT JOIN owner w ON w.target = l.key
    UNION ALL
    SELECT DISTINCT a.account, a.account_dn, 'protocol-transition', NULL, NULL, 'protocol transition allowed, but no target'
    FROM pair p JOIN delegation_state t ON t.id = p.delegation JOIN account a ON a.object = p.object
    WHERE p.uac & 0x1000000 AND NOT p.uac & 0x4002000 AND t.targets = '[]'
    UNION ALL
    SELECT CASE WHEN r.note = 'null DACL' THEN 'Everyone'
                ELSE coalesce(k.account, n.sam, CASE r.sid WHEN 'S-1-1-0' THEN 'Everyone' WHEN 'S-1-5-11' THEN 'Authenticated Users' END, r.sid) END,
           coalesce(k.account_dn, n.dn), 'resource-based', o.account, o.account,
           CASE WHEN r.note = 'null DACL' THEN 'everybody may act'
                WHEN r.note IS NOT NULL THEN 'descriptor malformed'
                WHEN r.sid IN ('S-1-1-0', 'S-1-5-11') OR r.sid GLOB 'S-1-5-21-*-513' OR r.sid GLOB 'S-1-5-21-*-515' THEN 'trustee far too wide'
                WHEN k.account IS NULL AND n.sid IS NULL THEN 'trustee unknown' END
    FROM trusting r JOIN account o ON o.object = r.object
         LEFT JOIN known k ON k.sid = r.sid LEFT JOIN principal n ON n.sid = r.sid)
SELECT account, account_dn, type, target, target_owner, finding FROM line
ORDER BY account, type, lower(target), account_dn, target;
