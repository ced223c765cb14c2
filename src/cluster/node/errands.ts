/**
 * Brings one errand (an input or a question for a cell) to the node that serves the cell, once. An errand
 * that comes while its partition is on the move is held, tried again when somebody serves it, and refused
 * when its time is over. A peer never passes an errand on: it answers who serves, as far as it knows.
 */
import { AppError, type Clock, type ErrorCode } from '../../base/index.js';
import type { NodeName } from '../identity.js';
import type { CommandEnd, CommandFrame, Peers } from '../../transport/peers/index.js';
import type { Placement } from './placement.js';

export interface Errand {
  partition: number;
  /** For the peer that serves it; `leftMs` and `hops` are filled in. */
  frame(): Omit<CommandFrame, 'id' | 'leftMs' | 'hops'>;
  /** Does it on this node; NOT_READY means that it has not been done, INTERRUPTED that nobody knows. */
  here(done: (end: ErrandEnd) => void): void;
  /** Doing it twice is doing it once, so it is tried again when a peer vanished in the middle of it. */
  repeatable: boolean;
  done(end: ErrandEnd): void;
}

export type ErrandEnd = { ok: true; value: unknown; servedBy?: NodeName } | { ok: false; error: AppError };

export interface Errands {
  run(errand: Errand): void;
  /** Something changed: those held are tried again. */
  retry(): void;
  readonly held: number;
  /** Errands that were refused because nobody served their partition, or because nobody knows their end. */
  readonly dropped: number;
  close(): void;
}

export interface ErrandsOptions {
  self: NodeName;
  peers: () => Peers;
  placement: Placement;
  clock: Clock;
  /** Errands held at once; one more is refused. */
  heldMax: number;
  /** How long an errand may take in all. */
  leftMs: number;
  decode(bytes: Uint8Array): unknown;
}

interface Held {
  errand: Errand;
  untilMs: number;
  attempts: number;
  /** Whom a peer named as the server. */
  hint?: NodeName | undefined;
}

const retryIntervalMs = 50;
/** Hints followed for one errand, before it waits to hear from the machine. */
const hopsMax = 3;

export function createErrands(options: ErrandsOptions): Errands {
  const { self, placement, clock } = options;
  let held: Held[] = [];
  let dropped = 0;
  let retrying = false;
  const timer = setInterval(retry, retryIntervalMs);

  function drop(errand: Errand, error: AppError): void {
    dropped++;
    errand.done({ ok: false, error });
  }

  function attempt(held: Held): void {
    const { errand } = held;
    const server = held.hint ?? placement.serverOf(errand.partition);
    held.hint = undefined;
    const leftMs = Math.floor(held.untilMs - clock.monotonicMs());
    if (leftMs <= 0) {
      drop(errand, tooLate());
    } else if (server === undefined) hold(held);
    else if (server === self) {
      errand.here((end) => {
        if (end.ok) errand.done(end);
        else refused(held, end.error);
      });
    } else {
      held.attempts++;
      const frame = { ...errand.frame(), leftMs, hops: 0 };
      options.peers().command(server, frame, (end) => settled(held, server, end));
    }
  }

  function settled(held: Held, server: NodeName, end: CommandEnd): void {
    const { errand } = held;
    switch (end.kind) {
      case 'full':
        drop(errand, new AppError('OVERLOADED', `The way to ${server} is full.`));
        return;
      case 'unsent':
        hold(held);
        return;
      case 'unreachable':
        if (errand.repeatable) hold(held);
        else drop(errand, new AppError('NOT_READY', `${server} did not answer.`));
        return;
      case 'reply':
        break;
    }
    const { reply } = end;
    if (reply.outcome === 'value') {
      const value = reply.value === undefined ? undefined : options.decode(reply.value);
      errand.done({ ok: true, value, servedBy: server });
    } else if (reply.outcome === 'failure' && reply.failure !== undefined) {
      const { code, message, field } = reply.failure;
      const error = new AppError(code as ErrorCode, message, field === '' ? {} : { field });
      refused(held, error);
    } else {
      if (reply.moved !== undefined && reply.moved !== '' && held.attempts < hopsMax) {
        attempt({ ...held, hint: reply.moved });
      } else hold(held);
    }
  }

  /** Refused by its server: perhaps only because it is no more the server. */
  function refused(held: Held, error: AppError): void {
    const { errand } = held;
    if (mayRepeat(errand, error)) hold(held);
    else if (error.code === 'INTERRUPTED') drop(errand, error);
    else errand.done({ ok: false, error });
  }

  function hold(next: Held): void {
    if (held.length >= options.heldMax) {
      drop(
        next.errand,
        new AppError('OVERLOADED', 'Too many requests wait for visits that are on the move.'),
      );
    } else held.push({ ...next, attempts: 0 });
  }

  function retry(): void {
    if (held.length === 0 || retrying) return;
    retrying = true;
    const waiting = held;
    held = [];
    for (const next of waiting) attempt(next);
    retrying = false;
  }

  return {
    run: (errand) => attempt({ errand, untilMs: clock.monotonicMs() + options.leftMs, attempts: 0 }),
    retry,
    get held() {
      return held.length;
    },
    get dropped() {
      return dropped;
    },
    close() {
      clearInterval(timer);
      const waiting = held;
      held = [];
      for (const { errand } of waiting) drop(errand, tooLate());
    },
  };
}

/** Whether the errand has surely not been done, or does no harm when it is done again. */
function mayRepeat(errand: Errand, { code }: AppError): boolean {
  return code === 'NOT_READY' || (code === 'INTERRUPTED' && errand.repeatable);
}

function tooLate(): AppError {
  return new AppError('NOT_READY', 'No node serves this visit now.');
}
