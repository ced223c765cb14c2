/** `beckon rules deploy`: checks rule files and brings their packages to a server, all of them or none. */
import { parseArgs } from 'node:util';
import type { RuleError, RuleWarning } from '../../rules/index.js';
import { UsageError } from '../command.js';
import { checkFile, tellProblems } from './package-file.js';
import { ask, baseUrl, deployUrlDefault } from './server.js';
import { plural } from './terminal.js';
import { type Verb, VerbFailure } from './verb.js';

interface Deployed {
  package: string;
  version: number;
  rules: string[];
  warnings: RuleWarning[];
}

export const deploy: Verb = {
  name: 'deploy',
  usage: `FILE… [--url ${deployUrlDefault}] [--json]`,
  summary: 'deploy packages; one of the same name is replaced whole, and only when every FILE is right',

  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { url: { type: 'string' }, json: { type: 'boolean' } },
      allowPositionals: true,
    });
    if (positionals.length === 0) throw new UsageError('no FILE to deploy');
    const base = baseUrl(values.url ?? deployUrlDefault);
    const files = await Promise.all(positionals.map(checkFile));
    for (const file of files) tellProblems(file, terminal, terminal.stderr);
    if (files.some((file) => file.package === undefined)) throw new VerbFailure('Nothing was deployed.');
    refuseTwins(files.map((file) => [file.package?.name ?? '', file.file]));
    for (const { file, text } of files) {
      const answer = await ask<Deployed>(base, '/server/data/rules/deploy', { method: 'POST', body: text });
      if (!answer.ok) {
        const errors = (answer.body as { errors?: RuleError[] }).errors ?? [];
        const refused = { file, text, package: undefined, errors, warnings: [] };
        tellProblems(refused, terminal, terminal.stderr);
        throw new VerbFailure(`${file}: ${answer.body.message}`);
      }
      const { package: name, version, rules } = answer.value;
      terminal.stdout.write(
        values.json === true
          ? `${JSON.stringify({ file, ...answer.value })}\n`
          : `${name} version ${version} is deployed, ${plural(rules.length, 'rule')} (${file})\n`,
      );
    }
    return 0;
  },
};

/** The second of two files with one package would replace the first. */
function refuseTwins(packages: readonly (readonly [name: string, file: string])[]): void {
  const fileOf = new Map<string, string>();
  for (const [name, file] of packages) {
    const other = fileOf.get(name);
    if (other !== undefined)
      throw new VerbFailure(`${other} and ${file} both hold package ${name}. Nothing was deployed.`);
    fileOf.set(name, file);
  }
}
