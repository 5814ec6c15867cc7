-- seeding.sql: short words for writing a case down. Insert into these views; they fill the tables of scan 1.
--
--   seed_domain    id, dns                                       DC=... from the DNS name
--   seed_dc        id, name, site, domain, is_gc, status         after all domains. complete if status is ok, with a full replica of
--                                                                its own domain and, if GC, a partial one of each other
--   seed_account   id, domain, sam, uac, spns                    an object that every DC in scope shows so: consensus, its states
--                                                                numbered as itself, SID S-1-5-21-<domain>-1-1-<1000 + id>;
--                                                                the GUID is ABCDEFGH and the id in ASCII: 44434241-4645-4847-3030-303030303137 is 17
--   seed_delegates object, targets, trustees, rbcd, note, enctypes   its delegation state
--   seed_spns_at   object, dc, spns                              there, the DC shows these SPNs
--   seed_gone_at   object, dc                                    there, the DC does not have the object
--   seed_differs   object, attribute, dc, verdict, severity, winner, note   a difference since scan 1; winner: a DC, or NULL. The winning
--                                                                value is version 7, written at noon at DC 1; lagging: 40 USNs and 900 s behind
--   seed_stamp     object, written_at, dc                        the stamp of its servicePrincipalName, version 5
-- account_state itself takes rows too, written out and not by a template, and updates.
-- A scan before this one has id 0, an older one -1.
INSERT INTO meta VALUES ('hash_seed', 1);
INSERT INTO scan VALUES (1, '2026-11-22T13:00:00Z', '2026-11-22T13:09:51Z', 'dc1.corp.example', 'corp.example', '0.1.0', 0, 0, 1);

CREATE TEMP VIEW seed_domain AS SELECT 0 AS id, '' AS dns;
CREATE TEMP TRIGGER seed_domain_put INSTEAD OF INSERT ON seed_domain BEGIN
    INSERT INTO domain VALUES (new.id, 'DC=' || replace(new.dns, '.', ',DC='), new.dns, upper(substr(new.dns, 1, instr(new.dns, '.') - 1)));
END;

CREATE TEMP VIEW seed_dc AS SELECT 0 AS id, '' AS name, '' AS site, 0 AS domain, 0 AS is_gc, '' AS status;
CREATE TEMP TRIGGER seed_dc_put INSTEAD OF INSERT ON seed_dc BEGIN
    INSERT INTO dc VALUES (new.id, new.name);
    INSERT INTO scan_dc
    SELECT 1, new.id, new.site, dns, new.is_gc, 0, '10.0.0.' || new.id, new.status, CASE new.status WHEN 'ok' THEN 'done' ELSE 'gc-read' END,
           '', 0, 'gssapi ssf=256', 0, 1000 + new.id, '00000000-0000-0000-0000-0000000000d' || new.id, 0, 0, 0, 0, new.status = 'ok',
           '2026-11-22T13:00:01Z', '2026-11-22T13:09:50Z', 589.0
    FROM domain WHERE id = new.domain;
    INSERT INTO origin VALUES ('00000000-0000-0000-0000-0000000000d' || new.id, new.name);
    INSERT INTO replica SELECT 1, new.id, id, id = new.domain FROM domain WHERE new.status = 'ok' AND (new.is_gc OR id = new.domain);
    UPDATE scan SET dcs = dcs + (new.status <> 'excluded'), dcs_complete = dcs_complete + (new.status = 'ok') WHERE id = 1;
END;

CREATE TEMP TRIGGER account_put INSTEAD OF INSERT ON account_state BEGIN
    INSERT INTO account_fact VALUES (new.id, new.object, new.hash, new.dn, new.sam, new.uac, NULL, json_array(new.dns_host, new.upn, new.sid));
END;
CREATE TEMP TRIGGER account_changed INSTEAD OF UPDATE ON account_state BEGIN
    UPDATE account_fact
    SET dn = new.dn, sam = new.sam, uac = new.uac, template = NULL, rest = json_array(new.dns_host, new.upn, new.sid) WHERE id = old.id;
END;

