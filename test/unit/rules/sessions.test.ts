/**
 * Sessions as callers use them: deployments to live visits, deadlines, explanations, and the benchmark's
 * small size.
 */
import { describe, expect, test } from 'vitest';
import {
  type RuleSession,
  adoptRuleSet,
  advanceClock,
  explainRule,
  explainRules,
  insertEvent,
  newSession,
  nextDeadlineMs,
} from '../../../src/rules/index.js';
import { runBench, smokeSize } from '../../../bench/rules/run-bench.js';
import { type PlayEvent, ruleSetOf, said, visitorEvent } from './play.js';

const pair =
  'rule "pair" when $a : Event( eventName == "A" ) $e : Event( eventName == "B", this ' +
  'after $a ) then emitActionable( $e, "pair" ); end';
const single = 'rule "single" when $e : Event( eventName == "A" ) then emitActionable( $e, "single" ); end';
const absent =
  'rule "absent" when $e : Event( eventName == "A" ) not Event( eventName == "C", this ' +
  'after[0s,30s] $e ) then emitActionable( $e, "absent" ); end';

const stream: PlayEvent[] = [
  { name: 'A', time: 1_000 },
  { name: 'B', time: 2_000 },
  { name: 'B', time: 3_000 },
];
const events = stream.map(visitorEvent);
const eventOf = (ordinal: number) => events[ordinal];

function sessionAfter(
  text: string,
  count: number,
): { session: RuleSession; from: ReturnType<typeof ruleSetOf> } {
  const from = ruleSetOf(text);
  const session = newSession(from);
  events.slice(0, count).forEach((event, ordinal) => insertEvent(from, session, event, ordinal));
  return { session, from };
}

describe('deploying to a live visit', () => {
  test('an unchanged rule keeps its partial matches and does not fire again', () => {
    const { session, from } = sessionAfter(pair, 2);
    const to = ruleSetOf(`${pair}\n// a comment\n${single.replace('"A"', '"Z"')}`);
    expect(adoptRuleSet(from, to, session, eventOf)).toEqual([]);
    expect(said(insertEvent(to, session, events[2] as (typeof events)[0], 2))).toEqual(['pair@3000(2)']);
  });
  test('a new rule sees the events still remembered', () => {
    const { session, from } = sessionAfter(pair, 2);
    expect(said(adoptRuleSet(from, ruleSetOf(`${pair} ${single}`), session, eventOf))).toEqual([
      'single@2000(0)',
    ]);
  });
  test('a changed rule starts anew; its action alone counts as a change', () => {
    const { session, from } = sessionAfter(pair, 2);
    const changed = pair.replace('emitActionable( $e,', 'emitActionable( $a,');
    expect(said(adoptRuleSet(from, ruleSetOf(changed), session, eventOf))).toEqual(['pair@2000(0)']);
  });
  test('a waiting absence of an unchanged rule goes on waiting', () => {
    const { session, from } = sessionAfter(absent, 2);
    const to = ruleSetOf(`${single.replace('"A"', '"Z"')} ${absent}`);
    expect(adoptRuleSet(from, to, session, eventOf)).toEqual([]);
    expect(nextDeadlineMs(session)).toBe(31_000);
    expect(said(advanceClock(to, session, 40_000))).toEqual(['absent@31000(0)']);
  });
  test('what a rule deleted, and what has expired, is not remembered', () => {
    const eat = 'rule "eat" when $a : Event( eventName == "A" ) then delete( $a ); end';
    const eaten = sessionAfter(eat, 2);
    expect(adoptRuleSet(eaten.from, ruleSetOf(`${eat} ${single}`), eaten.session, eventOf)).toEqual([]);
    const brief = sessionAfter(`declare Event @role( event ) @expires( 500ms ) end ${pair}`, 3);
    expect(adoptRuleSet(brief.from, ruleSetOf(single), brief.session, eventOf)).toEqual([]);
  });
  test('declared facts live on', () => {
    const mark =
      'declare Mark n : int end rule "mark" when Event( eventName == "A" ) then insert( new Mark( 7 ) ); end';
    const { session, from } = sessionAfter(
      `${mark} rule "m" when Mark( n == 1 ) then emitVisit( "m" ); end`,
      1,
    );
    const to = ruleSetOf(`${mark} rule "m7" when Mark( n == 7 ) then emitVisit( "m7" ); end`);
    expect(said(adoptRuleSet(from, to, session, eventOf))).toEqual(['m7@1000']);
  });
  test('a session that has seen nothing just changes sets', () => {
    const from = ruleSetOf(pair);
    const session = newSession(from);
    const to = ruleSetOf(single);
    expect(adoptRuleSet(from, to, session, eventOf)).toEqual([]);
    expect(said(insertEvent(to, session, events[0] as (typeof events)[0], 0))).toEqual(['single@1000(0)']);
  });
});

