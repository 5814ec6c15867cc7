-- name_fault: what is wrong with single names, and with accounts because of what others hold?
-- Columns: object (id), dc (id of a DC that departs and shows it; NULL: the DCs that do not depart), kind, severity, subject, detail
--          (as report_hygiene says them), mend (1: setspn -D is the remedy, and subject is the name itself, not one of which bytes are
--          shown as backslash and hex).
-- A row a fact. Not narrowed to focus: what other accounts make wrong (UPNs, look-alikes, what lingers) is not of one account.
CREATE VIEW name_fault AS
WITH upn AS MATERIALIZED (
    SELECT w.object, w.dc, a.upn, lower(a.upn) AS name
    FROM (SELECT t.object, NULL AS dc, t.state
          FROM account_trait t CROSS JOIN consensus c ON c.object = t.object
          WHERE t.traits & 4 AND c.shown = 1 AND c.account = t.state
          UNION ALL
          SELECT t.object, d.dc, t.state
          FROM account_trait t CROSS JOIN departure d ON d.object = t.object CROSS JOIN consensus c ON c.object = t.object
          WHERE t.traits & 4 AND d.shown = 1 AND coalesce(d.account, c.account) = t.state LIMIT -1) w
         CROSS JOIN account_state a ON a.id = w.state),
-- No pass at all while there is no such UPN.
owner AS MATERIALIZED (
    SELECT f.object, lower(f.sam) AS name
    FROM account_fact f
    WHERE f.id > iif(EXISTS (SELECT 1 FROM upn), -1, 9223372036854775807) AND lower(f.sam) IN (SELECT name FROM upn) AND
          (EXISTS (SELECT 1 FROM consensus c WHERE c.object = f.object AND c.account = f.id) OR
           EXISTS (SELECT 1 FROM departure d WHERE d.object = f.object AND d.account = f.id AND d.shown = 1))),
-- Odd names, and the plain ones that look like one of them.
name AS MATERIALIZED (SELECT skeleton, object, dc, spn, kinds FROM lookalike_name),
odd AS MATERIALIZED (SELECT object, dc, spn, kinds FROM name WHERE kinds <> ''),
-- Those with a counterpart on another account that is another name in ASCII, by counting: no product of a large group with itself.
alike AS MATERIALIZED (
    SELECT skeleton, object, key, others
    FROM (SELECT skeleton, object, key, count(*) OVER (PARTITION BY skeleton) - count(*) OVER (PARTITION BY skeleton, object) -
                                        count(*) OVER (PARTITION BY skeleton, key) + 1 AS others
          FROM (SELECT DISTINCT skeleton, object, lower(spn) AS key FROM name))
    WHERE others > 0),
company AS MATERIALIZED (
    SELECT skeleton, group_concat(account, ';') AS accounts
    FROM (SELECT DISTINCT l.skeleton, a.account FROM alike l CROSS JOIN account a ON a.object = l.object ORDER BY l.skeleton, a.account)
    GROUP BY skeleton),
-- What DCs said of them (table lookalike_answer), from either side.
told AS MATERIALIZED (
    SELECT x.object, x.key, x.other, x.other_key, x.answer, coalesce(n.name, '') AS dc_name,
           coalesce(n.name || ': ', '') || x.why AS why
    FROM (SELECT object, key, other, other_key, dc, answer, why FROM lookalike_answer
          UNION ALL SELECT other, other_key, object, key, dc, answer, why FROM lookalike_answer) x LEFT JOIN dc n ON n.id = x.dc),
spelled AS MATERIALIZED (SELECT object, lower(spn) AS key, min(spn) AS spn, max(kinds) AS kinds FROM name GROUP BY 1, 2),
partner AS MATERIALIZED (
    SELECT y.object, y.key, y.dc_name, w.spn, w.kinds, a.account,
           row_number() OVER (PARTITION BY y.object, y.key ORDER BY y.dc_name, a.account, w.spn) AS place
    FROM told y JOIN spelled w ON w.object = y.other AND w.key = y.other_key CROSS JOIN account a ON a.object = y.other
    WHERE y.answer = 'one'),
-- Ten are enough to read.
taken AS MATERIALIZED (
    SELECT object, key, max(kinds = '') AS beside_plain,
           group_concat(CASE WHEN place <= 10 THEN dc_name || ' takes it for one name with ' || spn || ' of ' || account
                             WHEN place = 11 THEN '...' END, '; ') AS detail
    FROM (SELECT * FROM partner ORDER BY object, key, place) GROUP BY object, key),
