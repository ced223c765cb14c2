/**
 * The sample site on a port of its own, with the server's doors played by the test: the history, the rules,
 * a Bayeux endpoint for long-polling, and a tracker that only writes down what the site told it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, resolve } from 'node:path';
import { contentSecurityPolicy } from '../../../apps/playground/pages/layout.mjs';
import type { EventResource } from '../../../src/model/index.js';

const root = resolve(import.meta.dirname, '../../..');

/** Longest matching prefix first, as the edge serves them. */
const mounts: readonly (readonly [prefix: string, folder: string])[] = [
  ['/playground/panel/', join(root, 'dist/playground')],
  ['/playground/', join(root, 'apps/playground/site')],
  ['/server/resources/js/build/', join(root, 'dist/tracker')],
  ['/server/resources/', join(root, 'apps/playground/resources')],
];

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.xml': 'text/xml; charset=utf-8',
  '.map': 'application/json',
};

/** Writes down every command in the tab's storage, and answers `getIDs`. */
const recordingTracker = `
(function () {
  var match = /_gt_visit=(\\w+)/.exec(document.cookie);
  var visitID = match ? match[1] : 'VISIT' + (Number(sessionStorage.getItem('visits') || 0) + 1);
  if (!match) sessionStorage.setItem('visits', Number(sessionStorage.getItem('visits') || 0) + 1);
  document.cookie = '_gt_visit=' + visitID + '; Path=/';
  function run(command) {
    if (command[0] === 'getIDs') {
      command[1]({ visitID: visitID, pageID: 'PAGE1', globalVisitID: 'GLOBAL1' });
      return;
    }
    var calls = JSON.parse(sessionStorage.getItem('calls') || '[]');
    calls.push(command);
    sessionStorage.setItem('calls', JSON.stringify(calls));
  }
  var early = window._gt;
  window._gt = { push: run };
  early.forEach(run);
})();`;

export interface SampleServer {
  /** Base URL without a slash at the end. */
  url: string;
  /** What `GET …/events` answers, and what is pushed when it grows by `push`. */
  events: EventResource[];
  /** What `GET …/rules` answers. */
  rules: unknown;
  /** What `GET /server/about` answers. */
  about: unknown;
  /** The tracker that the pages load. */
  trackerScript: string;
  /** Events of `POST /server/data/events`, each once. */
  received: Record<string, unknown>[];
  /** Sends events to whoever is subscribed, as the server does after it has stored them. */
  push(events: readonly EventResource[]): void;
  /** While false every door of the server answers 503 and waiting polls end so. */
  isUp: boolean;
  cutPolls(): void;
  subscriptions(): string[];
  close(): Promise<void>;
}

interface BayeuxMessage {
  channel: string;
  id?: string;
  clientId?: string;
  subscription?: string;
}

