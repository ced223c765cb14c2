/**
 * Who serves after a new view (cluster protocol, section 4): each member tells the ring's owners what it
 * holds, and the ring's owner of a partition decides once per epoch, when every member has told.
 *     installed -> asking every member -> waiting until no older lease can run -> decided: serves, or grants
 *
 * There is nothing to wait for where a member says that it served the partition itself, in the epoch before
 * and until it installed this one: service is handed from one node to the next, so nobody else had it.
 */
import {
  includesIncarnation,
  isMember,
  memberOf,
  type NodeIdentity,
  type NodeName,
  sameBoot,
  type View,
} from '../identity.js';
import { createRing, ownerOf, type Ring } from '../ring/index.js';
import { beginService, emptyCopy, suspendService } from './service.js';
import type { PartitionMessage } from './messages.js';
import { newCopy } from './remote-copy.js';
import {
  cease,
  hasLease,
  type Holding,
  knownPartition,
  note,
  type Partition,
  partitionAt,
  type PartitionsState,
  type Peer,
  place,
  send,
  type Service,
  type Survey,
  type Turn,
} from './state.js';

type Holdings = Extract<PartitionMessage, { kind: 'holdings' }>;
type Grants = Extract<PartitionMessage, { kind: 'grants' }>;

/** Epochs of which it is remembered that nobody was let serve. */
export const unservedEpochsMax = 16;

export function emptySurvey(nowMs: number): Survey {
  return {
    undecided: new Set(),
    answers: new Map(),
    unserved: new Map(),
    unconfirmed: [],
    dropped: [],
    holdersKnown: false,
    startedMs: nowMs,
  };
}

/** A newer epoch: all service under older ones ends now, and this node tells what it holds. */
export function install(turn: Turn, view: View): void {
  const { state, nowMs } = turn;
  if (view.epoch <= state.epoch) return;
  for (const service of [...state.services.values()]) {
    const partition = partitionAt(state, service.partition);
    if (partition.copy !== undefined) partition.copy.unstamped = unstampedBy(state, service);
    suspendService(turn, partition);
    partition.servedEpoch = state.epoch;
  }
  rememberUnserved(state);
  state.view = view;
  state.epoch = view.epoch;
  state.live = isMember(view, state.self);
  state.ring = createRing(view.members, view.draining, view.terms.partitionCount);
  state.dirty = [];
  state.servingVersion++;
  for (const partition of state.partitions) {
    partition.filling = undefined;
    partition.grant = 0;
    partition.generation = 0;
    if (partition.copy !== undefined) partition.copy.generation = 0;
    place(state, partition, null);
    if (!state.live) cease(turn, partition);
  }
  state.peers = new Map(
    view.members
      .filter(({ name }) => name !== state.self.name)
      .map((identity) => [identity.name, newPeer(identity, nowMs)]),
  );
  state.survey = emptySurvey(nowMs);
  if (state.live) tellHoldings(turn);
}

/** The copies that a service has not heard from since it began: they are needed for every acknowledgement. */
function unstampedBy({ peers }: PartitionsState, { copies }: Service): NodeIdentity[] {
  return copies
    .filter(({ phase }) => phase === 'stamping')
    .flatMap(({ node }) => peers.get(node)?.identity ?? []);
}

function newPeer(identity: NodeIdentity, nowMs: number): Peer {
  return {
    identity,
    holdings: undefined,
    grants: new Map(),
    grantsSentAtMs: nowMs,
    releases: new Map(),
    servingTaken: 0,
    servingSentAtMs: -Infinity,
    servingSent: 0,
    servingVersion: -1,
    copiesHeld: 0,
    servesCount: 0,
    silentSaidAtMs: nowMs,
    outbox: undefined,
  };
}

function rememberUnserved(state: PartitionsState): void {
  const { live, epoch, survey, peers, unserved } = state;
  if (!live) return;
  const unconfirmed = [...peers.values()]
    .filter(({ grants }) => grants.size > 0)
    .map(({ identity, grants }) => ({ to: identity, partitions: new Set(grants.keys()) }));
  if (survey.undecided.size === 0 && unconfirmed.length === 0) return;
  unserved.push({ epoch, undecided: survey.undecided, unconfirmed });
  if (unserved.length > unservedEpochsMax) unserved.shift();
}

