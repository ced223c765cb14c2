/** How an errand finds the node that serves its visit, and that it ends in time wherever it is sent. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../src/base/index.js';
import {
  createErrands,
  type Errand,
  type ErrandEnd,
  type Errands,
} from '../../../../src/cluster/node/errands.js';
import { createPlacement, type Placement } from '../../../../src/cluster/node/placement.js';
import type { CommandEnd, CommandFrame, Peers } from '../../../../src/transport/peers/index.js';

const leftMs = 10_000;
const heldMax = 3;
const bytes = new Uint8Array();

/** What a peer does with a command. */
type Peer = (frame: Omit<CommandFrame, 'id'>) => CommandEnd;

const value: CommandEnd = { kind: 'reply', reply: { id: 0, outcome: 'value', value: bytes } };
const moved = (to: string): CommandEnd => ({ kind: 'reply', reply: { id: 0, outcome: 'moved', moved: to } });
const refusal = (code: string): CommandEnd => ({
  kind: 'reply',
  reply: { id: 0, outcome: 'failure', failure: { code, message: 'No.', field: '' } },
});

describe('an errand', () => {
  let placement: Placement;
  let peers: Record<string, Peer>;
  let sent: { to: string; leftMs: number; atMs: number }[];
  let errands: Errands;

  beforeEach(() => {
    vi.useFakeTimers();
    placement = createPlacement(4);
    peers = {};
    sent = [];
    const command: Peers['command'] = (to, frame, done) => {
      sent.push({ to, leftMs: frame.leftMs, atMs: Date.now() - startMs });
      // As over a socket: the reply is there a moment later.
      setTimeout(() => done(peers[to]?.(frame) ?? { kind: 'unsent' }), 1);
    };
    const startMs = Date.now();
    errands = createErrands({
      self: 'a',
      peers: () => ({ command }) as Peers,
      placement,
      clock: { nowMs: () => Date.now(), monotonicMs: () => Date.now() - startMs },
      heldMax,
      leftMs,
      decode: () => 'done there',
    });
  });

  afterEach(() => {
    errands.close();
    vi.useRealTimers();
  });

  function run(more: Partial<Errand> = {}): { ends: ErrandEnd[]; atMs: () => number } {
    const ends: ErrandEnd[] = [];
    const startMs = Date.now();
    let endMs = Number.NaN;
    errands.run({
      partition: 1,
      frame: () => ({ what: 'deliver', deliver: bytes, cell: 'visit/1' }),
      here: (done) => done({ ok: true, value: 'done here' }),
      repeatable: true,
      done(end) {
        ends.push(end);
        endMs = Date.now() - startMs;
      },
      ...more,
    });
    return { ends, atMs: () => endMs };
  }

  const served = (server: string | null): void => placement.learn([{ partition: 1, server }]);
  const codeOf = (end: ErrandEnd | undefined): string | undefined =>
    end?.ok === false ? end.error.code : undefined;

  it('is done here when this node serves the visit', () => {
    served('a');
    expect(run().ends).toEqual([{ ok: true, value: 'done here' }]);
    expect(sent).toEqual([]);
  });

  it('goes to another node once, with the time it has, and says who did it', () => {
    served('b');
    peers = { b: () => value };
    const { ends } = run();
    vi.advanceTimersByTime(1);
    expect(ends).toEqual([{ ok: true, value: 'done there', servedBy: 'b' }]);
    expect(sent).toEqual([{ to: 'b', leftMs, atMs: 0 }]);
  });

  it('follows a peer that knows better', () => {
    served('b');
    peers = { b: () => moved('c'), c: () => value };
    const { ends } = run();
    vi.advanceTimersByTime(2);
    expect(ends).toEqual([{ ok: true, value: 'done there', servedBy: 'c' }]);
    expect(sent.map(({ to }) => to)).toEqual(['b', 'c']);
  });

  it('does not spin when peers name each other, and ends with its time', () => {
    served('b');
    peers = { b: () => moved('c'), c: () => moved('b') };
    const { ends, atMs } = run();
    vi.advanceTimersByTime(leftMs + 100);
    expect(codeOf(ends[0])).toBe('NOT_READY');
    expect(ends).toHaveLength(1);
    expect(atMs()).toBeLessThanOrEqual(leftMs + 60);
    // Three hints, then a pause, and so on: not thousands of messages.
    expect(sent.length).toBeLessThan((3 * leftMs) / 50 + 4);
    for (const { leftMs: left, atMs: at } of sent) expect(left).toBe(leftMs - at);
  });

  it('comes back to itself when a peer calls it the server and it is not', () => {
    served('b');
    peers = { b: () => moved('a') };
    const notReady = { ok: false as const, error: new AppError('NOT_READY', 'Not here.') };
    const { ends, atMs } = run({ here: (done) => done(notReady) });
    vi.advanceTimersByTime(leftMs + 100);
    expect(codeOf(ends[0])).toBe('NOT_READY');
    expect(atMs()).toBeLessThanOrEqual(leftMs + 60);
  });

  it('waits for a server, and goes there at once when there is one', () => {
    const { ends } = run();
    vi.advanceTimersByTime(700);
    expect(ends).toEqual([]);
    expect(errands.held).toBe(1);
    peers = { c: () => value };
    served('c');
    errands.retry();
    vi.advanceTimersByTime(1);
    expect(ends).toEqual([{ ok: true, value: 'done there', servedBy: 'c' }]);
    expect(sent[0]?.leftMs).toBe(leftMs - 700);
  });

  it('is given again only when doing it twice is doing it once', () => {
    served('b');
    peers = { b: () => ({ kind: 'unreachable' }) };
    const once = run({ repeatable: false });
    const again = run();
    vi.advanceTimersByTime(30);
    expect(codeOf(once.ends[0])).toBe('NOT_READY');
    expect(again.ends).toEqual([]);
    peers = { b: () => value };
    vi.advanceTimersByTime(100);
    expect(again.ends).toEqual([{ ok: true, value: 'done there', servedBy: 'b' }]);
    expect(errands.dropped).toBe(1);
  });

  it('tells what its visit refuses, and asks no second time', () => {
    served('b');
    peers = { b: () => refusal('CONFLICT') };
    const { ends } = run();
    vi.advanceTimersByTime(200);
    expect(ends.map(codeOf)).toEqual(['CONFLICT']);
    expect(sent).toHaveLength(1);
  });

  it('is refused when too many wait, or the way is full', () => {
    const waiting = Array.from({ length: heldMax }, () => run());
    expect(codeOf(run().ends[0])).toBe('OVERLOADED');
    expect(waiting.every(({ ends }) => ends.length === 0)).toBe(true);
    errands.close();
    expect(waiting.map(({ ends }) => codeOf(ends[0]))).toEqual(['NOT_READY', 'NOT_READY', 'NOT_READY']);
  });

  it('ends once and in time, whatever the peers say and whoever serves', () => {
    const names = ['a', 'b', 'c'] as const;
    const answers: Peer[] = [
      () => value,
      () => moved(''),
      ...names.map((name) => () => moved(name)),
      () => ({ kind: 'unsent' }),
      () => ({ kind: 'unreachable' }),
      () => ({ kind: 'full' }),
      () => refusal('NOT_READY'),
      () => refusal('INTERRUPTED'),
    ];
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 3_000 }),
      server: fc.constantFrom(null, ...names),
      b: fc.constantFrom(...answers),
      c: fc.constantFrom(...answers),
      here: fc.constantFrom<ErrandEnd>(
        { ok: true, value: 1 },
        { ok: false, error: new AppError('NOT_READY', 'No.') },
        { ok: false, error: new AppError('INTERRUPTED', 'Who knows.') },
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), fc.boolean(), (steps, repeatable) => {
        let here = steps[0]?.here;
        served(null);
        const { ends, atMs } = run({ repeatable, here: (done) => here && done(here) });
        for (const next of steps) {
          here = next.here;
          peers = { b: next.b, c: next.c };
          served(next.server);
          errands.retry();
          vi.advanceTimersByTime(next.waitMs);
        }
        vi.advanceTimersByTime(leftMs + 60);
        expect(ends).toHaveLength(1);
        expect(atMs()).toBeLessThanOrEqual(leftMs + 60);
        expect(errands.held).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
