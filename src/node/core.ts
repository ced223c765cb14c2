/** The inside of a node: what it keeps its state in, the documents, the cells, and the door to them. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import {
  createRuntime,
  type DocumentSets,
  journalLog,
  openDocumentSets,
  type Runtime,
  type RuntimeOptions,
} from '../actors/runtime/index.js';
import type { Clock, Random } from '../base/index.js';
import { createRouting, type Routing } from '../cluster/index.js';
import { type Configuration, settingsOf } from '../config/index.js';
import { createDefaultPolicy } from '../strategy/index.js';
import type { Metrics } from '../metrics/index.js';
import {
  createPrivacy,
  eraseOnNode,
  type NodeErasure,
  openReceiptKey,
  type Privacy,
} from '../privacy/index.js';
import { type BacktestRuns, createBacktestRuns } from '../backtest/index.js';
import type { PushHub } from '../model/index.js';
import { type Cluster, openNodeCluster } from './cluster.js';
import { createPictureReader, type PictureReader } from './cluster-picture.js';
import type { ErasureTarget } from '../stores/index.js';
import { eraseEverywhere } from './erase-everywhere.js';
import { createNodeObserver } from './observer.js';
import { createSharedHub, type SharedHub } from './push.js';
import { openStorage, type Storage } from './storage.js';

/** Bytes of journal after which cells are written and the journal is freed. */
const checkpointBytes = 24 * 1024 * 1024;
/** How long each part of an erasure may take. */
const erasureTimeoutMs = 20_000;
/** Ended engagements remembered beyond their visits. */
const interactionsMax = 10_000;

export const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

export const random: Random = {
  id: () => randomBytes(16).toString('hex').toUpperCase(),
  fraction: () => Math.random(),
};

export interface Core {
  storage: Storage;
  documents: DocumentSets;
  runtime: Runtime;
  routing: Routing;
  /** All browsers of the cluster; edges of this node are added to it. */
  hub: SharedHub & { announce(channel: string): void };
  metrics: Metrics;
  backtests: BacktestRuns;
  privacy: Privacy;
  /** Undefined on a node alone. */
  cluster: Cluster | undefined;
  picture: PictureReader | undefined;
}

/**
 * Opens the storage and brings every cell to where it was; in a cluster, joins it. `notServing` says why
 * the node does not serve yet. What must be stopped later is added to `stops`.
 */
export async function startCore(
  configuration: Configuration,
  logger: Logger,
  metrics: Metrics,
  stops: (() => Promise<void> | void)[],
  notServing: () => string | undefined,
): Promise<Core> {
  const { options } = configuration;
  // The journal is there before the one that it reports to.
  const told: { inside?: Inside } = {};
  const storage = await openStorage(configuration, logger, {
    onCommitted: (seq) => told.inside?.committed(seq),
    onFailed: () => void told.inside?.failed(),
  });
  stops.push(() => storage.close());
  const { store, writeBehind } = storage;
  // Cells and documents are read from the store, so what an earlier process left in the spool goes there
  // first.
  const { spoolRows } = writeBehind.sinks.store ?? { spoolRows: 0 };
  if (spoolRows > 0) logger.info({ rows: spoolRows }, 'the spool goes to the store before anything else');
  await writeBehind.drained();
  const settings = settingsOf(options);
  const documents = await openDocumentSets({
    store,
    settings,
    policy: createDefaultPolicy(settings.invitation),
    domainSeparation: options.cep.domainSeparation,
    nowMs: () => clock.nowMs(),
  });
  const localHub = createSharedHub();
  const makeRuntime = (seams: Seams): Runtime =>
    createRuntime({ ...runtimeOptions(configuration, storage, documents, metrics, logger), ...seams });
  const cannotKeep = (): string | undefined => notServing() ?? storage.failure() ?? writeBehind.fullReason;
  const inside =
    configuration.nodes.length === 1
      ? await startAlone(makeRuntime, { storage, localHub, logger, notServing: cannotKeep })
      : await startTogether(makeRuntime, { configuration, storage, documents, localHub, logger, cannotKeep });
  told.inside = inside;
  stops.push(inside.stop);
  const { runtime, routing, cluster } = inside;
  const hub = { ...inside.hub, add: (edge: PushHub) => localHub.add(edge) };
  const backtests = createBacktestRuns({
    source: storage.source,
    separateByDomain: options.cep.domainSeparation,
    nowMs: () => clock.nowMs(),
    drained: () => writeBehind.drained(undefined, 10_000),
    onMessage: (owner, message) => hub.publish(`/backtest/${owner}`, message),
  });
  stops.push(() => backtests.close());
  const privacy = await openPrivacy(configuration, storage, inside);
  const picture =
    cluster === undefined ? undefined : createPictureReader(configuration, cluster, () => clock.nowMs());
  return { storage, documents, runtime, routing, hub, metrics, backtests, privacy, cluster, picture };
}

