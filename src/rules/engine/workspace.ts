/**
 * The unpacked form of the one session that is being handled: its facts by memory, and the matches that wait
 * to fire. A rule set has one workspace; it is loaded from a session's flat arrays and changes both together.
 */
import { assert } from '../../base/index.js';
import type { VisitorEvent } from '../../model/index.js';
import { type RuleSession, slotsMax } from '../session.js';
import type { EventReader } from './event-fields.js';
import type { Branch, Match, RuleNode } from './network.js';

const noValues: unknown[] = [];

/** Stops the search for matches of a rule that has spent its budget. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

export class Workspace {
  /** By memory: the slots of its facts, in order of arrival. */
  readonly lists: number[][] = [];
  /** By slot: rises with arrival. */
  readonly sequence: number[] = [];
  readonly readers: EventReader[] = [];
  /** Matches that wait to fire, by branch; `active` names the branches that have some. */
  readonly queues = new Map<Branch, Match[]>();
  readonly active: Branch[] = [];
  /** Slots that have expired but are forgotten only when no rule is left to fire. */
  readonly expiring = new Set<number>();
  /** The rule whose action is being carried out: its `no-loop` looks at this. */
  origin: RuleNode | null = null;
  /** The event that is being inserted, and its slot; -1 when there is none. */
  event: VisitorEvent | null = null;
  eventSlot = -1;
  /** The declared fact whose conditions are being tested. */
  testedSlot = -1;
  /** While one input is evaluated: later nodes of the branch do not see this slot yet. */
  hiddenSlot = -1;
  hiddenOrder = 0;
  /** Partial matches that may still be made for the rule at hand. */
  budget = 0;
  /** Matches of one rule that may wait at once. */
  queueLengthMax = Infinity;
  /** Told of every match that fires, when someone wants to know. */
  observer: ((branch: Branch, match: Match) => void) | null = null;
  session: RuleSession = undefined as unknown as RuleSession;
  #loaded: RuleSession | null = null;
  #loadedMarks: number[] | null = null;
  readonly #used: number[] = [];
  readonly #pendingFree: number[] = [];
  #sequence = 0;

  /** Makes `session` the one at hand, without unpacking it yet. */
  use(session: RuleSession): void {
    if (this.active.length > 0 || this.expiring.size > 0 || this.#pendingFree.length > 0) this.#reset();
    this.session = session;
  }

  /** Clears what a call that broke off has left, so that no other session ever sees it. */
  #reset(): void {
    this.unload();
    this.queues.clear();
    this.active.length = 0;
    this.expiring.clear();
    this.#pendingFree.length = 0;
    this.origin = null;
    this.hiddenSlot = -1;
    this.testedSlot = -1;
  }

  /** Unpacks the session at hand, unless it still is. */
  load(): void {
    const { session } = this;
    if (this.#loaded === session && this.#loadedMarks === session.marks) return;
    for (const memory of this.#used) (this.lists[memory] as number[]).length = 0;
    this.#used.length = 0;
    this.#sequence = 0;
    const { marks } = session;
    for (const mark of marks) {
      this.#list(Math.floor(mark / slotsMax), mark % slotsMax);
    }
    this.#loaded = session;
    this.#loadedMarks = marks;
  }

  /** Forgets which session is unpacked. */
  unload(): void {
    this.#loaded = null;
    this.#loadedMarks = null;
  }

  #list(memory: number, slot: number): void {
    const list = this.lists[memory] as number[];
    if (list.length === 0) this.#used.push(memory);
    list.push(slot);
    this.sequence[slot] = ++this.#sequence;
  }

  mark(memory: number, slot: number): void {
    this.session.marks.push(memory * slotsMax + slot);
    this.#list(memory, slot);
  }

  unmark(memory: number, slot: number): void {
    const { marks } = this.session;
    const at = marks.indexOf(memory * slotsMax + slot);
    if (at < 0) return;
    marks.splice(at, 1);
    const list = this.lists[memory] as number[];
    list.splice(list.indexOf(slot), 1);
  }

  /** The memories that hold the fact in `slot`. */
  memoriesOf(slot: number): number[] {
    const memories: number[] = [];
    for (const mark of this.session.marks)
      if (mark % slotsMax === slot) memories.push(Math.floor(mark / slotsMax));
    return memories;
  }

  /** A slot for a new fact; undefined when the session is full. */
  allocate(time: number, ordinal: number, values: unknown[] | 0): number | undefined {
    const { session } = this;
    let slot = session.free.pop();
    if (slot === undefined) {
      slot = session.times.length;
      if (slot >= slotsMax) return undefined;
    }
    session.times[slot] = time;
    session.ordinals[slot] = ordinal;
    session.values[slot] = values;
    this.sequence[slot] = ++this.#sequence;
    return slot;
  }

  /** Gives the slot back when the event at hand has been handled: until then matches may read it. */
  release(slot: number): void {
    this.#pendingFree.push(slot);
  }

  releaseNow(): void {
    const { session } = this;
    for (const slot of this.#pendingFree) {
      session.values[slot] = 0;
      if (slot === session.times.length - 1) {
        session.times.length = session.ordinals.length = session.values.length = slot;
      } else {
        session.free.push(slot);
      }
    }
    this.#pendingFree.length = 0;
    if (session.free.length > 0 && session.free.length === session.times.length) {
      session.free.length = session.times.length = session.ordinals.length = session.values.length = 0;
    }
  }

  /** A remembered field of an event. */
  readEvent(slot: number, field: number): unknown {
    if (slot === this.eventSlot) {
      assert(this.event !== null, 'the event at hand has a slot only while it is handled');
      return (this.readers[field] as EventReader)(this.event);
    }
    const kept = this.#kept(slot);
    for (let index = 0; index < kept.length; index += 2) if (kept[index] === field) return kept[index + 1];
    return null;
  }

  #kept(slot: number): readonly unknown[] {
    const kept = this.session.values[slot];
    return kept === undefined || kept === 0 ? noValues : kept;
  }

  readFact(slot: number, field: number): unknown {
    return this.#kept(slot)[field] ?? null;
  }

  timeOf(slot: number): number {
    return this.session.times[slot] as number;
  }
}
