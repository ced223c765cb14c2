/**
 * The tables of the embedded store, as the steps that led to them. A step that was released is never changed.
 */

/**
 * Each step takes the database to the version of its place in this list (from 1); `PRAGMA user_version` keeps
 * it. Ids are text, dates epoch milliseconds; `expires_at` is when the row may go, null for never;
 * `version` is when it was made, microseconds, 0 where that is not known. Tables
 * follow access: what is read by visit is kept by visit. Event segments are large and their visits come in no
 * order, so they lie in the order of writing with an index, which dirties far fewer pages than lying by
 * visit.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE visits (
    visit_id TEXT NOT NULL PRIMARY KEY, start_date INTEGER NOT NULL, end_date INTEGER NOT NULL,
    global_visit_id TEXT NOT NULL, user_agent_id TEXT, expires_at INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE pages (
    visit_id TEXT NOT NULL, page_id TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL,
    category TEXT NOT NULL, start_date INTEGER NOT NULL, end_date INTEGER NOT NULL, expires_at INTEGER,
    PRIMARY KEY (visit_id, page_id)
  ) WITHOUT ROWID;
  CREATE INDEX pages_by_id ON pages (page_id);
  CREATE TABLE events (
    visit_id TEXT NOT NULL, first_ordinal INTEGER NOT NULL, count INTEGER NOT NULL, bytes BLOB NOT NULL,
    expires_at INTEGER
  );
  CREATE UNIQUE INDEX events_by_visit ON events (visit_id, first_ordinal);
  CREATE TABLE identities (
    identity_id TEXT NOT NULL PRIMARY KEY, name TEXT, location TEXT, entity_in_cs TEXT, expires_at INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE visit_identities (
    visit_id TEXT NOT NULL, identity_id TEXT NOT NULL, visit_scope TEXT NOT NULL, at INTEGER NOT NULL,
    expires_at INTEGER, PRIMARY KEY (visit_id, identity_id)
  ) WITHOUT ROWID;
  CREATE INDEX visit_identities_by_identity ON visit_identities (identity_id, at);
  CREATE TABLE engagements (
    interaction_id TEXT NOT NULL PRIMARY KEY, visit_id TEXT NOT NULL, page_id TEXT NOT NULL,
    rule TEXT NOT NULL, actionable_event_id TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
    channel TEXT NOT NULL, start_date INTEGER NOT NULL, end_date INTEGER NOT NULL, queues TEXT NOT NULL,
    user_data TEXT NOT NULL, expires_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX engagements_by_visit ON engagements (visit_id, start_date);
  CREATE TABLE chats (
    chat_id TEXT NOT NULL PRIMARY KEY, visit_id TEXT NOT NULL, state TEXT NOT NULL,
    start_date INTEGER NOT NULL, end_date INTEGER NOT NULL, agent TEXT, agent_name TEXT,
    "group" TEXT NOT NULL, entries TEXT NOT NULL, expires_at INTEGER
  );
  CREATE INDEX chats_by_visit ON chats (visit_id, start_date);
  CREATE TABLE documents (
    kind TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, value TEXT,
    expires_at INTEGER, PRIMARY KEY (kind, name, version)
  );
  CREATE TABLE cells (
    key TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, deadline_ms INTEGER, bytes BLOB NOT NULL,
    expires_at INTEGER
  );
  CREATE INDEX cells_by_deadline ON cells (deadline_ms, key) WHERE deadline_ms IS NOT NULL;
  CREATE INDEX visits_by_expiry ON visits (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX pages_by_expiry ON pages (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX events_by_expiry ON events (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX identities_by_expiry ON identities (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX visit_identities_by_expiry ON visit_identities (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX engagements_by_expiry ON engagements (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX chats_by_expiry ON chats (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX cells_by_expiry ON cells (expires_at) WHERE expires_at IS NOT NULL;
  `,
  `
  CREATE INDEX visits_by_start ON visits (start_date, visit_id);
  `,
  `
  CREATE INDEX visits_by_global_visit ON visits (global_visit_id, start_date);
  `,
  `
  ALTER TABLE visits ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE pages ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE events ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE identities ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE visit_identities ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE engagements ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE chats ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  `,
  // Of segments that were there before nobody knows the hashes (null), so they are looked through.
  `
  CREATE TABLE event_hashes (
    first_segment INTEGER NOT NULL, last_segment INTEGER NOT NULL, hashes BLOB, expires_at INTEGER
  );
  CREATE INDEX event_hashes_by_expiry ON event_hashes (expires_at) WHERE expires_at IS NOT NULL;
  INSERT INTO event_hashes (first_segment, last_segment, hashes, expires_at)
    SELECT min(rowid), max(rowid), NULL, iif(count(*) = count(expires_at), max(expires_at), NULL)
    FROM events HAVING count(*) > 0;
  `,
];
