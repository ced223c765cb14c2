/** Reads a configuration file and tells a person what is wrong with it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Configuration, formatProblem, loadConfiguration } from '../config/index.js';

/** The configuration of `file`; undefined when it has problems, which have been printed. */
export function readConfiguration(
  file: string,
  choice: { node?: string | undefined; anyNode?: boolean } = {},
): Configuration | undefined {
  const path = resolve(file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The configuration ${path} cannot be read: ${reason}\n`);
    return undefined;
  }
  const result = loadConfiguration({ file: path, text, ...choice });
  const told = result.ok ? result.warnings : result.problems;
  for (const problem of told) process.stderr.write(`${formatProblem(problem)}\n`);
  return result.ok ? result.configuration : undefined;
}
