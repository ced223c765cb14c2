/** The table of commands, and the one way to run them. */
import type { Command } from './command.js';
import { isUsageError } from './command.js';
import { cluster } from './cluster/operate.js';
import { clusterLab } from './cluster/lab.js';
import { config } from './config.js';
import { dsl } from './dsl/index.js';
import { lab } from './lab.js';
import { node } from './node.js';
import { packageVersion } from './place.js';
import { privacy } from './privacy/index.js';
import { rules } from './rules/index.js';
import { searchIndex } from './search-index.js';
import { store } from './store.js';

const commands: readonly Command[] = [
  lab,
  node,
  cluster,
  clusterLab,
  rules,
  dsl,
  privacy,
  config,
  store,
  searchIndex,
];

/** Runs the command that `args` name; gives the exit code: 0 done, 1 failed, 2 wrong call. */
export async function runCommand([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(help());
    return name === undefined ? 2 : 0;
  }
  if (name === 'version' || name === '--version') {
    process.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    process.stderr.write(`There is no command "${name}".\n\n${help()}`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${usageOf(command)}${command.details === undefined ? '' : `\n${command.details}`}`);
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    if (!isUsageError(error)) throw error;
    process.stderr.write(`${error.message}\n\n${usageOf(command)}`);
    return 2;
  }
}

function usageOf({ name, usage, summary }: Command): string {
  return `beckon ${name} ${usage}\n    ${summary}\n`;
}

function help(): string {
  const rows = commands.map((command) => usageOf(command)).join('');
  const what = 'watches visits, runs rules, invites the visitor, connects an agent';
  return `Beckon ${packageVersion()}: ${what}.\n\n${rows}`;
}
