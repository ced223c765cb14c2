// The shipped rules under the real engine: they compile without a word, and each fires when its hint is
// followed, once a visit, and not for less.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hintFor } from '../../../apps/playground/panel/hints.js';
import type { VisitorEvent } from '../../../src/model/index.js';
import {
  advanceClock,
  buildRuleSet,
  compilePackage,
  explainRules,
  type Firing,
  insertEvent,
  newSession,
  type RulePackage,
} from '../../../src/rules/index.js';

const file = resolve(import.meta.dirname, '../../../apps/playground/rules/playground.drl');
const compiled = compilePackage(readFileSync(file, 'utf8'));

function rulePackage(): RulePackage {
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  return compiled.package;
}

/** What happens, and how many seconds after the start. */
type Step = readonly [atS: number, eventName: string, page: string, data?: VisitorEvent['data']];

function eventsOf(steps: readonly Step[]): VisitorEvent[] {
  return steps.map(([atS, eventName, page, data = {}], ordinal) => ({
    eventType: eventName.startsWith('Page') ? 'SYSTEM' : 'BUSINESS',
    eventName,
    eventID: `E${ordinal}`,
    pageID: `P${ordinal}`,
    visitID: 'V1',
    globalVisitID: 'G1',
    timestamp: 1_700_000_000_000 + atS * 1_000,
    category: page.startsWith('product') ? 'PlayGround-Coffee;PlayGround-Product' : `PlayGround-${page}`,
    url: `http://shop.example/playground/${page}`,
    languageCode: 'en-GB',
    data,
  }));
}

/** The rules that asked for an ACTIONABLE event, with the step after which they did. */
function firedBy(steps: readonly Step[], waitS = 0): [rule: string, step: number | null][] {
  const ruleSet = buildRuleSet([rulePackage()]);
  const session = newSession(ruleSet);
  const events = eventsOf(steps);
  const firings: Firing[] = events.flatMap((event, ordinal) => [
    ...insertEvent(ruleSet, session, event, ordinal),
  ]);
  const endMs = (events.at(-1)?.timestamp ?? 0) + waitS * 1_000;
  firings.push(...advanceClock(ruleSet, session, endMs));
  return firings
    .filter((firing) => firing.emitted)
    .map((firing) => [firing.rule, firing.basedOn ?? firing.completedBy]);
}

describe('playground.drl', () => {
  it('compiles without errors and without warnings', () => {
    expect(compiled.ok ? compiled.warnings : compiled.errors).toEqual([]);
    expect(rulePackage().name).toBe('com.beckon.playground');
  });

  it('tells a newcomer what to do for every rule', () => {
    for (const { name } of rulePackage().rules) expect(hintFor(name), name).toBeDefined();
  });

  it('offers help after half a minute at checkout, once', () => {
    const stuck: Step = [31, 'Timeout-30', 'Checkout'];
    expect(firedBy([[0, 'PageEntered', 'Checkout'], stuck])).toEqual([['Stuck at checkout', 1]]);
    expect(firedBy([[0, 'PageEntered', 'Checkout'], stuck, [90, 'Timeout-30', 'Checkout']])).toHaveLength(1);
    expect(firedBy([stuck, [7_200, 'Timeout-30', 'Checkout']])).toHaveLength(1);
    expect(firedBy([[31, 'Timeout-30', 'Help']])).toEqual([]);
  });

  it('follows a product into the cart, in that order only', () => {
    const [view, add, cart]: Step[] = [
      [0, 'PageEntered', 'product-1'],
      [10, 'AddToCart', 'product-1'],
      [20, 'PageEntered', 'Cart'],
    ] as Step[] as [Step, Step, Step];
    expect(firedBy([view, add, [15, 'PageExited', 'product-1'], cart])).toEqual([['Back to the cart', 3]]);
    expect(firedBy([view, [11, 'PageEntered', 'Cart'], [12, 'AddToCart', 'product-1']])).toEqual([]);
    expect(firedBy([add, cart])).toEqual([]);
    expect(firedBy([view, add, cart, [30, 'AddToCart', 'Cart'], [40, 'PageEntered', 'Cart']])).toHaveLength(
      1,
    );
  });

  it('notices delivery and returns in either order, and offers on the page that came last', () => {
    const delivery = (atS: number): Step => [atS, 'PageEntered', 'Delivery'];
    const returns = (atS: number): Step => [atS, 'PageEntered', 'Returns'];
    expect(firedBy([delivery(0), returns(9)])).toEqual([['Delivery and returns', 1]]);
    expect(firedBy([returns(0), [5, 'PageEntered', 'Help'], delivery(9)])).toEqual([
      ['Delivery and returns', 2],
    ]);
    expect(firedBy([delivery(0), delivery(9)])).toEqual([]);
    expect(firedBy([delivery(0), returns(3_600)])).toEqual([]);
    expect(firedBy([delivery(0), returns(9), delivery(20), returns(30)])).toHaveLength(1);
  });

  it('counts three product pages within two minutes', () => {
    const view = (atS: number): Step => [atS, 'PageEntered', `product-${atS}`];
    expect(firedBy([view(0), view(50), view(110)])).toEqual([['Comparing products', 2]]);
    expect(firedBy([view(0), view(50)], 600)).toEqual([]);
    expect(firedBy([view(0), view(70), view(140), view(210)], 600)).toEqual([]);
    expect(firedBy([view(0), view(10), view(20), view(30), view(40)], 600)).toHaveLength(1);
  });

  it('hears a cry for help in the search box, and answers on the page of results', () => {
    const search = (searchString: string): Step => [0, 'Search', 'Home', { searchString }];
    const results: Step = [1, 'PageEntered', 'Search'];
    for (const words of ['help', 'I need HELP', 'broken glass', 'refunds', 'how to return']) {
      expect(firedBy([search(words), results]), words).toEqual([['Searching for help', 1]]);
    }
    for (const words of ['kettle', 'whelp', '']) expect(firedBy([search(words), results]), words).toEqual([]);
    expect(firedBy([search('help')])).toEqual([]);
  });

  it('answers when the shop found nothing', () => {
    expect(firedBy([[0, 'NothingFound', 'Search', { searchString: 'bicycle' }]])).toEqual([
      ['Nothing found', 0],
    ]);
  });

  it('is silent while somebody only looks around', () => {
    expect(
      firedBy(
        [
          [0, 'PageEntered', 'Home'],
          [4, 'PageEntered', 'Coffee'],
          [9, 'PageEntered', 'product-1'],
          [40, 'Timeout-30', 'product-1'],
          [41, 'AddToCart', 'product-1'],
          [50, 'PageEntered', 'Delivery'],
        ],
        3_600,
      ),
    ).toEqual([]);
  });

  it('can be explained: what is met, and what is missing', () => {
    const ruleSet = buildRuleSet([rulePackage()]);
    const steps: Step[] = [
      [0, 'PageEntered', 'product-1'],
      [10, 'AddToCart', 'product-1'],
    ];
    const explained = explainRules(ruleSet, eventsOf(steps)).find(({ rule }) => rule === 'Back to the cart');
    expect(explained?.firings).toEqual([]);
    expect(explained?.conditions.slice(0, 3).map(({ satisfied, events }) => [satisfied, events])).toEqual([
      [true, [0]],
      [true, [1]],
      [false, []],
    ]);
    expect(explained?.nearest).not.toBeNull();
  });
});
