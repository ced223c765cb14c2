/** `beckon rules versions`: what was deployed under a name before. */
import { parseArgs } from 'node:util';
import { UsageError } from '../command.js';
import { baseUrl, deployUrlDefault, mustAsk } from './server.js';
import { sayTime, table } from './terminal.js';
import type { Verb } from './verb.js';

interface Version {
  version: number;
  at: number;
  kind: 'deployed' | 'undeployed';
  current: boolean;
  bytes: number;
}

export const versions: Verb = {
  name: 'versions',
  usage: `PACKAGE [VERSION] [--url ${deployUrlDefault}] [--json]`,
  summary: 'show the versions of a package, newest first; with VERSION, print its text',

  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { url: { type: 'string' }, json: { type: 'boolean' } },
      allowPositionals: true,
    });
    const [name, version, ...more] = positionals;
    if (name === undefined || more.length > 0) throw new UsageError('expected PACKAGE [VERSION]');
    const path = `/server/data/rules/${encodeURIComponent(name)}/versions`;
    const base = baseUrl(values.url ?? deployUrlDefault);
    const { stdout } = terminal;
    if (version !== undefined) {
      if (!/^[1-9][0-9]*$/.test(version)) throw new UsageError('VERSION must be a whole number from 1');
      const found = await mustAsk<{ text: string }>(base, `${path}/${version}`);
      stdout.write(values.json === true ? `${JSON.stringify(found)}\n` : found.text);
      return 0;
    }
    const rows = await mustAsk<Version[]>(base, path);
    if (values.json === true) stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    else stdout.write(table(rows.map((row) => [row.version, sayTime(row.at), whatOf(row)])));
    return 0;
  },
};

function whatOf({ kind, current, bytes }: Version): string {
  if (kind === 'undeployed') return 'undeployed';
  return current ? `${bytes} bytes, deployed now` : `${bytes} bytes`;
}
