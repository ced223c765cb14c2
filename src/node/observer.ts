/** Counts what the actors report: plain numbers, which the metrics read when somebody asks. */
import type { Logger } from 'pino';
import type { Observation } from '../actors/protocol/index.js';
import type { Observer } from '../actors/runtime/index.js';

export interface NodeCounts {
  visitsStarted: number;
  visitsExpired: number;
  eventsAccepted: number;
  eventsDuplicate: number;
  eventsRejected: number;
  engagementsBlocked: number;
  chatsOpened: number;
  cellsFailed: number;
  /** By `package` and `rule`, joined with a line break. */
  ruleFirings: Map<string, number>;
  ruleSuspensions: Map<string, number>;
  /** By queue option. */
  queues: Map<string, number>;
  /** By the reason of noengage or of a missed invitation. */
  queueReasons: Map<string, number>;
  chatsEnded: Map<string, number>;
}

export interface NodeObserver extends Observer {
  readonly counts: NodeCounts;
}

export function createNodeObserver(logger: Logger): NodeObserver {
  const counts: NodeCounts = {
    visitsStarted: 0,
    visitsExpired: 0,
    eventsAccepted: 0,
    eventsDuplicate: 0,
    eventsRejected: 0,
    engagementsBlocked: 0,
    chatsOpened: 0,
    cellsFailed: 0,
    ruleFirings: new Map(),
    ruleSuspensions: new Map(),
    queues: new Map(),
    queueReasons: new Map(),
    chatsEnded: new Map(),
  };

  function observe(fact: Observation): void {
    switch (fact.name) {
      case 'visitStarted':
        counts.visitsStarted++;
        break;
      case 'visitExpired':
        counts.visitsExpired++;
        break;
      case 'eventsTaken':
        counts.eventsAccepted += fact.count;
        counts.eventsDuplicate += fact.duplicates;
        break;
      case 'ruleFired':
        increase(counts.ruleFirings, `${fact.package}\n${fact.rule}`);
        break;
      case 'ruleSuspended':
        increase(counts.ruleSuspensions, `${fact.package}\n${fact.rule}`);
        logger.warn(
          { package: fact.package, rule: fact.rule, reason: fact.reason },
          'a rule was suspended for a visit',
        );
        break;
      case 'engagementBlocked':
        counts.engagementsBlocked++;
        break;
      case 'queueEntered':
        increase(counts.queues, fact.queue);
        if (fact.reason !== null) increase(counts.queueReasons, fact.reason);
        break;
      case 'chatOpened':
        counts.chatsOpened++;
        break;
      case 'chatEnded':
        increase(counts.chatsEnded, fact.reason);
        break;
    }
  }

  return {
    counts,
    observe,
    cellFailed(cell, error) {
      counts.cellsFailed++;
      logger.error({ err: error, cell }, 'a cell broke an invariant; it is read again from the store');
    },
    loadFailed: (cell, error) => logger.error({ err: error, cell }, 'a cell could not be read'),
  };
}

function increase(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