/**
 * No process can hold an older lease any more: those that could are members, by what one of them knows, and
 * all members have told, which ends what they served before. A process that has just started knows nothing
 * of older leases; without the others' word it would wait whenever the view before had left something
 * undecided.
 */
function waitIsOver({ state, nowMs }: Turn): boolean {
  return state.survey.holdersKnown || nowMs >= state.term.takeoverAtMs;
}

/** A node without its old disk is another one: it cannot speak for the process that it was. */
function knowsHolders({ term, view }: PartitionsState): boolean {
  const members = view?.members ?? [];
  return term.olderHolders?.every((one) => includesIncarnation(members, one)) === true;
}

function tellHoldings(turn: Turn): void {
  const { state, nowMs } = turn;
  const ring = state.ring;
  if (ring === undefined) return;
  const messages = new Map<NodeName, Holdings>();
  const messageTo = (name: NodeName): Holdings => {
    let message = messages.get(name);
    if (message === undefined) {
      message = {
        kind: 'holdings',
        epoch: state.epoch,
        partitions: [],
        copyEpochs: [],
        seqs: [],
        served: [],
        undecided: [],
        unconfirmed: [],
        unstamped: [],
        dropped: [],
        holdersKnown: knowsHolders(state),
      };
      messages.set(name, message);
    }
    return message;
  };
  for (const name of [state.self.name, ...state.peers.keys()]) messageTo(name);
  for (const { index, copy, begunEpoch, servedEpoch } of state.partitions) {
    const owner = ownerOf(ring, index);
    if (owner === state.self.name) state.survey.undecided.add(index);
    if (begunEpoch > (copy?.epoch ?? 0)) {
      messageTo(owner).dropped.push({ epoch: begunEpoch, partitions: [index] });
    }
    if (copy === undefined) continue;
    const message = messageTo(owner);
    message.partitions.push(index);
    message.copyEpochs.push(copy.epoch);
    message.seqs.push(copy.log.lastSeq);
    message.served.push(servedEpoch === state.epoch - 1);
    const nodes = stillThere(state, copy.unstamped);
    if (nodes.length > 0) message.unstamped.push({ partition: index, nodes });
  }
  for (const [name, message] of messages) tellUnserved(state, ring, name, message);
  for (const [name, message] of messages) {
    const peer = state.peers.get(name);
    if (peer === undefined) takeHoldings(state, name, message);
    else {
      peer.holdings = { message, sentAtMs: nowMs };
      send(turn, name, message);
    }
  }
}

/** Members of the view that are the very processes they were: others have lost what they held. */
function stillThere({ view }: PartitionsState, processes: readonly NodeIdentity[]): NodeName[] {
  return processes.filter((one) => view !== undefined && isMember(view, one)).map(({ name }) => name);
}

/** What the ring's owner `name` should know of epochs that its partitions passed without a server. */
function tellUnserved(state: PartitionsState, ring: Ring, name: NodeName, message: Holdings): void {
  const theirs = (all: Set<number>): number[] => [...all].filter((index) => ownerOf(ring, index) === name);
  for (const { epoch, undecided, unconfirmed } of state.unserved) {
    const partitions = theirs(undecided);
    if (partitions.length > 0) message.undecided.push({ epoch, partitions });
    for (const { to, partitions: granted } of unconfirmed) {
      const member = state.view && memberOf(state.view, to.name);
      const named = theirs(granted);
      // Only the very process that may have served can say that it has not.
      if (member === undefined || !sameBoot(member, to) || named.length === 0) continue;
      message.unconfirmed.push({ epoch, node: to.name, partitions: named });
    }
  }
}

/**
 * A member's answer. The first one of an epoch counts: nothing that it tells changes until a server begins.
 */
