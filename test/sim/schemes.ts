// Chains of faults that are made to break one rule of the protocol each: what a model checker found once, the
// simulator tries again and again against the real machines.
import type { MemberEffect } from '../../src/cluster/member/index.js';
import type { Ambush } from './ambush.js';
import { canLose, cutFor } from './fault-acts.js';
import type { FaultWorld } from './faults.js';
import { deafen, feed, killNode, startNode, type SimNode, type SimProcess } from './node.js';
import type { SeededRandom } from './random.js';

type Scheme = (world: FaultWorld, random: SeededRandom) => Ambush;

const windowMs = 4_000;

function targetOf(effect: MemberEffect): string {
  return effect.kind === 'send' ? effect.to : '';
}

function othersOf(world: FaultWorld, name: string): string[] {
  return [...world.nodes.keys()].filter((other) => other !== name);
}

/** Nobody hears the node for a while. */
function hush(world: FaultWorld, name: string, forMs: number): void {
  cutFor(
    world,
    forMs,
    othersOf(world, name).map((other): [string, string] => [name, other]),
    `scheme: ${name} is not heard`,
  );
}

function isolate(world: FaultWorld, name: string, forMs: number): void {
  const links = othersOf(world, name).flatMap((other): [string, string][] => [
    [name, other],
    [other, name],
  ]);
  cutFor(world, forMs, links, `scheme: ${name} is cut off`);
}

/** Dies without what was not fsynced, perhaps without its disk, and is back at once. */
function rebirth(world: FaultWorld, node: SimNode | undefined, wipe: boolean, downMs: number): void {
  if (node?.process === undefined || (wipe && !canLose(world, node))) return;
  killNode(world, node, wipe, 'all');
  world.scheduler.after(downMs, () => {
    if (node.process === undefined && world.nodes.get(node.name) === node) startNode(world, node);
  });
}

const isToAnother = (process: SimProcess, effect: MemberEffect): boolean =>
  targetOf(effect) !== process.self.name;

/**
 * A vote is on its way to the proposer, which will decide with it and not be heard; or nobody hears of newer
 * epochs. The voter forgets what it can.
 */
const lostVote: Scheme = (world, random) => ({
  name: 'the vote that decides is forgotten',
  moment: 'accepted',
  timing: 'after',
  skip: random.pick([0, 0, 1]),
  untilMs: world.scheduler.nowMs + windowMs,
  isMeant: isToAnother,
  strike(process, effect) {
    const forMs = random.between(2_000, 6_000);
    const proposer = targetOf(effect);
    if (random.chance(0.5)) hush(world, proposer, forMs);
    else hideDecision(world, random, process.self.name, proposer);
    const memory = random.pick(['whole', 'unsynced', 'unsynced', 'wiped', 'wiped']);
    if (memory !== 'whole') rebirth(world, process.node, memory === 'wiped', random.between(20, 200));
    return forMs;
  },
});

/** The voter hears of it when a successor may begin; whoever else held a lease before, later. */
function hideDecision(world: FaultWorld, random: SeededRandom, voter: string, proposer: string): void {
  const { leaseMs } = world.settings;
  const voterMs = random.between(0.8, 2.2) * leaseMs;
  for (const name of othersOf(world, proposer)) {
    deafen(world, name, name === voter ? voterMs : voterMs + random.between(0.5, 2) * leaseMs);
  }
}

/** Who decided alone loses its disk, and votes again with those who have not heard of it. */
const rebornDecider: Scheme = (world, random) => ({
  name: 'the proposer will decide unheard and be wiped',
  moment: 'accepted',
  timing: 'after',
  skip: 0,
  untilMs: world.scheduler.nowMs + windowMs,
  isMeant: isToAnother,
  strike(voter, effect) {
    const proposer = targetOf(effect);
    hush(world, proposer, 100);
    const { nowMs } = world.scheduler;
    const isProposer = (process: SimProcess): boolean => process.self.name === proposer;
    const installed: Ambush = {
      name: 'who has decided is wiped',
      moment: 'installed',
      timing: 'after',
      skip: 0,
      untilMs: nowMs + 500,
      isMeant: isProposer,
      strike(process) {
        rebirth(world, process.node, true, random.between(110, 200));
        world.ambushes.push({ ...installed, ...votesAgain, untilMs: world.scheduler.nowMs + 3_000 });
        return 3_000;
      },
    };
    const votesAgain = {
      name: 'the voter who knows better is cut off',
      moment: 'prepare',
      timing: 'before' as const,
      strike() {
        isolate(world, voter.self.name, 4_000);
        return 4_000;
      },
    };
    world.ambushes.push(installed);
    return 500;
  },
});

