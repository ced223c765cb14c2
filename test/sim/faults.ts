// What goes wrong: each fault is one row, begins at some instant and ends by itself or with the calm.
import { layAmbush, type Ambush } from './ambush.js';
import type { Detector } from './detector.js';
import { canLose, cutFor, linksOf, rebirth, upNodes, type Link, type Way } from './fault-acts.js';
import { deafen, stallNode, startNode, type NodeWorld } from './node.js';
import { callOff, join, leave, orderDrain, restart, type Operators } from './operators.js';
import type { Focus, Plan } from './plan.js';
import type { SeededRandom } from './random.js';
import { layScheme, loseServerBehindDeadLink } from './schemes.js';
import type { ViewChecks } from './view-checks.js';

export interface FaultWorld extends NodeWorld {
  readonly plan: Plan;
  readonly detector: Detector;
  readonly checks: ViewChecks;
  readonly operators: Operators;
  store: { downUntilMs: number; slowMs: number };
  /** Faults that wait for their instant, and the chance by which they strike. */
  ambushes: Ambush[];
  readonly ambushRandom: SeededRandom;
  isCalm: boolean;
  /** Until when the consequences of ambushes last. */
  quietAtMs: number;
}

interface Fault {
  name: string;
  /** How often it is drawn, against the others; fourfold in worlds of these foci. */
  weight: number;
  foci?: readonly Focus[];
  /** Allowed where one failure at a time is promised. */
  strict: boolean;
  /** Returns how long it lasts, or undefined when it can not happen now. */
  begin(world: FaultWorld, random: SeededRandom): number | undefined;
}

function crash(world: FaultWorld, random: SeededRandom, wipe: boolean): number | undefined {
  const up = upNodes(world);
  if (up.length === 0) return undefined;
  const node = random.pick(up);
  if (wipe && !canLose(world, node)) return undefined;
  const downMs = random.pick([100, 1_000, 4_000]) * (0.5 + random.fraction());
  return rebirth(world, node, downMs, { wipe, lost: 'some' });
}

function stall(world: FaultWorld, random: SeededRandom, whole: boolean): number | undefined {
  const up = upNodes(world);
  if (up.length === 0) return undefined;
  const { leaseMs, hangMs } = world.settings;
  const forMs =
    random.pick([0.5, 0.5, 1, 1, 2.5, 2.5, (hangMs * 1.3) / leaseMs]) *
    leaseMs *
    (0.7 + random.fraction() * 0.6);
  stallNode(world, random.pick(up).process!, forMs, whole);
  return forMs;
}

/** Cuts links for a while. */
function cut(world: FaultWorld, random: SeededRandom, links: readonly Link[], text: string): number {
  return cutFor(world, random.pick([500, 2_000, 6_000]) * (0.5 + random.fraction()), links, text);
}

function twoNames(world: FaultWorld, random: SeededRandom): Link | undefined {
  const [one, other] = random.shuffle([...world.nodes.keys()]);
  return one === undefined || other === undefined ? undefined : [one, other];
}

const faults: readonly Fault[] = [
  {
    name: 'crash',
    weight: 4,
    foci: ['formation', 'journal'],
    strict: true,
    begin: (world, random) => crash(world, random, false),
  },
  {
    name: 'wipe',
    weight: 3,
    foci: ['formation'],
    strict: true,
    begin: (world, random) => crash(world, random, true),
  },
  {
    name: 'stall',
    weight: 3,
    foci: ['leases'],
    strict: true,
    begin: (world, random) => stall(world, random, false),
  },
  { name: 'stop', weight: 3, strict: true, begin: (world, random) => stall(world, random, true) },
  {
    name: 'ambush',
    weight: 6,
    foci: ['formation', 'ballots', 'leases', 'copies', 'journal'],
    strict: true,
    begin(world, random) {
      const windowMs = layAmbush(world, random);
      // Without a reason for another view there are few instants to wait for.
      if (random.chance(0.6)) orderDrain(world, random);
      return windowMs;
    },
  },
  {
    name: 'scheme',
    weight: 3,
    foci: ['formation', 'ballots', 'leases'],
    strict: false,
    begin(world, random) {
      layScheme(world, random);
      return 0;
    },
  },
  {
    name: 'drain',
    weight: 3,
    foci: ['copies', 'leases', 'ballots'],
    strict: true,
    begin: (world, random) => orderDrain(world, random),
  },
  {
    name: 'restart',
    weight: 3,
    foci: ['copies'],
    strict: true,
    begin: (world, random) => restart(world, random),
  },
  { name: 'join', weight: 2, foci: ['copies'], strict: true, begin: (world, random) => join(world, random) },
  {
    name: 'leave',
    weight: 2,
    foci: ['copies'],
    strict: true,
    begin: (world, random) => leave(world, random),
  },
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
    foci: ['copies'],
    strict: true,
    begin(world, random) {
      const lostMs = loseServerBehindDeadLink(world, random);
      if (lostMs !== undefined) return lostMs;
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
      const way = random.pick<Way>(['both', 'out', 'in']);
      return cut(world, random, linksOf(world, alone, way), `isolation of ${alone} (${way})`);
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
        right.flatMap((other): Link[] => [
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
    foci: ['leases', 'ballots'],
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
    foci: ['leases', 'ballots'],
    strict: true,
    begin(world, random) {
      const [first, second] = random.shuffle([...world.nodes.keys()]);
      if (first === undefined || second === undefined) return undefined;
      const { nowMs } = world.scheduler;
      const forMs = random.between(500, 5_000);
      deafen(world, first, forMs);
      if (random.chance(0.5)) deafen(world, second, random.fraction() * forMs);
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
    foci: ['ballots', 'journal'],
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

export const faultNames: readonly string[] = faults.map(({ name }) => name);

/** Begins a fault that can happen now; returns how long it lasts. */
export function beginFault(world: FaultWorld, random: SeededRandom): number {
  const { mode, without, focus } = world.plan;
  const able = faults.filter(({ strict, name }) => (strict || mode === 'any') && !without.has(name));
  const deck = able.flatMap((fault) =>
    Array.from({ length: fault.weight * (fault.foci?.includes(focus) === true ? 4 : 1) }, () => fault),
  );
  if (deck.length === 0) return 0;
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
  world.isCalm = true;
  world.ambushes = [];
  callOff(world);
  world.deaf.clear();
  world.store.downUntilMs = 0;
  world.store.slowMs = 10;
  for (const node of world.nodes.values()) {
    Object.assign(node.disk, { slowMs: 3, failing: 0 });
    if (node.process === undefined) startNode(world, node);
  }
}
