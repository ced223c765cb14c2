// What this node knows of its cluster; on a node alone none of them is there.
import { plain, type ValueRow } from '../metric-row.js';
import type { ClusterReading } from '../readings.js';

interface ClusterFigure {
  name: string;
  kind?: 'counter' | 'gauge';
  unit?: 'bytes' | 'milliseconds';
  help: string;
  read: (cluster: ClusterReading) => number;
}

const figures: readonly ClusterFigure[] = [
  { name: 'epoch', help: 'Epoch of the view.', read: ({ epoch }) => epoch },
  { name: 'members', help: 'Members of the view.', read: ({ members }) => members },
  {
    name: 'peers_reached',
    help: 'Other nodes that a stream is open to and that answer the failure detector.',
    read: ({ peersReached }) => peersReached,
  },
  {
    name: 'lease',
    unit: 'milliseconds',
    help: 'What is left of the lease; without one the node serves nothing.',
    read: ({ leaseLeftMs }) => leaseLeftMs,
  },
  { name: 'partitions_served', help: 'Partitions that this node serves.', read: ({ served }) => served },
  { name: 'partitions_backed', help: 'Of those, with a full copy elsewhere.', read: ({ backed }) => backed },
  {
    name: 'partitions_under_replicated',
    help: 'Of those, without a copy: their inputs are kept by the journal.',
    read: ({ underReplicated }) => underReplicated,
  },
  {
    name: 'partitions_moving',
    help: 'Of those, on their way to another node.',
    read: ({ moving }) => moving,
  },
  {
    name: 'partitions_unplaced',
    help: 'Partitions that nobody serves, as far as this node knows.',
    read: ({ unplaced }) => unplaced,
  },
  { name: 'copies_held', help: 'Full copies held for other nodes.', read: ({ copiesHeld }) => copiesHeld },
  { name: 'log', unit: 'bytes', help: 'Inputs of the logs served here.', read: ({ logBytes }) => logBytes },
  {
    name: 'copy',
    unit: 'bytes',
    help: 'Inputs of the copies held here.',
    read: ({ copyBytes }) => copyBytes,
  },
  {
    name: 'hand_offs',
    kind: 'counter',
    help: 'Partitions handed to another living node.',
    read: ({ handOffs }) => handOffs,
  },
  {
    name: 'served_from_store',
    kind: 'counter',
    help: 'Partitions taken over without a copy: all at the first start; later what the store lacks is lost.',
    read: ({ fromStore }) => fromStore,
  },
  {
    name: 'requests_held',
    help: 'Requests that wait for visits on the move.',
    read: ({ requestsHeld }) => requestsHeld,
  },
  {
    name: 'requests_dropped',
    kind: 'counter',
    help: 'Requests refused because no node served their visit in time, or because it moved in the middle.',
    read: ({ requestsDropped }) => requestsDropped,
  },
  {
    name: 'wire_waiting',
    unit: 'bytes',
    help: 'What waits to be sent to other nodes.',
    read: ({ wireWaitingBytes }) => wireWaitingBytes,
  },
  {
    name: 'wire_dropped',
    kind: 'counter',
    help: 'Messages to other nodes that found no room; what matters is said again.',
    read: ({ wireDropped }) => wireDropped,
  },
  {
    name: 'wire_sent_bytes',
    kind: 'counter',
    unit: 'bytes',
    help: 'Sent to other nodes, before HTTP/2 and TLS add theirs.',
    read: ({ wireSentBytes }) => wireSentBytes,
  },
  {
    name: 'wire_received_bytes',
    kind: 'counter',
    unit: 'bytes',
    help: 'Received from other nodes, in the same way.',
    read: ({ wireReceivedBytes }) => wireReceivedBytes,
  },
];

const pause: ValueRow = {
  name: 'beckon_cluster_pause_milliseconds',
  kind: 'gauge',
  unit: 'milliseconds',
  help:
    'How long partitions of this node took no inputs, over the last 1,024 of each cause: `handOff`, one ' +
    'that went to another living node; `view`, one that stayed while the members of the cluster changed.',
  labels: ['cause', 'quantile'],
  read: ({ sources }) =>
    Object.entries(sources.cluster?.pauses ?? {}).flatMap(([cause, found]) =>
      found === undefined
        ? []
        : [
            { value: found.p50Ms, labels: { cause, quantile: '0.5' } },
            { value: found.p99Ms, labels: { cause, quantile: '0.99' } },
            { value: found.maxMs, labels: { cause, quantile: '1' } },
          ],
    ),
};

const plainFigures = figures.map(({ name, kind = 'gauge', unit, help, read }) => {
  const suffix = kind === 'counter' ? '_total' : unit === undefined ? '' : `_${unit}`;
  const units = unit === undefined ? {} : { unit };
  return plain({ name: `beckon_cluster_${name}${suffix}`, kind, help, ...units }, ({ sources }) =>
    sources.cluster === undefined ? undefined : read(sources.cluster),
  );
});

export const cluster: readonly ValueRow[] = [...plainFigures, pause];
