/**
 * A visit whose packages follow domains (`cep/domainSeparation`): each sees its own events, whatever happens
 * between.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visitAddress, type Documents, type DomainRules } from '../../../src/actors/protocol/index.js';
import { encodeEvents, type VisitorEvent } from '../../../src/model/index.js';
import { buildRuleSet, compilePackage, type RulePackage } from '../../../src/rules/index.js';
import { createWorld, documentsOf, type World } from './world.js';

const names = [
  'com.genesys',
  'com.genesys.blog',
  'com.genesys.communication',
  'com.genesys.communication.personal',
];

/** The table of spec/rules.md: which packages process a site's events. */
const table: Record<string, string[]> = {
  'genesys.com': ['com.genesys'],
  'blog.genesys.com': ['com.genesys', 'com.genesys.blog'],
  'communication.genesys.com': ['com.genesys', 'com.genesys.communication'],
  'personal.communication.genesys.com': [
    'com.genesys',
    'com.genesys.communication',
    'com.genesys.communication.personal',
  ],
  'other.example': [],
};
const hosts = Object.keys(table);

const times = 3;

/** One rule for each event, and one that counts, so that an event that leaks in shows. */
function packageOf(name: string): RulePackage {
  const result = compilePackage(`package ${name}
rule "each ${name}" when $e : Event( eventName == "Look" ) then emitActionable( $e, "each ${name}" ); end
rule "third ${name}"
when
  accumulate( $e : Event( eventName == "Look" ); $n : count( $e ); $n == ${times} )
then
  emitVisit( "third ${name}" );
end`);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.package;
}

const packages = names.map(packageOf);

function documents(separated: boolean, id = 1, from?: Documents): Documents {
  const all = documentsOf(buildRuleSet(packages), { strictEngagementMode: true }, id);
  if (!separated) return all;
  const domains: DomainRules[] = packages.map((rulePackage) => ({
    package: rulePackage.name,
    rules: buildRuleSet([rulePackage]),
  }));
  return { ...all, domains, domainsOf: (other) => (other === from?.id ? from.domains : undefined) };
}

function look(world: World, host: string, number: number): VisitorEvent {
  return {
    eventType: 'BUSINESS',
    eventName: 'Look',
    eventID: `E${number}`,
    pageID: 'P1',
    visitID: 'V1',
    globalVisitID: 'G1',
    timestamp: world.nowMs,
    category: '',
    url: `https://${host}/page`,
    languageCode: 'en',
    data: {},
  };
}

function send(world: World, host: string, number: number): void {
  const events = [look(world, host, number)];
  const bytes = encodeEvents('V1', 'G1', events);
  world.tell(visitAddress('V1'), { kind: 'receiveEvents', events, bytes });
}

/** Rules fired so far, in order. */
function fired(world: World): string[] {
  return world.facts.flatMap((fact) => (fact.name === 'ruleFired' ? [fact.rule] : []));
}

function begin(world: World): void {
  world.tell(visitAddress('V1'), { kind: 'startVisit', globalVisitID: 'G1', userAgent: null });
}

type Step = { kind: 'look'; host: string } | { kind: 'forget' } | { kind: 'deploy' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...hosts).map((host): Step => ({ kind: 'look', host })) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'forget' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'deploy' }) },
);

function play(world: World, steps: readonly Step[], separated: boolean): void {
  let number = 0;
  for (const current of steps) {
    world.advance(1_000);
    if (current.kind === 'look') {
      send(world, current.host, number++);
    } else if (current.kind === 'forget') {
      const visit = world.cells.get('visit/V1')?.visit;
      if (visit !== null && visit !== undefined) visit.session = null;
    } else {
      world.documents = documents(separated, world.documents.id + 1, world.documents);
    }
  }
}

/** What must fire: for every event its packages, and for each package the rule that counts at the third. */
function expected(steps: readonly Step[], packagesOf: (host: string) => readonly string[]): string[] {
  const counts = new Map<string, number>();
  return steps.flatMap((current) => {
    if (current.kind !== 'look') return [];
    return packagesOf(current.host).flatMap((name) => {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return count === times ? [`each ${name}`, `third ${name}`] : [`each ${name}`];
    });
  });
}

describe('packages that follow domains', () => {
  it('see the events that the table says, through passivation and deployment', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const world = createWorld(documents(true));
        begin(world);
        play(world, steps, true);
        expect(fired(world).sort()).toEqual(expected(steps, (host) => table[host] ?? []).sort());
      }),
      { numRuns: 60 },
    );
  });

  it('all see everything when the option is false', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        const own = steps.filter(({ kind }) => kind !== 'deploy');
        const world = createWorld(documents(false));
        begin(world);
        play(world, own, false);
        expect(fired(world).sort()).toEqual(expected(own, () => names).sort());
      }),
      { numRuns: 30 },
    );
  });

  it('take over a visit that began before the option was set, and give it back', () => {
    const world = createWorld(documents(false));
    begin(world);
    play(world, [{ kind: 'look', host: 'genesys.com' }], false);
    expect(fired(world)).toHaveLength(names.length);
    world.documents = documents(true, 1);
    send(world, 'blog.genesys.com', 7);
    expect(fired(world).slice(names.length)).toEqual(['each com.genesys', 'each com.genesys.blog']);
    world.documents = documents(false, 1);
    send(world, 'genesys.com', 8);
    expect(fired(world)).toHaveLength(names.length + 2 + 2 * names.length);
  });
});
