/**
 * The tables of the embedded index. It can be filled again, so a step to a new version may start from
 * nothing; one that is cheap keeps what is there.
 */

export const schemaVersion = 2;

/**
 * `at` is the document's date in epoch milliseconds; `body` the document as JSON; `version` its row's. The
 * full-text table keeps no text of its own and no positions: it says which documents have a token.
 */
export const schema = `
  CREATE TABLE documents (
    number INTEGER PRIMARY KEY, entity TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
    body TEXT NOT NULL, expires_at INTEGER, version INTEGER NOT NULL DEFAULT 0, UNIQUE (entity, id)
  );
  CREATE INDEX documents_by_time ON documents (entity, at, id);
  CREATE INDEX documents_by_expiry ON documents (expires_at) WHERE expires_at IS NOT NULL;
  CREATE VIRTUAL TABLE tokens USING fts5(
    list, content='', contentless_delete=1, detail=none, tokenize='ascii'
  );
`;

/** What takes a database to the version after; from any other one starts from nothing. */
export const steps: Readonly<Record<number, string>> = {
  1: 'ALTER TABLE documents ADD COLUMN version INTEGER NOT NULL DEFAULT 0',
};

export const dropAll = `
  DROP TABLE IF EXISTS tokens;
  DROP TABLE IF EXISTS documents;
`;
