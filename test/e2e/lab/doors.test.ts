/** The lab's doors over real sockets: events, categories, rules, history, health; kill -9 and start again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngagementResource, EventResource } from '../../../src/model/index.js';
import { type Lab, runLab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { mintId, openVisit, visitor } from '../../support/visitor-client.js';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
});

afterAll(async () => {
  await lab.remove();
});

const helpRule = `package com.example.test
rule "wants help"
when
  $event : Event( eventName == "WantsHelp" )
then
  emitActionable( $event, "wants help" );
end
`;

async function deploy(text: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${lab.deploy}/server/data/rules/deploy`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: text,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function eventsOf(visitID: string): Promise<EventResource[]> {
  const response = await fetch(`${lab.server}/server/data/visits/${visitID}/events`);
  return (await response.json()) as EventResource[];
}

describe('POST /server/data/events', () => {
  it('answers with the accepted ids, and with index, field and rule of what it refuses', async () => {
    const client = await openVisit(lab.server);
    const [good, bad] = [client.event('PageEntered', { data: { title: 'Shop' } }), client.event('Click')];
    const answer = await client.send([good, { ...bad, timestamp: 'now' }, 7]);
    expect(answer.status).toBe(200);
    expect(answer.body.accepted).toEqual([good.eventID]);
    expect(answer.body.rejected).toEqual([
      { index: 1, field: 'timestamp', message: expect.stringContaining('epoch milliseconds') as string },
      { index: 2, field: '', message: 'must be a JSON object' },
    ]);
  });

  it('refuses what is no JSON, no array, too long or too large', async () => {
    const post = (body: string): Promise<Response> =>
      fetch(`${lab.server}/server/data/events`, { method: 'POST', body });
    expect((await post('{nonsense')).status).toBe(400);
    expect((await post('{"an":"object"}')).status).toBe(400);
    expect((await post(JSON.stringify(new Array(101).fill({})))).status).toBe(413);
    expect((await post(`["${'x'.repeat(300 * 1024)}"]`)).status).toBe(413);
  });

  it('counts an event that is sent twice once, and keeps the order', async () => {
    const client = await openVisit(lab.server);
    const events = Array.from({ length: 30 }, (_, index) => client.event(`Step${index}`));
    for (let index = 0; index < 30; index += 10) await client.send(events.slice(index, index + 10));
    const again = await client.send(events);
    expect(again.body.accepted).toHaveLength(30);
    const kept = await eventsOf(client.visitID);
    expect(kept.map((event) => event.eventId)).toEqual(events.map((event) => event.eventID));
  });
});

describe('GET /server/data/categories', () => {
  it('mints ids once and keeps them for every page and tab of the browser', async () => {
    const first = (await (await fetch(`${lab.server}/server/data/categories?url=x`)).json()) as Record<
      string,
      unknown
    >;
    expect(first).toMatchObject({ newVisit: true, categories: [] });
    const ids = `visitID=${first.visitID as string}&globalVisitID=${first.globalVisitID as string}`;
    const second = await (await fetch(`${lab.server}/server/data/categories?url=x&${ids}`)).json();
    expect(second).toMatchObject({
      newVisit: false,
      visitID: first.visitID,
      globalVisitID: first.globalVisitID,
    });
  });

  it('knows the playground categories', async () => {
    const query = new URLSearchParams({ url: `${lab.site}/cart.html`, title: 'Cart', languageCode: 'en-US' });
    const answer = (await (
      await fetch(`${lab.server}/server/data/categories?${query.toString()}`)
    ).json()) as {
      categories: string[];
    };
    expect(answer.categories).toContain('PlayGround-Cart');
  });

  it('gives a new visit to a browser whose visit nobody knows, and refuses a malformed id', async () => {
    const unknown = await (
      await fetch(`${lab.server}/server/data/categories?url=x&visitID=${mintId()}`)
    ).json();
    expect(unknown).toMatchObject({ newVisit: true });
    const response = await fetch(`${lab.server}/server/data/categories?url=x&visitID=a%20b`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ field: 'visitID' });
  });
});

describe('rules', () => {
  it('are deployed, fire, and say why no agent was offered', async () => {
    expect(await deploy(helpRule)).toMatchObject({
      status: 200,
      body: { package: 'com.example.test', version: 1 },
    });
    const client = await openVisit(lab.server);
    await client.send([client.event('PageEntered'), client.event('WantsHelp')]);
    const actionable = await until(
      async () => (await eventsOf(client.visitID)).find((event) => event.eventType === 'ACTIONABLE'),
      'the ACTIONABLE event',
    );
    expect(actionable).toMatchObject({ eventName: 'wants help', data: { rule: 'wants help' } });
    const engagement = await until(async () => {
      const { body } = await client.get(`/server/data/visits/${client.visitID}/engagements`);
      return (body as EngagementResource[]).find((found) => found.endDate !== 0);
    }, 'the engagement to end');
    expect(engagement).toMatchObject({ state: 'CANCELLED', reason: 'noAgents' });
  });

  it('with a mistake are refused whole, with line and column, and the old package stays', async () => {
    await deploy(helpRule);
    const answer = await deploy(helpRule.replace('eventName ==', 'evntName =='));
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ line: 4, column: expect.any(Number) as number }),
    ]);
    const list = (await (await fetch(`${lab.deploy}/server/data/rules`)).json()) as { package: string }[];
    expect(list.map((entry) => entry.package)).toContain('com.example.test');
    const client = await openVisit(lab.server);
    await client.send([client.event('WantsHelp')]);
    await until(
      async () => (await eventsOf(client.visitID)).some((event) => event.eventType === 'ACTIONABLE'),
      'the old package to fire',
    );
  });

  it('are replaced by name while a visit is live', async () => {
    await deploy(helpRule);
    const client = await openVisit(lab.server);
    await client.send([client.event('Browse')]);
    await deploy(helpRule.replace('"WantsHelp"', '"WantsAdvice"'));
    await client.send([client.event('WantsHelp'), client.event('WantsAdvice')]);
    const actionable = await until(async () => {
      const events = await eventsOf(client.visitID);
      return events.filter((event) => event.eventType === 'ACTIONABLE').length > 0 ? events : undefined;
    }, 'the new package to fire');
    expect(actionable.map((event) => event.eventName)).toEqual([
      'Browse',
      'WantsHelp',
      'WantsAdvice',
      'wants help',
    ]);
  });

  it('explain why they did not fire', async () => {
    const client = await openVisit(lab.server);
    await client.send([client.event('PageEntered')]);
    const { status, body } = await client.get(`/server/data/visits/${client.visitID}/rules`);
    expect(status).toBe(200);
    expect(body).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          rule: 'Searching for help',
          firings: [],
          nearest: expect.any(String) as string,
        }),
      ]),
    );
  });
});

describe('history', () => {
  it('serves the visit, its pages, events and identity', async () => {
    const client = await openVisit(lab.server);
    await client.send([
      client.event('VisitStarted'),
      client.event('PageEntered', { data: { title: 'Tea' } }),
      client.event('SignIn', { data: { userID: 'ada@example.com', name: 'Ada' } }),
      client.event('PageExited'),
    ]);
    const visit = await client.get(`/server/data/visits/${client.visitID}`);
    expect(visit.body).toMatchObject({
      visitId: client.visitID,
      endDate: 0,
      globalVisitID: client.globalVisitID,
    });
    const pages = await client.get(`/server/data/visits/${client.visitID}/pages`);
    expect(pages.body).toMatchObject([{ pageId: client.pageID, title: 'Tea' }]);
    const events = await client.get(`/server/data/visits/${client.visitID}/events?eventName=SignIn`);
    expect(events.body).toMatchObject([{ eventName: 'SignIn' }]);
    const identity = await client.get('/server/data/identities/ada%40example.com');
    expect(identity.body).toMatchObject({ identityId: 'ada@example.com' });
  });

  it('answers 404 for what it does not know and 400 for a bad parameter', async () => {
    const client = await openVisit(lab.server);
    expect((await client.get(`/server/data/visits/${mintId()}`)).status).toBe(404);
    expect((await client.get(`/server/data/visits/${client.visitID}/events?age=soon`)).status).toBe(400);
  });
});

describe('health and metrics', () => {
  it('answers about, isAlive and metrics', async () => {
    expect(await (await fetch(`${lab.server}/server/about`)).json()).toMatchObject({
      serving: true,
      node: 'GWE_Node1',
    });
    expect((await fetch(`${lab.server}/server/isAlive`)).status).toBe(200);
    const metrics = await (await fetch(`${lab.server}/metrics`)).text();
    expect(metrics).toMatch(/VisitProfileCache_CacheSize|cache="VisitProfileCache"/);
  });
});

describe('a lab that dies', () => {
  it('loses no acknowledged event, and keeps rules and visits', async () => {
    let own = await startLab();
    try {
      const client = await openVisit(own.server);
      const sent: string[] = [];
      for (let round = 0; round < 20; round++) {
        const events = [client.event(`Round${round}`), client.event(`Round${round}b`)];
        const { body } = await client.send(events);
        sent.push(...body.accepted);
      }
      await fetch(`${own.deploy}/server/data/rules/deploy`, { method: 'POST', body: helpRule });
      await own.end('SIGKILL');
      own = await own.restart();
      const after = visitor(own.server, client.visitID, client.globalVisitID, 'http://shop.example/');
      const { body } = await after.get(`/server/data/visits/${client.visitID}/events`);
      expect((body as EventResource[]).map((event) => event.eventId)).toEqual(sent);
      const query = `url=x&visitID=${client.visitID}&globalVisitID=${client.globalVisitID}`;
      const page = await (await fetch(`${own.server}/server/data/categories?${query}`)).json();
      expect(page).toMatchObject({ newVisit: false, visitID: client.visitID });
      const list = (await (await fetch(`${own.deploy}/server/data/rules`)).json()) as { package: string }[];
      expect(list.map((entry) => entry.package).sort()).toEqual([
        'com.beckon.playground',
        'com.example.test',
      ]);
      await after.send([after.event('WantsHelp')]);
      const events = (await after.get(`/server/data/visits/${client.visitID}/events`))
        .body as EventResource[];
      expect(events.at(-1)).toMatchObject({ eventType: 'ACTIONABLE', eventName: 'wants help' });
    } finally {
      await own.remove();
    }
  });

  it('refuses to start a second time on the same data, and says so', async () => {
    const second = await runLab({ data: lab.data });
    expect(second.code).toBe(1);
    expect(second.output).toMatch(/in use|running/i);
    expect((await fetch(`${lab.server}/server/isAlive`)).status).toBe(200);
  });

  it('stops cleanly on SIGTERM', async () => {
    const own = await startLab();
    expect(await own.end('SIGTERM')).toBe(0);
    await own.remove();
  });
});
