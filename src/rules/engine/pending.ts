/** Matches that wait: in a rule's queue until it is its turn, or on a timer until it is time. */
import type { Branch, Match } from './network.js';
import { BudgetSpent, type Workspace } from './workspace.js';

export function sameFacts(branch: Branch, left: Match, right: Match): boolean {
  for (const position of branch.positions) if (left[position] !== right[position]) return false;
  return true;
}

/**
 * Adds a match to its rule's queue. With `again`, the match may wait there already: it then keeps its turn
 * and takes the new results.
 */
export function enqueue(workspace: Workspace, branch: Branch, match: Match, again: boolean): void {
  const { rule } = branch;
  if (rule.noLoop && workspace.origin === rule) return;
  let queue = workspace.queues.get(branch);
  if (queue === undefined) {
    queue = [];
    workspace.queues.set(branch, queue);
  }
  if (queue.length === 0) workspace.active.push(branch);
  else if (queue.length >= workspace.queueLengthMax) throw new BudgetSpent();
  else if (again) {
    const at = queue.findIndex((waiting) => sameFacts(branch, waiting, match));
    if (at >= 0) {
      queue[at] = match;
      return;
    }
  }
  queue.push(match);
}

/** A match is complete: it waits for its turn, or first for its time. */
export function complete(workspace: Workspace, branch: Branch, match: Match, again: boolean): void {
  const { timer } = branch.rule;
  if (timer === null && branch.deadlines.length === 0) {
    enqueue(workspace, branch, match, again);
    return;
  }
  const { session } = workspace;
  let due = timer === null ? -Infinity : session.clock + timer.delayMs;
  for (const { position, waitMs } of branch.deadlines) {
    due = Math.max(due, workspace.timeOf(match[position] as number) + waitMs);
  }
  if (again) removeTimer(workspace, branch, match);
  if (due <= session.clock) {
    enqueue(workspace, branch, match, again);
    if (typeof timer?.repeatMs !== 'number') return;
    due = session.clock + timer.repeatMs;
  }
  if (branch.rule.noLoop && workspace.origin === branch.rule) return;
  if (session.timers.length >= workspace.queueLengthMax) throw new BudgetSpent();
  session.timers.push([branch.index, due, ...branch.positions.map((position) => match[position] as number)]);
  if (session.due === null || due < session.due) session.due = due;
}

/** The match behind an entry of `session.timers`; results of accumulates are missing. */
export function matchOfTimer(branch: Branch, timer: readonly number[]): Match {
  const match: Match = new Array<number>(branch.size).fill(-1);
  branch.positions.forEach((position, index) => (match[position] = timer[index + 2] as number));
  return match;
}

function removeTimer(workspace: Workspace, branch: Branch, match: Match): void {
  const { timers } = workspace.session;
  const at = timers.findIndex(
    (timer) => timer[0] === branch.index && sameFacts(branch, matchOfTimer(branch, timer), match),
  );
  if (at >= 0) timers.splice(at, 1);
}

/** Drops the waiting matches of a branch that `keep` does not want. */
export function retainPending(workspace: Workspace, branch: Branch, keep: (match: Match) => boolean): void {
  const queue = workspace.queues.get(branch);
  if (queue !== undefined && queue.length > 0) {
    const kept = queue.filter(keep);
    if (kept.length < queue.length) {
      queue.splice(0, queue.length, ...kept);
      if (kept.length === 0) workspace.active.splice(workspace.active.indexOf(branch), 1);
    }
  }
  const { session } = workspace;
  if (session.timers.length === 0) return;
  const timers = session.timers.filter(
    (timer) => timer[0] !== branch.index || keep(matchOfTimer(branch, timer)),
  );
  if (timers.length < session.timers.length) session.timers = timers;
}

export function hasPending(workspace: Workspace, branch: Branch): boolean {
  const queue = workspace.queues.get(branch);
  if (queue !== undefined && queue.length > 0) return true;
  return workspace.session.timers.some((timer) => timer[0] === branch.index);
}
