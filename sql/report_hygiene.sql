-- report_hygiene: what is wrong with single names and with the accounts that hold them?
-- Columns: kind, severity, account, account_dn (as most DCs name it), account_guid, subject (the SPN, the userPrincipalName, or the
--          attribute that it is about), detail, dcs (the complete DCs that show it; sorted, ';' between), fix (a command that mends it, to be
--          read before it is run; '' where there is none, or where the name has characters that mean something to a shell).
--          A row a kind, account and subject; ordered by these. kind, severity:
--   invisible-spn    critical  an SPN with a character that shows nothing: no service needs one, and CVE-2026-25177 works by them
--   lookalike-spn    critical  SPNs of two accounts that AD may take for one name though they are not equal in ASCII; a row each.
--                              Where a DC was asked (scan --ask-dc), detail tells its answer: it takes them for one; or what was in
--                              the way of one. info: it keeps the name apart from each that it could be taken for
--   non-ascii-spn    info      an SPN with other characters beyond ASCII, which AD compares by rules of its own (docs/unicode.md)
--   junk-spn         info      an SPN that no client asks for: spaces, a URL, an @, not of the form class/host[:port][/service name].
--                              The three classes with spaces that Hyper-V registers are none
--   upn-equals-sam   warning   a userPrincipalName that is all of another account's sAMAccountName (CVE-2026-27912)
--   disabled-spn     info      a disabled account with SPNs: nobody can use the names, and nobody else can have them. krbtgt is none
--   conflict-spn     warning   an object that a replication conflict renamed (CNF:), with SPNs
--   lingering-spn    critical  an object that is deleted elsewhere and lingers on some DCs, with SPNs (table difference)
--   weak-encryption  warning   an account with SPNs that allows only DES or RC4; disabled ones are none
--   unset-encryption info      a user account with SPNs that does not say: AES alone since the updates of April 2026
--   roastable        info      a user account with SPNs: whoever may ask for a ticket can guess at its password. Computers and
--                              managed service accounts, whose passwords are long and change, are none; a user account whose name ends
--                              like theirs is one
-- Cannot know: whether AD takes look-alikes for one, which only the DC can say, and each only for its own version of Windows; accounts
-- without SPN or delegation, so that a userPrincipalName or sAMAccountName of one is not seen; UPNs with an @ are not compared. Where userAccountControl is hidden: whether the
-- account is disabled, and whether absent encryption types are absent or hidden (no unset-encryption then). Encryption types where no full
-- replica of the domain was read. dcs of the kinds about encryption types names full replicas alone. Where one DC hides userAccountControl, what most
-- show of it stands for it, but for what it would prove there (disabled-spn, DES alone).
-- One pass over the accounts; all else is looked up. CROSS JOIN only fixes the order of the loops.
CREATE VIEW report_hygiene AS
WITH scope AS MATERIALIZED (SELECT dc, name, domain, is_full FROM dc_scope),
everyone AS MATERIALIZED (
    SELECT domain, full_only, group_concat(name, ';') AS names
    FROM (SELECT domain, 0 AS full_only, name FROM scope UNION ALL SELECT domain, 1, name FROM scope WHERE is_full ORDER BY 1, 2, 3)
    GROUP BY domain, full_only),
apart AS MATERIALIZED (SELECT DISTINCT object FROM departure),
-- Accounts of which there may be something to say: by small indexes of their own (schema.sql), which repeat these conditions.
-- Narrowed to focus; what other accounts make wrong (UPNs, look-alikes, what lingers) is not. With a focus the kinds that are information
-- by all of the user accounts are left out.
whole AS MATERIALIZED (SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM focus WHERE object >= 0)),
noting AS MATERIALIZED (SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM focus)),
candidate AS MATERIALIZED (
    SELECT a.object FROM noting CROSS JOIN account_state a WHERE a.uac & 0x200202 OR a.sam NOT LIKE '%$'
    UNION SELECT a.object FROM whole CROSS JOIN account_state a WHERE a.uac & 0x200000
    UNION SELECT a.object FROM whole CROSS JOIN account_state a WHERE a.dn LIKE '%\0ACNF:%'
    UNION SELECT t.object FROM whole CROSS JOIN delegation_state t WHERE t.enctypes & 7 AND NOT t.enctypes & 0x18
    UNION SELECT object FROM focus),
