/** A cell as bytes. The visit's log stays out: its events are rows of their own. */
import { pack, unpack } from 'msgpackr';
import { AppError } from '../../base/index.js';
import type { CellState } from '../cell/index.js';

const version = 1;

export function encodeCell(cell: CellState): Uint8Array {
  const { visit } = cell;
  const kept = visit === null ? cell : { ...cell, visit: { ...visit, log: null, logBytes: 0 } };
  return pack([version, kept]);
}

/** Throws `AppError` INTERNAL for a version this release does not know. */
export function decodeCell(key: string, bytes: Uint8Array): CellState {
  const [found, cell] = unpack(bytes) as [number, CellState];
  if (found !== version)
    throw new AppError('INTERNAL', `The snapshot of ${key} has the unknown version ${found}.`);
  return cell;
}
