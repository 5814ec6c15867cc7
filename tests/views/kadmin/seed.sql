-- kadmin/changepw: nothing while krbtgt accounts alone hold it, a duplicate as soon as another account does. A name that
-- only begins like an RODC's krbtgt is another account.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES (20, 1, 'krbtgt_backup', 0x200, '["kadmin/changepw"]');
