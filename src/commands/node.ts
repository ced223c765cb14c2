/** `beckon node`: one node of a configuration, alone or of a cluster. */
import { parseArgs } from 'node:util';
import { type Command, UsageError } from './command.js';
import { readConfiguration } from './read-configuration.js';
import { runNode } from './run-node.js';

export const node: Command = {
  name: 'node',
  usage: '--name NAME --config FILE',
  summary: 'one node of a cluster; several may run on one machine',

  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { name: { type: 'string' }, config: { type: 'string' } },
    });
    if (values.config === undefined) throw new UsageError('--config FILE is needed');
    const configuration = readConfiguration(values.config, { node: values.name });
    return configuration === undefined ? 1 : runNode(configuration);
  },
};
