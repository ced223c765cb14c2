import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentReadiness, WorkspaceMessage, WorkspaceState } from '../../../src/model/index.js';
import { createHttp, HttpError } from '../../../src/ui/shared/http.js';
import type { ChannelListener, PushClient, PushListener } from '../../../src/ui/shared/push.js';
import {
  createWorkspaceApi,
  TypingSignal,
  typingTimes,
  type WorkspaceApi,
  WorkspaceSession,
} from '../../../src/ui/workspace/session/index.js';
import { agent, chat, message, offer, opened, snapshot, updated } from './desk-fixtures.js';

/** A push that the test plays. */
class PlayedPush implements PushClient {
  readonly channels = new Map<string, ChannelListener>();
  listener: PushListener | null = null;

  start(listener: PushListener): void {
    this.listener = listener;
  }
  stop(): void {
    this.listener = null;
  }
  subscribe(channel: string, listener: ChannelListener): () => void {
    this.channels.set(channel, listener);
    return () => this.channels.delete(channel);
  }
  push(pushed: WorkspaceMessage): void {
    this.channels.get('/workspace/anna')?.receive(pushed);
  }
  connect(): void {
    this.listener?.stateChanged('connected');
    for (const channel of [...this.channels.values()]) channel.caughtUp();
  }
}

/** A storage in memory. */
function memory() {
  const texts = new Map<string, string>();
  return {
    texts,
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  };
}

