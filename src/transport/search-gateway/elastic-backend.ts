/** Hands requests on to an Elasticsearch cluster, with our credentials and not the caller's. */
import { readFileSync } from 'node:fs';
import {
  Agent as HttpAgent,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream';
import type { ElasticConnection } from '../../stores/index.js';
import type { Backend, GatewayRequest } from './gateway.js';
import { DocumentMask, type MaskTest } from './mask.js';
import { sendError } from './respond.js';

/** Headers of one hop alone, and those that we set. */
const ownHeaders = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'host', 'authorization', 'cookie', 'expect', 'accept-encoding'],
]);

/** Answers that hold documents come as one of these when there is something to mask. */
const jsonType = /^application\/(?:vnd\.elasticsearch\+)?(?:json|x-ndjson)\b/;
/** Tables of `_cat` and words of the server, which hold none. */
const textType = /^text\/plain\b/;

export function elasticBackend(connection: ElasticConnection, mask: MaskTest | undefined): Backend {
  const nodes = connection.nodes.map((node) => new URL(node));
  const ca = connection.caFile === undefined ? undefined : readFileSync(connection.caFile, 'utf8');
  const agents = {
    'http:': new HttpAgent({ keepAlive: true }),
    'https:': new HttpsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) }),
  };
  const { user, password = '', requestTimeoutMs } = connection;
  const authorization =
    user === undefined ? undefined : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  let turn = 0;

  function handle(incoming: GatewayRequest, request: IncomingMessage, response: ServerResponse): void {
    const node = nodes[turn++ % nodes.length] as URL;
    const isTls = node.protocol === 'https:';
    const outgoing = (isTls ? httpsRequest : httpRequest)(node, {
      method: incoming.method,
      path: `${node.pathname.replace(/\/$/, '')}${incoming.target}`,
      agent: agents[isTls ? 'https:' : 'http:'],
      headers: headersFor(request, incoming, authorization, mask !== undefined),
      timeout: requestTimeoutMs,
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('Elasticsearch takes too long')));
    outgoing.once('error', () => {
      sendError(response, 502, 'bad_gateway', 'Elasticsearch does not answer');
    });
    outgoing.once('response', (answer) => passOn(answer, incoming, response, mask));
    response.once('close', () => outgoing.destroy());
    pipeline(request, outgoing, () => undefined);
  }

  return {
    handle,
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function headersFor(
  request: IncomingMessage,
  { path }: GatewayRequest,
  authorization: string | undefined,
  masked: boolean,
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !ownHeaders.has(name)) headers[name] = value;
  }
  const encodings = request.headers['accept-encoding'];
  if (masked) {
    headers['accept-encoding'] = 'identity';
    if (!path.startsWith('/_cat') && !String(headers.accept ?? '').includes('json')) {
      headers.accept = 'application/json';
    }
  } else if (encodings !== undefined) headers['accept-encoding'] = encodings;
  if (authorization !== undefined) headers.authorization = authorization;
  return headers;
}

function passOn(
  answer: IncomingMessage,
  { path, method }: GatewayRequest,
  response: ServerResponse,
  mask: MaskTest | undefined,
): void {
  const type = answer.headers['content-type'] ?? '';
  const isJson = jsonType.test(type);
  if (mask !== undefined && type !== '' && !isJson && !textType.test(type)) {
    answer.destroy();
    sendError(response, 406, 'not_acceptable', 'Only JSON can be masked: ask for it with format=json');
    return;
  }
  const masks = mask !== undefined && isJson && method !== 'HEAD';
  const headers = { ...answer.headers };
  for (const name of Object.keys(headers)) if (ownHeaders.has(name)) Reflect.deleteProperty(headers, name);
  if (masks) delete headers['content-length'];
  response.writeHead(answer.statusCode ?? 502, headers);
  // A broken stream closes the connection, by which the caller sees that the answer is not whole.
  const ended = (): void => undefined;
  if (!masks) pipeline(answer, response, ended);
  else {
    const isDocument = /\/_source(\/|$)/.test(path);
    pipeline(answer, new DocumentMask({ test: mask, isDocument }), response, ended);
  }
}
