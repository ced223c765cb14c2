/** What a command is: a row that the help lists and the command line runs. */

export interface Command {
  readonly name: string;
  /** What follows the name, for the help. */
  readonly usage: string;
  readonly summary: string;
  /** What the command's own help says further. */
  readonly details?: string;
  /** Runs to the end and gives the exit code; 2 for a wrong call. */
  run(args: readonly string[]): Promise<number>;
}

/** A call that the command line cannot make sense of: told to the person with the usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A wrong call, as we or `parseArgs` found it. */
export function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
}
