/**
 * What actors want done. The runtime holds the effects of a turn until its input is stable, then does them in
 * order.
 */
import type { ErrorCode } from '../../base/index.js';
import type { ActorRow, EngagementQueue, OutboxMark, VisitorEvent } from '../../model/index.js';
import type { Address } from './address.js';
import type { ActorInput } from './inputs.js';

/** A fact to be counted (a row of the metrics catalogue reads it). Not repeated when inputs are replayed. */
export type Observation =
  | { name: 'visitStarted' }
  | { name: 'visitExpired' }
  | { name: 'eventsTaken'; count: number; duplicates: number }
  | { name: 'ruleFired'; package: string; rule: string }
  | { name: 'ruleSuspended'; package: string; rule: string; reason: string }
  | { name: 'engagementBlocked'; reason: 'inProgress' }
  | { name: 'queueEntered'; queue: EngagementQueue; reason: string | null }
  | { name: 'chatOpened' }
  | { name: 'chatEnded'; reason: string; durationMs: number };

export type Effect =
  | { kind: 'persist'; row: ActorRow }
  /**
   * `data` is plain, as JSON can encode it. The cell adds the mark of what it keeps in the visit's outbox.
   */
  | { kind: 'push'; channel: string; data: unknown; mark?: OutboxMark }
  | { kind: 'tell'; to: Address; input: ActorInput }
  | { kind: 'reply'; value: unknown }
  | { kind: 'refuse'; code: ErrorCode; message: string }
  /** Events that a visit has just taken, for whoever watches the visit. */
  | { kind: 'show'; visitID: string; events: readonly VisitorEvent[] }
  | { kind: 'publishDocument'; documentKind: string; name: string; version: number; value: string | null }
  | { kind: 'observe'; fact: Observation };
