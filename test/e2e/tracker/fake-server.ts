/**
 * A server that keeps the tracker's side of the contract (ARCHITECTURE.md section 5), and can be told to
 * misbehave.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type {
  ChatEntry,
  ChatState,
  EngagementState,
  InvitationData,
  VisitorEvent,
} from '../../../src/model/index.js';
import { createFakeBayeux, type FakeBayeux } from './fake-bayeux.js';

export interface FakeChat {
  chatId: string;
  state: ChatState;
  agentName: string | null;
  entries: ChatEntry[];
  typing: boolean;
}

export interface FakeServer {
  url: string;
  bayeux: FakeBayeux;
  /** Pages by path. */
  pages: Map<string, string>;
  /** Headers of every page. */
  pageHeaders: Record<string, string>;
  dsl: string;
  categories: string[];
  /** Accepted events, each once, in the order of arrival. */
  events: VisitorEvent[];
  /** All that was posted, repeats included. */
  posted: VisitorEvent[][];
  requests: string[];
  dispositions: string[];
  typing: boolean[];
  chats: Map<string, FakeChat>;
  /** Answers `POST /server/data/events` and chat messages with 503 as long as it is true. */
  isUnwell: boolean;
  refusesSockets: boolean;
  /** The next category request begins a new visit. */
  expireVisit(): void;
  visitID(): string;
  invite(changes?: Partial<InvitationData>, page?: string): void;
  push(channel: string, data: unknown, page?: string | null): void;
  addEntry(chatId: string, entry: Omit<ChatEntry, 'offset' | 'at'>, isPushed?: boolean): void;
  pushChat(chatId: string, changes: Partial<FakeChat>): void;
  close(): Promise<void>;
}

const bundles = new URL('../../../dist/tracker/', import.meta.url);

export const snippet = `<script>
var _gt = window._gt || [];
_gt.push(['config', { dslResource: '/server/resources/dsl/domain-model.xml', httpEndpoint: location.origin,
  debug: true, languageCode: 'en-US' }]);
</script>`;

