/** `beckon privacy erase`: erases all that is kept of a person and prints the signed receipt. */
import type { Verb } from '../rules/index.js';
import { askOffice, officeUsage, parseOfficeCall, subjectUsage } from './office.js';

export const erase: Verb = {
  name: 'erase',
  usage: `(${subjectUsage}) ${officeUsage}`,
  summary: 'erase all that is kept of a person, or of a browser, and print a signed receipt',

  async run(args, terminal) {
    const call = parseOfficeCall(args);
    const response = await askOffice(call, 'erase', call.subject, terminal);
    terminal.stdout.write(`${JSON.stringify(await response.json(), null, 2)}\n`);
    return 0;
  },
};
