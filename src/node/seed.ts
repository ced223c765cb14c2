/** Brings the application's shipped rules and categories into a store that has none of their kind yet. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Type from 'typebox';
import { Value } from 'typebox/value';
import type { Logger } from 'pino';
import { documentAddress } from '../actors/protocol/index.js';
import { AppError } from '../base/index.js';
import type { Routing } from '../cluster/index.js';
import { categoryProblems } from '../categories/index.js';
import { Category } from '../model/index.js';
import { compilePackage } from '../rules/index.js';
import type { OperationalStore } from '../stores/index.js';

export interface SeedOptions {
  store: OperationalStore;
  routing: Routing;
  /** Folder of the site application. */
  folder: string;
}

/**
 * Deploys `rules/*.drl` and `categories.json` of the application, each only when no document of its kind was
 * ever stored, so that what people have changed or deleted since stays so. Throws `AppError` BAD_REQUEST with
 * file, line and column when a shipped rule has a mistake.
 */
export async function seedDocuments({ store, routing, folder }: SeedOptions): Promise<void> {
  if ((await store.readDocuments('rules')).length === 0) {
    for (const file of await filesIn(join(folder, 'rules'), '.drl')) {
      const text = await readFile(file, 'utf8');
      await put(routing, 'rules', packageNameOf(file, text), text);
    }
  }
  if ((await store.readDocuments('categories')).length === 0) {
    const text = await readFile(join(folder, 'categories.json'), 'utf8').catch(() => '[]');
    for (const category of checkedCategories(JSON.parse(text) as unknown)) {
      await put(routing, 'categories', category.name, JSON.stringify(category));
    }
  }
}

/** Throws BAD_REQUEST with what is wrong: a shipped category is held to what the management API demands. */
function checkedCategories(value: unknown): Category[] {
  const schema = Type.Array(Category);
  const [wrong] = Value.Errors(schema, value);
  if (wrong !== undefined) {
    throw new AppError('BAD_REQUEST', `categories.json${wrong.instancePath}: ${wrong.message}`);
  }
  for (const category of value as Category[]) {
    const [problem] = categoryProblems(category);
    if (problem === undefined) continue;
    throw new AppError(
      'BAD_REQUEST',
      `categories.json: ${category.name}, ${problem.tag}: ${problem.message}`,
    );
  }
  return value as Category[];
}

const seedPauseMs = 500;

/**
 * Seeds in the background as soon as the cluster serves, again while it cannot be done. Two nodes may try
 * at once: whoever comes second finds the documents there. Returns what ends the attempts.
 */
export function seedWhenServing(options: SeedOptions, logger: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  async function attempt(): Promise<void> {
    try {
      if (options.routing.serving.ok) {
        await seedDocuments(options);
        return;
      }
    } catch (error) {
      // Another node was quicker; what is left is looked at again.
      if (!(error instanceof AppError) || error.code !== 'CONFLICT') {
        logger.info({ err: error }, 'the shipped rules and categories are not seeded yet');
      }
    }
    if (!ended) timer = setTimeout(() => void attempt(), seedPauseMs);
  }

  void attempt();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

async function put(routing: Routing, kind: string, name: string, value: string): Promise<void> {
  await routing.ask(documentAddress(kind, name), { kind: 'putDocument', value, expectedVersion: 0 });
}

function packageNameOf(file: string, text: string): string {
  const result = compilePackage(text);
  if (result.ok) return result.package.name;
  const [first] = result.errors;
  const where = first === undefined ? '' : `:${first.line}:${first.column}: ${first.message}`;
  throw new AppError('BAD_REQUEST', `${file}${where}`);
}

async function filesIn(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}
