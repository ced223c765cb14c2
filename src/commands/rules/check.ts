/** `beckon rules check`: says what is wrong with rule files, without a server. */
import { parseArgs } from 'node:util';
import { UsageError } from '../command.js';
import { checkFile, tellProblems } from './package-file.js';
import { painter, plural } from './terminal.js';
import type { Verb } from './verb.js';

export const check: Verb = {
  name: 'check',
  usage: 'FILE… [--json]',
  summary: 'say what is wrong with rule files; exit code 1 when one has errors',

  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' } },
      allowPositionals: true,
    });
    if (positionals.length === 0) throw new UsageError('no FILE to check');
    const paint = painter(terminal);
    const { stdout } = terminal;
    let failed = false;
    for (const file of positionals) {
      const checked = await checkFile(file);
      const { package: rulePackage, errors, warnings } = checked;
      if (rulePackage === undefined) failed = true;
      if (values.json === true) {
        const name = rulePackage?.name ?? null;
        const rules = rulePackage?.rules.map((rule) => rule.name) ?? [];
        stdout.write(
          `${JSON.stringify({ file, ok: errors.length === 0, package: name, rules, errors, warnings })}\n`,
        );
        continue;
      }
      tellProblems(checked, terminal, stdout);
      if (rulePackage === undefined) continue;
      const told = warnings.length === 0 ? '' : `, ${plural(warnings.length, 'warning')}`;
      const rules = plural(rulePackage.rules.length, 'rule');
      stdout.write(`${file}: ${paint('green', 'ok')}, package ${rulePackage.name}, ${rules}${told}\n`);
    }
    return failed ? 1 : 0;
  },
};
