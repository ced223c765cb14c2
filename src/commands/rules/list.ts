/** `beckon rules list`: what is deployed on a server. */
import { parseArgs } from 'node:util';
import { baseUrl, deployUrlDefault, mustAsk } from './server.js';
import { painter, table } from './terminal.js';
import type { Verb } from './verb.js';

interface Listed {
  package: string;
  version: number;
  rules: { name: string; family: string | null; salience: number; byteBound: number; bounded: boolean }[];
}

export const list: Verb = {
  name: 'list',
  usage: `[--url ${deployUrlDefault}] [--json]`,
  summary: 'show the deployed packages with their versions and rules',

  async run(args, terminal) {
    const { values } = parseArgs({
      args: [...args],
      options: { url: { type: 'string' }, json: { type: 'boolean' } },
    });
    const packages = await mustAsk<Listed[]>(baseUrl(values.url ?? deployUrlDefault), '/server/data/rules');
    const { stdout } = terminal;
    if (values.json === true) {
      stdout.write(`${JSON.stringify(packages, null, 2)}\n`);
      return 0;
    }
    if (packages.length === 0) stdout.write('No package is deployed.\n');
    const paint = painter(terminal);
    for (const { package: name, version, rules } of packages) {
      stdout.write(`${paint('bold', name)} version ${version}\n`);
      stdout.write(table(rules.map((rule) => ['', rule.name, rule.family ?? '', stateOf(rule)])));
    }
    return 0;
  },
};

/** Bytes of state that a rule may take in one visit. */
function stateOf({ salience, byteBound, bounded }: Listed['rules'][number]): string {
  const size =
    byteBound === 0 ? '' : `${bounded ? 'at most' : 'unbounded, cut at'} ${byteBound} bytes a visit`;
  const order = salience === 0 ? '' : `salience ${salience}`;
  return [order, size].filter(Boolean).join(', ');
}
