/** Leads a session's clock through every instant at which something is due, in order, firing at each. */
import { type RuleSession, slotsMax } from '../session.js';
import { type AgendaRun, fireAll } from './agenda.js';
import { noteDue, removeFrom } from './facts.js';
import { stillHolds } from './matcher.js';
import type { Branch, Memory } from './network.js';
import { enqueue, matchOfTimer } from './pending.js';
import { guarded } from './propagate.js';

/** Leads the clock to `time` (from the session's base). What is due at `time` itself fires. */
export function leadClock(run: AgendaRun, time: number): void {
  const { workspace } = run.network;
  const { session } = workspace;
  for (;;) {
    const next = Math.min(session.due ?? Infinity, session.purge ?? Infinity);
    if (next > time) break;
    if (next > session.clock) {
      session.clock = next;
      run.counts.clear();
    }
    instant(run, session);
  }
  if (time > session.clock) session.clock = time;
}

function instant(run: AgendaRun, session: RuleSession): void {
  const { workspace } = run.network;
  workspace.load();
  leaveWindows(run, session);
  const expired = departures(run, session, 'expiry');
  fireTimers(run, session);
  for (const [slot] of expired) workspace.expiring.add(slot);
  fireAll(run);
  expire(run, session, expired);
  setDue(run, session);
}

/** Facts that leave memories at this instant, by slot. */
function departures(run: AgendaRun, session: RuleSession, kind: 'window' | 'expiry'): Map<number, Memory[]> {
  const found = new Map<number, Memory[]>();
  for (const mark of session.marks) {
    const memory = run.network.memories[Math.floor(mark / slotsMax)] as Memory;
    const reach =
      kind === 'expiry' ? memory.expiresMs : memory.window?.kind === 'time' ? memory.window.size : -1;
    if (reach < 0) continue;
    const slot = mark % slotsMax;
    if ((session.times[slot] as number) + reach > session.clock) continue;
    const memories = found.get(slot);
    if (memories === undefined) found.set(slot, [memory]);
    else memories.push(memory);
  }
  return found;
}

function leaveWindows(run: AgendaRun, session: RuleSession): void {
  for (const [slot, memories] of departures(run, session, 'window')) removeFrom(run, memories, slot);
}

/** Expired facts are forgotten when nothing is left to fire; that may make rules fire again. */
function expire(run: AgendaRun, session: RuleSession, expired: ReadonlyMap<number, Memory[]>): void {
  const { workspace } = run.network;
  for (const [slot, memories] of expired) {
    workspace.expiring.delete(slot);
    const still = memories.filter((memory) => workspace.lists[memory.index]?.includes(slot));
    if (still.length > 0) removeFrom(run, still, slot);
  }
  if (session === workspace.session) fireAll(run);
}

/** An event that was too old when it came is forgotten once it has had its say. */
export function expireLate(run: AgendaRun, slot: number): void {
  const { workspace } = run.network;
  const { session } = workspace;
  const time = session.times[slot] as number;
  const late = workspace
    .memoriesOf(slot)
    .map((index) => run.network.memories[index] as Memory)
    .filter((memory) => memory.expiresMs >= 0 && time + memory.expiresMs <= session.clock);
  if (late.length > 0) expire(run, session, new Map([[slot, late]]));
}

function fireTimers(run: AgendaRun, session: RuleSession): void {
  const { workspace } = run.network;
  const due = session.timers.filter((timer) => (timer[1] as number) <= session.clock);
  if (due.length === 0) return;
  for (const timer of due) {
    const branch = run.network.branches[timer[0] as number] as Branch;
    const match = matchOfTimer(branch, timer);
    const repeatMs = branch.rule.timer?.repeatMs ?? null;
    if (repeatMs !== null) timer[1] = (timer[1] as number) + repeatMs;
    guarded(run, branch, () => {
      if (stillHolds(workspace, branch, match)) enqueue(workspace, branch, match, true);
    });
    const at = repeatMs === null ? session.timers.indexOf(timer) : -1;
    if (at >= 0) session.timers.splice(at, 1);
  }
}

/** Finds the next instants anew. */
export function setDue(run: AgendaRun, session: RuleSession): void {
  session.due = null;
  session.purge = null;
  for (const timer of session.timers) {
    const at = timer[1] as number;
    if (session.due === null || at < session.due) session.due = at;
  }
  for (const mark of session.marks) {
    const memory = run.network.memories[Math.floor(mark / slotsMax)] as Memory;
    noteDue(session, memory, session.times[mark % slotsMax] as number);
  }
}
