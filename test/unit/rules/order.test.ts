/**
 * Which of several matches a consuming rule takes first: the engine, which keeps no partial match, against a
 * small network that keeps them all and hands each list on in reverse, as Drools does.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { insertEvent, newSession } from '../../../src/rules/index.js';
import { ruleSetOf, visitorEvent } from './play.js';

interface Fact {
  readonly ordinal: number;
  readonly name: string;
  readonly time: number;
}

interface Shape {
  readonly names: readonly string[];
  /** Whether each pattern must come after the one before it. */
  readonly after: boolean;
  readonly consumes: boolean;
}

class KeepingNetwork {
  readonly #shape: Shape;
  readonly #left: Fact[][][];
  readonly #right: Fact[][];
  #queue: Fact[][] = [];

  constructor(shape: Shape) {
    this.#shape = shape;
    this.#left = shape.names.map(() => []);
    this.#right = shape.names.map(() => []);
  }

  insert(fact: Fact): string[] {
    this.#shape.names.forEach((name, position) => {
      if (name !== fact.name) return;
      if (position === 0) this.#handOn([[fact]], 1);
      else {
        this.#right[position]?.push(fact);
        const joined = (this.#left[position] ?? []).filter((left) => this.#fits(left, fact));
        this.#handOn(joined.map((left) => [...left, fact]).reverse(), position + 1);
      }
    });
    const fired: string[] = [];
    for (let match = this.#queue.shift(); match !== undefined; match = this.#queue.shift()) {
      fired.push(match.map(({ ordinal }) => `E${ordinal}`).join());
      if (this.#shape.consumes) for (const used of match) this.#remove(used);
    }
    return fired;
  }

  #fits(left: readonly Fact[], fact: Fact): boolean {
    return !this.#shape.after || fact.time > (left.at(-1)?.time ?? 0);
  }

  #handOn(matches: Fact[][], position: number): void {
    if (position === this.#shape.names.length) {
      this.#queue.push(...matches);
      return;
    }
    const out: Fact[][] = [];
    for (const match of matches) {
      this.#left[position]?.push(match);
      for (const fact of this.#right[position] ?? []) if (this.#fits(match, fact)) out.push([...match, fact]);
    }
    this.#handOn(out.reverse(), position + 1);
  }

  #remove(fact: Fact): void {
    this.#left.forEach((list, at) => (this.#left[at] = list.filter((match) => !match.includes(fact))));
    this.#right.forEach((list, at) => (this.#right[at] = list.filter((item) => item !== fact)));
    this.#queue = this.#queue.filter((match) => !match.includes(fact));
  }
}

function writeRule({ names, after, consumes }: Shape): string {
  const patterns = names.map((name, at) => {
    const relation = after && at > 0 ? `, this after $e${at - 1}` : '';
    return `$e${at} : Event( eventName == "${name}"${relation} )`;
  });
  const bound = names.map((_, at) => `$e${at}`);
  const used = consumes ? bound.map((name) => `delete( ${name} );`).join(' ') : 'insert( new Mark( 1 ) );';
  const match = bound.map((name) => `${name}.eventID`).join(' + "," + ');
  const action = `setUserData( "match", ${match} ); emitActionable( $e0, "r" ); ${used}`;
  return `declare Mark n : int end rule "r" when ${patterns.join(' ')} then ${action} end`;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  names: fc.array(fc.constantFrom('A', 'B', 'C'), { minLength: 2, maxLength: 4 }),
  after: fc.boolean(),
  consumes: fc.boolean(),
});
const streams = fc.array(
  fc.record({ name: fc.constantFrom('A', 'B', 'C'), time: fc.integer({ min: 100, max: 112 }) }),
  { maxLength: 11 },
);

test('matches come in the order of a network that keeps them', () => {
  fc.assert(
    fc.property(shapes, streams, (shape, stream) => {
      const ruleSet = ruleSetOf(writeRule(shape));
      const session = newSession(ruleSet);
      const keeping = new KeepingNetwork(shape);
      stream.forEach((event, ordinal) => {
        const firings = insertEvent(ruleSet, session, visitorEvent(event, ordinal), ordinal);
        const wanted = keeping.insert({ ...event, ordinal });
        expect(firings.map((firing) => firing.userData?.match)).toEqual(wanted);
      });
    }),
    { numRuns: 300 },
  );
}, 30_000);
