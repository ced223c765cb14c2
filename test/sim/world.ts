// One simulated cluster from its start to the calm after its faults, by seed.
import type { MemberEffect } from '../../src/cluster/member/index.js';
import { type View } from '../../src/cluster/identity.js';
import { currentView } from '../../src/cluster/view/index.js';
import { checkBounds } from './bounds.js';
import { createCells, type Cells } from './cells.js';
import { createClients, type Clients } from './clients.js';
import { createDetector } from './detector.js';
import { springAmbush } from './ambush.js';
import { canDecide } from './fault-acts.js';
import { beginFault, calm, faultNames, type FaultWorld } from './faults.js';
import { createMemberMachine, createViewMachine } from './machine.js';
import { checkCopies, whyPartitionsUnsettled } from './partition-checks.js';
import { createNetwork, fairWeather } from './network.js';
import { createNode, feed, startNode, type SimNode, type SimProcess } from './node.js';
import { attend, createOperators } from './operators.js';
import { drawPlan, type Plan } from './plan.js';
import { createPromiseChecks, type PromiseChecks } from './promise-checks.js';
import { createRandom } from './random.js';
import { createScheduler } from './scheduler.js';
import { createStore } from './store.js';
import { createTimeline } from './timeline.js';
import { createViewChecks, Violation, whyViewsUnsettled } from './view-checks.js';

export interface SimOptions {
  seed: number;
  /** Sees every line of the timeline. */
  onLine?: (line: string) => void;
  /** The view machines alone, without partitions. */
  viewsOnly?: boolean;
}

export interface SimResult {
  seed: number;
  plan: Plan;
  /** Undefined: every promise was kept. */
  failure: string | undefined;
  /** The last lines before the failure. */
  timeline: string[];
  endedMs: number;
  epochs: number;
  acknowledged: number;
  lost: number;
}

/** After the faults everything must be well again within this time. */
const healMs = 40_000;

/** In worlds of one failure at a time, this long is waited for the repair before the next one. */
const repairMs = 30_000;

