-- report_divergence: on which DC is an account wrong or behind, in what, and will waiting mend it?
-- Columns: account, account_dn (as most DCs name it), account_guid, facet (spn, account, delegation), attribute (objectGUID: the
--          object itself; isDeleted: its deletion or return), dc (the one that is wrong or behind),
--          verdict: lagging           the write has not come to that DC yet: its up-to-dateness vector lacks it; waiting mends it
--                   divergent         its vector says that it has the write, and it shows something else; waiting does not mend it
--                   corrupt           it has the same write as others, and another value
--                   hidden            it has the same write as others, and its ACL hides the value from the reader
--                   lost-update       two DCs were written to at once; what stands here was or will be overwritten
--                   lingering         it still shows an object that is gone elsewhere, and whose deletion it cannot learn any more
--                   deletion-lagging  it still shows an object whose deletion has not come to it yet
--                   conflict          two objects were made with one name, and this is the one that was renamed (CNF:)
--                   unproved          something that would tell cannot be read: see note
--          value_here (what that DC shows), value_elsewhere (what the DC that has it right shows, else the most; several values
--          with ';' between, as stored; empty: absent or hidden; objectGUID and isDeleted: the DN, empty where the object is not),
--          only_here, only_elsewhere (of multi-valued attributes: the values the other side lacks, compared without ASCII
--          case; NULL for single-valued),
--          winning_version, winning_time, winning_dc (or its invocationId), winning_usn (there): the stamp of the winning write,
--          behind_usn, behind_s (lagging: how many USNs of that origin are still to come, up to the write, and the seconds since the DC
--          heard last of it), first_seen (start of the first scan that saw this DC differ so; NULL: no longer kept, or not known),
--          severity, note (the right that is missing, how certain).
--          Ordered by account, facet, attribute, dc.
-- A row a row of table difference, and one for each DC that shows a conflict object. docs/verdicts.md tells how it is judged.
-- Says nothing of DCs that were not read to their end; nor, on global catalogs of other domains, of delegation and of accounts
-- without SPN.
CREATE VIEW report_divergence AS
SELECT a.account, a.account_dn, a.guid AS account_guid, l.facet, l.attribute, n.name AS dc, l.verdict,
       CASE WHEN v.many THEN coalesce((SELECT group_concat(value, ';') FROM json_each(v.here)), '') ELSE coalesce(v.here, l.conflict_dn) END AS value_here,
       CASE WHEN v.many THEN coalesce((SELECT group_concat(value, ';') FROM json_each(v.elsewhere)), '') ELSE v.elsewhere END AS value_elsewhere,
       -- By grouping, since a value looked up in the other array by itself would cost the square of their lengths.
       CASE WHEN v.many THEN coalesce((
            SELECT group_concat(value, ';')
            FROM (SELECT min(value) AS value
                  FROM (SELECT value, 0 AS there FROM json_each(v.here) UNION ALL SELECT value, 1 FROM json_each(v.elsewhere))
                  GROUP BY lower(value) HAVING NOT max(there))), '') END AS only_here,
       CASE WHEN v.many THEN coalesce((
            SELECT group_concat(value, ';')
            FROM (SELECT min(value) AS value
                  FROM (SELECT value, 0 AS there FROM json_each(v.elsewhere) UNION ALL SELECT value, 1 FROM json_each(v.here))
                  GROUP BY lower(value) HAVING NOT max(there))), '') END AS only_elsewhere,
       l.version AS winning_version, l.written_at AS winning_time, l.origin AS winning_dc, l.usn AS winning_usn,
       l.behind_usn, l.behind_s, l.first_seen, l.severity, l.note
FROM divergence l CROSS JOIN account a ON a.object = l.object JOIN dc n ON n.id = l.dc
     LEFT JOIN difference_value v ON v.object = l.object AND v.dc = l.dc AND v.attribute = l.attribute AND v.verdict = l.verdict
ORDER BY a.account, l.facet, l.attribute, n.name, a.guid, l.verdict;
