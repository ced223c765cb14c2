/** The door of events, with a stand-in behind it: what it refuses, what it hands on, when it answers. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ActorInput, Address } from '../../../src/actors/protocol/index.js';
import type { Done } from '../../../src/actors/runtime/index.js';
import { AppError, TokenBuckets } from '../../../src/base/index.js';
import { createCategoryMatcher } from '../../../src/categories/index.js';
import type { Routing } from '../../../src/cluster/index.js';
import { decodeEvents } from '../../../src/model/index.js';
import type { EdgeRequest } from '../../../src/transport/edge/index.js';
import { createBotFilter, createVisitBinding, eventsRoute } from '../../../src/transport/visitor/index.js';

interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers: Readonly<Record<string, string>> | undefined;
}

interface Sent {
  to: Address;
  input: ActorInput;
  done: Done;
}

function post(
  body: unknown,
  serving: Routing['serving'] = { ok: true },
  query: Record<string, string> = {},
  more: { headers?: Record<string, string>; rates?: TokenBuckets } = {},
): { answers: Answer[]; sent: Sent[] } {
  const answers: Answer[] = [];
  const sent: Sent[] = [];
  const routing = {
    serving,
    command: (to: Address, input: ActorInput, done: Done) => sent.push({ to, input, done }),
  } as unknown as Routing;
  const route = eventsRoute({
    routing,
    clock: { nowMs: () => 1_000_000, monotonicMs: () => 0 },
    matcher: () => matcher,
    binding,
    bots: createBotFilter(true, () => bots++),
    rates: more.rates,
    onRejected: () => undefined,
    onStable: () => undefined,
  });
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  route.handle(
    {
      body: Buffer.isBuffer(body) ? body : Buffer.from(text),
      query: (name: string) => query[name],
      header: (name: string) => more.headers?.[name],
      remoteAddress: '9.9.9.9',
    } as unknown as EdgeRequest,
    (status, answer, headers) => {
      answers.push({ status, body: JSON.parse(String(answer)) as Record<string, unknown>, headers });
    },
  );
  return { answers, sent };
}

let bots = 0;
const binding = createVisitBinding({
  key: Buffer.from('a key for tests'),
  isRequired: false,
  randomId: () => randomBytes(16).toString('hex').toUpperCase(),
});

const matcher = createCategoryMatcher([
  { name: 'Dear', tags: [{ name: 't', type: 'regex', expression: '^\\d{4}', dataField: 'price' }] },
]);

function event(visitID: string, eventID: string): object {
  return {
    eventType: 'BUSINESS',
    eventName: 'Click',
    eventID,
    pageID: 'P',
    visitID,
    globalVisitID: 'G',
    timestamp: 1,
    data: {},
  };
}

describe('POST /server/data/events', () => {
  it('says when to come back while the node does not serve', () => {
    const { answers, sent } = post([event('V', '1')], { ok: false, reason: 'The node is starting.' });
    expect(answers).toMatchObject([
      {
        status: 503,
        body: { error: 'NOT_READY', message: 'The node is starting.' },
        headers: { 'retry-after': '1' },
      },
    ]);
    expect(sent).toEqual([]);
  });

  it.each([
    ['{', 400],
    ['{"a":1}', 400],
    ['null', 400],
    [JSON.stringify(new Array(101).fill(0)), 413],
  ])('refuses %.20s with %i', (body, status) => {
    expect(post(body).answers[0]?.status).toBe(status);
  });

  it('answers only when every visit has its events for good', () => {
    const { answers, sent } = post([event('V', '1'), event('W', '2'), event('V', '3')]);
    expect(sent.map(({ to }) => to.id)).toEqual(['V', 'W']);
    sent[0]?.done({ ok: true, value: undefined });
    expect(answers).toEqual([]);
    sent[1]?.done({ ok: true, value: undefined });
    expect(answers).toMatchObject([{ status: 200, body: { accepted: ['1', '2', '3'], rejected: [] } }]);
  });

  it('acknowledges nothing when a visit refuses, so that the browser sends again', () => {
    const { answers, sent } = post([event('V', '1'), event('W', '2')]);
    sent[0]?.done({ ok: false, error: new AppError('OVERLOADED', 'Too many.') });
    sent[1]?.done({ ok: true, value: undefined });
    expect(answers).toMatchObject([{ status: 503, headers: { 'retry-after': '1' } }]);
  });

  it('adds the categories that look into the data of business events, before the events are encoded', () => {
    const start = { ...event('V', '3'), eventType: 'SYSTEM', eventName: 'VisitStarted' };
    const priced = [event('V', '1'), { ...event('V', '2'), category: 'Page' }, start].map((one) => ({
      ...one,
      data: { price: 1_500 },
    }));
    const { sent } = post(priced);
    const input = sent[0]?.input as Extract<ActorInput, { kind: 'receiveEvents' }>;
    expect(input.events.map(({ category }) => category)).toEqual(['Dear', 'Page;Dear', '']);
    expect(decodeEvents('V', input.bytes).map(({ category }) => category)).toEqual(['Dear', 'Page;Dear', '']);
  });

  it('answers an empty array at once', () => {
    expect(post([]).answers).toMatchObject([{ status: 200, body: { accepted: [], rejected: [] } }]);
  });

  it('refuses data that nests too deep, is too large, or has no finite numbers', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 20; level++) deep = { deep };
    const bad = [deep, { text: 'x'.repeat(20_000) }].map((data) => ({ ...event('V', '1'), data }));
    const text = JSON.stringify(bad).replace(
      /\]$/,
      `,${JSON.stringify(event('V', '2')).replace('{}', '{"n":1e999}')}]`,
    );
    const { answers } = post(text);
    const rejected = answers[0]?.body.rejected as { index: number; field: string }[];
    expect(rejected.map(({ index, field }) => [index, field])).toEqual([
      [0, 'data'],
      [1, 'data'],
      [2, 'data'],
    ]);
  });

  it('rejects events of a visit that is bound to another browser, and takes the others', () => {
    const asked = { query: () => 'cookie', header: () => undefined } as unknown as EdgeRequest;
    const { visitID, cookie = '' } = binding.mint(asked);
    const events = [event('V', '1'), 7, event(visitID, '2'), event('V', '3')];
    const stranger = post(events);
    expect(stranger.sent.map(({ to }) => to.id)).toEqual(['V']);
    stranger.sent[0]?.done({ ok: true, value: undefined });
    expect(stranger.answers[0]?.body).toMatchObject({
      accepted: ['1', '3'],
      rejected: [{ index: 1 }, { index: 2, field: 'visitID' }],
    });
    const owner = post(events, { ok: true }, {}, { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(owner.sent.map(({ to }) => to.id)).toEqual(['V', visitID]);
  });

  it('takes what crawlers send, counts them, and hands nothing on', () => {
    const before = bots;
    const agent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
    const { answers, sent } = post([event('V', '1')], { ok: true }, {}, { headers: { 'user-agent': agent } });
    expect(answers).toMatchObject([{ status: 200, body: { accepted: ['1'] } }]);
    expect(sent).toEqual([]);
    expect(bots).toBe(before + 1);
  });

  it('puts off a visit that sends too much', () => {
    const rates = new TokenBuckets({ perSecond: 1, burst: 5, keysMax: 10 });
    const send = (count: number): number | undefined =>
      post(
        Array.from({ length: count }, (_, index) => event('V', `${index}`)),
        { ok: true },
        {},
        { rates },
      ).answers[0]?.status;
    expect(send(5)).toBeUndefined();
    expect(send(1)).toBe(429);
  });

  it('refuses what is no UTF-8, and mends half characters', () => {
    const broken = Buffer.from(JSON.stringify([event('V', '1')]).replace('Click', 'Cl\u0001ck'));
    broken[broken.indexOf(1)] = 0xff;
    expect(post(broken).answers[0]?.status).toBe(400);
    const half = JSON.stringify([event('V', '1')]).replace('Click', 'a\\ud83d b\\ud83d\\ude00');
    const input = post(half).sent[0]?.input as Extract<ActorInput, { kind: 'receiveEvents' }>;
    expect(input.events[0]?.eventName).toBe('a\ufffd b\u{1f600}');
  });

  it('leaves every object as it was, whatever keys an event has', () => {
    const text = JSON.stringify([event('V', '1')]).replace(
      '"data":{}',
      '"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},' +
        '"__proto__":{"polluted":1}',
    );
    expect(post(text).sent).toHaveLength(1);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