/** The server's half of long-polling, for as many clients as come. */
function createBayeux(): {
  answer(messages: BayeuxMessage[], response: ServerResponse): void;
  publish(channel: string, data: unknown): void;
  cut(): void;
  channels(): string[];
} {
  interface Client {
    channels: Set<string>;
    queue: unknown[];
    waiting: { response: ServerResponse; reply: unknown } | undefined;
    hasConnected: boolean;
  }
  const clients = new Map<string, Client>();

  function flush(client: Client): void {
    if (client.waiting === undefined) return;
    const { response, reply } = client.waiting;
    client.waiting = undefined;
    sendJson(response, 200, [...client.queue.splice(0), reply]);
  }

  function replyTo(message: BayeuxMessage): Record<string, unknown> {
    const { channel, id } = message;
    const reply = { channel, id, successful: true, clientId: message.clientId };
    const client = clients.get(message.clientId ?? '');
    if (channel === '/meta/handshake') {
      const clientId = `client${clients.size + 1}`;
      clients.set(clientId, { channels: new Set(), queue: [], waiting: undefined, hasConnected: false });
      return { ...reply, clientId, version: '1.0', supportedConnectionTypes: ['long-polling'] };
    }
    if (client === undefined) {
      return {
        ...reply,
        successful: false,
        error: '402::Unknown client',
        advice: { reconnect: 'handshake' },
      };
    }
    if (channel === '/meta/subscribe') client.channels.add(String(message.subscription));
    return { ...reply, subscription: message.subscription };
  }

  return {
    answer(messages, response) {
      const replies = messages.map(replyTo);
      const connect = messages.find((message) => message.channel === '/meta/connect');
      const client = clients.get(connect?.clientId ?? '');
      if (client?.hasConnected !== true) {
        if (client !== undefined) client.hasConnected = true;
        sendJson(response, 200, replies);
        return;
      }
      client.waiting = { response, reply: replies[0] };
      if (client.queue.length > 0) flush(client);
    },
    publish(channel, data) {
      for (const client of clients.values()) {
        if (!client.channels.has(channel)) continue;
        client.queue.push({ channel, data });
        flush(client);
      }
    },
    cut() {
      for (const client of clients.values()) {
        client.waiting?.response.destroy();
        client.waiting = undefined;
      }
      clients.clear();
    },
    channels: () => [...clients.values()].flatMap((client) => [...client.channels]),
  };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendFile(path: string, response: ServerResponse): void {
  const mount = mounts.find(([prefix]) => path.startsWith(prefix));
  const rest = mount === undefined ? '' : normalize(`/${path.slice(mount[0].length)}`);
  const file = mount === undefined ? '' : join(mount[1], rest.endsWith('/') ? `${rest}index.html` : rest);
  if (file === '' || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const type = types[extname(file)] ?? 'application/octet-stream';
  response
    .writeHead(200, { 'content-type': type, 'content-security-policy': contentSecurityPolicy })
    .end(readFileSync(file));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || '[]');
}

export async function startSampleServer(): Promise<SampleServer> {
  const bayeux = createBayeux();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://sample');
    const isDoor = pathname.startsWith('/server/') && !pathname.startsWith('/server/resources/');
    if (isDoor && !sample.isUp) sendJson(response, 503, { message: 'not ready' });
    else if (pathname.startsWith('/server/cometd')) {
      bayeux.answer((await bodyOf(request)) as BayeuxMessage[], response);
    } else if (pathname === '/server/data/events') {
      const events = (await bodyOf(request)) as Record<string, unknown>[];
      // The tracker sends again what a page could not wait to see acknowledged; the id tells.
      const known = new Set(sample.received.map((event) => event.eventID));
      sample.received.push(...events.filter((event) => !known.has(event.eventID)));
      sendJson(response, 200, { accepted: events.map((event) => event.eventID), rejected: [] });
    } else if (pathname === '/server/data/categories') {
      const [visitID, globalVisitID] = ['VISIT1', 'GLOBAL1'];
      const categories = ['PlayGround-Test'];
      sendJson(response, 200, {
        visitID,
        globalVisitID,
        newVisit: false,
        categories,
        serverTime: Date.now(),
      });
    } else if (/^\/server\/data\/visits\/\w+\/events$/.test(pathname)) sendJson(response, 200, sample.events);
    else if (/^\/server\/data\/visits\/\w+\/rules$/.test(pathname)) sendJson(response, 200, sample.rules);
    else if (pathname === '/server/about') sendJson(response, 200, sample.about);
    else if (pathname === '/server/resources/js/build/GTC.min.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(sample.trackerScript);
    } else sendFile(pathname, response);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.destroy(error as Error);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const sample: SampleServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events: [],
    rules: [],
    about: {},
    trackerScript: recordingTracker,
    received: [],
    isUp: true,
    push(events) {
      sample.events = [...sample.events, ...events];
      const [first] = events;
      bayeux.publish(`/monitor/${first?.visitId ?? ''}`, { visitId: first?.visitId, events });
    },
    cutPolls: bayeux.cut,
    subscriptions: bayeux.channels,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return sample;
}
