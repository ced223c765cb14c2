// What goes wrong: each fault is one row, begins at some instant and ends by itself or with the calm.
import { majorityOf } from '../../src/cluster/identity.js';
import type { Detector } from './detector.js';
import { killNode, stallNode, startNode, type NodeWorld, type SimNode } from './node.js';
import type { Plan } from './plan.js';
import type { SeededRandom } from './random.js';
import type { ViewChecks } from './view-checks.js';

export interface FaultWorld extends NodeWorld {
  readonly plan: Plan;
  readonly detector: Detector;
  readonly checks: ViewChecks;
  store: { downUntilMs: number; slowMs: number };
}

interface Fault {
  name: string;
  /** How often it is drawn, against the others. */
  weight: number;
  /** Allowed where one failure at a time is promised. */
  strict: boolean;
  /** Returns how long it lasts, or undefined when it can not happen now. */
  begin(world: FaultWorld, random: SeededRandom): number | undefined;
}

const upNodes = (world: NodeWorld) =>
  [...world.nodes.values()].filter(({ process }) => process !== undefined);

/** Whether the cluster can decide without these nodes' present disks. */
function canLose(world: FaultWorld, node: SimNode): boolean {
  const view = world.checks.newest;
  if (world.plan.ruin) {
    // Were every disk lost, the cluster would form anew, and rightly so.
    return [...world.nodes.values()].some((other) => other !== node && other.disk.kept?.view !== undefined);
  }
  if (view === undefined) return world.nodes.size > 1;
  const voting = [...world.nodes.values()].filter(
    ({ name, disk }) =>
      name !== node.name &&
      view.admitted.some(
        (admission) => admission.name === name && admission.incarnation === disk.kept?.incarnation,
      ),
  );
  return voting.length >= majorityOf(view.configured.length);
}

function crash(world: FaultWorld, random: SeededRandom, wipe: boolean): number | undefined {
  const up = upNodes(world);
  if (up.length === 0) return undefined;
  const node = random.pick(up);
  if (wipe && !canLose(world, node)) return undefined;
  killNode(world, node, wipe);
  const downMs = random.pick([100, 1_000, 4_000]) * (0.5 + random.fraction());
  world.scheduler.after(downMs, () => {
    if (node.process === undefined && world.nodes.has(node.name)) startNode(world, node);
  });
  return downMs;
}

function stall(world: FaultWorld, random: SeededRandom, whole: boolean): number | undefined {
  const up = upNodes(world);
  if (up.length === 0) return undefined;
  const { leaseMs, hangMs } = world.settings;
  const forMs =
    random.pick([leaseMs * 0.5, leaseMs, leaseMs * 2.5, hangMs * 1.3]) * (0.7 + random.fraction() * 0.6);
  stallNode(world, random.pick(up).process!, forMs, whole);
  return forMs;
}

/** Cuts links for a while. */
function cut(world: FaultWorld, random: SeededRandom, links: [string, string][], text: string): number {
  for (const [from, to] of links) world.network.cut(from, to);
  const forMs = random.pick([500, 2_000, 6_000]) * (0.5 + random.fraction());
  world.timeline.say(
    'net',
    `${text} for ${Math.round(forMs)} ms: ${links.map((link) => link.join('>')).join(' ')}`,
  );
  world.scheduler.after(forMs, () => {
    for (const [from, to] of links) world.network.mend(from, to);
    world.timeline.say('net', `${text} is over`);
  });
  return forMs;
}

function twoNames(world: FaultWorld, random: SeededRandom): [string, string] | undefined {
  const [one, other] = random.shuffle([...world.nodes.keys()]);
  return one === undefined || other === undefined ? undefined : [one, other];
}

