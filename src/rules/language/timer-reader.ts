/** Reads `timer( int: 5s 10s )` and the older `duration( 5s )`. */
import type { Timer } from './ast.js';
import type { Cursor } from './cursor.js';
import { readDuration } from './durations.js';

/** After the word `timer` or `duration`. */
export function readTimer(cursor: Cursor, word: string): Timer {
  const at = cursor.token;
  const open = cursor.takeMark('(');
  if (cursor.isName('cron') || cursor.isName('expr')) {
    cursor.fail(
      cursor.token,
      `${cursor.token.text} timers are not supported`,
      'Write timer( int: 30s ) or timer( int: 30s 5m ).',
    );
  }
  if (cursor.takeName('int')) cursor.expectMark(':', 'after int');
  const delayMs = readDuration(cursor, `the delay of ${word}`);
  const repeatMs = cursor.token.kind === 'number' ? readDuration(cursor, `the interval of ${word}`) : null;
  if (cursor.isMark(';') || cursor.isMark(',')) {
    cursor.fail(cursor.token, 'a timer takes a delay and an interval only', 'Write timer( int: 30s 5m ).');
  }
  if (open) cursor.expectMark(')', `after ${word}`);
  if (!(delayMs >= 0 && delayMs < Infinity))
    cursor.problems.error(at, 'the delay of a timer must be 0 or more');
  if (repeatMs !== null && !(repeatMs > 0 && repeatMs < Infinity))
    cursor.problems.error(at, 'the interval of a timer must be more than 0');
  return { kind: 'interval', delayMs, repeatMs };
}
