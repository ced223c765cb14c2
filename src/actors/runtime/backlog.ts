/**
 * Inputs that a log holds and the store's snapshots may lack, by cell. A cell takes its own when it is next
 * read, so that a partition can be served before all of its cells have been read.
 */
import { type LoggedInput, decodeLoggedInput } from './journal-codec.js';
import type { LogEntry } from './input-log.js';

export interface LoggedEntry extends LoggedInput {
  seq: number;
}

export interface Backlog {
  /** Adds entries of a partition, in order. */
  add(entries: readonly LoggedEntry[]): void;
  has(cell: string): boolean;
  /** The entries of a cell, in order; they stay until `settled`. */
  of(cell: string): readonly LoggedEntry[];
  /** The cell has taken its entries, or has left this node. */
  settled(cell: string): void;
  keys(): IterableIterator<string>;
  readonly size: number;
}

export function createBacklog(): Backlog {
  const byCell = new Map<string, LoggedEntry[]>();
  return {
    add(entries) {
      for (const entry of entries) {
        const known = byCell.get(entry.cell);
        if (known === undefined) byCell.set(entry.cell, [entry]);
        else known.push(entry);
      }
    },
    has: (cell) => byCell.has(cell),
    of: (cell) => byCell.get(cell) ?? [],
    settled: (cell) => byCell.delete(cell),
    keys: () => byCell.keys(),
    get size() {
      return byCell.size;
    },
  };
}

export function decodeEntry({ seq, payload }: LogEntry): LoggedEntry {
  return { seq, ...decodeLoggedInput(payload) };
}