export function takeHoldings({ survey }: PartitionsState, from: NodeName, message: Holdings): void {
  if (survey.answers.has(from)) return;
  const held = new Map<number, Holding>();
  message.partitions.forEach((partition, row) => {
    held.set(partition, {
      epoch: message.copyEpochs[row] ?? 0,
      seq: message.seqs[row] ?? 0,
      served: message.served[row] ?? false,
      unstamped: [],
    });
  });
  for (const { partition, nodes } of message.unstamped) {
    const holding = held.get(partition);
    if (holding !== undefined) holding.unstamped = nodes;
  }
  survey.answers.set(from, held);
  survey.holdersKnown ||= message.holdersKnown;
  for (const { epoch, partitions } of message.undecided) {
    const unserved = survey.unserved.get(epoch) ?? new Set();
    for (const partition of partitions) unserved.add(partition);
    survey.unserved.set(epoch, unserved);
  }
  for (const { epoch, partitions } of message.dropped) {
    survey.dropped.push({ epoch, node: from, partitions: new Set(partitions) });
  }
  for (const { epoch, node, partitions } of message.unconfirmed) {
    survey.unconfirmed.push({ epoch, node, partitions: new Set(partitions) });
  }
}

/** Members that have not told yet what they hold. */
export function awaited({ live, view, survey }: PartitionsState): NodeName[] {
  if (!live || view === undefined || survey.undecided.size === 0) return [];
  return view.members.map(({ name }) => name).filter((name) => !survey.answers.has(name));
}

/** Decides what can be decided now. */
export function decide(turn: Turn): void {
  const { state } = turn;
  const { survey } = state;
  if (survey.undecided.size === 0 || !hasLease(turn) || state.leavingAt !== undefined) return;
  if (awaited(state).length > 0) return;
  const isOver = waitIsOver(turn);
  let fromStore = 0;
  let doubtful = 0;
  for (const index of [...survey.undecided]) {
    const holders = holdersOf(survey, index);
    if (!isOver && !holders.some((one) => one.served && one.epoch === state.epoch - 1)) continue;
    survey.undecided.delete(index);
    const isDoubtful = decideOne(turn, partitionAt(state, index), holders);
    if (isDoubtful) doubtful++;
    if (holders.length === 0) fromStore++;
  }
  state.totals.fromStore += fromStore;
  if (doubtful > 0) {
    const text =
      `${doubtful} partitions are served without a surely complete copy ` + `(${fromStore} from the store)`;
    state.alarms.set('servedFromStore', { sinceMs: turn.nowMs, raised: true });
    turn.effects.push({ kind: 'alarm', alarm: 'servedFromStore', text });
    note(turn, 'error', text, { epoch: state.epoch, doubtful, fromStore });
  }
}

interface Holder extends Holding {
  node: NodeName;
}

function holdersOf({ answers }: Survey, partition: number): Holder[] {
  const holders: Holder[] = [];
  for (const [node, held] of answers) {
    const holding = held.get(partition);
    if (holding !== undefined) holders.push({ node, ...holding });
  }
  return holders;
}

/**
 * The copies that have every acknowledged input: those of the newest epoch, and those that its server never
 * heard from, since it has acknowledged nothing without them. Were they left out, a server whose copy is out
 * of its reach would go on alone after the second view that does not help it.
 */
function currentOf(holders: readonly Holder[], copyEpoch: number): Holder[] {
  const newest = holders.filter(({ epoch }) => epoch === copyEpoch);
  const unstamped = new Set(newest.flatMap((holder) => holder.unstamped));
  return holders.filter(({ epoch, node }) => epoch === copyEpoch || unstamped.has(node));
}

/** Lets the best copy's holder serve. True when acknowledged inputs may be missing from it. */
function decideOne(turn: Turn, partition: Partition, holders: readonly Holder[]): boolean {
  const { state } = turn;
  const copyEpoch = Math.max(0, ...holders.map(({ epoch }) => epoch));
  const current = currentOf(holders, copyEpoch);
  const bestSeq = Math.max(...current.map(({ seq }) => seq));
  const best = preferred(
    state,
    current.filter(({ seq }) => seq === bestSeq),
  );
  const isDoubtful = !isGapClean(state.survey, partition.index, copyEpoch + 1, state.epoch - 1);
  const server = best?.node ?? state.self.name;
  const copies = current.map(({ node }) => node).filter((node) => node !== server);
  const peer = state.peers.get(server);
  if (peer === undefined) {
    if (best === undefined) partition.copy = emptyCopy(state.epoch);
    serveGranted(turn, partition, copies, isDoubtful);
  } else {
    peer.grants.set(partition.index, { partition: partition.index, copies, doubtful: isDoubtful });
    peer.grantsSentAtMs = -Infinity;
  }
  return isDoubtful;
}