parted AS MATERIALIZED (
    SELECT object, key, sum(pairs) AS pairs, group_concat(dc_name, ', ') || iif(count(*) > 1, ' keep', ' keeps') || ' them apart' AS detail
    FROM (SELECT object, key, dc_name, count(*) AS pairs FROM told WHERE answer = 'apart' GROUP BY object, key, dc_name ORDER BY 1, 2, 3)
    GROUP BY object, key),
untold AS MATERIALIZED (SELECT object, key, min(why) AS why FROM told WHERE answer = 'unknown' GROUP BY object, key),
line AS (
    SELECT object, dc, 'invisible-spn' AS kind, 'critical' AS severity, spn AS subject,
           'has characters that show nothing' AS detail, spn NOT GLOB '*\[0-9a-f][0-9a-f]*' AS mend
    FROM odd WHERE instr(kinds, ',invisible,')
    UNION ALL
    -- Kept apart from each that it could be taken for: nothing to mend.
    SELECT n.object, n.dc, 'lookalike-spn', iif(y.object IS NULL AND p.pairs = l.others, 'info', 'critical'), n.spn,
           CASE WHEN y.object IS NOT NULL THEN y.detail
                WHEN p.pairs = l.others THEN p.detail || ', held by ' || m.accounts
                ELSE 'AD may take it for one name, held by ' || m.accounts || coalesce(' (' || u.why || ')', '') END,
           (y.object IS NOT NULL OR p.pairs IS NOT l.others) AND n.spn NOT GLOB '*\[0-9a-f][0-9a-f]*' AND
           (instr(n.kinds, ',invisible,') > 0 OR (instr(n.kinds, ',non-ascii,') > 0 AND y.beside_plain IS 1))
    FROM alike l JOIN name n ON n.skeleton = l.skeleton AND n.object = l.object AND lower(n.spn) = l.key
         JOIN company m ON m.skeleton = l.skeleton
         LEFT JOIN taken y ON y.object = l.object AND y.key = l.key
         LEFT JOIN parted p ON p.object = l.object AND p.key = l.key
         LEFT JOIN untold u ON u.object = l.object AND u.key = l.key
    UNION ALL
    SELECT object, dc, 'non-ascii-spn', 'info', spn, 'has characters beyond ASCII', 0
    FROM odd WHERE instr(kinds, ',non-ascii,') AND NOT instr(kinds, ',invisible,')
    UNION ALL
    SELECT object, dc, 'junk-spn', 'info', spn,
           substr(CASE WHEN instr(kinds, ',spaces,') THEN '; spaces' ELSE '' END || CASE WHEN instr(kinds, ',url,') THEN '; a URL' ELSE '' END ||
                  CASE WHEN instr(kinds, ',upn-like,') THEN '; an @' ELSE '' END ||
                  CASE WHEN NOT instr(kinds, ',malformed,') THEN ''
                       WHEN NOT instr(spn, '/') THEN '; no slash'
                       WHEN length(spn) - length(replace(spn, '/', '')) > 2 THEN '; more than three parts'
                       ELSE '; an empty part' END, 3),
           NOT instr(kinds, ',non-ascii,') AND NOT instr(kinds, ',invisible,')
    FROM odd
    WHERE (instr(kinds, ',spaces,') OR instr(kinds, ',url,') OR instr(kinds, ',upn-like,') OR instr(kinds, ',malformed,')) AND
          NOT (kinds = ',spaces,' AND instr(substr(spn, instr(spn, '/')), ' ') = 0 AND
               lower(substr(spn, 1, instr(spn, '/') - 1)) IN
               ('microsoft virtual console service', 'microsoft virtual system migration service', 'hyper-v replica service'))
    UNION ALL
    SELECT u.object, u.dc, 'upn-equals-sam', 'warning', u.upn, 'is the sAMAccountName of ' || a.account_dn, 0
    FROM upn u JOIN owner w ON w.name = u.name AND w.object <> u.object CROSS JOIN account a ON a.object = w.object
    UNION ALL
    SELECT f.object, f.dc, 'lingering-spn', 'critical', 'objectGUID', 'deleted elsewhere; its names count where it lingers', 0
    FROM difference f CROSS JOIN consensus c ON c.object = f.object
    WHERE f.verdict = 'lingering' AND
          coalesce((SELECT d.spn FROM departure d WHERE d.object = f.object AND d.dc = f.dc), c.spn) <> 0)
SELECT DISTINCT object, dc, kind, severity, subject, detail, mend FROM line;
