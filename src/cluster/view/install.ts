/**
 * What becomes of a node the moment it learns of a newer view: its old lease, votes and proposal are
 * void.
 */
import { type Admission, compareNames, includesIncarnation, type NodeName, type View } from '../identity.js';
import { takeoverWaitMs } from '../settings.js';
import { sendHeartbeats } from './lease.js';
import { isInView, type ViewState } from './state.js';
import { clear, keep, note, raise, type Turn } from './turn.js';

/** A view that somebody knows to be decided. */
export function learn(turn: Turn, from: NodeName, view: View): void {
  const before = turn.state.kept.view;
  if (before !== undefined && before.clusterId !== view.clusterId) {
    refuseForeign(turn, from, view.clusterId);
  } else if (view.epoch > (before?.epoch ?? 0)) {
    install(turn, view);
  }
}

export function install(turn: Turn, view: View): void {
  const { state, nowMs, effects } = turn;
  const before = state.kept.view;
  state.olderHolders = olderHoldersAfter(state, view, nowMs);
  state.waitMs = Math.max(
    takeoverWaitMs(view.terms),
    before === undefined ? 0 : takeoverWaitMs(before.terms),
  );
  delete state.kept.promised;
  delete state.kept.accepted;
  keep(turn, { view });
  state.installedMs = nowMs;
  state.acks.clear();
  state.leaseUntilMs = 0;
  state.leaseLostMs = nowMs;
  state.proposal = undefined;
  state.wanted = undefined;
  state.freshFrom.clear();
  // Outside of a view nobody owes this node anything, and no acknowledgement would end its suspicion.
  if (!isInView(state)) for (const suspect of state.suspects.values()) suspect.untilMs = nowMs;
  clear(turn, 'notFormed', 'the cluster is formed');
  effects.push({ kind: 'installed', view });
  note(turn, 'info', 'a view was installed', {
    epoch: view.epoch,
    members: view.members.map(({ name }) => name).join(' '),
  });
  sendHeartbeats(turn);
}

/** Who may hold a lease older than `view`, as far as this node can know; undefined: it can not. */
function olderHoldersAfter(state: ViewState, view: View, nowMs: number): Admission[] | undefined {
  const { view: before, settledEpoch } = state.kept;
  if (before === undefined) return view.epoch === 1 ? [] : undefined;
  if (view.epoch !== before.epoch + 1) return undefined;
  const isSettled =
    settledEpoch === before.epoch || before.epoch === 1 || nowMs >= state.installedMs + state.waitMs;
  const older = isSettled ? [] : state.olderHolders;
  if (older === undefined) return undefined;
  return [...before.members, ...older.filter((one) => !includesIncarnation(before.members, one))];
}

/** A peer of another cluster: nothing that it says counts, and an operator has to know. */
export function refuseForeign(turn: Turn, name: NodeName, clusterId: string): void {
  const { foreign } = turn.state;
  foreign.set(name, clusterId);
  // All of them in one text: two nodes that call in turn are one alarm.
  const names = [...foreign.keys()].sort(compareNames).join(', ');
  raise(turn, 'foreignCluster', `of another cluster: ${names}: wipe, or mend the configuration`);
}
