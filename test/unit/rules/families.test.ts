/** Phrases to DRL and back, and what the families' options do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type EventTest,
  type FamilyPackage,
  type FamilyRule,
  compilePackage,
  familyTemplates,
  phrases,
  readFamilyPackage,
  sayRule,
  writeFamilyPackage,
} from '../../../src/rules/index.js';
import { played } from './play.js';

const words = fc.oneof(
  fc.constantFrom(
    'product',
    'Search',
    'PageEntered',
    'a "quoted" name',
    'back\\slash',
    'ünïcode',
    'line\nbreak',
  ),
  fc.string({ minLength: 1, maxLength: 12 }),
);

const eventTest: fc.Arbitrary<EventTest> = fc.oneof(
  words.map((category) => ({ kind: 'category' as const, category })),
  words.map((name) => ({ kind: 'name' as const, name })),
);
const notSearch = eventTest.filter((item) => item.kind !== 'name' || item.name !== 'Search');

const header = fc.record(
  {
    salience: fc.integer({ min: -50, max: 50 }),
    oncePerVisit: fc.constant(true),
    startOverAfterFiring: fc.constant(true),
  },
  { requiredKeys: [] },
);
const within = fc.record({ withinMs: fc.integer({ min: 1, max: 10_000_000 }) }, { requiredKeys: [] });

const events = fc.array(eventTest, { minLength: 2, maxLength: 5 });
const based = events.chain((list) =>
  fc.record({ events: fc.constant(list), basedOn: fc.integer({ min: 0, max: list.length - 1 }) }),
);

const bodies: fc.Arbitrary<object> = fc.oneof(
  notSearch.map((event) => ({ family: 'singleton', event })),
  fc.tuple(based, within).map(([list, option]) => ({ family: 'sequence', ...list, ...option })),
  based.map((list) => ({ family: 'set', operator: 'all', ...list })),
  events.map((list) => ({ family: 'set', operator: 'any', events: list, basedOn: 0 })),
  fc
    .tuple(fc.record({ event: eventTest, count: fc.integer({ min: 1, max: 99 }) }), within)
    .map(([list, option]) => ({ family: 'counter', ...list, ...option })),
  words.chain((value) =>
    fc.constantFrom(
      { family: 'search', match: 'contains', value },
      { family: 'search', match: 'equals', value },
      { family: 'search', match: 'any', value: '' },
    ),
  ),
);

const packages: fc.Arbitrary<FamilyPackage> = fc
  .array(fc.tuple(bodies, header), { minLength: 1, maxLength: 6 })
  .chain((list) =>
    fc.uniqueArray(words, { minLength: list.length, maxLength: list.length }).map((names) => ({
      name: 'com.example.shop',
      rules: list.map(([body, head], index) => ({ name: names[index], ...head, ...body }) as FamilyRule),
    })),
  );

describe('families', () => {
  test('phrases survive the way to DRL and back, and the DRL compiles', () => {
    fc.assert(
      fc.property(packages, (pack) => {
        const text = writeFamilyPackage(pack);
        const compiled = compilePackage(text);
        expect(compiled).toMatchObject({
          ok: true,
          package: { rules: pack.rules.map((rule) => ({ name: rule.name, family: rule.family })) },
        });
        const back = readFamilyPackage(text);
        expect(back?.rules.map((rule) => (rule.kind === 'family' ? rule.rule : rule))).toEqual(pack.rules);
      }),
      { numRuns: 150 },
    );
  });

  test('a changed rule is plain DRL', () => {
    const text = writeFamilyPackage({
      name: 'p',
      rules: [{ family: 'singleton', name: 'a', event: { kind: 'name', name: 'A' } }],
    });
    expect(readFamilyPackage(text.replace('when', 'no-loop when'))?.rules[0]?.kind).toBe('drl');
    expect(readFamilyPackage(text.replace(/\s+/g, ' '))?.rules[0]?.kind).toBe('family');
    expect(readFamilyPackage('rule')).toBeUndefined();
  });

  test('once per visit fires once, start over counts anew', () => {
    const counter = { family: 'counter', name: 'c', event: { kind: 'name', name: 'A' }, count: 2 } as const;
    const stream = Array.from({ length: 6 }, (_, index) => ({ name: 'A', time: 1_000 + index }));
    const fired = (rule: FamilyRule): (number | null)[] =>
      played(writeFamilyPackage({ name: 'p', rules: [rule] }), stream).map((firing) => firing.basedOn);
    expect(fired(counter)).toEqual([1]);
    expect(fired({ ...counter, startOverAfterFiring: true })).toEqual([1, 3, 5]);
    expect(fired({ ...counter, startOverAfterFiring: true, oncePerVisit: true })).toEqual([1]);
    expect(
      fired({ family: 'singleton', name: 's', event: { kind: 'name', name: 'A' }, oncePerVisit: true }),
    ).toEqual([0]);
  });

  test('the template is whole: every phrase a family names exists and every rule can be said', () => {
    const ids = new Set(phrases.map((phrase) => phrase.id));
    for (const { conditions, action, options } of familyTemplates) {
      for (const id of [...conditions, action, ...options]) expect(ids).toContain(id);
    }
    expect(JSON.parse(JSON.stringify({ phrases, familyTemplates }))).toEqual({ phrases, familyTemplates });
    const said = sayRule({
      family: 'sequence',
      name: 's',
      events: [
        { kind: 'category', category: 'a' },
        { kind: 'name', name: 'B' },
      ],
      basedOn: 1,
    });
    expect(said.when).toEqual([
      'page transition event occurs that belongs to category a save as $event1',
      'event following $event1 with name B save as $event2',
    ]);
    expect(said.then).toEqual(['generate actionable event based on $event2']);
  });
});
