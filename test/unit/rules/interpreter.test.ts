/** The compiled engine against the slow interpreter, over random packages and random streams. */
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { expect, test } from 'vitest';
import type { VisitorEvent } from '../../../src/model/index.js';
import {
  type Firing,
  type RuleSession,
  advanceClock,
  buildRuleSet,
  compilePackage,
  insertEvent,
  newSession,
} from '../../../src/rules/index.js';
import { Interpreter, type ModelEvent, type ModelFiring } from './model/interpreter.js';
import {
  type NodeSpec,
  type PackageSpec,
  type PatternSpec,
  type RelationSpec,
  type RuleSpec,
  writeDrl,
} from './model/spec.js';

const millis = fc.integer({ min: 0, max: 8 }).map((count) => count * 5);

const relation = (targets: readonly number[]): fc.Arbitrary<RelationSpec | null> => {
  if (targets.length === 0) return fc.constant(null);
  return fc.option(
    fc
      .record({
        kind: fc.constantFrom('after', 'afterRange', 'beforeRange', 'sameSku', 'other' as const),
        target: fc.constantFrom(...targets),
        low: millis,
        high: millis,
      })
      .map(({ low, high, ...rest }) => ({ ...rest, fromMs: Math.min(low, high), toMs: Math.max(low, high) })),
    { freq: 4 },
  );
};

const pattern = (targets: readonly number[]): fc.Arbitrary<PatternSpec> =>
  fc.record({
    name: fc.option(fc.constantFrom('A', 'B', 'C'), { freq: 5 }),
    category: fc.option(fc.constantFrom('x', 'y'), { freq: 1 }),
    relation: relation(targets),
  });

const node = (targets: readonly number[], windows: boolean): fc.Arbitrary<NodeSpec> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('join' as const), pattern: pattern(targets) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('not', 'exists' as const),
        pattern: pattern(targets),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('notBoth' as const),
        pattern: pattern(targets),
        second: pattern(targets),
      }),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({
          kind: fc.constant('count' as const),
          pattern: pattern(targets),
          window: windows ? fc.constantFrom('none', 'time', 'length') : fc.constant('none'),
          windowMs: fc.constantFrom(10, 20, 35),
          windowLength: fc.constantFrom(1, 2, 3),
          operator: fc.constantFrom('==', '>=', '<' as const),
          count: fc.integer({ min: 0, max: 3 }),
        })
        .map(({ window, windowMs, windowLength, ...rest }) => ({
          ...rest,
          windowMs: window === 'time' ? windowMs : null,
          windowLength: window === 'length' ? windowLength : null,
        })),
    },
  );

const rule = (windows: boolean): fc.Arbitrary<RuleSpec> =>
  fc
    .record({ salience: fc.integer({ min: -1, max: 1 }), length: fc.integer({ min: 1, max: 3 }) })
    .chain(({ salience, length }) => {
      let nodes: fc.Arbitrary<NodeSpec[]> = fc.constant([]);
      for (let index = 0; index < length; index++) {
        nodes = nodes.chain((before) => {
          const targets = before.flatMap((item, at) => (item.kind === 'join' ? [at] : []));
          return node(targets, windows).map((next) => [...before, next]);
        });
      }
      return nodes.map((list) => ({ salience, nodes: list }));
    });

const packages: fc.Arbitrary<PackageSpec> = fc
  .option(fc.constantFrom(10, 25), { freq: 3 })
  .chain((expiresMs) =>
    fc.record({
      rules: fc.array(rule(expiresMs === null), { minLength: 1, maxLength: 3 }),
      expiresMs: fc.constant(expiresMs),
    }),
  );

type Step = { kind: 'event'; event: ModelEvent } | { kind: 'tick'; time: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .record({
          time: fc.integer({ min: 0, max: 16 }).map((count) => 1_000 + count * 5),
          name: fc.constantFrom('A', 'B', 'C'),
          categories: fc.constantFrom([], ['x'], ['y'], ['x', 'y']),
          sku: fc.constantFrom('s', 't', null),
        })
        .map((event) => ({ kind: 'event' as const, event })),
    },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 0, max: 24 })
        .map((count) => ({ kind: 'tick' as const, time: 1_000 + count * 5 })),
    },
  ),
  { maxLength: 12 },
);

function toEvent(event: ModelEvent, ordinal: number): VisitorEvent {
  return {
    eventType: 'BUSINESS',
    eventName: event.name,
    eventID: `E${ordinal}`,
    pageID: 'P',
    visitID: 'V',
    globalVisitID: 'G',
    timestamp: event.time,
    category: event.categories.join(';'),
    url: '',
    languageCode: '',
    data: event.sku === null ? {} : { sku: event.sku },
  };
}

/** Order counts between rules, not within one. */
function inOrder(firings: readonly ModelFiring[]): string[] {
  const runs: string[][] = [];
  let last = '';
  for (const { rule: name, timestamp, completedBy, basedOn } of firings) {
    const key = `${name}@${timestamp} by ${String(completedBy)}`;
    if (key !== last) runs.push([]);
    last = key;
    runs.at(-1)?.push(`${key} on ${String(basedOn)}`);
  }
  return runs.flatMap((run) => run.sort());
}

function modelFiring({ rule: name, timestamp, completedBy, basedOn }: Firing): ModelFiring {
  return { rule: name, timestamp, completedBy, basedOn };
}

const packr = new Packr();

function agree(spec: PackageSpec, stream: readonly Step[]): void {
  const compiled = compilePackage(writeDrl(spec));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  const ruleSet = buildRuleSet([compiled.package]);
  const model = new Interpreter(spec);
  let session = newSession(ruleSet);
  let ordinal = 0;
  for (const step of [...stream, { kind: 'tick' as const, time: 10_000 }]) {
    // Every other step goes through the codec that sessions are stored with.
    if (ordinal % 2 === 1) session = packr.decode(packr.encode(session)) as RuleSession;
    const wanted = step.kind === 'event' ? model.insert(step.event) : model.advance(step.time);
    const got =
      step.kind === 'event'
        ? insertEvent(ruleSet, session, toEvent(step.event, ordinal), ordinal)
        : advanceClock(ruleSet, session, step.time);
    if (step.kind === 'event') ordinal++;
    expect(inOrder(got.map(modelFiring))).toEqual(inOrder(wanted));
  }
}

test('the engine fires as the interpreter does', () => {
  const runs = Number(process.env.RULES_RUNS ?? 400);
  fc.assert(fc.property(packages, steps, agree), { numRuns: runs });
}, 60_000);
