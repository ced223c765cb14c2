/** The inside of a node: what it keeps its state in, the documents, the cells, and the door to them. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import {
  createRuntime,
  type DocumentSets,
  journalLog,
  openDocumentSets,
  type Runtime,
} from '../actors/runtime/index.js';
import type { Clock, Random } from '../base/index.js';
import { createRouting, type Routing } from '../cluster/index.js';
import { type Configuration, settingsOf } from '../config/index.js';
import { createDefaultPolicy } from '../strategy/index.js';
import type { Metrics } from '../metrics/index.js';
import { createPrivacy, eraseOnNode, openReceiptKey, type Privacy } from '../privacy/index.js';
import { type BacktestRuns, createBacktestRuns } from '../backtest/index.js';
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
  hub: SharedHub;
  metrics: Metrics;
  backtests: BacktestRuns;
  privacy: Privacy;
}

/**
 * Opens the storage and brings every cell to where it was. `notServing` says why the node does not serve yet.
 * What must be stopped later is added to `stops`.
 */
export async function startCore(
  configuration: Configuration,
  logger: Logger,
  metrics: Metrics,
  stops: (() => Promise<void> | void)[],
  notServing: () => string | undefined,
): Promise<Core> {
  const { options } = configuration;
  // The journal is there before the runtime that it reports to.
  let committed: (seq: number) => void = () => undefined;
  const storage = await openStorage(configuration, logger, (seq) => committed(seq));
  stops.push(() => storage.close());
  const { store, writeBehind, journal } = storage;
  // Cells and documents are read from the store, so what an earlier process left in the spool goes there first.
  const { spoolRows } = writeBehind.sinks.store ?? { spoolRows: 0 };
  if (spoolRows > 0)
    logger.info({ rows: spoolRows }, 'the spool is written to the store before anything else');
  await writeBehind.drained();
  const settings = settingsOf(options);
  const documents = await openDocumentSets({
    store,
    settings,
    policy: createDefaultPolicy(settings.invitation),
    domainSeparation: options.cep.domainSeparation,
    nowMs: () => clock.nowMs(),
  });
  const hub = createSharedHub();
  const observer = createNodeObserver(metrics, logger);
  const { cellsMax, cellIdleTime } = options.beckon;
  const runtime = createRuntime({
    store,
    writeBehind,
    log: journalLog(journal),
    documents,
    hub,
    clock,
    observer,
    cacheSizes: { visitsMax: cellsMax, eventsMax: cellsMax, sessionsMax: cellsMax, interactionsMax },
    idleMs: cellIdleTime * 1_000,
    checkpointBytes,
  });
  committed = (seq) => runtime.stable(0, seq);
  const summary = await runtime.recover(journal.replay());
  logger.info(summary, 'the journal has been replayed');
  runtime.start();
  stops.push(() => runtime.stop());
  const routing = createRouting({
    runtime,
    notServing: () => notServing() ?? storage.failure() ?? writeBehind.fullReason,
  });
  const backtests = createBacktestRuns({
    source: storage.source,
    separateByDomain: options.cep.domainSeparation,
    nowMs: () => clock.nowMs(),
    drained: () => writeBehind.drained(undefined, 10_000),
    onMessage: (owner, message) => hub.publish(`/backtest/${owner}`, message),
  });
  stops.push(() => backtests.close());
  const privacy = createPrivacy({
    store,
    writeBehind,
    routing,
    erase: (target) =>
      eraseOnNode(target, {
        runtime,
        writeBehind,
        journal,
        partitions: () => [0],
        timeoutMs: erasureTimeoutMs,
        monotonicMs: () => clock.monotonicMs(),
      }),
    key: await openReceiptKey(options.beckon.dataFolder),
    node: configuration.node.application,
    clock,
  });
  return { storage, documents, runtime, routing, hub, metrics, backtests, privacy };
}