/** Of equally good copies the one whose cells are warm, then the ring's owner; never one about to stop. */
function preferred(state: PartitionsState, best: readonly Holder[]): Holder | undefined {
  const draining = state.view?.draining ?? [];
  const rank = ({ node, served }: Holder): number =>
    (draining.includes(node) ? 4 : 0) + (served ? 0 : 2) + (node === state.self.name ? 0 : 1);
  return [...best].sort((one, other) => rank(one) - rank(other))[0];
}

/** Whether it is certain that nobody served the partition in the epochs `first` to `last`. */
function isGapClean(survey: Survey, partition: number, first: number, last: number): boolean {
  for (let epoch = first; epoch <= last; epoch++) {
    if (survey.unserved.get(epoch)?.has(partition) === true) continue;
    // Who has served in an epoch has a copy of it as long as the process lives, or says that it had one.
    const isUnheard = survey.unconfirmed.some(
      (one) =>
        one.epoch === epoch &&
        one.partitions.has(partition) &&
        survey.answers.has(one.node) &&
        survey.answers.get(one.node)?.get(partition)?.epoch !== epoch &&
        !survey.dropped.some(
          (other) => other.epoch === epoch && other.node === one.node && other.partitions.has(partition),
        ),
    );
    if (!isUnheard) return false;
  }
  return true;
}

function serveGranted(turn: Turn, partition: Partition, nodes: readonly NodeName[], doubtful: boolean): void {
  const { state, nowMs } = turn;
  const copies = nodes
    .filter((node) => state.peers.has(node))
    .map((node, index) => newCopy(node, index + 1, 'stamping', -1, nowMs, state));
  beginService(turn, partition, { grant: 1, copies, nextGeneration: copies.length + 1, doubtful });
}

/** The ring's owners let this node serve; a repeated grant is only confirmed. */
export function takeGrants(turn: Turn, from: NodeName, { epoch, grants }: Grants): void {
  const { state } = turn;
  const taken: number[] = [];
  for (const { partition: index, copies, doubtful } of grants) {
    const partition = knownPartition(state, index);
    if (partition === undefined || state.leavingAt !== undefined) continue;
    taken.push(index);
    if (partition.grant === 0) serveGranted(turn, partition, copies, doubtful);
  }
  send(turn, from, { kind: 'grantsTaken', epoch, partitions: taken });
}

/** A member that answers late is told again at once, not only when the time to repeat has come. */
const retellQuietMs = 10;

export function retellHoldings(turn: Turn, name: NodeName, { holdings }: Peer): void {
  if (holdings === undefined || turn.nowMs - holdings.sentAtMs < retellQuietMs) return;
  holdings.sentAtMs = turn.nowMs;
  send(turn, name, holdings.message);
}

/** Repeats what the other members have not confirmed. */
export function resendSurvey(turn: Turn): void {
  const { state, nowMs } = turn;
  const { resendMs } = state.settings;
  for (const [name, peer] of state.peers) {
    const { holdings, grants, releases } = peer;
    if (holdings !== undefined && nowMs - holdings.sentAtMs >= resendMs) {
      holdings.sentAtMs = nowMs;
      send(turn, name, holdings.message);
    }
    if (grants.size > 0 && nowMs - peer.grantsSentAtMs >= resendMs) sendGrants(turn, name, peer);
    for (const release of releases.values()) {
      if (nowMs - release.sentAtMs < resendMs) continue;
      release.sentAtMs = nowMs;
      send(turn, name, release.message);
    }
  }
}

export function sendGrants(turn: Turn, name: NodeName, peer: Peer): void {
  peer.grantsSentAtMs = turn.nowMs;
  send(turn, name, { kind: 'grants', epoch: turn.state.epoch, grants: [...peer.grants.values()] });
}
