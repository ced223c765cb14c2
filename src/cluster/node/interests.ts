/**
 * Pushes to browsers that are connected to another node than the one that serves their visit. The node of
 * the browser tells the server of the visit that somebody listens, again after every move; the server sends
 * each push there. A node that nobody listens on any more says so when a push comes.
 */
import type { OutboxMark, PushHub } from '../../model/index.js';
import type { InterestFrame, Peers, PushFrame } from '../../transport/peers/index.js';
import type { NodeIdentity, NodeName } from '../identity.js';
import type { Placement } from './placement.js';

export interface Interests extends PushHub {
  /** A browser of this node subscribed to `channel`. */
  announce(channel: string): void;
  /** A node was reached (again), or is gone. */
  reached(name: NodeName, isUp: boolean): void;
  receiveInterests(from: NodeIdentity, interests: readonly InterestFrame[]): void;
  receivePush(push: PushFrame): void;
}

export interface InterestsOptions {
  self: NodeName;
  /** Browsers of this node. */
  local: PushHub;
  peers: () => Peers;
  placement: Placement;
  partitionOf(cell: string): number;
}

/** Channels announced to other nodes, and of other nodes here; more are not remembered. */
const channelsMax = 200_000;

/** The cell whose pushes go to this channel; undefined for a channel of this node alone. */
function cellOf(channel: string): string | undefined {
  const [, room, id] = channel.split('/', 3);
  if (id === undefined) return undefined;
  if (room === 'notification' || room === 'monitor') return `visit/${id}`;
  return room === 'workspace' ? `agent/${id}` : undefined;
}

export function createInterests(options: InterestsOptions): Interests {
  const { self, local, placement, partitionOf } = options;
  /** Channels that browsers here listen to, by partition. */
  const announced = new Map<number, Set<string>>();
  const listeners = new Map<string, Set<NodeName>>();
  let announcedCount = 0;

  function tell(partition: number, channel: string): void {
    const server = placement.serverOf(partition);
    if (server !== undefined && server !== self)
      options.peers().interest(server, { channel, listening: true });
  }

  function tellAll(partition: number): void {
    const channels = announced.get(partition);
    if (channels === undefined) return;
    for (const channel of channels) {
      if (local.hasSubscribers(channel)) tell(partition, channel);
      else if (channels.delete(channel)) announcedCount--;
    }
  }

  placement.onChange((partitions) => {
    for (const partition of partitions) tellAll(partition);
  });

  return {
    announce(channel) {
      const cell = cellOf(channel);
      if (cell === undefined) return;
      const partition = partitionOf(cell);
      const channels = announced.get(partition) ?? new Set();
      if (!channels.has(channel) && announcedCount < channelsMax) {
        announcedCount++;
        announced.set(partition, channels.add(channel));
      }
      tell(partition, channel);
    },

    reached(name, isUp) {
      if (isUp) {
        for (const partition of announced.keys())
          if (placement.serverOf(partition) === name) tellAll(partition);
        return;
      }
      for (const [channel, nodes] of listeners) {
        if (nodes.delete(name) && nodes.size === 0) listeners.delete(channel);
      }
    },

    receiveInterests({ name }, interests) {
      for (const { channel, listening } of interests) {
        const nodes = listeners.get(channel);
        if (listening) {
          if (nodes !== undefined) nodes.add(name);
          else if (listeners.size < channelsMax) listeners.set(channel, new Set([name]));
        } else if (nodes?.delete(name) === true && nodes.size === 0) listeners.delete(channel);
      }
    },

    receivePush({ channel, data }) {
      if (local.hasSubscribers(channel)) {
        const pushed = JSON.parse(Buffer.from(data).toString()) as { data: unknown; mark?: OutboxMark };
        local.publish(channel, pushed.data, pushed.mark);
        return;
      }
      const cell = cellOf(channel);
      const server = cell === undefined ? undefined : placement.serverOf(partitionOf(cell));
      if (server !== undefined && server !== self)
        options.peers().interest(server, { channel, listening: false });
    },

    publish(channel, data, mark) {
      local.publish(channel, data, mark);
      const nodes = listeners.get(channel);
      if (nodes === undefined) return;
      const bytes = Buffer.from(JSON.stringify({ data, mark }));
      for (const name of nodes) options.peers().push(name, { channel, data: bytes });
    },

    hasSubscribers: (channel) => local.hasSubscribers(channel) || listeners.has(channel),
  };
}
