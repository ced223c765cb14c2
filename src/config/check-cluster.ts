// What the nodes of one cluster must agree on, and where they must not meet: found in the file, before any
// of them has started.
import type { Options } from './catalogue.js';
import type { NodeAddress } from './load.js';
import type { Field, YamlReader } from './yaml-reader.js';

export interface ClusterNode {
  address: NodeAddress;
  /** What holds on this node. */
  options: Options;
  field: Field;
}

/** What several nodes need to know of each other. `at` is where the cluster's options stand. */
export function checkCluster(reader: YamlReader, at: Field, nodes: readonly ClusterNode[]): void {
  const [first] = nodes;
  if (first === undefined || nodes.length === 1) return;
  if (first.options.cluster.key.length === 0) {
    reader.problem(at, 'needs cluster/key: a secret by which the nodes know each other');
  }
  for (const node of nodes) {
    checkCertificates(reader, node);
    checkPeerPorts(reader, node);
  }
  checkMeetings(reader, nodes);
}

function checkCertificates(reader: YamlReader, { options, field }: ClusterNode): void {
  const { authorityFile, certificateFile, keyFile } = options.cluster;
  const given = [authorityFile, certificateFile, keyFile].filter((file) => file !== undefined).length;
  if (given === 0 || given === 3) return;
  reader.problem(field, 'needs all of cluster/authorityFile, certificateFile and keyFile, or none of them');
}

function checkPeerPorts(reader: YamlReader, { address, field }: ClusterNode): void {
  const { peers, swim } = address.ports;
  if (peers === undefined || swim === undefined) {
    reader.problem(field, 'needs the ports peers and swim, because there are several nodes');
  } else if (peers === 0 || swim === 0) {
    reader.problem(field, 'needs fixed ports peers and swim, because other nodes call it there');
  }
}

/** Two nodes of one host have neither a port nor a data folder in common. */
function checkMeetings(reader: YamlReader, nodes: readonly ClusterNode[]): void {
  const taken = new Map<string, string>();
  for (const { address, options, field } of nodes) {
    const things: [string, string][] = Object.entries(address.ports)
      .filter(([, port]) => port !== 0)
      .map(([id, port]) => [`${id === 'swim' ? 'udp' : 'tcp'} ${port}`, `port ${port} (${id})`]);
    things.push([`folder ${options.beckon.dataFolder}`, `data folder ${options.beckon.dataFolder}`]);
    for (const [key, said] of things) {
      const place = `${address.host} ${key}`;
      const other = taken.get(place);
      if (other !== undefined) reader.problem(field, `has the ${said}, which ${other} has too`);
      else taken.set(place, address.application);
    }
  }
}