function build(state: WorkspaceState = snapshot(), storage = memory()) {
  const server = { state };
  const api = {
    login: vi.fn(async (_user: string, _password: string) => agent),
    logout: vi.fn(async () => undefined),
    state: vi.fn(async () => ({ state: structuredClone(server.state), serverTime: Date.now() })),
    setReadiness: vi.fn(async (readiness: AgentReadiness) => ({ ...agent, readiness })),
    answerOffer: vi.fn(async (_chatId: string, _answer: 'accept' | 'decline') => undefined),
    endChat: vi.fn(async (_chatId: string) => undefined),
    sendMessage: vi.fn(async (_chatId: string, _messageId: string, _text: string) => ({ offset: 1 })),
    tellTyping: vi.fn(async (_chatId: string, _typing: boolean) => undefined),
    visit: vi.fn(async () => Promise.reject(new HttpError(404, 'none'))),
  } satisfies WorkspaceApi;
  const push = new PlayedPush();
  let ids = 0;
  const session = new WorkspaceSession({
    api,
    push,
    storage,
    now: () => Date.now(),
    newId: () => `id-${++ids}`,
    visitChanged: () => undefined,
  });
  return { session, api, push, server, storage };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

async function start(parts: ReturnType<typeof build>): Promise<ReturnType<typeof build>> {
  parts.session.start();
  await settle();
  parts.push.connect();
  await settle();
  return parts;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a session', () => {
  it('opens with the cookie, listens to its own channel, and then reads the state again', async () => {
    const { session, api, push } = await start(build());
    expect(session.view().phase).toEqual({ kind: 'open' });
    expect([...push.channels.keys()]).toEqual(['/workspace/anna']);
    expect(api.state).toHaveBeenCalledTimes(2);
  });

  it('asks for the password without a cookie, and says when a session has run out', async () => {
    const parts = build();
    parts.api.state.mockRejectedValueOnce(new HttpError(401, 'no'));
    parts.session.start();
    await settle();
    expect(parts.session.view().phase).toEqual({ kind: 'signedOut', expired: false });
    await parts.session.login('anna', 'secret');
    await settle();
    parts.api.setReadiness.mockRejectedValueOnce(new HttpError(401, 'no'));
    await parts.session.setReadiness('ready');
    expect(parts.session.view().phase).toEqual({ kind: 'signedOut', expired: true });
    expect(parts.session.view().desk.agent).toBeNull();
    expect(parts.push.listener).toBeNull();
  });

  it('reads the state again and again after a failure, ever more slowly', async () => {
    const { session, api } = await start(build());
    api.state.mockRejectedValueOnce(new HttpError(503, 'x')).mockRejectedValueOnce(new HttpError(0, 'x'));
    const before = api.state.mock.calls.length;
    session.refresh();
    await settle();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(api.state).toHaveBeenCalledTimes(before + 2);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(api.state).toHaveBeenCalledTimes(before + 2);
    await vi.advanceTimersByTimeAsync(1);
    expect(api.state).toHaveBeenCalledTimes(before + 3);
    expect(session.view().desk.sync).toBeNull();
  });

  it('watches the visits of open chats only', async () => {
    const { push, session } = await start(build(snapshot({ chats: [chat('a', [])] })));
    expect(push.channels.has('/monitor/visit-a')).toBe(true);
    push.push(opened(chat('b', [])));
    expect(push.channels.has('/monitor/visit-b')).toBe(true);
    push.push(updated('a', [], 'ended'));
    expect(push.channels.has('/monitor/visit-a')).toBe(false);
    session.closeChat('a');
    expect(Object.keys(session.view().desk.chats)).toEqual(['b']);
  });

  it('fills a gap with a read', async () => {
    const { push, session, server } = await start(build(snapshot({ chats: [chat('a', [message(0)])] })));
    push.push(updated('a', [message(2)]));
    expect(session.view().desk.stale).toBe(true);
    server.state = snapshot({ chats: [chat('a', [message(0), message(1), message(2)])] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(session.view().desk.chats.a?.entries).toHaveLength(3);
    expect(session.view().desk.stale).toBe(false);
  });

  it('asks about an offer whose time is over', async () => {
    const now = Date.now();
    const { session, server } = await start(
      build(snapshot({ offers: [{ ...offer('a'), offeredAt: now, expiresAt: now + 5_000 }] })),
    );
    server.state = snapshot();
    await vi.advanceTimersByTimeAsync(7_900);
    expect(Object.keys(session.view().desk.offers)).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(200);
    expect(session.view().desk.offers).toEqual({});
  });

  it('passes over messages of an unknown kind or a broken shape', async () => {
    const { push, session } = await start(build());
    const before = session.view().desk;
    for (const junk of [
      null,
      1,
      [],
      {},
      { kind: 'news' },
      { kind: 'offer' },
      { kind: 'chatOpened', chat: { chatId: 1 } },
    ]) {
      push.push(junk as WorkspaceMessage);
    }
    expect(session.view().desk).toBe(before);
  });

  it('lets typing lapse when its end is lost', async () => {
    const { push, session } = await start(build(snapshot({ chats: [chat('a', [])] })));
    push.push({ kind: 'chatUpdated', chatId: 'a', state: 'active', entries: [], typing: true });
    expect(session.view().desk.chats.a?.typing).toBe(true);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(session.view().desk.chats.a?.typing).toBe(false);
  });
});

describe('an offer', () => {
  it('is answered once, and gone when the server says so', async () => {
    const { session, api } = await start(build(snapshot({ offers: [offer('a')] })));
    api.answerOffer.mockRejectedValueOnce(new HttpError(409, 'gone'));
    const both = await Promise.all([session.answerOffer('a', 'accept'), session.answerOffer('a', 'accept')]);
    expect(both).toEqual([false, false]);
    expect(api.answerOffer).toHaveBeenCalledTimes(1);
    expect(session.view().notice?.kind).toBe('offerGone');
    expect(session.view().desk.offers).toEqual({});
  });

  it('rings on when the answer did not arrive', async () => {
    const { session, api } = await start(build(snapshot({ offers: [offer('a')] })));
    api.answerOffer.mockRejectedValueOnce(new HttpError(0, 'lost'));
    expect(await session.answerOffer('a', 'decline')).toBe(false);
    expect(session.view().notice?.kind).toBe('offerFailed');
    expect(Object.keys(session.view().desk.offers)).toEqual(['a']);
  });
});

describe('a message', () => {
  const open = snapshot({ chats: [chat('a', [])] });

  it('is repeated with the same id until it is acknowledged, the next one waiting for it', async () => {
    const { session, api, push } = await start(build(open));
    api.sendMessage
      .mockRejectedValueOnce(new HttpError(0, 'lost'))
      .mockRejectedValueOnce(new HttpError(503, 'busy'));
    session.sendMessage('a', 'one');
    session.sendMessage('a', 'two');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(api.sendMessage.mock.calls.map(([, id]) => id)).toEqual(['id-1', 'id-1', 'id-1', 'id-2']);
    push.push(updated('a', [message(0, 'agent', 'id-1'), message(1, 'agent', 'id-2')]));
    expect(session.view().desk.chats.a?.outbox).toEqual([]);
  });

  it('that is not acknowledged outlives the page, but not a log-out', async () => {
    const storage = memory();
    const first = await start(build(open, storage));
    first.api.sendMessage.mockImplementation(async () => new Promise(() => undefined));
    first.session.sendMessage('a', 'keep me');
    const second = await start(build(open, storage));
    expect(second.api.sendMessage).toHaveBeenCalledWith('a', 'id-1', 'keep me');
    await first.session.logout();
    expect([...storage.texts.keys()]).toEqual([]);
  });

  it('goes also where storage is switched off', async () => {
    const broken = () => {
      throw new Error('off');
    };
    const storage = { ...memory(), getItem: broken, setItem: broken, removeItem: broken };
    const { session, api } = await start(build(open, storage));
    session.sendMessage('a', 'one');
    await settle();
    expect(api.sendMessage).toHaveBeenCalledTimes(1);
  });
});

describe('the typing signal', () => {
  it('tells seldom while typing goes on, and once when it stops', async () => {
    const told: boolean[] = [];
    const signal = new TypingSignal((_chatId, typing) => told.push(typing));
    for (let key = 0; key < 40; key++) {
      signal.typed('a', Date.now());
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(told).toEqual([true, true]);
    await vi.advanceTimersByTimeAsync(typingTimes.idleMs);
    expect(told).toEqual([true, true, false]);
    signal.paused('a');
    signal.typed('a', Date.now());
    signal.sent('a');
    await vi.advanceTimersByTimeAsync(typingTimes.idleMs);
    expect(told).toEqual([true, true, false, true]);
  });
});

describe('requests', () => {
  const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    vi.fn(async () => new Response(JSON.stringify(body), { status, headers }));

  it('carry JSON, and escape what stands in the path', async () => {
    const fetcher = answer(200, { offset: 4 });
    const api = createWorkspaceApi(createHttp(fetcher));
    expect(await api.sendMessage('a/../b', 'm', 'hello')).toEqual({ offset: 4 });
    const [path, init] = fetcher.mock.calls[0] as unknown as [string, object];
    expect(path).toBe('/workspace/api/chats/a%2F..%2Fb/messages');
    expect(init).toMatchObject({
      method: 'POST',
      body: '{"messageId":"m","text":"hello"}',
      credentials: 'same-origin',
    });
  });

  it('that are refused tell status, request id and how long to wait', async () => {
    const fetcher = answer(429, { message: 'slow down', requestId: 'r1' }, { 'Retry-After': '30' });
    const http = createHttp(fetcher);
    await expect(http('POST', '/x', {})).rejects.toMatchObject({
      status: 429,
      requestId: 'r1',
      retryAfterMs: 30_000,
      passing: true,
    });
  });

  it('that get no answer, or one of an unknown shape, fail as such', async () => {
    const lost = createHttp(async () => Promise.reject(new TypeError('down')));
    await expect(lost('GET', '/x')).rejects.toMatchObject({ status: 0, passing: true });
    const strange = createWorkspaceApi(createHttp(answer(200, { agent: 'anna' })));
    await expect(strange.state()).rejects.toBeInstanceOf(HttpError);
  });
});
