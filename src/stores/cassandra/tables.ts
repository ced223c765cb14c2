/**
 * The tables in Cassandra, in one definition: what makes them, and the reference page that describes them. A
 * table follows one access; `bounds` says what keeps its partitions small.
 */

type ColumnType = 'text' | 'bigint' | 'int' | 'blob' | 'set<bigint> static' | 'set<blob>';

export interface CassandraTable {
  /** The step of the schema that makes it; see `schema.ts`. */
  readonly step: number;
  /** The question that it answers. */
  readonly purpose: string;
  /** What keeps a partition small. */
  readonly bounds: string;
  /** By name, in the order in which they are made. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly partitionKey: readonly string[];
  /** Names of columns, each with ` DESC` where it runs backwards. */
  readonly clusteringKey: readonly string[];
  /** The `retention.entity.<object>` whose time to live its rows get; without one they stay. */
  readonly retention?: 'visit' | 'page' | 'event' | 'identity' | 'engagement' | 'chat';
  /** `window`: written once and read by time, so that what has expired goes as whole files. */
  readonly compaction?: 'window' | 'levels';
  /** Seconds for which deletions are remembered; the database's own default where absent. */
  readonly graceSeconds?: number;
  /** Columns with a secondary index. */
  readonly indexes?: Readonly<Record<string, string>>;
}

/** Events of one partition, by their ordinals. */
export const eventsPerPart = 10_000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** Partitions of one hour. */
export const visitShards = 16;
export const deadlineShards = 32;

const hourBounds = (shards: number): string => `one hour, split ${shards} ways by a hash of the id`;

export const cassandraTables = {
  visits: {
    step: 1,
    purpose: 'A visit by its id.',
    bounds: 'one row',
    columns: {
      visit_id: 'text',
      start_date: 'bigint',
      end_date: 'bigint',
      global_visit_id: 'text',
      user_agent_id: 'text',
    },
    partitionKey: ['visit_id'],
    clusteringKey: [],
    retention: 'visit',
  },
  visits_by_hour: {
    step: 1,
    purpose: 'The visits of a span of time by their start.',
    bounds: hourBounds(visitShards),
    columns: { hour: 'bigint', shard: 'int', start_date: 'bigint', visit_id: 'text' },
    partitionKey: ['hour', 'shard'],
    clusteringKey: ['start_date', 'visit_id'],
    retention: 'visit',
    compaction: 'window',
  },
  visits_by_browser: {
    step: 1,
    purpose: 'The visits of one browser, newest first.',
    bounds: 'one browser on one day',
    columns: { global_visit_id: 'text', day: 'bigint', start_date: 'bigint', visit_id: 'text' },
    partitionKey: ['global_visit_id', 'day'],
    clusteringKey: ['start_date DESC', 'visit_id'],
    retention: 'visit',
  },
  pages: {
    step: 1,
    purpose: 'The pages of a visit, and one of them by its id.',
    bounds: 'the pages that one visit enters; a visit ends at `engagement/visitExpirationTime`',
    columns: {
      visit_id: 'text',
      page_id: 'text',
      url: 'text',
      title: 'text',
      category: 'text',
      start_date: 'bigint',
      end_date: 'bigint',
    },
    partitionKey: ['visit_id'],
    clusteringKey: ['page_id'],
    retention: 'page',
  },
  pages_by_id: {
    step: 1,
    purpose:
      'The visit that a page belongs to. Its write time falls as the page is younger, so the first visit ' +
      'to use an id keeps it.',
    bounds: 'one row',
    columns: { page_id: 'text', visit_id: 'text' },
    partitionKey: ['page_id'],
    clusteringKey: [],
    retention: 'page',
  },
  events: {
    step: 1,
    purpose:
      'The events of a visit in their order, several to a row. `part` is the ordinal of the first one ' +
      `divided by ${eventsPerPart}; part 0 knows in \`later_parts\` which others there are. ` +
      '`event_ids` finds the visit of an event.',
    bounds: `${eventsPerPart} events`,
    columns: {
      visit_id: 'text',
      part: 'bigint',
      first_ordinal: 'bigint',
      count: 'int',
      bytes: 'blob',
      event_ids: 'set<blob>',
      later_parts: 'set<bigint> static',
    },
    partitionKey: ['visit_id', 'part'],
    clusteringKey: ['first_ordinal'],
    retention: 'event',
    compaction: 'window',
    indexes: { events_by_event_id: 'event_ids' },
  },
  identities: {
    step: 1,
    purpose: 'An identity by its id, and all of them page by page in the order of their tokens.',
    bounds: 'one row',
    columns: { identity_id: 'text', name: 'text', location: 'text', entity_in_cs: 'text' },
    partitionKey: ['identity_id'],
    clusteringKey: [],
    retention: 'identity',
  },
  visit_identities: {
    step: 1,
    purpose: 'The identities of a visit.',
    bounds: 'the identities of one visit',
    columns: { visit_id: 'text', identity_id: 'text', visit_scope: 'text', at: 'bigint' },
    partitionKey: ['visit_id'],
    clusteringKey: ['identity_id'],
    retention: 'visit',
  },
  visits_by_identity: {
    step: 1,
    purpose: 'The visits of an identity, newest first. A tie that changed stands here once for each time.',
    bounds: 'one identity on one day',
    columns: { identity_id: 'text', day: 'bigint', at: 'bigint', visit_id: 'text', visit_scope: 'text' },
    partitionKey: ['identity_id', 'day'],
    clusteringKey: ['at DESC', 'visit_id'],
    retention: 'visit',
  },
  engagements: {
    step: 1,
    purpose: 'The engagements of a visit, and one by its id, which names the visit.',
    bounds: 'the engagements of one visit',
    columns: {
      visit_id: 'text',
      interaction_id: 'text',
      page_id: 'text',
      rule: 'text',
      actionable_event_id: 'text',
      state: 'text',
      reason: 'text',
      channel: 'text',
      start_date: 'bigint',
      end_date: 'bigint',
      queues: 'text',
      user_data: 'text',
    },
    partitionKey: ['visit_id'],
    clusteringKey: ['interaction_id'],
    retention: 'engagement',
  },
  chats: {
    step: 1,
    purpose: 'The chats of a visit, and one by its id, which names the visit.',
    bounds: 'the chats of one visit',
    columns: {
      visit_id: 'text',
      chat_id: 'text',
      state: 'text',
      start_date: 'bigint',
      end_date: 'bigint',
      agent: 'text',
      agent_name: 'text',
      agent_group: 'text',
      transcript: 'text',
    },
    partitionKey: ['visit_id'],
    clusteringKey: ['chat_id'],
    retention: 'chat',
  },
  documents: {
    step: 1,
    purpose: 'The versions of a document, newest first.',
    bounds: 'the versions of one document',
    columns: { kind: 'text', name: 'text', version: 'bigint', at: 'bigint', value: 'text' },
    partitionKey: ['kind', 'name'],
    clusteringKey: ['version DESC'],
  },
  document_names: {
    step: 1,
    purpose: 'The names of the documents of a kind.',
    bounds: 'the documents of one kind, which people make',
    columns: { kind: 'text', name: 'text' },
    partitionKey: ['kind'],
    clusteringKey: ['name'],
  },
  cells: {
    step: 1,
    purpose:
      'The newest snapshot of a cell. Its write time is the snapshot’s `seq`, so an older one never ' +
      'overwrites it. That of a visit which waits for nothing has the retention of `visit`.',
    bounds: 'one row',
    columns: { key: 'text', seq: 'bigint', deadline_ms: 'bigint', bytes: 'blob' },
    partitionKey: ['key'],
    clusteringKey: [],
    compaction: 'levels',
  },
  deadlines: {
    step: 1,
    purpose:
      'Which cells may want to be woken in an hour, by their snapshot `seq`, which is also the write time. ' +
      'What they really want stands in `cells`.',
    bounds: hourBounds(deadlineShards),
    columns: { hour: 'bigint', shard: 'int', key: 'text', seq: 'bigint' },
    partitionKey: ['hour', 'shard'],
    clusteringKey: ['key'],
    // A row that comes back from the dead is a hint that proves wrong.
    graceSeconds: 3_600,
  },
  buckets: {
    step: 1,
    purpose:
      'Which partitions there are of a table that is split by time: `list` is the table, `owner` the ' +
      'identity or browser, `bucket` the hour or day.',
    bounds: 'the hours of one table, or the days of one identity or browser',
    columns: { list: 'text', owner: 'text', bucket: 'bigint' },
    partitionKey: ['list', 'owner'],
    clusteringKey: ['bucket DESC'],
    retention: 'visit',
  },
} as const satisfies Readonly<Record<string, CassandraTable>>;

