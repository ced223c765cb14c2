// Chains of faults that are made to break one rule of the protocol each: what a model checker found once, the
// simulator tries again and again against the real machines.
import type { MemberEffect } from '../../src/cluster/member/index.js';
import type { Ambush } from './ambush.js';
import { canLose, cutFor, linksOf, othersOf, rebirth, upNodes, type Link, type Way } from './fault-acts.js';
import type { FaultWorld } from './faults.js';
import { deafen, feed, type SimNode, type SimProcess } from './node.js';
import { orderDrain } from './operators.js';
import type { SeededRandom } from './random.js';

interface Scheme {
  /** Why there will be a view to strike at: anything; or the scheme brings it about itself. */
  reason: 'any' | 'own';
  /** The first strike; it lays what follows. */
  lay(world: FaultWorld, random: SeededRandom): FirstStrike;
}

type FirstStrike = Omit<Ambush, 'untilMs' | 'timing'> & Partial<Pick<Ambush, 'timing'>>;

/** How long the instant of a first strike is waited for. */
const windowMs = 4_000;

/** A later strike of a scheme, at the next such instant within `forMs`. */
function then(world: FaultWorld, forMs: number, strike: Omit<FirstStrike, 'skip'>): void {
  world.ambushes.push({
    timing: 'after',
    skip: 0,
    untilMs: world.scheduler.nowMs + forMs,
    ...strike,
  });
}

function targetOf(effect: MemberEffect): string {
  return effect.kind === 'send' ? effect.to : '';
}

const isToAnother = (process: SimProcess, effect: MemberEffect): boolean =>
  targetOf(effect) !== process.self.name;

/** Nobody hears the node for a while (`out`), or it is alone. */
function silence(world: FaultWorld, name: string, forMs: number, way: Way): number {
  const text = way === 'out' ? `scheme: ${name} is not heard` : `scheme: ${name} is cut off`;
  return cutFor(world, forMs, linksOf(world, name, way), text);
}

/** Dies without what was not fsynced, perhaps without its disk, and is back at once. */
function forget(world: FaultWorld, node: SimNode, wipe: boolean, downMs: number): void {
  if (node.process === undefined || (wipe && !canLose(world, node))) return;
  rebirth(world, node, downMs, { wipe, lost: 'all' });
}

/**
 * A vote is on its way to the proposer, which will decide with it and not be heard; or nobody hears of newer
 * epochs. The voter forgets what it can.
 */
const lostVote: Scheme = {
  reason: 'any',
  lay: (world, random) => ({
    name: 'the vote that decides is forgotten',
    moment: 'accepted',
    skip: random.pick([0, 0, 1]),
    isMeant: isToAnother,
    strike(process, effect) {
      const forMs = random.between(2_000, 6_000);
      const proposer = targetOf(effect);
      if (random.chance(0.5)) silence(world, proposer, forMs, 'out');
      else hideDecision(world, random, process.self.name, proposer);
      const memory = random.pick(['whole', 'unsynced', 'unsynced', 'wiped', 'wiped']);
      if (memory !== 'whole') forget(world, process.node, memory === 'wiped', random.between(20, 200));
      return forMs;
    },
  }),
};

/** The voter hears of it when a successor may begin; whoever else held a lease before, later. */
function hideDecision(world: FaultWorld, random: SeededRandom, voter: string, proposer: string): void {
  const { leaseMs } = world.settings;
  const voterMs = random.between(0.8, 2.2) * leaseMs;
  for (const name of othersOf(world, proposer)) {
    deafen(world, name, name === voter ? voterMs : voterMs + random.between(0.5, 2) * leaseMs);
  }
}

/** Who decided alone loses its disk, and votes again with those who have not heard of it. */
const rebornDecider: Scheme = {
  reason: 'any',
  lay: (world, random) => ({
    name: 'the proposer will decide unheard and be wiped',
    moment: 'accepted',
    skip: 0,
    isMeant: isToAnother,
    strike(voter, effect) {
      const proposer = targetOf(effect);
      silence(world, proposer, 100, 'out');
      const isProposer = (process: SimProcess): boolean => process.self.name === proposer;
      then(world, 500, {
        name: 'who has decided is wiped',
        moment: 'installed',
        isMeant: isProposer,
        strike(process) {
          forget(world, process.node, true, random.between(110, 200));
          then(world, 3_000, {
            name: 'the voter who knows better is cut off',
            moment: 'prepare',
            timing: 'before',
            isMeant: isProposer,
            strike: () => silence(world, voter.self.name, 4_000, 'both'),
          });
          return 3_000;
        },
      });
      return 500;
    },
  }),
};

