/**
 * Writes an exported folder into a store, and counts at the end whether everything is there. How far it has
 * come stands in the folder, by the store's name; begun again after it was cut short, it goes on from there.
 */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../../base/index.js';
import type { OperationalStore, Row } from '../operational-store.js';
import { type Entity, movedEntities, type RowPages } from '../row-pages.js';
import { linesFile, type OnProgress, readManifest, writeJson } from './export-rows.js';
import { rowOfLine } from './row-lines.js';

/** Rows of one write. */
const writeRows = 500;
const writeBytesMax = 4 * 1024 * 1024;

/** Rows of each kind that are in the store, by kind. */
type Imported = Partial<Record<Entity, number>>;

export interface MovedCount {
  entity: Entity;
  exported: number;
  /** Rows of this kind that the store has now, others that it had before included. */
  stored: number;
}

/**
 * Imports `folder` into `store`. Throws `AppError`: NOT_FOUND when there is no export, CONFLICT when it is
 * not complete, BAD_REQUEST for a damaged file, and what the store throws.
 */
export async function importRows(
  store: OperationalStore & RowPages,
  folder: string,
  storeName: string,
  onProgress: OnProgress,
): Promise<MovedCount[]> {
  const manifest = await readManifest(folder);
  if (manifest === undefined) throw new AppError('NOT_FOUND', `There is no export in ${folder}.`);
  const file = join(folder, `import-${storeName.replaceAll(/[^\w.-]/g, '_')}.json`);
  const imported = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Imported;
  for (const entity of movedEntities) {
    const exported = manifest.entities[entity];
    if (exported?.done !== true) {
      throw new AppError('CONFLICT', `The export in ${folder} is not complete; run it to its end first.`);
    }
    await importEntity(store, folder, entity, imported[entity] ?? 0, async (rows, done) => {
      imported[entity] = rows;
      await writeJson(file, imported);
      onProgress(entity, rows, done);
    });
  }
  const counts: MovedCount[] = [];
  for (const entity of movedEntities) {
    counts.push({
      entity,
      exported: manifest.entities[entity]?.rows ?? 0,
      stored: await countAll(store, entity),
    });
  }
  return counts;
}

async function importEntity(
  store: OperationalStore,
  folder: string,
  entity: Entity,
  skip: number,
  save: (rows: number, done: boolean) => Promise<void>,
): Promise<void> {
  let [seen, bytes] = [0, 0];
  let batch: Row[] = [];
  const flush = async (done: boolean): Promise<void> => {
    await store.write(batch);
    batch = [];
    bytes = 0;
    await save(Math.max(seen, skip), done);
  };
  const lines = createInterface({ input: createReadStream(linesFile(folder, entity)), crlfDelay: Infinity });
  for await (const line of lines) {
    seen++;
    if (seen <= skip) continue;
    batch.push(rowOfLine(entity, line));
    bytes += line.length;
    if (batch.length >= writeRows || bytes >= writeBytesMax) await flush(false);
  }
  await flush(true);
}

async function countAll(store: RowPages, entity: Entity): Promise<number> {
  let count = 0;
  for await (const { rows } of store.readAll(entity)) count += rows.length;
  return count;
}