export function runSeed({ seed, onLine, viewsOnly = false }: SimOptions): SimResult {
  const random = createRandom(seed);
  const plan = drawPlan(random.fork(), viewsOnly, faultNames);
  const scheduler = createScheduler();
  const timeline = createTimeline(() => scheduler.nowMs, onLine);
  const network = createNetwork(scheduler, random.fork());
  const checks = createViewChecks();
  const store = createStore(scheduler, random.fork());
  const promises = createPromiseChecks(plan, store);
  const placements = new Map<SimProcess, Map<number, string>>();
  const names = Array.from({ length: plan.nodeCount }, (_, index) => `n${index + 1}`);
  const nodes = new Map(
    names.map((name, index): [string, SimNode] => [name, createNode(name, `h${index % plan.hostCount}`)]),
  );

  const partial = {
    scheduler,
    network,
    timeline,
    random: random.fork(),
    settings: plan.settings,
    nodes,
    configured: names,
    drifts: plan.drifts,
    ambushes: [],
    ambushRandom: random.fork(),
    isCalm: false,
    quietAtMs: 0,
    pauses: 0,
    crashPoints: 0,
    deaf: new Map(),
    pausesStop: plan.mode === 'any',
    plan,
    checks,
    store,
    createMachine: viewsOnly ? createViewMachine : createMemberMachine,
    onEffect: (process: SimProcess, effect: MemberEffect) => onEffect(process, effect),
    onStep: (process: SimProcess) => {
      checkBounds(process, world.operators.nodesMade);
      const all = [...nodes.values()];
      checks.check(all);
      promises.check(all);
    },
    beforeEffect: (process: SimProcess, effect: MemberEffect) =>
      springAmbush(world, process, effect, 'before'),
    afterEffect: (process: SimProcess, effect: MemberEffect) => springAmbush(world, process, effect, 'after'),
    onEffects: (process: SimProcess, effects: readonly MemberEffect[]) => promises.decided(process, effects),
    onStart: (process: SimProcess) => {
      placements.set(process, new Map());
      world.detector.watch(process);
    },
    onEnd: (process: SimProcess) => void placements.delete(process),
  };
  const world = partial as unknown as FaultWorld;
  Object.assign(world, {
    detector: createDetector(world, { deadMs: 700, sampleMs: 150, seesLinks: plan.seesLinks }),
    operators: createOperators(world, random.fork(), plan.nodeCount),
  });
  attend(world);
  const cells = createCells(world, store, promises);

  function onEffect(process: SimProcess, effect: MemberEffect): void {
    const who = process.self.name;
    switch (effect.kind) {
      case 'installed':
        checks.installed(process, effect.view);
        cells.suspend(process);
        timeline.say(who, `installs ${viewText(effect.view)}`);
        break;
      case 'serve':
        timeline.say(
          who,
          `serves ${effect.partition} in epoch ${effect.epoch}.${effect.grant} from ${effect.baseSeq} ` +
            `with ${effect.entries.length}${effect.resumed ? ' (goes on)' : ''}` +
            (effect.doubtful ? ' (doubtful)' : ''),
        );
        cells.serve(process, effect);
        break;
      case 'cease':
        timeline.say(who, `ceases ${effect.partition}`);
        cells.cease(process, effect.partition);
        break;
      case 'stable':
        cells.stable(process, effect.partition, effect.seq);
        break;
      case 'resubmit':
        timeline.say(who, `is given ${effect.entries.length} inputs of ${effect.partition} again`);
        cells.resubmit(process, effect.partition, effect.entries);
        break;
      case 'checkpoint':
        cells.save(process, effect.partition);
        break;
      case 'placed':
        for (const { partition, server } of effect.changes) {
          if (server === null) placements.get(process)?.delete(partition);
          else placements.get(process)?.set(partition, server);
        }
        break;
      case 'alarm':
      case 'clear':
        timeline.say(who, `${effect.kind} ${effect.alarm}: ${effect.text}`);
        break;
      case 'operatorReply':
        timeline.say(who, `answers the operator: ${effect.ok ? 'done' : 'refused'}, ${effect.text}`);
        world.operators.answered(process, effect.id, effect.ok);
        break;
      case 'left':
        timeline.say(who, 'has written down what it holds');
        world.operators.left(process);
        break;
      default:
        break;
    }
  }

  const clients = createClients(
    world,
    random.fork(),
    cells,
    (edge, partition) => placements.get(edge)?.get(partition),
    viewsOnly ? 0 : plan.clientCount,
    promises,
  );
  const whyUnsettled = () =>
    whyStalled(world) ??
    whyViewsUnsettled([...nodes.values()]) ??
    whyPartitionsUnsettled([...nodes.values()]) ??
    cells.documents.whyUnsettled();

  const watchCopies = () => {
    checkCopies([...nodes.values()]);
    scheduler.after(500, watchCopies);
  };
  watchCopies();

  const story = { world, clients, whyUnsettled, promises, cells, random: random.fork() };
  let failure: string | undefined;
  try {
    play(story, plan);
  } catch (error) {
    failure = error instanceof Violation ? error.message : String((error as Error).stack);
  }
  return {
    seed,
    plan,
    failure,
    timeline: timeline.lines(),
    endedMs: scheduler.nowMs,
    epochs: checks.newest?.epoch ?? 0,
    acknowledged: clients.all.reduce((sum, { done }) => sum + done, 0),
    lost: promises.lostCount,
  };
}

/** A node that stands still keeps the looks of a settled one until its lease is over. */
function whyStalled({ nodes, scheduler }: FaultWorld): string | undefined {
  for (const { name, process } of nodes.values()) {
    if ((process?.stalledUntilMs ?? 0) > scheduler.nowMs) return `${name} stands still`;
  }
  return undefined;
}

function viewText({ epoch, members, draining }: View): string {
  const who = members.map(({ name, boot }) => `${name}/${boot}`).join(' ');
  return `view ${epoch}: ${who}${draining.length > 0 ? `, draining ${draining.join(' ')}` : ''}`;
}

