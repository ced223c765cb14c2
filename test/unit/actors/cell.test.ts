/**
 * Cells together, under random stories: whatever people do in whatever order, the promises between actors
 * hold.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialCell, isBlank, stepCell } from '../../../src/actors/cell/index.js';
import {
  agentAddress,
  type AgentInput,
  chatAddress,
  engagementAddress,
  groupAddress,
  visitAddress,
} from '../../../src/actors/protocol/index.js';
import { encodeEvents } from '../../../src/model/index.js';
import { event, helpRule, newWorld } from './story.js';
import { documentsOf, ruleSetOf, settings, type World } from './world.js';

const visits = ['VISITA', 'VISITB', 'VISITC'];
const agents = ['anna', 'ben'];

type Act =
  | { kind: 'ask' | 'leave'; visit: string }
  | { kind: 'answer'; visit: string; code: 'shown' | 'accept' | 'reject' }
  | { kind: 'say' | 'end'; visit: string }
  | { kind: 'ready' | 'notReady' | 'take' | 'decline'; agent: string }
  | { kind: 'wait'; ms: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constantFrom('ask' as const, 'leave' as const), visit: fc.constantFrom(...visits) }),
  fc.record({
    kind: fc.constant('answer' as const),
    visit: fc.constantFrom(...visits),
    code: fc.constantFrom('shown' as const, 'accept' as const, 'accept' as const, 'reject' as const),
  }),
  fc.record({ kind: fc.constantFrom('say' as const, 'end' as const), visit: fc.constantFrom(...visits) }),
  fc.record({
    kind: fc.constantFrom(
      'ready' as const,
      'ready' as const,
      'notReady' as const,
      'take' as const,
      'decline' as const,
    ),
    agent: fc.constantFrom(...agents),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(500, 5_000, 25_000, 130_000) }),
);

/** What was refused is refused: the stories are random, and people do what they cannot. */
function attempt(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!/CONFLICT|NOT_FOUND|FORBIDDEN/.test(String(error))) throw error;
  }
}

let messages = 0;

function perform(world: World, what: Act): void {
  switch (what.kind) {
    case 'ask':
    case 'leave': {
      const visitID = what.visit;
      const made = [event(world, what.kind === 'ask' ? 'PageEntered' : 'PageExited', { visitID })];
      if (what.kind === 'ask') made.push(event(world, 'Help', { visitID }));
      const bytes = encodeEvents(visitID, 'GLOBAL', made);
      world.tell(visitAddress(visitID), { kind: 'receiveEvents', events: made, bytes });
      return;
    }
    case 'answer':
      attempt(() =>
        world.tell(engagementAddress(what.visit, newest(world, what.visit)), {
          kind: 'takeDisposition',
          code: what.code,
        }),
      );
      return;
    case 'say':
      attempt(() =>
        world.tell(chatAddress(what.visit, newest(world, what.visit)), {
          kind: 'postMessage',
          messageId: `m${++messages}`,
          text: 'hello',
        }),
      );
      return;
    case 'end':
      attempt(() => world.tell(chatAddress(what.visit, newest(world, what.visit)), { kind: 'endChat' }));
      return;
    case 'ready':
      world.tell(agentAddress(what.agent), {
        kind: 'logIn',
        name: what.agent,
        groups: [settings.chatGroup],
        capacity: 2,
      });
      world.tell(agentAddress(what.agent), { kind: 'setReadiness', readiness: 'ready' });
      return;
    case 'notReady':
      world.tell(agentAddress(what.agent), { kind: 'setReadiness', readiness: 'notReady' });
      return;
    case 'take':
    case 'decline': {
      const offer = world.cells.get(`agent/${what.agent}`)?.agent?.offers[0];
      if (offer === undefined) return;
      const kind = what.kind === 'take' ? 'acceptOffer' : 'declineOffer';
      attempt(() => world.tell(agentAddress(what.agent), { kind, chatId: offer.chatId }));
      return;
    }
    case 'wait':
      world.advance(what.ms);
  }
}

function newest(world: World, visitID: string): string {
  return `${visitID}.${world.cells.get(`visit/${visitID}`)?.visit?.engagementCount ?? 1}`;
}

