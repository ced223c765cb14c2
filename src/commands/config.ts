/** `beckon config`: looks at a configuration file, and makes password hashes for it. */
import { createInterface } from 'node:readline/promises';
import { AppError } from '../base/index.js';
import { hashPassword } from '../config/index.js';
import { checkConfiguration } from '../node/index.js';
import { type Command, UsageError } from './command.js';
import { readConfiguration } from './read-configuration.js';

export const config: Command = {
  name: 'config',
  usage: 'check FILE | hash-password',
  summary: 'check a configuration file, or make the hash of a password read from standard input',

  async run([verb, ...rest]) {
    if (verb === 'check' && rest[0] !== undefined && rest.length === 1) return check(rest[0]);
    if (verb === 'hash-password' && rest.length === 0) return printHash();
    throw new UsageError('expected "check FILE" or "hash-password"');
  },
};

/** A file may be checked anywhere, so nothing is asked that only the node's own machine can tell. */
function check(file: string): number {
  const configuration = readConfiguration(file, { anyNode: true });
  if (configuration === undefined) return 1;
  try {
    checkConfiguration(configuration);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`${file}: ${error.message}\n`);
    return 1;
  }
  const { clusterApplication, nodes, agents } = configuration;
  const [amount, people] = [counted(nodes.length, 'node'), counted(agents.length, 'agent')];
  process.stdout.write(`${file} is right: ${clusterApplication}, ${amount}, ${people}\n`);
  return 0;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/**
 * The password comes from standard input, so that it stays out of the shell's history and the process list.
 */
async function printHash(): Promise<number> {
  const lines = createInterface({ input: process.stdin });
  if (process.stdin.isTTY) process.stderr.write('Password: ');
  for await (const line of lines) {
    process.stdout.write(`${await hashPassword(line)}\n`);
    lines.close();
    return 0;
  }
  throw new UsageError('no password on standard input');
}
