/** `beckon dsl`: what a person does with DSL files, from the first check to the pages of the site. */
import { parseArgs } from 'node:util';
import { checkDsl, type CheckedDsl, type CheckedEvent, type Problem } from '../../dsl/check/index.js';
import { type Command, UsageError } from '../command.js';
import {
  ask,
  baseUrl,
  deployUrlDefault,
  mustAsk,
  painter,
  plural,
  processTerminal,
  readText,
  runVerb,
  type Terminal,
  type Verb,
  VerbFailure,
} from '../rules/index.js';

interface Deployed {
  application: string;
  version: number;
  events: CheckedEvent[];
  warnings: Problem[];
}

const check: Verb = {
  name: 'check',
  usage: 'FILE… [--json]',
  summary: 'say what is wrong with DSL files; exit code 1 when one has errors',

  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' } },
      allowPositionals: true,
    });
    if (positionals.length === 0) throw new UsageError('no FILE to check');
    const paint = painter(terminal);
    let failed = false;
    for (const file of positionals) {
      const checked = checkDsl(await readText(file));
      failed ||= !checked.ok;
      if (values.json === true) {
        terminal.stdout.write(`${JSON.stringify({ file, ...checked })}\n`);
        continue;
      }
      tellProblems(file, checked, terminal, terminal.stdout);
      if (!checked.ok) continue;
      const told = checked.warnings.length === 0 ? '' : `, ${plural(checked.warnings.length, 'warning')}`;
      terminal.stdout.write(
        `${file}: ${paint('green', 'ok')}, ${plural(checked.events.length, 'event')}${told}\n`,
      );
    }
    return failed ? 1 : 0;
  },
};

const deploy: Verb = {
  name: 'deploy',
  usage: `FILE [--application NAME] [--url ${deployUrlDefault}] [--json]`,
  summary: 'deploy a DSL file that has no errors; pages get it from their next load on',

  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { application: { type: 'string' }, url: { type: 'string' }, json: { type: 'boolean' } },
      allowPositionals: true,
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError('name one FILE to deploy');
    const base = baseUrl(values.url ?? deployUrlDefault);
    const text = await readText(file);
    const query =
      values.application === undefined ? '' : `?application=${encodeURIComponent(values.application)}`;
    const answer = await ask<Deployed>(base, `/server/data/dsl/deploy${query}`, {
      method: 'POST',
      body: text,
    });
    if (!answer.ok) {
      const { errors = [], warnings = [] } = answer.body as Partial<Extract<CheckedDsl, { ok: false }>>;
      tellProblems(file, { errors, warnings }, terminal, terminal.stderr);
      throw new VerbFailure(`${file}: ${answer.body.message}`);
    }
    const { application, version, events, warnings } = answer.value;
    tellProblems(file, { warnings }, terminal, terminal.stderr);
    terminal.stdout.write(
      values.json === true
        ? `${JSON.stringify({ file, ...answer.value })}\n`
        : `DSL of ${application} version ${version} is deployed, ` +
            `${plural(events.length, 'event')} (${file})\n`,
    );
    return 0;
  },
};

const show: Verb = {
  name: 'show',
  usage: `APPLICATION [--url ${deployUrlDefault}]`,
  summary: 'print the DSL file that is deployed for an application',

  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { url: { type: 'string' } },
      allowPositionals: true,
    });
    const [application, ...more] = positionals;
    if (application === undefined || more.length > 0) throw new UsageError('name one APPLICATION');
    const path = `/server/data/dsl/${encodeURIComponent(application)}`;
    const { text } = await mustAsk<{ text: string }>(baseUrl(values.url ?? deployUrlDefault), path);
    terminal.stdout.write(text);
    return 0;
  },
};

const verbs: readonly Verb[] = [check, deploy, show];

export const dsl: Command = {
  name: 'dsl',
  usage: `${verbs.map(({ name }) => name).join(' | ')} …`,
  summary:
    'check and deploy the file that says which business events a site sends; "beckon dsl --help" says how',
  details: verbs.map(({ name, usage, summary }) => `beckon dsl ${name} ${usage}\n    ${summary}\n`).join(''),
  run: (args) => runDsl(args, processTerminal()),
};

/** Runs one verb; gives the exit code: 0 done, 1 failed, 2 wrong call. */
export function runDsl(args: readonly string[], terminal: Terminal): Promise<number> {
  return runVerb('dsl', verbs, args, terminal);
}

/** Writes every error and warning of a file to `stream`, as `file:line:column`. */
function tellProblems(
  file: string,
  { errors = [], warnings }: { errors?: readonly Problem[]; warnings: readonly Problem[] },
  terminal: Terminal,
  stream: NodeJS.WritableStream,
): void {
  const paint = painter(terminal);
  for (const [kind, colour, problems] of [
    ['error', 'red', errors],
    ['warning', 'yellow', warnings],
  ] as const) {
    for (const { line, column, message, suggestion } of problems) {
      const hint = suggestion === undefined ? '' : ` (${suggestion})`;
      stream.write(`${file}:${line}:${column}: ${paint(colour, kind)}: ${message}${hint}\n`);
    }
  }
}
