/**
 * What a server does about where its partitions are and where the ring wants them: first a copy where there
 * is none, then the copies that the ring wants, then hand-offs to the ring's owners, a few at a time.
 */
import { backupOf, orderOf, ownerOf, type Ring } from '../ring/index.js';
import type { NodeName } from '../identity.js';
import { isBacked, isBackedSurely, newCopy } from './remote-copy.js';
import { freeze, unfreeze } from './service.js';
import { hasLease, type PartitionsState, type Service, touch, type Turn } from './state.js';

/** Plans are made when something has changed, and otherwise this often. */
const planIntervalMs = 100;

/**
 * Where a server should have a copy: at the ring's owner, which then takes over; else at the ring's backup.
 */
export function wantedCopy(ring: Ring, partition: number, self: NodeName): NodeName | undefined {
  const owner = ownerOf(ring, partition);
  return owner === self ? backupOf(ring, partition, self) : owner;
}

export function plan(turn: Turn): void {
  const { state, nowMs } = turn;
  if (!state.planDue && nowMs - state.plannedMs < planIntervalMs) return;
  state.planDue = false;
  state.plannedMs = nowMs;
  const { ring, settings } = state;
  if (ring === undefined || !hasLease(turn) || state.leavingAt !== undefined) return;
  const bare: Service[] = [];
  const lacking: Service[] = [];
  const misplaced: Service[] = [];
  let filling = 0;
  let moving = 0;
  for (const service of state.services.values()) {
    const isOwned = ownerOf(ring, service.partition) === state.self.name;
    const busy = service.copies.some(({ phase }) => ['filling', 'live', 'marked'].includes(phase));
    if (service.handOff !== undefined || (busy && !isOwned && isBacked(service))) moving++;
    else if (busy) filling++;
    else if (!isBacked(service)) bare.push(service);
    else if (!isOwned) misplaced.push(service);
    else lacking.push(service);
  }
  for (const service of [...bare, ...lacking]) {
    if (filling < settings.seedsMax && fill(turn, ring, service)) filling++;
  }
  const ready = filling === 0 && bare.length === 0;
  for (const service of misplaced) {
    if (moving < settings.pullsMax && ready && move(turn, ring, service)) moving++;
  }
  for (const service of lacking) dismiss(state, ring, service);
}

/** Begins with a copy, if it is not there. */
function fill(turn: Turn, ring: Ring, service: Service): boolean {
  const { state, nowMs } = turn;
  const node = isBacked(service)
    ? wantedNow(turn, ring, service)
    : (untriedNode(turn, ring, service) ?? wantedNow(turn, ring, service));
  if (node === undefined || !state.peers.has(node)) return false;
  if (service.copies.some((copy) => copy.node === node)) return false;
  const generation = service.nextGeneration++;
  service.copies.push(newCopy(node, generation, 'filling', service.log.baseSeq, nowMs, state));
  touch(state, service);
  return true;
}

function wantedNow({ state, nowMs }: Turn, ring: Ring, service: Service): NodeName | undefined {
  return nowMs < service.fillAfterMs ? undefined : wantedCopy(ring, service.partition, state.self.name);
}

/** Any copy is better than none: where the ring wants it, else wherever it was not tried in vain. */
function untriedNode({ state }: Turn, ring: Ring, { partition, vain }: Service): NodeName | undefined {
  const wanted = wantedCopy(ring, partition, state.self.name);
  const names = [...(wanted === undefined ? [] : [wanted]), ...orderOf(ring, partition), ...ring.draining];
  return names.find((name) => state.peers.has(name) && !vain.has(name));
}

/** Brings a partition nearer to the ring's owner: a copy there, and then the hand-off. */
function move(turn: Turn, ring: Ring, service: Service): boolean {
  if (turn.nowMs < service.handOffAfterMs) return false;
  const owner = ownerOf(ring, service.partition);
  const copy = service.copies.find(({ node }) => node === owner);
  if (copy === undefined) {
    askCheckpoint(turn, service);
    return fill(turn, ring, service);
  }
  if (copy.phase !== 'sync' || !isBackedSurely(service)) return false;
  freeze(turn, service, owner);
  return true;
}

/** Lets go of copies that the ring does not want, once the one that it wants is in sync. */
function dismiss(state: PartitionsState, ring: Ring, service: Service): void {
  const wanted = wantedCopy(ring, service.partition, state.self.name);
  if (!service.copies.some(({ node, phase }) => node === wanted && phase === 'sync')) return;
  for (const copy of service.copies) {
    if (copy.node === wanted || copy.phase !== 'sync') continue;
    copy.phase = 'leaving';
    copy.headed = false;
    touch(state, service);
  }
}

/** Not more often for one partition: a store takes its time. */
const checkpointIntervalMs = 1_000;

export function askCheckpoint(turn: Turn, service: Service): void {
  if (turn.nowMs < service.checkpointAfterMs || service.log.bytes === 0) return;
  service.checkpointAfterMs = turn.nowMs + checkpointIntervalMs;
  turn.effects.push({ kind: 'checkpoint', partition: service.partition });
}

/** Ends freezes that take too long, and asks for checkpoints of logs that grow towards their bound. */
export function watchServices(turn: Turn): void {
  const { state, nowMs } = turn;
  const { settings } = state;
  const isFull = state.logBytes > settings.logBytesMax / 2;
  const share = settings.logBytesMax / 2 / Math.max(1, state.services.size);
  for (const service of state.services.values()) {
    const { handOff, log } = service;
    if (handOff !== undefined && nowMs - handOff.sinceMs > settings.freezeMs) {
      unfreeze(turn, service, settings.freezeMs * 4);
    }
    if (log.bytes > settings.partitionLogBytesMax / 2 || (isFull && log.bytes > share)) {
      askCheckpoint(turn, service);
    }
  }
}
