/** `beckon rules test`: plays a package's own scenarios and shows where they end otherwise than written. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readScenarios, runScenario, type Scenario, type ScenarioResult } from '../../backtest/index.js';
import type { RulePackage } from '../../rules/index.js';
import { UsageError } from '../command.js';
import { readPackageFile, readText } from './package-file.js';
import { painter, plural, type Terminal } from './terminal.js';
import { type Verb, VerbFailure } from './verb.js';

const endings = ['.yaml', '.yml', '.json'];

interface FileResult extends ScenarioResult {
  file: string;
}

export const test: Verb = {
  name: 'test',
  usage: 'FILE.drl [SCENARIOS.yaml…] [--json]',
  summary: 'play the package’s scenarios, by default those of FILE.scenarios.yaml and FILE.scenarios/',

  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' } },
      allowPositionals: true,
    });
    const [drl, ...given] = positionals;
    if (drl === undefined) throw new UsageError('expected FILE.drl');
    const rulePackage = await readPackageFile(drl, terminal);
    const files = given.length > 0 ? given : await scenarioFilesOf(drl);
    const results: FileResult[] = [];
    for (const file of files) {
      for (const scenario of await readFile(file, terminal)) {
        results.push({ file, ...runScenario(rulePackage, knownRules(rulePackage, scenario, file)) });
      }
    }
    if (values.json === true) tellJson(results, terminal);
    else tell(results, terminal);
    return results.every(({ passed }) => passed) ? 0 : 1;
  },
};

/** The files beside a package. Throws `VerbFailure` when there are none. */
async function scenarioFilesOf(drl: string): Promise<string[]> {
  const stem = drl.replace(/\.drl$/, '');
  const folder = `${stem}.scenarios`;
  const files: string[] = [];
  for (const ending of endings) {
    const file = `${folder}${ending}`;
    if ((await kindOf(file)) === 'file') files.push(file);
  }
  if ((await kindOf(folder)) === 'folder') {
    const names = (await readdir(folder)).filter((name) => endings.some((ending) => name.endsWith(ending)));
    files.push(...names.sort().map((name) => join(folder, name)));
  }
  if (files.length > 0) return files;
  throw new VerbFailure(`${drl} has no scenarios: there is neither ${folder}.yaml nor a file in ${folder}/.`);
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? undefined : found.isDirectory() ? 'folder' : 'file';
}

async function readFile(file: string, { stderr }: Terminal): Promise<readonly Scenario[]> {
  const read = readScenarios(await readText(file));
  if (read.ok) return read.scenarios;
  for (const { line, column, message } of read.problems)
    stderr.write(`${file}:${line}:${column}: ${message}\n`);
  throw new VerbFailure(`${file} has mistakes.`);
}

/** A rule that the package does not have would make `expect` fail for the wrong reason. */
function knownRules(rulePackage: RulePackage, scenario: Scenario, file: string): Scenario {
  const known = new Set(rulePackage.rules.map(({ name }) => name));
  const unknown = scenario.expect.find(({ rule }) => !known.has(rule));
  if (unknown === undefined) return scenario;
  const names = [...known].map((name) => `"${name}"`).join(', ');
  throw new VerbFailure(
    `${file}:${scenario.line}: package ${rulePackage.name} has no rule "${unknown.rule}"; it has ${names}.`,
  );
}

function tell(results: readonly FileResult[], terminal: Terminal): void {
  const paint = painter(terminal);
  const { stdout } = terminal;
  for (const { file, scenario, passed, diff, suspensions } of results) {
    if (passed) {
      stdout.write(`${paint('green', 'ok')}    ${scenario.name}\n`);
      continue;
    }
    stdout.write(`${paint('red', 'FAIL')}  ${scenario.name}  ${paint('dim', `${file}:${scenario.line}`)}\n`);
    stdout.write(`      ${paint('red', '- expected')}  ${paint('green', '+ fired')}\n`);
    for (const { kind, text } of diff) {
      if (kind === 'same') stdout.write(`        ${text}\n`);
      else if (kind === 'missing') stdout.write(`      ${paint('red', `- ${text}`)}\n`);
      else stdout.write(`      ${paint('green', `+ ${text}`)}\n`);
    }
    for (const { rule, reason } of suspensions)
      stdout.write(`      rule "${rule}" was suspended: ${reason}\n`);
  }
  const failed = results.filter(({ passed }) => !passed).length;
  const passedText = `${results.length - failed} passed`;
  const failedText = failed === 0 ? '' : `, ${paint('red', `${failed} failed`)}`;
  stdout.write(`${plural(results.length, 'scenario')}: ${passedText}${failedText}\n`);
}

function tellJson(results: readonly FileResult[], { stdout }: Terminal): void {
  for (const { file, scenario, passed, diff, suspensions } of results) {
    const { name, line } = scenario;
    stdout.write(`${JSON.stringify({ file, line, scenario: name, passed, diff, suspensions })}\n`);
  }
}
