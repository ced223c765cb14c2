/** What a verb of `beckon rules` is: a row that the help lists and the command runs. */
import type { Terminal } from './terminal.js';

export interface Verb {
  readonly name: string;
  /** What follows the verb, for the help. */
  readonly usage: string;
  readonly summary: string;
  /**
   * Runs to the end and gives the exit code. Throws `UsageError` for a wrong call, `VerbFailure` for a known
   * end.
   */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/**
 * Something that a person can put right outside the command: a file, a server. Told in one line, exit code 1.
 */
export class VerbFailure extends Error {
  override readonly name = 'VerbFailure';
}