-- What the DCs without a departure show (dc NULL), and what each other one shows, where there is something to say about it.
suspect AS MATERIALIZED (
    SELECT w.object, w.dc, w.spn, a.uac, coalesce(a.uac, (SELECT e.uac FROM account_state e WHERE e.id = w.most)) AS most_uac,
           w.delegation IS NOT NULL AS enctypes_known, t.enctypes,
           instr(upper(a.dn), '\0ACNF:') AND
               instr(replace(replace(substr(a.dn, 1, instr(upper(a.dn), '\0ACNF:') - 1), '\\', ''), '\,', ''), ',') = 0 AS conflict,
           (a.sam NOT LIKE '%$' OR a.uac & 0x200) AND coalesce(coalesce(a.uac, (SELECT e.uac FROM account_state e WHERE e.id = w.most)) & 0x3800, 0) = 0 AND
               NOT ((lower(a.sam) = 'krbtgt' OR (lower(a.sam) GLOB 'krbtgt_?*' AND substr(a.sam, 8) NOT GLOB '*[^0-9]*')) AND
                    (SELECT lower(k.spns) FROM spn_state k WHERE k.id = w.spn) = '["kadmin/changepw"]') AS is_user,
           (lower(a.sam) = 'krbtgt' OR (lower(a.sam) GLOB 'krbtgt_?*' AND substr(a.sam, 8) NOT GLOB '*[^0-9]*')) AND
               (SELECT lower(k.spns) FROM spn_state k WHERE k.id = w.spn) = '["kadmin/changepw"]' AS is_krbtgt
    FROM (SELECT c.object, NULL AS dc, c.spn, c.account, c.account AS most, c.delegation FROM candidate k CROSS JOIN consensus c ON c.object = k.object WHERE c.shown = 1
          UNION ALL
          SELECT d.object, d.dc, coalesce(d.spn, c.spn), coalesce(d.account, c.account), c.account,
                 coalesce(d.delegation, c.delegation)
          FROM candidate k CROSS JOIN departure d ON d.object = k.object CROSS JOIN consensus c ON c.object = d.object WHERE d.shown = 1) w
         JOIN account_state a ON a.id = w.account LEFT JOIN delegation_state t ON t.id = w.delegation
    WHERE w.spn <> 0 AND (a.uac & 0x200202 OR (t.enctypes & 7 AND NOT t.enctypes & 0x18) OR a.sam NOT LIKE '%$' OR instr(upper(a.dn), '\0ACNF:'))),
upn AS MATERIALIZED (
    SELECT a.object, NULL AS dc, a.upn, lower(a.upn) AS name
    FROM account_state a CROSS JOIN consensus c ON c.object = a.object
    WHERE a.upn <> '' AND instr(a.upn, '@') = 0 AND c.shown = 1 AND c.account = a.id
    UNION ALL
    SELECT a.object, d.dc, a.upn, lower(a.upn)
    FROM account_state a CROSS JOIN departure d ON d.object = a.object CROSS JOIN consensus c ON c.object = a.object
    WHERE a.upn <> '' AND instr(a.upn, '@') = 0 AND d.shown = 1 AND coalesce(d.account, c.account) = a.id),
