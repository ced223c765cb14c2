/** A chat between a visitor and an agent: offers, messages, ends. */
import { beforeEach, describe, expect, it } from 'vitest';
import { agentAddress, chatAddress } from '../../../src/actors/protocol/index.js';
import type { ChatResource, WorkspaceMessage } from '../../../src/model/index.js';
import {
  answer,
  askForHelp,
  event,
  interactionId,
  newWorld,
  notified,
  ready,
  say,
  send,
  visitID,
} from './story.js';
import type { World } from './world.js';

let world: World;

beforeEach(() => {
  world = newWorld();
});

function workspace(user: string): WorkspaceMessage[] {
  return world.pushes
    .filter((push) => push.channel === `/workspace/${user}`)
    .map((push) => push.data as WorkspaceMessage);
}

function offers(user: string): number {
  return workspace(user).filter((message) => message.kind === 'offer').length;
}

function stored(): ChatResource {
  const chats = world.rows.flatMap((row) => (row.entity === 'chat' ? [row.value] : []));
  const last = chats.at(-1);
  if (last === undefined) throw new Error('no chat was stored');
  return last;
}

function startChat(): void {
  askForHelp(world);
  answer(world, 'accept');
}

function connect(user = 'anna'): void {
  world.tell(agentAddress(user), { kind: 'acceptOffer', chatId: interactionId });
}

describe('a chat', () => {
  it('rings at a ready agent and opens when it is accepted', () => {
    ready(world);
    startChat();
    expect(workspace('anna')).toContainEqual(expect.objectContaining({ kind: 'offer' }));
    connect();
    expect(stored()).toMatchObject({ state: 'active', agent: 'anna', agentName: 'ANNA' });
    expect(workspace('anna').map((message) => message.kind)).toContain('chatOpened');
  });

  it('carries messages both ways, each once however often it is sent', () => {
    ready(world);
    startChat();
    connect();
    expect(say(world, 'v1', 'Hello')).toEqual({ offset: 1 });
    expect(say(world, 'a1', 'Hi', 'anna')).toEqual({ offset: 2 });
    expect(say(world, 'v1', 'Hello')).toEqual({ offset: 1 });
    expect(stored().entries.map((entry) => entry.text)).toEqual([undefined, 'Hello', 'Hi']);
    expect(notified(world, 'gpe.chat').flatMap((update) => update.entries)).toHaveLength(3);
  });

  it('takes messages of the visitor while it waits, and shows them to the agent who joins', () => {
    ready(world);
    startChat();
    say(world, 'v1', 'Anybody?');
    connect();
    const opened = workspace('anna').find((message) => message.kind === 'chatOpened');
    expect(opened).toMatchObject({ chat: { entries: [{ text: 'Anybody?' }, { kind: 'joined' }] } });
  });

  it('refuses a stranger and a message after its end', () => {
    ready(world);
    startChat();
    connect();
    expect(() => say(world, 'x', 'Let me in', 'ben')).toThrow(/FORBIDDEN/);
    world.tell(chatAddress(visitID, interactionId), { kind: 'endChat' });
    expect(() => say(world, 'late', 'One more')).toThrow(/CONFLICT/);
    expect(stored()).toMatchObject({ state: 'ended' });
  });

  it('goes to the next agent when the first does not answer, and the first becomes not ready', () => {
    ready(world, 'anna');
    ready(world, 'ben');
    startChat();
    expect(offers('anna')).toBe(1);
    world.advance(20_500);
    expect(offers('ben')).toBe(1);
    const last = workspace('anna').findLast((message) => message.kind === 'agent');
    expect(last).toMatchObject({ agent: { readiness: 'notReady', notReadyReason: 'ringNoAnswer' } });
    connect('ben');
    expect(stored().agent).toBe('ben');
  });

  it('goes to the next agent when the first declines', () => {
    ready(world, 'anna');
    ready(world, 'ben');
    startChat();
    world.tell(agentAddress('anna'), { kind: 'declineOffer', chatId: interactionId });
    expect(offers('ben')).toBe(1);
    expect(() => connect('anna')).toThrow(/CONFLICT/);
  });

  it('rings again at the only agent who comes back ready', () => {
    ready(world);
    startChat();
    world.advance(20_500);
    world.tell(agentAddress('anna'), { kind: 'setReadiness', readiness: 'ready' });
    expect(offers('anna')).toBe(2);
  });

  it('stops ringing when the visitor ends it first', () => {
    ready(world);
    startChat();
    world.tell(chatAddress(visitID, interactionId), { kind: 'endChat' });
    expect(workspace('anna').at(-1)).toMatchObject({ kind: 'offerGone', reason: 'ended' });
    expect(() => connect()).toThrow(/CONFLICT/);
  });

  it('frees the agent when it ends', () => {
    ready(world);
    startChat();
    connect();
    world.tell(chatAddress(visitID, interactionId), { kind: 'endChat', user: 'anna' });
    send(world, event(world, 'Help'));
    expect(notified(world, 'gpe.invite')).toHaveLength(2);
  });

  it('ends when the visitor has been away for long, and not when another page opens in time', () => {
    ready(world);
    startChat();
    connect();
    send(world, event(world, 'PageExited'));
    world.advance(30_000);
    const next = 'BBBB0000BBBB0000BBBB0000BBBB0000';
    send(world, event(world, 'PageEntered', { pageID: next }));
    world.advance(120_000);
    expect(stored().state).toBe('active');
    send(world, event(world, 'PageExited', { pageID: next }));
    world.advance(61_000);
    expect(stored()).toMatchObject({ state: 'ended' });
    expect(stored().entries.at(-1)).toMatchObject({ kind: 'ended', reason: 'visitorLeft' });
  });
});
