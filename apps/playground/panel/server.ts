/**
 * The panel's ways to the server: the visit's history, its rules, where the agents work, and the push of
 * new events.
 */
import { CometD, type Message } from 'cometd';
import type { EventResource, MonitorMessage } from '../../../src/model/index.js';
import { type RuleView, rulesFrom } from './rule-view.js';

const answerTimeoutMs = 10_000;

async function readJson(path: string): Promise<unknown> {
  const answer = await fetch(path, {
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  if (!answer.ok) throw new Error(`the server answered ${String(answer.status)}`);
  return answer.json();
}

export async function readEvents(visitID: string): Promise<EventResource[]> {
  return eventsFrom(await readJson(`/server/data/visits/${encodeURIComponent(visitID)}/events`));
}

export async function readRules(visitID: string): Promise<RuleView[]> {
  return rulesFrom(await readJson(`/server/data/visits/${encodeURIComponent(visitID)}/rules`));
}

function eventsFrom(value: unknown): EventResource[] {
  return Array.isArray(value)
    ? value.filter(
        (item): item is EventResource => typeof (item as EventResource | null)?.eventId === 'string',
      )
    : [];
}

/**
 * Address of the agent workspace: what the server says, or the next port of this host, as nodes are set up
 * at first.
 */
export async function readWorkspaceUrl(): Promise<string> {
  const guess = new URL('/workspace/', location.href);
  if (guess.port !== '') guess.port = String(Number(guess.port) + 1);
  try {
    const about = (await readJson('/server/about')) as { addresses?: { workspace?: unknown } } | null;
    const named = about?.addresses?.workspace;
    const url = typeof named === 'string' ? new URL(named, location.href) : guess;
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : guess.href;
  } catch {
    return guess.href;
  }
}

export interface MonitorListener {
  /** The subscription is in force, at first and after each reconnect; what came before has to be read. */
  onSubscribed(): void;
  onEvents(events: EventResource[]): void;
  onLost(): void;
}

/**
 * Listens to `/monitor/{visitID}` until the returned function is called. The client mends a lost connection
 * itself.
 */
export function monitorVisit(visitID: string, listener: MonitorListener): () => void {
  const cometd = new CometD();
  cometd.configure({
    url: `${location.origin}/server/cometd`,
    logLevel: 'warn',
    // Its worker is made from a blob, which the page's content-security policy does not admit.
    useWorkerScheduler: false,
  });
  let isLost = false;
  const lose = (): void => {
    isLost = true;
    listener.onLost();
  };
  // Subscriptions end with their session, so each handshake makes them anew.
  cometd.addListener('/meta/handshake', (message: Message) => {
    if (message.successful !== true) {
      lose();
      return;
    }
    cometd.subscribe(
      `/monitor/${visitID}`,
      ({ data }: Message) => listener.onEvents(eventsFrom((data as MonitorMessage | undefined)?.events)),
      (reply: Message) => (reply.successful === true ? listener.onSubscribed() : lose()),
    );
  });
  cometd.addListener('/meta/connect', ({ successful }: Message) => {
    if (successful !== true) lose();
    else if (isLost) {
      // The session has survived, but what was pushed meanwhile may not have.
      isLost = false;
      listener.onSubscribed();
    }
  });
  cometd.handshake();
  return () => cometd.disconnect();
}
