/** `beckon privacy export`: all that is kept of a person, as lines of JSON. */
import { once } from 'node:events';
import type { Verb } from '../rules/index.js';
import { askOffice, officeUsage, parseOfficeCall, subjectUsage } from './office.js';

export const exportVerb: Verb = {
  name: 'export',
  usage: `(${subjectUsage}) ${officeUsage}`,
  summary: 'print all that is kept of a person, or of a browser, one JSON object a line',

  async run(args, terminal) {
    const call = parseOfficeCall(args);
    const response = await askOffice(call, 'export', call.subject, terminal);
    for await (const part of response.body ?? []) {
      if (!terminal.stdout.write(part as Uint8Array)) await once(terminal.stdout, 'drain');
    }
    return 0;
  },
};