/** Where a runtime of one node differs from one of a cluster's. */
type Seams = Pick<RuntimeOptions, 'log' | 'hub'> & Partial<Pick<RuntimeOptions, 'forward'>>;

/** A runtime in its surroundings. */
interface Inside {
  runtime: Runtime;
  routing: Routing;
  hub: PushHub & { announce(channel: string): void };
  cluster: Cluster | undefined;
  committed(seq: number): void;
  /** The journal can be written no more. */
  failed(): Promise<void>;
  stop(): Promise<void>;
}

async function openPrivacy(
  configuration: Configuration,
  { store, writeBehind, journal }: Storage,
  { runtime, routing, cluster }: Inside,
): Promise<Privacy> {
  const erasing = {
    runtime,
    writeBehind,
    journal,
    partitions: () => runtime.served(),
    timeoutMs: erasureTimeoutMs,
    monotonicMs: () => clock.monotonicMs(),
  };
  const eraseHere = (target: ErasureTarget, leavesStore = false): Promise<NodeErasure> =>
    eraseOnNode(target, erasing, leavesStore);
  return createPrivacy({
    store,
    writeBehind,
    routing,
    erase: cluster === undefined ? eraseHere : eraseEverywhere(configuration, cluster, eraseHere),
    key: await openReceiptKey(configuration.options.beckon.dataFolder),
    node: configuration.node.application,
    clock,
  });
}

function runtimeOptions(
  { options }: Configuration,
  { store, writeBehind }: Storage,
  documents: DocumentSets,
  metrics: Metrics,
  logger: Logger,
): Omit<RuntimeOptions, keyof Seams> {
  const { cellsMax, cellIdleTime } = options.beckon;
  return {
    store,
    writeBehind,
    documents,
    clock,
    observer: createNodeObserver(metrics, logger),
    cacheSizes: { visitsMax: cellsMax, eventsMax: cellsMax, sessionsMax: cellsMax, interactionsMax },
    idleMs: cellIdleTime * 1_000,
    checkpointBytes,
  };
}

async function startAlone(
  makeRuntime: (seams: Seams) => Runtime,
  {
    storage: { journal },
    localHub,
    logger,
    notServing,
  }: { storage: Storage; localHub: SharedHub; logger: Logger; notServing: () => string | undefined },
): Promise<Inside> {
  const runtime = makeRuntime({ log: journalLog(journal), hub: localHub });
  const summary = await runtime.recover(journal.replay());
  logger.info(summary, 'the journal has been replayed');
  runtime.start();
  return {
    runtime,
    routing: createRouting({ runtime, notServing }),
    // Every browser is connected here.
    hub: { ...localHub, announce: () => undefined },
    cluster: undefined,
    committed: (seq) => runtime.stable(0, seq),
    failed: () => Promise.resolve(),
    stop: () => runtime.stop(),
  };
}

interface TogetherOptions {
  configuration: Configuration;
  storage: Storage;
  documents: DocumentSets;
  localHub: SharedHub;
  logger: Logger;
  cannotKeep: () => string | undefined;
}

async function startTogether(
  makeRuntime: (seams: Seams) => Runtime,
  { configuration, storage, documents, localHub, logger, cannotKeep }: TogetherOptions,
): Promise<Inside> {
  const { journal } = storage;
  let runtime: Runtime | undefined;
  const cluster = await openNodeCluster(
    { configuration, journal, localHub, clock, random, logger, notServing: cannotKeep },
    (seams) => {
      runtime = makeRuntime(seams);
      return Promise.resolve({ runtime, documents });
    },
  );
  const started = runtime as unknown as Runtime;
  started.start();
  cluster.start();
  return {
    runtime: started,
    routing: cluster.routing,
    hub: cluster.hub,
    cluster,
    committed: (seq) => cluster.journalled(seq),
    failed: () => cluster.withdraw(),
    async stop() {
      // First what is served goes to the others, then this node may leave without anyone waiting for it.
      await cluster.stop();
      started.abandon();
      await started.stop();
    },
  };
}
