/**
 * A server and the copies of what it serves: stamps, seeds, frames, marks, and what their acknowledgements
 * mean. Whatever is lost on the way is sent again from where the copy is.
 */
import { lineageAtBase, pieceAfter } from './log.js';
import type { CopyAck } from './messages.js';
import { isBacked, removeCopy } from './remote-copy.js';
import {
  knownPartition,
  note,
  outboxOf,
  type Peer,
  type RemoteCopy,
  sendFullOutbox,
  type Service,
  touch,
  type Turn,
} from './state.js';

/** Puts into the outbox what this copy should be sent now, within its window. */
export function pumpCopy(turn: Turn, service: Service, copy: RemoteCopy): void {
  const peer = turn.state.peers.get(copy.node);
  if (peer === undefined) return;
  if (isFresh(copy) && copy.sentSeq < service.log.baseSeq) reseed(service, copy);
  if (!copy.headed) sendHead(turn, service, copy, peer);
  if (copy.phase === 'leaving' || (copy.phase === 'stamping' && copy.ackedSeq < 0)) return;
  sendFrames(turn, service, copy, peer);
  if (copy.phase === 'filling' && copy.sentSeq === service.log.lastSeq) {
    copy.phase = 'live';
    copy.liveSeq = copy.sentSeq;
  }
  if (copy.phase === 'live' && copy.ackedSeq >= copy.liveSeq) {
    copy.phase = 'marked';
    sendHead(turn, service, copy, peer);
  }
}

/** Never called full: its server may give it up. */
function isFresh({ phase }: RemoteCopy): boolean {
  return phase === 'filling' || phase === 'live';
}

/** The store has what the copy was to be sent next, and the log has it no more: it begins again. */
function reseed(service: Service, copy: RemoteCopy): void {
  copy.phase = 'filling';
  copy.generation = service.nextGeneration++;
  copy.headed = false;
  copy.ackedSeq = -1;
  copy.sentSeq = service.log.baseSeq;
  copy.markSeq = copy.sentSeq;
  copy.bytesBeforeMark = 0;
  copy.bytesAfterMark = 0;
}

/** What the copy's phase begins with. */
function sendHead(turn: Turn, service: Service, copy: RemoteCopy, peer: Peer): void {
  const { state } = turn;
  const { partition, grant, log } = service;
  const { generation } = copy;
  const { frames } = outboxOf(peer, state.epoch);
  switch (copy.phase) {
    case 'stamping':
      frames.stamps.push({ partition, grant, generation });
      break;
    case 'filling':
    case 'live':
      frames.seeds.push({ partition, grant, generation, ...lineageAtBase(log) });
      break;
    case 'marked':
      frames.fulls.push({ partition, generation, seq: copy.liveSeq });
      break;
    case 'leaving':
      frames.leaves.push({ partition, generation });
      break;
    case 'sync':
      break;
  }
  copy.headed = true;
  sent(turn, copy);
  sendFullOutbox(turn, copy.node, peer);
}

function sent({ nowMs }: Turn, copy: RemoteCopy): void {
  if (!copy.owing) copy.progressMs = nowMs;
  copy.owing = true;
}

/** Whether an answer is awaited from the copy, or something is still to be done with it. */
export function owes(copy: RemoteCopy): boolean {
  return copy.owing || copy.phase !== 'sync';
}

function sendFrames(turn: Turn, service: Service, copy: RemoteCopy, peer: Peer): void {
  const { state } = turn;
  const { log, partition } = service;
  const { windowBytesMax, frameBytesMax } = state.settings;
  while (copy.sentSeq < log.lastSeq) {
    const room = windowBytesMax - copy.bytesBeforeMark - copy.bytesAfterMark;
    if (room <= 0 || (copy.phase === 'filling' && state.seedTokens <= 0)) return;
    const piece = pieceAfter(log, copy.sentSeq, Math.min(room, frameBytesMax));
    if (piece === undefined) return;
    const lastSeq = piece.firstSeq + piece.payloads.length - 1;
    let bytes = 0;
    for (const { length } of piece.payloads) bytes += length;
    const outbox = outboxOf(peer, state.epoch);
    outbox.frames.batches.push({
      partition,
      generation: copy.generation,
      ...piece,
      adopted:
        log.adopted.length === 0
          ? []
          : log.adopted.filter(({ atSeq }) => atSeq >= piece.firstSeq && atSeq <= lastSeq),
    });
    outbox.framesBytes += bytes;
    if (copy.releasedSeq < log.baseSeq) {
      outbox.frames.released.push({ partition, seq: log.baseSeq });
      copy.releasedSeq = log.baseSeq;
    }
    if (copy.phase === 'filling') state.seedTokens -= bytes;
    sent(turn, copy);
    copy.bytesAfterMark += bytes;
    copy.sentSeq = lastSeq;
    sendFullOutbox(turn, copy.node, peer);
  }
}

