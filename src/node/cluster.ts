/** The cluster side of a node, from its configuration. */
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AppError, type Clock, type Random } from '../base/index.js';
import {
  type Cluster,
  type ClusterGuests,
  type ClusterSettings,
  contradictionIn,
  defaultClusterSettings,
  openCluster,
} from '../cluster/index.js';
import type { Configuration, NodeAddress, Options } from '../config/index.js';
import type { ClusterReading } from '../metrics/index.js';
import type { PushHub } from '../model/index.js';
import { type Journal, workerFile } from '../stores/index.js';
import { checkOwnCertificate, checkPeerHosts, type PeerTls } from '../transport/peers/index.js';

export interface NodeClusterOptions {
  configuration: Configuration;
  journal: Journal;
  localHub: PushHub;
  clock: Clock;
  random: Random;
  logger: Logger;
  notServing(): string | undefined;
}

/** A certificate that ends sooner is worth a word at the start. */
const certificateDaysMin = 30;

/** Rejects with `AppError` for what cannot be had. */
export async function openNodeCluster(
  { configuration, journal, localHub, clock, random, logger, notServing }: NodeClusterOptions,
  guests: Parameters<typeof openCluster>[1],
): Promise<Cluster> {
  const { node, nodes, options } = configuration;
  const others = nodes.filter(({ application }) => application !== node.application);
  const tls = peerTlsOf(options);
  if (tls !== undefined) {
    const days = checkOwnCertificate(tls, node.application, clock.nowMs());
    if (days < certificateDaysMin)
      logger.warn({ days }, "this node's certificate (cluster/certificateFile) ends");
  }
  return openCluster(
    {
      self: { name: node.application, host: node.host },
      clusterApplication: configuration.clusterApplication,
      address: { host: node.host, ...portsOf(node) },
      others: others.map((other) => {
        const { peersPort, swimPort } = portsOf(other);
        return { name: other.application, host: other.host, port: peersPort, swimPort };
      }),
      keys: options.cluster.key,
      tls,
      settings: clusterSettingsOf(options),
      stateFile: join(options.beckon.dataFolder, 'cluster.json'),
      detectorFile: workerFile('failure-detector'),
      journal,
      localHub,
      clock,
      logger,
      randomId: () => random.id(),
      notServing,
    },
    guests,
  );
}

/** The addresses of a node between nodes; a configuration with several nodes has them. */
export function portsOf({ application, ports }: NodeAddress): { peersPort: number; swimPort: number } {
  const { peers, swim } = ports;
  if (peers === undefined || swim === undefined) {
    throw new AppError('BAD_REQUEST', `The node ${application} needs the ports peers and swim.`);
  }
  return { peersPort: peers, swimPort: swim };
}

export function peerTlsOf({ cluster }: Options): PeerTls | undefined {
  const { authorityFile, certificateFile, keyFile } = cluster;
  if (authorityFile === undefined || certificateFile === undefined || keyFile === undefined) return undefined;
  return { authorityFile, certificateFile, keyFile };
}

/** Settings by the options that they come from; the others are constants. */
const optionOf: Partial<Record<keyof ClusterSettings, string>> = {
  heartbeatMs: 'heartbeatInterval',
  leaseMs: 'leaseTime',
  stableMs: 'stableTime',
  hangMs: 'hangTime',
};

/** Throws `AppError` BAD_REQUEST, which names the options, when the times contradict each other. */
export function clusterSettingsOf({ cluster }: Options): ClusterSettings {
  const settings: ClusterSettings = {
    ...defaultClusterSettings,
    heartbeatMs: cluster.heartbeatInterval,
    leaseMs: cluster.leaseTime,
    driftMax: cluster.driftMax,
    stableMs: cluster.stableTime,
    hangMs: cluster.hangTime,
    swimIntervalMs: cluster.swimInterval,
    heldInputsMax: cluster.heldRequestsMax,
    pullsMax: cluster.pullsMax,
    seedBytesPerSecond: cluster.seedRate,
  };
  const contradiction = contradictionIn(settings);
  if (contradiction === undefined) return settings;
  const message = contradiction.replace(/\b\w+Ms\b/g, (name) => {
    const setting = name as keyof ClusterSettings;
    const option = optionOf[setting];
    return option === undefined ? `${settings[setting]} ms` : `cluster/${option}`;
  });
  throw new AppError('BAD_REQUEST', `${message}.`, { field: 'cluster' });
}

/**
 * Throws `AppError` BAD_REQUEST for what the file alone does not show to be wrong: times that contradict
 * each other, a store or a wire that does not reach the other hosts.
 */
export function checkConfiguration(configuration: Configuration): void {
  const { nodes, options, accessPoints } = configuration;
  if (accessPoints.length === 0) checkEmbeddedStore(configuration);
  if (nodes.length === 1) return;
  clusterSettingsOf(options);
  checkPeerHosts(
    peerTlsOf(options),
    nodes.map(({ host }) => host),
  );
}

/**
 * Throws `AppError` BAD_REQUEST for an embedded store with nodes on several machines: a file is shared by the
 * processes of one machine only.
 */
export function checkEmbeddedStore({ nodes, options }: Configuration): void {
  const hosts = new Set(nodes.map(({ host }) => host));
  const own = new Set(['localhost', ...ownAddresses()]);
  const away = [...hosts].filter((host) => !own.has(host));
  // Nodes that all name one host share its machine, by whatever name or address.
  if (hosts.size > 1 && away.length > 0) {
    const message =
      `The embedded store is a file of one machine, and ${away.join(', ')} is another: nodes on several ` +
      'machines need Cassandra (section cassandraKeyspace).';
    throw new AppError('BAD_REQUEST', message, { field: 'nodes' });
  }
  if (nodes.length > 1 && options.beckon.storeFolder === undefined) {
    throw new AppError('BAD_REQUEST', 'Several nodes share one embedded store: set beckon/storeFolder.', {
      field: 'beckon/storeFolder',
    });
  }
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

/** What the metrics say of the cluster. */
export function readingOf(cluster: Cluster): ClusterReading {
  const { view, partitions, peers, wire, heldErrands, droppedErrands } = cluster.status();
  return {
    ...partitions,
    ...partitions.totals,
    epoch: view.view?.epoch ?? 0,
    members: view.view?.members.length ?? 0,
    peersReached: peers.filter(({ isReachable, isAlive }) => isReachable && isAlive).length,
    leaseLeftMs: Math.round(view.leaseLeftMs),
    requestsHeld: heldErrands,
    requestsDropped: droppedErrands,
    pauses: cluster.pauses(),
    wireWaitingBytes: wire.waitingBytes,
    wireDropped: wire.dropped,
    wireSentBytes: wire.sentBytes,
    wireReceivedBytes: wire.receivedBytes,
  };
}

/** What `about` says of the cluster. */
export function summaryOf(cluster: Cluster): Record<string, unknown> {
  const { view, partitions, peers, alarms } = cluster.status();
  return {
    epoch: view.view?.epoch ?? 0,
    members: view.view?.members.map(({ name }) => name) ?? [],
    leaseLeftMs: Math.round(view.leaseLeftMs),
    served: partitions.served,
    backed: partitions.backed,
    underReplicated: partitions.underReplicated,
    moving: partitions.moving,
    unplaced: partitions.unplaced,
    peers,
    alarms,
  };
}

export type { Cluster, ClusterGuests };
