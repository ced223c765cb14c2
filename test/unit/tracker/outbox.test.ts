import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeEvent, type VisitorEvent } from '../../../src/tracker/events.js';
import type { Answer } from '../../../src/tracker/answer.js';
import { eventsMax, Outbox, storagePrefix, type KeptStorage } from '../../../src/tracker/outbox.js';

const page = { pageID: 'P', visitID: 'V', globalVisitID: 'G', category: '', languageCode: '', url: '' };

function event(name: string, data: object = {}): VisitorEvent {
  return makeEvent(name, data, page);
}

class MemoryStorage implements KeptStorage {
  readonly items = new Map<string, string>();
  get length(): number {
    return this.items.size;
  }
  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

type Behaviour = (events: readonly VisitorEvent[]) => Partial<Answer>;

const acceptAll: Behaviour = (events) => ({
  status: 200,
  body: { accepted: events.map(({ eventID }) => eventID), rejected: [] },
});

/** A server that behaves as it is told, and remembers what came. */
function server(behaviour: Behaviour = acceptAll) {
  const self = {
    behaviour,
    batches: [] as string[][],
    beacons: [] as string[][],
    /** Names in the order in which each event came for the first time. */
    arrived: [] as string[],
    seen: new Set<string>(),
    open(storage: KeptStorage | undefined, name: string): Outbox {
      const outbox = new Outbox(name, {
        send: async (events) => {
          self.batches.push(events.map(({ eventName }) => eventName));
          const answer = self.behaviour(events);
          if (answer.status === 200) self.take(events);
          return { status: 0, body: undefined, retryAfterMs: 0, ...answer };
        },
        beacon: (events) => self.beacons.push(events.map(({ eventName }) => eventName)),
        storage,
      });
      return outbox;
    },
    take(events: readonly VisitorEvent[]) {
      for (const { eventID, eventName } of events) {
        if (!self.seen.has(eventID)) self.arrived.push(eventName);
        self.seen.add(eventID);
      }
    },
  };
  return self;
}

const release = (outbox: Outbox): void => outbox.release(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an outbox', () => {
  it('sends what was added within a short time as one batch, and forgets it', async () => {
    const { open, batches } = server();
    const storage = new MemoryStorage();
    const outbox = open(storage, 'one');
    release(outbox);
    outbox.add(event('A'));
    outbox.add(event('B'));
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(batches).toEqual([['A', 'B']]);
    expect(storage.length).toBe(0);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(batches).toHaveLength(1);
  });

  it('holds all until it knows the visit, and completes them then', async () => {
    const { open, batches } = server();
    const outbox = open(undefined, 'one');
    outbox.add(event('Entered'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(batches).toEqual([]);
    outbox.addFirst(event('Started'));
    const completed: string[] = [];
    outbox.release(({ eventName }) => completed.push(eventName));
    expect(batches).toEqual([['Started', 'Entered']]);
    expect(completed).toEqual(['Started', 'Entered']);
  });

  it('sends at most 100 events, and at most a quarter megabyte, at once', async () => {
    const { open, batches } = server();
    const outbox = open(undefined, 'one');
    for (let n = 0; n < 250; n++) outbox.add(event('E'));
    for (let n = 0; n < 20; n++) outbox.add(event('Big', { text: 'x'.repeat(15_000) }));
    release(outbox);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(batches.slice(0, 2).map((batch) => batch.length)).toEqual([100, 100]);
    expect(batches.flat()).toHaveLength(270);
    expect(Math.max(...batches.slice(3).map((batch) => batch.length))).toBeLessThanOrEqual(5);
  });

  it('waits longer after each failure, and as long as the server asks', async () => {
    const fake = server(() => ({ status: 503, retryAfterMs: 7_000 }));
    const outbox = fake.open(undefined, 'one');
    outbox.add(event('A'));
    release(outbox);
    await vi.advanceTimersByTimeAsync(7_499);
    expect(fake.batches).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(600);
    expect(fake.batches).toHaveLength(2);
    fake.behaviour = () => ({ status: 0 });
    await vi.advanceTimersByTimeAsync(600_000);
    const inTenMinutes = fake.batches.length;
    expect(inTenMinutes).toBeGreaterThan(18);
    expect(inTenMinutes).toBeLessThan(50);
    fake.behaviour = acceptAll;
    await vi.advanceTimersByTimeAsync(31_000);
    expect(fake.arrived).toEqual(['A']);
  });

  it('does not hurry a server that is down because more has happened', async () => {
    const fake = server(() => ({ status: 503, retryAfterMs: 10_000 }));
    const outbox = fake.open(undefined, 'one');
    outbox.add(event('A'));
    release(outbox);
    for (let n = 0; n < 20; n++) {
      await vi.advanceTimersByTimeAsync(400);
      outbox.add(event('B'));
    }
    expect(fake.batches).toHaveLength(1);
  });

  it('drops what is rejected, and what no server would take', async () => {
    const fake = server((events) => ({
      status: 200,
      body: { accepted: events.slice(1).map(({ eventID }) => eventID), rejected: [{ index: 0 }] },
    }));
    const outbox = fake.open(undefined, 'one');
    outbox.add(event('Bad'));
    outbox.add(event('Good'));
    release(outbox);
    await vi.advanceTimersByTimeAsync(0);
    fake.behaviour = () => ({ status: 400 });
    outbox.add(event('Worse'));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(fake.batches).toEqual([['Bad', 'Good'], ['Worse']]);
  });

  it('halves a batch that is too large for the server', async () => {
    const fake = server((events) => (events.length > 3 ? { status: 413 } : acceptAll(events)));
    const outbox = fake.open(undefined, 'one');
    for (let n = 0; n < 10; n++) outbox.add(event(`E${n}`));
    release(outbox);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(fake.arrived).toEqual(Array.from({ length: 10 }, (_, n) => `E${n}`));
  });

  it('does not spin when a server answers 200 and settles nothing', async () => {
    const fake = server(() => ({ status: 200, body: 'hello' }));
    const outbox = fake.open(undefined, 'one');
    outbox.add(event('A'));
    release(outbox);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fake.batches.length).toBeLessThan(10);
  });

  it('leaves to the next page what it could not send, and takes nothing of it back', async () => {
    const storage = new MemoryStorage();
    const fake = server(() => ({ status: 0 }));
    const first = fake.open(storage, 'one');
    release(first);
    first.add(event('A'));
    await vi.advanceTimersByTimeAsync(150);
    first.add(event('Exited'));
    first.leave();
    first.flush();
    expect(fake.beacons).toEqual([['A', 'Exited']]);
    fake.behaviour = acceptAll;
    const second = fake.open(storage, 'two');
    second.add(event('Entered'));
    release(second);
    await vi.advanceTimersByTimeAsync(200);
    expect(fake.arrived).toEqual(['A', 'Exited', 'Entered']);
    expect(storage.length).toBe(0);
    // Back out of the browser's cache, the first page finds that its events are another's.
    first.resume();
    release(first);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fake.batches.at(-1)).toEqual(['A', 'Exited', 'Entered']);
  });

  it('leaves the events of a living tab alone, and takes those of one that died', async () => {
    const storage = new MemoryStorage();
    const fake = server(() => ({ status: 0 }));
    const living = fake.open(storage, 'living');
    release(living);
    living.add(event('Mine'));
    await vi.advanceTimersByTimeAsync(200);
    storage.setItem(
      `${storagePrefix}dead`,
      JSON.stringify({ at: Date.now() - 400_000, left: false, events: [event('Orphan')] }),
    );
    storage.setItem(`${storagePrefix}broken`, '{');
    fake.behaviour = acceptAll;
    const other = fake.open(storage, 'other');
    release(other);
    await vi.advanceTimersByTimeAsync(0);
    expect(fake.arrived).toEqual(['Orphan']);
    expect([...storage.items.keys()]).toEqual([`${storagePrefix}living`]);
  });

  it('is bounded in number and in age', async () => {
    const fake = server(() => ({ status: 0 }));
    const outbox = fake.open(undefined, 'one');
    outbox.add({ ...event('Old'), timestamp: Date.now() - 25 * 3_600_000 });
    for (let n = 0; n < eventsMax + 50; n++) outbox.add(event(`E${n}`));
    fake.behaviour = acceptAll;
    release(outbox);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(fake.arrived).toHaveLength(eventsMax);
    expect(fake.arrived[0]).toBe('E50');
  });

  it('goes on without storage, and when storage is full', async () => {
    const fake = server();
    const storage = new MemoryStorage();
    storage.setItem = () => {
      throw new Error('full');
    };
    for (const kind of [undefined, storage]) {
      const outbox = fake.open(kind, 'one');
      release(outbox);
      outbox.add(event('A'));
      await vi.advanceTimersByTimeAsync(200);
      outbox.leave();
    }
    expect(fake.arrived).toEqual(['A', 'A']);
  });
});

