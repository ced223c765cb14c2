/**
 * `beckon rules`: everything that a person does with rule packages, from the first check to the time machine.
 */
import type { Command } from '../command.js';
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
import { runVerb, type Verb } from './verb.js';
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
export function runRules(args: readonly string[], terminal: Terminal): Promise<number> {
  return runVerb('rules', verbs, args, terminal);
}

function usageOf({ name, usage, summary }: Verb): string {
  return `beckon rules ${name} ${usage}\n    ${summary}\n`;
}

export { readText } from './package-file.js';
export { ask, baseUrl, deployUrlDefault, mustAsk, send } from './server.js';
export { painter, plural, processTerminal, type Terminal } from './terminal.js';
export { runVerb, type Verb, VerbFailure } from './verb.js';
