/** The connection to an Elasticsearch cluster, and what its refusals mean to us. */
import { readFileSync } from 'node:fs';
import type { Client, ClientOptions } from '@elastic/elasticsearch';
import { AppError } from '../../base/index.js';

export interface ElasticConnection {
  /** Base URLs of servers of one cluster; what does not answer on one is tried on the next. */
  nodes: readonly string[];
  user?: string | undefined;
  password?: string | undefined;
  /** File of the certificate authority that signed the servers' certificates, beside those of the system. */
  caFile?: string | undefined;
  requestTimeoutMs: number;
}

/** Loads the library only now: a node without Elasticsearch does not pay for it. */
export async function connect(connection: ElasticConnection): Promise<Client> {
  const { Client } = await import('@elastic/elasticsearch');
  const { nodes, user, password, caFile, requestTimeoutMs } = connection;
  const options: ClientOptions = {
    nodes: [...nodes],
    requestTimeout: requestTimeoutMs,
    // Retries go to the other servers; whoever calls tries again later.
    maxRetries: nodes.length - 1,
    sniffOnStart: false,
    sniffInterval: false,
    sniffOnConnectionFault: false,
    enableMetaHeader: false,
    name: 'beckon',
  };
  if (user !== undefined) options.auth = { username: user, password: password ?? '' };
  if (caFile !== undefined) options.tls = { ca: readFileSync(caFile, 'utf8') };
  return new Client(options);
}

interface Failure {
  name?: string;
  message?: string;
  statusCode?: number;
  meta?: { statusCode?: number };
}

/** Statuses of a cluster that takes no more now: its queues, memory or disk are full. */
export function isFull(status: number): boolean {
  return status === 429;
}

/**
 * Statuses that say nothing about the document: the cluster, an index or our account are not as they
 * should.
 */
export function isPassing(status: number): boolean {
  return status === 401 || status === 403 || status === 404 || status === 408 || status >= 500;
}

/** Runs a request; throws `AppError`. No part of what was sent is in the message. */
export async function asking<Value>(what: string, request: () => Promise<Value>): Promise<Value> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw toAppError(what, error as Failure);
  }
}

function toAppError(what: string, error: Failure): AppError {
  // Where no server answered, the library says 0.
  const status = error.statusCode ?? error.meta?.statusCode ?? 0;
  const cause = { cause: error };
  if (status === 0) {
    const message = `Elasticsearch does not answer (${what}): ${error.message ?? 'no reason given'}`;
    return new AppError('STORE_UNAVAILABLE', message, cause);
  }
  const said = `Elasticsearch answered ${status} (${what})`;
  if (isFull(status)) return new AppError('OVERLOADED', `${said}: it takes no more now`, cause);
  if (status === 401 || status === 403) {
    return new AppError('STORE_UNAVAILABLE', `${said}: it refuses the user or what the user asks`, cause);
  }
  return new AppError(isPassing(status) ? 'STORE_UNAVAILABLE' : 'INTERNAL', said, cause);
}
