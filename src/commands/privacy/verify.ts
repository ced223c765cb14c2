/** `beckon privacy verify`: whether a receipt is genuine and about whom it is said to be; needs no server. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Subject, verifyReceipt } from '../../privacy/index.js';
import { UsageError } from '../command.js';
import { type Verb, VerbFailure } from '../rules/index.js';
import { subjectFields, subjectUsage } from './office.js';

export const verify: Verb = {
  name: 'verify',
  usage: `RECEIPT --key PUBLIC_KEY [${subjectUsage}]`,
  summary: 'check the signature of a receipt, and that it is about that person',

  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { key: { type: 'string' }, identity: { type: 'string' }, 'global-id': { type: 'string' } },
      allowPositionals: true,
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError('expected one receipt');
    if (values.key === undefined)
      throw new UsageError('expected --key, a file that "beckon privacy key" made');
    const asked = values.identity !== undefined || values['global-id'] !== undefined;
    const subject = asked ? subjectOf(subjectFields(values)) : undefined;
    const [receipt, publicKey] = [await read(file), await read(values.key)];
    const problem = verifyReceipt(parsed(receipt), publicKey, subject);
    if (problem !== undefined) throw new VerbFailure(`${file} does not hold: ${problem}.`);
    terminal.stdout.write(`${file} is genuine${asked ? ', and about that person' : ''}.\n`);
    return 0;
  },
};

function subjectOf(fields: ReturnType<typeof subjectFields>): Subject {
  return 'identityId' in fields ? { kind: 'identity', ...fields } : { kind: 'browser', ...fields };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new VerbFailure(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
