import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import cassandra from 'cassandra-driver';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type CassandraStore,
  type CassandraStoreOptions,
  cassandraTables,
  exportRows,
  importRows,
  openCassandraStore,
  openEmbeddedStore,
  type Row,
  type SchemaStep,
  schemaSteps,
} from '../../../src/stores/index.js';
import { wholeReads } from '../../../src/stores/cassandra/all-rows.js';
import { dropKeyspace, emptyTables, keyspaceOptions } from '../../support/cassandra-keyspace.js';
import { cassandraSuite } from '../../support/cassandra-suite.js';
import { until } from '../../support/until.js';
import { operationalStoreContract } from './operational-store-contract.js';
import { awkwardText, cellOf, documentRow, pageOf, segmentOf, tieRow, visitOf } from './sample-rows.js';

const suite = cassandraSuite();

/** Every statement that is sent while the tests of this file run. */
const execute = vi.spyOn(cassandra.Client.prototype, 'execute');

beforeAll(async () => {
  await (await openCassandraStore(suite.options)).close();
}, 180_000);

afterAll(() => {
  execute.mockRestore();
});

operationalStoreContract('Cassandra', async () => {
  await emptyTables(suite.client, suite.options.keyspace);
  return {
    open: () => openCassandraStore(suite.options),
    destroy: () => Promise.resolve(),
  };
});

