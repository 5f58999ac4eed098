-- Times are milliseconds since 1970 in UTC; days are ISO text; amounts are minor units.

CREATE TABLE fact (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE customer (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,              -- name and digits of the phone, folded, for finding as one types
    phone TEXT,
    address TEXT NOT NULL,             -- JSON
    email TEXT NOT NULL,
    language TEXT,
    default_channel TEXT NOT NULL CHECK (default_channel IN ('phone', 'link')),
    archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1))
) STRICT;
CREATE INDEX customer_by_name ON customer (archived, folded);

CREATE TABLE draft (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    form TEXT NOT NULL,                -- JSON, as typed
    customer TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    saved_at INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_by_age ON draft (saved_at);

-- Narrow on purpose: lists and sums walk over these rows, so nothing large lives here.
CREATE TABLE invoice (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    number INTEGER NOT NULL UNIQUE,
    channel TEXT NOT NULL CHECK (channel IN ('phone', 'link')),
    customer_id TEXT,
    customer TEXT NOT NULL,
    customer_folded TEXT NOT NULL,
    phone TEXT,
    gross_minor INTEGER NOT NULL,
    issue_date TEXT NOT NULL,
    due_date TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    outbox TEXT NOT NULL CHECK (outbox IN
        ('held', 'queued', 'sending', 'waiting', 'in_doubt', 'accepted', 'id_unknown', 'refused')),
    not_before INTEGER NOT NULL,       -- held, waiting, in_doubt: nothing goes out before this
    attempts INTEGER NOT NULL DEFAULT 0,
    was_in_doubt INTEGER NOT NULL DEFAULT 0 CHECK (was_in_doubt IN (0, 1)),
    service_id TEXT,                   -- not unique: an answer must be kept whatever it says
    link TEXT,
    told TEXT,                         -- MobilePay's word, folded from the evidence
    payment_date TEXT,
    paid_on TEXT,
    standing TEXT NOT NULL CHECK (standing IN ('open', 'paid', 'closed')),
    needs_you INTEGER NOT NULL DEFAULT 0 CHECK (needs_you IN (0, 1)),
    shown TEXT NOT NULL,               -- the state that the list shows
    changed_at INTEGER NOT NULL,
    last_checked_at INTEGER,
    next_poll_at INTEGER               -- NULL: not followed
) STRICT;
-- What was agreed when it was sent. Written once, never changed.
CREATE TABLE frozen (
    row INTEGER PRIMARY KEY REFERENCES invoice (row) ON DELETE CASCADE,
    content TEXT NOT NULL,             -- JSON
    business TEXT NOT NULL,            -- JSON, as the paper named it on that day
    form TEXT NOT NULL,                -- JSON, as typed: for undo and for one like it
    request BLOB NOT NULL              -- the bytes that go out; never rebuilt
) STRICT;

CREATE INDEX invoice_by_standing ON invoice (standing, number);
CREATE INDEX invoice_by_due ON invoice (standing, due_date, gross_minor);
CREATE INDEX invoice_by_paid ON invoice (paid_on, gross_minor) WHERE paid_on IS NOT NULL;
CREATE INDEX invoice_needing ON invoice (due_date, number) WHERE needs_you = 1;
CREATE INDEX invoice_by_customer ON invoice (customer_folded, number);
CREATE INDEX invoice_by_issue ON invoice (issue_date, number);
CREATE INDEX invoice_by_due_date ON invoice (due_date, number);
CREATE INDEX invoice_by_amount ON invoice (gross_minor, number);
CREATE INDEX invoice_by_state ON invoice (shown, number);
CREATE INDEX invoice_by_service_id ON invoice (service_id) WHERE service_id IS NOT NULL;
CREATE INDEX invoice_outgoing ON invoice (number, not_before)
    WHERE outbox IN ('held', 'queued', 'sending', 'waiting', 'in_doubt');
CREATE INDEX invoice_to_poll ON invoice (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX invoice_by_phone ON invoice (phone, sent_at);
CREATE INDEX invoice_of_customer ON invoice (customer_id);

-- Numbers that no invoice bears: an invoice was taken back while a later one already had its own.
CREATE TABLE burnt_number (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;

-- Everything that was ever said of an invoice, and by whom. Rows are only added.
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY,
    invoice_id TEXT NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('this_computer', 'answer', 'status_check', 'callback')),
    state TEXT,                        -- MobilePay's word, for what it says of its own state
    sequence INTEGER,
    date INTEGER,
    until TEXT,
    status INTEGER,
    error_code INTEGER,
    words TEXT,
    correlation_id TEXT,
    raw TEXT,
    flagged INTEGER NOT NULL DEFAULT 0 CHECK (flagged IN (0, 1))
) STRICT;
CREATE INDEX evidence_of_invoice ON evidence (invoice_id);
CREATE INDEX evidence_by_time ON evidence (at);

-- What one may search for, folded. Trigrams find any part of three letters or more; shorter parts are looked for at the
-- beginning of a word, in the text itself.
CREATE VIRTUAL TABLE invoice_words USING fts5 (words, tokenize = 'trigram');
