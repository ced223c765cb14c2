/** A visit: repeats, pages, identities, expiry, rules by event and by time. */
import { describe, expect, it } from 'vitest';
import { visitAddress } from '../../../src/actors/protocol/index.js';
import { decodeEvents, type VisitorEvent } from '../../../src/model/index.js';
import { event, globalVisitID, helpRule, newWorld, pageID, send, visitID } from './story.js';
import { documentsOf, ruleSetOf, type World } from './world.js';

/** Events that the visit has had stored, in the order of their ordinals. */
function stored(world: World): VisitorEvent[] {
  const segments = world.rows.flatMap((row) => (row.entity === 'events' ? [row.value] : []));
  const events: VisitorEvent[] = [];
  for (const { firstOrdinal, bytes } of segments) {
    expect(firstOrdinal).toBe(events.length);
    events.push(...decodeEvents(visitID, bytes));
  }
  return events;
}

function names(world: World): string[] {
  return stored(world).map(({ eventName }) => eventName);
}

function lastRow(world: World, entity: string): unknown {
  return world.rows.filter((row) => row.entity === entity).at(-1)?.value;
}

describe('a visit', () => {
  it('begins with its first page or its first event, once', () => {
    const world = newWorld();
    const start = { kind: 'startVisit', globalVisitID, userAgent: 'Test/1' } as const;
    world.tell(visitAddress(visitID), start);
    send(world, event(world, 'PageEntered'));
    expect(world.facts.filter((fact) => fact.name === 'visitStarted')).toHaveLength(1);
    expect(lastRow(world, 'visit')).toMatchObject({ visitId: visitID, globalVisitID, endDate: 0 });
  });

  it('counts an event that is sent twice once, in one batch and in another', () => {
    const world = newWorld();
    const [first, second] = [event(world, 'One'), event(world, 'Two')];
    send(world, first, second, first);
    expect(send(world, second, event(world, 'Three'))).toEqual({ duplicates: 1 });
    expect(names(world)).toEqual(['One', 'Two', 'Three']);
  });

  it('tells two ids apart that begin alike', () => {
    const world = newWorld();
    const begin = 'ABCDEF0123456';
    const ids = ['A', 'B'].map((end) => begin.padEnd(31, '0') + end);
    send(world, ...ids.map((eventID) => event(world, 'Same', { eventID })));
    send(world, event(world, 'Same', { eventID: begin.padEnd(31, '0') + 'C' }));
    expect(names(world)).toHaveLength(3);
  });

  it('opens and closes its pages', () => {
    const world = newWorld();
    send(world, event(world, 'PageEntered', { data: { title: 'Tea' }, category: 'tea' }));
    expect(lastRow(world, 'page')).toMatchObject({
      pageId: pageID,
      title: 'Tea',
      category: 'tea',
      endDate: 0,
    });
    world.nowMs += 5_000;
    const exited = event(world, 'PageExited');
    send(world, exited);
    expect(lastRow(world, 'page')).toMatchObject({ pageId: pageID, endDate: exited.timestamp });
  });

  it('ties identities: recognised, authenticated, and recognised again after sign-out', () => {
    const world = newWorld();
    const scopes: unknown[] = [];
    for (const name of ['UserInfo', 'SignIn', 'UserInfo', 'SignOut']) {
      send(world, event(world, name, { data: { userID: 'ada' } }));
      scopes.push((lastRow(world, 'visitIdentity') as { visitScope: string }).visitScope);
    }
    expect(scopes).toEqual(['Recognized', 'Authenticated', 'Authenticated', 'Recognized']);
  });

  it('expires after the option without activity, and stays over', () => {
    const world = newWorld(helpRule, { visitExpirationMs: 60_000 });
    send(world, event(world, 'PageEntered'));
    const ask = (): unknown => world.tell(visitAddress(visitID), { kind: 'openPage' });
    world.nowMs += 60_000;
    expect(ask()).toMatchObject({ expired: false });
    world.nowMs += 60_001;
    expect(ask()).toMatchObject({ expired: true });
    expect(ask()).toMatchObject({ expired: true });
    expect(world.facts.filter((fact) => fact.name === 'visitExpired')).toHaveLength(1);
  });

  it('knows nothing of an id that nobody was given', () => {
    const world = newWorld();
    expect(world.tell(visitAddress('unknown'), { kind: 'openPage' })).toMatchObject({ expired: true });
    expect(world.rows).toEqual([]);
  });

  it('makes an ACTIONABLE event of a firing, with the page and data of its event', () => {
    const world = newWorld();
    send(world, event(world, 'Help', { category: 'cart', data: { topic: 'returns' } }));
    const [help, actionable] = stored(world);
    expect(actionable).toMatchObject({
      eventType: 'ACTIONABLE',
      eventName: 'help',
      pageID,
      category: 'cart',
      data: { topic: 'returns', rule: 'help', package: 'com.example', basedOn: help?.eventID },
    });
  });

  it('copies the fields that section userData names to the engagement', () => {
    const userData = {
      SignIn: ['*_name'],
      UserInfo: [],
      VisitStarted: ['timezoneOffset'],
      ACTIONABLE: ['cart_*'],
    };
    const world = newWorld(helpRule, { userData });
    send(
      world,
      event(world, 'VisitStarted', { data: { timezoneOffset: -60, other: 1 } }),
      event(world, 'SignIn', { data: { userID: 'ada', first_name: 'Ada' } }),
      event(world, 'Help', { data: { cart_total: 12, unrelated: true } }),
    );
    expect(lastRow(world, 'engagement')).toMatchObject({
      userData: { timezoneOffset: '-60', first_name: 'Ada', cart_total: '12' },
    });
  });

  it('fires an absence by itself when its time is up', () => {
    const world = newWorld(`package com.example
rule "left alone"
when
  $cart : Event( eventName == "AddToCart" )
  not Event( eventName == "Checkout", this after[0s,30s] $cart )
then
  emitActionable( $cart, "left alone" );
end
`);
    send(world, event(world, 'AddToCart'));
    world.advance(29_900);
    expect(names(world)).toEqual(['AddToCart']);
    world.advance(200);
    expect(names(world)).toEqual(['AddToCart', 'left alone']);
  });

  it('keeps its rules right when the browser clock is wrong', () => {
    const world = newWorld(`package com.example
rule "left alone"
when
  $cart : Event( eventName == "AddToCart" )
  not Event( eventName == "Checkout", this after[0s,30s] $cart )
then
  emitActionable( $cart, "left alone" );
end
`);
    const behindMs = 3_600_000;
    send(world, event(world, 'AddToCart', { timestamp: world.nowMs - behindMs }));
    world.advance(10_000);
    send(world, event(world, 'Checkout', { timestamp: world.nowMs - behindMs }));
    world.advance(60_000);
    expect(names(world)).toEqual(['AddToCart', 'Checkout']);
  });

  it('moves to new rules while it is live, and does not fire again for what is past', () => {
    const world = newWorld();
    send(world, event(world, 'Help'));
    const both = `${helpRule}
rule "advice"
when
  $event : Event( eventName == "Advice" )
then
  emitActionable( $event, "advice" );
end
`;
    const before = world.documents;
    world.documents = { ...documentsOf(ruleSetOf(both), {}, 2), rulesOf: () => before.rules };
    send(world, event(world, 'Advice'));
    expect(names(world)).toEqual(['Help', 'help', 'Advice', 'advice']);
  });

  it('fires rules that are new to it for what it remembers', () => {
    const world = newWorld();
    send(world, event(world, 'Advice'), event(world, 'Other'));
    const before = world.documents;
    const later = helpRule.replaceAll('elp', 'advice').replace('"Hadvice"', '"Advice"');
    world.documents = { ...documentsOf(ruleSetOf(later), {}, 2), rulesOf: () => before.rules };
    send(world, event(world, 'Last'));
    expect(names(world)).toEqual(['Advice', 'Other', 'hadvice', 'Last']);
  });

  it('rebuilds a lost rule session from its events', () => {
    const world = newWorld(`package com.example
rule "pair"
when
  $a : Event( eventName == "A" )
  $b : Event( eventName == "B", this after $a )
then
  emitActionable( $b, "pair" );
end
`);
    send(world, event(world, 'A'));
    const visit = world.cells.get(`visit/${visitID}`)?.visit;
    if (visit !== null && visit !== undefined) visit.session = null;
    world.nowMs += 1_000;
    send(world, event(world, 'B'));
    expect(names(world)).toEqual(['A', 'B', 'pair']);
  });

  it('stays within its bounds under a flood', () => {
    const world = newWorld();
    for (let round = 0; round < 300; round++) {
      const events = Array.from({ length: 20 }, (_, index) =>
        event(world, 'PageEntered', { pageID: `page-${round}-${index}`, data: { title: 'x'.repeat(200) } }),
      );
      send(world, ...events);
    }
    const visit = world.cells.get(`visit/${visitID}`)?.visit;
    expect(visit?.eventCount).toBe(6_000);
    expect(visit?.seen.length).toBeLessThanOrEqual(512);
    expect(visit?.openPages.length).toBeLessThanOrEqual(32);
    expect(visit?.logBytes).toBeLessThanOrEqual(64 * 1024);
  });
});
