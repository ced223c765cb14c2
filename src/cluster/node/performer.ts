/**
 * Does what the member's machine wants done outside: partitions come and go, messages leave, operators
 * hear.
 */
import type { Logger } from 'pino';
import type { Peers } from '../../transport/peers/index.js';
import type { ClusterAlarms } from './cluster-alarms.js';
import type { ClusterLog } from './cluster-log.js';
import type { Errands } from './errands.js';
import type { OutwardEffect } from './member-loop.js';
import type { ClusterGuests } from './open-cluster.js';
import type { Operators } from './operators.js';
import type { Pauses } from './pauses.js';
import type { Placement } from './placement.js';

export interface PerformerOptions extends ClusterGuests {
  peers: () => Peers;
  log: ClusterLog;
  placement: Placement;
  pauses: Pauses;
  errands: Errands;
  operators: Operators;
  alarms: ClusterAlarms;
  logger: Logger;
  /** The partition of all documents. */
  documentsPartition: number;
  /** After `leave`: nothing here is needed any more. */
  onLeft(): void;
}

export function createPerformer(options: PerformerOptions): (effect: OutwardEffect) => void {
  const { runtime, documents, peers, log, placement, pauses, errands, operators, alarms, logger } = options;

  function perform(effect: OutwardEffect): void {
    switch (effect.kind) {
      case 'send':
        peers().send(effect.to, effect.message);
        break;
      case 'serve':
        serve(effect).catch((error: unknown) => {
          logger.error({ err: error, partition: effect.partition }, 'a partition could not be taken over');
        });
        break;
      case 'cease':
        runtime.cease(effect.partition);
        break;
      case 'stable':
        runtime.stable(effect.partition, effect.seq);
        break;
      case 'resubmit':
        log.served(effect.partition, effect.entries.at(-1)?.seq ?? log.lastSeq(effect.partition));
        runtime.resubmit(effect.entries);
        break;
      case 'checkpoint':
        checkpoint(effect.partition);
        break;
      case 'placed':
        placement.learn(effect.changes);
        retrySoon();
        break;
      case 'operatorReply':
        operators.reply(effect);
        break;
      case 'left':
        options.onLeft();
        break;
      case 'handedOff':
        pauses.handedOff(effect.pauseMs);
        break;
      case 'silent':
        logger.warn({ node: effect.peer }, 'a node does not answer');
        break;
      case 'installed':
        pauses.suspended();
        break;
      case 'alarm':
        alarms.raise(effect.alarm, effect.text);
        break;
      case 'clear':
        alarms.clear(effect.alarm, effect.text);
        break;
      case 'note':
        logger[effect.level](effect.fields, effect.text);
        break;
    }
  }

  async function serve(effect: Extract<OutwardEffect, { kind: 'serve' }>): Promise<void> {
    const { partition, entries, baseSeq, resumed } = effect;
    if (resumed) pauses.resumed();
    else {
      log.served(partition, entries.at(-1)?.seq ?? baseSeq);
      // What the log begins after is in the store.
      runtime.stable(partition, baseSeq);
    }
    if (partition === options.documentsPartition && !resumed) {
      await documents.refresh().catch((error: unknown) => {
        logger.warn({ err: error }, 'documents could not be read again; those in memory are used');
      });
    }
    await runtime.serve({ partition, entries, resumed });
    retrySoon();
  }

  /** Partitions come by the hundred: those who wait for one try again once in a turn. */
  let retrying = false;
  function retrySoon(): void {
    if (retrying) return;
    retrying = true;
    setImmediate(() => {
      retrying = false;
      errands.retry();
    });
  }

  /** Partitions whose logs should become short, gathered over a turn. */
  const wanted = new Set<number>();
  function checkpoint(partition: number): void {
    wanted.add(partition);
    if (wanted.size > 1) return;
    setImmediate(() => {
      const partitions = [...wanted];
      wanted.clear();
      runtime.checkpoint(partitions).catch((error: unknown) => {
        logger.warn({ err: error }, 'a checkpoint failed; the logs stay as they are');
      });
    });
  }

  return perform;
}