describe('Cassandra alone', () => {
  const opened: CassandraStore[] = [];
  const keyspaces: string[] = [];

  async function open(more: Partial<CassandraStoreOptions>): Promise<CassandraStore> {
    const store = await openCassandraStore(
      more.keyspace === undefined ? { ...suite.options, ...more } : keyspaceOptions(suite.server, more),
    );
    opened.push(store);
    return store;
  }

  function newKeyspace(): string {
    const { keyspace } = keyspaceOptions(suite.server);
    keyspaces.push(keyspace);
    return keyspace;
  }

  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    for (const keyspace of keyspaces.splice(0)) {
      await dropKeyspace(suite.client, keyspace);
    }
  });

  it('makes its schema once while several nodes start together', { timeout: 120_000 }, async () => {
    const keyspace = newKeyspace();
    const more = {
      keyspace,
      replicationStrategy: 'SimpleStrategy',
      replication: { replication_factor: 1 },
      dataCompression: 'DEFLATE',
    } as const;
    const stores = await Promise.all([open(more), open(more), open(more)]);
    const state = await suite.client.execute(`SELECT version, holder FROM "${keyspace}".schema_state`);
    expect(state.rows.map(({ version, holder }): unknown[] => [version, holder])).toEqual([
      [schemaSteps.length, null],
    ]);
    for (const [index, store] of stores.entries()) {
      await store.write([{ entity: 'visit', value: visitOf(`V${index}`) }]);
    }
    expect(await stores[0].readVisit('V2')).toEqual(visitOf('V2'));
    const made = await suite.client.execute(
      'SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?',
      [keyspace],
    );
    expect(made.rows[0]?.replication).toMatchObject({ replication_factor: '1' });
    expect((made.rows[0]?.replication as { class: string }).class).toContain('SimpleStrategy');
    const tables = await suite.client.execute(
      'SELECT compression FROM system_schema.tables WHERE keyspace_name = ?',
      [keyspace],
    );
    const classes = tables.rows.map(({ compression }) => (compression as { class: string }).class);
    expect(classes.filter((name) => name.endsWith('DeflateCompressor')).length).toBe(
      Object.keys(cassandraTables).length,
    );
  });

  it('takes an older schema on, and refuses a newer one', { timeout: 120_000 }, async () => {
    const older: SchemaStep[] = [
      {
        what: 'some of the tables',
        statements: (compression) =>
          (schemaSteps[0]?.statements(compression) ?? []).filter((each) => /visits|buckets/.test(each)),
      },
    ];
    const newer: SchemaStep[] = [
      ...older,
      { what: 'a column more', statements: () => ['ALTER TABLE visits ADD IF NOT EXISTS colour text'] },
    ];
    const keyspace = newKeyspace();
    const before = await open({ keyspace, schemaSteps: older });
    await before.write([{ entity: 'visit', value: visitOf('V') }]);
    const after = await open({ keyspace, schemaSteps: newer });
    expect(await after.readVisit('V')).toEqual(visitOf('V'));
    await suite.client.execute(`SELECT colour FROM "${keyspace}".visits`);
    // The one that runs already goes on.
    await before.write([{ entity: 'visit', value: visitOf('W') }]);
    expect(await after.readVisit('W')).toEqual(visitOf('W'));
    await expect(open({ keyspace, schemaSteps: older })).rejects.toThrow(
      /newer version \(schema 2, this knows 1\)/,
    );
  });

  it('says which data centers there are when the options name another', async () => {
    const keyspace = newKeyspace();
    await expect(open({ keyspace, replication: { OperationalDC: 1 } })).rejects.toThrow(
      'replicationStrategyParams names OperationalDC; the data centers of the database are datacenter1',
    );
  });

  it('gives each kind of row its own time to live', async () => {
    const { keyspace } = suite.options;
    await emptyTables(suite.client, keyspace);
    const store = await open({ retention: { all: 1_000, page: 500, event: 0 } });
    await store.write([
      { entity: 'visit', value: visitOf('V') },
      { entity: 'page', value: pageOf('V', 'P') },
      { entity: 'events', value: segmentOf('V', 0, 1) },
      { entity: 'cell', value: cellOf('visit/V', 1) },
      { entity: 'cell', value: cellOf('visit/waits', 1, 5) },
      { entity: 'cell', value: cellOf('agent/ann', 1) },
      documentRow('rules', 'p', 1, 'x'),
    ]);
    const ttl = async (what: string): Promise<number | null> => {
      const [column, rest] = what.split(' of ');
      const found = await suite.client.execute(
        `SELECT TTL(${column ?? ''}) AS ttl FROM "${keyspace}".${rest ?? ''}`,
      );
      return (found.rows[0]?.ttl as number | null) ?? null;
    };
    const near = (seconds: number) => expect.closeTo(seconds, -2) as number;
    expect(await ttl("end_date of visits WHERE visit_id = 'V'")).toEqual(near(1_000));
    expect(await ttl("url of pages WHERE visit_id = 'V'")).toEqual(near(500));
    expect(await ttl("bytes of events WHERE visit_id = 'V' AND part = 0")).toBeNull();
    expect(await ttl("seq of cells WHERE key = 'visit/V'")).toEqual(near(1_000));
    expect(await ttl("seq of cells WHERE key = 'visit/waits'")).toBeNull();
    expect(await ttl("seq of cells WHERE key = 'agent/ann'")).toBeNull();
    expect(await ttl("value of documents WHERE kind = 'rules' AND name = 'p'")).toBeNull();
  });

  it('lets rows go when their time is over', async () => {
    await emptyTables(suite.client, suite.options.keyspace);
    const store = await open({ retention: { all: 1 } });
    await store.write([
      { entity: 'visit', value: visitOf('V') },
      { entity: 'page', value: pageOf('V', 'P') },
    ]);
    await until(async () => (await store.readVisit('V')) === undefined, 'the visit to expire');
    await until(async () => (await store.readVisitsStarted(0, 9_999, 9)).length === 0, 'its entry to expire');
    expect(await store.readPage('P')).toBeUndefined();
  });

  it('forgets hours of deadlines that are long over, and no others', async () => {
    await emptyTables(suite.client, suite.options.keyspace);
    const store = await open({});
    const hourMs = 3_600_000;
    const now = Date.now();
    await store.write([
      { entity: 'cell', value: cellOf('visit/old', 1, 5 * hourMs) },
      { entity: 'cell', value: cellOf('visit/gone', 1, 9 * hourMs) },
      { entity: 'cell', value: cellOf('visit/next', 1, now + hourMs) },
    ]);
    await store.write([
      { entity: 'cell', value: cellOf('visit/gone', 2, null) },
      { entity: 'cell', value: cellOf('visit/next', 2, now + 5 * hourMs) },
    ]);
    const keys: string[] = [];
    for await (const { key } of store.readDeadlines()) keys.push(key);
    expect(keys).toEqual(['visit/old', 'visit/next']);
    const listed = await suite.client.execute(`SELECT hour, key FROM "${suite.options.keyspace}".deadlines`);
    expect(listed.rows.map(({ key }) => String(key)).toSorted()).toEqual(['visit/next', 'visit/old']);
  });

  it('takes no row of before an erasure, and those of after it', async () => {
    await emptyTables(suite.client, suite.options.keyspace);
    const store = await open({});
    const madeAt = (atMs: number): Row[] => [
      { entity: 'visit', value: visitOf('V'), version: atMs * 1_000 },
      { entity: 'page', value: pageOf('V', 'P'), version: atMs * 1_000 },
      { ...tieRow('V', 'ann', 5), version: atMs * 1_000 },
    ];
    const before = Date.now();
    await store.write(madeAt(before - 10));
    await store.eraseVisit('V');
    await store.write(madeAt(before - 5));
    expect(await store.readVisit('V')).toBeUndefined();
    expect(await store.readPages('V')).toEqual([]);
    expect(await store.readVisitsOfIdentity('ann', 9)).toEqual([]);
    await store.write(madeAt(Date.now() + 1));
    expect(await store.readVisit('V')).toEqual(visitOf('V'));
    expect((await store.readVisitsOfIdentity('ann', 9)).length).toBe(1);
  });

  it('refuses a value too large for the database, and goes on', async () => {
    const store = await open({});
    const large = {
      entity: 'document',
      value: { kind: 'k', name: 'n', version: 1, at: 1, value: 'x'.repeat(9e6) },
    } as const;
    await expect(store.write([large])).rejects.toMatchObject({ code: 'INTERNAL' });
    await store.write([documentRow('k', 'n', 1, 'small')]);
    expect((await store.readDocumentVersion('k', 'n', 1))?.value).toBe('small');
  });

  it('is moved into and back, cut short now and then', { timeout: 120_000 }, async () => {
    await emptyTables(suite.client, suite.options.keyspace);
    const folder = await mkdtemp(join(tmpdir(), 'beckon-moving-'));
    const quiet = (): void => undefined;
    const [first, again] = await Promise.all(
      ['first.sqlite', 'again.sqlite'].map((name) => openEmbeddedStore({ file: join(folder, name) })),
    );
    if (first === undefined || again === undefined) throw new Error('both were opened');
    try {
      const segments = Array.from({ length: 1_500 }, (_, index): Row => {
        return { entity: 'events', value: segmentOf(`V${index % 9}`, index, 1, index & 255) };
      });
      await first.write([
        ...segments,
        { entity: 'visit', value: visitOf('V', { userAgentId: awkwardText }), version: 500 },
        { entity: 'page', value: pageOf('V', 'P', { title: awkwardText }) },
        tieRow('V', 'ann', 5),
        documentRow('rules', 'p', 1, awkwardText),
        { entity: 'cell', value: cellOf('visit/V', 7, 99) },
      ]);
      const out = join(folder, 'out');
      const cut = (): void => {
        throw new Error('cut short');
      };
      await expect(exportRows(first, out, cut)).rejects.toThrow('cut short');
      expect(await exportRows(first, out, quiet)).toMatchObject({ events: 1_500, cell: 1, visit: 1 });
      const store = await open({});
      let pages = 0;
      const cutLater = (): void => {
        if (++pages === 4) throw new Error('cut short');
      };
      await expect(importRows(store, out, 'cassandra', cutLater)).rejects.toThrow('cut short');
      const counts = await importRows(store, out, 'cassandra', quiet);
      expect(counts.every(({ exported, stored }) => exported === stored)).toBe(true);
      expect(await store.readPages('V')).toEqual(await first.readPages('V'));
      // What was made before the moved row stays behind it.
      await store.write([{ entity: 'visit', value: visitOf('V', { userAgentId: 'older' }), version: 499 }]);
      expect(await store.readCell('visit/V')).toEqual(cellOf('visit/V', 7, 99));
      const back = join(folder, 'back');
      await exportRows(store, back, quiet);
      const counted = await importRows(again, back, 'embedded', quiet);
      expect(counted).toEqual(counts);
      expect(await again.readVisit('V')).toEqual(await first.readVisit('V'));
      expect(await again.readEvents('V3')).toEqual(await first.readEvents('V3'));
      expect((await again.readDocuments('rules'))[0]?.value).toBe(awkwardText);
    } finally {
      await first.close();
      await again.close();
      await rm(folder, { recursive: true });
    }
  });

  it.each(['LZ4', 'SNAPPY'] as const)('speaks %s with the database', async (transportCompression) => {
    const store = await open({ transportCompression });
    const [visitId, pageId] = [`V ${transportCompression}`, `P ${transportCompression}`];
    const title = awkwardText.repeat(2_000);
    await store.write([
      { entity: 'page', value: pageOf(visitId, pageId, { title }) },
      { entity: 'events', value: segmentOf(visitId, 0, 5_000) },
    ]);
    expect((await store.readPage(pageId))?.title === title).toBe(true);
    expect(await store.readEvents(visitId)).toEqual([segmentOf(visitId, 0, 5_000)]);
    const { rows } = await suite.client.execute('SELECT client_options FROM system_views.clients');
    const spoken = rows.map((row) => (row.client_options as Record<string, string> | null)?.COMPRESSION);
    expect(spoken).toContain(transportCompression.toLowerCase());
  });

  it('tells how it is connected', async () => {
    const store = await open({});
    expect(store.figures()).toEqual({ nodes: 1, nodesConnected: 1, requestsInFlight: 0 });
  });

  it('says where it could not connect', async () => {
    const nowhere = open({ contactPoints: [{ host: '127.0.0.1', port: 9 }] });
    await expect(nowhere).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(nowhere).rejects.toThrow(
      /^Cassandra at 127\.0\.0\.1:9 cannot be used: 127\.0\.0\.1:9: .*ECONNREFUSED/,
    );
  });
});

