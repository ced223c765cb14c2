/** `beckon rules rollback`: deploys the text of an earlier version again, as a new version. */
import { parseArgs } from 'node:util';
import { UsageError } from '../command.js';
import { baseUrl, deployUrlDefault, mustAsk } from './server.js';
import type { Verb } from './verb.js';

export const rollback: Verb = {
  name: 'rollback',
  usage: `PACKAGE VERSION [--url ${deployUrlDefault}]`,
  summary: 'deploy the text of an earlier version again, as a new version',

  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { url: { type: 'string' } },
      allowPositionals: true,
    });
    const [name, version, ...more] = positionals;
    if (name === undefined || version === undefined || more.length > 0)
      throw new UsageError('expected PACKAGE VERSION');
    if (!/^[1-9][0-9]{0,14}$/.test(version)) throw new UsageError('VERSION must be a whole number from 1');
    const base = baseUrl(values.url ?? deployUrlDefault);
    const path = `/server/data/rules/${encodeURIComponent(name)}/rollback`;
    const body = JSON.stringify({ version: Number(version) });
    const request = { method: 'POST', body, contentType: 'application/json' } as const;
    const answer = await mustAsk<{ package: string; version: number }>(base, path, request);
    terminal.stdout.write(
      `${answer.package} version ${answer.version} is deployed, with the text of version ${version}\n`,
    );
    return 0;
  },
};
