/** Who serves which partition, as this node has learned it, and who waits to hear. */
import type { NodeName } from '../identity.js';

export interface Placement {
  /** Undefined while nobody is known to serve it. */
  serverOf(partition: number): NodeName | undefined;
  learn(changes: readonly { partition: number; server: NodeName | null }[]): void;
  /** Called after every change. */
  onChange(listener: (partitions: readonly number[]) => void): void;
  /** Partitions served by `name`, by what is known. */
  countOf(name: NodeName): number;
}

export function createPlacement(partitionCount: number): Placement {
  const servers: (NodeName | undefined)[] = new Array<NodeName | undefined>(partitionCount).fill(undefined);
  const listeners: ((partitions: readonly number[]) => void)[] = [];

  function tell(partitions: readonly number[]): void {
    if (partitions.length > 0) for (const listener of listeners) listener(partitions);
  }

  return {
    serverOf: (partition) => servers[partition],
    learn(changes) {
      const changed = changes.filter(({ partition, server }) => servers[partition] !== (server ?? undefined));
      for (const { partition, server } of changed) servers[partition] = server ?? undefined;
      tell(changed.map(({ partition }) => partition));
    },
    onChange(listener) {
      listeners.push(listener);
    },
    countOf: (name) => servers.reduce((count, server) => count + (server === name ? 1 : 0), 0),
  };
}
