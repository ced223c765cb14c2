/**
 * Files of events, one JSON value a line: events of several visits mixed, and `{"tick": ms}` to move every
 * clock.
 */
import { validateEvents, type VisitorEvent } from '../model/index.js';

export type EventLine =
  | { kind: 'event'; event: VisitorEvent }
  | { kind: 'tick'; timeMs: number }
  /** An empty line, or what rules never see: an ACTIONABLE event of an export. */
  | { kind: 'nothing' }
  | { kind: 'problem'; message: string };

/** A line is at most this long. */
export const lineLengthMax = 1_000_000;

export function readEventLine(line: string): EventLine {
  if (line.trim() === '') return { kind: 'nothing' };
  if (line.length > lineLengthMax)
    return { kind: 'problem', message: `the line is longer than ${lineLengthMax} characters` };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return {
      kind: 'problem',
      message: `not JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'problem', message: 'must be a JSON object: an event, or {"tick": milliseconds}' };
  }
  if ('tick' in value) return readTick(value.tick);
  if ('eventType' in value && value.eventType === 'ACTIONABLE') return { kind: 'nothing' };
  const { accepted, rejected } = validateEvents([value]);
  const [event] = accepted;
  if (event !== undefined) return { kind: 'event', event };
  const [problem] = rejected;
  return { kind: 'problem', message: `${problem?.field ?? 'the event'} ${problem?.message ?? 'is wrong'}` };
}

function readTick(tick: unknown): EventLine {
  if (typeof tick !== 'number' || !Number.isSafeInteger(tick) || tick < 0)
    return { kind: 'problem', message: 'tick must be epoch milliseconds, a whole number from 0' };
  return { kind: 'tick', timeMs: tick };
}
