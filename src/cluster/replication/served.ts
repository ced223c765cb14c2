/** The partitions that a node serves one by one, for the picture that operators see. */
import type { NodeName } from '../identity.js';
import type { PartitionsState } from './state.js';

export interface ServedPartition {
  partition: number;
  /** Nodes with a full copy in sync. */
  copies: NodeName[];
  /** To whom it is on its way now. */
  movesTo: NodeName | undefined;
}

export function servedPartitions({ services }: PartitionsState): ServedPartition[] {
  return [...services.values()].map(({ partition, copies, handOff }) => ({
    partition,
    copies: copies.filter(({ phase }) => phase === 'sync' || phase === 'stamping').map(({ node }) => node),
    movesTo: handOff?.to,
  }));
}
