/**
 * The view that this node would propose now: who answers and reaches each other, with the change that an
 * operator wants.
 */
import { hashId } from '../../base/index.js';
import {
  byName,
  compareNames,
  majorityOf,
  memberOf,
  sameBoot,
  type Admission,
  type ClusterTerms,
  type NodeIdentity,
  type NodeName,
  type View,
} from '../identity.js';
import { candidates } from './liveness.js';
import type { ViewState } from './state.js';
import type { Ballot, ViewCommand } from './types.js';

export function configuredAfter(
  configured: readonly NodeName[],
  command: ViewCommand | undefined,
): NodeName[] {
  const names = new Set(configured);
  if (command?.kind === 'add') names.add(command.node);
  if (command?.kind === 'remove' || command?.kind === 'replace') names.delete(command.node);
  if (command?.kind === 'replace') names.add(command.by);
  return [...names].sort(compareNames);
}

/** A drained node that has started anew wants work again. */
function drainingAfter(view: View, members: NodeIdentity[], command: ViewCommand | undefined): NodeName[] {
  const names = new Set(view.draining);
  if (command?.kind === 'drain') names.add(command.node);
  if (command?.kind === 'undrain') names.delete(command.node);
  return members
    .filter((member) => {
      const before = memberOf(view, member.name);
      return names.has(member.name) && before !== undefined && sameBoot(before, member);
    })
    .map(({ name }) => name);
}

/** Members vote in their present incarnation, absent nodes in the one that was admitted before. */
function admittedAfter(
  before: readonly Admission[],
  configured: readonly NodeName[],
  members: readonly NodeIdentity[],
): Admission[] {
  const admitted = new Map(before.map(({ name, incarnation }) => [name, incarnation]));
  for (const { name, incarnation } of members) admitted.set(name, incarnation);
  return [...admitted]
    .filter(([name]) => configured.includes(name))
    .map(([name, incarnation]) => ({ name, incarnation }))
    .sort(byName);
}

export function termsOf(state: ViewState): ClusterTerms {
  const { partitionCount, leaseMs, driftMax } = state.settings;
  return { partitionCount, leaseMs, driftMax };
}

/** All configured nodes that answer, whomever they reach. */
function answering({ self, alive, foreign }: ViewState, configured: readonly NodeName[]): NodeIdentity[] {
  return [self, ...alive.values()]
    .filter(({ name }) => configured.includes(name) && !foreign.has(name))
    .sort(byName);
}

/** The wish that changes a view, if there is one. */
function wishedCommand(state: ViewState): ViewCommand | undefined {
  return state.wish?.command;
}

/** Undefined when too few answer. `ballot` makes the id of a cluster that is formed. */
export function nextView(state: ViewState, nowMs: number, ballot?: Ballot): View | undefined {
  const { view } = state.kept;
  const command = wishedCommand(state);
  const configured = configuredAfter(view?.configured ?? state.configured, command);
  const linked = candidates(state, configured, nowMs);
  // Rather a view of nodes that reach each other badly than none.
  const members = linked.length < majorityOf(configured.length) ? answering(state, configured) : linked;
  if (members.length < majorityOf(configured.length)) return undefined;
  if (view !== undefined) {
    const admitted = admittedAfter(view.admitted, configured, members);
    const draining = drainingAfter(view, members, command);
    return { ...view, epoch: view.epoch + 1, members, configured, admitted, draining };
  }
  const fresh = [...state.freshFrom.values()];
  return {
    clusterId: hashId(JSON.stringify([ballot, members])),
    epoch: 1,
    members,
    configured,
    admitted: admittedAfter([state.self, ...fresh], configured, members),
    draining: [],
    terms: termsOf(state),
  };
}

/** What of a view matters to those who compare it with a newer one. */
export function contentOf({ members, configured, draining }: View): string {
  return JSON.stringify([
    members.map(({ name, incarnation, boot }) => [name, incarnation, boot]),
    configured,
    draining,
  ]);
}
