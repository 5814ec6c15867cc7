-- report_changes: what changed from scan to scan, on which DC, and how long did it take to arrive everywhere?
-- Columns: seen_at (start of the first scan that saw the change at that DC), account, account_dn (of now, as most DCs name it; NULL: it is
--          gone), account_guid, facet (object: it came or went; spn; account; delegation), dc,
--          before, after (SPNs, or targets of delegation, ';' between; of the account its DN; of the object there or gone; NULL: not known),
--          added, removed (of SPNs: what only after, only before has, compared without ASCII case),
--          first_at, everywhere_at (start of the first scan that saw it at any DC, and of the one that saw it at the last; everywhere_at is NULL
--          while a DC shows something else, or where most show something else by now), took_s (seconds between the two).
-- A row a change at a DC, the newest scan first. Scans see what is between two of them: of two changes of one value in between the second alone,
-- and times are those of scans. The first scan, and the first of a DC, are no change. Pruned by --keep.
CREATE VIEW report_changes AS
WITH line AS (
    SELECT h.scan, h.object, h.dc, h.facet, h.from_state, h.to_state, s.started AS seen_at,
           min(s.started) OVER alike AS first_at, max(s.started) OVER alike AS last_at
    FROM change h JOIN scan s ON s.id = h.scan
    WINDOW alike AS (PARTITION BY h.object, h.facet, h.to_state)),
told AS (
    SELECT l.*,
           CASE l.facet WHEN 'spn' THEN c.spn WHEN 'account' THEN c.account WHEN 'delegation' THEN c.delegation
                        ELSE coalesce(c.shown, 0) END IS l.to_state AND
           NOT EXISTS (SELECT 1 FROM departure d WHERE d.object = l.object AND
                       CASE l.facet WHEN 'spn' THEN d.spn WHEN 'account' THEN d.account WHEN 'delegation' THEN d.delegation
                                    ELSE iif(d.shown <> c.shown, 1, NULL) END IS NOT NULL) AS everywhere
    FROM line l JOIN object c ON c.id = l.object)
SELECT l.seen_at, coalesce(a.sam, a.dn) AS account, a.dn AS account_dn, g.guid AS account_guid, l.facet, n.name AS dc,
       CASE l.facet WHEN 'spn' THEN coalesce((SELECT group_concat(value, ';') FROM json_each(f.spns)), '')
                    WHEN 'account' THEN fa.dn
                    WHEN 'delegation' THEN coalesce((SELECT group_concat(value, ';') FROM json_each(fd.targets)), '')
                    ELSE iif(l.from_state, 'there', 'gone') END AS before,
       CASE l.facet WHEN 'spn' THEN coalesce((SELECT group_concat(value, ';') FROM json_each(t.spns)), '')
                    WHEN 'account' THEN ta.dn
                    WHEN 'delegation' THEN coalesce((SELECT group_concat(value, ';') FROM json_each(td.targets)), '')
                    ELSE iif(l.to_state, 'there', 'gone') END AS after,
       CASE WHEN l.facet = 'spn' THEN (SELECT group_concat(value, ';') FROM json_each(t.spns)
            WHERE lower(value) NOT IN (SELECT lower(value) FROM json_each(f.spns))) END AS added,
       CASE WHEN l.facet = 'spn' THEN (SELECT group_concat(value, ';') FROM json_each(f.spns)
            WHERE lower(value) NOT IN (SELECT lower(value) FROM json_each(t.spns))) END AS removed,
       l.first_at, iif(l.everywhere, l.last_at, NULL) AS everywhere_at,
       iif(l.everywhere, CAST(strftime('%s', l.last_at) AS INTEGER) - CAST(strftime('%s', l.first_at) AS INTEGER), NULL) AS took_s
FROM told l JOIN dc n ON n.id = l.dc JOIN object_guid g ON g.object = l.object LEFT JOIN account_fact a ON a.id = g.account
     LEFT JOIN spn_state f ON l.facet = 'spn' AND f.id = l.from_state LEFT JOIN spn_state t ON l.facet = 'spn' AND t.id = l.to_state
     LEFT JOIN account_fact fa ON l.facet = 'account' AND fa.id = l.from_state
     LEFT JOIN account_fact ta ON l.facet = 'account' AND ta.id = l.to_state
     LEFT JOIN delegation_state fd ON l.facet = 'delegation' AND fd.id = l.from_state
     LEFT JOIN delegation_state td ON l.facet = 'delegation' AND td.id = l.to_state
ORDER BY l.scan DESC, account, g.guid, l.facet, n.name;
