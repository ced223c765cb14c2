/**
 * Large answers of the search API pass while they come: the server here sends the rest of its answer only
 * when the caller has the beginning.
 */
import { createServer, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import {
  elasticBackend,
  type MaskTest,
  openSearchGateway,
  type SearchGateway,
} from '../../../../src/transport/search-gateway/index.js';

const passwords: MaskTest = (path) => path.length === 1 && path[0] === 'password';
const hit = (password: string): string => `{"_index":"i","_source":{"password":${password},"a":1}}`;
const half = (password: string): string => Array.from({ length: 2_000 }, () => hit(password)).join(',');

let server: Server | undefined;
let gateway: SearchGateway | undefined;

afterEach(async () => {
  await gateway?.close();
  server?.closeAllConnections();
  server?.close();
});

it.each([
  ['as they are', undefined, '"secret"'],
  ['with what is masked', passwords, '"*****"'],
])('pass %s', { timeout: 20_000 }, async (_how, mask, password) => {
  let seen: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (seen = resolve));
  server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(`{"hits":{"hits":[${half('"secret"')},`);
    void begun.then(() => response.end(`${half('"secret"')}]}}`));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const connection = { nodes: [`http://127.0.0.1:${port}`], requestTimeoutMs: 10_000 };
  gateway = await openSearchGateway({
    host: '127.0.0.1',
    port: 0,
    policy: { allows: () => true, mask },
    backend: elasticBackend(connection, mask),
  });
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/i/_search`);
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    seen();
  }
  expect(text).toBe(`{"hits":{"hits":[${half(password)},${half(password)}]}}`);
});
