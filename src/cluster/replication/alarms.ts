/** What an operator should know of: alarms with their holds, and the figures of this node's partitions. */
import type { NodeName } from '../identity.js';
import { copyBytes } from './holding.js';
import { isBacked } from './remote-copy.js';
import type { PartitionsState, Turn } from './state.js';
import { awaited } from './survey.js';
import type { PartitionAlarm, PartitionStatus } from './types.js';

/**
 * A condition that passes sooner is no alarm: each new view leaves partitions without a copy for a moment.
 */
const alarmAfterMs = 5_000;

/** A loss that may have happened stays an alarm for so long. */
const lossAlarmMs = 600_000;

/** What is said when a condition has passed. */
const overText: Record<PartitionAlarm, string> = {
  underReplicated: 'every partition has a copy on another node',
  servedFromStore: 'no such partition for ten minutes',
  logNearBound: 'the store keeps up again',
};

export function watchAlarms(turn: Turn): void {
  const { state, nowMs } = turn;
  let bare = 0;
  for (const service of state.services.values()) if (!isBacked(service)) bare++;
  const isAlone = (state.view?.configured.length ?? 1) < 2;
  watch(
    turn,
    'underReplicated',
    bare > 0 && !isAlone,
    () => `${bare} partitions have no copy on another node`,
  );
  const { logBytes, settings } = state;
  watch(
    turn,
    'logNearBound',
    logBytes > settings.logBytesMax * 0.8,
    () => `${logBytes} bytes of inputs wait for the store, of ${settings.logBytesMax}`,
  );
  const loss = state.alarms.get('servedFromStore');
  if (loss === undefined || nowMs - loss.sinceMs < lossAlarmMs) return;
  state.alarms.delete('servedFromStore');
  turn.effects.push({ kind: 'clear', alarm: 'servedFromStore', text: overText.servedFromStore });
}

function watch(turn: Turn, alarm: PartitionAlarm, isSo: boolean, text: () => string): void {
  const { state, nowMs } = turn;
  const known = state.alarms.get(alarm);
  if (!isSo) {
    state.alarms.delete(alarm);
    if (known?.raised === true) turn.effects.push({ kind: 'clear', alarm, text: overText[alarm] });
  } else if (known === undefined) {
    state.alarms.set(alarm, { sinceMs: nowMs, raised: false });
  } else if (!known.raised && nowMs - known.sinceMs >= alarmAfterMs) {
    known.raised = true;
    turn.effects.push({ kind: 'alarm', alarm, text: text() });
  }
}

export function partitionStatus(state: PartitionsState): PartitionStatus {
  const status: PartitionStatus = {
    served: state.services.size,
    backed: 0,
    underReplicated: 0,
    moving: 0,
    journalled: 0,
    unplaced: 0,
    undecided: state.survey.undecided.size,
    copiesHeld: 0,
    copiesFilling: 0,
    logBytes: state.logBytes,
    copyBytes: copyBytes(state),
    journalBytes: state.journal.bytes,
    orphans: 0,
    awaited: awaited(state),
    totals: { ...state.totals },
  };
  for (const service of state.services.values()) {
    if (isBacked(service)) status.backed++;
    else status.underReplicated++;
    if (service.handOff !== undefined) status.moving++;
    if (service.journal === 'open') status.journalled++;
  }
  for (const { server, service, copy, filling } of state.partitions) {
    if (server === null) status.unplaced++;
    if (service === undefined && copy !== undefined) status.copiesHeld++;
    if (filling !== undefined) status.copiesFilling++;
  }
  for (const entries of state.orphans.values()) status.orphans += entries.length;
  return status;
}

/**
 * What a draining member still has that others need: partitions that it serves, and copies that can be held
 * elsewhere. Undefined while it has not told yet in this epoch.
 */
export function drainLeft(
  state: PartitionsState,
  node: NodeName,
): { served: number; copies: number } | undefined {
  const { view } = state;
  if (view?.draining.includes(node) !== true) return undefined;
  const staying = view.members.filter(({ name }) => !view.draining.includes(name)).length;
  const placed = state.partitions.filter(({ server }) => server === node).length;
  const own = partitionStatus(state);
  if (node === state.self.name) return left(own.served, own.copiesHeld);
  const peer = state.peers.get(node);
  return peer === undefined || peer.servingVersion < 0 ? undefined : left(peer.servesCount, peer.copiesHeld);

  function left(served: number, copies: number): { served: number; copies: number } {
    // A single other member cannot copy from itself: then the drained one's copies stay to the end.
    return { served: Math.max(placed, served, own.unplaced), copies: staying > 1 ? copies : 0 };
  }
}
