/** From a configuration to the settings of the store. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatProblem, loadConfiguration } from '../../../src/config/index.js';
import { cassandraOptionsOf } from '../../../src/node/cassandra-options.js';

const folder = mkdtempSync(join(tmpdir(), 'beckon-cassandra-options-'));
const ca = join(folder, 'ca.pem');
writeFileSync(ca, '-----BEGIN PEM of ca.pem');
afterAll(() => rmSync(folder, { recursive: true }));

function optionsOf(parts: { cluster?: string[]; node?: string[]; point?: string }, environment = {}) {
  const { cluster = [], node = [], point = '' } = parts;
  const text = [
    'cluster:',
    '  application: GWE_Cluster',
    '  options:',
    '    web: { cors.allowedOrigins: "*" }',
    ...cluster.map((line) => `    ${line}`),
    'nodes:',
    '  - application: N1',
    '    host: 127.0.0.1',
    '    ports: { default: 1, ui: 2, server/data/rules/deploy: 3 }',
    '    options:',
    '      log: { verbose: standard }',
    ...node.map((line) => `      ${line}`),
    'agentGroups: [{ name: Web Engagement Chat }]',
    'application: { name: playground, folder: site }',
    ...(point === ''
      ? []
      : [`resourceAccessPoints: [{ application: R, host: db, ports: { native: 9042 }${point} }]`]),
  ].join('\n');
  const result = loadConfiguration({ file: 'conf/beckon.yaml', text });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return cassandraOptionsOf(result.configuration, environment);
}

const plain = ', secured: false';

describe('the settings of the store in Cassandra', () => {
  it('are absent without an access point', () => {
    expect(optionsOf({})).toBeUndefined();
  });

  it('come from the options of the keyspace', () => {
    const cluster = [
      "cassandraKeyspace: { name: Shop, replicationStrategyParams: \"'A':3,'B':1\", " +
        'readConsistencyLevel: ONE, writeConsistencyLevel: ANY, dataCompression: NONE, ' +
        'retention.entity.all: 60, retention.entity.page: 5, userName: anna, password: pw }',
    ];
    expect(optionsOf({ cluster, point: plain })).toEqual({
      contactPoints: [{ host: 'db', port: 9042 }],
      keyspace: 'Shop',
      replicationStrategy: 'NetworkTopologyStrategy',
      replication: { A: 3, B: 1 },
      readConsistency: 'ONE',
      writeConsistency: 'ANY',
      dataCompression: 'NONE',
      retention: { all: 60, page: 5 },
      transportCompression: 'LZ4',
      user: { name: 'anna', password: 'pw' },
    });
    const point = ', options: { cassandraClient: { transportCompression: SNAPPY } }';
    expect(optionsOf({ cluster, point })?.transportCompression).toBe('SNAPPY');
  });

  it('take the user of the access point before that of the keyspace', () => {
    const cluster = ['cassandraKeyspace: { userName: anna, password: one }'];
    const point = ', options: { cassandraClient: { userName: ben, password: two } }';
    expect(optionsOf({ cluster, point })?.user).toEqual({ name: 'ben', password: 'two' });
    expect(() => optionsOf({ cluster: ['cassandraClient: { userName: anna }'], point: plain })).toThrow(
      'must be set together',
    );
  });

  it('know the replication of each strategy', () => {
    const simple = (params: string) =>
      optionsOf({
        cluster: [
          'cassandraKeyspace:',
          '  replicationStrategy: SimpleStrategy',
          `  replicationStrategyParams: "${params}"`,
        ],
        point: plain,
      });
    expect(simple("'replication_factor':2")?.replication).toEqual({ replication_factor: 2 });
    expect(() => simple("'DC1':2")).toThrow("must be 'replication_factor':<replicas> with SimpleStrategy");
  });

  it('read authorities for TLS, and ask for our certificate for mutual TLS', () => {
    const node = [`security: { provider: PEM, trusted-ca: ${ca} }`];
    expect(optionsOf({ node, point: ', secured: true' })?.tls).toEqual({ ca: '-----BEGIN PEM of ca.pem' });
    const point = ', secured: true, mutualTls: true';
    expect(() => optionsOf({ node, point })).toThrow(/needs a certificate: .* CERTIFICATE and PRIVATE_KEY/);
    expect(() => optionsOf({ node, point }, { CERTIFICATE: join(folder, 'none.pem') })).toThrow(
      /The certificate .*none\.pem cannot be used: .*no such file/,
    );
    expect(() => optionsOf({ node: ['security: { trusted-ca: none.pem }'], point })).toThrow(
      /security\/trusted-ca cannot be read: .*conf\/none\.pem/,
    );
    expect(() => optionsOf({ node: ['security: { provider: MSCAPI }'], point })).toThrow('of Windows');
    const store = join(folder, 'store.p12');
    writeFileSync(store, Buffer.from([0x30, 0x82, 0x01]));
    expect(() => optionsOf({ node: [`security: { provider: JKS, trusted-ca: ${store} }`], point })).toThrow(
      /security\/trusted-ca .*store\.p12 cannot be used: .* neither PEM nor a key store of the type JKS/,
    );
  });
});
