/**
 * Visitors of a cluster under faults: each keeps to one node and goes to another when that fails, as behind
 * a balancer, sends a batch until it is acknowledged, and remembers what was. In the end the History API
 * must say the same.
 */
import type { EventResource } from '../../src/model/index.js';
import type { ClusterNode } from './cluster-process.js';
import { until } from './until.js';
import { type EventsAnswer, mintId, type VisitorClient, visitor } from './visitor-client.js';

export interface LoadOptions {
  nodes: readonly ClusterNode[];
  /** Where the visits are opened, and so served at first; `nodes` by default. */
  openedAt?: readonly ClusterNode[];
  visitors: number;
  /** Between the acknowledgement of one batch and the next. */
  pauseMs: number;
  /** How long a browser waits for one answer before it asks again elsewhere. */
  attemptTimeoutMs: number;
  /** For the History API, where it asks for it. */
  authorization?: string;
}

export interface ClusterLoad {
  /** Batches acknowledged so far, of all visitors. */
  readonly acknowledged: number;
  /** Answers of nodes other than an acknowledgement so far, by what they were. */
  readonly refusals: Readonly<Record<string, number>>;
  /** The longest that any visitor has waited for an acknowledgement since the last call, ms. */
  longestWaitMs(): number;
  /** The same of each visitor. */
  longestWaitsMs(): number[];
  /** Resolves when every visitor has been served since the call. */
  allServed(timeoutMs?: number): Promise<void>;
  /** Ends after the batches under way; throws what a visitor was refused for good. */
  stop(): Promise<void>;
  /** Asks the History API of `node` for every visit. */
  compare(node: ClusterNode): Promise<LoadVerdict>;
}

export interface LoadVerdict {
  events: number;
  lost: number;
  doubled: number;
  reordered: number;
  strange: number;
}

interface Sender {
  visitID: string;
  globalVisitID: string;
  acknowledged: string[];
  batches: number;
  waitingSinceMs: number;
  longestMs: number;
}

/** Opens the visits, and goes on sending until it is stopped. */
export async function startLoad(options: LoadOptions): Promise<ClusterLoad> {
  const senders = await Promise.all(Array.from({ length: options.visitors }, () => openSender(options)));
  const refusals: Record<string, number> = {};
  let stopping = false;
  const work = senders.map(async (sender, index) => {
    for (let at = index; !stopping;) {
      sender.waitingSinceMs = performance.now();
      at = await sendBatch(sender, at, options, refusals);
      sender.longestMs = Math.max(sender.longestMs, performance.now() - sender.waitingSinceMs);
      sender.waitingSinceMs = Number.POSITIVE_INFINITY;
      sender.batches++;
      await new Promise((wait) => setTimeout(wait, options.pauseMs));
    }
  });
  // A refusal is told by `stop`; until then nobody listens.
  const all = Promise.all(work);
  all.catch(() => undefined);

  function longestWaitsMs(): number[] {
    const nowMs = performance.now();
    return senders.map((sender) => {
      const longestMs = Math.max(sender.longestMs, nowMs - sender.waitingSinceMs);
      sender.longestMs = 0;
      return longestMs;
    });
  }

  return {
    get acknowledged() {
      return senders.reduce((sum, { batches }) => sum + batches, 0);
    },
    refusals,
    longestWaitMs: () => Math.round(Math.max(...longestWaitsMs())),
    longestWaitsMs,
    async allServed(timeoutMs = 15_000) {
      const before = senders.map(({ batches }) => batches);
      // The first batch after the call may have been answered before it.
      const isServed = (): boolean =>
        senders.every(({ batches }, index) => batches >= (before[index] ?? 0) + 2);
      await until(isServed, 'every visitor to be served', timeoutMs);
    },
    async stop() {
      stopping = true;
      await all;
    },
    compare: (node) => compare(node, senders, options.authorization),
  };
}