-- No pass at all while there is no such UPN.
owner AS MATERIALIZED (
    SELECT f.object, lower(f.sam) AS name
    FROM account_state f
    WHERE EXISTS (SELECT 1 FROM upn) AND lower(f.sam) IN (SELECT name FROM upn) AND
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
-- mend: setspn -D is the remedy, and spn is the value itself, not one of which bytes are shown as backslash and hex.
line AS (
    SELECT object, dc, 'invisible-spn' AS kind, 'critical' AS severity, spn AS subject,
           'has characters that show nothing' AS detail, 0 AS full_only, spn NOT GLOB '*\[0-9a-f][0-9a-f]*' AS mend
    FROM odd WHERE instr(kinds, ',invisible,')
    UNION ALL
    -- Kept apart from each that it could be taken for: nothing to mend.
    SELECT n.object, n.dc, 'lookalike-spn', iif(y.object IS NULL AND p.pairs = l.others, 'info', 'critical'), n.spn,
           CASE WHEN y.object IS NOT NULL THEN y.detail
                WHEN p.pairs = l.others THEN p.detail || ', held by ' || m.accounts
                ELSE 'AD may take it for one name, held by ' || m.accounts || coalesce(' (' || u.why || ')', '') END, 0,
           (y.object IS NOT NULL OR p.pairs IS NOT l.others) AND n.spn NOT GLOB '*\[0-9a-f][0-9a-f]*' AND
           (instr(n.kinds, ',invisible,') > 0 OR (instr(n.kinds, ',non-ascii,') > 0 AND y.beside_plain IS 1))
    FROM alike l JOIN name n ON n.skeleton = l.skeleton AND n.object = l.object AND lower(n.spn) = l.key
         JOIN company m ON m.skeleton = l.skeleton
         LEFT JOIN taken y ON y.object = l.object AND y.key = l.key
         LEFT JOIN parted p ON p.object = l.object AND p.key = l.key
         LEFT JOIN untold u ON u.object = l.object AND u.key = l.key
    UNION ALL
    SELECT object, dc, 'non-ascii-spn', 'info', spn, 'has characters beyond ASCII', 0, 0
    FROM odd WHERE instr(kinds, ',non-ascii,') AND NOT instr(kinds, ',invisible,')
    UNION ALL
    SELECT object, dc, 'junk-spn', 'info', spn,
           substr(CASE WHEN instr(kinds, ',spaces,') THEN '; spaces' ELSE '' END || CASE WHEN instr(kinds, ',url,') THEN '; a URL' ELSE '' END ||
                  CASE WHEN instr(kinds, ',upn-like,') THEN '; an @' ELSE '' END ||
                  CASE WHEN NOT instr(kinds, ',malformed,') THEN ''
                       WHEN NOT instr(spn, '/') THEN '; no slash'
                       WHEN length(spn) - length(replace(spn, '/', '')) > 2 THEN '; more than three parts'
                       ELSE '; an empty part' END, 3),
           0, NOT instr(kinds, ',non-ascii,') AND NOT instr(kinds, ',invisible,')
    FROM odd
    WHERE (instr(kinds, ',spaces,') OR instr(kinds, ',url,') OR instr(kinds, ',upn-like,') OR instr(kinds, ',malformed,')) AND
          NOT (kinds = ',spaces,' AND instr(substr(spn, instr(spn, '/')), ' ') = 0 AND
               lower(substr(spn, 1, instr(spn, '/') - 1)) IN
               ('microsoft virtual console service', 'microsoft virtual system migration service', 'hyper-v replica service'))
    UNION ALL
    SELECT DISTINCT u.object, u.dc, 'upn-equals-sam', 'warning', u.upn, 'is the sAMAccountName of ' || a.account_dn, 0, 0
    FROM upn u JOIN owner w ON w.name = u.name AND w.object <> u.object CROSS JOIN account a ON a.object = w.object
    UNION ALL
    SELECT object, dc, 'disabled-spn', 'info', 'userAccountControl', 'disabled: its names cannot be used, and stay taken', 0, 0
    FROM noting CROSS JOIN suspect WHERE spn <> 0 AND uac & 2 AND NOT coalesce(is_krbtgt, 0)
    UNION ALL
    SELECT object, dc, 'conflict-spn', 'warning', 'distinguishedName', 'renamed by a replication conflict; its names count', 0, 0
    FROM suspect WHERE spn <> 0 AND conflict
    UNION ALL
    SELECT f.object, f.dc, 'lingering-spn', 'critical', 'objectGUID', 'deleted elsewhere; its names count where it lingers', 0, 0
    FROM difference f CROSS JOIN consensus c ON c.object = f.object
    WHERE f.verdict = 'lingering' AND
          coalesce((SELECT d.spn FROM departure d WHERE d.object = f.object AND d.dc = f.dc), c.spn) <> 0
    UNION ALL
    SELECT object, dc, 'weak-encryption', 'warning', 'userAccountControl', 'USE_DES_KEY_ONLY is set', 0, 0
    FROM suspect WHERE spn <> 0 AND uac & 0x200000 AND NOT uac & 2
    UNION ALL
    SELECT object, dc, 'weak-encryption', 'warning', 'msDS-SupportedEncryptionTypes',
           'allows only ' || CASE WHEN NOT enctypes & 4 THEN 'DES' WHEN enctypes & 3 THEN 'DES and RC4' ELSE 'RC4' END, 1, 0
    FROM suspect WHERE spn <> 0 AND enctypes & 7 AND NOT enctypes & 0x18 AND NOT coalesce(most_uac & 2, 0)
    UNION ALL
    SELECT object, dc, 'unset-encryption', 'info', 'msDS-SupportedEncryptionTypes', 'not set: AES alone since the updates of April 2026', 1, 0
    FROM noting CROSS JOIN suspect WHERE spn <> 0 AND is_user AND enctypes_known AND coalesce(enctypes, 0) = 0 AND NOT uac & 2
    UNION ALL
    SELECT object, dc, 'roastable', 'info', 'servicePrincipalName',
           'a user account: its password can be guessed from tickets' ||
           CASE WHEN most_uac IS NULL THEN '; userAccountControl hidden, whether it is disabled is not known' ELSE '' END, 0, 0
    FROM noting CROSS JOIN suspect WHERE spn <> 0 AND is_user AND NOT coalesce(most_uac & 2, 0)),
fact AS MATERIALIZED (SELECT DISTINCT object, dc, kind, severity, subject, detail, full_only, mend FROM line),
seen AS (
    SELECT f.object, f.kind, f.severity, f.subject, f.detail, f.mend, x.names
    FROM fact f CROSS JOIN object o ON o.id = f.object JOIN everyone x ON x.domain = o.domain AND x.full_only = f.full_only
    WHERE f.object NOT IN (SELECT object FROM apart)
    UNION ALL
    SELECT object, kind, severity, subject, detail, mend, group_concat(name, ';')
    FROM (SELECT DISTINCT f.object, f.kind, f.severity, f.subject, f.detail, f.mend, s.name
          FROM fact f CROSS JOIN object o ON o.id = f.object CROSS JOIN scope s ON s.domain = o.domain AND (s.is_full OR NOT f.full_only)
               LEFT JOIN departure d ON d.object = f.object AND d.dc = s.dc
          WHERE f.object IN (SELECT object FROM apart) AND (f.dc = s.dc OR (f.dc IS NULL AND d.object IS NULL))
          ORDER BY f.object, f.kind, f.subject, f.detail, s.name)
    GROUP BY object, kind, severity, subject, detail, mend)
SELECT v.kind, v.severity, a.account, a.account_dn, a.guid AS account_guid, v.subject,
       -- Which characters, for the eye that cannot see them.
       CASE WHEN v.kind IN ('invisible-spn', 'non-ascii-spn') THEN
            v.detail || coalesce((
                WITH RECURSIVE x (at, code) AS (
                    SELECT 1, unicode(v.subject)
                    UNION ALL SELECT at + 1, unicode(substr(v.subject, at + 1, 1)) FROM x WHERE at < length(v.subject))
                SELECT ': ' || group_concat(DISTINCT printf('U+%04X', code)) FROM x WHERE code >= 0x80), '')
            ELSE v.detail END AS detail,
       v.names AS dcs,
       -- Double quotes hold in cmd and in PowerShell, but for these characters; PowerShell takes typographic quotes for quotes.
       CASE WHEN v.mend AND a.account <> a.account_dn AND
                 v.subject || m.netbios || rtrim(a.account, '$') NOT GLOB '*["%&|<>^!;`''$(){}“”„‟‘’‚‛]*'
            THEN 'setspn -D "' || v.subject || '" "' || m.netbios || '\' || a.account || '"'
            ELSE '' END AS fix
FROM seen v CROSS JOIN account a ON a.object = v.object JOIN domain m ON m.id = a.domain
ORDER BY v.kind, a.account, v.subject, a.guid, v.detail;
