/** What an operator sees of the view machine: `beckon cluster status`, the `about` page and the metrics. */
import { compareNames, isAdmitted, majorityOf, type NodeName, type View } from '../identity.js';
import { holdsLease, isInView, mayVote, takeoverAtMs, type ViewState } from './state.js';
import type { Ballot } from './types.js';

export interface ViewStatus {
  /** '' when this node may serve; otherwise why not, in words for an operator. */
  notServing: string;
  view: View | undefined;
  isMember: boolean;
  mayVote: boolean;
  /** Milliseconds left of the lease; 0: none. */
  leaseLeftMs: number;
  /** Milliseconds until no lease of an older epoch can run. */
  takeoverLeftMs: number;
  promised: Ballot | undefined;
  acceptedEpoch: number;
  aliveNames: NodeName[];
  foreignNames: NodeName[];
  /** Why the state file was refused last; '' when it is written. */
  keepFailure: string;
}

export function viewStatus(state: ViewState, nowMs: number): ViewStatus {
  const { view, promised, accepted } = state.kept;
  return {
    notServing: whyNotServing(state, nowMs),
    view,
    isMember: isInView(state),
    mayVote: mayVote(state),
    leaseLeftMs: Math.max(0, state.leaseUntilMs - nowMs),
    takeoverLeftMs: Math.max(0, takeoverAtMs(state) - nowMs),
    promised,
    acceptedEpoch: accepted?.view.epoch ?? 0,
    aliveNames: [state.self.name, ...state.alive.keys()].sort(compareNames),
    foreignNames: [...state.foreign.keys()].sort(compareNames),
    keepFailure: state.keepFailure ?? '',
  };
}

/** Why the node serves nothing; '' when it does, or is about to. */
export function whyNotServing(state: ViewState, nowMs: number): string {
  const { view } = state.kept;
  if (view === undefined) {
    const away = state.configured.filter((name) => name !== state.self.name && !state.freshFrom.has(name));
    return `the cluster is not formed yet${away.length === 0 ? '' : `; waiting for ${away.join(', ')}`}`;
  }
  if (!view.configured.includes(state.self.name)) {
    return `not configured: 'beckon cluster add ${state.self.name}' on a member admits this node`;
  }
  const lost = whyNoMajority(state);
  if (lost !== '' && !holdsLease(state, nowMs)) return lost;
  const { isMajority, text } = answering(state);
  if (!isInView(state))
    return isMajority ? 'waiting for the others to agree on a view with this process' : text;
  return holdsLease(state, nowMs) || isBeginning(state, nowMs) ? '' : text;
}

/** How many answer, and who is away, so that an operator knows which to start. */
export function answering({ self, alive, foreign, configured: known, kept: { view } }: ViewState): {
  isMajority: boolean;
  text: string;
} {
  const configured = view?.configured ?? known;
  const away = configured.filter((name) => name !== self.name && (!alive.has(name) || foreign.has(name)));
  const [count, needed] = [configured.length - away.length, majorityOf(configured.length)];
  const missing = away.length === 0 ? '' : `; away: ${away.join(', ')}`;
  const isMajority = count >= needed;
  const text = `${count} of ${configured.length} nodes answer, ${needed} are needed${missing}`;
  return { isMajority, text: isMajority ? `no majority renews the lease: ${text}` : text };
}

/**
 * Each new view ends the lease, and its first heartbeat brings the next one: until then requests wait, and
 * nobody is refused.
 */
function isBeginning({ kept: { view }, installedMs }: ViewState, nowMs: number): boolean {
  return view !== undefined && nowMs - installedMs < view.terms.leaseMs / 2;
}

/** Where enough nodes answer, but too few have the disks that decide: only an operator helps. Else ''. */
export function whyNoMajority({ self, alive, kept: { view } }: ViewState): string {
  if (view === undefined) return '';
  const answering = [self, ...alive.values()].filter(({ name }) => view.configured.includes(name));
  const admitted = answering.filter((node) => isAdmitted(view, node));
  const needed = majorityOf(view.configured.length);
  if (admitted.length >= needed || answering.length < needed) return '';
  const names = answering.map(({ name }) => name).sort(compareNames);
  const command = `beckon cluster recover --nodes ${names.join(',')}`;
  return (
    `${answering.length} of ${view.configured.length} nodes answer, but only ${admitted.length} ` +
    `of the disks that decide are left: '${command}' goes on without the others`
  );
}