describe('what Cassandra is asked', () => {
  /** Columns that a statement's WHERE fixes to one value. */
  const fixedIn = (where: string): string[] =>
    [...where.matchAll(/(\w+) (?:= |CONTAINS )/g)].map(([, column = '']) => column);

  it('lies in one partition, or behind an index; nothing is filtered, and no table read through', () => {
    const sent = new Set(execute.mock.calls.map(([cql]) => cql.trim()));
    const reads = [...sent].flatMap((cql) => {
      const [, table = '', rest = ''] = /^SELECT .* FROM (\w+)(.*)$/s.exec(cql) ?? [];
      return table in cassandraTables ? [{ cql, table, rest }] : [];
    });
    expect(new Set(reads.map(({ table }) => table)).size).toBe(Object.keys(cassandraTables).length);
    for (const { cql, table, rest } of reads) {
      expect(cql).not.toMatch(/ALLOW FILTERING/i);
      // Identities alone are listed as they lie, a page at a time.
      if (wholeReads.includes(cql) || (table === 'identities' && rest.endsWith('LIMIT ?'))) continue;
      const { partitionKey, ...more } = cassandraTables[table as keyof typeof cassandraTables];
      const indexed = 'indexes' in more ? Object.values(more.indexes) : [];
      const fixed = fixedIn(rest);
      const isOne = partitionKey.every((column) => fixed.includes(column));
      expect([cql, isOne || indexed.some((column) => fixed.includes(column))]).toEqual([cql, true]);
    }
  });
});
