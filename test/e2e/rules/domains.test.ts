/** Packages that follow domains on a real server: the table of the guide, over HTTP and through a restart. */
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventResource } from '../../../src/model/index.js';
import type { RuleExplanation } from '../../../src/rules/index.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { openVisit, type VisitorClient } from '../../support/visitor-client.js';

const config = resolve(import.meta.dirname, 'lab-domains.yaml');
const packages = [
  'com.genesys',
  'com.genesys.blog',
  'com.genesys.communication',
  'com.genesys.communication.personal',
];
const table: Record<string, string[]> = {
  'genesys.com': ['com.genesys'],
  'blog.genesys.com': ['com.genesys', 'com.genesys.blog'],
  'communication.genesys.com': ['com.genesys', 'com.genesys.communication'],
  'personal.communication.genesys.com': [
    'com.genesys',
    'com.genesys.communication',
    'com.genesys.communication.personal',
  ],
  'elsewhere.example': [],
};
let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ config });
  for (const name of packages) {
    const text = `package ${name}
rule "first ${name}" when $e : Event( eventName == "Look" ) then emitActionable( $e, "first ${name}" ); end`;
    const url = `${lab.deploy}/server/data/rules/deploy`;
    expect((await fetch(url, { method: 'POST', body: text })).status).toBe(200);
  }
});
afterAll(async () => {
  await lab.remove();
});

/** Packages that fired for the last look on `host`, once the server has stored it. */
async function seenBy(client: VisitorClient, host: string): Promise<string[]> {
  const event = client.event('Look', { url: `https://${host}/page` });
  await client.send([event]);
  return until(async () => {
    const { body } = await client.get(`/server/data/visits/${client.visitID}/events`);
    const events = body as EventResource[];
    const place = events.findIndex(({ eventId }) => eventId === event.eventID);
    if (place < 0) return undefined;
    return events.slice(place + 1).map(({ data }) => data.package as string);
  }, 'the event to be stored');
}

it('gives an event to the packages of its domain and of all parents, over a restart', async () => {
  const client = await openVisit(lab.server);
  for (const [host, names] of Object.entries(table)) {
    expect((await seenBy(client, host)).sort(), host).toEqual(names);
  }
  await lab.end('SIGKILL');
  lab = await lab.restart();
  for (const [host, names] of Object.entries(table)) {
    expect((await seenBy(client, host)).sort(), host).toEqual(names);
  }
});

it('explains a visit as its packages saw it', async () => {
  const client = await openVisit(lab.server);
  await seenBy(client, 'blog.genesys.com');
  const { body } = await client.get(`/server/data/visits/${client.visitID}/rules`);
  const fired = (body as RuleExplanation[]).filter(({ firings }) => firings.length > 0);
  expect(fired.map((explanation) => explanation.package).sort()).toEqual(table['blog.genesys.com']);
});
