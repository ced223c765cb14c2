/**
 * `beckon rules`: everything that a person does with rule packages, from the first check to the time machine.
 */
import { type Command, isUsageError, UsageError } from '../command.js';
import { backtest } from './backtest.js';
import { check } from './check.js';
import { deploy } from './deploy.js';
import { explain } from './explain.js';
import { list } from './list.js';
import { rollback } from './rollback.js';
import { run } from './run.js';
import { processTerminal, type Terminal } from './terminal.js';
import { test } from './test.js';
import { undeploy } from './undeploy.js';
import { type Verb, VerbFailure } from './verb.js';
import { versions } from './versions.js';

const verbs: readonly Verb[] = [
  check,
  test,
  run,
  deploy,
  list,
  versions,
  rollback,
  undeploy,
  explain,
  backtest,
];

export const rules: Command = {
  name: 'rules',
  usage: `${verbs.map(({ name }) => name).join(' | ')} …`,
  summary: 'write, check, test, deploy and look into rule packages; "beckon rules --help" says how',
  details: verbs.map(usageOf).join(''),
  run(args) {
    // Whoever reads our output may leave early, as `head` does; that is no failure.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
    return runRules(args, processTerminal());
  },
};

/** Runs one verb; gives the exit code: 0 done, 1 failed, 2 wrong call. */
export async function runRules([name, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
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
    terminal.stderr.write(`${error.message}\n\n${usageOf(verb)}`);
    return 2;
  }
}

function usageOf({ name, usage, summary }: Verb): string {
  return `beckon rules ${name} ${usage}\n    ${summary}\n`;
}
