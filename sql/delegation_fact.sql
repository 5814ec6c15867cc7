-- delegation_fact: which accounts may act for their users, towards what, where is that shown, and what of it is unsound?
-- Columns: object (id; resource-based: of the target, which holds the list), domain (its id), account, account_dn, account_guid, type,
--          target, target_owner, dcs (see report_delegation; '*': all full replicas of the domain), trustee (resource-based: its SID, or what is
--          wrong with the descriptor; else NULL), checks (a bit for each check that found something; delegation_check has their words).
-- A row a fact that at least one complete DC shows. Narrowed to focus. Worked out at the end of a scan alone, into delegation_found.
CREATE VIEW delegation_fact AS
WITH scope AS MATERIALIZED (SELECT dc, name, domain, is_full FROM dc_scope),
-- All that userAccountControl tells (index account_flagged): 0x80000 and 0x1000000 delegate, 0x2000 and 0x4000000 are DCs.
flagged AS MATERIALIZED (SELECT id, object, uac FROM account_fact WHERE uac & 0x5082000),
-- Objects with something to say, found over the states: far fewer rows than objects x DCs. Narrowed to focus.
suspect AS MATERIALIZED (
    SELECT object
    FROM (SELECT object FROM delegation_state WHERE targets <> '[]' OR rbcd IS NOT NULL
          UNION SELECT object FROM flagged WHERE uac & 0x1080000 AND NOT uac & 0x4002000) -- an RODC's own account has the bit by default
    WHERE NOT EXISTS (SELECT 1 FROM focus WHERE object >= 0) OR object IN (SELECT object FROM focus)),
-- What each full replica shows: userAccountControl and the delegation facts together. name NULL: all of the domain show it. What most show
-- of the account beside (account to types) is looked up here once for all that follows.
shows AS MATERIALIZED (
    SELECT u.object, a.domain, NULL AS name, a.uac AS own_uac, a.uac, t.targets, t.trustees, t.rbcd_note,
           a.account, a.account_dn, a.guid, a.spn = 0 AS bare, a.types
    FROM suspect u CROSS JOIN key_types a ON a.object = u.object LEFT JOIN delegation_state t ON t.id = a.delegation
    WHERE a.domain IN (SELECT domain FROM scope WHERE is_full) AND NOT EXISTS (SELECT 1 FROM departure d WHERE d.object = u.object)
    UNION ALL -- where a DC hides the bits, those that most DCs show stand for them
    SELECT u.object, a.domain, s.name, h.uac, coalesce(h.uac, a.uac), t.targets, t.trustees, t.rbcd_note,
           a.account, a.account_dn, a.guid, a.spn = 0, a.types
    FROM suspect u CROSS JOIN key_types a ON a.object = u.object CROSS JOIN consensus c ON c.object = u.object
         CROSS JOIN scope s ON s.domain = a.domain AND s.is_full LEFT JOIN departure d ON d.object = u.object AND d.dc = s.dc
         JOIN account_fact h ON h.id = coalesce(d.account, c.account)
         LEFT JOIN delegation_state t ON t.id = coalesce(d.delegation, c.delegation)
    WHERE coalesce(d.shown, c.shown) AND EXISTS (SELECT 1 FROM departure x WHERE x.object = u.object)),
listed AS MATERIALIZED (
    SELECT object, domain, type, min(target) AS target, key, min(hidden) AS hidden, group_concat(name, ';') AS dcs,
           substr(key, 1, instr(key, '/') - 1) AS class, substr(key, instr(key, '/') + 1) AS place,
           account, account_dn, guid, bare, types -- one of each an object
    FROM (SELECT w.object, w.domain, w.name, j.value AS target, lower(j.value) AS key, w.uac IS NULL AS hidden,
                 CASE WHEN w.uac & 0x1000000 THEN 'protocol-transition' ELSE 'constrained' END AS type,
                 w.account, w.account_dn, w.guid, w.bare, w.types
          FROM shows w, json_each(w.targets) j
          ORDER BY 1, 7, 5, 3)
    GROUP BY object, type, key),
