-- Which file a run came from, so that the same one is known again.

ALTER TABLE run ADD COLUMN file TEXT;              -- SHA-256 of its bytes, hexadecimal
CREATE INDEX run_by_file ON run (file, created_at) WHERE file IS NOT NULL;
