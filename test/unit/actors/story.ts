/** A visit, an agent and the steps between them, as the story tests tell them. */
import {
  agentAddress,
  chatAddress,
  engagementAddress,
  visitAddress,
} from '../../../src/actors/protocol/index.js';
import { encodeEvents, type EngagementResource, type VisitorEvent } from '../../../src/model/index.js';
import { createWorld, documentsOf, ruleSetOf, settings, type World } from './world.js';

export const visitID = '11112222333344445555666677778888';
export const globalVisitID = 'AAAABBBBCCCCDDDDEEEEFFFF00001111';
export const pageID = '99990000999900009999000099990000';
export const interactionId = `${visitID}.1`;

export const helpRule = `package com.example
rule "help"
when
  $event : Event( eventName == "Help" )
then
  emitActionable( $event, "help" );
end
`;

let eventNumber = 0;

export function event(world: World, eventName: string, more: Partial<VisitorEvent> = {}): VisitorEvent {
  const system = ['VisitStarted', 'PageEntered', 'PageExited', 'SignIn', 'SignOut', 'UserInfo'];
  eventNumber++;
  return {
    eventType: system.includes(eventName) ? 'SYSTEM' : 'BUSINESS',
    eventName,
    eventID: eventNumber.toString(16).toUpperCase().padStart(32, '0'),
    pageID,
    visitID,
    globalVisitID,
    timestamp: world.nowMs,
    category: '',
    url: 'http://shop.example/',
    languageCode: 'en-US',
    data: {},
    ...more,
  };
}

export function send(world: World, ...events: VisitorEvent[]): unknown {
  const bytes = encodeEvents(visitID, globalVisitID, events);
  return world.tell(visitAddress(visitID), { kind: 'receiveEvents', events, bytes });
}

export function newWorld(rules = helpRule, change: Partial<typeof settings> = {}): World {
  return createWorld(documentsOf(ruleSetOf(rules), change));
}

export function logIn(world: World, user = 'anna', capacity = 1): void {
  const groups = [settings.chatGroup];
  world.tell(agentAddress(user), { kind: 'logIn', name: user.toUpperCase(), groups, capacity });
}

export function ready(world: World, user = 'anna', capacity = 1): void {
  logIn(world, user, capacity);
  world.tell(agentAddress(user), { kind: 'setReadiness', readiness: 'ready' });
}

/** The visitor opens a page and asks for help, so that the rule fires. */
export function askForHelp(world: World): void {
  send(world, event(world, 'VisitStarted'), event(world, 'PageEntered'), event(world, 'Help'));
}

export function answer(
  world: World,
  code: 'shown' | 'accept' | 'reject' | 'timeout' | 'missed',
  id = interactionId,
): unknown {
  return world.tell(engagementAddress(visitID, id), { kind: 'takeDisposition', code });
}

export function say(world: World, messageId: string, text: string, user?: string): unknown {
  const by = user === undefined ? {} : { user };
  return world.tell(chatAddress(visitID, interactionId), { kind: 'postMessage', messageId, text, ...by });
}

/** The engagement as it was stored last. */
export function engagement(world: World, id = interactionId): EngagementResource {
  const rows = world.rows.flatMap((row) => (row.entity === 'engagement' ? [row.value] : []));
  const found = rows.filter((row) => row.interactionId === id).at(-1);
  if (found === undefined) throw new Error(`no engagement ${id} was stored`);
  return found;
}

export function queuesOf(world: World, id = interactionId): string[] {
  return engagement(world, id).queues.map((entry) => entry.queue);
}

/** Messages of one notification channel pushed to the visitor so far. */
export function notified(world: World, channel: string): Record<string, unknown>[] {
  return world.pushes
    .filter((push) => push.channel === `/notification/${visitID}`)
    .flatMap((push) => push.data as { channel: string; data: Record<string, unknown> }[])
    .filter((message) => message.channel === channel)
    .map((message) => message.data);
}
