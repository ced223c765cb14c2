/**
 * Reads DRL files and tells what is wrong with them as `file:line:column`, the way editors find their way
 * back.
 */
import { readFile } from 'node:fs/promises';
import { compilePackage, type RuleError, type RulePackage, type RuleWarning } from '../../rules/index.js';
import { painter, type Terminal } from './terminal.js';
import { VerbFailure } from './verb.js';

export interface CheckedFile {
  file: string;
  text: string;
  /** Undefined when the file has errors. */
  package: RulePackage | undefined;
  errors: readonly RuleError[];
  warnings: readonly RuleWarning[];
}

/** Throws `VerbFailure` for a file that cannot be read. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new VerbFailure(`${file}: ${reasonOf(error)}`);
  }
}

export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder, not a file';
  if (code === 'EACCES') return 'it may not be read';
  return message;
}

export async function checkFile(file: string): Promise<CheckedFile> {
  const text = await readText(file);
  const result = compilePackage(text);
  if (!result.ok) return { file, text, package: undefined, errors: result.errors, warnings: [] };
  return { file, text, package: result.package, errors: [], warnings: result.warnings };
}

/** Writes every error and warning of a file to `stream`. */
export function tellProblems(checked: CheckedFile, terminal: Terminal, stream: NodeJS.WritableStream): void {
  const paint = painter(terminal);
  const { file, errors, warnings } = checked;
  for (const { line, column, message, suggestion } of errors) {
    const hint = suggestion === undefined ? '' : ` (${suggestion})`;
    stream.write(`${file}:${line}:${column}: ${paint('red', 'error')}: ${message}${hint}\n`);
  }
  for (const { line, column, message, rule } of warnings) {
    const where = rule === null ? '' : ` rule "${rule}":`;
    stream.write(`${file}:${line}:${column}: ${paint('yellow', 'warning')}:${where} ${message}\n`);
  }
}

/** The package of a file that must be right; otherwise its errors are told and `VerbFailure` is thrown. */
export async function readPackageFile(file: string, terminal: Terminal): Promise<RulePackage> {
  const checked = await checkFile(file);
  if (checked.package !== undefined) return checked.package;
  tellProblems(checked, terminal, terminal.stderr);
  throw new VerbFailure(`${file} has mistakes.`);
}
