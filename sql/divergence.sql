-- divergence: on which DC is an object wrong or behind, in what, and why? Without the values.
-- Columns: object, dc (ids), facet (spn, account, delegation), attribute, verdict, severity, version, written_at, origin (name or
--          invocationId), usn, behind_usn, behind_s, first_seen, note (see report_divergence),
--          conflict_dn (of conflict objects, which have no row of difference; else NULL).
-- CROSS JOIN only fixes the order of the loops: the planner would begin with the DCs, and look at all of them for each row.
CREATE VIEW divergence AS
SELECT x.object, x.dc,
       CASE WHEN x.attribute = 'servicePrincipalName' THEN 'spn' WHEN x.attribute GLOB 'msDS-*' THEN 'delegation' ELSE 'account' END AS facet,
       x.attribute, x.verdict, x.severity, x.version, x.written_at, coalesce(w.name, x.origin) AS origin, x.usn, x.behind_usn, x.behind_s,
       f.started AS first_seen, x.note, NULL AS conflict_dn
FROM difference x LEFT JOIN origin w ON w.invocation_id = x.origin LEFT JOIN scan f ON f.id = x.first_scan
UNION ALL
SELECT f.object, s.dc, 'account', 'distinguishedName', 'conflict', 'warning', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       CASE WHEN instr(replace(replace(substr(f.dn, 1, instr(upper(f.dn), '\0ACNF:')), '\\', ''), '\,', ''), ',') > 0
            THEN 'it is a container above it that was renamed' ELSE '' END, f.dn
FROM account_trait t CROSS JOIN account_fact f ON f.id = t.state CROSS JOIN object c ON c.id = f.object
     CROSS JOIN dc_scope s ON s.domain = c.domain LEFT JOIN departure d ON d.object = f.object AND d.dc = s.dc
WHERE t.traits & 1 AND coalesce(d.shown, c.shown) AND coalesce(d.account, c.account) = f.id AND
      -- Global catalogs of other domains were read for holders of SPNs.
      (s.is_full OR d.object IS NOT NULL OR c.spn > 0) AND
      NOT EXISTS (SELECT 1 FROM difference x WHERE x.object = f.object AND x.dc = s.dc AND x.attribute = 'distinguishedName' AND
                                                   x.verdict = 'conflict');
