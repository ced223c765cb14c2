/**
 * The search API on a port of its own (spec: section `elasticsearch`): what may be asked, what is masked in
 * the answers, and who answers: an Elasticsearch cluster, or the index of this node.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { GatewayPolicy } from './policy.js';
import { sendError, sendForbidden } from './respond.js';

export interface GatewayRequest {
  method: string;
  /** Decoded, without the query. */
  path: string;
  /** As it came, with the query. */
  target: string;
}

export interface Backend {
  /** Answers a request that may pass; never throws. */
  handle(incoming: GatewayRequest, request: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

export interface SearchGatewayOptions {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  policy: GatewayPolicy;
  backend: Backend;
}

export interface SearchGateway {
  readonly port: number;
  close(): Promise<void>;
}

const connectionsMax = 500;
const targetLengthMax = 8_192;

/** Listens. Rejects with the system's error when the port is taken. */
export async function openSearchGateway(options: SearchGatewayOptions): Promise<SearchGateway> {
  const { host, port, policy, backend } = options;
  const server = createServer((request, response) => answer(policy, backend, request, response));
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: portOf(server, port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        backend.close();
      }),
  };
}

function answer(
  policy: GatewayPolicy,
  backend: Backend,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method = '', url: target = '' } = request;
  const path = pathOf(target);
  if (path === undefined) {
    sendError(response, 400, 'illegal_argument_exception', 'the path is not one');
    return;
  }
  if (policy.allows(method, path)) backend.handle({ method, path, target }, request, response);
  else sendForbidden(response);
}

/** The path as the engine will read it: what is checked must be what is asked. */
function pathOf(target: string): string | undefined {
  if (!target.startsWith('/') || target.length > targetLengthMax) return undefined;
  try {
    return decodeURIComponent(target.replace(/[?#].*$/s, ''));
  } catch {
    return undefined;
  }
}

function portOf(server: Server, asked: number): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : asked;
}
