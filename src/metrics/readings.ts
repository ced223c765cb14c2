// What the rows of the catalogue read: the node's own tallies, what other rooms tell of themselves, and the
// process.
import type { Tallies } from './tallies.js';
import type { ProcessFigures } from './process-probe.js';
import type { TimerFigures } from './event-timer.js';

/** The guide's figures of a cache. */
export interface CacheReading {
  readonly cacheSize: number;
  readonly evictionCount: number;
  readonly hitCount: number;
  readonly missCount: number;
  readonly loadSuccessCount: number;
  readonly loadExceptionCount: number;
  readonly totalLoadTimeNs: number;
  readonly isFull: boolean;
}

/** One port's totals and present sizes. */
export interface EdgeReading {
  readonly requests: number;
  readonly requestsInFlight: number;
  readonly requestsAborted: number;
  readonly pollsHeld: number;
  readonly webSockets: number;
  readonly webSocketsDroppedSlow: number;
  readonly answersCut: number;
  readonly connectionsRefused: number;
  readonly requestsRefused: number;
  readonly sessions: number;
  readonly subscriptions: number;
  readonly bayeux: {
    readonly messagesReceived: number;
    readonly messagesDelivered: number;
    readonly messagesDropped: number;
    readonly sessionsOpened: number;
    readonly sessionsExpired: number;
    readonly sessionsRefused: number;
    readonly sessionsOverflowed: number;
  };
}

/** One receiver of rows: the operational store, the search index. */
export interface SinkReading {
  readonly depth: number;
  readonly bytes: number;
  readonly spoolBytes: number;
  readonly isSpoolFull: boolean;
  readonly oldestAgeMs: number;
  readonly written: number;
  readonly failures: number;
  readonly refused: number;
  readonly damaged: number;
  readonly lastError: string | undefined;
  readonly isAway: boolean;
  readonly isFull: boolean;
}

/** The connection to a database server. */
export interface DatabaseReading {
  readonly nodes: number;
  readonly nodesConnected: number;
  readonly requestsInFlight: number;
}

export interface JournalReading {
  readonly bytes: number;
  readonly nextSeq: number;
  readonly committedSeq: number;
}

/** What a node knows of its cluster; see the rows in `catalogue/cluster.ts`. */
export interface ClusterReading {
  readonly epoch: number;
  readonly members: number;
  readonly peersReached: number;
  readonly leaseLeftMs: number;
  readonly served: number;
  readonly backed: number;
  readonly underReplicated: number;
  readonly moving: number;
  readonly unplaced: number;
  readonly copiesHeld: number;
  readonly logBytes: number;
  readonly copyBytes: number;
  readonly handOffs: number;
  readonly fromStore: number;
  readonly requestsHeld: number;
  readonly requestsDropped: number;
  /** By cause; undefined for one that has not come up. */
  readonly pauses: Readonly<Record<string, { p50Ms: number; p99Ms: number; maxMs: number } | undefined>>;
  readonly wireWaitingBytes: number;
  readonly wireDropped: number;
  readonly wireSentBytes: number;
  readonly wireReceivedBytes: number;
}

/** Where other rooms' figures come from; each is asked when the metrics are read, and may be absent. */
export interface MetricSources {
  /** By the guide's names of the caches. */
  caches(): Readonly<Record<string, CacheReading>>;
  /** Cells that want to be woken at some time. */
  deadlines(): number;
  /** By the ids of the ports. */
  edges(): Readonly<Record<string, EdgeReading>>;
  /** By the sinks' names. */
  sinks(): Readonly<Record<string, SinkReading>>;
  journal(): JournalReading;
  database(): DatabaseReading;
  /** Only in a cluster. */
  cluster(): ClusterReading;
}

/** What the sources told, each asked once; undefined for those that nobody watches. */
export type SourceReadings = {
  readonly [Name in keyof MetricSources]: ReturnType<MetricSources[Name]> | undefined;
};

export interface Readings {
  readonly tallies: Tallies;
  readonly timer: TimerFigures;
  readonly process: ProcessFigures;
  readonly sources: SourceReadings;
  /** Between the last two looks at the alarms, a chat was shorter than it may be. */
  readonly shortInteraction: boolean;
  /** Between the last two looks at the alarms, a request came that was meant for another node. */
  readonly misrouted: boolean;
}
