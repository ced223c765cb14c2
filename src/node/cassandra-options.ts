/** What the configuration says of the database, as the store takes it. */
import { readFileSync } from 'node:fs';
import { AppError } from '../base/index.js';
import type { Configuration, Options } from '../config/index.js';
import type { CassandraStoreOptions, Retention } from '../stores/index.js';
import { loadTlsIdentity, tlsParametersOf, trustedCertificates } from '../transport/edge/index.js';

/** The start-up parameters of the guide that name our own certificate. */
export type Environment = Readonly<Partial<Record<string, string>>>;

/** Seconds that each entity is kept, by `cassandraKeyspace/retention.entity.*`. */
export function retentionOf({ cassandraKeyspace }: Options): Retention {
  const byEntity = cassandraKeyspace['retention.entity.<object>'];
  return { all: cassandraKeyspace['retention.entity.all'], ...byEntity };
}

/**
 * The settings of the store in Cassandra; undefined where no access point is configured. Throws `AppError`
 * INTERNAL for what cannot work: authorities that cannot be read, an unknown kind of trust store, replication
 * that is not one of the strategy; NOT_READY for a certificate of ours that cannot be used.
 */
export function cassandraOptionsOf(
  { options, accessPoints }: Pick<Configuration, 'options' | 'accessPoints'>,
  environment: Environment,
): CassandraStoreOptions | undefined {
  const [first] = accessPoints;
  if (first === undefined) return undefined;
  const { cassandraKeyspace: keyspace, cassandraClient: client, security } = options;
  const userName = client.userName ?? keyspace.userName;
  const password = client.password ?? keyspace.password;
  if ((userName === undefined) !== (password === undefined)) {
    throw new AppError('INTERNAL', 'cassandraClient/userName and password must be set together');
  }
  return {
    contactPoints: accessPoints.map(({ host, port }) => ({ host, port })),
    keyspace: keyspace.name,
    replicationStrategy: keyspace.replicationStrategy,
    replication: replicationOf(keyspace),
    readConsistency: keyspace.readConsistencyLevel,
    writeConsistency: keyspace.writeConsistencyLevel,
    dataCompression: keyspace.dataCompression,
    retention: retentionOf(options),
    transportCompression: client.transportCompression,
    ...(userName === undefined || password === undefined ? {} : { user: { name: userName, password } }),
    ...(first.secured ? { tls: tlsOf(security, first.mutualTls, environment) } : {}),
  };
}

/** `'DC1':3` pairs; SimpleStrategy takes `'replication_factor':3` alone. */
function replicationOf({
  replicationStrategy,
  replicationStrategyParams,
}: Options['cassandraKeyspace']): Record<string, number> {
  const pairs = replicationStrategyParams.map((pair) => {
    const [, name = '', replicas = ''] = /^'([^']+)'\s*:\s*(\d+)$/.exec(pair) ?? [];
    return [name, Number(replicas)] as const;
  });
  const isSimple = pairs.length === 1 && pairs[0]?.[0] === 'replication_factor';
  if ((replicationStrategy === 'SimpleStrategy') !== isSimple) {
    throw new AppError(
      'INTERNAL',
      "cassandraKeyspace/replicationStrategyParams must be 'replication_factor':<replicas> with " +
        'SimpleStrategy, and name data centers with NetworkTopologyStrategy',
    );
  }
  return Object.fromEntries(pairs);
}

function tlsOf(
  security: Options['security'],
  mutual: boolean,
  environment: Environment,
): NonNullable<CassandraStoreOptions['tls']> {
  const ca = authoritiesOf(security, environment);
  if (!mutual) return ca;
  const own = tlsParametersOf(environment);
  if (own === undefined) {
    const what = 'the environment must name CERTIFICATE and PRIVATE_KEY, or a key store';
    throw new AppError('NOT_READY', `Mutual TLS with the database needs a certificate: ${what}.`);
  }
  return { ...ca, ...loadTlsIdentity(own) };
}

/** Without a trust store, those that Node.js knows. */
function authoritiesOf(
  { provider, 'trusted-ca': trusted, 'truststore-password': password }: Options['security'],
  environment: Environment,
): { ca?: string } {
  if (provider === 'MSCAPI') {
    throw new AppError('INTERNAL', 'security/provider MSCAPI is of Windows; export the certificates to PEM');
  }
  const file = trusted ?? environment.TRUSTED_CA;
  if (file === undefined) return {};
  const bytes = bytesOf(file, 'security/trusted-ca');
  try {
    return { ca: trustedCertificates(bytes, password ?? environment.TRUSTSTORE_PASSWORD ?? '') };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('INTERNAL', `security/trusted-ca ${file} cannot be used: ${reason}`, { cause });
  }
}

function bytesOf(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new AppError('INTERNAL', `${what} cannot be read: ${file}`, { cause: error });
  }
}
