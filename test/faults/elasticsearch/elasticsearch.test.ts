/**
 * A real Elasticsearch server runs full, and then is killed, while visitors go on. They and the operational
 * store notice nothing; the alarm comes and goes; at the end every acknowledged event is in the index
 * exactly once.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventResource } from '../../../src/model/index.js';
import { type ElasticServer, startElasticsearch } from '../../support/elasticsearch.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { writeLabConfig } from '../../support/lab-config.js';
import { until } from '../../support/until.js';
import { openVisit, type VisitorClient } from '../../support/visitor-client.js';

const alarm = { detected: 'alarm=100701', cancelled: 'alarm=100702' };
const visits = 10;
/**
 * Between two rounds: traffic goes on for as long as an outage takes to begin, in events that a search can
 * list.
 */
const roundMs = 300;

let server: ElasticServer;
let lab: Lab;
let clients: VisitorClient[];
const acknowledged: string[] = [];

beforeAll(async () => {
  server = await startElasticsearch();
  const config = await writeLabConfig({
    elasticsearch: { enabled: true, nodes: server.url, requestTimeout: 5 },
    metrics: { 'reporter.messageServer.enabled': true, 'reporter.messageServer.logFrequency': '1s' },
    pacing: { chatGroups: 'Web Engagement Chat' },
  });
  lab = await startLab({ config });
  clients = await Promise.all(Array.from({ length: visits }, () => openVisit(lab.server)));
}, 300_000);

afterAll(async () => {
  await lab.remove();
  await server.remove();
}, 60_000);

/** Asks the server itself. */
async function ask(method: string, path: string, body?: object): Promise<Record<string, never>> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${server.url}${path}`, { method, headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, never>;
}

/** Two events of every visit; each is acknowledged, or the test fails. */
async function everyone(eventName: string): Promise<void> {
  await Promise.all(
    clients.map(async (client) => {
      const { status, body } = await client.send([client.event(eventName), client.event(`${eventName}b`)]);
      expect(status).toBe(200);
      acknowledged.push(...body.accepted);
    }),
  );
}

/** How often each event is in the index. */
async function indexed(): Promise<Map<string, number>> {
  await ask('POST', '/gpe-event/_refresh');
  const size = acknowledged.length + 100;
  const { hits } = (await ask('POST', '/gpe-event/_search', { size, _source: ['eventId'] })) as unknown as {
    hits: { hits: { _source: { eventId: string } }[] };
  };
  const times = new Map<string, number>();
  for (const { _source } of hits.hits) times.set(_source.eventId, (times.get(_source.eventId) ?? 0) + 1);
  return times;
}

async function hasEveryEventOnce(): Promise<void> {
  await until(async () => (await indexed()).size >= acknowledged.length, 'every event in the index', 60_000);
  const times = await indexed();
  expect([...times.keys()].sort()).toEqual([...acknowledged].sort());
  expect([...times.values()].every((count) => count === 1)).toBe(true);
}

function timesSaid(text: string): number {
  return lab.output().split(text).length - 1;
}

/** Traffic goes on until the alarm is raised; the store has it at once all the while. */
async function trafficUntilAlarm(name: string): Promise<void> {
  const before = timesSaid(alarm.detected);
  let round = 0;
  let roundAtMs = -Infinity;
  await until(
    async () => {
      if (performance.now() - roundAtMs >= roundMs) {
        roundAtMs = performance.now();
        await everyone(`${name}${round++}`);
      }
      return timesSaid(alarm.detected) > before;
    },
    `the alarm of ${name}`,
    60_000,
  );
  const [client] = clients;
  const { body } = (await client?.get(`/server/data/visits/${client.visitID}/events`)) as {
    body: EventResource[];
  };
  expect(body.at(-1)?.eventName).toBe(`${name}${round - 1}b`);
  const metrics = await (await fetch(`${lab.server}/metrics`)).text();
  expect(metrics).toMatch(/^beckon_write_behind_failures_total\{sink="index"\} [1-9]/m);
  expect(metrics).toMatch(/^beckon_write_behind_failures_total\{sink="store"\} 0/m);
}

async function alarmGone(detections: number): Promise<void> {
  await until(() => timesSaid(alarm.cancelled) >= detections, 'the end of the alarm', 60_000);
}

const roomFor = (free: string | null) => ({
  persistent: {
    'cluster.info.update.interval': free === null ? null : '10s',
    'cluster.routing.allocation.disk.threshold_enabled': free === null ? null : true,
    'cluster.routing.allocation.disk.watermark.low': free,
    'cluster.routing.allocation.disk.watermark.high': free,
    'cluster.routing.allocation.disk.watermark.flood_stage': free,
  },
});

it('keeps what a server with a full disk does not take', { timeout: 280_000 }, async () => {
  await everyone('Before');
  await hasEveryEventOnce();
  // No disk has so much room: the server finds itself full and blocks its indices.
  expect(await ask('PUT', '/_cluster/settings', roomFor('999pb'))).toMatchObject({ acknowledged: true });
  try {
    await trafficUntilAlarm('Full');
    expect(lab.output()).toContain('Elasticsearch takes no more now');
  } finally {
    await ask('PUT', '/_cluster/settings', roomFor('1mb'));
  }
  await alarmGone(1);
  await hasEveryEventOnce();
});

it('keeps what a killed server does not take', { timeout: 280_000 }, async () => {
  await server.kill();
  await trafficUntilAlarm('Down');
  expect(lab.output()).toContain('Elasticsearch does not answer');
  await server.revive();
  await alarmGone(2);
  await hasEveryEventOnce();
});
