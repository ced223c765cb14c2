/**
 * The servers of the HTTP bench: a bare uWebSockets.js endpoint that parses JSON, and the edge doing the
 * same.
 */
import { createEdge } from '../../src/transport/edge/index.js';
import { loadNativeLibrary } from '../../src/transport/edge/wire/library.js';

const which = process.argv[2];
const echo = (body: Buffer): string =>
  JSON.stringify({ count: (JSON.parse(body.toString()) as unknown[]).length });

async function listenBare(): Promise<number> {
  const library = loadNativeLibrary();
  if (library === undefined)
    throw new Error('the bench compares with the native library, which does not load');
  return new Promise((resolve) => {
    library
      .App()
      .post('/server/data/events', (response) => {
        let body: Buffer | null = null;
        response.onAborted(() => (body = null));
        response.onData((chunk, isLast) => {
          const part = Buffer.from(new Uint8Array(chunk));
          body = body === null ? part : Buffer.concat([body, part]);
          if (isLast) response.writeHeader('content-type', 'application/json').end(echo(body));
        });
      })
      .listen('127.0.0.1', 0, (socket) => {
        if (socket !== false) resolve(library.us_socket_local_port(socket));
      });
  });
}

function listenEdge(): Promise<number> {
  const edge = createEdge({
    host: '127.0.0.1',
    port: 0,
    routes: [
      {
        method: 'POST',
        path: '/server/data/events',
        bodyBytesMax: 262_144,
        headers: ['cookie'],
        handle: (request, respond) => respond(200, echo(request.body)),
      },
    ],
  });
  return edge.listen();
}

const port = await (which === 'bare' ? listenBare() : listenEdge());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system });
});
process.send?.({ port });
