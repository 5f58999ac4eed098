-- Ten thousand open links must not be looked for in the book of consents one by one, nor that book be read whole for a page.

CREATE INDEX consent_of_invoice ON consent (invoice_id, changed_at, id) WHERE invoice_id IS NOT NULL;
CREATE INDEX consent_by_answer ON consent (state, changed_at, id);
DROP INDEX consent_asked;   -- a part of the one above
CREATE INDEX consent_followed ON consent (changed_at) WHERE state IN ('asked', 'unknown');
