/**
 * The connection to Cassandra: several contact points of one data centre, token-aware, TLS, and errors that
 * say what an operator can do.
 */
import { lookup } from 'node:dns/promises';
import type { ConnectionOptions, SecureContextOptions } from 'node:tls';
import cassandra from 'cassandra-driver';
import { AppError } from '../../base/index.js';
import { reasonOf } from './driver-errors.js';
import { compressConnections, type TransportCompression } from './transport-compression.js';

export interface ContactPoint {
  host: string;
  port: number;
}

/**
 * The authorities that the database's certificate must come from, those of Node.js where absent; and our own
 * certificate with its key, which mutual TLS asks for.
 */
export type TlsSettings = Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase'>;

export interface ConnectionSettings {
  contactPoints: readonly ContactPoint[];
  user?: { name: string; password: string };
  tls?: TlsSettings;
  /** Default NONE. */
  transportCompression?: TransportCompression;
  /** How long a node may take to answer; default 10 seconds. */
  timeoutMs?: number;
}

const { loadBalancing, reconnection } = cassandra.policies;
const connectTimeoutMs = 5_000;
const reconnectMinMs = 250;
const reconnectMaxMs = 5_000;

/**
 * Routes to the replicas of a row in the data centre of the contact points, which is known only when the
 * first of them has answered.
 */
class ContactCentrePolicy extends loadBalancing.LoadBalancingPolicy {
  readonly #addresses: ReadonlySet<string>;
  #child: cassandra.policies.loadBalancing.LoadBalancingPolicy | undefined;

  constructor(addresses: ReadonlySet<string>) {
    super();
    this.#addresses = addresses;
  }

  override init(client: cassandra.Client, hosts: cassandra.HostMap, callback: cassandra.EmptyCallback): void {
    const centres = new Set(
      [...hosts.values()]
        .filter(({ address }) => this.#addresses.has(address))
        .map((host) => host.datacenter),
    );
    // A contact point that is down, or known to the database by another address, is judged by the others.
    const [centre] = centres.size > 0 ? centres : hosts.values().map((host) => host.datacenter);
    if (centres.size > 1) {
      const names = [...centres].sort().join(' and ');
      callback(new AppError('INTERNAL', `the contact points belong to several data centers: ${names}`));
      return;
    }
    this.#child = new loadBalancing.DefaultLoadBalancingPolicy({ localDc: centre ?? '' });
    this.#child.init(client, hosts, callback);
  }

  override getDistance(host: cassandra.Host): cassandra.types.distance {
    return this.#child?.getDistance(host) ?? cassandra.types.distance.local;
  }

  override newQueryPlan(
    keyspace: string,
    executionOptions: cassandra.ExecutionOptions,
    callback: (error: Error, iterator: Iterator<cassandra.Host>) => void,
  ): void {
    this.#child?.newQueryPlan(keyspace, executionOptions, callback);
  }
}

/**
 * A connected client. Throws `AppError`: STORE_UNAVAILABLE when no contact point answers, its certificate is
 * not trusted or it refuses the user; INTERNAL when the contact points belong to several data centres.
 */
export async function connect(settings: ConnectionSettings): Promise<cassandra.Client> {
  const { contactPoints, user, tls, timeoutMs = 10_000 } = settings;
  const [first] = contactPoints;
  if (first === undefined) throw new AppError('INTERNAL', 'no contact point of Cassandra is configured');
  const client = new cassandra.Client({
    contactPoints: contactPoints.map(written),
    // The database tells the addresses of its other nodes without their ports.
    protocolOptions: { port: first.port, maxSchemaAgreementWaitSeconds: 10 },
    policies: {
      loadBalancing: new ContactCentrePolicy(await addressesOf(contactPoints)),
      reconnection: new reconnection.ExponentialReconnectionPolicy(reconnectMinMs, reconnectMaxMs, true),
      speculativeExecution: new cassandra.policies.speculativeExecution.NoSpeculativeExecutionPolicy(),
    },
    socketOptions: { connectTimeout: connectTimeoutMs, readTimeout: timeoutMs },
    queryOptions: { prepare: true, isIdempotent: true },
    // Every string that is prepared is one of ours, and there are fewer.
    maxPrepared: 200,
    // The driver counts types of statements for a product that is not this one.
    monitorReporting: { enabled: false },
    ...(user === undefined ? {} : { credentials: { username: user.name, password: user.password } }),
    ...(tls === undefined ? {} : { sslOptions: tlsOptions(tls) }),
  });
  compressConnections(client, settings.transportCompression ?? 'NONE');
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.shutdown().catch(() => undefined);
    throw connectionError(error, settings);
  }
}

function written({ host, port }: ContactPoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The numbers of the contact points, as the driver names its hosts. A name that has none is left to it. */
async function addressesOf(contactPoints: readonly ContactPoint[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all(
    contactPoints.map(async ({ host, port }) => {
      const addresses = await lookup(host, { all: true }).catch(() => []);
      return addresses.map(({ address }) => `${address}:${port}`);
    }),
  );
  return new Set(found.flat());
}

/** The driver would trust any certificate unless told otherwise. */
function tlsOptions(tls: TlsSettings): ConnectionOptions {
  return { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...tls };
}

function connectionError(error: unknown, { contactPoints, user }: ConnectionSettings): AppError {
  if (error instanceof AppError) return error;
  const where = contactPoints.map(written).join(', ');
  const reason = reasonOf(error);
  const hint = hintFor(error, user?.name);
  return new AppError('STORE_UNAVAILABLE', `Cassandra at ${where} cannot be used: ${hint}${reason}`, {
    cause: error,
  });
}

/** What to look at, for the reasons that have one. */
function hintFor(error: unknown, user: string | undefined): string {
  const { AuthenticationError, NoHostAvailableError } = cassandra.errors;
  const inner =
    error instanceof NoHostAvailableError ? Object.values((error.innerErrors ?? {}) as object) : [error];
  if (inner.some((each) => each instanceof AuthenticationError)) {
    return user === undefined
      ? 'it asks for a user (cassandraClient/userName and password). '
      : `it refuses the user ${user} or the password. `;
  }
  const codes = inner.map((each) => String((each as NodeJS.ErrnoException | undefined)?.code));
  if (codes.some((code) => /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER/.test(code))) {
    return 'its certificate is not trusted (security/trusted-ca). ';
  }
  return '';
}
