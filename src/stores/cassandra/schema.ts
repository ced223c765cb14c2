/**
 * Brings a keyspace to the schema of this version, also when several nodes start at once: one of them takes a
 * lock by a lightweight transaction, and every step may be repeated. A step that was released is never
 * changed.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import cassandra from 'cassandra-driver';
import { AppError, hashId } from '../../base/index.js';
import { isUnknownTable } from './driver-errors.js';
import { type CassandraTable, type DataCompression, cassandraTables, createStatements } from './tables.js';

export interface SchemaStep {
  /** What it brings, for the reference page. */
  readonly what: string;
  statements(compression: DataCompression): readonly string[];
}

/** Step n takes a keyspace from version n - 1 to n. */
export const schemaSteps: readonly SchemaStep[] = [
  { what: 'All tables that are listed below under step 1.', statements: tablesOfStep(1) },
];

function tablesOfStep(step: number): (compression: DataCompression) => string[] {
  const tables = Object.entries<CassandraTable>(cassandraTables).filter(([, table]) => table.step === step);
  return (compression) => tables.flatMap(([name, table]) => createStatements(name, table, compression));
}

export interface SchemaOptions {
  keyspace: string;
  strategy: 'SimpleStrategy' | 'NetworkTopologyStrategy';
  /** Replicas by data centre; with SimpleStrategy `replication_factor`. */
  replication: Readonly<Record<string, number>>;
  compression: DataCompression;
  /** Default: those of this version. Tests make the schema of an older one. */
  steps?: readonly SchemaStep[];
}

const lockSeconds = 60;
/** The lock is renewed when it is this old, long before it goes. */
const lockRenewMs = 15_000;
const lockPauseMs = 250;
const lockTimeoutMs = 120_000;
/** How long the nodes of the database may take to agree on one definition. */
const agreementMs = 90_000;
const agreementPauseMs = 500;

/** Reads and writes of the schema's own row, whatever the options say of others. */
const careful = {
  prepare: true,
  isIdempotent: true,
  consistency: cassandra.types.consistencies.localQuorum,
  serialConsistency: cassandra.types.consistencies.localSerial,
};
const serialRead = { prepare: false, consistency: cassandra.types.consistencies.localSerial };
/** A step may make a node slow, above all on a busy machine. */
const definition = { prepare: false, readTimeout: 60_000 };

/**
 * Creates the keyspace where there is none, and takes it to the newest version. Throws `AppError` INTERNAL
 * for a keyspace of a newer version and for replication that the database does not know, STORE_UNAVAILABLE
 * when another node holds the lock for too long or the nodes of the database do not agree on the schema.
 */
export async function migrate(client: cassandra.Client, options: SchemaOptions): Promise<void> {
  const steps = options.steps ?? schemaSteps;
  const keyspace = quoted(options.keyspace);
  const state = `${keyspace}.schema_state`;
  await ensureState(client, options, state);
  const started = performance.now();
  const holder = randomUUID();
  while (!(await isCurrent(client, state, options.keyspace, steps.length))) {
    if (await takeLock(client, state, holder)) {
      try {
        await runSteps(client, { state, holder, keyspace, options, steps });
      } finally {
        await letGo(client, state, holder);
      }
    } else if (performance.now() - started > lockTimeoutMs) {
      const message = `another node has been changing the schema of ${options.keyspace} for too long`;
      throw new AppError('STORE_UNAVAILABLE', message);
    } else {
      await sleep(lockPauseMs);
    }
  }
}

/** The keyspace and the table that keeps its version. */
async function ensureState(client: cassandra.Client, options: SchemaOptions, state: string): Promise<void> {
  const { keyspace } = options;
  const tables = await client.execute(
    'SELECT keyspace_name, table_name FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?',
    [keyspace, 'schema_state'],
  );
  if (tables.rowLength > 0) return awaitState(client, state);
  const keyspaces = await client.execute(
    'SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?',
    [keyspace],
  );
  if (keyspaces.rowLength === 0) {
    refuseUnknownCentres(client, options);
    const replicas = Object.entries(options.replication);
    const pairs = [
      `'class': ${literal(options.strategy)}`,
      ...replicas.map(([name, count]) => `${literal(name)}: '${count}'`),
    ];
    await define(
      client,
      `CREATE KEYSPACE IF NOT EXISTS ${quoted(keyspace)} WITH replication = {${pairs.join(', ')}}`,
    );
  }
  // Two nodes may make this table at once. One id for both makes it one table.
  const id = hashId(`${keyspace} schema_state`).toLowerCase();
  const uuid = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
  await define(
    client,
    `CREATE TABLE IF NOT EXISTS ${state} ` +
      `(name text PRIMARY KEY, holder text, version int, changed_at bigint) WITH ID = ${uuid}`,
  );
}

