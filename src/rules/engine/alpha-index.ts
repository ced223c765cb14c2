/**
 * Sorts a fact into memories. Conditions on one fact alone are shared by all rules and evaluated at most once
 * for an event; an index by event name and category finds the few memories that an event can concern.
 */
import type { VisitorEvent } from '../../model/index.js';
import { eventTypeName } from '../checker/fact-types.js';
import { type Value, keyOf } from '../checker/values.js';
import { splitCategories } from './comparisons.js';
import type { Memory } from './network.js';

/** One condition, however many memories ask for it. */
interface SharedTest {
  readonly run: (match: never[]) => boolean;
  stamp: number;
  passed: boolean;
}

interface Entry {
  readonly memory: Memory;
  readonly tests: readonly SharedTest[];
}

/** Memories that need the same event name (or any), by one category that they need, or none. */
interface Shelf {
  readonly byCategory: Map<string, Entry[]>;
  readonly others: Entry[];
}

const noMatch: never[] = [];

export class AlphaIndex {
  readonly #tests = new Map<string, SharedTest>();
  readonly #byName = new Map<string, Shelf>();
  readonly #anyName: Shelf = { byCategory: new Map(), others: [] };
  readonly #byType = new Map<string, Entry[]>();
  readonly #matched: Memory[] = [];
  #stamp = 0;

  /**
   * Adds a memory with its conditions on the fact alone; `compile` is asked once for each different
   * condition.
   */
  add(
    memory: Memory,
    alpha: readonly Value[],
    position: number,
    compile: (value: Value) => (match: never[]) => boolean,
  ): void {
    const share = (value: Value): SharedTest => {
      const key = `${memory.factType.id}:${keyOf(value, position)}`;
      let test = this.#tests.get(key);
      if (test === undefined) {
        test = { run: compile(value), stamp: -1, passed: false };
        this.#tests.set(key, test);
      }
      return test;
    };
    if (memory.factType.name !== eventTypeName) {
      put(this.#byType, memory.factType.id, { memory, tests: alpha.map(share) });
      return;
    }
    const names = alpha.find((value) => namesOf(value) !== undefined);
    const category = alpha.find((value) => categoryOf(value) !== undefined);
    const entry = {
      memory,
      tests: alpha.filter((value) => value !== names && value !== category).map(share),
    };
    const shelves =
      names === undefined ? [this.#anyName] : [...new Set(namesOf(names))].map((name) => this.#shelf(name));
    for (const shelf of shelves) {
      if (category === undefined) shelf.others.push(entry);
      else put(shelf.byCategory, categoryOf(category) ?? '', entry);
    }
  }

  #shelf(name: string): Shelf {
    let shelf = this.#byName.get(name);
    if (shelf === undefined) {
      shelf = { byCategory: new Map(), others: [] };
      this.#byName.set(name, shelf);
    }
    return shelf;
  }

  /** The memories of the event at hand. The array is used again by the next call. */
  matchEvent(event: VisitorEvent): Memory[] {
    const matched = this.#begin();
    const named = this.#byName.get(event.eventName);
    if (named !== undefined) this.#siftShelf(named, event.category);
    this.#siftShelf(this.#anyName, event.category);
    return matched;
  }

  #siftShelf({ byCategory, others }: Shelf, category: string): void {
    if (category !== '' && byCategory.size > 0) {
      if (!category.includes(';')) this.#sift(byCategory.get(category));
      else for (const name of new Set(splitCategories(category))) this.#sift(byCategory.get(name));
    }
    if (others.length > 0) this.#sift(others);
  }

  /** The memories of the declared fact that the workspace is testing. */
  matchFact(typeId: string): Memory[] {
    const matched = this.#begin();
    this.#sift(this.#byType.get(typeId));
    return matched;
  }

  #begin(): Memory[] {
    this.#stamp++;
    this.#matched.length = 0;
    return this.#matched;
  }

  #sift(entries: readonly Entry[] | undefined): void {
    if (entries === undefined) return;
    const stamp = this.#stamp;
    next: for (const { memory, tests } of entries) {
      for (const test of tests) {
        if (test.stamp !== stamp) {
          test.stamp = stamp;
          test.passed = test.run(noMatch);
        }
        if (!test.passed) continue next;
      }
      this.#matched.push(memory);
    }
  }
}

function put(map: Map<string, Entry[]>, key: string, entry: Entry): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

/** The event names that `value` allows, when it allows a few only. */
function namesOf(value: Value): string[] | undefined {
  if (value.op !== 'compare' || value.negated || value.left.op !== 'field' || value.left.key !== 'eventName')
    return undefined;
  if (value.operator === '==' && value.right.op === 'const' && typeof value.right.value === 'string')
    return plainName(value.right.value);
  if (value.operator !== 'in' || value.right.op !== 'list') return undefined;
  const names: string[] = [];
  for (const item of value.right.items) {
    if (item.op !== 'const' || typeof item.value !== 'string') return undefined;
    names.push(item.value);
  }
  return names;
}

function plainName(name: string): string[] {
  return [name];
}

function categoryOf(value: Value): string | undefined {
  if (value.op !== 'compare' || value.negated || value.operator !== 'contains') return undefined;
  if (value.left.op !== 'field' || value.left.key !== 'categories') return undefined;
  return value.right.op === 'const' && typeof value.right.value === 'string' && value.right.value !== ''
    ? value.right.value
    : undefined;
}