export function pageHtml(title: string, body = '', head = snippet): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title><link rel="icon" href="data:,">
${head}
<script id="_gt" async src="/server/resources/js/build/GTC.min.js"></script></head>
<body><main><h1>${title}</h1>${body}</main></body></html>`;
}

export async function startFakeServer(): Promise<FakeServer> {
  let visits = 0;
  let visitID = '';
  let isExpired = false;
  const sockets = new Set<Socket>();
  const seen = new Set<string>();

  function json(
    response: ServerResponse,
    status: number,
    body: unknown,
    headers: Record<string, string> = {},
  ): void {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }

  function receiveEvents(body: unknown, response: ServerResponse): void {
    if (fake.isUnwell) {
      json(response, 503, {}, { 'retry-after': '1' });
      return;
    }
    const batch = body as VisitorEvent[];
    fake.posted.push(batch);
    const rejected: { index: number; field: string; message: string }[] = [];
    batch.forEach((event, index) => {
      if (event.eventName === 'RejectMe')
        rejected.push({ index, field: 'eventName', message: 'not this one' });
      else if (!seen.has(event.eventID)) fake.events.push(event);
      seen.add(event.eventID);
    });
    const accepted = batch
      .map(({ eventID }) => eventID)
      .filter((_, index) => !rejected.some((r) => r.index === index));
    json(response, 200, { accepted, rejected });
  }

  function answerCategories(query: URLSearchParams, response: ServerResponse): void {
    const asked = query.get('visitID');
    const newVisit = asked === null || isExpired;
    isExpired = false;
    visitID = newVisit ? `V${String(++visits)}` : asked;
    const globalVisitID = query.get('globalVisitID') ?? 'G1';
    json(response, 200, {
      visitID,
      globalVisitID,
      newVisit,
      categories: fake.categories,
      serverTime: Date.now(),
    });
  }

  function answerDisposition(query: URLSearchParams, response: ServerResponse): void {
    const code = query.get('code') ?? '';
    const engagementID = query.get('engagementID') ?? '';
    fake.dispositions.push(`${engagementID} ${code}`);
    if (fake.isUnwell) {
      json(response, 503, {});
      return;
    }
    let state: EngagementState = 'ENGAGED';
    let chatId: string | null = null;
    if (code === 'accept') {
      state = 'ACCEPTED';
      chatId = engagementID;
      if (!fake.chats.has(chatId)) {
        fake.chats.set(chatId, { chatId, state: 'waiting', agentName: null, entries: [], typing: false });
        fake.push('gpe.openChat', { chatId });
      }
    }
    json(response, 200, { state, chatId });
  }

  function answerChat(path: string, query: URLSearchParams, body: unknown, response: ServerResponse): void {
    const [chatId = '', action] = path.split('/');
    const chat = fake.chats.get(chatId);
    if (chat === undefined) {
      json(response, 404, { error: 'notFound' });
    } else if (action === undefined) {
      const entries = chat.entries.slice(Number(query.get('since') ?? 0));
      json(response, 200, { ...chat, entries });
    } else if (action === 'messages') {
      const { messageId, text } = body as { messageId: string; text: string };
      if (fake.isUnwell) json(response, 503, {});
      else if (chat.state === 'ended' || text === 'refuse me') json(response, 409, {});
      else {
        const known = chat.entries.find((entry) => entry.messageId === messageId);
        if (known === undefined) fake.addEntry(chatId, { kind: 'message', by: 'visitor', messageId, text });
        json(response, 200, { offset: known?.offset ?? chat.entries.length - 1 });
      }
    } else if (action === 'typing') {
      fake.typing.push((body as { typing: boolean }).typing);
      json(response, 200, {});
    } else if (action === 'end') {
      chat.state = 'ended';
      fake.addEntry(chatId, { kind: 'ended', by: 'system', reason: 'visitorEnded' });
      json(response, 200, {});
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const path = url.pathname;
    const { origin } = request.headers;
    // A page in a sandbox has an origin of its own.
    if (origin !== undefined && origin !== fake.url) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-allow-credentials', 'true');
      response.setHeader('access-control-allow-headers', 'content-type');
    }
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    fake.requests.push(`${request.method ?? ''} ${path}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    if (path === '/server/data/events') receiveEvents(body, response);
    else if (path === '/server/data/categories') answerCategories(url.searchParams, response);
    else if (path === '/server/data/notification/disposition') answerDisposition(url.searchParams, response);
    else if (path.startsWith('/server/data/chat/'))
      answerChat(path.slice(18), url.searchParams, body, response);
    else if (path.startsWith('/server/cometd')) await fake.bayeux.answerPost(body, request, response);
    else if (path.endsWith('domain-model.xml'))
      response.writeHead(200, { 'content-type': 'text/xml' }).end(fake.dsl);
    else if (path.startsWith('/server/resources/js/build/')) {
      const script = await readFile(new URL(path.slice(27), bundles));
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    } else {
      const page = fake.pages.get(path);
      const headers = { 'content-type': 'text/html', ...fake.pageHeaders };
      response.writeHead(page === undefined ? 404 : 200, headers).end(page ?? 'not found');
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (fake.refusesSockets) socket.destroy();
    else webSockets.handleUpgrade(request, socket, head, (webSocket) => fake.bayeux.addSocket(webSocket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const fake: FakeServer = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    bayeux: createFakeBayeux(),
    pages: new Map([
      ['/', pageHtml('Home', '<a id="next" href="/second">next</a>')],
      ['/second', pageHtml('Second', '<a id="home" href="/">home</a>')],
    ]),
    pageHeaders: {},
    dsl: '<properties><events></events></properties>',
    categories: ['tea', 'cups'],
    events: [],
    posted: [],
    requests: [],
    dispositions: [],
    typing: [],
    chats: new Map(),
    isUnwell: false,
    refusesSockets: false,
    expireVisit() {
      isExpired = true;
    },
    visitID: () => visitID,
    invite(changes = {}, page) {
      const invitation: InvitationData = {
        engagementID: `${visitID}.1`,
        title: 'Can we help?',
        text: 'An agent is free now and can answer your questions about tea.',
        acceptLabel: 'Chat now',
        rejectLabel: 'No, thanks',
        expiresAt: Date.now() + 30_000,
        remainingMs: 30_000,
        ...changes,
      };
      fake.push('gpe.invite', invitation, page);
    },
    push(channel, data, page = null) {
      fake.bayeux.publish(`/notification/${visitID}`, [{ page, channel, data }]);
    },
    addEntry(chatId, entry, isPushed = true) {
      const chat = fake.chats.get(chatId)!;
      const added: ChatEntry = { offset: chat.entries.length, at: Date.now(), ...entry };
      chat.entries.push(added);
      const { state, agentName } = chat;
      if (isPushed) fake.push('gpe.chat', { chatId, state, agentName, entries: [added] });
    },
    pushChat(chatId, changes) {
      const chat = Object.assign(fake.chats.get(chatId)!, changes);
      fake.push('gpe.chat', {
        ...chat,
        entries: [],
        ...(changes.typing === undefined && { typing: undefined }),
      });
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}
