/** The logs of this node's partitions, as the runtime sees them: kept by the membership's machine. */
import type { InputLog } from '../../actors/runtime/index.js';
import { AppError } from '../../base/index.js';
import { partitionOf } from '../ring/index.js';
import type { MemberLoop } from './member-loop.js';

export interface ClusterLog extends InputLog {
  /** A partition is served from `seq` on. */
  served(partition: number, seq: number): void;
  /** Bytes of the logs served, as the machine counts them. */
  counted(bytes: number): void;
}

const refusals = {
  notServing: new AppError('NOT_READY', 'The visit is not served by this node now.'),
  frozen: new AppError('NOT_READY', 'The visit is on its way to another node.'),
  overloaded: new AppError('OVERLOADED', 'The log of the visit is full: its copy or the store is behind.'),
};

export function createClusterLog(partitionCount: number, loop: () => MemberLoop): ClusterLog {
  const lastSeqs = new Float64Array(partitionCount);
  let bytes = 0;
  return {
    partitions: partitionCount,
    partitionOf: (cell) => partitionOf(cell, partitionCount),
    append(partition, payload) {
      const appended = loop().append(partition, payload);
      if (!appended.ok) throw refusals[appended.reason];
      lastSeqs[partition] = appended.seq;
      bytes += payload.length;
      return appended.seq;
    },
    lastSeq: (partition) => lastSeqs[partition] ?? 0,
    release(partition, seq) {
      loop().step({ kind: 'released', partition, seq });
      return Promise.resolve();
    },
    get bytes() {
      return bytes;
    },
    served(partition, seq) {
      lastSeqs[partition] = seq;
    },
    counted(count) {
      bytes = count;
    },
  };
}
