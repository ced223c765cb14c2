/** Does what a turn wants done, once its input is stable. */
import { AppError } from '../../base/index.js';
import {
  type EngagementResource,
  eventResource,
  type MonitorMessage,
  type PushHub,
  type VisitorEvent,
} from '../../model/index.js';
import type { Row } from '../../stores/index.js';
import type { CellEffect } from '../cell/index.js';
import { type ActorInput, type Address, monitorChannel, type Observation } from '../protocol/index.js';
import type { Done } from './activation.js';
import type { CountedCache } from './cache.js';
import type { DocumentSets } from './document-sets.js';

/** Where facts are counted and defects are told. */
export interface Observer {
  observe(fact: Observation): void;
  /** A step threw: the cell is dropped and read again from the store. */
  cellFailed(cell: string, error: unknown): void;
  /** A cell's snapshot or events could not be read. */
  loadFailed(cell: string, error: unknown): void;
}

/** A step's effects, waiting for its input to be stable. */
export interface HeldTurn {
  cell: string;
  effects: readonly CellEffect[];
  /** Of the rows among them. */
  version: number;
  done: Done | undefined;
  /** Where the turn's rows go. */
  enqueue(rows: readonly Row[]): void;
}

export interface EffectsOptions {
  hub: PushHub;
  documents: DocumentSets;
  observer: Observer;
  interactions: CountedCache<EngagementResource>;
  /** Delivers a tell of the cell `from` to another cell, or the news that one was applied. */
  tell(to: Address, input: ActorInput, from: { cell: string; id: number }): void;
  acknowledge(sender: string, by: string, id: number): void;
}

export interface Effects {
  perform(turn: HeldTurn): void;
  /** Only what must reach the store, for a turn that is replayed. */
  performReplayed(turn: Pick<HeldTurn, 'effects' | 'version' | 'enqueue'>): void;
}

export function createEffects(options: EffectsOptions): Effects {
  const { hub, documents, observer, interactions } = options;

  /** Collects the rows of a turn; a changed rule package adds the description of the new document set. */
  function rowsOf(effects: readonly CellEffect[], version: number): Row[] {
    const rows: Row[] = [];
    for (const effect of effects) {
      if (effect.kind === 'persist') {
        rows.push({ ...effect.row, version });
        if (effect.row.entity === 'engagement') {
          interactions.set(effect.row.value.interactionId, effect.row.value);
        }
      } else if (effect.kind === 'publishDocument') {
        const { documentKind, name, version, value } = effect;
        const described = documents.publish(documentKind, name, version, value);
        if (described !== undefined) rows.push({ entity: 'document', value: described });
      }
    }
    return rows;
  }

  function perform({ cell, effects, version, done, enqueue }: HeldTurn): void {
    const rows = rowsOf(effects, version);
    if (rows.length > 0) enqueue(rows);
    for (const effect of effects) {
      switch (effect.kind) {
        case 'push':
          hub.publish(effect.channel, effect.data, effect.mark);
          break;
        case 'show':
          show(effect.visitID, effect.events);
          break;
        case 'observe':
          observer.observe(effect.fact);
          break;
        case 'send':
          options.tell(effect.to, effect.input, { cell, id: effect.id });
          break;
        case 'acknowledge':
          options.acknowledge(effect.sender, cell, effect.id);
          break;
        case 'reply':
          done?.({ ok: true, value: effect.value });
          done = undefined;
          break;
        case 'refuse':
          done?.({ ok: false, error: new AppError(effect.code, effect.message) });
          done = undefined;
          break;
        case 'persist':
        case 'publishDocument':
          break;
      }
    }
    done?.({ ok: true, value: undefined });
  }

  function show(visitID: string, events: readonly VisitorEvent[]): void {
    const channel = monitorChannel(visitID);
    if (!hub.hasSubscribers(channel)) return;
    const message: MonitorMessage = { visitId: visitID, events: events.map(eventResource) };
    hub.publish(channel, message);
  }

  return {
    perform,
    performReplayed({ effects, version, enqueue }) {
      const rows = rowsOf(effects, version);
      if (rows.length > 0) enqueue(rows);
    },
  };
}