CREATE TEMP VIEW seed_account AS SELECT 0 AS id, 0 AS domain, '' AS sam, 0 AS uac, '' AS spns;
CREATE TEMP TRIGGER seed_account_put INSTEAD OF INSERT ON seed_account BEGIN
    INSERT INTO object (id, guid, domain) VALUES (new.id, CAST(printf('ABCDEFGH%08d', new.id) AS BLOB), new.domain);
    INSERT INTO spn_set (id, object, hash, text) VALUES (new.id, new.id, CAST(printf('spn%13d', new.id) AS BLOB), new.spns);
    INSERT INTO account_state
    SELECT new.id, new.id, CAST(printf('acc%13d', new.id) AS BLOB), 'CN=' || rtrim(new.sam, '$') || ',' || dn, new.sam, new.uac, NULL, NULL,
           'S-1-5-21-' || id || '-1-1-' || (1000 + new.id)
    FROM domain WHERE id = new.domain;
    UPDATE object
    SET shown = 1, spn = new.id, account = new.id,
        delegation = CASE WHEN EXISTS (SELECT 1 FROM replica WHERE scan = 1 AND domain = new.domain AND is_full) THEN 0 END
    WHERE id = new.id;
END;

CREATE TEMP VIEW seed_delegates AS SELECT 0 AS object, '' AS targets, '' AS trustees, '' AS rbcd, '' AS note, 0 AS enctypes;
CREATE TEMP TRIGGER seed_delegates_put INSTEAD OF INSERT ON seed_delegates BEGIN
    INSERT INTO delegation_state
    VALUES (new.object, new.object, CAST(printf('del%13d', new.object) AS BLOB), new.targets, new.trustees, new.rbcd, new.note, new.enctypes);
    UPDATE object SET delegation = new.object WHERE id = new.object;
END;

CREATE TEMP VIEW seed_spns_at AS SELECT 0 AS object, 0 AS dc, '' AS spns;
CREATE TEMP TRIGGER seed_spns_at_put INSTEAD OF INSERT ON seed_spns_at BEGIN
    INSERT INTO spn_set (id, object, hash, text) SELECT NULL, new.object, CAST(printf('at%4d%10d', new.dc, new.object) AS BLOB), new.spns
    WHERE new.spns <> '[]' AND NOT EXISTS (SELECT 1 FROM spn_state WHERE object = new.object AND spns = new.spns);
    INSERT INTO departure
    SELECT new.object, new.dc, 1, coalesce(max(id), 0), NULL, NULL FROM spn_state WHERE object = new.object AND spns = new.spns;
END;

CREATE TEMP VIEW seed_gone_at AS SELECT 0 AS object, 0 AS dc;
CREATE TEMP TRIGGER seed_gone_at_put INSTEAD OF INSERT ON seed_gone_at BEGIN
    INSERT INTO departure VALUES (new.object, new.dc, 0, NULL, NULL, NULL);
END;

CREATE TEMP VIEW seed_differs AS SELECT 0 AS object, '' AS attribute, 0 AS dc, '' AS verdict, '' AS severity, 0 AS winner, '' AS note;
CREATE TEMP TRIGGER seed_differs_put INSTEAD OF INSERT ON seed_differs BEGIN
    INSERT INTO difference
    VALUES (new.object, new.dc, new.attribute, new.verdict, new.severity, new.winner, iif(new.winner, 7, NULL),
            iif(new.winner, '2026-11-22T12:00:00Z', NULL), iif(new.winner, '00000000-0000-0000-0000-0000000000d1', NULL),
            iif(new.winner, 7000, NULL), iif(new.verdict = 'lagging', 40, NULL), iif(new.verdict = 'lagging', 900, NULL), new.note, 1);
END;

CREATE TEMP VIEW seed_stamp AS SELECT 0 AS object, '' AS written_at, 0 AS dc;
CREATE TEMP TRIGGER seed_stamp_put INSTEAD OF INSERT ON seed_stamp BEGIN
    INSERT INTO stamp VALUES (new.object, 'servicePrincipalName', 5, new.written_at, '00000000-0000-0000-0000-0000000000d' || new.dc, 5000);
END;