describe('any sequence of pages, failures and repeats', () => {
  const outcome = fc.constantFrom('accept', 'down', 'answerLost', 'reject first', 'busy');
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 5_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('page' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
  );

  it('brings every event that is not rejected, in order, and leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.array(outcome, { maxLength: 20 }),
        async (steps, outcomes) => {
          const storage = new MemoryStorage();
          const rejected = new Set<string>();
          const turns = [...outcomes];
          const fake = server((events) => {
            const turn = turns.shift() ?? 'accept';
            if (turn === 'down') return { status: 0 };
            if (turn === 'busy') return { status: 503, retryAfterMs: 2_000 };
            if (turn === 'answerLost') {
              fake.take(events);
              return { status: 0 };
            }
            if (turn === 'accept') return acceptAll(events);
            rejected.add(events[0]!.eventName);
            const accepted = events.slice(1).map(({ eventID }) => eventID);
            return { status: 200, body: { accepted, rejected: [{ index: 0, field: '', message: '' }] } };
          });
          const added: string[] = [];
          let pages = 0;
          let outbox = fake.open(storage, `page${pages}`);
          release(outbox);
          for (const each of steps) {
            if (each.kind === 'add') {
              added.push(`E${added.length}`);
              outbox.add(event(added.at(-1)!));
            } else if (each.kind === 'pass') await vi.advanceTimersByTimeAsync(each.ms);
            else if (each.kind === 'flush') outbox.flush();
            else {
              outbox.leave();
              // The old page's requests end with it.
              await vi.advanceTimersByTimeAsync(0);
              outbox = fake.open(storage, `page${++pages}`);
              release(outbox);
            }
          }
          await vi.advanceTimersByTimeAsync(1_200_000);
          expect(fake.arrived).toEqual(added.filter((name) => fake.arrived.includes(name)));
          expect(added.filter((name) => !fake.arrived.includes(name) && !rejected.has(name))).toEqual([]);
          expect(storage.length).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
