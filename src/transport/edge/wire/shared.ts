/** What the connections of one wire have in common. */
import { newPendingAnswers, type PendingAnswers } from './answers.js';
import { newPendingBodies, type PendingBodies } from './body.js';
import { newCounters, type WireCounters, type WireLimits } from './wire.js';

export interface Shared {
  readonly counters: WireCounters;
  readonly bodies: PendingBodies;
  readonly answers: PendingAnswers;
  /** The server stops: connections close after their answer. */
  isStopping: boolean;
}

export function newShared(limits: WireLimits): Shared {
  const counters = newCounters();
  return {
    counters,
    bodies: newPendingBodies(limits),
    answers: newPendingAnswers(limits, counters),
    isStopping: false,
  };
}