function checkPromises(world: World): void {
  const group = world.cells.get(`group/${settings.chatGroup}`)?.group;
  const open = new Map<string, string[]>();
  for (const user of agents) {
    const agent = world.cells.get(`agent/${user}`)?.agent;
    if (agent === null || agent === undefined) continue;
    expect(agent.chats.length + agent.offers.length, `${user} within capacity`).toBeLessThanOrEqual(
      agent.capacity,
    );
    for (const chatId of [...agent.chats, ...agent.offers.map((offer) => offer.chatId)]) {
      open.set(chatId, [...(open.get(chatId) ?? []), user]);
    }
  }
  for (const [chatId, users] of open) expect(users, `${chatId} is at one agent`).toHaveLength(1);
  for (const visitID of visits) {
    const cell = world.cells.get(`visit/${visitID}`);
    expect(cell?.visit?.openEngagements.length ?? 0, 'strict mode').toBeLessThanOrEqual(1);
    for (const chat of Object.values(cell?.chats ?? {})) {
      expect(chat.entries.map((entry) => entry.offset)).toEqual(chat.entries.map((_, index) => index));
      if (chat.state === 'active') expect(open.get(chat.chatId)).toEqual([chat.agent]);
      if (chat.state === 'ended') expect(open.get(chat.chatId)).toBeUndefined();
      if (chat.state === 'waiting')
        expect(group?.waiting.some((one) => one.chatId === chat.chatId)).toBe(true);
    }
  }
  for (const cell of world.cells.values()) expect(cell.pendingTells, 'every tell arrived').toEqual([]);
}

describe('cells', () => {
  it('keep their promises to each other in every story', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 5, maxLength: 60 }), (story) => {
        const world = newWorld();
        for (const what of story) {
          perform(world, what);
          checkPromises(world);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('end every engagement and chat when everybody goes away', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 5, maxLength: 40 }), (story) => {
        const world = newWorld();
        for (const what of story) perform(world, what);
        for (const visit of visits) perform(world, { kind: 'leave', visit });
        for (const agent of agents) perform(world, { kind: 'notReady', agent });
        world.advance(600_000);
        for (const visitID of visits) {
          expect(world.cells.get(`visit/${visitID}`)?.visit?.openEngagements ?? []).toEqual([]);
        }
        const group = world.cells.get(`group/${settings.chatGroup}`)?.group;
        expect(group?.waiting ?? []).toEqual([]);
        expect(group?.held ?? {}).toEqual({});
      }),
      { numRuns: 100 },
    );
  });

  it('send a tell again until it is acknowledged, in order, one a receiver at a time', () => {
    const documents = documentsOf(ruleSetOf(helpRule));
    const cell = initialCell('agent/anna');
    const to = agentAddress('anna');
    const logIn = { kind: 'logIn', name: 'Anna', groups: ['g'], capacity: 1 } satisfies AgentInput;
    const first = stepCell(cell, { kind: 'deliver', to, input: logIn }, 0, documents);
    const ready = { kind: 'setReadiness', readiness: 'ready' } as const;
    const second = stepCell(cell, { kind: 'deliver', to, input: ready }, 10, documents);
    expect(first.filter((effect) => effect.kind === 'send')).toHaveLength(1);
    expect(second.filter((effect) => effect.kind === 'send')).toHaveLength(0);
    const retried = stepCell(cell, { kind: 'wakeCell' }, cell.deadlineMs ?? 0, documents);
    expect(retried).toMatchObject([{ kind: 'send', id: 1 }]);
    const next = stepCell(
      cell,
      { kind: 'tellsAcknowledged', by: groupAddress('g').cell, id: 1 },
      5_000,
      documents,
    );
    expect(next).toMatchObject([{ kind: 'send', id: 2, input: { readiness: 'ready' } }]);
    stepCell(cell, { kind: 'tellsAcknowledged', by: groupAddress('g').cell, id: 2 }, 5_000, documents);
    expect(cell.pendingTells).toEqual([]);
    expect(cell.deadlineMs).toBeNull();
  });

  it('are blank until something worth keeping has happened', () => {
    const documents = documentsOf(ruleSetOf(helpRule));
    const cell = initialCell('visit/X');
    expect(isBlank(cell)).toBe(true);
    stepCell(cell, { kind: 'deliver', to: visitAddress('X'), input: { kind: 'openPage' } }, 1, documents);
    expect(isBlank(cell)).toBe(true);
    const start = { kind: 'startVisit', globalVisitID: 'G', userAgent: null } as const;
    stepCell(cell, { kind: 'deliver', to: visitAddress('X'), input: start }, 1, documents);
    expect(isBlank(cell)).toBe(false);
  });
});
