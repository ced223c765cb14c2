// Loads a configuration: one YAML file with the applications, options and people of a cluster. All problems
// of the file are reported together, and nothing is half loaded.
import { dirname, resolve } from 'node:path';
import type { Options } from './catalogue.js';
import { checkCluster } from './check-cluster.js';
import { freezeDeep } from './freeze.js';
import { applicationName, hostName } from './names.js';
import { path, whole } from './option-type.js';
import { readAccessPoints, type ResourceAccessPoint } from './access-points.js';
import { type AgentAccount, type AgentGroup, readAgentGroups, readAgents } from './people.js';
import type { ConfigProblem } from './problem.js';
import { type OptionLayer, mergedOptions, readOptions } from './read-options.js';
import { type Field, YamlReader } from './yaml-reader.js';

/** Listening ports by the guide's ids; 0 lets the system choose. */
export interface NodePorts {
  readonly default: number;
  readonly ui: number;
  readonly 'server/data/rules/deploy': number;
  readonly https?: number;
  /** Between nodes: gRPC (TCP) and the failure detector's datagrams (UDP). Needed with more than one node. */
  readonly peers?: number;
  readonly swim?: number;
}

export interface NodeAddress {
  /** Name of the node's application, which is also its name in the cluster. */
  readonly application: string;
  /** Address to listen on, and at which the node is reached. */
  readonly host: string;
  readonly ports: NodePorts;
}

export interface Configuration {
  /** The file it came from. */
  readonly file: string;
  readonly clusterApplication: string;
  /** All nodes of the cluster. */
  readonly nodes: readonly NodeAddress[];
  /** The node that runs here. */
  readonly node: NodeAddress;
  /** What holds on this node: its own values over the cluster's over the defaults. Paths are absolute. */
  readonly options: Options;
  /** Where the database is; none means the embedded store. */
  readonly accessPoints: readonly ResourceAccessPoint[];
  readonly agents: readonly AgentAccount[];
  readonly agentGroups: readonly AgentGroup[];
  /** The site application that the cluster serves; `folder` is absolute. */
  readonly application: { readonly name: string; readonly folder: string };
}

