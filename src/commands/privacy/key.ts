/** `beckon privacy key`: the public key with which a node's receipts are verified. */
import type { Verb } from '../rules/index.js';
import { askOffice, officeUsage, parseOffice } from './office.js';

export const key: Verb = {
  name: 'key',
  usage: officeUsage,
  summary: 'print the public key of a node’s receipts; keep it where the receipts are kept',

  async run(args, terminal) {
    const response = await askOffice(parseOffice(args), 'key', undefined, terminal);
    terminal.stdout.write(((await response.json()) as { publicKey: string }).publicKey);
    return 0;
  },
};
