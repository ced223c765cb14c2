// The Resource Access Points of a configuration: where the database is reached, one for each of its seed
// nodes, and what they say of the connection.
import { applicationName, hostName } from './names.js';
import { flag, whole } from './option-type.js';
import { type OptionLayer, readOptions } from './read-options.js';
import type { Field, YamlReader } from './yaml-reader.js';

export interface ResourceAccessPoint {
  readonly application: string;
  readonly host: string;
  /** The port of the native protocol (CQL). */
  readonly port: number;
  /** The port is marked Secured: the connection is encrypted, and the database's certificate is checked. */
  readonly secured: boolean;
  /** Mutual TLS: the node shows its own certificate too. */
  readonly mutualTls: boolean;
}

export interface ReadAccessPoints {
  accessPoints: ResourceAccessPoint[];
  /** What they set; all of them say the same. */
  options: OptionLayer;
}

const port = whole({ min: 1, max: 65_535 });
const yesOrNo = flag();

/** The access points under `field`, each name once, and all alike in user, password and encryption. */
export function readAccessPoints(reader: YamlReader, field: Field | undefined): ReadAccessPoints {
  const accessPoints: ResourceAccessPoint[] = [];
  const options: OptionLayer = new Map();
  for (const item of field === undefined ? [] : reader.items(field)) {
    const fields = reader.record(item, {
      required: ['application', 'host', 'ports'],
      optional: ['secured', 'mutualTls', 'options'],
    });
    const point = readPoint(reader, fields);
    const own = readOptions(reader, fields.get('options'), 'accessPoint');
    if (point === undefined) continue;
    if (accessPoints.some(({ application }) => application === point.application)) {
      reader.problem(item, `there is more than one access point ${point.application}`);
    }
    const [first] = accessPoints;
    if (first !== undefined && (first.secured !== point.secured || first.mutualTls !== point.mutualTls)) {
      reader.problem(item, `must be secured as ${first.application} is`);
    }
    merge(reader, item, options, own);
    accessPoints.push(point);
  }
  return { accessPoints, options };
}

function readPoint(reader: YamlReader, fields: ReadonlyMap<string, Field>): ResourceAccessPoint | undefined {
  const application = reader.value(fields.get('application'), applicationName);
  const host = reader.value(fields.get('host'), hostName);
  const portsField = fields.get('ports');
  // `default` is the port of a protocol that databases no longer speak; it may stand there.
  const ports = portsField && reader.record(portsField, { required: ['native'], optional: ['default'] });
  const native = reader.value(ports?.get('native'), port);
  const securedField = fields.get('secured');
  const mutualField = fields.get('mutualTls');
  const secured = securedField !== undefined && reader.value(securedField, yesOrNo) === true;
  const mutualTls = mutualField !== undefined && reader.value(mutualField, yesOrNo) === true;
  if (mutualTls && !secured) {
    reader.problem(mutualField, 'needs `secured: true`');
  }
  if (application === undefined || host === undefined || native === undefined) return undefined;
  return { application, host, port: native, secured, mutualTls };
}

function merge(reader: YamlReader, item: Field, into: OptionLayer, own: OptionLayer): void {
  for (const [section, values] of own) {
    const known = into.get(section) ?? new Map<string, unknown>();
    for (const [name, value] of values) {
      if (known.has(name) && known.get(name) !== value) {
        reader.problem(item, `${section}/${name} differs from that of another access point`);
      }
      known.set(name, value);
    }
    into.set(section, known);
  }
}
