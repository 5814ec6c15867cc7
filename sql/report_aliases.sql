-- report_aliases: where does an SPN on one account stand in the way of the class that stands for it on another?
-- Columns: spn (as written), account, account_dn, account_guid (who holds it, as most DCs name it), shadowed_spn (as written; its class stands
--          for that of spn by spn_mapping, as read from this forest), shadowed_account, shadowed_dn (who holds that),
--          severity, reason, dcs (the complete DCs that show both; sorted, ';' between; empty: none does).
--          A row an SPN, holder and shadowed holder; ordered by folded SPN, then accounts.
-- This is legal: a DC gives the ticket to the exact name, and asks who holds host/x only where nobody holds http/x itself (MS-DRSR
-- 4.1.4.2.14), so that http/x may be moved to a service account and the computer keep host/x.
-- severity: warning  the class is one by which a computer itself is reached for files or management: cifs, dcom, rpc, rpcss, schedule, scm.
--                    Clients of that computer get tickets that it cannot read; taking such a name needs no right on its account
--           info     any other class (http is the ordinary case), and names that no DC shows together: one may be on its way
-- False positives of a warning: a file service in a cluster or on a storage box with an account of its own, whose host/ name was left on another.
-- No shadows: both names on one account. Cannot know: accounts that no complete DC shows; names that are equal to AD beyond ASCII.
-- CROSS JOIN only fixes the order of the loops.
CREATE VIEW report_aliases AS
WITH scope AS MATERIALIZED (SELECT dc, name, domain FROM dc_scope),
-- DCs that hold copies of two domains, or of one.
everyone AS MATERIALIZED (
    SELECT one, two, group_concat(name, ';') AS names
    FROM (SELECT s.domain AS one, z.domain AS two, s.name FROM scope s JOIN scope z ON z.dc = s.dc ORDER BY s.domain, z.domain, s.name)
    GROUP BY one, two),
pair AS MATERIALIZED (
    SELECT h.object, h.key, h.shadowed_object, h.shadowed_key, o.domain, p.domain AS shadowed_domain,
           h.object IN (SELECT object FROM departure) OR h.shadowed_object IN (SELECT object FROM departure) AS departs
    FROM alias_shadow h JOIN object o ON o.id = h.object JOIN object p ON p.id = h.shadowed_object),
-- Each of the names by itself, where it has to be looked at DC by DC.
side AS MATERIALIZED (
    SELECT object, key FROM pair WHERE departs UNION SELECT shadowed_object, shadowed_key FROM pair WHERE departs),
live AS MATERIALIZED (
    SELECT k.object, k.key, c.spn AS state FROM side k JOIN consensus c ON c.object = k.object
    UNION
    SELECT k.object, k.key, d.spn FROM side k JOIN departure d ON d.object = k.object AND d.shown = 1 AND d.spn IS NOT NULL),
held AS MATERIALIZED (
    SELECT l.object, l.key, l.state FROM live l JOIN spn_state t ON t.id = l.state
    WHERE EXISTS (SELECT 1 FROM json_each(t.spns) j WHERE lower(j.value) = l.key)),
seen AS MATERIALIZED (
    SELECT DISTINCT h.object, h.key, s.dc, s.name
    FROM held h CROSS JOIN object c ON c.id = h.object CROSS JOIN scope s ON s.domain = c.domain
         LEFT JOIN departure d ON d.object = h.object AND d.dc = s.dc
    WHERE coalesce(d.shown, c.shown) AND coalesce(d.spn, c.spn) = h.state),
together AS MATERIALIZED (
    SELECT object, key, shadowed_object, shadowed_key, group_concat(name, ';') AS names
    FROM (SELECT p.object, p.key, p.shadowed_object, p.shadowed_key, a.name
          FROM pair p JOIN seen a ON a.object = p.object AND a.key = p.key
               JOIN seen b ON b.object = p.shadowed_object AND b.key = p.shadowed_key AND b.dc = a.dc
          WHERE p.departs
          ORDER BY p.object, p.key, p.shadowed_object, p.shadowed_key, a.name)
    GROUP BY object, key, shadowed_object, shadowed_key),
-- Of several spellings the one that most DCs show, by the digit before it.
spelling AS MATERIALIZED (
    SELECT object, key, substr(min(word), 2) AS spn
    FROM (SELECT k.object, k.key, '0' || j.value AS word
          FROM (SELECT object, key FROM pair UNION SELECT shadowed_object, shadowed_key FROM pair) k
               CROSS JOIN consensus c ON c.object = k.object CROSS JOIN spn_state t ON t.id = c.spn, json_each(t.spns) j
          WHERE lower(j.value) = k.key
          UNION ALL
          SELECT k.object, k.key, '1' || j.value
          FROM side k CROSS JOIN departure d ON d.object = k.object CROSS JOIN spn_state t ON t.id = d.spn, json_each(t.spns) j
          WHERE d.shown = 1 AND lower(j.value) = k.key)
    GROUP BY object, key),
line AS (
    SELECT p.*, coalesce(CASE WHEN p.departs THEN g.names ELSE x.names END, '') AS dcs,
           substr(p.key, 1, instr(p.key, '/') - 1) IN ('cifs', 'dcom', 'rpc', 'rpcss', 'schedule', 'scm') AS manages
    FROM pair p LEFT JOIN everyone x ON x.one = p.domain AND x.two = p.shadowed_domain
         LEFT JOIN together g ON g.object = p.object AND g.key = p.key AND g.shadowed_object = p.shadowed_object AND g.shadowed_key = p.shadowed_key)
SELECT e.spn,
       a.account, a.account_dn, a.guid AS account_guid,
       f.spn AS shadowed_spn,
       b.account AS shadowed_account, b.account_dn AS shadowed_dn,
       CASE WHEN p.manages AND p.dcs <> '' THEN 'warning' ELSE 'info' END AS severity,
       CASE WHEN p.dcs = '' THEN 'no DC shows both: one may be on its way'
            WHEN p.manages THEN 'tickets for files or management of that computer go to another account'
            ELSE 'the exact name goes first' END AS reason,
       p.dcs
FROM line p CROSS JOIN account a ON a.object = p.object CROSS JOIN account b ON b.object = p.shadowed_object
     JOIN spelling e ON e.object = p.object AND e.key = p.key
     JOIN spelling f ON f.object = p.shadowed_object AND f.key = p.shadowed_key
ORDER BY p.key, a.account, b.account, a.guid, b.guid, p.shadowed_key;
