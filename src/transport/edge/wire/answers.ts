/** Answers that the client has not taken yet, under a time limit and the limit of all of them together. */
import type { WireCounters, WireLimits } from './wire.js';

/** A client that takes fewer bytes a second than this on the whole is too slow. */
const bytesPerSecondMin = 8_192;

/** One answer on its way. */
export interface PendingAnswer {
  /** Bytes of it in memory. */
  readonly held: number;
  readonly deadlineMs: number;
  /** Ends the connection. */
  readonly cut: () => void;
}

/** In the order of their beginning. */
export interface PendingAnswers {
  readonly limits: WireLimits;
  readonly counters: WireCounters;
  readonly answers: Set<PendingAnswer>;
  bytes: number;
}

export function newPendingAnswers(limits: WireLimits, counters: WireCounters): PendingAnswers {
  return { limits, counters, answers: new Set(), bytes: 0 };
}

/**
 * Notes an answer of `size` bytes, `held` of them in memory, that the socket did not take at once. The oldest
 * make room for it.
 */
export function pendAnswer(
  pending: PendingAnswers,
  { size, held, cut }: { size: number; held: number; cut: () => void },
): PendingAnswer {
  const allowedMs = pending.limits.answerTimeoutMs + (size / bytesPerSecondMin) * 1_000;
  const answer = { held, deadlineMs: performance.now() + allowedMs, cut };
  pending.answers.add(answer);
  pending.bytes += held;
  for (const oldest of pending.answers) {
    if (oldest === answer || pending.bytes <= pending.limits.pendingAnswerBytesMax) break;
    cutAnswer(pending, oldest);
  }
  return answer;
}

/** The answer was taken, or its connection is gone. */
export function forgetAnswer(pending: PendingAnswers, answer: PendingAnswer): void {
  if (pending.answers.delete(answer)) pending.bytes -= answer.held;
}

export function expireAnswers(pending: PendingAnswers, nowMs: number): void {
  for (const answer of pending.answers) if (answer.deadlineMs <= nowMs) cutAnswer(pending, answer);
}

/** Does nothing to one that is over. */
export function cutAnswer(pending: PendingAnswers, answer: PendingAnswer): void {
  if (!pending.answers.has(answer)) return;
  forgetAnswer(pending, answer);
  pending.counters.answersCut += 1;
  answer.cut();
}