interface Story {
  world: FaultWorld;
  clients: Clients;
  whyUnsettled(): string | undefined;
  promises: PromiseChecks;
  cells: Cells;
  random: ReturnType<typeof createRandom>;
}

/** Runs until `isOver`, looked at every `everyMs`; false when the time was not enough. */
function runUntil(world: FaultWorld, forMs: number, isOver: () => boolean): boolean {
  const endMs = world.scheduler.nowMs + forMs;
  const everyMs = 100;
  for (let nextMs = world.scheduler.nowMs; world.scheduler.nowMs < endMs;) {
    if (world.scheduler.nowMs >= nextMs) {
      if (isOver()) return true;
      nextMs = world.scheduler.nowMs + everyMs;
    }
    world.scheduler.runNext();
  }
  return isOver();
}

function play(story: Story, plan: Plan): void {
  const { world, clients, random, whyUnsettled } = story;
  const { scheduler, timeline } = world;
  timeline.say(
    'world',
    `${plan.mode}, ${plan.focus}, ${plan.nodeCount} nodes on ${plan.hostCount} hosts, ` +
      JSON.stringify(plan.weather),
  );
  for (const node of world.nodes.values()) {
    scheduler.after(random.between(0, 1_500), () => {
      if (node.process === undefined) startNode(world, node);
    });
  }
  world.network.weather = plan.early ? plan.weather : fairWeather;
  if (!plan.early) {
    runUntil(world, 20_000, () => whyUnsettled() === undefined);
    const reason = whyUnsettled();
    if (reason !== undefined) throw new Violation(`formation: ${reason}`);
  }
  timeline.say('world', 'faults begin');
  world.network.weather = plan.weather;
  world.pauses = plan.pauses;
  world.crashPoints = plan.crashPoints;
  const endMs = scheduler.nowMs + plan.faultsMs;
  while (scheduler.nowMs < endMs) {
    const lastsMs = beginFault(world, random);
    if (plan.mode === 'strict') {
      runUntil(world, lastsMs + 100, () => false);
      runUntil(world, 60_000, () => scheduler.nowMs > world.quietAtMs);
      runUntil(world, repairMs, () => whyUnsettled() === undefined);
      const reason = whyUnsettled();
      if (reason !== undefined) throw new Violation(`repair: ${reason}`);
    } else runUntil(world, random.pick([200, 1_000, 3_000]) * random.fraction(), () => false);
  }
  calm(world);
  let helpAtMs = scheduler.nowMs + 8_000;
  runUntil(world, healMs, () => {
    if (scheduler.nowMs >= helpAtMs) {
      helpAtMs = scheduler.nowMs + 10_000;
      callOperator(story);
    }
    return whyUnsettled() === undefined;
  });
  const reason = whyUnsettled();
  if (reason !== undefined) throw new Violation(`convergence: ${reason}`);
  clients.stop();
  runUntil(world, 10_000, () => clients.waiting() === 0);
  if (clients.waiting() > 0) throw new Violation(`convergence: ${clients.waiting()} inputs are not answered`);
  story.promises.checkEnd([...world.nodes.values()], story.cells);
}

/** What an operator would do where the status says that only an operator can. */
function callOperator({ world }: Story): void {
  const nodes = [...world.nodes.values()];
  const names = [...world.nodes.keys()];
  const knowing = nodes
    .flatMap(({ process }) => {
      const view = process && currentView(process.machine.view);
      return process === undefined || view === undefined ? [] : [{ process, view }];
    })
    .sort((one, other) => other.view.epoch - one.view.epoch)[0];
  if (knowing === undefined) {
    const process = nodes.find((node) => node.process !== undefined)?.process;
    if (process !== undefined)
      feed(world, process, { kind: 'operator', id: 1, command: { kind: 'init', nodes: names } });
    return;
  }
  if (canDecide(nodes, knowing.view)) return;
  world.checks.allowRecovery();
  feed(world, knowing.process, { kind: 'operator', id: 2, command: { kind: 'recover', nodes: names } });
}
