/** What a verb of a command such as `beckon rules` is: a row that the help lists and the command runs. */
import { isUsageError, UsageError } from '../command.js';
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

/** Runs the verb that `args` begin with; gives the exit code: 0 done, 1 failed, 2 wrong call. */
export async function runVerb(
  command: string,
  verbs: readonly Verb[],
  [name, ...rest]: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const verb = verbs.find((candidate) => candidate.name === name);
  if (verb === undefined) {
    throw new UsageError(name === undefined ? 'expected a verb' : `there is no verb "${name}"`);
  }
  try {
    return await verb.run(rest, terminal);
  } catch (error) {
    if (error instanceof VerbFailure) {
      terminal.stderr.write(`${error.message}\n`);
      return 1;
    }
    if (!isUsageError(error)) throw error;
    const usage = `beckon ${command} ${verb.name} ${verb.usage}\n    ${verb.summary}\n`;
    terminal.stderr.write(`${error.message}\n\n${usage}`);
    return 2;
  }
}
