/** The life of an engagement, from the actionable event to each of its ends, over real cells. */
import { describe, expect, it } from 'vitest';
import { agentAddress, chatAddress } from '../../../src/actors/protocol/index.js';
import {
  answer,
  askForHelp,
  engagement,
  event,
  interactionId,
  newWorld,
  notified,
  queuesOf,
  ready,
  say,
  send,
  visitID,
} from './story.js';

describe('an engagement', () => {
  it('is not offered when no agent is ready, and says why', () => {
    const world = newWorld();
    askForHelp(world);
    expect(engagement(world)).toMatchObject({ state: 'CANCELLED', reason: 'noAgents' });
    expect(queuesOf(world)).toEqual(['queueQualified']);
    expect(notified(world, 'gpe.invite')).toEqual([]);
  });

  it('is not offered when every ready agent is taken, and says why', () => {
    const world = newWorld(undefined, { strictEngagementMode: false });
    ready(world);
    send(world, event(world, 'PageEntered'), event(world, 'Help'), event(world, 'Help'));
    expect(engagement(world)).toMatchObject({ state: 'ENGAGED' });
    expect(engagement(world, `${visitID}.2`)).toMatchObject({ state: 'CANCELLED', reason: 'noCapacity' });
  });

  it('invites the page on which the rule fired', () => {
    const world = newWorld();
    ready(world);
    askForHelp(world);
    expect(queuesOf(world)).toEqual(['queueQualified', 'queueEngaged']);
    expect(notified(world, 'gpe.invite')).toMatchObject([
      { engagementID: interactionId, remainingMs: 30_000 },
    ]);
  });

  it('accepted, becomes a chat with an agent, and finishes with it', () => {
    const world = newWorld();
    ready(world);
    askForHelp(world);
    expect(answer(world, 'accept')).toEqual({ state: 'ACCEPTED', chatId: interactionId });
    world.tell(agentAddress('anna'), { kind: 'acceptOffer', chatId: interactionId });
    expect(engagement(world).state).toBe('MEDIA_STARTED');
    say(world, 'm1', 'Hello');
    world.tell(chatAddress(visitID, interactionId), { kind: 'endChat', user: 'anna' });
    expect(engagement(world)).toMatchObject({ state: 'FINISHED', reason: 'agentEnded' });
    expect(queuesOf(world)).toEqual([
      'queueQualified',
      'queueEngaged',
      'webengagementChatQueue',
      'queueAccepted',
    ]);
  });

  it.each([
    ['reject', 'REJECTED', 'queueRejected'],
    ['timeout', 'TIMEOUT', 'queueTimeout'],
    ['missed', 'MISSED', 'queueMissed'],
  ] as const)('answered %s ends as %s in its own queue, and is revoked', (code, state, queue) => {
    const world = newWorld();
    ready(world);
    askForHelp(world);
    expect(answer(world, code)).toEqual({ state, chatId: null });
    expect(queuesOf(world).at(-1)).toBe(queue);
    expect(notified(world, 'gpe.revoke')).toEqual([{ engagementID: interactionId }]);
  });

  it('gives the same answer to a repeated disposition', () => {
    const world = newWorld();
    ready(world);
    askForHelp(world);
    expect(answer(world, 'accept')).toEqual(answer(world, 'accept'));
    expect(answer(world, 'reject')).toEqual({ state: 'ACCEPTED', chatId: interactionId });
    expect(notified(world, 'gpe.openChat')).toHaveLength(1);
  });

  it('unanswered ends by itself: as a timeout when it was seen, as missed when it was not', () => {
    for (const [seen, state] of [
      [true, 'TIMEOUT'],
      [false, 'MISSED'],
    ] as const) {
      const world = newWorld();
      ready(world);
      askForHelp(world);
      if (seen) answer(world, 'shown');
      world.advance(60_000);
      expect(engagement(world).state).toBe(state);
    }
  });

  it('is missed when the visitor leaves the page', () => {
    const world = newWorld();
    ready(world);
    askForHelp(world);
    send(world, event(world, 'PageExited'));
    expect(engagement(world)).toMatchObject({ state: 'MISSED', reason: 'pageLeft' });
  });

  it('gives its slot back when it ends, so that the next visitor can be invited', () => {
    for (const code of ['reject', 'timeout', 'missed'] as const) {
      const world = newWorld();
      ready(world);
      askForHelp(world);
      answer(world, code);
      send(world, event(world, 'Help'));
      expect(engagement(world, `${visitID}.2`).state).toBe('ENGAGED');
    }
  });

  it('is one at a time in strict mode', () => {
    const world = newWorld();
    ready(world, 'anna', 5);
    askForHelp(world);
    send(world, event(world, 'Help'));
    expect(world.facts).toContainEqual({ name: 'engagementBlocked', reason: 'inProgress' });
    expect(() => engagement(world, `${visitID}.2`)).toThrow();
  });

  it('fails when no agent comes after all', () => {
    const world = newWorld();
    ready(world);
    askForHelp(world);
    answer(world, 'accept');
    world.advance(300_000);
    expect(engagement(world)).toMatchObject({ state: 'FAILED', reason: 'noAgent' });
    expect(queuesOf(world).at(-1)).toBe('queueFailed');
  });
});
