/**
 * One step under way: the effects so far, and the parts of the answer to the request that is being
 * processed.
 */
import type { BayeuxState } from './state.js';
import type { Session } from './session.js';
import type { BayeuxEffect, BayeuxInput, BayeuxPolicy, BayeuxSettings, SessionContext } from './types.js';

export type BayeuxRequest<Context extends SessionContext> = Extract<
  BayeuxInput<Context>,
  { kind: 'request' }
>;

export interface Turn<Context extends SessionContext> {
  readonly state: BayeuxState<Context>;
  readonly settings: BayeuxSettings;
  readonly policy: BayeuxPolicy<Context>;
  readonly nowMs: number;
  readonly effects: BayeuxEffect<Context>[];
  /** What happened in a request, told after its answer so that the answer is on its way first. */
  readonly facts: BayeuxEffect<Context>[];
  readonly request: BayeuxRequest<Context> | null;
  /** Encoded parts of the answer, in order. */
  readonly parts: string[];
  /** The WebSocket of the request; 0 for none. */
  readonly connection: number;
  /** The session that the request's messages belong to: what waits for it travels in the answer. */
  requester: Session<Context> | null;
  /** The handshake of this request has used the fresh ids. */
  handshaken: boolean;
  /** The browser's cookie must be set to this. */
  setBrowserId: string | null;
  /** Sessions with a new message in their queue. */
  readonly waiting: Set<Session<Context>>;
}

/** Sends `parts` as one array to a WebSocket or an HTTP exchange. */
export function answer<Context extends SessionContext>(
  turn: Turn<Context>,
  origin: { kind: 'websocket'; connection: number } | { kind: 'http'; exchange: number },
  parts: readonly string[],
  browserId: string | null = null,
): void {
  const text = parts.length === 1 ? `[${parts[0] ?? ''}]` : `[${parts.join(',')}]`;
  turn.effects.push(
    origin.kind === 'websocket'
      ? { kind: 'send', connections: [origin.connection], text }
      : { kind: 'respond', exchange: origin.exchange, text, browserId },
  );
}
