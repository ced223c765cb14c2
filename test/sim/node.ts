// One simulated node: a name and a disk that outlive its processes; a process with a clock of its own that
// drifts, a main loop that may stall, and a network in between.
import type { MemberEffect, MemberInput, PeerMessage } from '../../src/cluster/member/index.js';
import type { NodeIdentity } from '../../src/cluster/identity.js';
import type { ClusterSettings } from '../../src/cluster/settings.js';
import { epochOf, holdsLease } from '../../src/cluster/view/index.js';
import { clonePlain } from './clone.js';
import {
  crashDisk,
  createDisk,
  freeJournal,
  syncJournal,
  syncState,
  wipeDisk,
  writeJournal,
  writeState,
  type Disk,
} from './disk.js';
import type { SimMachine } from './machine.js';
import type { Network } from './network.js';
import type { SeededRandom } from './random.js';
import type { Scheduler } from './scheduler.js';
import type { Timeline } from './timeline.js';

/** One run of the program on a node. */
export interface SimProcess {
  readonly node: SimNode;
  readonly self: NodeIdentity;
  readonly machine: SimMachine;
  isUp: boolean;
  /** Until when the main loop does nothing. */
  stalledUntilMs: number;
  /** Until when every thread of the process does nothing. */
  stoppedUntilMs: number;
  backlog: (() => void)[];
  flushDue: boolean;
  /** The process's own monotonic clock. */
  localMs(): number;
}

export interface SimNode {
  readonly name: string;
  readonly host: string;
  readonly disk: Disk;
  incarnation: string;
  process: SimProcess | undefined;
}

export interface NodeWorld {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly random: SeededRandom;
  readonly timeline: Timeline;
  readonly settings: ClusterSettings;
  readonly nodes: Map<string, SimNode>;
  /** Nodes of the configuration files. */
  configured: string[];
  drifts: 'any' | 'extreme';
  /** Probability that a process is paused between a step and its effects. */
  pauses: number;
  /** Until when a node hears nothing of epochs newer than this one and its own. */
  deaf: Map<string, { untilMs: number; epoch: number }>;
  /** Probability that a process dies between two effects of a step. */
  crashPoints: number;
  /** Whether such a pause may stop the other threads too. */
  pausesStop: boolean;
  createMachine(options: {
    self: NodeIdentity;
    settings: ClusterSettings;
    configured: string[];
    kept: Disk['kept'];
    journal: Disk['journal'];
    nowMs: number;
  }): SimMachine;
  /** Effects that are not the node's own business, and what follows each step. */
  onEffect(process: SimProcess, effect: MemberEffect): void;
  onStep(process: SimProcess): void;
  /** Around each effect: the process may be gone, or stand still, when they return. */
  beforeEffect(process: SimProcess, effect: MemberEffect): void;
  afterEffect(process: SimProcess, effect: MemberEffect): void;
  /** What a step has decided, at its instant. */
  onEffects(process: SimProcess, effects: readonly MemberEffect[]): void;
  onStart(process: SimProcess): void;
  onEnd(process: SimProcess): void;
}

export const tickMs = 50;

export function createNode(name: string, host: string): SimNode {
  return { name, host, disk: createDisk(), incarnation: '', process: undefined };
}

/** Starts a process; with a disk that is new or wiped it is a new incarnation. */
export function startNode(world: NodeWorld, node: SimNode): SimProcess {
  const { random, scheduler, settings } = world;
  node.incarnation = node.disk.kept?.incarnation ?? `i${random.id().slice(0, 6)}`;
  const self = {
    name: node.name,
    incarnation: node.incarnation,
    boot: `b${random.id().slice(0, 6)}`,
    host: node.host,
  };
  const { driftMax } = settings;
  const rate =
    1 + random.pick(world.drifts === 'extreme' ? [-1, 1] : [-1, 1, random.between(-1, 1), 0]) * driftMax;
  const startedMs = scheduler.nowMs;
  const offsetMs = Math.floor(random.between(1, 1_000_000));
  const localMs = () => offsetMs + (scheduler.nowMs - startedMs) * rate;
  const kept = clonePlain(node.disk.kept);
  const journal = clonePlain(node.disk.journal);
  const machine = world.createMachine({
    self,
    settings,
    configured: world.configured,
    kept,
    journal,
    nowMs: localMs(),
  });
  const process: SimProcess = {
    node,
    self,
    machine,
    isUp: true,
    stalledUntilMs: 0,
    stoppedUntilMs: 0,
    backlog: [],
    flushDue: false,
    localMs,
  };
  node.process = process;
  world.timeline.say(node.name, `starts as ${self.incarnation} ${self.boot}, clock rate ${rate.toFixed(3)}`);
  world.onStart(process);
  const tick = () => {
    if (!process.isUp) return;
    feed(world, process, { kind: 'tick' });
    scheduler.after(tickMs * (0.8 + random.fraction() * 0.4), tick);
  };
  scheduler.after(random.fraction() * tickMs, tick);
  return process;
}