export type LoadResult =
  | { readonly ok: true; readonly configuration: Configuration; readonly warnings: readonly ConfigProblem[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface ConfigurationSource {
  /** Where `text` comes from: named in messages, and relative paths in it start at its folder. */
  file: string;
  text: string;
  /** Application name of the node to run; may be left out when there is only one. */
  node?: string | undefined;
  /** Any node will do: the caller wants what holds for all of them. */
  anyNode?: boolean;
}

const listeningPort = whole({ min: 0, max: 65_535 });

interface ReadNode {
  address: NodeAddress;
  options: OptionLayer;
  field: Field;
}

/**
 * The configuration that `source` describes, for one of its nodes. Never throws for whatever is in the text.
 */
export function loadConfiguration(source: ConfigurationSource): LoadResult {
  const reader = new YamlReader(source.file, source.text);
  // Of a text that is not even YAML, only its syntax is worth a message.
  const configuration = reader.problems.length === 0 ? readConfiguration(reader, source) : undefined;
  if (configuration === undefined || reader.problems.length > 0) {
    return { ok: false, problems: byPlace(reader.problems) };
  }
  return { ok: true, configuration: freezeDeep(configuration), warnings: byPlace(reader.warnings) };
}

function byPlace(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function readConfiguration(reader: YamlReader, source: ConfigurationSource): Configuration | undefined {
  const root = reader.record(reader.root, {
    required: ['cluster', 'nodes', 'application'],
    optional: ['agents', 'agentGroups', 'resourceAccessPoints'],
  });
  const cluster = readCluster(reader, root.get('cluster'));
  const nodes = readNodes(reader, root.get('nodes'));
  const access = readAccessPoints(reader, root.get('resourceAccessPoints'));
  const groupsField = root.get('agentGroups');
  const agentGroups = groupsField === undefined ? [] : readAgentGroups(reader, groupsField);
  const agentsField = root.get('agents');
  const agents = agentsField === undefined ? [] : readAgents(reader, agentsField, agentGroups);
  const application = readApplication(reader, root.get('application'));
  const running = source.anyNode === true ? nodes[0] : chooseNode(reader, nodes, source.node);
  if (cluster === undefined || application === undefined || running === undefined) return undefined;
  const options = mergedOptions(withAccess(cluster.options, access.options), running.options);
  checkGroups(reader, cluster.optionsField ?? reader.root, options, agentGroups);
  checkCluster(
    reader,
    cluster.optionsField ?? reader.root,
    nodes.map((node) => ({ ...node, options: mergedOptions(cluster.options, node.options) })),
  );
  const folder = dirname(resolve(source.file));
  return {
    file: source.file,
    clusterApplication: cluster.name,
    nodes: nodes.map(({ address }) => address),
    node: running.address,
    options: withAbsolutePaths(options, folder),
    accessPoints: access.accessPoints,
    agents,
    agentGroups,
    application: { name: application.name, folder: resolve(folder, application.folder) },
  };
}

/** What access points say of the connection wins over what the cluster says. */
function withAccess(cluster: OptionLayer, access: OptionLayer): OptionLayer {
  const layer: OptionLayer = new Map(cluster);
  for (const [section, values] of access) {
    layer.set(section, new Map([...(cluster.get(section) ?? []), ...values]));
  }
  return layer;
}

function readCluster(reader: YamlReader, field: Field | undefined) {
  if (field === undefined) return undefined;
  const fields = reader.record(field, { required: ['application'], optional: ['options'] });
  const optionsField = fields.get('options');
  const options = readOptions(reader, optionsField, 'cluster');
  const name = reader.value(fields.get('application'), applicationName);
  return name === undefined ? undefined : { name, options, optionsField };
}

function readNodes(reader: YamlReader, field: Field | undefined): ReadNode[] {
  if (field === undefined) return [];
  const nodes = new Map<string, ReadNode>();
  const items = reader.items(field);
  if (items.length === 0) reader.problem(field, 'needs at least one node');
  for (const item of items) {
    const node = readNode(reader, item);
    if (node === undefined) continue;
    const { application } = node.address;
    if (nodes.has(application)) reader.problem(item, `there is more than one node ${application}`);
    nodes.set(application, node);
  }
  return [...nodes.values()];
}

function readNode(reader: YamlReader, item: Field): ReadNode | undefined {
  const fields = reader.record(item, { required: ['application', 'host', 'ports'], optional: ['options'] });
  const options = readOptions(reader, fields.get('options'), 'node');
  const portsField = fields.get('ports');
  const application = reader.value(fields.get('application'), applicationName);
  const host = reader.value(fields.get('host'), hostName);
  const ports = portsField && readPorts(reader, portsField);
  if (application === undefined || host === undefined || ports === undefined) return undefined;
  return { address: { application, host, ports }, options, field: item };
}

const portIds = ['default', 'ui', 'server/data/rules/deploy'] as const;

function readPorts(reader: YamlReader, field: Field): NodePorts | undefined {
  const fields = reader.record(field, { required: portIds, optional: ['https', 'peers', 'swim'] });
  const ports = new Map<string, number>();
  for (const [id, entry] of fields) {
    const port = reader.value(entry, listeningPort);
    if (port === undefined) continue;
    const twin = [...ports].find(([, other]) => other === port && port !== 0);
    if (twin !== undefined) reader.problem(entry, `is the port of ${twin[0]} too`);
    ports.set(id, port);
  }
  const [standard, ui, deploy] = portIds.map((id) => ports.get(id));
  const others = (['https', 'peers', 'swim'] as const).flatMap((id) => {
    const port = ports.get(id);
    return port === undefined ? [] : [[id, port]];
  });
  if (standard === undefined || ui === undefined || deploy === undefined) return undefined;
  return {
    default: standard,
    ui,
    'server/data/rules/deploy': deploy,
    ...(Object.fromEntries(others) as Partial<Pick<NodePorts, 'https' | 'peers' | 'swim'>>),
  };
}

function readApplication(reader: YamlReader, field: Field | undefined) {
  if (field === undefined) return undefined;
  const fields = reader.record(field, { required: ['name', 'folder'] });
  const name = reader.value(fields.get('name'), applicationName);
  const folder = reader.value(fields.get('folder'), path());
  return name === undefined || folder === undefined ? undefined : { name, folder };
}

function chooseNode(reader: YamlReader, nodes: readonly ReadNode[], name: string | undefined) {
  const names = nodes.map(({ address }) => address.application);
  if (name === undefined) {
    if (nodes.length > 1)
      reader.problem(reader.root, `has several nodes; say which one to run: ${names.join(', ')}`);
    return nodes.length === 1 ? nodes[0] : undefined;
  }
  const node = nodes.find(({ address }) => address.application === name);
  if (node === undefined && nodes.length > 0) {
    reader.problem(reader.root, `has no node ${name}; known: ${names.join(', ')}`);
  }
  return node;
}

function checkGroups(reader: YamlReader, at: Field, options: Options, groups: readonly AgentGroup[]): void {
  const names = groups.map(({ name }) => name);
  if (options.pacing.chatGroups.length === 0) reader.problem(at, 'pacing/chatGroups must name a group');
  for (const group of options.pacing.chatGroups) {
    if (!names.includes(group))
      reader.problem(at, `pacing/chatGroups names ${group}, which is not in agentGroups`);
  }
}

function withAbsolutePaths(options: Options, folder: string): Options {
  const trusted = options.security['trusted-ca'];
  return {
    ...options,
    security: {
      ...options.security,
      'trusted-ca': trusted === undefined ? undefined : resolve(folder, trusted),
    },
    privacy: { ...options.privacy, pathToGeoDB: resolve(folder, options.privacy.pathToGeoDB) },
    elasticsearch: {
      ...options.elasticsearch,
      certificateAuthority: absolute(folder, options.elasticsearch.certificateAuthority),
    },
    cluster: {
      ...options.cluster,
      authorityFile: absolute(folder, options.cluster.authorityFile),
      certificateFile: absolute(folder, options.cluster.certificateFile),
      keyFile: absolute(folder, options.cluster.keyFile),
    },
    beckon: {
      ...options.beckon,
      dataFolder: resolve(folder, options.beckon.dataFolder),
      storeFolder: absolute(folder, options.beckon.storeFolder),
    },
  };
}

function absolute(folder: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(folder, path);
}
