/** A recorded run of cells: the rules and settings in force, and each input with the effects it had. */
import { type CellInput, type CellState, initialCell, stepCell } from '../../src/actors/cell/index.js';
import { type Settings } from '../../src/model/index.js';
import { documentsOf, ruleSetOf } from '../unit/actors/world.js';

export interface RecordedStep {
  cell: string;
  nowMs: number;
  input: CellInput;
  effects: unknown[];
}

export interface Recording {
  rules: string;
  settings: Partial<Settings>;
  steps: RecordedStep[];
}

/** Steps the recorded inputs through fresh cells and gives the effects that they have now, step by step. */
export function replay({ rules, settings, steps }: Recording): unknown[][] {
  const documents = documentsOf(ruleSetOf(rules), settings);
  const cells = new Map<string, CellState>();
  return steps.map(({ cell: key, nowMs, input }) => {
    const cell = cells.get(key) ?? initialCell(key);
    cells.set(key, cell);
    return stepCell(cell, input, nowMs, documents);
  });
}

/** Bytes become `{"base64": …}`, so that a recording is readable text. */
export function encodeRecording(recording: Recording): string {
  return JSON.stringify(recording, (_key, value: unknown) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
  );
}

export function decodeRecording(text: string): Recording {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'base64' in value) {
      return Uint8Array.from(Buffer.from(value.base64 as string, 'base64'));
    }
    return value;
  }) as Recording;
}