/** Starts a node that is still down, and still part of the world, after a while. */
export function startLater(world: NodeWorld, node: SimNode, afterMs: number): void {
  world.scheduler.after(afterMs, () => {
    if (node.process === undefined && world.nodes.get(node.name) === node) startNode(world, node);
  });
}

/** Kills the process; the disk keeps what it has, or is lost too. `lost`: of what was not fsynced. */
export function killNode(
  world: NodeWorld,
  node: SimNode,
  wipe: boolean,
  lost: 'some' | 'all' = 'some',
): void {
  const { process, disk } = node;
  if (process !== undefined) {
    process.isUp = false;
    process.backlog = [];
    node.process = undefined;
    world.onEnd(process);
    crashDisk(disk, world.random, lost);
  }
  if (wipe) wipeDisk(disk);
  world.timeline.say(node.name, wipe ? 'dies and loses its disk' : 'dies');
}

/** The main loop does nothing for a while; with `whole` its other threads neither. */
export function stallNode(world: NodeWorld, process: SimProcess, forMs: number, whole: boolean): void {
  const untilMs = world.scheduler.nowMs + forMs;
  process.stalledUntilMs = Math.max(process.stalledUntilMs, untilMs);
  if (whole) process.stoppedUntilMs = Math.max(process.stoppedUntilMs, untilMs);
  world.timeline.say(process.self.name, `${whole ? 'is stopped' : 'stalls'} for ${Math.round(forMs)} ms`);
  world.scheduler.after(forMs, () => wake(world, process));
}

function wake(world: NodeWorld, process: SimProcess): void {
  while (process.isUp && world.scheduler.nowMs >= process.stalledUntilMs) {
    const task = process.backlog.shift();
    if (task === undefined) return;
    task();
  }
}

/** Runs in the main loop: now, or when the stall is over. */
export function inMainLoop(world: NodeWorld, process: SimProcess, task: () => void): void {
  if (!process.isUp) return;
  if (process.backlog.length > 0 || world.scheduler.nowMs < process.stalledUntilMs)
    process.backlog.push(task);
  else task();
}

export function feed(world: NodeWorld, process: SimProcess, input: MemberInput): void {
  inMainLoop(world, process, () => {
    const effects = process.machine.step(input, process.localMs());
    world.onEffects(process, effects);
    carryOut(world, process, effects);
    // What a step has not changed is looked at with the next tick.
    if (effects.length > 0 || input.kind === 'tick') world.onStep(process);
    flushSoon(world, process);
  });
}

/** Frames leave once per turn of the event loop, whatever number of inputs the turn brought. */
export function flushSoon(world: NodeWorld, process: SimProcess): void {
  if (process.flushDue) return;
  process.flushDue = true;
  world.scheduler.after(world.random.fraction(), () => {
    inMainLoop(world, process, () => {
      process.flushDue = false;
      const effects = process.machine.flush(process.localMs());
      world.onEffects(process, effects);
      carryOut(world, process, effects);
      if (effects.length > 0) world.onStep(process);
    });
  });
}

/** Carries effects out, in rare cases after a pause between the step and the first of them. */
function carryOut(world: NodeWorld, process: SimProcess, effects: MemberEffect[]): void {
  if (effects.length === 0) return;
  const run = () => carryOutFrom(world, process, effects, 0);
  if (world.pauses > 0 && world.random.chance(world.pauses)) {
    const forMs = world.random.between(100, world.settings.leaseMs * 3);
    process.backlog.unshift(run);
    // A stop of all threads may look like a death, which counts as a failure of its own.
    stallNode(world, process, forMs, world.pausesStop && world.random.chance(0.5));
  } else run();
}

