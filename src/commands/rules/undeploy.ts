/** `beckon rules undeploy`: takes a package out of service; its versions are kept. */
import { parseArgs } from 'node:util';
import { UsageError } from '../command.js';
import { baseUrl, deployUrlDefault, mustAsk } from './server.js';
import type { Verb } from './verb.js';

export const undeploy: Verb = {
  name: 'undeploy',
  usage: `PACKAGE [--url ${deployUrlDefault}]`,
  summary: 'take a package out of service; its versions are kept and can be brought back',

  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { url: { type: 'string' } },
      allowPositionals: true,
    });
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) throw new UsageError('expected PACKAGE');
    const path = `/server/data/rules/${encodeURIComponent(name)}`;
    await mustAsk(baseUrl(values.url ?? deployUrlDefault), path, { method: 'DELETE' });
    terminal.stdout.write(`${name} is undeployed\n`);
    return 0;
  },
};
