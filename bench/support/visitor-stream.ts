/**
 * The events that a browser sends, in batches of one visit, drawn from a seed so that every run sends the
 * same.
 */
import type { VisitorEvent } from '../../src/model/index.js';

/** A small seeded generator (mulberry32): numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function hexId(draw: () => number): string {
  let id = '';
  for (let part = 0; part < 4; part++) {
    id += Math.floor(draw() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  }
  return id.toUpperCase();
}

export interface BenchVisit {
  visitID: string;
  globalVisitID: string;
  pageID: string;
}

export function benchVisit(draw: () => number): BenchVisit {
  return { visitID: hexId(draw), globalVisitID: hexId(draw), pageID: hexId(draw) };
}

/** The next `count` events of a visit, all of one page, half of them about what rules ask for. */
export function nextEvents(
  { visitID, globalVisitID, pageID }: BenchVisit,
  count: number,
  nowMs: number,
  draw: () => number,
): VisitorEvent[] {
  const category = `category-${Math.floor(draw() * 40)};category-${Math.floor(draw() * 40)}`;
  const url = `http://shop.example/products/${Math.floor(draw() * 100)}`;
  return Array.from({ length: count }, (_, index) => {
    const kind = draw();
    const eventName = kind < 0.1 ? 'Search' : `Step${Math.floor(draw() * 50)}`;
    const number = Math.floor(draw() * 1_000);
    return {
      eventType: 'BUSINESS',
      eventName,
      eventID: hexId(draw),
      pageID,
      visitID,
      globalVisitID,
      timestamp: nowMs + index,
      category,
      url,
      languageCode: 'en-US',
      data:
        eventName === 'Search'
          ? { searchString: `find word${number}` }
          : { sku: `sku-${number}`, price: number },
    };
  });
}

/** Batches of all visits in turn, as many visitors at once send them. */
export function makeBodies(
  visits: readonly BenchVisit[],
  { batchesPerVisit, eventsPerBatch }: { batchesPerVisit: number; eventsPerBatch: number },
  draw: () => number,
): Buffer[] {
  const startMs = Date.now() - batchesPerVisit * 1_000;
  const bodies: Buffer[] = [];
  for (let batch = 0; batch < batchesPerVisit; batch++) {
    for (const visit of visits) {
      bodies.push(
        Buffer.from(JSON.stringify(nextEvents(visit, eventsPerBatch, startMs + batch * 1_000, draw))),
      );
    }
  }
  return bodies;
}
