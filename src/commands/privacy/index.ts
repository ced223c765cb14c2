/** `beckon privacy`: what the law lets a person ask of a site: export and erasure, and proof of it. */
import type { Command } from '../command.js';
import { processTerminal, runVerb, type Terminal, type Verb } from '../rules/index.js';
import { erase } from './erase.js';
import { exportVerb } from './export.js';
import { key } from './key.js';
import { verify } from './verify.js';

const verbs: readonly Verb[] = [exportVerb, erase, key, verify];

export const privacy: Command = {
  name: 'privacy',
  usage: `${verbs.map(({ name }) => name).join(' | ')} …`,
  summary: 'export or erase all that is kept of a person; "beckon privacy --help" says how',
  details: verbs
    .map(({ name, usage, summary }) => `beckon privacy ${name} ${usage}\n    ${summary}\n`)
    .join(''),
  run: (args) => runPrivacy(args, processTerminal()),
};

/** Runs one verb; gives the exit code: 0 done, 1 failed, 2 wrong call. */
export function runPrivacy(args: readonly string[], terminal: Terminal): Promise<number> {
  return runVerb('privacy', verbs, args, terminal);
}
