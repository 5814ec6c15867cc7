-- account_state: what are the account facts in each state? Table account_fact, its texts written out.
-- Columns: id, object, hash, dn, sam (sAMAccountName), uac (userAccountControl; NULL: hidden from the reader), dns_host (dNSHostName),
--          upn (userPrincipalName), sid (objectSid, "S-1-5-..."); NULL: absent.
-- Who asks for none of the last three reads account_fact: each mention of this view makes a statement take longer to prepare, which is what
-- a scan of a small forest spends most on.
CREATE VIEW account_state AS
SELECT id, object, hash, dn, sam, uac, json_extract(texts, '$[0]') AS dns_host, json_extract(texts, '$[1]') AS upn,
       json_extract(texts, '$[2]') || iif(template IS NULL, '', rest) AS sid
FROM (SELECT f.*,
             CASE WHEN f.template IS NULL THEN f.rest
                  ELSE (SELECT replace(replace(t.text, char(1), rtrim(f.sam, '$')), char(2), lower(rtrim(f.sam, '$')))
                        FROM template t WHERE t.id = f.template)
             END AS texts
      FROM account_fact f);
