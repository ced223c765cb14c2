/** Several edges as one hub: whoever is connected to any of this node's ports is reached. */
import type { PushHub } from '../model/index.js';

export interface SharedHub extends PushHub {
  add(hub: PushHub): void;
}

export function createSharedHub(): SharedHub {
  const hubs: PushHub[] = [];
  return {
    add(hub) {
      hubs.push(hub);
    },
    publish(channel, data, mark) {
      for (const hub of hubs) if (hub.hasSubscribers(channel)) hub.publish(channel, data, mark);
    },
    hasSubscribers: (channel) => hubs.some((hub) => hub.hasSubscribers(channel)),
  };
}
