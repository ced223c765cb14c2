// What operators do to a cluster: drains, rolling restarts, nodes that join, leave or take another's place.
// Orders go to any node that is up, and are given again until the newest view shows what was wanted.
import type { View } from '../../src/cluster/identity.js';
import type { OperatorCommand } from '../../src/cluster/member/index.js';
import { canDecide, upNodes } from './fault-acts.js';
import type { FaultWorld } from './faults.js';
import { createNode, feed, killNode, startLater, startNode, type SimNode, type SimProcess } from './node.js';
import type { SeededRandom } from './random.js';

/** A node on its way out, by name: whether it is drained before it stops, and who takes its place. */
interface Leaver {
  isGraceful: boolean;
  drained: boolean;
  heir: string | undefined;
}

export interface Operators {
  readonly leavers: Map<string, Leaver>;
  readonly random: SeededRandom;
  nodesMade: number;
  answered(process: SimProcess, id: number, ok: boolean): void;
  /** A process has written down what it holds and may end. */
  left(process: SimProcess): void;
  /** Gives a command to a node that is up. */
  order(command: OperatorCommand, done?: (ok: boolean) => void): void;
  /** Waits for a process to write down what it holds, and ends it. */
  stop(process: SimProcess): void;
}

const attendMs = 1_000;
const nodesMax = 5;

export function createOperators(world: FaultWorld, random: SeededRandom, nodeCount: number): Operators {
  let nextId = 100;
  const waiting = new Map<number, (ok: boolean) => void>();
  const stopping = new Set<SimProcess>();

  function end(process: SimProcess): void {
    if (!stopping.delete(process) || !process.isUp) return;
    killNode(world, process.node, false);
  }

  return {
    leavers: new Map(),
    random,
    nodesMade: nodeCount,
    answered(_, id, ok) {
      const done = waiting.get(id);
      waiting.delete(id);
      done?.(ok);
    },
    // Between its last word and its end a process still runs for a moment.
    left: (process) => world.scheduler.after(random.between(0, 50), () => end(process)),
    order(command, done) {
      const up = upNodes(world);
      if (up.length === 0) return;
      const id = nextId++;
      if (done !== undefined) waiting.set(id, done);
      const { process } = random.pick(up);
      world.timeline.say('world', `an operator tells ${process!.self.name}: ${JSON.stringify(command)}`);
      feed(world, process!, { kind: 'operator', id, command });
    },
    stop(process) {
      if (stopping.has(process)) return;
      stopping.add(process);
      world.timeline.say(process.self.name, 'is asked to leave');
      feed(world, process, { kind: 'leave' });
      world.scheduler.after(2_000, () => end(process));
    },
  };
}

/** Looks after nodes that came, are to go, or were stopped; for ever. */
export function attend(world: FaultWorld): void {
  const view = world.checks.newest;
  if (world.isCalm) {
    for (const node of world.nodes.values()) if (node.process === undefined) startNode(world, node);
  }
  // Where only a recovery helps, no other order is given: it would stand in its way.
  if (view !== undefined && canDecide([...world.nodes.values()], view)) {
    for (const [name, node] of [...world.nodes]) {
      const leaver = world.operators.leavers.get(name);
      if (leaver !== undefined) seeOff(world, view, node, leaver);
      else if (!view.configured.includes(name)) bringIn(world, view, name);
    }
  }
  world.scheduler.after(attendMs, () => attend(world));
}

function bringIn(world: FaultWorld, view: View, name: string): void {
  for (const [leaving, { heir }] of world.operators.leavers) {
    if (heir !== name || !view.configured.includes(leaving)) continue;
    if (world.nodes.get(leaving)?.process === undefined)
      world.operators.order({ kind: 'replace', node: leaving, by: name });
    return;
  }
  world.operators.order({ kind: 'add', node: name });
}

function seeOff(world: FaultWorld, view: View, node: SimNode, leaver: Leaver): void {
  const { operators } = world;
  const { name, process } = node;
  if (!view.configured.includes(name)) {
    if (process !== undefined) killNode(world, node, false);
    world.nodes.delete(name);
    operators.leavers.delete(name);
    world.timeline.say(name, 'is gone for good');
  } else if (process === undefined) {
    if (leaver.heir === undefined) operators.order({ kind: 'remove', node: name });
  } else if (!leaver.isGraceful) killNode(world, node, false);
  else if (leaver.drained) operators.stop(process);
  else {
    operators.order({ kind: 'drain', node: name }, (ok) => {
      leaver.drained = ok;
    });
  }
}

/** Everybody stays who is still there. */
export function callOff({ operators }: FaultWorld): void {
  operators.leavers.clear();
}

export function orderDrain(world: FaultWorld, random: SeededRandom): number | undefined {
  const view = world.checks.newest;
  if (view === undefined) return undefined;
  const node = random.pick(view.configured);
  world.operators.order({ kind: view.draining.includes(node) ? 'undrain' : 'drain', node });
  return 300;
}

/** A stop as the service manager does it, with or without a drain before, and a start. */
export function restart(world: FaultWorld, random: SeededRandom): number | undefined {
  const up = upNodes(world);
  if (up.length === 0) return undefined;
  const node = random.pick(up);
  const { process } = node;
  const drainMs = random.chance(0.5) ? random.between(500, 2_000) : 0;
  if (drainMs > 0) world.operators.order({ kind: 'drain', node: node.name });
  world.scheduler.after(drainMs, () => {
    if (node.process === process) world.operators.stop(process!);
  });
  const downMs = random.between(50, 1_500);
  const startAfterMs = drainMs + 2_000 + downMs;
  startLater(world, node, startAfterMs);
  return startAfterMs;
}

/** A node that nobody knew before, on a host of its own or of another. */
function makeNode(world: FaultWorld, random: SeededRandom): SimNode {
  const number = ++world.operators.nodesMade;
  const name = `n${number}`;
  const node = createNode(name, `h${random.chance(0.7) ? number : random.below(number)}`);
  world.nodes.set(name, node);
  world.configured = [...world.configured, name];
  startNode(world, node);
  return node;
}

/** Who alone knew of the first view may have lost it: then there is no cluster yet to join or to leave. */
function isFormed({ nodes }: FaultWorld): boolean {
  return [...nodes.values()].some(({ disk }) => disk.kept?.view !== undefined);
}

export function join(world: FaultWorld, random: SeededRandom): number | undefined {
  if (!isFormed(world) || world.nodes.size >= nodesMax || world.plan.ruin) return undefined;
  makeNode(world, random);
  return 2_000;
}

/** A node is taken out, drained or dead, and may have an heir. */
export function leave(world: FaultWorld, random: SeededRandom): number | undefined {
  const view = world.checks.newest;
  if (view === undefined || view.configured.length < 3 || world.operators.leavers.size > 0) return undefined;
  if (!isFormed(world)) return undefined;
  const names = view.configured.filter((name) => world.nodes.has(name));
  const name = random.pick(names);
  if (world.plan.ruin) return undefined;
  const heir = world.nodes.size < nodesMax && random.chance(0.3) ? makeNode(world, random).name : undefined;
  const isGraceful = heir === undefined && random.chance(0.7);
  world.timeline.say(
    name,
    `is to go${isGraceful ? '' : ', at once'}${heir === undefined ? '' : ` for ${heir}`}`,
  );
  world.operators.leavers.set(name, { isGraceful, drained: false, heir });
  return 5_000;
}
