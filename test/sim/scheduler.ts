// True time, and what happens at which instant: the one thing that no node of the simulated cluster can see.

interface Entry {
  atMs: number;
  order: number;
  run(): void;
}

export interface Scheduler {
  readonly nowMs: number;
  /** Runs after so many milliseconds; what is due at the same instant runs in the order it was asked for. */
  after(delayMs: number, run: () => void): void;
  /** Runs the next thing; false when nothing is left. */
  runNext(): boolean;
}

export function createScheduler(): Scheduler {
  const heap: Entry[] = [];
  let nowMs = 0;
  let order = 0;

  const isBefore = (one: Entry, other: Entry) =>
    one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

  function push(entry: Entry): void {
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  function pop(): Entry | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }

  return {
    get nowMs() {
      return nowMs;
    },
    after(delayMs, run) {
      push({ atMs: nowMs + Math.max(0, delayMs), order: order++, run });
    },
    runNext() {
      const entry = pop();
      if (entry === undefined) return false;
      nowMs = entry.atMs;
      entry.run();
      return true;
    },
  };
}