/**
 * A proposal reaches one node only, which is alone until its proposer, begun anew, has decided something else
 * that nobody hears of: is it another ballot? Then the one node is the first to try to complete what it has.
 */
const sameBallot: Scheme = {
  reason: 'any',
  lay: (world, random) => ({
    name: 'an accept reaches one node, and its proposer begins anew',
    moment: 'accept',
    skip: 0,
    isMeant: isToAnother,
    strike(process, effect) {
      const proposer = process.self.name;
      const reached = targetOf(effect);
      const rest = othersOf(world, proposer).filter((name) => name !== reached);
      const links = linksOf(world, proposer, 'out').filter(([, to]) => to !== reached);
      cutFor(world, 20, links, 'scheme: the rest hears nothing');
      // They would notice the restart, and propose something themselves.
      for (const name of rest) world.detector.doubt(name, proposer, world.scheduler.nowMs + 1_200);
      const aloneMs = random.between(800, 3_000);
      then(world, 200, {
        name: 'who has accepted is alone with it',
        moment: 'accepted',
        timing: 'before',
        isMeant: (voter) => voter.self.name === reached,
        strike: () => silence(world, reached, aloneMs, 'both'),
      });
      forget(world, process.node, world.nodes.size > 3 && random.chance(0.5), random.between(20, 100));
      then(world, 3_000, {
        name: 'the second decision is not heard',
        moment: 'accepted',
        isMeant: (voter, vote) => targetOf(vote) === proposer && rest.includes(voter.self.name),
        strike() {
          for (const [from, to] of linksOf(world, reached, 'both')) world.network.mend(from, to);
          return silence(world, proposer, 5_000, 'out');
        },
      });
      return 3_000;
    },
  }),
};

/** One vote decides, the others know nothing of it, and the voter forgets that it stopped acknowledging. */
const lonelyVote: Scheme = {
  reason: 'any',
  lay: (world, random) => ({
    name: 'one vote decides, and the others go on',
    moment: 'accept',
    timing: 'before',
    skip: random.pick([0, 0, 1]),
    isMeant: isToAnother,
    strike(process, effect) {
      const proposer = process.self.name;
      const voter = targetOf(effect);
      const links = linksOf(world, proposer, 'out').filter(([, to]) => to !== voter);
      cutFor(world, 4_000, links, 'scheme: the others do not hear of it');
      then(world, 500, {
        name: 'the voter forgets',
        moment: 'accepted',
        isMeant: (one, vote) => one.self.name === voter && targetOf(vote) === proposer,
        strike(one) {
          hideDecision(world, random, voter, proposer);
          forget(world, one.node, random.chance(0.7), random.between(20, 200));
          return 4_000;
        },
      });
      return 4_000;
    },
  }),
};

/**
 * Two views in a hurry, while a node that both leave out holds a lease from before: its heartbeats are
 * acknowledged until the first of them, of which it hears nothing.
 */
const hurry: Scheme = {
  reason: 'own',
  lay(world, random) {
    const outsider = random.pick([...world.nodes.keys()]);
    for (const by of othersOf(world, outsider)) {
      world.detector.doubt(by, outsider, world.scheduler.nowMs + windowMs);
    }
    deafen(world, outsider, windowMs + 2_000);
    return {
      name: 'another view follows at once, unheard by those outside',
      moment: 'installed',
      skip: 0,
      isMeant: (_, effect) =>
        effect.kind === 'installed' && effect.view.members.every(({ name }) => name !== outsider),
      strike(process, effect) {
        if (effect.kind !== 'installed') return 0;
        const { draining, members } = effect.view;
        const node = random.pick(members).name;
        const kind = draining.includes(node) ? 'undrain' : 'drain';
        world.scheduler.after(random.between(0, 200), () => {
          if (process.isUp) feed(world, process, { kind: 'operator', id: 3, command: { kind, node } });
        });
        return 3_000;
      },
    };
  },
};

