/**
 * Who could be a member of the next view: the configured nodes that answer, that do not belong elsewhere, and
 * that also reach each other, for a server and a copy that cannot talk are of no use to each other.
 */
import {
  byName,
  compareNames,
  isMember,
  sameBoot,
  type NodeIdentity,
  type NodeName,
  type View,
} from '../identity.js';
import type { PeerWord, ViewState } from './state.js';
import type { Turn } from './turn.js';

/** A peer's word about whom it reaches is old after this many heartbeats, and then no longer believed. */
const wordHeartbeats = 10;

/** Doublings of `suspectMs` at most. */
const suspectDoublingsMax = 3;

function isSuspect(state: ViewState, name: NodeName, nowMs: number): boolean {
  const suspect = state.suspects.get(name);
  // A process that has started anew has not been silent yet.
  return suspect !== undefined && nowMs < suspect.untilMs && state.alive.get(name)?.boot === suspect.boot;
}

/** A copy or a surveyed member leaves this node without an answer. */
export function reportSilent({ state, nowMs }: Turn, peer: NodeName): void {
  if (peer === state.self.name || isSuspect(state, peer, nowMs)) return;
  const times = Math.min((state.suspects.get(peer)?.times ?? 0) + 1, suspectDoublingsMax + 1);
  const untilMs = nowMs + state.settings.suspectMs * 2 ** (times - 1);
  state.suspects.set(peer, { untilMs, times, sinceMs: nowMs, boot: state.alive.get(peer)?.boot ?? '' });
}

/** The peer has acknowledged a heartbeat sent at `sentAt`: then the link works both ways. */
export function trustAgain({ suspects }: ViewState, peer: NodeName, sentAt: number): void {
  const suspect = suspects.get(peer);
  if (suspect !== undefined && sentAt > suspect.sinceMs) suspect.untilMs = 0;
}

/** Whom this node reaches, itself included, sorted. */
export function reachOf(state: ViewState, nowMs: number): NodeName[] {
  const names = [...state.alive.keys()].filter(
    (name) => !isSuspect(state, name, nowMs) && !state.foreign.has(name),
  );
  return [...names, state.self.name].sort(compareNames);
}

/** What the process has lately said of whom it reaches. */
function wordOf({ words, settings }: ViewState, node: NodeIdentity, nowMs: number): PeerWord | undefined {
  const word = words.get(node.name);
  if (word === undefined || !sameBoot(word.node, node)) return undefined;
  return nowMs - word.atMs > settings.heartbeatMs * wordHeartbeats ? undefined : word;
}

/** Whether `one` has lately said that it does not reach `other`. */
function deniesReach(state: ViewState, one: NodeIdentity, other: NodeIdentity, nowMs: number): boolean {
  return wordOf(state, one, nowMs)?.reach.has(other.name) === false;
}

function areLinked(state: ViewState, one: NodeIdentity, other: NodeIdentity, nowMs: number): boolean {
  return !deniesReach(state, one, other, nowMs) && !deniesReach(state, other, one, nowMs);
}

/** Whether another member of the view, which this node hears of late, says that it reaches this one. */
export function isReachedByMember(
  state: ViewState,
  view: View,
  member: NodeIdentity,
  nowMs: number,
): boolean {
  return view.members.some(
    (other) => other.name !== member.name && wordOf(state, other, nowMs)?.reach.has(member.name) === true,
  );
}

/**
 * Nodes out of `configured` that reach each other, sorted by name; this node among them if it is configured.
 * While two do not, the one with fewer links goes, of equals one that is no member now, then the later name;
 * this node never.
 */
export function candidates(state: ViewState, configured: readonly NodeName[], nowMs: number): NodeIdentity[] {
  const { self, kept } = state;
  const isIn = (node: NodeIdentity | undefined): boolean =>
    node !== undefined && kept.view !== undefined && isMember(kept.view, node);
  let left = reachOf(state, nowMs)
    .filter((name) => configured.includes(name))
    .map((name) => (name === self.name ? self : (state.alive.get(name) as NodeIdentity)))
    .sort(byName);
  /** Of two in the order of their names: whether the second is to go rather than the first. */
  function isWorse(index: number, worst: number, links: readonly number[]): boolean {
    const fewer = (links[index] as number) - (links[worst] as number);
    return fewer === 0 ? !isIn(left[index]) || isIn(left[worst]) : fewer < 0;
  }
  for (;;) {
    const links = left.map(
      (one) => left.filter((other) => other !== one && areLinked(state, one, other, nowMs)).length,
    );
    let worst = -1;
    for (const [index, count] of links.entries()) {
      if (count === left.length - 1 || left[index] === self) continue;
      if (worst === -1 || isWorse(index, worst, links)) worst = index;
    }
    if (worst === -1) return left;
    const gone = left[worst];
    left = left.filter((one) => one !== gone);
  }
}
