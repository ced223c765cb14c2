/**
 * Writes everything that a store keeps into a folder: one file of lines for each kind of row, and
 * `export.json`, which says how far each has come. Begun again after it was cut short, it goes on from there.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, open, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { AppError } from '../../base/index.js';
import { type Entity, movedEntities, type RowPages } from '../row-pages.js';
import { lineOf } from './row-lines.js';

export interface EntityProgress {
  rows: number;
  /** Of the file, up to the end of the last page. */
  bytes: number;
  /** Where the next page begins; null when everything is there. */
  next: string | null;
  done: boolean;
}

export interface Manifest {
  version: 1;
  entities: Partial<Record<Entity, EntityProgress>>;
}

export type OnProgress = (entity: Entity, rows: number, done: boolean) => void;

const manifestName = 'export.json';

export const linesFile = (folder: string, entity: Entity): string => join(folder, `${entity}.jsonl`);

/**
 * Undefined when there is no export in `folder`; throws `AppError` BAD_REQUEST for one of another version.
 */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const manifest = JSON.parse(text) as Manifest;
  if ((manifest.version as number) !== 1) {
    throw new AppError('BAD_REQUEST', `${folder} holds an export of another version`);
  }
  return manifest;
}

/** In one step, so that a crash leaves the old text or the new one. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  const part = `${file}.part`;
  await writeFile(part, `${JSON.stringify(value, undefined, 2)}\n`);
  const handle = await open(part, 'r');
  await handle.sync();
  await handle.close();
  await rename(part, file);
}

/** Exports what `store` keeps; gives the rows of each kind. */
export async function exportRows(
  store: RowPages,
  folder: string,
  onProgress: OnProgress,
): Promise<Record<string, number>> {
  await mkdir(folder, { recursive: true });
  const manifest = (await readManifest(folder)) ?? { version: 1, entities: {} };
  const counts: Record<string, number> = {};
  for (const entity of movedEntities) {
    const progress = (manifest.entities[entity] ??= { rows: 0, bytes: 0, next: null, done: false });
    if (!progress.done) {
      await exportEntity(store, folder, entity, progress, async () => {
        await writeJson(join(folder, manifestName), manifest);
        onProgress(entity, progress.rows, progress.done);
      });
    }
    counts[entity] = progress.rows;
  }
  return counts;
}

async function exportEntity(
  store: RowPages,
  folder: string,
  entity: Entity,
  progress: EntityProgress,
  save: () => Promise<void>,
): Promise<void> {
  const file = linesFile(folder, entity);
  // What was written after the last page that counts comes again.
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > progress.bytes) await truncate(file, progress.bytes);
  const out = createWriteStream(file, { flags: 'a' });
  try {
    for await (const { rows, next } of store.readAll(entity, progress.next ?? undefined)) {
      const text = rows.map((row) => `${lineOf(row)}\n`).join('');
      await new Promise<void>((written, failed) => {
        out.write(text, (error) => (error instanceof Error ? failed(error) : written()));
      });
      progress.rows += rows.length;
      progress.bytes += Buffer.byteLength(text);
      progress.next = next ?? null;
      progress.done = next === undefined;
      await save();
    }
  } finally {
    out.end();
    await once(out, 'close');
  }
}
