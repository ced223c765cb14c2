/**
 * What a record of a city database says of a place. Two forms are read: MaxMind's nested one (GeoLite2 and
 * GeoIP2 City and Enterprise, and databases made like them), and a flat one with the same facts.
 */

export const geoModes = ['location', 'city', 'countryCode'] as const;

/** Options `privacy/geoMode`: the one field of a place that is told. */
export type GeoMode = (typeof geoModes)[number];

/** More than any place is called; a database is a file like any other. */
const nameLengthMax = 200;

/**
 * The field of a place as text: `latitude,longitude` in degrees, the city's English name, or the country's
 * two letters (ISO 3166-1). Undefined when the record does not say, as for addresses known by country alone.
 */
export function placeIn(record: unknown, mode: GeoMode): string | undefined {
  switch (mode) {
    case 'location':
      return coordinates(at(record, 'location')) ?? coordinates(record);
    case 'city':
      return name(at(at(at(record, 'city'), 'names'), 'en')) ?? name(at(record, 'city'));
    case 'countryCode':
      return code(at(at(record, 'country'), 'iso_code')) ?? code(at(record, 'country_code'));
  }
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function coordinates(value: unknown): string | undefined {
  const latitude = at(value, 'latitude');
  const longitude = at(value, 'longitude');
  if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180)) return undefined;
  return `${rounded(latitude)},${rounded(longitude)}`;
}

/** To four decimals, about ten metres: some files hold numbers of less precision than they are read with. */
function rounded(degrees: number): number {
  return Math.round(degrees * 10_000) / 10_000;
}

function isDegrees(value: unknown, most: number): value is number {
  return typeof value === 'number' && Math.abs(value) <= most;
}

function name(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, nameLengthMax) : undefined;
}

function code(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Z]{2}$/.test(value) ? value : undefined;
}