const faults: readonly Fault[] = [
  { name: 'crash', weight: 4, strict: true, begin: (world, random) => crash(world, random, false) },
  { name: 'wipe', weight: 3, strict: true, begin: (world, random) => crash(world, random, true) },
  { name: 'stall', weight: 3, strict: true, begin: (world, random) => stall(world, random, false) },
  { name: 'stop', weight: 3, strict: true, begin: (world, random) => stall(world, random, true) },
  {
    name: 'one-way',
    weight: 2,
    strict: true,
    begin(world, random) {
      const names = twoNames(world, random);
      return names && cut(world, random, [names], 'one-way cut');
    },
  },
  {
    name: 'link',
    weight: 2,
    strict: true,
    begin(world, random) {
      const names = twoNames(world, random);
      return names && cut(world, random, [names, [names[1], names[0]]], 'cut link');
    },
  },
  {
    name: 'isolate',
    weight: 3,
    strict: true,
    begin(world, random) {
      const names = [...world.nodes.keys()];
      if (names.length < 2) return undefined;
      const alone = random.pick(names);
      const others = names.filter((name) => name !== alone);
      const out = random.pick(['both', 'out', 'in']);
      const links = others.flatMap((name): [string, string][] => [
        ...(out === 'in' ? [] : [[alone, name] as [string, string]]),
        ...(out === 'out' ? [] : [[name, alone] as [string, string]]),
      ]);
      return cut(world, random, links, `isolation of ${alone} (${out})`);
    },
  },
  {
    name: 'split',
    weight: 2,
    strict: false,
    begin(world, random) {
      const names = random.shuffle([...world.nodes.keys()]);
      if (names.length < 3) return undefined;
      const count = 1 + random.below(names.length - 1);
      const left = names.slice(0, count);
      const right = names.slice(count);
      const links = left.flatMap((one) =>
        right.flatMap((other): [string, string][] => [
          [one, other],
          [other, one],
        ]),
      );
      return cut(world, random, links, 'split');
    },
  },
  {
    name: 'doubt',
    weight: 2,
    strict: true,
    begin(world, random) {
      const names = twoNames(world, random);
      if (names === undefined) return undefined;
      const forMs = random.between(300, 4_000);
      for (const by of random.chance(0.5) ? [names[0]] : world.nodes.keys()) {
        if (by !== names[1]) world.detector.doubt(by, names[1], world.scheduler.nowMs + forMs);
      }
      world.timeline.say('swim', `${names[1]} is held for dead for ${Math.round(forMs)} ms`);
      return forMs;
    },
  },
  {
    // The hardest case for leases: everybody goes on without a node, or two, that do not get to know of it.
    name: 'deaf',
    weight: 3,
    strict: true,
    begin(world, random) {
      const [first, second] = random.shuffle([...world.nodes.keys()]);
      if (first === undefined || second === undefined) return undefined;
      const { nowMs } = world.scheduler;
      const forMs = random.between(500, 5_000);
      world.deafUntilMs.set(first, nowMs + forMs);
      if (random.chance(0.5)) world.deafUntilMs.set(second, nowMs + random.fraction() * forMs);
      for (const by of world.nodes.keys()) {
        if (by !== first) world.detector.doubt(by, first, nowMs + forMs);
      }
      world.timeline.say(
        'net',
        `${first} is held for dead, and hears nothing of it for ${Math.round(forMs)} ms`,
      );
      return forMs;
    },
  },
  {
    name: 'disk',
    weight: 2,
    strict: true,
    begin(world, random) {
      const { disk, name } = random.pick([...world.nodes.values()]);
      const isFull = random.chance(0.3);
      disk.slowMs = random.pick([100, 500, 2_000]);
      disk.failing = isFull ? 0.7 : 0;
      const forMs = random.between(1_000, 5_000);
      world.timeline.say(name, `its disk is ${isFull ? 'failing' : 'slow'} for ${Math.round(forMs)} ms`);
      world.scheduler.after(forMs, () => Object.assign(disk, { slowMs: 3, failing: 0 }));
      return forMs;
    },
  },
  {
    name: 'store',
    weight: 2,
    strict: true,
    begin(world, random) {
      const forMs = random.between(1_000, 8_000);
      if (random.chance(0.5)) world.store.downUntilMs = world.scheduler.nowMs + forMs;
      else world.store.slowMs = random.between(200, 2_000);
      world.timeline.say(
        'store',
        `is ${world.store.slowMs > 50 ? 'slow' : 'down'} for ${Math.round(forMs)} ms`,
      );
      world.scheduler.after(forMs, () => (world.store.slowMs = 10));
      return forMs;
    },
  },
];

/** Begins a fault that can happen now; returns how long it lasts. */
export function beginFault(world: FaultWorld, random: SeededRandom): number {
  const able = faults.filter(({ strict }) => strict || world.plan.mode === 'any');
  const deck = able.flatMap((fault) => Array.from({ length: fault.weight }, () => fault));
  return random.pick(deck).begin(world, random) ?? 0;
}

/** From now on nothing goes wrong any more: what was cut is mended, who is down is started. */
export function calm(world: FaultWorld): void {
  world.timeline.say('world', 'calm from here on');
  world.network.mendAll();
  world.network.weather = { ...world.network.weather, loss: 0, slow: 0 };
  world.detector.calm();
  world.pauses = 0;
  world.crashPoints = 0;
  world.deafUntilMs.clear();
  world.store.downUntilMs = 0;
  world.store.slowMs = 10;
  for (const node of world.nodes.values()) {
    Object.assign(node.disk, { slowMs: 3, failing: 0 });
    if (node.process === undefined) startNode(world, node);
  }
}