/** What copies have said about how far they are. */
export function takeAcks(turn: Turn, node: string, acks: readonly CopyAck[]): void {
  const { state } = turn;
  for (const ack of acks) {
    const service = knownPartition(state, ack.partition)?.service;
    const copy = service?.copies.find(
      (candidate) => candidate.node === node && candidate.generation === ack.generation,
    );
    if (service === undefined || copy === undefined) continue;
    if (ack.absent) absent(turn, service, copy);
    else progress(turn, service, copy, ack);
  }
}

function absent(turn: Turn, service: Service, copy: RemoteCopy): void {
  const { state, nowMs } = turn;
  if (copy.phase === 'filling' || copy.phase === 'live') {
    service.fillAfterMs = nowMs + state.settings.resendMs;
    service.vain.add(copy.node);
  } else if (copy.phase !== 'leaving') {
    note(turn, 'warn', 'a copy in sync says that it is gone', {
      partition: service.partition,
      node: copy.node,
    });
  }
  removeCopy(turn, service, copy);
}

function progress(turn: Turn, service: Service, copy: RemoteCopy, ack: CopyAck): void {
  const { state, nowMs } = turn;
  // Late acknowledgements say less than is known already, and a copy never has more than the log.
  if (ack.seq > service.log.lastSeq) return;
  const isNews = ack.seq > copy.ackedSeq;
  if (isNews) {
    if (copy.ackedSeq < 0) begun(copy, ack.seq);
    copy.ackedSeq = ack.seq;
    copy.progressMs = nowMs;
    copy.resendMs = state.settings.resendMs;
    if (ack.seq >= copy.markSeq) {
      copy.bytesBeforeMark = copy.bytesAfterMark;
      copy.bytesAfterMark = 0;
      copy.markSeq = copy.sentSeq;
      if (ack.seq >= copy.sentSeq) copy.bytesBeforeMark = 0;
    }
  }
  if (ack.full && (copy.phase === 'marked' || copy.phase === 'stamping')) {
    if (copy.phase === 'marked') state.totals.seeds++;
    copy.phase = 'sync';
    copy.progressMs = nowMs;
    state.servingVersion++;
    state.planDue = true;
  }
  if (copy.phase === 'sync' && copy.ackedSeq >= copy.sentSeq) copy.owing = false;
  if (ack.gap && ack.seq === copy.ackedSeq && nowMs - copy.resentMs >= gapQuietMs) rewind(turn, copy);
  touch(state, service);
}

/** A gap is often only an older message on its way: going back at each would send everything twice. */
const gapQuietMs = 20;

/** The first answer says where to go on from: after a stamp, the copy's own end. */
function begun(copy: RemoteCopy, seq: number): void {
  if (copy.phase !== 'stamping') return;
  copy.sentSeq = seq;
  copy.markSeq = seq;
}

function rewind({ state, nowMs }: Turn, copy: RemoteCopy): void {
  copy.resentMs = nowMs;
  if (copy.ackedSeq < 0) {
    copy.headed = false;
    if (copy.phase === 'stamping') return;
  } else {
    copy.sentSeq = copy.ackedSeq;
  }
  if (copy.phase === 'marked' || copy.phase === 'leaving') copy.headed = false;
  copy.bytesBeforeMark = 0;
  copy.bytesAfterMark = 0;
  copy.markSeq = copy.sentSeq;
  copy.releasedSeq = -1;
  state.totals.resent++;
}

/** Sends again what a copy has not answered in time; gives up on one that was never full. */
export function resendCopies(turn: Turn, service: Service): void {
  const { state, nowMs } = turn;
  const { settings } = state;
  for (const copy of [...service.copies]) {
    if (!owes(copy)) continue;
    const patienceMs = settings.resendMs * (isBacked(service) ? 8 : 4);
    if (isFresh(copy) && isWaiting(copy) && nowMs - copy.progressMs > patienceMs) {
      service.fillAfterMs = nowMs + settings.resendMs * 8;
      service.vain.add(copy.node);
      removeCopy(turn, service, copy);
      continue;
    }
    if (!isWaiting(copy) || nowMs - Math.max(copy.progressMs, copy.resentMs) < copy.resendMs) continue;
    copy.resendMs = Math.min(copy.resendMs * 2, settings.resendMs * 8);
    if (copy.ackedSeq < 0 && isFresh(copy)) copy.sentSeq = service.log.baseSeq;
    rewind(turn, copy);
    touch(state, service);
  }
}

/** Something that was sent is unanswered. */
function isWaiting(copy: RemoteCopy): boolean {
  return copy.ackedSeq < 0 || copy.ackedSeq < copy.sentSeq || ['marked', 'leaving'].includes(copy.phase);
}

/**
 * Tells the copies what the store has. The next batch for a copy says it again: should this message be lost,
 * no copy has more than its server by more than the batches on their way.
 */
export function tellReleased(turn: Turn, service: Service, seq: number): void {
  const { state } = turn;
  for (const { node } of service.copies) {
    const peer = state.peers.get(node);
    if (peer === undefined) continue;
    outboxOf(peer, state.epoch).frames.released.push({ partition: service.partition, seq });
    sendFullOutbox(turn, node, peer);
  }
}
