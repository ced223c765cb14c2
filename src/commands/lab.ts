/** `beckon lab`: one node with everything embedded, for a look around on one machine. */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Configuration } from '../config/index.js';
import { type Command, UsageError } from './command.js';
import { rootFolder } from './place.js';
import { readConfiguration } from './read-configuration.js';
import { runNode } from './run-node.js';

const portBaseMax = 65_000;

export const lab: Command = {
  name: 'lab',
  usage: '[--port-base P] [--data DIR] [--config FILE]',
  summary: 'one node with everything embedded, with the playground site',

  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'port-base': { type: 'string' },
        data: { type: 'string' },
        config: { type: 'string' },
      },
    });
    const configuration = readConfiguration(values.config ?? join(rootFolder, 'config', 'lab.yaml'));
    if (configuration === undefined) return 1;
    return runNode(withOverrides(configuration, values['port-base'], values.data));
  },
};

/**
 * The ports become P+1 (default), P+2 (ui), P+3 (rule deployment) and, where there is one, P+4 (https); all
 * state goes under `data`.
 */
function withOverrides(configuration: Configuration, portBase?: string, data?: string): Configuration {
  let { node, options } = configuration;
  if (portBase !== undefined) {
    const base = Number(portBase);
    if (!/^[0-9]+$/.test(portBase) || base < 1 || base > portBaseMax) {
      throw new UsageError(`--port-base must be a whole number from 1 to ${portBaseMax}`);
    }
    const https = node.ports.https === undefined ? {} : { https: base + 4 };
    const ports = { default: base + 1, ui: base + 2, 'server/data/rules/deploy': base + 3, ...https };
    node = { ...node, ports };
  }
  if (data !== undefined) options = { ...options, beckon: { ...options.beckon, dataFolder: resolve(data) } };
  return { ...configuration, node, options };
}