-- Under which names a target is held: the exact one goes first (MS-DRSR 4.1.4.2.14), those by alias are asked for only where nobody has it;
-- mappings are one level deep. Who holds them the scanner has looked up: a pass over all SPNs costs more than all the rest. listed is named
-- but once here, and owned, which is made of it, seldom: SQLite prepares all that a name stands for wherever it is named.
owned AS MATERIALIZED (
    SELECT n.key AS target, h.object, h.key
    FROM (SELECT DISTINCT key, class, place FROM listed) n CROSS JOIN (SELECT 0 AS by_alias UNION ALL SELECT 1) x
         LEFT JOIN spn_mapping m ON x.by_alias AND m.class = n.class
         CROSS JOIN target_holder h ON h.key = iif(x.by_alias, m.stands_for || '/' || n.place, n.key)
    WHERE NOT x.by_alias OR NOT EXISTS (SELECT 1 FROM target_holder e WHERE e.key = n.key)
    ORDER BY h.object LIMIT -1), -- they are looked up in the order in which they are stored
dcs AS MATERIALIZED (SELECT object, domain, sids FROM dc_account),
owner AS MATERIALIZED (
    SELECT target, group_concat(account, ';') AS owners, count(*) AS count, min(object) AS object, min(types) AS types,
           max(object IN (SELECT object FROM dcs)) AS on_dc,
           max(is_krbtgt) AS on_krbtgt, min(is_krbtgt) AS by_design -- kadmin/changepw is on each of them
    FROM (SELECT w.target, w.object, a.account, a.types,
                 lower(a.account) = 'krbtgt' OR (lower(a.account) GLOB 'krbtgt_?*' AND substr(a.account, 8) NOT GLOB '*[^0-9]*') AS is_krbtgt
          FROM owned w CROSS JOIN key_types a ON a.object = w.object
          GROUP BY w.target, a.account, w.object
          ORDER BY w.target, a.account, w.object)
    GROUP BY target),
-- Names that came to their owner while history was kept, and that it had not had before: since which scan.
moved AS MATERIALIZED (
    SELECT target, min(scan) AS scan
    FROM (SELECT w.target, g.dc, max(g.scan) AS scan
          FROM owned w CROSS JOIN change g ON g.object = w.object AND g.facet = 'spn'
          WHERE EXISTS (SELECT 1 FROM spn_state t, json_each(t.spns) j WHERE t.id = g.to_state AND lower(j.value) = w.key) AND
                NOT EXISTS (SELECT 1 FROM change b, spn_state t, json_each(t.spns) j
                            WHERE b.object = w.object AND b.facet = 'spn' AND t.id = b.from_state AND lower(j.value) = w.key)
          GROUP BY w.target, w.object, g.dc)
    GROUP BY target),
-- The short and long forms of the names that the owners of targets hold: class/host and class/host.domain are two names. LIMIT -1: else
-- each step is worked out again wherever the next ones use it. head is the class and the slash, of the name that the target is held under and
-- of the target itself; label and rest are what both forms share.
form AS MATERIALIZED (
    SELECT target, head, own_head, substr(host, 1, instr(host || '.', '.') - 1) AS label, instr(host, '.') > 0 AS is_long, rest, names, plain
    FROM (SELECT target, head, own_head, substr(place, 1, length) AS host, substr(place, length + 1) AS rest, names, plain
          FROM (SELECT *, instr(replace(place || '/', ':', '/'), '/') - 1 AS length
                FROM (SELECT w.target, substr(w.key, 1, instr(w.key, '/')) AS head, substr(w.target, 1, instr(w.target, '/')) AS own_head,
                             substr(w.key, instr(w.key, '/') + 1) AS place, lower(t.spns) AS names,
                             w.target || w.key NOT GLOB '*[^]!#-[^-~ ]*' AS plain
                      FROM owned w CROSS JOIN consensus c ON c.object = w.object CROSS JOIN spn_state t ON t.id = c.spn LIMIT -1)
                LIMIT -1) LIMIT -1)),
