/** Which fields an event is given by the options, and whose word they are. */
import { describe, expect, it } from 'vitest';
import { createVisitorFacts, type Sender, type VisitorFactsOptions } from '../../../src/location/index.js';
import { cityRecord } from '../../support/city-file.js';

const london = cityRecord('London', 'GB', 51.51, -0.09);
const cities = { find: (address: string) => (address === '81.2.69.1' ? london : null) };
const off: VisitorFactsOptions = {
  collectActualIPs: false,
  collectForwardedIPs: false,
  geoMode: 'location',
  cities: undefined,
};
const on: VisitorFactsOptions = { ...off, collectActualIPs: true, collectForwardedIPs: true, cities };

const direct: Sender = { peerAddress: '81.2.69.1', remoteAddress: '81.2.69.1', forwardedFor: [] };
/** The visitor wrote the first address, the proxies 10.0.0.1 and 10.0.0.2 the others. */
const proxied: Sender = {
  peerAddress: '10.0.0.2',
  remoteAddress: '81.2.69.1',
  forwardedFor: ['9.9.9.9', '81.2.69.1', '10.0.0.1'],
};

describe('what the server adds', () => {
  it('is nothing by default', () => {
    expect(createVisitorFacts(off)({ timezoneOffset: -60 }, proxied)).toEqual({ timezoneOffset: -60 });
  });

  it('is each kind of address by its own option', () => {
    expect(createVisitorFacts({ ...off, collectActualIPs: true })({}, proxied)).toEqual({
      actualIP: '10.0.0.2',
    });
    expect(createVisitorFacts({ ...off, collectForwardedIPs: true })({}, proxied)).toEqual({
      forwardedIPs: ['81.2.69.1', '10.0.0.1'],
    });
    expect(createVisitorFacts({ ...off, collectForwardedIPs: true })({}, direct)).toEqual({});
  });

  it.each([
    ['location', '51.51,-0.09'],
    ['city', 'London'],
    ['countryCode', 'GB'],
  ] as const)('has the one field %s of the place', (geoMode, value) => {
    for (const sender of [direct, proxied]) {
      const { actualIP, forwardedIPs, ...place } = createVisitorFacts({ ...on, geoMode })({}, sender);
      expect(actualIP).toBe(sender.peerAddress);
      expect(forwardedIPs === undefined).toBe(sender === direct);
      expect(place).toEqual({ [geoMode]: value });
    }
  });

  it('has no place that is not known', () => {
    const unknown: Sender = { ...direct, remoteAddress: '10.0.0.7' };
    expect(createVisitorFacts(on)({ a: 1 }, unknown)).toEqual({ a: 1, actualIP: '81.2.69.1' });
  });

  it('is never the browser’s word', () => {
    const said = { actualIP: 'x', forwardedIPs: ['x'], location: 'x', city: 'x', countryCode: 'XX', own: 1 };
    expect(createVisitorFacts(off)(said, direct)).toEqual({ own: 1 });
    expect(createVisitorFacts(on)(said, direct)).toEqual({
      own: 1,
      actualIP: '81.2.69.1',
      location: '51.51,-0.09',
    });
    expect(said.city).toBe('x');
  });
});
