/**
 * Drives the machine of this node's membership: gives it time, messages and what the disk has done, and does
 * what it wants done. Effects are done in order, at once.
 */
import type { Clock } from '../../base/index.js';
import type { Journal } from '../../stores/index.js';
import type { Append, MemberEffect, MemberInput, MemberStatus } from '../member/index.js';
import { decodeJournalRecord, encodeJournalRecord } from './journal-record-codec.js';
import type { StateFile } from './state-file.js';

/** The composed machine, whoever made it. */
export interface MemberMachine {
  step(input: MemberInput, nowMs: number): readonly MemberEffect[];
  append(partition: number, payload: Uint8Array, nowMs: number): Append;
  flush(nowMs: number): readonly MemberEffect[];
  serving(nowMs: number): MemberStatus['serving'];
  status(nowMs: number): MemberStatus;
}

/** Effects that concern others than the disk: who gets them decides what they mean. */
export type OutwardEffect = Exclude<
  MemberEffect,
  { kind: 'keepState' } | { kind: 'journal' } | { kind: 'releaseJournal' }
>;

export interface MemberLoopOptions {
  machine: MemberMachine;
  clock: Clock;
  journal: Journal;
  stateFile: () => StateFile;
  perform(effect: OutwardEffect): void;
  onFailed(error: unknown): void;
}

export interface MemberLoop {
  step(input: MemberInput): void;
  append(partition: number, payload: Uint8Array): Append;
  serving(): MemberStatus['serving'];
  status(): MemberStatus;
  /** The journal has everything up to its number `seq`. */
  journalled(seq: number): void;
  start(): void;
  stop(): void;
}

const tickMs = 25;

export function createMemberLoop(options: MemberLoopOptions): MemberLoop {
  const { machine, clock, journal } = options;
  let flushing = false;
  let timer: NodeJS.Timeout | undefined;
  /** Positions of the machine against numbers of the journal. */
  let offset: number | undefined;
  const queue: MemberEffect[] = [];
  let performing = false;

  /** An effect may lead to the next input; its effects come after those that are still to be done. */
  function perform(effects: readonly MemberEffect[]): void {
    queue.push(...effects);
    if (performing) return;
    performing = true;
    try {
      for (let effect = queue.shift(); effect !== undefined; effect = queue.shift()) one(effect);
    } finally {
      performing = false;
    }
  }

  function one(effect: MemberEffect): void {
    switch (effect.kind) {
      case 'keepState':
        options.stateFile().keep(effect.ticket, effect.state);
        break;
      case 'journal':
        offset ??= journal.nextSeq - effect.position;
        try {
          journal.append(encodeJournalRecord(effect.record));
        } catch (error) {
          // What is not journalled is never acknowledged; the journal has said why.
          options.onFailed(error);
        }
        break;
      case 'releaseJournal':
        if (offset !== undefined) {
          journal.release(effect.position + offset).catch((error: unknown) => options.onFailed(error));
        }
        break;
      default:
        options.perform(effect);
    }
  }

  function flushSoon(): void {
    if (flushing) return;
    flushing = true;
    setImmediate(() => {
      flushing = false;
      perform(machine.flush(clock.monotonicMs()));
    });
  }

  return {
    step(input) {
      perform(machine.step(input, clock.monotonicMs()));
      flushSoon();
    },
    append(partition, payload) {
      const appended = machine.append(partition, payload, clock.monotonicMs());
      if (appended.ok) flushSoon();
      return appended;
    },
    serving: () => machine.serving(clock.monotonicMs()),
    status: () => machine.status(clock.monotonicMs()),
    journalled(seq) {
      if (offset === undefined) return;
      perform(machine.step({ kind: 'journalKept', position: seq - offset }, clock.monotonicMs()));
    },
    start() {
      timer = setInterval(() => {
        perform(machine.step({ kind: 'tick' }, clock.monotonicMs()));
        perform(machine.flush(clock.monotonicMs()));
      }, tickMs);
    },
    stop() {
      clearInterval(timer);
    },
  };
}

/** What the journal of the last process holds, for the machine's start. */
export async function readJournal(
  journal: Journal,
): Promise<{ position: number; record: ReturnType<typeof decodeJournalRecord> }[]> {
  const records = [];
  for await (const { seq, payload } of journal.replay()) {
    records.push({ position: seq, record: decodeJournalRecord(payload) });
  }
  return records;
}
