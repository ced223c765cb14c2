// Faults that wait for an instant of the protocol and strike exactly there: between two effects of a step, at
// a vote, a promise that is not on disk yet, a hand-off. Chance alone hits such instants too seldom.
import type { MemberEffect } from '../../src/cluster/member/index.js';
import type { FaultWorld } from './faults.js';
import { cutFor, linksOf, othersOf, rebirth, type Way } from './fault-acts.js';
import { deafen, stallNode, type SimProcess } from './node.js';
import type { Focus } from './plan.js';
import type { SeededRandom } from './random.js';

export interface Ambush {
  name: string;
  moment: string;
  timing: 'before' | 'after';
  /** So many such instants pass before it strikes. */
  skip: number;
  untilMs: number;
  /** Undefined: whoever it is. */
  isMeant?(process: SimProcess, effect: MemberEffect): boolean;
  /** Returns how long its consequences last. */
  strike(process: SimProcess, effect: MemberEffect): number;
}

interface Strike {
  name: string;
  weight: number;
  strict: boolean;
  /** Returns how long its consequences last. */
  act(world: FaultWorld, process: SimProcess, effect: MemberEffect, random: SeededRandom): number;
}

const votes = ['prepare', 'promise', 'accept', 'accepted', 'decided', 'keepState', 'installed'];
const copies = ['holdings', 'grants', 'release', 'frames', 'acks', 'journal', 'serve', 'cease', 'stable'];

/** Effects by kind, messages by theirs. */
const momentsOf: Record<Focus, readonly string[]> = {
  mixed: [...votes, ...copies],
  formation: [...votes, 'freshAsk', 'freshAnswer', 'freshAnswer', 'accepted', 'decided'],
  ballots: [...votes, 'accept', 'accepted', 'accepted', 'decided'],
  leases: ['heartbeatAck', 'accepted', 'decided', 'installed', 'serve', 'stable', 'release', 'holdings'],
  copies,
  journal: ['journal', 'journal', 'frames', 'acks', 'stable', 'serve', 'grants'],
};

function momentOf(effect: MemberEffect): string {
  return effect.kind === 'send' ? effect.message.kind : effect.kind;
}

function die(world: FaultWorld, { node }: SimProcess, random: SeededRandom, wipe: boolean): number {
  const lost = random.chance(0.5) ? 'all' : 'some';
  const downMs = random.pick([40, 300, 2_000]) * (0.5 + random.fraction());
  return rebirth(world, node, downMs, { wipe, lost });
}

function cutOff(world: FaultWorld, { self }: SimProcess, random: SeededRandom, way: Way): number {
  const forMs = random.pick([300, 1_500, 4_000]) * (0.5 + random.fraction());
  return cutFor(world, forMs, linksOf(world, self.name, way), `ambush (${way})`);
}

const strikes: readonly Strike[] = [
  {
    name: 'dies',
    weight: 5,
    strict: true,
    act: (world, process, _, random) => die(world, process, random, false),
  },
  {
    name: 'dies and is wiped',
    weight: 3,
    strict: true,
    act: (world, process, _, random) => die(world, process, random, true),
  },
  {
    name: 'stands still',
    weight: 3,
    strict: true,
    act(world, process, _, random) {
      const { leaseMs } = world.settings;
      const forMs = random.pick([0.2, 0.95, 1.1, 1.5, 3]) * leaseMs * (0.9 + random.fraction() * 0.2);
      stallNode(world, process, forMs, random.chance(0.3));
      return forMs;
    },
  },
  {
    name: 'is not heard',
    weight: 3,
    strict: true,
    act: (world, process, _, random) => cutOff(world, process, random, 'out'),
  },
  {
    name: 'is cut off',
    weight: 2,
    strict: true,
    act: (world, process, _, random) => cutOff(world, process, random, random.pick(['in', 'both'])),
  },
  {
    // The message reaches some of those it was meant for, and then the sender dies.
    name: 'dies after one message',
    weight: 3,
    strict: true,
    act(world, process, effect, random) {
      if (effect.kind !== 'send') return die(world, process, random, false);
      const links = linksOf(world, process.self.name, 'out').filter(([, to]) => to !== effect.to);
      const mendMs = cutFor(world, random.between(20, 400), links, 'ambush (one is heard)');
      return Math.max(mendMs, die(world, process, random, false));
    },
  },
  {
    name: 'is late with everything for one node',
    weight: 3,
    strict: true,
    act(world, process, effect, random) {
      const to = effect.kind === 'send' ? effect.to : random.pick(othersOf(world, process.self.name));
      const forMs = random.between(300, 2_000);
      world.network.delay(process.self.name, to, random.pick([150, 600, 1_500]));
      world.scheduler.after(forMs, () => world.network.delay(process.self.name, to, 0));
      return forMs + 1_500;
    },
  },
  {
    // The one that a message is for goes down with it.
    name: 'has a receiver that dies',
    weight: 3,
    strict: true,
    act(world, process, effect, random) {
      const target = effect.kind === 'send' ? world.nodes.get(effect.to)?.process : process;
      return target === undefined ? 0 : die(world, target, random, random.chance(0.4));
    },
  },
  {
    name: 'leaves others deaf to newer epochs',
    weight: 3,
    strict: true,
    act(world, process, _, random) {
      const forMs = random.between(500, 4_000);
      const [first, second] = random.shuffle(othersOf(world, process.self.name));
      if (first !== undefined) deafen(world, first, forMs);
      if (second !== undefined && random.chance(0.5)) deafen(world, second, forMs);
      return forMs;
    },
  },
];

/** Lies in wait; in a world of one failure at a time nothing else is begun meanwhile. */
export function layAmbush(world: FaultWorld, random: SeededRandom): number {
  const able = strikes.filter(({ strict }) => strict || world.plan.mode === 'any');
  const deck = able.flatMap((strike) => Array.from({ length: strike.weight }, () => strike));
  const windowMs = random.between(500, 2_500);
  const { name, act } = random.pick(deck);
  world.ambushes.push({
    name,
    moment: random.pick(momentsOf[world.plan.focus]),
    timing: random.pick(['before', 'after']),
    skip: random.pick([0, 0, 0, 1, 2, 5]),
    untilMs: world.scheduler.nowMs + windowMs,
    strike: (process, effect) => act(world, process, effect, world.ambushRandom),
  });
  return windowMs;
}

/** Strikes when an ambush has waited for this effect. */
export function springAmbush(
  world: FaultWorld,
  process: SimProcess,
  effect: MemberEffect,
  timing: Ambush['timing'],
): void {
  if (world.ambushes.length === 0) return;
  const { nowMs } = world.scheduler;
  const moment = momentOf(effect);
  for (const ambush of world.ambushes) {
    if (ambush.moment !== moment || ambush.timing !== timing || nowMs > ambush.untilMs) continue;
    if (ambush.isMeant?.(process, effect) === false || ambush.skip-- > 0) continue;
    world.ambushes = world.ambushes.filter((other) => other !== ambush);
    world.timeline.say(process.self.name, `${timing} ${moment}: ${ambush.name}`);
    world.quietAtMs = Math.max(world.quietAtMs, nowMs + ambush.strike(process, effect));
    return;
  }
}