-- A long name has one short form, which is looked for in the owner's names as they are stored, all at once, where JSON has it as it is. A
-- short one may have several.
other_form AS MATERIALIZED (
    SELECT target, 0 AS is_long, own_head || label || rest AS key
    FROM form
    WHERE is_long AND plain AND (instr(names, '"' || head || label || rest || '"') OR instr(names, '"' || own_head || label || rest || '"'))
    UNION
    SELECT target, NOT is_long, own_head || place
    FROM (SELECT f.target, f.is_long, f.own_head, f.label, f.rest, substr(j.value, instr(j.value, '/') + 1) AS place
          FROM form f CROSS JOIN json_each(f.names) j
          WHERE (NOT f.plain OR (NOT f.is_long AND
                                 (instr(f.names, '"' || f.head || f.label || '.') OR instr(f.names, '"' || f.own_head || f.label || '.')))) AND
                substr(j.value, 1, instr(j.value, '/')) IN (f.head, f.own_head) LIMIT -1)
    WHERE CASE WHEN is_long THEN place = label || rest
               ELSE substr(place, 1, length(label) + 1) = label || '.' AND substr(place, instr(replace(place || '/', ':', '/'), '/')) = rest END),
-- A pair of columns looked up by NOT IN would be looked for row by row.
unlisted AS MATERIALIZED (
    SELECT object, key, sum(DISTINCT iif(is_long, 128, 64)) AS checks
    FROM (SELECT l.object, l.key, f.is_long
          FROM listed l JOIN other_form f ON f.target = l.key LEFT JOIN listed x ON x.object = l.object AND x.key = f.key
          WHERE x.object IS NULL)
    GROUP BY object, key),
trusting AS MATERIALIZED (
    SELECT object, domain, sid, note, group_concat(name, ';') AS dcs, account, types
    FROM (SELECT w.object, w.domain, j.value AS sid, NULL AS note, w.name, w.account, w.types
          FROM shows w, json_each(w.trustees) j
          UNION ALL
          SELECT object, domain, NULL, rbcd_note, name, account, types FROM shows WHERE rbcd_note IS NOT NULL
          ORDER BY 1, 3, 4, 5)
    GROUP BY object, sid, note),
-- Whose SIDs they are: of what most DCs show of an account, and of what a DC shows otherwise.
known AS MATERIALIZED (
    SELECT w.sid, a.object, a.account, a.account_dn, a.guid, a.uac, a.types
    FROM (SELECT t.sid, min(t.object) AS object
          FROM trustee_account t CROSS JOIN consensus c ON c.object = t.object
               CROSS JOIN account_state f ON f.id IN (SELECT c.account UNION ALL
                                                      SELECT d.account FROM departure d WHERE d.object = t.object AND d.shown = 1)
          WHERE t.sid IN (SELECT sid FROM trusting) AND f.sid = t.sid
          GROUP BY t.sid) w
         CROSS JOIN key_types a ON a.object = w.object),
-- SIDs that every account of the forest has, or nearly: well-known ones (MS-DTYP 2.4.2.4), and two groups of BUILTIN that hold Authenticated
-- Users by default. Domain Users and Domain Computers are told by their RIDs.
wide AS MATERIALIZED (
    SELECT column1 AS sid, column2 AS name
    FROM (VALUES ('S-1-1-0', 'Everyone'), ('S-1-5-11', 'Authenticated Users'), ('S-1-5-15', 'This Organization'), ('S-1-5-32-545', 'Users'),
                 ('S-1-5-32-554', 'Pre-Windows 2000 Compatible Access'))),
-- Is there a domain of which it is not known who is in it, or which SIDs are its own?
own AS MATERIALIZED (SELECT DISTINCT domain, sids FROM dcs WHERE sids IS NOT NULL),
unread AS MATERIALIZED (
    SELECT EXISTS (SELECT 1 FROM domain d WHERE d.id NOT IN (SELECT domain FROM scope)) AS any_domain,
           EXISTS (SELECT 1 FROM domain d WHERE d.id NOT IN (SELECT domain FROM own)) AS any_sid,
           EXISTS (SELECT 1 FROM meta WHERE name = 'trustees_unasked') AS any_trustee)
SELECT DISTINCT a.object, a.domain, a.account, a.account_dn, a.guid AS account_guid, 'unconstrained' AS type, '' AS target, NULL AS target_owner,
       iif(w.alike, '*', w.dcs) AS dcs, NULL AS trustee, 1024 AS checks
FROM flagged f CROSS JOIN account a ON a.object = f.object
     LEFT JOIN (SELECT object, group_concat(name, ';') AS dcs, max(name IS NULL) AS alike
                FROM (SELECT object, name FROM shows WHERE own_uac & 0x80000 ORDER BY object, name) GROUP BY object) w ON w.object = f.object
