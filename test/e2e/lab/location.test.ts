/** Where visitors come from, in a running node: what the History API and the rules see of an address. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventResource } from '../../../src/model/index.js';
import { cityFile, cityRecord } from '../../support/city-file.js';
import { writeLabConfig } from '../../support/lab-config.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { openVisit } from '../../support/visitor-client.js';

let lab: Lab;

beforeAll(async () => {
  const config = await writeLabConfig({
    // The file is made beside the configuration, where a relative path starts.
    privacy: {
      collectActualIPs: true,
      collectForwardedIPs: true,
      geoMode: 'CountryCode',
      pathToGeoDB: 'cities.mmdb',
    },
    beckon: { trustedProxies: 'loopback' },
  });
  const networks = { '81.2.69.0/24': cityRecord('London', 'GB', 51.51, -0.09) };
  await writeFile(join(dirname(config), 'cities.mmdb'), cityFile({ networks }));
  lab = await startLab({ config });
});

afterAll(async () => {
  await lab.remove();
});

const britishRule = `package com.example.place
rule "from Britain"
when
  $event : Event( eventName == "VisitStarted", data["countryCode"] == "GB" )
then
  emitActionable( $event, "from Britain" );
end
`;

/** Who is not on this machine and says no browser's name is taken for a crawler. */
const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Begins a visit as a browser behind two proxies does, which claims to be somewhere else. */
async function begin(forwarded: string): Promise<EventResource[]> {
  const client = await openVisit(lab.server);
  const started = client.event('VisitStarted', { data: { timezoneOffset: 0, countryCode: 'XX' } });
  const response = await fetch(`${lab.server}/server/data/events`, {
    method: 'POST',
    headers: { 'x-forwarded-for': forwarded, 'user-agent': browser },
    body: JSON.stringify([started]),
  });
  expect(response.status).toBe(200);
  return until(async () => {
    const answer = await fetch(`${lab.server}/server/data/visits/${client.visitID}/events`);
    const events = (await answer.json()) as EventResource[];
    return events.some(({ eventName }) => eventName === 'VisitStarted') && events;
  }, 'the event');
}

it('locates a visitor by what trusted proxies say, for the history and the rules', async () => {
  expect(lab.output()).toContain('GeoLite2-City of 2023-11-14');
  const deployed = await fetch(`${lab.deploy}/server/data/rules/deploy`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: britishRule,
  });
  expect([deployed.status, await deployed.text()]).toEqual([200, expect.stringContaining('from Britain')]);
  const british = await begin('9.9.9.9, 81.2.69.142');
  expect(british.find(({ eventName }) => eventName === 'VisitStarted')?.data).toEqual({
    timezoneOffset: 0,
    actualIP: '127.0.0.1',
    forwardedIPs: ['81.2.69.142'],
    countryCode: 'GB',
  });
  expect(british.map(({ eventType }) => eventType)).toContain('ACTIONABLE');
  const elsewhere = await begin('81.2.69.142, 9.9.9.9');
  expect(elsewhere.map(({ data }) => data)).toEqual([
    { timezoneOffset: 0, actualIP: '127.0.0.1', forwardedIPs: ['9.9.9.9'] },
  ]);
});
