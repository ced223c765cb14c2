/** What `bin/cluster` keeps in its folder beside what the nodes keep: configuration, key, `nodes.json`. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { AppError } from '../../base/index.js';
import { rootFolder } from '../place.js';

/** A row of `nodes.json`. URLs have no trailing slash. */
export interface NodeRow {
  name: string;
  pid: number;
  default: string;
  ui: string;
  deploy: string;
}

export interface LabShape {
  nodes: number;
  /** Node K listens from this + 10 K on; the balancer listens here. */
  portBase: number;
}

/** What each node listens on, from its own first port on. */
export const portsOfNode = { default: 1, ui: 2, 'server/data/rules/deploy': 3, peers: 4, swim: 5 } as const;

export function nameOf(number: number): string {
  return `GWE_Node${number}`;
}

export function rowOf(number: number, portBase: number, pid: number): NodeRow {
  const url = (port: number): string => `http://127.0.0.1:${portBase + 10 * number + port}`;
  return { name: nameOf(number), pid, default: url(1), ui: url(2), deploy: url(3) };
}

/** The rows of `nodes.json`; undefined where there is none. */
export function readRows(folder: string): NodeRow[] | undefined {
  const file = join(folder, 'nodes.json');
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as NodeRow[];
  } catch (cause) {
    throw new AppError('CONFLICT', `${file} cannot be read: remove it, or take another --data`, { cause });
  }
}

/** `nodes.json` is replaced as a whole, so that a reader never sees half of it. */
export function writeRows(folder: string, rows: readonly NodeRow[]): void {
  const file = join(folder, 'nodes.json');
  writeFileSync(`${file}.draft`, `${JSON.stringify(rows, null, 2)}\n`);
  renameSync(`${file}.draft`, file);
}

/** How the cluster of the folder was started last; undefined for none. */
export function shapeBefore(rows: readonly NodeRow[] | undefined): LabShape | undefined {
  const [first] = rows ?? [];
  if (rows === undefined || first === undefined) return undefined;
  return { nodes: rows.length, portBase: Number(new URL(first.default).port) - 11 };
}

/** Whether nodes of the folder have ever voted: then how many they are is theirs to say. */
export function hasVoted(folder: string, rows: readonly NodeRow[]): boolean {
  return rows.some(({ name }) => existsSync(join(folder, name, 'cluster.json')));
}

/** Writes the cluster's file, made anew at each start; the key stays. Throws `AppError` where it cannot. */
export function writeConfiguration(folder: string, shape: LabShape): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'cluster.yaml'), configurationText(folder, shape), { mode: 0o600 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('CONFLICT', `--data ${folder} cannot be used: ${reason}`, { cause });
  }
}

function configurationText(folder: string, { nodes, portBase }: LabShape): string {
  const lab = readFileSync(join(rootFolder, 'config', 'lab.yaml'), 'utf8');
  const people = lab.slice(
    lab.indexOf('agentGroups:'),
    lab.indexOf('application:\n', lab.indexOf('agents:')),
  );
  const shape = {
    cluster: {
      application: 'GWE_Cluster',
      options: {
        engagement: { visitExpirationTime: '86400', strictEngagementMode: 'true' },
        pacing: { chatGroups: 'Web Engagement Chat' },
        cluster: { key: keyOf(folder) },
        beckon: { storeFolder: join(folder, 'store') },
      },
    },
    nodes: Array.from({ length: nodes }, (_, index) => nodeOf(folder, index + 1, portBase)),
    application: { name: 'playground', folder: join(rootFolder, 'apps', 'playground') },
  };
  const head =
    '# Made by bin/cluster. The passwords of the lab are public: for trying on one machine only.\n';
  return `${head}${stringify(shape)}${people}`;
}

function keyOf(folder: string): string {
  const file = join(folder, 'cluster.key');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

function nodeOf(folder: string, number: number, portBase: number) {
  const name = nameOf(number);
  const ports = Object.entries(portsOfNode).map(([id, port]) => [id, portBase + 10 * number + port]);
  return {
    application: name,
    host: '127.0.0.1',
    ports: Object.fromEntries(ports) as Record<keyof typeof portsOfNode, number>,
    options: { log: { all: 'stdout' }, beckon: { dataFolder: join(folder, name) } },
  };
}