function carryOutFrom(
  world: NodeWorld,
  process: SimProcess,
  effects: readonly MemberEffect[],
  first: number,
): void {
  for (let index = first; index < effects.length; index++) {
    const effect = effects[index]!;
    if (canGoOn(world, process)) world.beforeEffect(process, effect);
    if (!canGoOn(world, process)) {
      if (process.isUp) process.backlog.unshift(() => carryOutFrom(world, process, effects, index));
      return;
    }
    if (world.crashPoints > 0 && world.random.chance(world.crashPoints)) dieHere(world, process);
    else perform(world, process, effect);
    if (process.isUp) world.afterEffect(process, effect);
  }
}

function canGoOn({ scheduler }: NodeWorld, { isUp, stalledUntilMs }: SimProcess): boolean {
  return isUp && scheduler.nowMs >= stalledUntilMs;
}

function dieHere(world: NodeWorld, { node }: SimProcess): void {
  killNode(world, node, false);
  startLater(world, node, world.random.between(50, 1_500));
}

function perform(world: NodeWorld, process: SimProcess, effect: MemberEffect): void {
  switch (effect.kind) {
    case 'send':
      sendMessage(world, process, effect.to, effect.message);
      break;
    case 'keepState': {
      const isIdle = process.node.disk.pendingState === undefined;
      writeState(process.node.disk, effect.ticket, effect.state);
      if (isIdle) syncStateSoon(world, process);
      break;
    }
    case 'journal': {
      const isIdle = process.node.disk.pendingJournal.length === 0;
      writeJournal(process.node.disk, effect);
      if (isIdle) syncJournalSoon(world, process);
      break;
    }
    case 'releaseJournal':
      freeJournal(process.node.disk, effect.position);
      break;
    case 'note':
      if (effect.level !== 'info' || world.timeline.isVerbose) {
        world.timeline.say(
          process.self.name,
          `${effect.level}: ${effect.text} ${JSON.stringify(effect.fields)}`,
        );
      }
      break;
    default:
      world.onEffect(process, effect);
  }
}

function syncStateSoon(world: NodeWorld, process: SimProcess): void {
  const { disk } = process.node;
  world.scheduler.after(world.random.fraction() * disk.slowMs, () => {
    if (!process.isUp || disk.pendingState === undefined) return;
    if (world.random.chance(disk.failing)) {
      const { ticket } = disk.pendingState;
      disk.pendingState = undefined;
      feed(world, process, { kind: 'stateFailed', ticket, reason: 'no space left on the disk' });
    } else feed(world, process, { kind: 'stateKept', ticket: syncState(disk) });
  });
}

function syncJournalSoon(world: NodeWorld, process: SimProcess): void {
  const { disk } = process.node;
  const position = disk.pendingJournal.at(-1)?.position ?? 0;
  world.scheduler.after(world.random.fraction() * disk.slowMs, () => {
    if (!process.isUp) return;
    syncJournal(disk, position);
    feed(world, process, { kind: 'journalKept', position });
    if (disk.pendingJournal.length > 0) syncJournalSoon(world, process);
  });
}

function sendMessage(world: NodeWorld, from: SimProcess, to: string, message: PeerMessage): void {
  let bytes: PeerMessage | undefined;
  world.network.send(
    from.self.name,
    to,
    (isLast) => {
      const target = world.nodes.get(to)?.process;
      if (target === undefined || bytes === undefined || isUnheard(world, target, bytes)) return;
      feed(world, target, {
        kind: 'peerMessage',
        from: from.self,
        message: isLast ? bytes : clonePlain(bytes),
      });
    },
    () => {
      bytes = clonePlain(message);
    },
  );
}

function isUnheard({ deaf, scheduler }: NodeWorld, target: SimProcess, message: PeerMessage): boolean {
  const known = deaf.get(target.self.name);
  if (known === undefined || scheduler.nowMs >= known.untilMs) return false;
  // Votes on the next epoch are heard: what is lost is the word that it was decided.
  const isNews = message.kind === 'decided' || message.kind === 'heartbeat';
  const epoch = message.kind === 'decided' ? message.view.epoch : 'epoch' in message ? message.epoch : 0;
  return isNews && epoch > Math.max(known.epoch, epochOf(target.machine.view));
}

/** Nobody tells the node of newer epochs for a while, not even when it starts anew. */
export function deafen(world: NodeWorld, name: string, forMs: number): void {
  const process = world.nodes.get(name)?.process;
  const epoch = process === undefined ? 0 : epochOf(process.machine.view);
  world.deaf.set(name, { untilMs: world.scheduler.nowMs + forMs, epoch });
}

/** Whether the process could give an effect away right now, if its main loop ran. */
export function leaseRuns(process: SimProcess): boolean {
  return process.isUp && holdsLease(process.machine.view, process.localMs());
}
