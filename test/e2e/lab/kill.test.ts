/**
 * kill -9 in the middle of traffic, again and again: every acknowledged event is there once, in its visitor's
 * order.
 */
import { expect, it } from 'vitest';
import type { EventResource } from '../../../src/model/index.js';
import { startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { openVisit, visitor, type VisitorClient } from '../../support/visitor-client.js';

const visitors = 12;
const lives = 3;
const batchesBeforeKill = 150;

interface Sender {
  client: VisitorClient;
  acknowledged: string[];
  /** A batch whose answer never came: sent again in the next life, as the tracker does. */
  unanswered: ReturnType<VisitorClient['event']>[] | undefined;
}

it('loses no acknowledged event under load, doubles none, and keeps their order', async () => {
  let lab = await startLab();
  try {
    const senders: Sender[] = await Promise.all(
      Array.from({ length: visitors }, async () => ({
        client: await openVisit(lab.server),
        acknowledged: [],
        unanswered: undefined,
      })),
    );
    for (let life = 0; life < lives; life++) {
      let sent = 0;
      const work = senders.map((sender) => sendUntilDown(sender, () => sent++));
      await until(() => sent > batchesBeforeKill, 'traffic', 30_000);
      await lab.end('SIGKILL');
      await Promise.all(work);
      lab = await lab.restart();
      const { server } = lab;
      for (const sender of senders) {
        const { visitID, globalVisitID } = sender.client;
        sender.client = visitor(server, visitID, globalVisitID, 'http://shop.example/');
      }
    }
    for (const { client, acknowledged, unanswered } of senders) {
      const { body } = await client.get(`/server/data/visits/${client.visitID}/events`);
      const kept = (body as EventResource[]).map((event) => event.eventId);
      // What was never answered may be there or not, but nothing else may.
      const extra = new Set(unanswered?.map((event) => event.eventID) ?? []);
      expect(kept.filter((id) => !extra.has(id))).toEqual(acknowledged);
      expect(new Set(kept).size).toBe(kept.length);
    }
  } finally {
    await lab.remove();
  }
});

/** Sends one small batch after the other until the server is gone. */
async function sendUntilDown(sender: Sender, onSent: () => void): Promise<void> {
  for (let round = 0; ; round++) {
    const { client } = sender;
    sender.unanswered ??= [client.event(`Step${round}`), client.event(`Step${round}b`)];
    try {
      const { status, body } = await client.send(sender.unanswered);
      if (status !== 200) return;
      sender.acknowledged.push(...body.accepted);
      sender.unanswered = undefined;
      onSent();
    } catch {
      return;
    }
  }
}
