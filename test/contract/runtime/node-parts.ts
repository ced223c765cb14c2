/** The inside of a node over a real journal and a real store, without its ports. */
import { join } from 'node:path';
import { engagementAddress, visitAddress, type Address } from '../../../src/actors/protocol/index.js';
import {
  type CacheSizes,
  createRuntime,
  type DocumentSets,
  journalLog,
  openDocumentSets,
  type Runtime,
} from '../../../src/actors/runtime/index.js';
import { decodeEvents, encodeEvents, type VisitorEvent } from '../../../src/model/index.js';
import {
  createWriteBehind,
  type EmbeddedStore,
  openEmbeddedStore,
  openJournal,
} from '../../../src/stores/index.js';
import { createDefaultPolicy, type EngagementPolicy } from '../../../src/strategy/index.js';
import { settings } from '../../unit/actors/world.js';

export interface NodeParts {
  runtime: Runtime;
  documents: DocumentSets;
  store: EmbeddedStore;
  replayed: number;
  failures: { cell: string; error: unknown }[];
  ask(to: Address, input: Parameters<Runtime['command']>[1]): Promise<unknown>;
  send(visitID: string, ...events: VisitorEvent[]): Promise<unknown>;
  /** Ids of the visit's stored events, in order. */
  stored(visitID: string): Promise<string[]>;
  disposition(visitID: string, interactionId: string, code: 'accept' | 'reject'): Promise<unknown>;
  /** Stops without writing anything more: what only memory had is gone. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export interface PartsOptions {
  folder: string;
  cacheSizes?: Partial<CacheSizes>;
  idleMs?: number;
  policy?: EngagementPolicy;
  checkpointBytes?: number;
}

export async function openParts(options: PartsOptions): Promise<NodeParts> {
  const store = await openEmbeddedStore({ file: join(options.folder, 'store.sqlite') });
  let committed: (seq: number) => void = () => undefined;
  const journal = await openJournal({
    folder: join(options.folder, 'journal'),
    segmentBytesMax: 64 * 1024,
    onCommitted: (seq) => committed(seq),
    onFailed: (error) => {
      throw error;
    },
  });
  const writeBehind = await createWriteBehind({ store, onRefused: () => undefined });
  const policy = options.policy ?? createDefaultPolicy(settings.invitation);
  const documents = await openDocumentSets({
    store,
    settings,
    policy,
    domainSeparation: false,
    nowMs: () => Date.now(),
  });
  const failures: NodeParts['failures'] = [];
  const fail = (cell: string, error: unknown): void => void failures.push({ cell, error });
  const running = createRuntime({
    store,
    writeBehind,
    log: journalLog(journal),
    documents,
    hub: { publish: () => undefined, hasSubscribers: () => false },
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    observer: { observe: () => undefined, cellFailed: fail, loadFailed: fail },
    cacheSizes: {
      visitsMax: 1_000,
      eventsMax: 1_000,
      sessionsMax: 1_000,
      interactionsMax: 100,
      ...options.cacheSizes,
    },
    idleMs: options.idleMs ?? 60_000,
    checkpointBytes: options.checkpointBytes ?? 1e9,
  });
  committed = (seq) => running.stable(0, seq);
  const { replayed } = await running.recover(journal.replay());
  running.start();

  const ask: NodeParts['ask'] = (to, input) =>
    new Promise((resolve, reject) => {
      running.command(to, input, (outcome) => {
        if (outcome.ok) resolve(outcome.value);
        else reject(outcome.error);
      });
    });

  return {
    runtime: running,
    documents,
    store,
    replayed,
    failures,
    ask,
    send: (visitID, ...events) => {
      const bytes = encodeEvents(visitID, events[0]?.globalVisitID ?? '', events);
      return ask(visitAddress(visitID), { kind: 'receiveEvents', events, bytes });
    },
    async stored(visitID) {
      await writeBehind.drained();
      const segments = await store.readEvents(visitID);
      return segments.flatMap(({ bytes }) => decodeEvents(visitID, bytes).map((event) => event.eventID));
    },
    disposition: (visitID, interactionId, code) =>
      ask(engagementAddress(visitID, interactionId), { kind: 'takeDisposition', code }),
    async crash() {
      await store.close();
      await journal.close();
      await writeBehind.close(0);
      running.halt();
    },
    async stop() {
      await running.stop();
      await writeBehind.close(5_000);
      await journal.close();
      await store.close();
    },
  };
}
