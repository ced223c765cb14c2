/**
 * Recorded inputs still have the effects that they had. A change that breaks this breaks nodes that replay a
 * journal of the release before. `RECORD_REPLAY=1` writes the recording anew, for a change that is meant and
 * said in the changelog.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CellEffect, CellInput } from '../../src/actors/cell/index.js';
import {
  agentAddress,
  chatAddress,
  engagementAddress,
  visitAddress,
} from '../../src/actors/protocol/index.js';
import { encodeEvents, type VisitorEvent } from '../../src/model/index.js';
import { helpRule } from '../unit/actors/story.js';
import { settings } from '../unit/actors/world.js';
import { decodeRecording, encodeRecording, type Recording, replay } from './recording.js';

const file = join(import.meta.dirname, 'whole-story.json');

it('steps a recorded story to the effects it had', () => {
  if (process.env.RECORD_REPLAY === '1') writeFileSync(file, `${encodeRecording(recordStory())}\n`);
  const recording = decodeRecording(readFileSync(file, 'utf8'));
  expect(recording.steps.length).toBeGreaterThan(20);
  const plain = (effects: unknown): unknown => JSON.parse(JSON.stringify(effects)) as unknown;
  const now = replay(recording);
  recording.steps.forEach((step, index) => {
    expect(plain(now[index]), `step ${index}, ${step.cell}`).toEqual(plain(step.effects));
  });
});

/** A visit, an invitation, a chat and its end, with every message between the cells. */
function recordStory(): Recording {
  const recording: Recording = { rules: helpRule, settings: {}, steps: [] };
  const queue: { cell: string; input: CellInput }[] = [];
  let nowMs = 1_700_000_000_000;

  function give(cell: string, input: CellInput): void {
    queue.push({ cell, input });
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      recording.steps.push({ ...next, nowMs, effects: [] });
      const effects = replay(recording).at(-1) as CellEffect[];
      const step = recording.steps.at(-1);
      if (step !== undefined) step.effects = effects;
      for (const effect of effects) route(next.cell, effect);
    }
    nowMs += 1_000;
  }

  function route(from: string, effect: CellEffect): void {
    if (effect.kind === 'send') {
      const { to, input, id } = effect;
      queue.push({ cell: to.cell, input: { kind: 'deliver', to, input, from: { cell: from, id } } });
    } else if (effect.kind === 'acknowledge') {
      queue.push({ cell: effect.sender, input: { kind: 'tellsAcknowledged', by: from, id: effect.id } });
    }
  }

  const anna = agentAddress('anna');
  const visit = visitAddress('V1');
  const groups = [settings.chatGroup];
  give(anna.cell, { kind: 'deliver', to: anna, input: { kind: 'logIn', name: 'Anna', groups, capacity: 2 } });
  give(anna.cell, { kind: 'deliver', to: anna, input: { kind: 'setReadiness', readiness: 'ready' } });
  const events = ['VisitStarted', 'PageEntered', 'Help'].map((name, index) =>
    recordedEvent(name, index, nowMs),
  );
  const bytes = encodeEvents('V1', 'G1', events);
  give(visit.cell, { kind: 'deliver', to: visit, input: { kind: 'receiveEvents', events, bytes } });
  const engagement = engagementAddress('V1', 'V1.1');
  for (const code of ['shown', 'accept'] as const) {
    give(visit.cell, { kind: 'deliver', to: engagement, input: { kind: 'takeDisposition', code } });
  }
  give(anna.cell, { kind: 'deliver', to: anna, input: { kind: 'acceptOffer', chatId: 'V1.1' } });
  const chat = chatAddress('V1', 'V1.1');
  give(visit.cell, {
    kind: 'deliver',
    to: chat,
    input: { kind: 'postMessage', messageId: 'm1', text: 'Hello' },
  });
  const answer = { kind: 'postMessage', user: 'anna', messageId: 'a1', text: 'Hi' } as const;
  give(visit.cell, { kind: 'deliver', to: chat, input: answer });
  give(visit.cell, { kind: 'deliver', to: chat, input: { kind: 'endChat', user: 'anna' } });
  return recording;
}

function recordedEvent(eventName: string, index: number, timestamp: number): VisitorEvent {
  return {
    eventType: eventName === 'Help' ? 'BUSINESS' : 'SYSTEM',
    eventName,
    eventID: String(index).padStart(32, '0'),
    pageID: 'P1',
    visitID: 'V1',
    globalVisitID: 'G1',
    timestamp,
    category: 'shop',
    url: 'http://shop.example/',
    languageCode: 'en-US',
    data: eventName === 'VisitStarted' ? { timezoneOffset: -60 } : {},
  };
}
