/**
 * The runtime over a real journal and store: sleep and return, eviction, crash, checkpoint, a defect in a
 * machine.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentAddress, documentAddress, visitAddress } from '../../../src/actors/protocol/index.js';
import type { VisitorEvent } from '../../../src/model/index.js';
import { until } from '../../support/until.js';
import { mintId } from '../../support/visitor-client.js';
import { helpRule } from '../../unit/actors/story.js';
import { settings } from '../../unit/actors/world.js';
import { type NodeParts, openParts, type PartsOptions } from './node-parts.js';

let folder: string;
let parts: NodeParts;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beckon-runtime-'));
});

afterEach(async () => {
  await parts.stop();
  await rm(folder, { recursive: true, force: true });
});

async function open(options: Omit<PartsOptions, 'folder'> = {}): Promise<NodeParts> {
  parts = await openParts({ folder, ...options });
  return parts;
}

function event(visitID: string, eventName: string): VisitorEvent {
  return {
    eventType: 'BUSINESS',
    eventName,
    eventID: mintId(),
    pageID: 'PAGE',
    visitID,
    globalVisitID: 'GLOBAL',
    timestamp: Date.now(),
    category: '',
    url: 'http://shop.example/',
    languageCode: 'en-US',
    data: {},
  };
}

const deployHelp = (node: NodeParts): Promise<unknown> =>
  node.ask(documentAddress('rules', 'com.example'), { kind: 'putDocument', value: helpRule });

describe('a cell', () => {
  it('leaves memory when it is idle and comes back with what it knew', async () => {
    const node = await open({ idleMs: 1 });
    const first = event('V', 'One');
    await node.send('V', first);
    await until(
      () => node.runtime.figures().caches.VisitProfileCache.cacheSize === 0,
      'the visit to sleep',
      10_000,
    );
    const second = event('V', 'Two');
    expect(await node.send('V', first, second)).toEqual({ duplicates: 1 });
    expect(await node.stored('V')).toEqual([first.eventID, second.eventID]);
    expect(node.runtime.figures().caches.VisitProfileCache.loadSuccessCount).toBeGreaterThan(0);
  });

  it('is lost by no eviction, however small the caches', async () => {
    const node = await open({ cacheSizes: { visitsMax: 2, eventsMax: 1, sessionsMax: 1 } });
    const sent = new Map<string, string[]>();
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        ['A', 'B', 'C', 'D', 'E'].map(async (visitID) => {
          const made = event(visitID, `Round${round}`);
          sent.set(visitID, [...(sent.get(visitID) ?? []), made.eventID]);
          await node.send(visitID, made);
        }),
      );
    }
    for (const [visitID, ids] of sent) expect(await node.stored(visitID)).toEqual(ids);
    expect(node.runtime.figures().caches.VisitProfileCache.evictionCount).toBeGreaterThan(0);
  });

  it('keeps half-made rule matches through sleep and eviction of its session', async () => {
    const node = await open({ idleMs: 1, cacheSizes: { sessionsMax: 1 } });
    const pair = `package com.example
rule "pair"
when
  $a : Event( eventName == "A" )
  $b : Event( eventName == "B", this after $a )
then
  emitActionable( $b, "pair" );
end
`;
    await node.ask(documentAddress('rules', 'com.example'), { kind: 'putDocument', value: pair });
    await node.send('V', event('V', 'A'));
    await node.send('OTHER', event('OTHER', 'A'));
    await until(
      () => node.runtime.figures().caches.VisitProfileCache.cacheSize === 0,
      'both to sleep',
      10_000,
    );
    await node.send('V', event('V', 'B'));
    expect(await node.stored('V')).toHaveLength(3);
  });

  it('is woken from its sleep by its deadline', async () => {
    const node = await open({ idleMs: 1 });
    const alone = `package com.example
rule "alone"
when
  $cart : Event( eventName == "AddToCart" )
  not Event( eventName == "Checkout", this after[0s,2s] $cart )
then
  emitActionable( $cart, "alone" );
end
`;
    await node.ask(documentAddress('rules', 'com.example'), { kind: 'putDocument', value: alone });
    await node.send('V', event('V', 'AddToCart'));
    await until(
      () => node.runtime.figures().caches.VisitProfileCache.cacheSize === 0,
      'the visit to sleep',
      10_000,
    );
    await until(async () => (await node.stored('V')).length === 2, 'the absence to fire', 10_000);
  });
});

describe('a crash', () => {
  it('loses no acknowledged input, and nothing is applied twice', async () => {
    let node = await open();
    await deployHelp(node);
    const ids: string[] = [];
    for (let round = 0; round < 50; round++) {
      const made = event(`V${round % 5}`, `Round${round}`);
      await node.send(made.visitID, made);
      ids.push(made.eventID);
    }
    await node.crash();
    node = await open();
    expect(node.replayed).toBeGreaterThan(0);
    const stored = (await Promise.all([0, 1, 2, 3, 4].map((visit) => node.stored(`V${visit}`)))).flat();
    expect(stored.sort()).toEqual(ids.sort());
    expect(node.documents.deployedPackages.map((entry) => entry.package.name)).toEqual(['com.example']);
    await node.send('V0', event('V0', 'Help'));
    expect(await node.stored('V0')).toHaveLength(12);
  });

  it('in the middle of an engagement lets it go on', async () => {
    let node = await open();
    await deployHelp(node);
    const anna = agentAddress('anna');
    await node.ask(anna, { kind: 'logIn', name: 'Anna', groups: [settings.chatGroup], capacity: 1 });
    await node.ask(anna, { kind: 'setReadiness', readiness: 'ready' });
    await node.send('V', event('V', 'Help'));
    await until(async () => {
      const pending = await node.runtime.query('visit/V', { kind: 'pendingNotifications' });
      return pending.length === 1;
    }, 'the invitation');
    await node.crash();
    node = await open();
    expect(await node.runtime.query('visit/V', { kind: 'pendingNotifications' })).toHaveLength(1);
    expect(await node.disposition('V', 'V.1', 'accept')).toEqual({ state: 'ACCEPTED', chatId: 'V.1' });
    await until(async () => {
      const workspace = await node.runtime.query('agent/anna', { kind: 'workspace' });
      return workspace?.offers.length === 1;
    }, 'the offer');
  });

  it('again and again leaves one truth', async () => {
    let node = await open({ checkpointBytes: 1 });
    const ids: string[] = [];
    for (let life = 0; life < 4; life++) {
      for (let round = 0; round < 5; round++) {
        const made = event('V', `Life${life}Round${round}`);
        ids.push(made.eventID);
        await node.send('V', made);
      }
      await node.crash();
      node = await open({ checkpointBytes: life % 2 });
    }
    expect(await node.stored('V')).toEqual(ids);
  });
});

describe('a checkpoint', () => {
  it('leaves nothing to replay', async () => {
    let node = await open();
    await node.send('V', event('V', 'One'));
    await node.stop();
    node = await open();
    expect(node.replayed).toBe(0);
    await node.send('V', event('V', 'Two'));
    expect(await node.stored('V')).toHaveLength(2);
  });
});

describe('a defect in a machine', () => {
  it('ends that turn alone: the cell comes back, and its neighbours never notice', async () => {
    const policy = {
      decide(): never {
        throw new Error('a policy with a defect');
      },
    };
    const node = await open({ policy });
    await deployHelp(node);
    await node.send('V', event('V', 'Help'));
    await until(() => node.failures.length > 0, 'the defect');
    expect(node.failures[0]?.cell).toBe('visit/V');
    const after = event('V', 'After');
    await node.send('V', after);
    await node.send('NEIGHBOUR', event('NEIGHBOUR', 'One'));
    const stored = await node.stored('V');
    expect(stored).toHaveLength(3);
    expect(stored.at(-1)).toBe(after.eventID);
    expect(await node.ask(visitAddress('NEIGHBOUR'), { kind: 'openPage' })).toMatchObject({ expired: false });
  });
});

describe('a cell that breaks again and again', () => {
  it('is left alone for a while', async () => {
    const node = await open();
    await node.send('V', event('V', 'One'));
    const broken = { kind: 'nonsense' } as never;
    for (let time = 0; time < 3; time++) {
      await expect(node.ask(visitAddress('V'), broken)).rejects.toThrow('could not be processed');
    }
    await expect(node.send('V', event('V', 'Two'))).rejects.toThrow('out of order');
    await node.send('W', event('W', 'One'));
    expect(await node.stored('W')).toHaveLength(1);
  });
});
