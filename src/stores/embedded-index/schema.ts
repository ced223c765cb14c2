/**
 * The tables of the embedded index. It can be filled again, so a step to a new version starts from nothing.
 */

export const schemaVersion = 1;

/**
 * `at` is the document's date in epoch milliseconds; `body` the document as JSON. The full-text table keeps
 * no text of its own and no positions: it says which documents have a token.
 */
export const schema = `
  CREATE TABLE documents (
    number INTEGER PRIMARY KEY, entity TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
    body TEXT NOT NULL, expires_at INTEGER, UNIQUE (entity, id)
  );
  CREATE INDEX documents_by_time ON documents (entity, at, id);
  CREATE INDEX documents_by_expiry ON documents (expires_at) WHERE expires_at IS NOT NULL;
  CREATE VIRTUAL TABLE tokens USING fts5(
    list, content='', contentless_delete=1, detail=none, tokenize='ascii'
  );
`;

export const dropAll = `
  DROP TABLE IF EXISTS tokens;
  DROP TABLE IF EXISTS documents;
`;
