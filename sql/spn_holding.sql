-- spn_holding: who holds an SPN, and do all DCs show it there? One row per spelling and object: an account may hold one name in
-- two spellings, and setspn -L shows both.
-- Columns: key (the SPN in lower case), account (as most DCs name it), object (id),
--          spn (as written where most DCs show it; as some DC writes it where most do not have it in any spelling), account_dn,
--          by_most (1: the state that most DCs show has it),
--          seen_by_all: yes      every complete DC in scope shows it, and no DC that was to be read was incomplete
--                       no       a complete DC in scope does not show it
--                       unknown  all that were read show it, but some DC was not read to its end: it is no evidence of anything
-- Rows come ordered by key, account, object, spn.
-- Cannot know: why a DC does not show it (late, wrong, or hidden from the reader). DCs left out on request are not
-- spoken of. Names beyond ASCII are compared as written, AD folds more of them (MS-ADTS 3.1.1.2.2.4.13).
-- Built for a million objects: grouping and order are one sort, and an object without a departure that matters here
-- costs one lookup in a small set, not a word about single DCs.
CREATE VIEW spn_holding AS
SELECT l.key, l.account, l.object, l.spn, l.account_dn, l.by_most,
       CASE WHEN NOT l.by_most THEN 'no' -- at least one DC shows what most show
            WHEN l.object IN (SELECT object FROM departure WHERE shown = 0 OR spn IS NOT NULL
                              UNION ALL SELECT id FROM object WHERE shown IS NOT 1 AND shown = 0) AND
                 EXISTS (SELECT 1 FROM consensus c LEFT JOIN departure d ON d.object = c.object LEFT JOIN spn_state t ON t.id = d.spn
                         WHERE c.object = l.object AND
                               (c.shown = 0 OR d.shown = 0 OR
                                (d.spn IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(t.spns) j WHERE lower(j.value) = l.key))))
            THEN 'no'
            WHEN (SELECT whole FROM scan_whole) THEN 'yes'
            ELSE 'unknown' END AS seen_by_all
FROM live_spn l
-- A departing DC's spelling of a name that most have is no fact of its own.
WHERE l.by_most OR (l.object, l.key) NOT IN (SELECT c.object, lower(j.value) FROM consensus c JOIN spn_state t ON t.id = c.spn, json_each(t.spns) j
                                             WHERE c.object IN (SELECT object FROM departure WHERE spn IS NOT NULL))
GROUP BY l.key, l.account, l.object, l.spn
ORDER BY l.key, l.account, l.object, l.spn;
