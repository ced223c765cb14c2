/**
 * A root input as the journal keeps it: the documents it was stepped with, its time, and the input itself.
 */
import { pack, unpack } from 'msgpackr';
import { AppError } from '../../base/index.js';
import { decodeEvents } from '../../model/index.js';
import type { CellInput } from '../cell/index.js';
import { visitAddress } from '../protocol/index.js';

export interface LoggedInput {
  documentsId: number;
  nowMs: number;
  cell: string;
  input: CellInput;
}

/** First element of an entry. Events have a form of their own, since they are nearly all of the traffic. */
const form = { events: 1, other: 2 } as const;

type EventsEntry = [typeof form.events, number, number, string, Uint8Array];
type OtherEntry = [typeof form.other, number, number, string, CellInput];

export function encodeLoggedInput({ documentsId, nowMs, cell, input }: LoggedInput): Uint8Array {
  if (input.kind === 'deliver' && input.input.kind === 'receiveEvents') {
    return pack([form.events, documentsId, nowMs, input.to.id, input.input.bytes] satisfies EventsEntry);
  }
  return pack([form.other, documentsId, nowMs, cell, input] satisfies OtherEntry);
}

/** An input on its way to the node that serves its cell. */
export function encodeInput(cell: string, input: CellInput): Uint8Array {
  return encodeLoggedInput({ documentsId: 0, nowMs: 0, cell, input });
}

/** Throws `AppError` INTERNAL for bytes of an unknown form. */
export function decodeInput(bytes: Uint8Array): CellInput {
  return decodeLoggedInput(bytes).input;
}

/** Throws `AppError` INTERNAL for bytes of an unknown form, as an older node would see a newer one's. */
export function decodeLoggedInput(payload: Uint8Array): LoggedInput {
  const entry = unpack(payload) as EventsEntry | OtherEntry;
  switch (entry[0]) {
    case form.events: {
      const [, documentsId, nowMs, visitID, bytes] = entry;
      const to = visitAddress(visitID);
      const events = decodeEvents(visitID, bytes);
      // A copy, because the decoder's bytes are a window into the whole segment.
      const input = { kind: 'receiveEvents', events, bytes: Uint8Array.from(bytes) } as const;
      return { documentsId, nowMs, cell: to.cell, input: { kind: 'deliver', to, input } };
    }
    case form.other: {
      const [, documentsId, nowMs, cell, input] = entry;
      return { documentsId, nowMs, cell, input };
    }
    default:
      throw new AppError('INTERNAL', `The journal has an entry of the unknown form ${String(entry[0])}.`);
  }
}