/**
 * A server is not heard by its copy, though others reach both; views come that do not help; and then the
 * server is gone, at the latest before the silence is reported, at the soonest when it acknowledges what the
 * copy can not have. One node has failed: what it has acknowledged must be somewhere.
 */
export function loseServerBehindDeadLink(world: FaultWorld, random: SeededRandom): number | undefined {
  if (world.nodes.size < 3) return undefined;
  const pairs = upNodes(world).flatMap(({ name, process }) =>
    [...(process?.machine.member?.partitions.services.values() ?? [])].flatMap(({ copies }) =>
      copies.filter(({ phase }) => phase === 'sync').map(({ node }) => ({ server: name, copy: node })),
    ),
  );
  if (pairs.length === 0 || random.chance(0.2)) return undefined;
  const { server, copy } = random.pick(pairs);
  const process = world.nodes.get(server)?.process;
  const endMs = world.settings.silentMs * random.between(0.7, 0.9);
  // Unheard itself, the server could not decide where it is the ring's owner, and would not serve at all.
  const links: Link[] = [[server, copy]];
  if (random.chance(0.1)) links.push([copy, server]);
  cutFor(world, endMs, links, 'scheme: dead link');
  world.detector.overlook(server, copy, world.scheduler.nowMs + endMs);
  orderTwoViews(world, random.pick([...world.nodes.keys()].filter((name) => ![server, copy].includes(name))));
  const downMs = random.between(2_000, 4_000);
  let isOver = false;
  const lose = (): void => {
    if (!isOver && process?.isUp === true) rebirth(world, process.node, downMs, { wipe: false, lost: 'all' });
    isOver = true;
  };
  then(world, endMs, {
    name: 'a view without the copy: the server is not lost too',
    moment: 'installed',
    isMeant: (_, effect) =>
      effect.kind === 'installed' && effect.view.members.every(({ name }) => name !== copy),
    strike() {
      isOver = true;
      return 0;
    },
  });
  then(world, endMs, {
    name: 'who goes on alone is lost',
    moment: 'stable',
    isMeant: (one, effect) => one === process && effect.kind === 'stable' && isAlone(one, effect.partition),
    strike() {
      // Not before the client has its answer.
      world.scheduler.after(random.between(10, 100), lose);
      return downMs;
    },
  });
  world.scheduler.after(endMs - 20, lose);
  return endMs + downMs;
}

/** An order and its opposite: views at once, which all nodes take part in. */
function orderTwoViews(world: FaultWorld, node: string): void {
  const isDraining = world.checks.newest?.draining.includes(node) === true;
  const kinds = isDraining ? (['undrain', 'drain'] as const) : (['drain', 'undrain'] as const);
  kinds.forEach((kind, index) =>
    world.scheduler.after(index * 700, () => world.operators.order({ kind, node })),
  );
}

/** Serves without a copy that counts. */
function isAlone({ machine }: SimProcess, partition: number): boolean {
  const service = machine.member?.partitions.services.get(partition);
  return service?.copies.every(({ phase }) => phase === 'filling') === true;
}

/** A scheme may stand here twice: it is drawn so much more often. */
const schemes: readonly Scheme[] = [
  lostVote,
  rebornDecider,
  sameBallot,
  sameBallot,
  lonelyVote,
  hurry,
  hurry,
];

/** Lays one of them, mostly with a reason for the view at which it strikes. */
export function layScheme(world: FaultWorld, random: SeededRandom): void {
  const { reason, lay } = random.pick(schemes);
  then(world, windowMs, lay(world, random));
  if (reason === 'any' && world.checks.newest !== undefined && random.chance(0.7)) giveReason(world, random);
}

/** An order, or a node that is held for dead. */
function giveReason(world: FaultWorld, random: SeededRandom): void {
  if (random.chance(0.5)) {
    orderDrain(world, random);
    return;
  }
  const gone = random.pick([...world.nodes.keys()]);
  for (const by of othersOf(world, gone)) world.detector.doubt(by, gone, world.scheduler.nowMs + 3_000);
  if (random.chance(0.7)) deafen(world, gone, 4_000);
}