/** A table that another node is making is described a moment before it can be read. */
async function awaitState(client: cassandra.Client, state: string): Promise<void> {
  const started = performance.now();
  for (;;) {
    try {
      await versionOf(client, state);
      return;
    } catch (error) {
      if (!isUnknownTable(error) || performance.now() - started > definition.readTimeout) throw error;
      await sleep(lockPauseMs);
    }
  }
}

function refuseUnknownCentres(client: cassandra.Client, { strategy, replication }: SchemaOptions): void {
  if (strategy !== 'NetworkTopologyStrategy') return;
  const known = new Set([...client.hosts.values()].map((host) => host.datacenter));
  const unknown = Object.keys(replication).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new AppError(
    'INTERNAL',
    `cassandraKeyspace/replicationStrategyParams names ${unknown.join(', ')}; ` +
      `the data centers of the database are ${[...known].join(', ')}`,
  );
}

async function isCurrent(
  client: cassandra.Client,
  state: string,
  keyspace: string,
  newest: number,
): Promise<boolean> {
  const version = await versionOf(client, state);
  if (version > newest) {
    throw new AppError(
      'INTERNAL',
      `the keyspace ${keyspace} was written by a newer version (schema ${version}, this knows ${newest})`,
    );
  }
  return version === newest;
}

async function versionOf(client: cassandra.Client, state: string): Promise<number> {
  const found = await client.execute(`SELECT version FROM ${state} WHERE name = 'tables'`, [], serialRead);
  return (found.rows[0]?.version as number | null | undefined) ?? 0;
}

/** The lock goes by itself when its holder dies. */
async function takeLock(client: cassandra.Client, state: string, holder: string): Promise<boolean> {
  const taken = await client.execute(
    `UPDATE ${state} USING TTL ${lockSeconds} SET holder = ? WHERE name = 'tables' IF holder = null`,
    [holder],
    careful,
  );
  return taken.wasApplied();
}

async function letGo(client: cassandra.Client, state: string, holder: string): Promise<void> {
  const cql = `UPDATE ${state} SET holder = null WHERE name = 'tables' IF holder = ?`;
  await client.execute(cql, [holder], careful).catch(() => undefined);
}

interface Run {
  state: string;
  holder: string;
  keyspace: string;
  options: SchemaOptions;
  steps: readonly SchemaStep[];
}

async function runSteps(
  client: cassandra.Client,
  { state, holder, keyspace, options, steps }: Run,
): Promise<void> {
  let renewedAtMs = performance.now();
  async function renew(): Promise<void> {
    if (performance.now() - renewedAtMs <= lockRenewMs) return;
    await keepLock(client, state, holder);
    renewedAtMs = performance.now();
  }
  for (let version = (await versionOf(client, state)) + 1; version <= steps.length; version++) {
    for (const statement of steps[version - 1]?.statements(options.compression) ?? []) {
      await define(client, inKeyspace(statement, keyspace), renew);
      await renew();
    }
    await client.execute(
      `UPDATE ${state} SET version = ?, changed_at = ? WHERE name = 'tables' IF holder = ?`,
      [version, Date.now(), holder],
      careful,
    );
  }
}

async function keepLock(client: cassandra.Client, state: string, holder: string): Promise<void> {
  const kept = await client.execute(
    `UPDATE ${state} USING TTL ${lockSeconds} SET holder = ? WHERE name = 'tables' IF holder = ?`,
    [holder, holder],
    careful,
  );
  if (kept.wasApplied()) return;
  throw new AppError('STORE_UNAVAILABLE', 'the lock on the schema was lost while it was changed');
}

/**
 * Runs one definition and waits until every node of the database has it, which takes a busy database longer
 * than the driver waits; `meanwhile` is called now and then.
 */
async function define(
  client: cassandra.Client,
  statement: string,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { info } = await client.execute(statement, [], definition);
  // The driver's own types leave out both this and the later look.
  if ((info as { isSchemaInAgreement?: boolean }).isSchemaInAgreement !== false) return;
  const metadata = client.metadata as unknown as { checkSchemaAgreement(): Promise<boolean> };
  const untilMs = performance.now() + agreementMs;
  while (performance.now() < untilMs) {
    await meanwhile();
    if (await metadata.checkSchemaAgreement()) return;
    await sleep(agreementPauseMs);
  }
  throw new AppError('STORE_UNAVAILABLE', 'the nodes of the database do not agree on the schema');
}

/** Names the keyspace in the statement's table, which stands in one of three places. */
function inKeyspace(statement: string, keyspace: string): string {
  return statement.replace(
    /^(CREATE TABLE IF NOT EXISTS |CREATE INDEX IF NOT EXISTS \w+ ON |ALTER TABLE )/,
    `$1${keyspace}.`,
  );
}

/** A name as it is written, upper case kept. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
