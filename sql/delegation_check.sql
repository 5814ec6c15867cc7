-- delegation_check: what is looked at in each delegation, how bad is it, and why?
-- Columns: bit (its place in delegation_fact.checks), finding (as report_delegation says it), severity, reason.
-- In the order in which a report names them.
CREATE VIEW delegation_check AS
SELECT column1 AS bit, column2 AS finding, column3 AS severity, column4 AS reason
FROM (VALUES
    (0, 'userAccountControl hidden, protocol transition not known', 'info',
     'Whether it may also name users that never came to it is in bits that the reader may not see.'),
    (1, 'target owned by several accounts', 'warning', 'The KDC refuses a name that it finds twice, and gives tickets to whoever is left when one holder goes.'),
    (2, 'target owned by nobody', 'critical', 'Whoever may write an SPN on any account can claim the name, and is sent tickets of the users then (SPN-jacking).'),
    (3, 'target on a domain controller', 'critical', 'It can act as a user on a domain controller, whatever the service class says, and so owns the domain.'),
    (4, 'target on krbtgt', 'critical', 'A ticket to krbtgt in the name of a user is that user''s logon: it opens every service.'),
    (5, 'target owner changed', 'warning',
     'The name came to its owner when it was on the list already: users are delegated to another account now (SPN-jacking, if the service was not moved).'),
    (6, 'short form not listed', 'info', 'The owner holds the name without its domain too; whoever asks for that one is not delegated.'),
    (7, 'long form not listed', 'info', 'The owner holds the name with its domain too; whoever asks for that one is not delegated.'),
    (8, 'account without an SPN', 'warning', 'No ticket can be made for an account that has no SPN, so it has nothing to delegate with.'),
    (9, 'no encryption type in common', 'warning', 'No ticket can be made that both accounts can use: their msDS-SupportedEncryptionTypes have no RC4 or AES in common (DES protects none any more).'),
    (10, 'unconstrained delegation', 'critical', 'Who comes to it leaves a TGT there, with which it can act as that user towards every service.'),
    (11, 'protocol transition allowed, but no target', 'warning', 'It may name any user without proof, and every target that it is given later inherits that.'),
    (12, 'everybody may act', 'critical', 'The descriptor has no list: every account with an SPN can act as any user there.'),
    (13, 'descriptor malformed', 'warning', 'What cannot be read here a KDC may still read, in its own way.'),
    (14, 'trustee far too wide', 'critical', 'Nearly every account can act as any user there.'),
    (15, 'trustee unknown', 'warning', 'No account was found for the SID: it was deleted, or who has it is not seen from here.'),
    (16, 'trustee of another forest', 'warning', 'An account that this forest does not manage can act as any user there.'),
    (17, 'trustee disabled', 'info', 'It cannot log on; who enables it again enables this too.'),
    (18, 'resource is a domain controller', 'critical', 'The trustee can act as a user on a domain controller, and so owns the domain.'),
    (19, 'trustee not looked up', 'info', 'The scan could not ask for names of SIDs (it has warned of it): whether there is such an account is not known.'));
