/**
 * Writes a small database in MaxMind's file format (MaxMind DB specification 2.0), with 28-bit records and
 * IPv6 networks as real city files have, so that tests read a real file without anybody's data.
 */
import { isIP } from 'node:net';

export type Field = string | number | bigint | boolean | readonly Field[] | { readonly [key: string]: Field };

export interface CityFile {
  /** Records by network: `81.2.69.0/24`, `2001:db8::/32`. */
  networks: Readonly<Record<string, Field>>;
  type?: string;
  /** Epoch seconds. */
  builtAt?: number;
}

/** A record as a city file has it. */
export function cityRecord(city: string, country: string, latitude: number, longitude: number): Field {
  return {
    city: { geoname_id: 1, names: { de: `${city} (de)`, en: city } },
    country: { geoname_id: 2, iso_code: country, names: { en: country } },
    location: { accuracy_radius: 10, latitude, longitude, time_zone: 'Etc/UTC' },
  };
}

type Branch = number | { dataOffset: number } | null;

export function cityFile({ networks, type = 'GeoLite2-City', builtAt = 1_700_000_000 }: CityFile): Buffer {
  const nodes: [Branch, Branch][] = [[null, null]];
  const records: Buffer[] = [];
  let dataOffset = 0;
  for (const [network, record] of Object.entries(networks)) {
    insert(nodes, bitsOf(network), { dataOffset });
    const bytes = encoded(record);
    records.push(bytes);
    dataOffset += bytes.length;
  }
  const metadata = encoded({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: BigInt(builtAt),
    database_type: type,
    description: { en: 'made by a test' },
    ip_version: 6,
    languages: ['en', 'de'],
    node_count: nodes.length,
    record_size: 28,
  });
  const mark = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
  const tree = nodes.map(([left, right]) => node(valueOf(left, nodes.length), valueOf(right, nodes.length)));
  return Buffer.concat([...tree, Buffer.alloc(16), ...records, mark, metadata]);
}

/** The 128 bits of a network; IPv4 is `::/96`. */
function bitsOf(network: string): number[] {
  const [address = '', length = ''] = network.split('/');
  const isIPv4 = isIP(address) === 4;
  const bytes = isIPv4
    ? [...new Array<number>(12).fill(0), ...address.split('.').map(Number)]
    : ipv6(address);
  const bits = bytes.flatMap((byte) => Array.from(byte.toString(2).padStart(8, '0'), Number));
  return bits.slice(0, Number(length) + (isIPv4 ? 96 : 0));
}

function ipv6(address: string): number[] {
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = new Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].flatMap((group) => {
    const value = parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

function insert(nodes: [Branch, Branch][], bits: readonly number[], leaf: { dataOffset: number }): void {
  let at = 0;
  for (const [index, bit] of bits.entries()) {
    const here = nodes[at] as [Branch, Branch];
    const side = bit === 0 ? 0 : 1;
    if (index === bits.length - 1) {
      here[side] = leaf;
      return;
    }
    let next = here[side];
    if (typeof next !== 'number') {
      next = nodes.push([null, null]) - 1;
      here[side] = next;
    }
    at = next;
  }
}

function valueOf(branch: Branch, nodeCount: number): number {
  if (branch === null) return nodeCount;
  return typeof branch === 'number' ? branch : nodeCount + 16 + branch.dataOffset;
}

/** Two records of 28 bits in seven bytes: the middle one has the upper four bits of both. */
function node(left: number, right: number): Buffer {
  const bytes = Buffer.alloc(7);
  bytes.writeUIntBE(left & 0xffffff, 0, 3);
  bytes[3] = ((left >>> 24) << 4) | (right >>> 24);
  bytes.writeUIntBE(right & 0xffffff, 4, 3);
  return bytes;
}

/** Numbers are unsigned when they are whole and not negative, doubles otherwise; a bigint is 64 bits. */
function encoded(value: Field): Buffer {
  if (typeof value === 'string')
    return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'boolean') return control(14, Number(value));
  if (typeof value === 'bigint') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(value);
    return Buffer.concat([control(9, 8), bytes]);
  }
  if (typeof value === 'number') {
    const isWhole = Number.isInteger(value) && value >= 0;
    const bytes = Buffer.alloc(isWhole ? 4 : 8);
    if (isWhole) bytes.writeUInt32BE(value);
    else bytes.writeDoubleBE(value);
    return Buffer.concat([control(isWhole ? 6 : 3, bytes.length), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encoded)]);
  const fields = Object.entries(value);
  return Buffer.concat([control(7, fields.length), ...fields.flatMap((field) => field.map(encoded))]);
}

function control(type: number, size: number): Buffer {
  const [first, more] = size < 29 ? [size, []] : [29, [size - 29]];
  return type <= 7 ? Buffer.from([(type << 5) | first, ...more]) : Buffer.from([first, type - 7, ...more]);
}
