/**
 * A server that keeps the workspace's contract (ARCHITECTURE.md section 5, the `ui` port) with one agent and
 * chats that the test plays: the project's own edge with its push, over an application in memory that lives
 * through restarts.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type {
  AgentChatView,
  AgentView,
  ChatEntry,
  EventResource,
  OfferView,
  WorkspaceMessage,
} from '../../../src/model/index.js';
import {
  createEdge,
  type Edge,
  type FallbackRequest,
  type FallbackResponse,
} from '../../../src/transport/edge/index.js';
import { type FakeVisit, sampleVisit } from './samples.js';

const pages = join(resolve(import.meta.dirname, '../../..'), 'dist/ui/workspace');
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

interface Failure {
  path: RegExp;
  status: number;
  headers: Record<string, string>;
  left: number;
}

export class FakeServer {
  agent: AgentView = {
    user: 'anna',
    name: 'Anna Schmidt',
    groups: ['web'],
    readiness: 'notReady',
    notReadyReason: null,
    capacity: 3,
  };
  readonly offers = new Map<string, OfferView>();
  readonly chats = new Map<string, AgentChatView>();
  readonly visits = new Map<string, FakeVisit>();
  /** Requests so far, as `METHOD /path body`. */
  readonly requests: string[] = [];
  readonly #failures: Failure[] = [];
  #edge: Edge | null = null;
  #port = 0;
  #loggedIn = false;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/workspace/`;
  }

  async start(): Promise<void> {
    const edge = createEdge({
      host: '127.0.0.1',
      port: this.#port,
      wire: 'node',
      mounts: [{ prefix: '/workspace/assets/', folder: join(pages, 'assets') }],
      fallback: (request) => Promise.resolve(this.#answer(request)),
      bayeux: {
        path: '/server/cometd',
        settings: { timeoutMs: 2_000, maxIntervalMs: 3_000 },
        policy: { maySubscribe: () => true, mayPublish: () => false },
        contextOf: () => (this.#loggedIn ? { identity: this.agent.user } : null),
      },
    });
    this.#port = await edge.listen();
    this.#edge = edge;
  }

  async stop(): Promise<void> {
    await this.#edge?.close();
    this.#edge = null;
  }

  /** The next `count` requests whose path matches fail with this status. */
  fail(path: RegExp, status: number, count = 1, headers: Record<string, string> = {}): void {
    this.#failures.push({ path, status, headers, left: count });
  }

  // What the test lets happen.

  expireSession(): void {
    this.#loggedIn = false;
  }

  ring(chatId: string, rule = 'Abandoned cart', ringMs = 30_000): void {
    const visitId = chatId.split('.')[0]!;
    const now = Date.now();
    const offer = { chatId, visitId, rule, offeredAt: now, expiresAt: now + ringMs };
    this.visits.set(visitId, sampleVisit(visitId, now));
    this.offers.set(chatId, offer);
    this.push({ kind: 'offer', offer });
  }

  ringNoAnswer(chatId: string): void {
    this.offers.delete(chatId);
    this.agent = { ...this.agent, readiness: 'notReady', notReadyReason: 'ringNoAnswer' };
    this.push({ kind: 'offerGone', chatId, reason: 'ringNoAnswer' });
    this.push({ kind: 'agent', agent: this.agent });
  }

  /** An open chat without the ringing before it. */
  open(chatId: string, entries: ChatEntry[] = []): AgentChatView {
    const visitId = chatId.split('.')[0]!;
    const now = Date.now();
    if (!this.visits.has(visitId)) this.visits.set(visitId, sampleVisit(visitId, now));
    const joined: ChatEntry = { offset: 0, at: now, kind: 'joined', by: 'agent', name: this.agent.name };
    const chat: AgentChatView = {
      chatId,
      visitId,
      state: 'active',
      startDate: now,
      entries: [joined, ...entries],
      typing: false,
    };
    this.chats.set(chatId, chat);
    this.push({ kind: 'chatOpened', chat: structuredClone(chat) });
    return chat;
  }

  say(chatId: string, text: string, by: 'visitor' | 'agent' = 'visitor', messageId?: string): number {
    const name = by === 'agent' ? { name: this.agent.name } : {};
    const id = messageId === undefined ? {} : { messageId };
    return this.#add(chatId, { kind: 'message', by, text, ...name, ...id });
  }

  type(chatId: string, typing: boolean): void {
    this.push({ kind: 'chatUpdated', chatId, state: 'active', entries: [], typing });
  }

  end(chatId: string, reason: 'visitorEnded' | 'agentEnded'): void {
    this.#chat(chatId).state = 'ended';
    this.#add(chatId, { kind: 'ended', by: 'system', reason });
  }

  happen(visitId: string, event: EventResource): void {
    this.visits.get(visitId)?.events.push(event);
    this.#edge?.publish(`/monitor/${visitId}`, { visitId, events: [event] });
  }

  push(message: WorkspaceMessage): void {
    this.#edge?.publish(`/workspace/${this.agent.user}`, message);
  }

  /** How many browsers listen to the agent's channel now. */
  get listening(): boolean {
    return this.#edge?.hasSubscribers(`/workspace/${this.agent.user}`) ?? false;
  }

  #chat(chatId: string): AgentChatView {
    const chat = this.chats.get(chatId);
    if (chat === undefined) throw new Error(`no chat ${chatId}`);
    return chat;
  }

  #add(chatId: string, entry: Omit<ChatEntry, 'offset' | 'at'>): number {
    const chat = this.#chat(chatId);
    const offset = chat.entries.length;
    chat.entries.push({ offset, at: Date.now(), ...entry });
    this.push({
      kind: 'chatUpdated',
      chatId,
      state: chat.state,
      entries: chat.entries.slice(-1),
      typing: false,
    });
    return offset;
  }

  #answer(request: FallbackRequest): FallbackResponse {
    const path = request.url.split('?')[0] ?? '';
    if (path === '/workspace/') return page();
    const text = request.body.toString('utf8');
    this.requests.push(`${request.method} ${path} ${text}`.trim());
    const failure = this.#failures.find((candidate) => candidate.left > 0 && candidate.path.test(path));
    if (failure !== undefined) {
      failure.left--;
      return json(
        failure.status,
        { error: 'TEST', message: 'failed by the test', requestId: 'req-42' },
        failure.headers,
      );
    }
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    if (path === '/workspace/api/login') return this.#logIn(body);
    if (!this.#loggedIn || !(request.headers.cookie ?? '').includes('BECKON_SESSION=yes')) {
      return json(401, { error: 'UNAUTHENTICATED', message: 'Log in first.' });
    }
    return this.#answerAgent(path, body);
  }

  #logIn({ user, password }: Record<string, unknown>): FallbackResponse {
    if (user !== this.agent.user || password !== 'secret') {
      return json(401, { error: 'UNAUTHENTICATED', message: 'The user name or the password is wrong.' });
    }
    this.#loggedIn = true;
    return json(
      200,
      { agent: this.agent },
      { 'set-cookie': 'BECKON_SESSION=yes; Path=/; HttpOnly; SameSite=Strict' },
    );
  }

  #answerAgent(path: string, body: Record<string, unknown>): FallbackResponse {
    const [, chatId = '', action = ''] = /^\/workspace\/api\/chats\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    if (chatId !== '') return this.#answerChat(decodeURIComponent(chatId), action, body);
    switch (path) {
      case '/workspace/api/state':
        return json(200, {
          agent: this.agent,
          offers: [...this.offers.values()],
          chats: [...this.chats.values()],
        });
      case '/workspace/api/logout':
        this.#loggedIn = false;
        return json(200, {});
      case '/workspace/api/readiness':
        this.agent = {
          ...this.agent,
          readiness: body.readiness as AgentView['readiness'],
          notReadyReason: null,
        };
        this.push({ kind: 'agent', agent: this.agent });
        return json(200, { agent: this.agent });
      default:
        return json(404, { error: 'NOT_FOUND', message: path });
    }
  }

  #answerChat(chatId: string, action: string, body: Record<string, unknown>): FallbackResponse {
    const gone = json(409, { error: 'CONFLICT', message: 'gone' });
    switch (action) {
      case 'accept':
      case 'decline':
        if (!this.offers.delete(chatId)) return gone;
        this.push({ kind: 'offerGone', chatId, reason: action === 'accept' ? 'accepted' : 'declined' });
        if (action === 'accept') this.open(chatId);
        return json(200, {});
      case 'end':
        this.end(chatId, 'agentEnded');
        return json(200, {});
      case 'messages': {
        const chat = this.#chat(chatId);
        if (chat.state === 'ended') return gone;
        const known = chat.entries.find((entry) => entry.messageId === body.messageId);
        const { text, messageId } = body as { text: string; messageId: string };
        return json(200, { offset: known?.offset ?? this.say(chatId, text, 'agent', messageId) });
      }
      case 'typing':
        return json(200, {});
      case 'visit':
        return json(200, this.visits.get(chatId.split('.')[0] ?? '') ?? null);
      default:
        return json(404, { error: 'NOT_FOUND', message: action });
    }
  }
}

/** The page and its policy; the files that it names are a mount's. */
function page(): FallbackResponse {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy };
  return { status: 200, headers, body: readFileSync(join(pages, 'index.html')) };
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): FallbackResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', date: new Date().toUTCString(), ...headers },
    body: JSON.stringify(body),
  };
}