/** A proposal reaches one node only, and its proposer makes another one after its restart. */
const sameBallot: Scheme = (world, random) => ({
  name: 'an accept reaches one node, and its proposer begins anew',
  moment: 'accept',
  timing: 'after',
  skip: 0,
  untilMs: world.scheduler.nowMs + windowMs,
  isMeant: isToAnother,
  strike(process, effect) {
    const self = process.self.name;
    const reached = targetOf(effect);
    const rest = othersOf(world, self).filter((name) => name !== reached);
    const links = rest.map((name): [string, string] => [self, name]);
    cutFor(world, 20, links, 'scheme: the rest hears nothing');
    // What the one node has accepted is not told before the next proposal is under way.
    hush(world, reached, random.between(800, 1_500));
    // Nor do the others notice the restart, and propose something themselves.
    for (const name of rest) world.detector.doubt(name, self, world.scheduler.nowMs + 1_200);
    rebirth(world, process.node, world.nodes.size > 3 && random.chance(0.5), random.between(20, 100));
    world.ambushes.push({
      name: 'the second decision is not heard',
      moment: 'accepted',
      timing: 'after',
      skip: 0,
      untilMs: world.scheduler.nowMs + 3_000,
      isMeant: (voter, vote) => targetOf(vote) === self && rest.includes(voter.self.name),
      strike() {
        hush(world, self, 5_000);
        return 5_000;
      },
    });
    return 3_000;
  },
});

/** One vote decides, the others know nothing of it, and the voter forgets that it stopped acknowledging. */
const lonelyVote: Scheme = (world, random) => ({
  name: 'one vote decides, and the others go on',
  moment: 'accept',
  timing: 'before',
  skip: random.pick([0, 0, 1]),
  untilMs: world.scheduler.nowMs + windowMs,
  isMeant: isToAnother,
  strike(process, effect) {
    const proposer = process.self.name;
    const voter = targetOf(effect);
    const rest = othersOf(world, proposer).filter((name) => name !== voter);
    cutFor(
      world,
      4_000,
      rest.map((name): [string, string] => [proposer, name]),
      'scheme: the others do not hear of it',
    );
    world.ambushes.push({
      name: 'the voter forgets',
      moment: 'accepted',
      timing: 'after',
      skip: 0,
      untilMs: world.scheduler.nowMs + 500,
      isMeant: (one, vote) => one.self.name === voter && targetOf(vote) === proposer,
      strike(one) {
        hideDecision(world, random, voter, proposer);
        rebirth(world, one.node, random.chance(0.7), random.between(20, 200));
        return 4_000;
      },
    });
    return 4_000;
  },
});

/** Two views in a hurry, while a node that both leave out holds a lease from before. */
const hurry: Scheme = (world, random) => ({
  name: 'another view follows at once, unheard by those outside',
  moment: 'installed',
  timing: 'after',
  skip: 0,
  untilMs: world.scheduler.nowMs + windowMs,
  isMeant: (_, effect) => effect.kind === 'installed' && effect.view.members.length < world.nodes.size,
  strike(process, effect) {
    if (effect.kind !== 'installed') return 0;
    const { view } = effect;
    const inside = view.members.map(({ name }) => name);
    for (const name of world.nodes.keys()) if (!inside.includes(name)) deafen(world, name, 3_000);
    const node = random.pick(inside);
    const kind = view.draining.includes(node) ? 'undrain' : 'drain';
    world.scheduler.after(random.between(0, 200), () => {
      if (process.isUp) feed(world, process, { kind: 'operator', id: 3, command: { kind, node } });
    });
    return 3_000;
  },
});

const schemes: readonly Scheme[] = [
  lostVote,
  rebornDecider,
  sameBallot,
  sameBallot,
  lonelyVote,
  hurry,
  hurry,
];

export function laySchemes(world: FaultWorld, random: SeededRandom): number {
  world.ambushes.push(random.pick(schemes)(world, random));
  return 0;
}