async function openSender({ nodes, openedAt = nodes, attemptTimeoutMs }: LoadOptions): Promise<Sender> {
  const query = new URLSearchParams({ url: 'http://shop.example/', title: 'Shop', languageCode: 'en-US' });
  return until(async () => {
    const node = openedAt[Math.floor(Math.random() * openedAt.length)];
    const answer = await fetch(`${node?.default ?? ''}/server/data/categories?${query.toString()}`, {
      signal: AbortSignal.timeout(attemptTimeoutMs),
    });
    if (!answer.ok) return undefined;
    const { visitID, globalVisitID } = (await answer.json()) as { visitID: string; globalVisitID: string };
    return {
      visitID,
      globalVisitID,
      acknowledged: [],
      batches: 0,
      waitingSinceMs: Number.POSITIVE_INFINITY,
      longestMs: 0,
    };
  }, 'a visit');
}

/** Sends until it is acknowledged; gives the number of the node that did. */
async function sendBatch(
  sender: Sender,
  start: number,
  options: LoadOptions,
  refusals: Record<string, number>,
): Promise<number> {
  const { nodes, attemptTimeoutMs } = options;
  const client: VisitorClient = visitor('', sender.visitID, sender.globalVisitID, 'http://shop.example/');
  const names = sender.batches === 0 ? ['VisitStarted', 'PageEntered'] : ['Looked', 'Pondered'];
  const events = names.map((name) => client.event(name, { eventID: mintId() }));
  for (let at = start; ; at++) {
    const node = nodes[at % nodes.length];
    const answer = await fetch(`${node?.default ?? ''}/server/data/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
      signal: AbortSignal.timeout(attemptTimeoutMs),
    }).then(
      async (response) => ({ status: response.status, body: (await response.json()) as EventsAnswer }),
      (error: unknown) => {
        const what = error instanceof Error && error.name === 'TimeoutError' ? 'no answer' : 'no connection';
        refusals[what] = (refusals[what] ?? 0) + 1;
        return undefined;
      },
    );
    if (answer !== undefined && answer.status !== 200) {
      refusals[answer.status] = (refusals[answer.status] ?? 0) + 1;
    }
    if (answer?.status === 200) {
      const { accepted, rejected } = answer.body;
      if (rejected.length > 0) throw new Error(`refused: ${JSON.stringify(rejected)}`);
      sender.acknowledged.push(...accepted);
      return at;
    }
    if (answer !== undefined && answer.status < 500) throw new Error(`answered ${answer.status}`);
    await new Promise((wait) => setTimeout(wait, 50));
  }
}

async function compare(
  node: ClusterNode,
  senders: readonly Sender[],
  authorization = '',
): Promise<LoadVerdict> {
  const verdict = { events: 0, lost: 0, doubled: 0, reordered: 0, strange: 0 };
  for (const { visitID, acknowledged } of senders) {
    const kept = await eventsOf(node, visitID, authorization);
    const known = new Set(kept);
    const sent = new Set(acknowledged);
    verdict.events += acknowledged.length;
    verdict.lost += acknowledged.filter((id) => !known.has(id)).length;
    verdict.doubled += kept.length - known.size;
    verdict.strange += [...known].filter((id) => !sent.has(id)).length;
    const order = [...known].filter((id) => sent.has(id)).join();
    if (order !== acknowledged.filter((id) => known.has(id)).join()) verdict.reordered++;
  }
  return verdict;
}

/** The ids of all events of a visit that the visitor sent, oldest first. */
async function eventsOf(node: ClusterNode, visitID: string, authorization: string): Promise<string[]> {
  const ids: string[] = [];
  let url: string | undefined = `${node.default}/server/data/visits/${visitID}/events?limit=1000`;
  while (url !== undefined) {
    const response: Response = await fetch(url, {
      headers: { authorization },
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`history answered ${response.status}`);
    const events = (await response.json()) as EventResource[];
    for (const { eventId, eventType } of events) if (eventType !== 'ACTIONABLE') ids.push(eventId);
    const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    url = next === undefined ? undefined : new URL(next, node.default).href;
  }
  return ids;
}