describe('sessions', () => {
  test('only what can fire by itself makes a deadline', () => {
    const from = ruleSetOf(absent);
    const session = newSession(from);
    expect(nextDeadlineMs(session)).toBe(Infinity);
    insertEvent(from, session, visitorEvent({ name: 'A', time: 1_000 }, 0), 0);
    expect(nextDeadlineMs(session)).toBe(31_000);
    insertEvent(from, session, visitorEvent({ name: 'C', time: 2_000 }, 1), 1);
    expect(advanceClock(from, session, 100_000)).toEqual([]);
    expect(nextDeadlineMs(session)).toBe(Infinity);
    expect(session.marks).toEqual([]);
  });
  test('a call that breaks off leaves nothing behind for another visit', () => {
    const both = ruleSetOf(`${single} ${single.replace('"single"', '"second"')}`);
    const broken = visitorEvent({ name: 'A', time: 1_000 }, 0);
    both.network.workspace.observer = () => {
      throw new Error('broken');
    };
    expect(() => insertEvent(both, newSession(both), broken, 0)).toThrow('broken');
    both.network.workspace.observer = null;
    const session = newSession(both);
    expect(insertEvent(both, session, visitorEvent({ name: 'X', time: 1_000 }, 0), 0)).toEqual([]);
    const fired = insertEvent(both, session, visitorEvent({ name: 'A', time: 2_000 }, 1), 1);
    expect(said(fired)).toEqual(['single@2000(1)', 'second@2000(1)']);
  });
  test('an event that no rule wants leaves no trace and makes no list', () => {
    const from = ruleSetOf(pair);
    const session = newSession(from);
    const first = insertEvent(from, session, visitorEvent({ name: 'X', time: 1_000 }, 0), 0);
    expect(insertEvent(from, session, visitorEvent({ name: 'X', time: 2_000 }, 1), 1)).toBe(first);
    expect(session).toMatchObject({ count: 2, clock: 1_000, marks: [], times: [] });
  });
  test('only the fields that rules still read are kept of an event', () => {
    const text =
      'rule "r" when $a : Event( eventName == "A" ) $e : Event( data["sku"] == ' +
      '$a.data["sku"], this after $a ) then emitActionable( $e, "r" ); end';
    const from = ruleSetOf(text);
    const session = newSession(from);
    insertEvent(
      from,
      session,
      visitorEvent({ name: 'A', time: 1_000, data: { sku: 's', secret: 'x' } }, 0),
      0,
    );
    expect(JSON.stringify(session)).toContain('"s"');
    expect(JSON.stringify(session)).not.toContain('secret');
  });
});

describe('explanations', () => {
  const text = `${pair}
    rule "three" when accumulate( Event( eventName == "Page", categories contains "shop" )
        over window:time( 60s ); $n : count(); $n >= 3 ) then emitVisit( "three" ); end
    rule "none" when $e : Event( eventName == "A" ) not Event( eventName == "B", this after $e )
        then emitActionable( $e, "none" ); end
    ${absent}`;
  const ruleSet = ruleSetOf(text);
  const of = (rule: string, list: PlayEvent[]) => explainRule(ruleSet, 'p', rule, list.map(visitorEvent));
  test('what is missing, in words', () => {
    expect(of('pair', [{ name: 'A', time: 1 }])).toMatchObject({
      firings: [],
      conditions: [
        { satisfied: true, events: [0] },
        { satisfied: false, events: [] },
      ],
      nearest: 'one more event: a B after A (event 0)',
    });
    expect(of('three', [{ name: 'Page', time: 1, category: 'shop' }])?.nearest).toBe(
      '2 more Page in category shop within the last 1 min',
    );
    expect(of('absent', [{ name: 'A', time: 1 }])?.nearest).toBe('30 s more without a change');
    expect(
      of('none', [
        { name: 'B', time: 2 },
        { name: 'A', time: 1 },
      ])?.nearest,
    ).toContain('event 0 stands against it');
  });
  test('what fired is satisfied, and the whole is plain data', () => {
    const all = explainRules(ruleSet, events);
    expect(all.find((item) => item.rule === 'pair')).toMatchObject({
      nearest: null,
      conditions: [{ satisfied: true }, { satisfied: true }],
    });
    expect(JSON.parse(JSON.stringify(all))).toEqual(all);
    expect(explainRule(ruleSet, 'p', 'nobody', [])).toBeUndefined();
  });
});

test('the benchmark at its small size always gives the same firings', () => {
  let time = 0;
  const clock = (): number => ++time;
  const [one, two] = [runBench(smokeSize, clock, clock), runBench(smokeSize, clock, clock)];
  expect(one.hash).toBe(two.hash);
  expect(one.events).toBe(smokeSize.visits * smokeSize.eventsPerVisit);
  expect(one.firings).toBeGreaterThan(0);
  expect(one.sessionBytesMax).toBeLessThan(1_024);
});
