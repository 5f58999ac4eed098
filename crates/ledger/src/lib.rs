//! The record: one SQLite file a connection, with its outbox and observations.
