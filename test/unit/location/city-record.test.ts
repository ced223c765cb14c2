/** What is read out of a record: MaxMind's form, a flat one, and anything else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GeoMode, geoModes, placeIn } from '../../../src/location/index.js';
import { cityRecord } from '../../support/city-file.js';

const all = (record: unknown): (string | undefined)[] => geoModes.map((mode) => placeIn(record, mode));

describe('a place', () => {
  it('is read from the form of MaxMind', () => {
    expect(all(cityRecord('Brest', 'FR', 48.39, -4.49))).toEqual(['48.39,-4.49', 'Brest', 'FR']);
  });

  it('is read from a flat record', () => {
    const flat = { city: 'Brest', country_code: 'FR', latitude: 48.39, longitude: -4.49, state1: 'Bretagne' };
    expect(all(flat)).toEqual(['48.39,-4.49', 'Brest', 'FR']);
    const single = { latitude: Math.fround(51.4036), longitude: Math.fround(-0.7618) };
    expect(all(single)).toEqual(['51.4036,-0.7618', undefined, undefined]);
  });

  it('is told as far as it is known', () => {
    const country = {
      country: { iso_code: 'FR', names: { en: 'France' } },
      city: { names: { de: 'Nur so' } },
    };
    expect(all(country)).toEqual([undefined, undefined, 'FR']);
    expect(all({ location: { latitude: 0, longitude: 0 } })).toEqual(['0,0', undefined, undefined]);
  });

  it('is nothing in what is no place', () => {
    const nonsense = { city: '', country_code: 'fra', latitude: 91, longitude: NaN };
    expect(all(nonsense)).toEqual([undefined, undefined, undefined]);
    expect(all(null)).toEqual([undefined, undefined, undefined]);
  });

  it('is text of a bounded length or nothing, whatever the record', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom<GeoMode>(...geoModes), (record, mode) => {
        const place = placeIn(record, mode);
        expect(place === undefined || (place.length > 0 && place.length <= 200)).toBe(true);
      }),
    );
    expect(placeIn({ city: 'x'.repeat(10_000) }, 'city')).toHaveLength(200);
  });
});
