/**
 * A database that asks for a password, encryption and a certificate: who has them gets in, and nobody else.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CassandraStoreOptions, openCassandraStore } from '../../../src/stores/index.js';
import { visitOf } from '../../contract/stores/sample-rows.js';
import { keyspaceOptions } from '../../support/cassandra-keyspace.js';
import { type CassandraServer, startCassandra } from '../../support/cassandra-server.js';
import { runLab } from '../../support/lab-process.js';
import { labConfiguration } from './lab-on-cassandra.js';

const right = { name: 'cassandra', password: 'cassandra' };

const cleanups: (() => Promise<void>)[] = [];
let folder: string;
let server: CassandraServer;
let ca: string;
let key: string;
let strangerFile: string;
let options: CassandraStoreOptions;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beckon-faults-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  server = await startCassandra({ auth: true, tls: true, mutual: true });
  cleanups.push(() => server.remove());
  ca = await readFile(server.ca ?? '', 'utf8');
  key = await readFile(server.key ?? '', 'utf8');
  strangerFile = join(folder, 'stranger.pem');
  const made = ['-keyout', join(folder, 'stranger.key'), '-out', strangerFile, '-subj', '/CN=stranger'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...made], { stdio: 'ignore' });
  options = keyspaceOptions(server, { user: right, tls: { ca, cert: ca, key } });
}, 300_000);

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
}, 60_000);

it('lets in who has password and certificate', { timeout: 90_000 }, async () => {
  const store = await openCassandraStore(options);
  await store.write([{ entity: 'visit', value: visitOf('V') }]);
  expect(await store.readVisit('V')).toEqual(visitOf('V'));
  await store.close();
});

it.each([
  [
    'a wrong password',
    () => ({ user: { ...right, password: 'not-this-one' } }),
    /it refuses the user cassandra/,
  ],
  ['no user', () => ({ user: undefined }), /it asks for a user/],
  [
    'a CA that is not its own',
    async () => ({ tls: { ca: await readFile(strangerFile, 'utf8'), cert: ca, key } }),
    /its certificate is not trusted/,
  ],
  ['no certificate', () => ({ tls: { ca } }), /cannot be used/],
  ['no encryption', () => ({ tls: undefined }), /cannot be used/],
])('refuses %s, and says so', { timeout: 60_000 }, async (_what, change, message) => {
  const changed = Object.entries({ ...options, ...(await change()) }).filter(
    ([, value]) => value !== undefined,
  );
  const opening = openCassandraStore(Object.fromEntries(changed) as unknown as CassandraStoreOptions);
  await expect(opening).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await expect(opening).rejects.toThrow(message);
  await expect(opening).rejects.not.toThrow(/not-this-one/);
});

it('ends a node that cannot log in, without a word of the password', { timeout: 90_000 }, async () => {
  process.env.CERTIFICATE = server.ca ?? '';
  process.env.PRIVATE_KEY = server.key ?? '';
  try {
    const config = await labConfiguration(folder, server, {
      keyspace: options.keyspace,
      user: { ...right, password: 'not-this-one' },
      trustedCa: server.ca ?? '',
      mutualTls: true,
    });
    const { code, output } = await runLab({ config, data: join(folder, 'data') });
    expect(code).toBe(1);
    expect(output).toMatch(
      /Beckon cannot start: Cassandra at 127\.0\.0\.1:\d+ cannot be used: it refuses the user/,
    );
    expect(output).not.toContain('not-this-one');
  } finally {
    delete process.env.CERTIFICATE;
    delete process.env.PRIVATE_KEY;
  }
});