export type TableName = keyof typeof cassandraTables;

export type DataCompression = 'NONE' | 'LZ4' | 'SNAPPY' | 'DEFLATE';

const compressions: Readonly<Record<DataCompression, string>> = {
  NONE: `{'enabled': 'false'}`,
  LZ4: `{'class': 'LZ4Compressor'}`,
  SNAPPY: `{'class': 'SnappyCompressor'}`,
  DEFLATE: `{'class': 'DeflateCompressor'}`,
};

const compactions = {
  window:
    `{'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'DAYS', ` +
    `'compaction_window_size': '1'}`,
  levels: `{'class': 'LeveledCompactionStrategy'}`,
};

/** The statements that make a table and its indexes where they are missing. */
export function createStatements(
  name: string,
  table: CassandraTable,
  compression: DataCompression,
): string[] {
  const columns = Object.entries(table.columns).map(([column, type]) => `${column} ${type}`);
  const clustering = table.clusteringKey.map((column) => column.split(' ')[0]);
  const key = [`(${table.partitionKey.join(', ')})`, ...clustering].join(', ');
  const order = table.clusteringKey.some((column) => column.endsWith(' DESC'))
    ? [`CLUSTERING ORDER BY (${table.clusteringKey.map(ordered).join(', ')})`]
    : [];
  const { compaction, graceSeconds } = table;
  const properties = [
    ...order,
    `compression = ${compressions[compression]}`,
    ...(compaction === undefined ? [] : [`compaction = ${compactions[compaction]}`]),
    ...(graceSeconds === undefined ? [] : [`gc_grace_seconds = ${graceSeconds}`]),
  ];
  const made =
    `CREATE TABLE IF NOT EXISTS ${name} (${columns.join(', ')}, PRIMARY KEY (${key})) ` +
    `WITH ${properties.join(' AND ')}`;
  const indexes = Object.entries(table.indexes ?? {}).map(
    ([index, column]) => `CREATE INDEX IF NOT EXISTS ${index} ON ${name} (${column})`,
  );
  return [made, ...indexes];
}

function ordered(column: string): string {
  return column.endsWith(' DESC') ? column : `${column} ASC`;
}
