-- userAccountControl of user accounts with SPNs, hidden from the reader at dc3 alone: what the others show stands for it. svc-on may be roasted there as
-- anywhere; svc-off is disabled, and its disabled SPNs are told of where they are seen to be so; svc-weak is neither. Hidden everywhere: not known.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    (20, 1, 'svc-on', 0x200, '["HTTP/on"]'), (21, 1, 'svc-off', 0x202, '["HTTP/off"]'), (22, 1, 'svc-weak', 0x202, '["HTTP/weak"]'),
    (23, 1, 'svc-hidden', NULL, '["HTTP/hidden"]');
INSERT INTO seed_delegates SELECT id, '[]', '[]', NULL, NULL, iif(id = 22, 4, 0x18) FROM object WHERE id BETWEEN 20 AND 23;
INSERT INTO account_state SELECT id + 200, object, x'02', dn, sam, NULL, dns_host, upn, sid FROM account_state WHERE id IN (20, 21, 22);
INSERT INTO departure SELECT id, 3, 1, NULL, id + 200, NULL FROM object WHERE id IN (20, 21, 22);
-- Of one attribute dc1 shows something else: one finding, at all DCs that show it.
INSERT INTO seed_account VALUES (30, 1, 'RC4$', 0x1000, '["HOST/rc4"]');
INSERT INTO seed_delegates VALUES (30, '[]', '[]', NULL, NULL, 4);
INSERT INTO delegation_state SELECT 330, 30, x'01', '[]', '[]', NULL, NULL, 3;
INSERT INTO departure VALUES (30, 1, 1, NULL, NULL, 330);