WHERE f.uac & 0x80000 AND NOT f.uac & 0x4002000 AND f.object IN (SELECT object FROM suspect) AND
      (f.id = (SELECT c.account FROM consensus c WHERE c.object = f.object) OR
       EXISTS (SELECT 1 FROM departure d WHERE d.object = f.object AND d.account = f.id AND d.shown = 1))
UNION ALL
SELECT l.object, l.domain, l.account, l.account_dn, l.guid, l.type, l.target, w.owners, coalesce(l.dcs, '*'), NULL,
       l.hidden + coalesce(w.count > 1 AND NOT w.by_design, 0) * 2 +
       (w.count IS NULL AND NOT z.any_domain AND l.class <> 'krbtgt' AND l.key <> 'krbtgt') * 4 +
       coalesce(w.on_dc, 0) * 8 + (coalesce(w.on_krbtgt, 0) OR l.class = 'krbtgt' OR l.key = 'krbtgt') * 16 +
       -- A list written after the name had come is about the new owner.
       (v.scan IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM change g JOIN delegation_state t ON t.id = g.to_state, json_each(t.targets) j
            WHERE g.object = l.object AND g.facet = 'delegation' AND g.scan >= v.scan AND lower(j.value) = l.key AND
                  NOT EXISTS (SELECT 1 FROM delegation_state b, json_each(b.targets) k WHERE b.id = g.from_state AND lower(k.value) = l.key))) * 32 +
       coalesce(q.checks, 0) +
       (l.bare AND NOT EXISTS (SELECT 1 FROM departure d WHERE d.object = l.object AND d.spn > 0)) * 256 +
       coalesce(w.count = 1 AND NOT l.types & w.types, 0) * 512
FROM listed l CROSS JOIN unread z
     LEFT JOIN owner w ON w.target = l.key
     LEFT JOIN moved v ON v.target = l.key LEFT JOIN unlisted q ON q.object = l.object AND q.key = l.key
UNION ALL
SELECT w.object, w.domain, w.account, w.account_dn, w.guid, 'protocol-transition', NULL, NULL, coalesce(w.dcs, '*'), NULL, 2048
FROM (SELECT object, domain, account, account_dn, guid, group_concat(name, ';') AS dcs
      FROM (SELECT object, domain, account, account_dn, guid, name FROM shows
            WHERE uac & 0x1000000 AND NOT uac & 0x4002000 AND targets = '[]' ORDER BY object, name)
      GROUP BY object) w
UNION ALL
SELECT r.object, r.domain,
       CASE WHEN r.note = 'null DACL' THEN 'Everyone'
            ELSE coalesce(k.account, n.sam, m.name, r.sid) END,
       coalesce(k.account_dn, n.dn), k.guid, 'resource-based', r.account, r.account, coalesce(r.dcs, '*'), coalesce(r.sid, r.note),
       (r.note IS 'null DACL') * 4096 + (r.note IS NOT NULL AND r.note <> 'null DACL') * 8192 +
       (r.sid IS NOT NULL AND (m.sid IS NOT NULL OR r.sid GLOB 'S-1-5-21-*-513' OR r.sid GLOB 'S-1-5-21-*-515')) * 16384 +
       (r.sid IS NOT NULL AND k.account IS NULL AND n.sid IS NULL AND m.sid IS NULL AND
        NOT (r.sid GLOB 'S-1-5-21-*-513' OR r.sid GLOB 'S-1-5-21-*-515')) * iif(z.any_trustee, 524288, 32768) +
       (NOT z.any_sid AND r.sid IS NOT NULL AND r.sid GLOB 'S-1-5-21-*' AND
        rtrim(r.sid, '0123456789') NOT IN (SELECT sids FROM own)) * 65536 +
       (coalesce(k.uac, 0) & 2 <> 0) * 131072 + (r.object IN (SELECT object FROM dcs)) * 262144 +
       (lower(r.account) = 'krbtgt' OR (lower(r.account) GLOB 'krbtgt_?*' AND substr(r.account, 8) NOT GLOB '*[^0-9]*')) * 16 +
       coalesce(NOT k.types & r.types, 0) * 512
FROM trusting r CROSS JOIN unread z
     LEFT JOIN known k ON k.sid = r.sid LEFT JOIN principal n ON n.sid = r.sid LEFT JOIN wide m ON m.sid = r.sid;
