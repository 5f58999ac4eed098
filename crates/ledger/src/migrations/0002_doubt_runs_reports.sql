-- Settled doubts, callbacks of invoices that are not known yet, consents, many at once, and reports.

ALTER TABLE invoice ADD COLUMN replaced_by TEXT;   -- draft that took its place: a link that nobody has was given up
ALTER TABLE invoice ADD COLUMN run TEXT;           -- the run that it belongs to
ALTER TABLE invoice ADD COLUMN payment_id TEXT;    -- joins to the reports once paid

CREATE INDEX invoice_unsettled ON invoice (number)
    WHERE outbox IN ('held', 'queued', 'sending', 'waiting', 'in_doubt', 'id_unknown') AND replaced_by IS NULL;
-- The sender's own words, so that SQLite sees that it may use it.
CREATE INDEX invoice_to_send ON invoice (number, not_before)
    WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt');
CREATE INDEX invoice_of_run ON invoice (run, outbox) WHERE run IS NOT NULL;
CREATE INDEX customer_by_phone ON customer (phone) WHERE phone IS NOT NULL;

-- Events of service ids that no invoice bears yet: a callback can overtake the answer. Bounded by the program.
CREATE TABLE stray (
    row INTEGER PRIMARY KEY,
    service_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    said TEXT NOT NULL,                -- JSON of the event
    sameness TEXT NOT NULL             -- what makes it the same event when it comes again
) STRICT;
CREATE UNIQUE INDEX stray_once ON stray (service_id, sameness);

CREATE TABLE consent (
    id TEXT PRIMARY KEY,               -- the service's
    service_invoice_id TEXT,           -- the link with which it was asked, if told
    invoice_id TEXT,                   -- ours, if it is one of ours
    customer_id TEXT,
    phone TEXT,
    state TEXT NOT NULL CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn', 'unknown')),
    asked_at INTEGER,                  -- NULL: not asked from this computer
    answered_at INTEGER,               -- the service's time of a grant, else when this computer learnt it
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_by_change ON consent (changed_at, id);
CREATE INDEX consent_asked ON consent (changed_at, id) WHERE state = 'asked';

CREATE TABLE run (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'stopped')),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX run_by_age ON run (created_at, id);

CREATE TABLE run_row (
    run TEXT NOT NULL REFERENCES run (id),
    position INTEGER NOT NULL,
    form TEXT NOT NULL,                -- JSON, as imported
    state TEXT NOT NULL DEFAULT 'ready' CHECK (state IN
        ('ready', 'held', 'sending', 'accepted', 'refused', 'in_doubt', 'failed', 'replaced')),
    invoice_id TEXT,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_row_by_state ON run_row (run, state, position);
CREATE UNIQUE INDEX run_row_of_invoice ON run_row (invoice_id) WHERE invoice_id IS NOT NULL;

-- How many rows stand where, kept by the triggers below: progress is read from here and never counted.
CREATE TABLE run_count (
    run TEXT NOT NULL,
    state TEXT NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (run, state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER run_row_new AFTER INSERT ON run_row BEGIN
    INSERT INTO run_count VALUES (NEW.run, NEW.state, 1) ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER run_row_moved AFTER UPDATE OF state ON run_row WHEN NEW.state <> OLD.state BEGIN
    UPDATE run_count SET rows = rows - 1 WHERE run = OLD.run AND state = OLD.state;
    INSERT INTO run_count VALUES (NEW.run, NEW.state, 1) ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
-- A row of a run follows its invoice through the outbox, whoever moves it.
CREATE TRIGGER run_row_follows AFTER UPDATE OF outbox ON invoice WHEN NEW.run IS NOT NULL BEGIN
    UPDATE run_row SET state = CASE WHEN NEW.replaced_by IS NOT NULL THEN 'replaced' ELSE CASE NEW.outbox
        WHEN 'queued' THEN 'held' WHEN 'waiting' THEN 'failed' WHEN 'id_unknown' THEN 'in_doubt' ELSE NEW.outbox END END
    WHERE invoice_id = NEW.id;
END;
CREATE TRIGGER run_row_taken_back AFTER DELETE ON invoice WHEN OLD.run IS NOT NULL BEGIN
    UPDATE run_row SET state = 'ready', invoice_id = NULL WHERE invoice_id = OLD.id;
END;

CREATE TABLE report (
    id TEXT PRIMARY KEY,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE reported (
    row INTEGER PRIMARY KEY,
    report TEXT NOT NULL REFERENCES report (id),
    payment_id TEXT,
    kind TEXT NOT NULL,
    minor INTEGER NOT NULL,
    day TEXT NOT NULL,
    reference TEXT,
    transfer TEXT,
    sameness TEXT NOT NULL UNIQUE      -- the same movement in two reports is one
) STRICT;
CREATE INDEX reported_by_day ON reported (day);
