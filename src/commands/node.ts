/** `beckon node`: one node of a configuration, alone or of a cluster; or what is to become of it. */
import { parseArgs } from 'node:util';
import { cluster } from './cluster/operate.js';
import { type Command, UsageError } from './command.js';
import { readConfiguration } from './read-configuration.js';
import { runNode } from './run-node.js';

export const node: Command = {
  name: 'node',
  usage: '[drain|undrain] --name NAME --config FILE',
  summary: 'one node of a cluster; several may run on one machine',
  details: `  drain           moves everything away from a running node, so that it can be stopped unnoticed
  undrain         the node takes its share again
                  both: as 'beckon cluster drain NAME'
`,

  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { name: { type: 'string' }, config: { type: 'string' } },
    });
    if (values.config === undefined) throw new UsageError('--config FILE is needed');
    const [word] = positionals;
    if (word === 'drain' || word === 'undrain') {
      if (values.name === undefined) throw new UsageError('--name NAME is needed');
      return cluster.run([word, values.name, '--config', values.config]);
    }
    if (word !== undefined) throw new UsageError(`there is no word ${word} here`);
    const configuration = readConfiguration(values.config, { node: values.name });
    return configuration === undefined ? 1 : runNode(configuration);
  },
};
