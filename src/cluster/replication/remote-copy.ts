/**
 * The copies of a served partition on other nodes: the small questions and changes that several steps
 * share.
 */
import type { NodeName } from '../identity.js';
import { type PartitionsState, type RemoteCopy, type Service, touch, type Turn } from './state.js';

export function newCopy(
  node: NodeName,
  generation: number,
  phase: RemoteCopy['phase'],
  sentSeq: number,
  nowMs: number,
  { settings }: PartitionsState,
): RemoteCopy {
  return {
    node,
    generation,
    phase,
    headed: false,
    ackedSeq: -1,
    sentSeq,
    liveSeq: -1,
    bytesBeforeMark: 0,
    bytesAfterMark: 0,
    markSeq: sentSeq,
    releasedSeq: -1,
    resentMs: nowMs,
    owing: false,
    progressMs: nowMs,
    resendMs: settings.resendMs,
  };
}

/** Whether a full copy elsewhere is in sync, so that its acknowledgement is what counts. */
export function isBacked({ copies }: Service): boolean {
  return copies.some(({ phase }) => phase === 'stamping' || phase === 'sync');
}

/** The same, and the copies have confirmed it. */
export function isBackedSurely(service: Service): boolean {
  return (
    service.copies.some(({ phase }) => phase === 'sync') &&
    !service.copies.some(({ phase }) => phase === 'stamping')
  );
}

/** Forgets a copy: one that was never called full, or that has said itself that it is gone. */
export function removeCopy(turn: Turn, service: Service, copy: RemoteCopy): void {
  service.copies = service.copies.filter((other) => other !== copy);
  turn.state.planDue = true;
  turn.state.servingVersion++;
  touch(turn.state, service);
}
